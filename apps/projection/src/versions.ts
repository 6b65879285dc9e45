import type { Pool, PoolClient } from 'pg';
import { answersOf } from '#libs/event-store/database';

/**
 * Of a version of the facts, a schema of its own: `filling` from the beginning of the topics; `following`, with the live
 * one, what the consumer takes in; `live`, the one that is read; `cancelled`, to be dropped.
 */
export type VersionState = 'filling' | 'following' | 'live' | 'cancelled';

export type Version = Readonly<{
  /** Schema, e.g. `facts_v1`. */
  name: string;
  /** Number of its definition. */
  definition: number;
  state: VersionState;
}>;

const COLUMNS = 'name, definition, state';

/** Name of the version that is read. */
export const liveFacts = async (db: Pool | PoolClient): Promise<string> => {
  const { rows } = await db.query<{ name: string }>(`SELECT name FROM facts_version WHERE state = 'live'`);
  return rows[0].name;
};

/** Work over the live version; again, when that was switched away and dropped meanwhile. */
export const onLiveFacts = async <T>(pool: Pool, work: (facts: string) => Promise<T>): Promise<T> => {
  const facts = await liveFacts(pool);
  try {
    return await work(facts);
  } catch (error) {
    const now = await liveFacts(pool);
    if (now === facts) throw error;
    return work(now);
  }
};

export const allVersions = async (db: Pool | PoolClient): Promise<Version[]> =>
  (await db.query<Version>(`SELECT ${COLUMNS} FROM facts_version ORDER BY created_at, name`)).rows;

/** Versions whose tables hold, together with the consumer's offsets, all it has taken in. */
export const filledVersions = async (db: Pool | PoolClient): Promise<Version[]> => {
  const { rows } = await db.query<Version>(
    `SELECT ${COLUMNS} FROM facts_version v WHERE state IN ('live', 'following')
        AND NOT EXISTS (SELECT FROM facts_fault f WHERE f.version = v.name) ORDER BY name`,
  );
  return rows;
};

/**
 * What the consumer has to fill. Until its transaction ends nothing is switched, begun, handed over or dropped.
 */
export const versionsToFill = async (tx: PoolClient): Promise<Version[]> => {
  // Two statements, so that the second sees what the first had to wait for.
  const [, { rows }] = await answersOf([
    tx.query('LOCK TABLE facts_version IN SHARE MODE'),
    tx.query<Version>({
      name: 'versions-to-fill',
      text: `SELECT ${COLUMNS} FROM facts_version v WHERE state <> 'cancelled'
                AND NOT EXISTS (SELECT FROM facts_fault f WHERE f.version = v.name) ORDER BY name`,
    }),
  ]);
  return rows;
};

/** Nothing is taken in until the transaction ends. */
export const holdConsumer = async (tx: PoolClient): Promise<void> => {
  await tx.query('LOCK TABLE facts_version IN EXCLUSIVE MODE');
};
