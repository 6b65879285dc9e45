/** The load, in a process of its own: what it needs of the processor nobody mistakes for the product's. */
import { setTimeout as pause } from 'node:timers/promises';
import { Connection, type Answer } from '../../bench/load.js';
import { percentile } from '../../bench/measure.js';
import { serveTasks } from '../../bench/tasks.js';
import type { Service } from '#libs/local-stack/ports';
import { Random } from '#demo/cities/random';
import { Mix, type People, type Turn } from './mix.js';

/** Where the services are, and the people. */
export type Preparation = Readonly<{ origins: Readonly<Record<Service, string>>; people: People }>;

/** What came back of the requests that were due in one second. */
export type Second = Readonly<{ accepted: number; refused: number; p99: number }>;

/** Latencies in ms, of accepted requests, from when a request was due, not from when it could be sent. */
export type Outcome = Readonly<{
  seconds: readonly Second[];
  sent: number;
  accepted: number;
  refused: number;
  /** Refusals without `Retry-After`, or that are no `application/problem+json`. */
  rude: number;
  /** Answers that are neither; some of them in `examples`. */
  others: number;
  examples: readonly string[];
  p50: number;
  p99: number;
  max: number;
  /** Answers a second, without the warm-up. */
  perSecond: number;
  /** Of refused requests: how soon they were. */
  refusedP99?: number;
  /** How long after it was due a request was sent, 99th percentile: what the generator itself adds. */
  lateP99: number;
  kinds: readonly Readonly<{ name: string; accepted: number; p50: number; p99: number }>[];
  /** Connections that were open at the end. */
  connections: number;
}>;

/** A service refuses long before so many are under way. */
const MOST_CONNECTIONS = 600;
const EXAMPLES = 10;

/** Connections to one service; a request waits for one when all are taken, and its time runs. */
class Line {
  private readonly free: Connection[] = [];
  private readonly waiting: (() => void)[] = [];
  opened = 0;

  constructor(private readonly origin: string) {}

  async ask(turn: Turn, onSent: () => void): Promise<Answer> {
    const connection = await this.take();
    onSent();
    try {
      const answer = await connection.ask(turn.request);
      this.free.push(connection);
      return answer;
    } catch (error) {
      this.opened--;
      connection.close();
      throw error;
    } finally {
      this.waiting.shift()?.();
    }
  }

  close(): void {
    for (const connection of this.free) connection.close();
  }

  private async take(): Promise<Connection> {
    for (;;) {
      const found = this.free.pop();
      if (found?.open) return found;
      if (found) {
        this.opened--;
        continue;
      }
      if (this.opened < MOST_CONNECTIONS) {
        this.opened++;
        return Connection.open(this.origin).catch((error: unknown) => {
          this.opened--;
          throw error;
        });
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }
}

/** What is written down of a phase. */
class Tally {
  private readonly latencies: number[][] = [];
  private readonly refusedIn: number[] = [];
  private readonly refusals: number[] = [];
  private readonly late: number[] = [];
  private readonly examples: string[] = [];
  private readonly kinds = new Map<string, number[]>();
  private counts = { sent: 0, accepted: 0, refused: 0, rude: 0, others: 0 };
  private ended?: number;

  constructor(private readonly began: number) {}

  /** Nothing more is due; answers may still come. */
  end(): void {
    this.ended = performance.now();
  }

  sent(due: number): void {
    this.counts.sent++;
    this.late.push(performance.now() - due);
  }

  answered(due: number, kind: string, { status, text }: Answer): void {
    const took = performance.now() - due;
    const second = Math.floor((due - this.began) / 1000);
    if (status === 200 || status === 201) {
      this.counts.accepted++;
      (this.latencies[second] ??= []).push(took);
      const same = this.kinds.get(kind);
      if (same) same.push(took);
      else this.kinds.set(kind, [took]);
    } else if ((status === 503 || status === 429) && /"code":"service.busy"/.test(text)) {
      this.counts.refused++;
      this.refusedIn[second] = (this.refusedIn[second] ?? 0) + 1;
      this.refusals.push(took);
      const polite =
        /\r\nretry-after: \d+\r\n/i.test(text) && /\r\ncontent-type: application\/problem\+json/i.test(text);
      if (!polite) this.counts.rude++;
    } else this.other(Buffer.from(text, 'latin1').toString());
  }

  other(what: string): void {
    this.counts.others++;
    if (this.examples.length < EXAMPLES) this.examples.push(what.slice(0, 600));
  }

  outcome(warmUpSeconds: number, connections: number): Outcome {
    const length = Math.max(this.latencies.length, this.refusedIn.length);
    const seconds = Array.from({ length }, (_, second) => {
      const own = this.latencies[second] ?? [];
      return {
        accepted: own.length,
        refused: this.refusedIn[second] ?? 0,
        p99: own.length > 0 ? rounded(percentile(own, 0.99)) : 0,
      };
    });
    const counted = this.latencies.slice(warmUpSeconds).flat();
    const lasted = ((this.ended ?? performance.now()) - this.began) / 1000 - warmUpSeconds;
    return {
      seconds,
      ...this.counts,
      ...{ examples: this.examples, connections },
      ...{ p50: rounded(percentile(counted, 0.5)), p99: rounded(percentile(counted, 0.99)) },
      max: rounded(percentile(counted, 1)),
      perSecond: rounded(counted.length / lasted),
      ...(this.refusals.length > 0 && { refusedP99: rounded(percentile(this.refusals, 0.99)) }),
      lateP99: rounded(percentile(this.late, 0.99)),
      kinds: [...this.kinds].map(([name, took]) => ({
        ...{ name, accepted: took.length },
        ...{ p50: rounded(percentile(took, 0.5)), p99: rounded(percentile(took, 0.99)) },
      })),
    };
  }
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

let mix: Mix;
let lines: Map<Service, Line>;

const prepare = async ({ origins, people }: Preparation): Promise<void> => {
  mix = new Mix(people);
  lines = new Map(Object.entries(origins).map(([service, origin]) => [service as Service, new Line(origin)]));
};

/** @returns whether it was refused */
const send = async (tally: Tally, due: number): Promise<boolean> => {
  const turn = mix.next();
  try {
    const answer = await lines.get(turn.service)!.ask(turn, () => tally.sent(due));
    tally.answered(due, turn.kind, answer);
    turn.answered?.(answer);
    return answer.status === 503;
  } catch (error) {
    tally.other(`${turn.request.path}: ${String(error)}`);
    return false;
  }
};

const connections = (): number => [...lines.values()].reduce((sum, { opened }) => sum + opened, 0);

/** What `Retry-After` says. */
const PATIENCE_MS = 1_000;

/** Closed loop: so many are always under way, but for whoever was refused and comes again when told to. */
const closed = async ({
  concurrency,
  seconds,
  warmUp,
}: Readonly<Record<'concurrency' | 'seconds' | 'warmUp', number>>) => {
  const tally = new Tally(performance.now());
  const deadline = performance.now() + (warmUp + seconds) * 1000;
  const drive = async () => {
    while (performance.now() < deadline) if (await send(tally, performance.now())) await pause(PATIENCE_MS);
  };
  await Promise.all(Array.from({ length: concurrency }, drive));
  return tally.outcome(warmUp, connections());
};

/** A time with so many requests a second. */
export type Phase = Readonly<{ perSecond: number; seconds: number; warmUp: number }>;

/**
 * Open loop: requests come when they come (Poisson), whether or not the ones before were answered; so does the next
 * phase.
 */
const open = async ({ phases }: Readonly<{ phases: readonly Phase[] }>): Promise<Outcome[]> => {
  const random = new Random(1);
  const under = new Set<Promise<void>>();
  const tallies: Tally[] = [];
  let due = performance.now();
  for (const { perSecond, seconds } of phases) {
    const tally = new Tally(due);
    tallies.push(tally);
    for (const end = due + seconds * 1000; due < end; await pause(1)) {
      for (const now = performance.now(); due <= now && due < end;) {
        const sending: Promise<void> = send(tally, due).then(() => void under.delete(sending));
        under.add(sending);
        due += (-Math.log(1 - random.next()) / perSecond) * 1000;
      }
    }
    tally.end();
  }
  await Promise.all(under);
  return tallies.map((tally, index) => tally.outcome(phases[index].warmUp, connections()));
};

/** Nobody keeps connections to services that are going to end. */
const close = async () => {
  for (const line of lines.values()) line.close();
};

serveTasks({ prepare, closed, open, close });
