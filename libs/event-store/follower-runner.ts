import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { inTransaction } from './database.js';
import { AppendedListener } from './appended-signal.js';
import type { Ceiling, DecidedLog } from './decided-log.js';
import type { RowFollower } from './follower.js';
import { claimCheckpoint, Fenced, readCheckpoint, saveCheckpoint, type Lease } from './lease.js';
import { Wakeable } from './wakeable.js';

export type FollowerRunnerOptions = Readonly<{
  pool: Pool;
  log: DecidedLog;
  lease: Lease;
  followers: readonly RowFollower<unknown>[];
  /** Told of every failure; the follower is tried again with growing pauses. Without a name: the runner itself. */
  onError: (error: unknown, follower?: string) => void;
  /** Between two looks while something is undecided. */
  pollMs?: number;
  /** Events of one transaction. */
  pageSize?: number;
}>;

/** `position` and `ceiling` are 0 in a process that is not the owner. `lastCycleAt`: UTC instant, empty before the first. */
export type FollowerStatus = Readonly<{ name: string; position: number; lastCycleAt: string; ceiling: number }>;

type Progress = {
  follower: RowFollower<unknown>;
  position: number;
  busy: Promise<void> | undefined;
  failures: number;
  retryAt: number;
};

const LONGEST_BACK_OFF_MS = 15_000;
const backOff = (failures: number): number => Math.min(100 * 2 ** failures, LONGEST_BACK_OFF_MS);

/** Until the next look when nothing is undecided: only a notification that was lost waits for it. */
const CALM_MS = 500;

/**
 * From an append to the look at it: many small pages cost several times what few larger ones do, and what was appended
 * shall reach other services first. What somebody waits for is followed at once.
 */
const REST_MS = 25;

/** Followers under way at the same time: they must leave connections to the commands. */
const AT_ONCE = 3;

/**
 * Runs all followers of a service in the one process that holds the lease. Each batch and its checkpoint commit
 * together, fenced by the epoch; a follower that fails backs off and does not stop the others.
 */
export class FollowerRunner {
  private readonly listener: AppendedListener;
  private readonly pollMs: number;
  private readonly pageSize: number;
  private progress: Progress[] = [];
  private ceiling: Ceiling | undefined;
  private lastCycleAt = '';
  private epoch: number | undefined;
  private renewAt = 0;
  private stopping = new AbortController();
  private resting: NodeJS.Timeout | undefined;
  private waiting = false;
  private readonly sleeper = new Wakeable();
  private loop: Promise<void> | undefined;

  constructor(private readonly options: FollowerRunnerOptions) {
    this.pollMs = options.pollMs ?? 50;
    this.pageSize = options.pageSize ?? 500;
    this.listener = new AppendedListener(options.pool, {
      onAppended: () => this.wakeSoon(),
      onConnected: () => this.beginAnew(),
    });
  }

  start(): void {
    if (this.loop) return;
    this.stopping = new AbortController();
    this.listener.start();
    this.loop = this.run();
  }

  /** Ends after the batches under way and gives the lease back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.resting);
    this.resting = undefined;
    this.wake();
    await Promise.all([this.listener.stop(), this.loop]);
    this.loop = undefined;
  }

  wake(): void {
    this.sleeper.wake();
  }

  /** Where its connection ended Postgres may have crashed: what had not reached the disk is to be done again. */
  private beginAnew(): void {
    this.lose();
    this.renewAt = 0;
    this.wake();
  }

  private wakeSoon(): void {
    if (this.stopping.signal.aborted) return;
    this.resting ??= setTimeout(() => {
      this.resting = undefined;
      this.wake();
    }, REST_MS);
  }

  status(): FollowerStatus[] {
    return this.options.followers.map(({ name }) => ({
      name,
      position: this.progress.find(({ follower }) => follower.name === name)?.position ?? 0,
      lastCycleAt: this.lastCycleAt,
      ceiling: this.ceiling?.position ?? 0,
    }));
  }

  /** Whether the follower, in whatever process it runs, gets to the position in time. */
  async waitFor(name: string, position: number, timeoutMs: number): Promise<boolean> {
    if (!this.options.followers.some((follower) => follower.name === name)) throw new Error(`no follower ${name}`);
    const deadline = performance.now() + timeoutMs;
    for (let waitMs = 2; ; waitMs = Math.min(waitMs * 2, 50)) {
      if ((await readCheckpoint(this.options.pool, name)) >= position) return true;
      if (performance.now() >= deadline) return false;
      this.wake();
      await pause(waitMs);
    }
  }

  /** Whether an event can be at the position: later ones have not been given out by the store. */
  async isGivenOut(position: number): Promise<boolean> {
    return position <= (await this.options.log.drawn());
  }

  private async run(): Promise<void> {
    const { lease, onError } = this.options;
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        if (await this.owns()) await this.cycle();
        this.lastCycleAt = new Date().toISOString();
        failures = 0;
      } catch (error) {
        if (error instanceof Fenced) this.lose();
        this.renewAt = 0;
        failures++;
        onError(error);
      }
      const rest = failures > 0 ? backOff(failures) : this.ceiling?.open === false ? CALM_MS : this.pollMs;
      if (!this.stopping.signal.aborted) await this.sleeper.pause(rest);
    }
    await this.idle();
    await lease.release().catch(onError); // of nobody else's
    this.lose();
  }

  /** Acquires or renews the lease; renewed at a third of its time. */
  private async owns(): Promise<boolean> {
    const { lease, pool, followers } = this.options;
    const now = performance.now();
    if (now < this.renewAt) return this.epoch !== undefined;
    this.renewAt = now + lease.ttlMs / 3;
    if (this.epoch !== undefined && (await lease.renew())) return true;
    this.lose();
    await this.idle();
    const epoch = await lease.acquire();
    if (epoch === undefined) return false;
    const positions = await Promise.all(followers.map(({ name }) => claimCheckpoint(pool, name, epoch)));
    this.progress = followers.map((follower, i) => {
      return { follower, position: positions[i], busy: undefined, failures: 0, retryAt: 0 };
    });
    this.epoch = epoch;
    return true;
  }

  private async idle(): Promise<void> {
    for (const { busy } of this.progress) await busy;
  }

  private lose(): void {
    this.epoch = undefined;
    this.ceiling = undefined;
  }

  private async cycle(): Promise<void> {
    const ceiling = await this.options.log.ceiling();
    this.ceiling = ceiling;
    const now = performance.now();
    const behind = this.progress
      .filter(({ busy, position, retryAt }) => busy === undefined && position < ceiling.position && retryAt <= now)
      .sort((a, b) => a.position - b.position);
    const free = AT_ONCE - this.progress.filter(({ busy }) => busy !== undefined).length;
    const begun = behind.slice(0, Math.max(0, free));
    for (const progress of begun) this.begin(progress, ceiling);
    this.waiting = begun.length < behind.length;
  }

  private begin(progress: Progress, ceiling: Ceiling): void {
    progress.busy = this.catchUp(progress, ceiling)
      .then(() => {
        progress.failures = 0;
      })
      .catch((error: unknown) => {
        if (error instanceof Fenced) {
          this.lose();
          this.renewAt = 0;
        }
        progress.failures++;
        progress.retryAt = performance.now() + backOff(progress.failures);
        this.options.onError(error, progress.follower.name);
      })
      .finally(() => {
        progress.busy = undefined;
        if (this.waiting) this.wake();
        else if (progress.position < (this.ceiling?.position ?? 0)) this.wakeSoon();
      });
  }

  private async catchUp(progress: Progress, ceiling: Ceiling): Promise<void> {
    const { log, pool } = this.options;
    const { follower } = progress;
    const { epoch } = this;
    if (epoch === undefined) return;
    // a failed commit may have been one after all: only the checkpoint knows
    if (progress.failures > 0) progress.position = await claimCheckpoint(pool, follower.name, epoch);
    while (progress.position < ceiling.position && !this.stopping.signal.aborted) {
      const from = progress.position;
      const { rows, through: to } = await follower.read(log, ceiling, from, this.pageSize);
      const step = { from, to, run: ceiling.run };
      if (rows.length === 0) await saveCheckpoint(pool, follower.name, step, epoch);
      else {
        await inTransaction(pool, async (tx) => {
          await follower.handle(rows, tx);
          await saveCheckpoint(tx, follower.name, step, epoch);
        });
      }
      progress.position = to;
    }
  }
}
