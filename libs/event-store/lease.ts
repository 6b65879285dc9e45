import type { Pool, PoolClient } from 'pg';
import { REPEATABLE } from './database.js';
import { RUN } from './decided-log.js';
import { OwnError } from './own-error.js';

/** Somebody else owns the work now, or a crash took some of it back: what was done in this transaction must not be committed. */
export class Fenced extends OwnError {
  constructor(name: string) {
    super(`${name} is no longer where it was left: another owner has taken over, or Postgres crashed`);
  }
}

/**
 * Ownership for a limited time, by the database's clock. Each taking has a higher epoch; a checkpoint saved with it fences
 * whoever still believes to be the owner, so an owner that stalls past its time does no harm.
 */
export class Lease {
  private epoch: string | undefined;

  constructor(
    private readonly pool: Pool,
    readonly name: string,
    private readonly ownerId: string,
    readonly ttlMs = 10_000,
  ) {}

  /** The new epoch, or undefined while somebody else holds it. */
  async acquire(): Promise<number | undefined> {
    const { rows } = await this.pool.query<{ epoch: string }>(
      `INSERT INTO leases AS l (name, owner, epoch, expires_at)
       VALUES ($1, $2, 1, clock_timestamp() + $3 * interval '1 ms')
       ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, epoch = l.epoch + 1, expires_at = excluded.expires_at
       WHERE l.expires_at <= clock_timestamp() OR l.owner = excluded.owner
       RETURNING l.epoch`,
      [this.name, this.ownerId, this.ttlMs],
    );
    this.epoch = rows[0]?.epoch;
    return this.epoch === undefined ? undefined : Number(this.epoch);
  }

  /** False when somebody else has taken it. */
  async renew(): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE leases SET expires_at = clock_timestamp() + $4 * interval '1 ms'
       WHERE name = $1 AND owner = $2 AND epoch = $3`,
      [this.name, this.ownerId, this.epoch, this.ttlMs],
    );
    return rowCount === 1;
  }

  /** Lets another owner take it at once. The row stays: epochs only grow. */
  async release(): Promise<void> {
    await this.pool.query(
      'UPDATE leases SET expires_at = clock_timestamp() WHERE name = $1 AND owner = $2 AND epoch = $3',
      [this.name, this.ownerId, this.epoch],
    );
    this.epoch = undefined;
  }
}

/**
 * Takes over a checkpoint: from now on saves of an older epoch are fenced, so the position given back cannot move under
 * the new owner. A save under way is waited for.
 */
export const claimCheckpoint = async (pool: Pool, name: string, epoch: number): Promise<number> => {
  const { rows } = await pool.query<{ position: string }>(
    `INSERT INTO follower_checkpoints AS c (name, position, epoch) VALUES ($1, 0, $2)
     ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch WHERE c.epoch <= excluded.epoch
     RETURNING c.position`,
    [name, epoch],
  );
  if (rows.length === 0) throw new Fenced(name);
  return Number(rows[0].position);
};

/** From a position to a decided one; `run` is of the ceiling that was read up to. */
export type Step = Readonly<{ from: number; to: number; run: string }>;

/**
 * From where the last one left it. Its transaction is repeatable.
 * @throws Fenced when a newer owner has claimed the checkpoint, a crash took a save back, or Postgres crashed since the
 * ceiling was measured: positions up to it may be drawn again
 */
export const saveCheckpoint = async (
  tx: Pool | PoolClient,
  name: string,
  { from, to, run }: Step,
  epoch: number,
): Promise<void> => {
  const { rowCount } = await tx.query({
    name: 'save-checkpoint',
    text: `UPDATE follower_checkpoints SET position = $3, epoch = $4, saved_at = clock_timestamp()
             FROM (SELECT ${REPEATABLE}) AS commit
            WHERE name = $1 AND position = $2 AND epoch <= $4 AND ${RUN} = $5`,
    values: [name, from, to, epoch, run],
  });
  if (rowCount === 0) throw new Fenced(name);
};

/** How far the owner, in whatever process, has got; 0 before its first save. */
export const readCheckpoint = async (db: Pool | PoolClient, name: string): Promise<number> => {
  const { rows } = await db.query<{ position: string }>({
    name: 'read-checkpoint',
    text: 'SELECT position FROM follower_checkpoints WHERE name = $1',
    values: [name],
  });
  return Number(rows[0]?.position ?? 0);
};
