import { connect, type Socket } from 'node:net';
import { percentile, type Sample } from './measure.js';

export type Request = Readonly<{
  path: string;
  token?: string;
  /** Idempotency key. */
  key?: string;
  /** A GET when there is none. */
  body?: object;
}>;

/** `text` is the whole answer: status line, headers, body. */
export type Answer = Readonly<{ status: number; text: string }>;

/**
 * One keep-alive connection that sends one request after the other. It reads as little of an answer as it can: the load
 * generator has to share two cores with what it measures.
 */
export class Connection {
  private received = '';
  private settle?: Readonly<{ resolve: (answer: Answer) => void; reject: (error: Error) => void }>;

  private constructor(
    private readonly socket: Socket,
    private readonly host: string,
  ) {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.receive(chunk));
    socket.on('error', (error) => this.settle?.reject(error));
    socket.on('close', () => this.settle?.reject(new Error('the connection was closed')));
  }

  static open(origin: string): Promise<Connection> {
    const { hostname, port, host } = new URL(origin);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) }, () => resolve(new Connection(socket, host)));
      socket.once('error', reject);
    });
  }

  /** @throws an error with the whole answer when it is not 200 or 201 */
  async send(request: Request): Promise<void> {
    const { status, text } = await this.ask(request);
    if (status !== 200 && status !== 201) throw new Error(`${request.path}: ${text}`);
  }

  /** @throws an error when the connection is lost before there is an answer */
  ask({ path, token, key, body }: Request): Promise<Answer> {
    const text = body ? JSON.stringify(body) : '';
    const lines = [
      `${body ? 'POST' : 'GET'} ${path} HTTP/1.1`,
      `host: ${this.host}`,
      ...(body ? ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`] : []),
      ...(token ? [`authorization: Bearer ${token}`] : []),
      ...(key ? [`idempotency-key: ${key}`] : []),
    ];
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.socket.write(`${lines.join('\r\n')}\r\n\r\n${text}`);
    });
  }

  /** Whether it can still be used: an idle one is closed by the server after a while. */
  get open(): boolean {
    return this.socket.writable;
  }

  close(): void {
    this.settle = undefined;
    this.socket.destroy();
  }

  private receive(chunk: string): void {
    this.received += chunk;
    const headersEnd = this.received.indexOf('\r\n\r\n');
    if (headersEnd < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.received.slice(0, headersEnd))?.[1] ?? 0);
    if (this.received.length < headersEnd + 4 + length) return;
    const answer = { status: Number(this.received.slice(9, 12)), text: this.received };
    this.received = '';
    this.settle?.resolve(answer);
  }
}

export type Load = Readonly<{ origin: string; connections: number; next: (connection: number) => Request }>;

const withConnections = async <T>(
  { origin, connections }: Pick<Load, 'origin' | 'connections'>,
  work: (opened: readonly Connection[]) => Promise<T>,
): Promise<T> => {
  const opened = await Promise.all(Array.from({ length: connections }, () => Connection.open(origin)));
  try {
    return await work(opened);
  } finally {
    for (const connection of opened) connection.close();
  }
};

/** Closed loop: every connection sends the next request when the last was answered, for a time or a number of requests. */
export const closedLoad = (
  { next, ...load }: Load,
  until: Readonly<{ seconds: number } | { requests: number }>,
): Promise<Sample> =>
  withConnections(load, async (opened) => {
    const latencies: number[] = [];
    const started = performance.now();
    const deadline = 'seconds' in until ? started + until.seconds * 1000 : Infinity;
    let left = 'requests' in until ? until.requests : Infinity;
    const drive = async (connection: Connection, index: number) => {
      for (let now = performance.now(); now < deadline && left-- > 0;) {
        await connection.send(next(index));
        const then = performance.now();
        latencies.push(then - now);
        now = then;
      }
    };
    await Promise.all(opened.map(drive));
    const value = (latencies.length / (performance.now() - started)) * 1000;
    return { value, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), count: latencies.length };
  });

/** Open loop: requests leave at their time, whether or not the ones before were answered. */
export const openLoad = ({ next, ...load }: Load, perSecond: number, seconds: number): Promise<number> =>
  withConnections(load, async (opened) => {
    const free = opened.map((connection, index) => ({ connection, index }));
    const under = new Set<Promise<void>>();
    const started = performance.now();
    let sent = 0;
    for (const total = perSecond * seconds; sent < total;) {
      const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * perSecond));
      while (sent < due && free.length > 0) {
        const one = free.pop()!;
        sent++;
        const answered: Promise<void> = one.connection.send(next(one.index)).then(() => {
          free.push(one);
          under.delete(answered);
        });
        under.add(answered);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(under);
    return (sent / (performance.now() - started)) * 1000;
  });
