import type { PoolClient } from 'pg';

// A table's lock, not an advisory one: those anybody who may connect could take and hold.

/**
 * Until the transaction ends no unit is abolished. Whoever may put somebody into a unit asks for it before looking at the
 * organisation; such commands do not wait for each other.
 */
export const turnToPost = async (tx: PoolClient): Promise<void> => {
  await tx.query('LOCK TABLE posting_turn IN ROW SHARE MODE');
};

/** Until the transaction ends nobody is put into a unit; waits for those who are about to. */
export const turnToAbolish = async (tx: PoolClient): Promise<void> => {
  await tx.query('LOCK TABLE posting_turn IN EXCLUSIVE MODE');
};
