import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { topicOf } from '#libs/contracts/public-event';
import { Database } from '#libs/event-store/database';
import { errorFields, Log } from '#libs/platform/logger';
import { ServiceClient } from '#libs/platform/service-client';
import { Policies } from '#libs/policy/pack';
import { instant, type Instant } from '#libs/projections/instant';
import { FACTS } from './migrations.js';

/** Placement's word: everything recorded up to the instant is on its topic below the offsets. */
type Watermark = Readonly<{ recordedUpTo: string; offsets: Readonly<Record<string, number>> }>;

/** Between two questions to placement: while nothing happens, and after something was taken in. */
const CALM_MS = 250;
const SOON_MS = [10, 20, 40, 80, 160];
const ASK_MS = 50;

/**
 * Up to which recorded time the facts are complete. Only up to there can a question be answered with the same bytes for
 * ever; it moves on a few times a second, also while nothing happens.
 */
@Injectable()
export class Frontier implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private running?: Promise<void>;
  /** Pauses to come before it is calm again. */
  private pauses: number[] = [];
  private wakeUp: () => void = () => undefined;

  constructor(
    private readonly database: Database,
    private readonly client: ServiceClient,
    private readonly policies: Policies,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Something was taken in, or is waited for: looks soon and a few times, as placement's word may still be on the way. */
  wake(): void {
    if (this.pauses.length > 0) return;
    this.pauses = [...SOON_MS];
    this.wakeUp();
  }

  /** Undefined until it was established for the first time. */
  async knownThrough(): Promise<Instant | undefined> {
    const { rows } = await this.database.pool.query<{ row: { known_through: string } }>(
      `SELECT row_to_json(f) AS row FROM ${FACTS}.frontier f`,
    );
    return rows[0] && instant(rows[0].row.known_through);
  }

  /** Waits until everything recorded up to the instant is included; false when that takes too long. */
  async reach(known: Instant, timeoutMs: number): Promise<boolean> {
    for (const deadline = Date.now() + timeoutMs; ; await pause(ASK_MS)) {
      const through = await this.knownThrough();
      if (through && through >= known) return true;
      if (Date.now() >= deadline) return false;
      this.wake();
    }
  }

  /** Asks placement how far its topic has come, and moves on to there once the consumer has read that far. */
  async advance(): Promise<void> {
    const [{ code }] = this.policies.municipalities();
    const watermark = await this.client.get<Watermark>('placement', '/placement/public-events/watermark', code);
    await advanceTo(this.database, watermark);
  }

  private async rest(): Promise<void> {
    const woken = new AbortController();
    this.wakeUp = () => woken.abort();
    const signal = AbortSignal.any([woken.signal, this.stopping.signal]);
    await pause(this.pauses.shift() ?? CALM_MS, undefined, { signal }).catch(() => undefined);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let complained = false; !signal.aborted;) {
      try {
        await this.advance();
        complained = false;
      } catch (error) {
        if (!complained) this.log.warn(errorFields(error), 'the frontier of the facts stands still');
        complained = true;
      }
      await this.rest();
    }
  }
}

/**
 * One step: the frontier becomes `recordedUpTo` if the consumer has read every partition that far. Events of parked
 * streams were read but are not in the facts, so it stays before the first of them; and where it is, while a stream
 * misses events of unknown age or holds one that does not tell its own.
 */
export const advanceTo = async (
  { pool }: Pick<Database, 'pool'>,
  { recordedUpTo, offsets }: Watermark,
): Promise<void> => {
  await pool.query(
    `WITH behind AS (
       SELECT FROM json_each_text($2) AS asked (partition, next_offset)
         LEFT JOIN consumer_offsets o ON o.topic = $3 AND o.partition = asked.partition::integer
        WHERE coalesce(o.next_offset, 0) < asked.next_offset::bigint
     ), missing AS (
       SELECT FROM parked_streams WHERE topic = $3 AND kind = 'gap'
       UNION ALL
       SELECT FROM parked_events
        WHERE topic = $3 AND NOT pg_input_is_valid(coalesce(record -> 'headers' ->> 'ce_time', ''), 'timestamptz')
     ), parked AS (
       SELECT min((record -> 'headers' ->> 'ce_time')::timestamptz) - interval '1 microsecond' AS before
         FROM parked_events WHERE topic = $3 AND NOT EXISTS (SELECT FROM missing)
     )
     INSERT INTO ${FACTS}.frontier AS f (known_through)
     SELECT least($1::timestamptz, parked.before) FROM parked
      WHERE NOT EXISTS (SELECT FROM behind) AND NOT EXISTS (SELECT FROM missing)
     ON CONFLICT (only_row) DO UPDATE SET known_through = excluded.known_through
      WHERE f.known_through < excluded.known_through`,
    [recordedUpTo, JSON.stringify(offsets), topicOf('placement')],
  );
};
