import type { Pool } from 'pg';
import { Wakeable } from '#libs/event-store/wakeable';
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
 * Releases by itself what needs no operator: streams that wait for a missing event or for what is away, and after every
 * start those whose type the former release did not know, until all they need has been there once.
 */
export class HeldStreams {
  private readonly sleeper = new Wakeable();
  private stopped = false;
  private running?: Promise<void>;

  constructor(private readonly options: HeldStreamsOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  wake(): void {
    this.sleeper.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let kinds = AT_START; !this.stopped;) {
      try {
        if (await this.retryAll(kinds)) kinds = LATER;
      } catch (error) {
        this.options.onError?.(error);
      }
      if (!this.stopped) await this.sleeper.pause(this.options.retryMs ?? 5_000);
    }
  }

  /** Whether all that was needed was there. */
  private async retryAll(kinds: readonly ParkedKind[]): Promise<boolean> {
    const { pool, group, parked } = this.options;
    const { rows } = await pool.query<{ number: number }>(
      'SELECT number::int AS number FROM parked_streams p WHERE consumer = $1 AND kind = ANY($2) ORDER BY p.number',
      [group, kinds],
    );
    let there = true;
    for (const { number } of rows) {
      if (this.stopped) return false;
      try {
        const { away } = await parked.retry({ number }, `consumer:${group}`);
        if (away) there = false;
      } catch (error) {
        there = false;
        this.options.onError?.(error);
      }
    }
    return there;
  }
}
