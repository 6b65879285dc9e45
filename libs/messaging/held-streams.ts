import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { ParkedKind, ParkedStreams } from './parked-streams.js';

export type HeldStreamsOptions = Readonly<{
  pool: Pool;
  group: string;
  parked: ParkedStreams;
  onError?: (error: unknown) => void;
  retryMs?: number;
}>;

const AT_START: readonly ParkedKind[] = ['gap', 'away', 'unknown-type'];
const LATER: readonly ParkedKind[] = ['gap', 'away'];

/**
 * Releases by itself what needs no operator: streams that wait for a missing event or for
 * what is away, and once after every start those
 * whose type the former release did not know.
 */
export class HeldStreams {
  private readonly stopping = new AbortController();
  private running?: Promise<void>;
  private wakeUp = new AbortController();

  constructor(private readonly options: HeldStreamsOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  wake(): void {
    this.wakeUp.abort();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let kinds = AT_START; !this.stopping.signal.aborted;) {
      this.wakeUp = new AbortController();
      try {
        await this.retryAll(kinds);
        kinds = LATER;
      } catch (error) {
        this.options.onError?.(error);
      }
      const signal = AbortSignal.any([this.wakeUp.signal, this.stopping.signal]);
      await sleep(this.options.retryMs ?? 5_000, undefined, { signal }).catch(() => undefined);
    }
  }

  private async retryAll(kinds: readonly ParkedKind[]): Promise<void> {
    const { pool, group, parked } = this.options;
    const { rows } = await pool.query<{ number: number }>(
      'SELECT number::int AS number FROM parked_streams p WHERE consumer = $1 AND kind = ANY($2) ORDER BY p.number',
      [group, kinds],
    );
    for (const { number } of rows) {
      if (this.stopping.signal.aborted) return;
      await parked.retry({ number }, `consumer:${group}`).catch((error: unknown) => this.options.onError?.(error));
    }
  }
}
