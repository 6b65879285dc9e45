import type { Pool, PoolClient } from 'pg';
import { instant } from '#libs/event-store/stored-row';
import { inTransaction } from '#libs/event-store/database';
import { NotFound } from '#libs/event-store/not-found';
import type { CloudEventRecord } from './cloud-event.js';
import { attempt, type Applier } from './parked-attempt.js';
import { passesByItself, reasonOf, Unavailable } from './unavailable.js';

/**
 * Why a stream stands still: something before it is missing, what its event needs has been away for long, its event
 * failed, is of a newer release, or unreadable. The first two are tried again by themselves.
 */
export const PARKED_KINDS = ['gap', 'away', 'error', 'unknown-type', 'malformed'] as const;
export type ParkedKind = (typeof PARKED_KINDS)[number];

/** A stream whose events are kept back, in order, until they can take effect or an operator drops them. */
export type ParkedStream = Readonly<{
  /** Names it in commands; never used again. */
  number: number;
  consumer: string;
  topic: string;
  stream: string;
  municipality: string;
  kind: ParkedKind;
  reason: string;
  events: number;
  attempts: number;
  parkedAt: string;
  triedAt: string;
}>;

/** One event kept back; `record` is as it came from the topic. */
export type ParkedEvent = Readonly<{ number: number; parkedAt: string; record: CloudEventRecord }>;

export type AuditEntry = Readonly<{
  action: 'parked' | 'retried' | 'dropped';
  actor: string;
  reason: string | null;
  /** Ids of the events concerned. */
  events: readonly string[];
  at: string;
}>;

/** `away`: what stopped it passes by itself. */
export type RetryResult = Readonly<{ applied: number; left: number; reason?: string; away?: true }>;

/** Which parked stream, and for whom: an operator sees the streams of his own municipality only. */
export type ParkedId = Readonly<{ number: number; municipality?: string }>;

export type ParkedRecord = Readonly<{ topic: string; stream: string; municipality: string; record: CloudEventRecord }>;

type Locked = Readonly<{
  number: string;
  consumer: string;
  topic: string;
  stream: string;
  municipality: string;
  applied_version: number;
}>;

const PAGE = 200;

/** What a list of parked streams shows: columns of `parked_streams p`. */
export const LISTED = `p.number::int AS number, p.consumer, p.topic, p.stream, p.municipality, p.kind, p.reason, p.attempts,
  ${instant('p.parked_at')} AS "parkedAt", ${instant('p.tried_at')} AS "triedAt",
  (SELECT count(*)::int FROM parked_events e WHERE (e.consumer, e.topic, e.stream) = (p.consumer, p.topic, p.stream)) AS events`;

export class ParkedStreams {
  private readonly appliers = new Map<string, Applier>();

  constructor(private readonly pool: Pool) {}

  /** A consumer tells how its parked events can be tried again. */
  register(consumer: string, applier: Applier): void {
    this.appliers.set(consumer, applier);
  }

  async list(municipality?: string): Promise<ParkedStream[]> {
    const { rows } = await this.pool.query<ParkedStream>(
      `SELECT ${LISTED} FROM parked_streams p WHERE $1::text IS NULL OR municipality = $1 ORDER BY p.number`,
      [municipality ?? null],
    );
    return rows;
  }

  /** How many are parked of each kind. */
  async counts(): Promise<ReadonlyMap<ParkedKind, number>> {
    const { rows } = await this.pool.query<{ kind: ParkedKind; streams: number }>(
      'SELECT kind, count(*)::int AS streams FROM parked_streams GROUP BY kind',
    );
    const counted = new Map(rows.map(({ kind, streams }) => [kind, streams]));
    return new Map(PARKED_KINDS.map((kind) => [kind, counted.get(kind) ?? 0]));
  }

  /** @throws NotFound */
  async show({ number, municipality }: ParkedId): Promise<ParkedStream & { kept: ParkedEvent[]; audit: AuditEntry[] }> {
    const { rows } = await this.pool.query<ParkedStream>(
      `SELECT ${LISTED} FROM parked_streams p
       WHERE p.number = $1::numeric AND ($2::text IS NULL OR p.municipality = $2)`,
      [number, municipality ?? null],
    );
    const [parked] = rows;
    if (!parked) throw new NotFound('parked-stream');
    const key = [parked.consumer, parked.topic, parked.stream];
    const { rows: kept } = await this.pool.query<ParkedEvent>(
      `SELECT number::int AS number, record, ${instant('parked_at')} AS "parkedAt" FROM parked_events e
       WHERE consumer = $1 AND topic = $2 AND stream = $3 ORDER BY e.number LIMIT ${PAGE}`,
      key,
    );
    const { rows: audit } = await this.pool.query<AuditEntry>(
      `SELECT action, actor, reason, events, ${instant('at')} AS at FROM parked_audit a
       WHERE consumer = $1 AND topic = $2 AND stream = $3 ORDER BY a.number DESC LIMIT ${PAGE}`,
      key,
    );
    return { ...parked, kept, audit };
  }

  /**
   * Lets the kept events take effect in order, until one fails again or `upTo` (an event id) is through. When none is
   * left the stream flows again.
   * @throws NotFound
   * @throws Unavailable when the consumer does not run in this process
   */
  async retry(id: ParkedId, by: string, upTo?: string): Promise<RetryResult> {
    for (let applied = 0; ;) {
      const page = await inTransaction(this.pool, (tx) => this.retryPage(tx, id, by, upTo));
      applied += page.applied;
      if (page.reason !== undefined || page.left === 0 || page.reached || page.applied === 0) {
        const { left, reason, away } = page;
        return { applied, left, ...(reason !== undefined && { reason }), ...(away && { away }) };
      }
    }
  }

  /** Gives kept events up for good, all or those up to `upTo` (an event id). With none left the stream flows again. @throws NotFound */
  async drop(id: ParkedId, reason: string, by: string, upTo?: string): Promise<{ dropped: number; left: number }> {
    return inTransaction(this.pool, async (tx) => {
      const parked = await this.lock(tx, id);
      const { rows } = await tx.query<{ number: string; record: CloudEventRecord }>(
        `SELECT number, record FROM parked_events e WHERE consumer = $1 AND topic = $2 AND stream = $3 ORDER BY e.number`,
        [parked.consumer, parked.topic, parked.stream],
      );
      const last = upTo === undefined ? rows.length - 1 : rows.findIndex(({ record }) => idOf(record) === upTo);
      if (last < 0) throw new NotFound('parked-event');
      const dropped = rows.slice(0, last + 1);
      await tx.query('DELETE FROM parked_events WHERE number = ANY($1)', [dropped.map(({ number }) => number)]);
      await audit(
        tx,
        parked,
        'dropped',
        by,
        reason,
        dropped.map(({ record }) => idOf(record)),
      );
      const version = Math.max(
        parked.applied_version,
        ...dropped.map(({ record }) => Number(record.headers.ce_streamversion) || 0),
      );
      return { dropped: dropped.length, left: await this.settle(tx, parked, version) };
    });
  }

  /** Streams of the consumer that are parked; they stay as they are until the transaction ends. */
  async parkedOf(tx: PoolClient, consumer: string, topic: string, streams: readonly string[]): Promise<Set<string>> {
    const { rows } = await tx.query<{ stream: string }>({
      name: 'parked-of',
      text: `SELECT stream FROM parked_streams
             WHERE consumer = $1 AND topic = $2 AND stream = ANY($3) ORDER BY stream FOR UPDATE`,
      values: [consumer, topic, streams],
    });
    return new Set(rows.map(({ stream }) => stream));
  }

  /** Parks a stream from this record on; `applied` is the newest version of it that took effect. */
  async park(
    tx: PoolClient,
    consumer: string,
    parked: ParkedRecord,
    why: { kind: ParkedKind; reason: string; applied: number },
  ): Promise<void> {
    // An operator may name it by its number from now on: it waits for the disk, also where read models do not.
    await tx.query(
      `INSERT INTO parked_streams (consumer, topic, stream, municipality, kind, reason, applied_version)
       SELECT $1, $2, $3, $4, $5, $6, $7 FROM (SELECT set_config('synchronous_commit', 'on', true)) AS commit
       ON CONFLICT DO NOTHING`,
      [consumer, parked.topic, parked.stream, parked.municipality, why.kind, why.reason, why.applied],
    );
    await this.keep(tx, consumer, parked);
    await audit(tx, { consumer, ...parked }, 'parked', `consumer:${consumer}`, why.reason, [idOf(parked.record)]);
  }

  /** Keeps a later event of a parked stream back. */
  async keep(tx: PoolClient, consumer: string, { topic, stream, record }: ParkedRecord): Promise<void> {
    const { key, value, headers } = record;
    await tx.query('INSERT INTO parked_events (consumer, topic, stream, record) VALUES ($1, $2, $3, $4)', [
      consumer,
      topic,
      stream,
      JSON.stringify({ key, value, headers }),
    ]);
  }

  private async retryPage(
    tx: PoolClient,
    id: ParkedId,
    by: string,
    upTo?: string,
  ): Promise<RetryResult & { reached: boolean }> {
    const parked = await this.lock(tx, id);
    const applier = this.appliers.get(parked.consumer);
    if (!applier) throw new Unavailable(`${parked.consumer} does not run in this process`);
    const key = [parked.consumer, parked.topic, parked.stream];
    const { rows } = await tx.query<{ number: string; record: CloudEventRecord }>(
      `SELECT number, record FROM parked_events e
       WHERE consumer = $1 AND topic = $2 AND stream = $3 ORDER BY e.number LIMIT ${PAGE}`,
      key,
    );
    const applied: string[] = [];
    let version = parked.applied_version;
    let failure: unknown;
    for (const { record } of rows) {
      try {
        version = await attempt(tx, applier, parked, record, version);
      } catch (error) {
        failure = error;
        break;
      }
      applied.push(idOf(record));
      if (idOf(record) === upTo) break;
    }
    const done = rows.slice(0, applied.length).map(({ number }) => number);
    await tx.query(
      'DELETE FROM parked_events WHERE consumer = $1 AND topic = $2 AND stream = $3 AND number = ANY($4)',
      [...key, done],
    );
    const left = await this.settle(tx, parked, version, failure);
    const reason = failure === undefined ? undefined : reasonOf(failure);
    if (applied.length > 0 || !by.startsWith('consumer:'))
      await audit(tx, parked, 'retried', by, reason ?? null, applied);
    return {
      applied: applied.length,
      left,
      reached: upTo !== undefined && applied.at(-1) === upTo,
      ...(reason !== undefined && { reason }),
      ...(passesByItself(failure) && { away: true }),
    };
  }

  private async settle(tx: PoolClient, parked: Locked, version: number, failure?: unknown): Promise<number> {
    const { rows } = await tx.query<{ left: number }>(
      'SELECT count(*)::int AS left FROM parked_events WHERE consumer = $1 AND topic = $2 AND stream = $3',
      [parked.consumer, parked.topic, parked.stream],
    );
    if (rows[0].left === 0) {
      await tx.query('DELETE FROM parked_streams WHERE number = $1', [parked.number]);
    } else {
      await tx.query(
        `UPDATE parked_streams SET applied_version = $2, attempts = attempts + 1, tried_at = clock_timestamp(),
           reason = coalesce($3, reason), kind = CASE WHEN kind = 'away' AND $4 THEN 'error' ELSE kind END
         WHERE number = $1`,
        [
          parked.number,
          version,
          failure === undefined ? null : reasonOf(failure),
          failure !== undefined && !passesByItself(failure),
        ],
      );
    }
    return rows[0].left;
  }

  private async lock(tx: PoolClient, { number, municipality }: ParkedId): Promise<Locked> {
    const { rows } = await tx.query<Locked>(
      `SELECT number, consumer, topic, stream, municipality, applied_version FROM parked_streams
       WHERE number = $1::numeric AND ($2::text IS NULL OR municipality = $2) FOR UPDATE`,
      [number, municipality ?? null],
    );
    if (rows.length === 0) throw new NotFound('parked-stream');
    return rows[0];
  }
}

const idOf = (record: CloudEventRecord): string => record.headers.ce_id ?? 'unreadable';

const audit = (
  tx: PoolClient,
  {
    consumer,
    topic,
    stream,
    municipality,
  }: Readonly<{ consumer: string; topic: string; stream: string; municipality: string }>,
  action: AuditEntry['action'],
  actor: string,
  reason: string | null,
  events: readonly string[],
) =>
  tx.query(
    `INSERT INTO parked_audit (consumer, topic, stream, municipality, action, actor, reason, events) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [consumer, topic, stream, municipality, action, actor, reason, JSON.stringify(events)],
  );
