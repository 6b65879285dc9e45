import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '#libs/event-store/database';

export type TableComparison = Readonly<{
  table: string;
  rows: number;
  checksum: string;
  rowsBeside: number;
  checksumBeside: string;
  /** Rows that only one of the two has; counted only where the checksums differ. */
  onlyLive: number;
  onlyBeside: number;
  equal: boolean;
}>;

/**
 * Compares tables of two versions row by row, recorded intervals included, in one snapshot: the consumer fills both in the
 * same transactions, so what it has taken in is the same for both.
 */
export const compareTables = (
  pool: Pool,
  live: string,
  beside: string,
  tables: readonly string[],
): Promise<TableComparison[]> =>
  inTransaction(pool, async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const compared: TableComparison[] = [];
    for (const table of tables) compared.push(await compareTable(tx, live, beside, table));
    return compared;
  });

const compareTable = async (tx: PoolClient, live: string, beside: string, table: string): Promise<TableComparison> => {
  const [there, here] = [await checksumOf(tx, live, table), await checksumOf(tx, beside, table)];
  const equal = there.rows === here.rows && there.checksum === here.checksum;
  return {
    table,
    ...there,
    rowsBeside: here.rows,
    checksumBeside: here.checksum,
    onlyLive: equal ? 0 : await countOnly(tx, live, beside, table),
    onlyBeside: equal ? 0 : await countOnly(tx, beside, live, table),
    equal,
  };
};

type Checksum = Readonly<{ rows: number; checksum: string }>;

/** A table that a definition does not have is an empty one. */
const checksumOf = async (tx: PoolClient, schema: string, table: string): Promise<Checksum> => {
  if (!(await isThere(tx, schema, table))) return { rows: 0, checksum: '0' };
  const { rows } = await tx.query<Checksum>(
    `SELECT count(*)::float8 AS rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS checksum
       FROM ${schema}.${table} t`,
  );
  return rows[0];
};

const countOnly = async (tx: PoolClient, schema: string, other: string, table: string): Promise<number> => {
  if (!(await isThere(tx, schema, table))) return 0;
  const others = (await isThere(tx, other, table)) ? `EXCEPT ALL SELECT t::text FROM ${other}.${table} t` : '';
  const { rows } = await tx.query<{ rows: number }>(
    `SELECT count(*)::float8 AS rows FROM (SELECT t::text FROM ${schema}.${table} t ${others}) AS apart`,
  );
  return rows[0].rows;
};

const isThere = async (tx: PoolClient, schema: string, table: string): Promise<boolean> =>
  (await tx.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [`${schema}.${table}`])).rows[0]
    .there;
