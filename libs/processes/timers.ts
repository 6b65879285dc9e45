import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { reasonOf } from '#libs/messaging/unavailable';
import type { Clock } from './clock.js';
import { inTransaction } from '#libs/event-store/database';

/** Names one timer for ever: scheduling it again moves it, it never becomes two. */
export type TimerId = Readonly<{ municipality: string; kind: string; key: string }>;

export type Timer = TimerId &
  Readonly<{
    /** UTC instant from which it may fire. */
    dueAt: string;
    payload: Readonly<Record<string, unknown>>;
  }>;

/** A timer that fires in the wrong way, for operators: it is tried again with growing pauses, never given up. */
export type FailingTimer = TimerId &
  Readonly<{ dueAt: string; attempts: number; lastError: string; nextTryAt: string }>;

/** What a kind of timer does. Effects go through `tx`: they commit together with "fired", or not at all. */
export abstract class TimerHandler {
  abstract readonly kind: string;
  abstract fire(timer: Timer, tx: PoolClient): Promise<void>;
}

/** Durable timers of one service. */
export class Timers {
  constructor(private readonly pool: Pool) {}

  /**
   * Sets the timer, or moves it when it was set before. The same timer for the same instant is the same timer: once
   * fired it stays fired; for another instant, or after it was cancelled, it waits again.
   */
  async schedule(tx: PoolClient, { municipality, kind, key, dueAt, payload }: Timer): Promise<void> {
    await tx.query(
      `INSERT INTO timers (municipality, kind, key, due_at, next_try_at, payload)
       VALUES ($1, $2, $3, $4, $4, $5)
       ON CONFLICT (municipality, kind, key) DO UPDATE
       SET due_at = excluded.due_at, next_try_at = excluded.due_at, payload = excluded.payload, state = 'waiting',
           attempts = 0, last_error = NULL, changed_at = clock_timestamp()
       WHERE timers.state <> 'fired' OR timers.due_at <> excluded.due_at`,
      [municipality, kind, key, dueAt, JSON.stringify(payload)],
    );
  }

  /** A waiting timer will not fire; it stays visible as cancelled. One that has fired, or is unknown, is left alone. */
  async cancel(tx: PoolClient, { municipality, kind, key }: TimerId): Promise<void> {
    await tx.query(
      `UPDATE timers SET state = 'cancelled', changed_at = clock_timestamp()
       WHERE municipality = $1 AND kind = $2 AND key = $3 AND state = 'waiting'`,
      [municipality, kind, key],
    );
  }

  /** Timers whose last try failed, the longest failing first. */
  async failing(): Promise<FailingTimer[]> {
    const { rows } = await this.pool.query<FailingTimer>(
      `SELECT municipality, kind, key, ${iso('due_at')} AS "dueAt", attempts, last_error AS "lastError", ${iso('next_try_at')} AS "nextTryAt"
       FROM timers WHERE state = 'waiting' AND attempts > 0 ORDER BY due_at, municipality, kind, key`,
    );
    return rows;
  }
}

const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 3_600_000;
const pauseMs = (attempts: number) => Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS);

export type TimerRunnerOptions = Readonly<{
  pool: Pool;
  clock: Clock;
  handlers: readonly TimerHandler[];
  onError?: (error: unknown, kind?: string) => void;
  pollMs?: number;
}>;

/** Fires due timers; any number of runners may share a database. */
export class TimerRunner {
  private readonly handlers: ReadonlyMap<string, TimerHandler>;
  private readonly stopping = new AbortController();
  private running?: Promise<void>;
  private lastCycleAt?: string;

  constructor(private readonly options: TimerRunnerOptions) {
    this.handlers = new Map(options.handlers.map((handler) => [handler.kind, handler]));
    if (this.handlers.size !== options.handlers.length) throw new Error('two timer handlers of one kind');
  }

  start(): void {
    if (this.handlers.size > 0) this.running ??= this.run();
  }

  /** Lets the timer in hand end. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** When it last looked for due timers, by the real clock. */
  status(): Readonly<{ lastCycleAt?: string }> {
    return { lastCycleAt: this.lastCycleAt };
  }

  /** Fires all that is due now; returns how many succeeded. */
  async runDue(): Promise<number> {
    let fired = 0;
    while (!this.stopping.signal.aborted) {
      const outcome = await inTransaction(this.options.pool, (tx) => this.fireNext(tx));
      this.lastCycleAt = new Date().toISOString();
      if (outcome === 'none') break;
      if (outcome === 'fired') fired++;
    }
    return fired;
  }

  private async fireNext(tx: PoolClient): Promise<'fired' | 'failed' | 'none'> {
    const now = this.options.clock.now();
    const { rows } = await tx.query<Timer & { attempts: number }>(
      `SELECT municipality, kind, key, ${iso('due_at')} AS "dueAt", payload, attempts FROM timers
       WHERE state = 'waiting' AND next_try_at <= $1 AND kind = ANY($2)
       ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [now, [...this.handlers.keys()]],
    );
    if (rows.length === 0) return 'none';
    const { attempts, ...timer } = rows[0];
    await tx.query('SAVEPOINT firing');
    try {
      await this.handlers.get(timer.kind)?.fire(timer, tx);
      await this.write(tx, timer, `UPDATE timers SET state = 'fired', last_error = NULL, attempts = attempts + 1`, []);
      return 'fired';
    } catch (error) {
      this.options.onError?.(error, timer.kind);
      await tx.query('ROLLBACK TO SAVEPOINT firing');
      const nextTryAt = new Date(now.getTime() + pauseMs(attempts));
      await this.write(tx, timer, 'UPDATE timers SET attempts = attempts + 1, last_error = $4, next_try_at = $5', [
        reasonOf(error),
        nextTryAt,
      ]);
      return 'failed';
    }
  }

  private async write(
    tx: PoolClient,
    { municipality, kind, key }: TimerId,
    update: string,
    values: unknown[],
  ): Promise<void> {
    await tx.query(`${update}, changed_at = clock_timestamp() WHERE municipality = $1 AND kind = $2 AND key = $3`, [
      municipality,
      kind,
      key,
      ...values,
    ]);
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.runDue().catch((error: unknown) => this.options.onError?.(error));
      await sleep(this.options.pollMs ?? 500, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }
}
