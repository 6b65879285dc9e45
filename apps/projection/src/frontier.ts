import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Pool } from 'pg';
import { topicOf } from '#libs/contracts/public-event';
import { Database } from '#libs/event-store/database';
import { Wakeable } from '#libs/event-store/wakeable';
import { errorFields, Log } from '#libs/platform/logger';
import { ServiceClient } from '#libs/platform/service-client';
import { Policies } from '#libs/policy/pack';
import { later } from '#libs/projections/fold';
import { instant, type Instant } from '#libs/projections/instant';
import { knownThrough } from './schema/views.js';
import { SERVICES } from './subjects.js';
import { filledVersions, onLiveFacts } from './versions.js';

/** A service's word: everything it recorded up to the instant is on its topic below the offsets. */
type Watermark = Readonly<{ recordedUpTo: string; offsets: Readonly<Record<string, number>> }>;

/** Between two questions to all services, and to one whose word is waited for. */
const CALM_MS = 250;
const SOON_MS = [20, 20, 40, 80, 160];
const ASK_MS = 50;

/**
 * Up to which recorded time the facts are complete, for each service they come from. Only up to there can a question be
 * answered with the same bytes for ever; it moves on a few times a second, also while nothing happens.
 */
@Injectable()
export class Frontier implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly sleeper = new Wakeable();
  private readonly asking = new Map<string, Promise<void>>();
  private readonly complained = new Set<string>();
  private running?: Promise<void>;
  /** Up to where the word of a service is waited for; forgotten when it has come, or all are asked anyway. */
  private readonly awaited = new Map<string, Instant>();
  private tries = 0;

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
    this.sleeper.wake();
    await this.running;
  }

  /**
   * Something recorded at the instant was taken in, or is waited for: asks its service soon and a few times, as its word
   * may still be on the way.
   */
  expect(service: string, recordedAt: Instant): void {
    const calm = this.awaited.size === 0;
    this.awaited.set(service, later(this.awaited.get(service), recordedAt));
    if (!calm) return;
    this.tries = 0;
    this.sleeper.wake();
  }

  /** The earliest of the services; undefined until it was established for each of them. */
  async knownThrough(services: readonly string[]): Promise<Instant | undefined> {
    const { pool } = this.database;
    const { rows } = await onLiveFacts(pool, (facts) =>
      pool.query<{ row: { known_through: string } }>(
        `SELECT row_to_json(f) AS row FROM (${knownThrough(facts, services)}) f`,
      ),
    );
    return rows[0] && instant(rows[0].row.known_through);
  }

  /** Waits until everything recorded up to the instant is included; false when that takes too long. */
  async reach(services: readonly string[], known: Instant, timeoutMs: number): Promise<boolean> {
    for (const deadline = Date.now() + timeoutMs; ; await pause(ASK_MS)) {
      const through = await this.knownThrough(services);
      if (through && through >= known) return true;
      if (Date.now() >= deadline) return false;
      for (const service of services) this.expect(service, known);
    }
  }

  /** Asks a service how far its topic has come, and moves on to there once the consumer has read that far. */
  private async advance(service: string): Promise<void> {
    const [{ code }] = this.policies.municipalities();
    const watermark = await this.client.get<Watermark>(service, `/${service}/public-events/watermark`, code);
    await advanceTo(this.database, service, watermark);
    if (instant(watermark.recordedUpTo) >= (this.awaited.get(service) ?? '')) this.awaited.delete(service);
  }

  /** Until all are asked again, or one sooner. */
  private async rest(allAt: number): Promise<void> {
    for (let again = true; again && !this.stopping.signal.aborted;) {
      const soon = this.awaited.size > 0 ? (SOON_MS[this.tries++] ?? CALM_MS) : CALM_MS;
      again = await this.sleeper.pause(Math.max(0, Math.min(soon, allAt - performance.now())));
    }
  }

  private async run(): Promise<void> {
    for (let allAt = 0; !this.stopping.signal.aborted; await this.rest(allAt)) {
      const all = performance.now() >= allAt;
      const services = all ? SERVICES : [...this.awaited.keys()];
      if (all) this.awaited.clear();
      for (const service of services) this.ask(service);
      if (all) allAt = performance.now() + CALM_MS;
    }
    await Promise.all(this.asking.values());
  }

  /** One that is long in answering is not asked again meanwhile, and holds no other up. */
  private ask(service: string): void {
    if (this.asking.has(service)) return;
    const answered = this.advance(service)
      .then(
        () => void this.complained.delete(service),
        (error: unknown) => this.complain(service, error),
      )
      .finally(() => this.asking.delete(service));
    this.asking.set(service, answered);
  }

  private complain(service: string, error: unknown): void {
    if (this.stopping.signal.aborted || this.complained.has(service)) return;
    this.complained.add(service);
    this.log.warn({ ...errorFields(error), service }, 'the frontier of the facts stands still');
  }
}

/**
 * One step: the frontier becomes `recordedUpTo` if the consumer has read every partition that far. Events of parked
 * streams were read but are not in the facts, so it stays before the first of them; and where it is, while a stream
 * misses events of unknown age or holds one that does not tell its own. The same for every version that the consumer fills.
 */
export const advanceTo = async (
  { pool }: Pick<Database, 'pool'>,
  service: string,
  watermark: Watermark,
): Promise<void> => {
  for (const { name } of await filledVersions(pool)) await advanceIn(pool, name, service, watermark);
};

const advanceIn = async (
  pool: Pool,
  facts: string,
  service: string,
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
     INSERT INTO ${facts}.frontier AS f (service, known_through)
     SELECT $4, least($1::timestamptz, parked.before) FROM parked
      WHERE NOT EXISTS (SELECT FROM behind) AND NOT EXISTS (SELECT FROM missing)
     ON CONFLICT (service) DO UPDATE SET known_through = excluded.known_through
      WHERE f.known_through < excluded.known_through`,
    [recordedUpTo, JSON.stringify(offsets), topicOf(service), service],
  );
};
