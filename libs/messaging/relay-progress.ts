import type { Pool, PoolClient } from 'pg';
import type { StoredEvent } from '#libs/event-store/event-store';
import { inTransaction, REPEATABLE } from '#libs/event-store/database';
import { RUN } from '#libs/event-store/decided-log';
import type { Step } from '#libs/event-store/lease';
import { OwnError } from '#libs/event-store/own-error';
import { instant } from '#libs/event-store/stored-row';

/** Everything recorded up to `recordedUpTo` lies on the topic below these offsets (partition → next offset). */
export type Watermark = Readonly<{ recordedUpTo: string; position: number; offsets: Readonly<Record<string, number>> }>;

/** An event that could not be published, or comes after such a one in its stream. */
export type Held = Readonly<{ event: StoredEvent; reason: string }>;

/** Another relay has taken over, or Postgres crashed: what this one had in hand is not recorded, and it starts anew. */
export class Ousted extends OwnError {}

type Place = Readonly<{ position: number; offsets: ReadonlyMap<number, number> }>;

/** How far one service's relay has come, in its database. Only the owner with the newest epoch can write. */
export class RelayProgress {
  constructor(
    private readonly pool: Pool,
    private readonly service: string,
  ) {}

  /** Undefined before the relay ran for the first time. */
  async watermark(): Promise<Watermark | undefined> {
    const { rows } = await this.pool.query<{
      recordedUpTo: string | null;
      position: string;
      offsets: Record<string, number>;
    }>(`SELECT ${instant('recorded_up_to')} AS "recordedUpTo", position, offsets FROM relay_progress WHERE name = $1`, [
      this.service,
    ]);
    if (rows.length === 0 || rows[0].recordedUpTo === null) return undefined;
    const { recordedUpTo, position, offsets } = rows[0];
    return { recordedUpTo, position: Number(position), offsets };
  }

  /** From here on no earlier owner can save; answers where the last one got to. @throws Ousted */
  async claim(epoch: number): Promise<Place> {
    const { rows } = await this.pool.query<{ position: string; offsets: Record<string, number> }>(
      `INSERT INTO relay_progress AS p (name, epoch, position, offsets) VALUES ($1, $2, 0, '{}')
       ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch WHERE p.epoch < excluded.epoch
       RETURNING position, offsets`,
      [this.service, epoch],
    );
    if (rows.length === 0) throw this.ousted(epoch);
    const offsets = Object.entries(rows[0].offsets).map(([partition, offset]) => [Number(partition), offset] as const);
    return { position: Number(rows[0].position), offsets: new Map(offsets) };
  }

  /** All up to `to` is on the topic or held; nothing recorded up to `decidedAt` can still appear. @throws Ousted */
  async save(
    epoch: number,
    { from, to, run }: Step,
    decidedAt: string,
    offsets: ReadonlyMap<number, number>,
    held: readonly Held[],
  ): Promise<void> {
    // What is held is nowhere else, unlike what was sent: it is not repeatable.
    const repeatable = held.length === 0;
    const save = async (db: Pool | PoolClient) => {
      // The watermark stops short of the oldest event that is held.
      const { rowCount } = await db.query({
        name: 'save-relay-progress',
        text: `UPDATE relay_progress SET position = $3, offsets = $4, recorded_up_to = greatest(recorded_up_to, least($5::timestamptz,
                 (SELECT min(recorded_at) - interval '1 microsecond' FROM relay_held WHERE name = $1)))
               FROM (SELECT CASE WHEN $6 THEN ${REPEATABLE} END) AS commit
              WHERE name = $1 AND epoch = $2 AND position = $7 AND ${RUN} = $8`,
        values: [
          this.service,
          epoch,
          to,
          JSON.stringify(Object.fromEntries(offsets)),
          decidedAt,
          repeatable,
          from,
          run,
        ],
      });
      if (rowCount !== 1) throw this.ousted(epoch);
    };
    if (repeatable) return save(this.pool);
    await inTransaction(this.pool, async (tx) => {
      await this.hold(tx, held);
      await save(tx);
    });
  }

  /** Positions of what is held after a position, in order. */
  async held(after: number, limit: number): Promise<number[]> {
    const { rows } = await this.pool.query<{ position: string }>(
      'SELECT position FROM relay_held WHERE name = $1 AND position > $2 ORDER BY relay_held.position LIMIT $3',
      [this.service, after, limit],
    );
    return rows.map(({ position }) => Number(position));
  }

  /** How many are held, and of which streams. */
  async holding(): Promise<Readonly<{ count: number; streams: readonly string[] }>> {
    const { rows } = await this.pool.query<{ stream: string; count: number }>(
      'SELECT stream, count(*)::int AS count FROM relay_held WHERE name = $1 GROUP BY stream',
      [this.service],
    );
    return { count: rows.reduce((sum, { count }) => sum + count, 0), streams: rows.map(({ stream }) => stream) };
  }

  /** After a new try of events that were held: only these still are. @throws Ousted */
  async release(epoch: number, tried: readonly StoredEvent[], stillHeld: readonly Held[]): Promise<void> {
    await inTransaction(this.pool, async (tx) => {
      const { rowCount } = await tx.query('SELECT 1 FROM relay_progress WHERE name = $1 AND epoch = $2 FOR UPDATE', [
        this.service,
        epoch,
      ]);
      if (rowCount !== 1) throw this.ousted(epoch);
      const positions = tried.map(({ position }) => position);
      await tx.query('DELETE FROM relay_held WHERE name = $1 AND position = ANY($2)', [this.service, positions]);
      await this.hold(tx, stillHeld);
    });
  }

  private async hold(tx: PoolClient, held: readonly Held[]): Promise<void> {
    if (held.length === 0) return;
    const rows = held.map(({ reason, event: { position, stream, id, type, recordedAt } }) => ({
      position,
      stream,
      id,
      type,
      reason,
      recordedAt,
    }));
    await tx.query(
      `INSERT INTO relay_held (name, position, stream, event_id, type, reason, recorded_at)
       SELECT $1, h.* FROM json_to_recordset($2) AS h (position bigint, stream text, id uuid, type text, reason text, "recordedAt" timestamptz)`,
      [this.service, JSON.stringify(rows)],
    );
  }

  private ousted(epoch: number): Ousted {
    return new Ousted(`relay of ${this.service}: epoch ${epoch} was overtaken, or Postgres crashed`);
  }
}
