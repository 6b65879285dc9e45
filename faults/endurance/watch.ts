import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { SERVICES } from '#libs/local-stack/ports';
import type { LocalStack } from '#libs/local-stack/stack';
import type { Stores } from '../stores.js';

/** What can be counted of a process or a database, by name. */
export type Sample = Readonly<{ at: number; values: Readonly<Record<string, number>> }>;

/** `heap` and `rss` in MB, `handles` of files and sockets but for connections that others opened to it, `lag` in events and records of everything that follows. */
export const MEASURES = ['heap', 'rss', 'handles', 'lag', 'connections'] as const;
export type Measure = (typeof MEASURES)[number];

const MB = 1024 * 1024;
const LAGS = /^jinzai_(?:follower_lag_events|relay_lag_events|consumer_lag_records)\{.*\} (\S+)$/gm;

/** Looks at every process and database from time to time; a value's name is `<process>.<measure>`. */
export class Watch {
  readonly samples: Sample[] = [];
  /** Looks that were not answered. */
  missed = 0;
  private watching = true;
  private readonly done: Promise<void>;
  private readonly pids: Readonly<Record<string, number | undefined>>;

  constructor(
    private readonly stack: LocalStack,
    private readonly stores: Stores,
    everyMs: number,
  ) {
    this.pids = this.pidsNow();
    this.done = this.keepLooking(everyMs);
  }

  async stop(): Promise<void> {
    this.watching = false;
    await this.done;
  }

  /** Processes that are no more the ones they were. */
  replaced(): string[] {
    const now = this.pidsNow();
    return Object.keys(now).filter((name) => now[name] !== this.pids[name] || !runs(now[name]));
  }

  private pidsNow() {
    return Object.fromEntries(Object.entries(this.stack.parts).map(([name, { pid }]) => [name, pid]));
  }

  private async keepLooking(everyMs: number): Promise<void> {
    for (let next = performance.now(); this.watching; next += everyMs) {
      await this.look().catch(() => this.missed++);
      await pause(Math.max(0, next + everyMs - performance.now()));
    }
  }

  private async look(): Promise<void> {
    const at = performance.now();
    const seen = await Promise.all([...SERVICES.map((service) => this.ofService(service)), this.connections()]);
    const values = Object.assign({ ...this.ofOthers() }, ...seen) as Record<string, number>;
    this.samples.push({ at, values });
  }

  /** As the service says it, which is as its operators will see it. */
  private async ofService(service: (typeof SERVICES)[number]): Promise<Record<string, number>> {
    const response = await fetch(`${this.stack.url(service)}/metrics`, { signal: AbortSignal.timeout(10_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(`/metrics of ${service} answered ${response.status}`);
    const number = (name: string) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
    return {
      [`${service}.heap`]: number('nodejs_heap_size_used_bytes') / MB,
      [`${service}.rss`]: number('process_resident_memory_bytes') / MB,
      [`${service}.handles`]: number('process_open_fds') - connectionsTo(new URL(this.stack.url(service)).port),
      [`${service}.lag`]: [...text.matchAll(LAGS)].reduce((sum, [, lag]) => sum + Number(lag), 0),
    };
  }

  private ofOthers(): Record<string, number> {
    const seen = ['oidc', 'postgres', 'kafka'].map((name) => {
      const pid = this.pids[name] ?? 0;
      const pages = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
      return { [`${name}.rss`]: pages / 1024, [`${name}.handles`]: readdirSync(`/proc/${pid}/fd`).length };
    });
    return Object.assign({}, ...seen) as Record<string, number>;
  }

  private async connections(): Promise<Record<string, number>> {
    const rows = await this.stores.rows<{ name: string; count: number }>(
      'placement',
      `SELECT datname AS name, count(*)::int AS count FROM pg_stat_activity
        WHERE datname IS NOT NULL AND application_name <> 'faults' GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ name, count }) => [`${name}.connections`, count]));
  }
}

const ESTABLISHED = '01';

/** Open TCP connections whose near end is a port: how many there are is the callers' choice. */
const connectionsTo = (port: string): number => {
  const end = `:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = ['tcp', 'tcp6'].flatMap((family) => readFileSync(`/proc/net/${family}`, 'utf8').split('\n'));
  return lines.filter((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    return state === ESTABLISHED && local.endsWith(end);
  }).length;
};

const runs = (pid: number | undefined): boolean => {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
};

const ERROR_LEVEL = 50;

export type Logged = Readonly<{ lines: number; errors: number; examples: readonly string[] }>;

/**
 * Lines of the services' logs; an error is what says so, and whatever is no line of ours. Before `since` Kafka and the
 * topics were not there yet, which the services say.
 */
export const logged = async (folder: string, since: string): Promise<Logged> => {
  const examples: string[] = [];
  let [lines, errors] = [0, 0];
  for (const service of SERVICES) {
    for await (const line of createInterface(createReadStream(join(folder, 'log', `${service}.log`)))) {
      lines++;
      if (!isError(line, since)) continue;
      errors++;
      if (examples.length < 10) examples.push(line.slice(0, 500));
    }
  }
  return { lines, errors, examples };
};

const isError = (line: string, since: string): boolean => {
  try {
    const { level, time = since } = JSON.parse(line) as { level: number; time?: string };
    return level >= ERROR_LEVEL && time >= since;
  } catch {
    return true;
  }
};
