import type { PoolClient } from 'pg';

// A row's lock, not an advisory one: those anybody who may connect could take and hold.

/**
 * Until the transaction ends it alone decides on requests of this person, or takes the days from under them. Some limits
 * reach over two leave years, which are two streams, and an absence with nothing to cut leaves no trace in either.
 */
export const turnOf = async (municipality: string, staffId: string, tx: PoolClient): Promise<void> => {
  await tx.query(
    `INSERT INTO leave_turns (municipality, staff_id) VALUES ($1, $2)
     ON CONFLICT (municipality, staff_id) DO UPDATE SET staff_id = excluded.staff_id`,
    [municipality, staffId],
  );
};
