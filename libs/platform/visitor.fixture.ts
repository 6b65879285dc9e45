import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Line = Readonly<{ url: string; cut(): Promise<void>; mend(): Promise<void> }>;

/** A line to the database that can be cut. */
export const lineTo = async (url: string): Promise<Line> => {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far])
      sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    near.pipe(far).pipe(near);
  });
  const mend = (at = 0): Promise<void> => new Promise((resolve) => server.listen(at, '127.0.0.1', resolve));
  const cut = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await mend();
  const own = (server.address() as AddressInfo).port;
  const through = new URL(url);
  through.host = `127.0.0.1:${own}`;
  return { url: through.href, cut, mend: () => mend(own) };
};

/** What a service is told when it runs in a suite. */
export const environment = (url: string) => ({
  SERVICE_PORT: '0',
  DATABASE_URL: url,
  KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS,
  OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
  OIDC_CLIENT_ID: 'service.notes',
  OIDC_CLIENT_SECRET: 'test',
  MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
  LOG_LEVEL: 'silent',
});

export type Answer = Readonly<{ status: number; headers: Headers; body: Record<string, unknown> }>;
export type Question = Readonly<{
  token?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}>;

/** Asks a service below `base` as somebody. */
export class Visitor {
  constructor(
    readonly base: string,
    readonly token: string,
  ) {}

  async ask(method: string, path: string, { token = this.token, headers = {}, body }: Question = {}): Promise<Answer> {
    const response = await fetch(`${this.base}/${path}`, {
      method,
      body,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  }

  post(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask('POST', path, { headers, body: JSON.stringify(body) });
  }
}

/** Sends bytes that no HTTP client would send, and gives what comes back until the connection is closed. */
export const sendBytes = async (base: string, bytes: string): Promise<Answer> => {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += String(chunk);
  const [head, body] = text.split('\r\n\r\n');
  const [first, ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(': ', 2) as [string, string]));
  return { status: Number(first.split(' ')[1]), headers, body: JSON.parse(body) as Record<string, unknown> };
};
