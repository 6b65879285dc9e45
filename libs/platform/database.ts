import type { Pool, PoolClient } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';

export type Migration = new () => MigrationInterface;

/** One service's database: TypeORM owns connection options and migrations; hot paths use the same pool with plain SQL. */
export class Database {
  private constructor(
    readonly dataSource: DataSource,
    readonly pool: Pool,
  ) {}

  static async open(url: string, migrations: readonly Migration[], poolSize = 10): Promise<Database> {
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      entities: [],
      migrations: [...migrations],
      migrationsTransactionMode: 'each',
      synchronize: false,
      poolSize,
      extra: { options: '-c plan_cache_mode=force_generic_plan -c jit=off', connectionTimeoutMillis: 10_000 },
    });
    await dataSource.initialize();
    const { master } = dataSource.driver as unknown as { master: Pool };
    return new Database(dataSource, master);
  }

  /** Runs pending migrations; services that start together wait for each other. */
  async migrate(): Promise<void> {
    const lock = await this.pool.connect();
    try {
      await lock.query(`SELECT pg_advisory_lock(hashtext('jinzai.migrations'))`);
      await this.dataSource.runMigrations();
    } finally {
      await lock.query(`SELECT pg_advisory_unlock(hashtext('jinzai.migrations'))`).catch(() => undefined);
      lock.release();
    }
  }

  close(): Promise<void> {
    return this.dataSource.destroy();
  }
}

/** Runs `work` in one transaction; rolls back when it throws. A lost connection is destroyed, not returned. */
export const inTransaction = async <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> => {
  const tx = await pool.connect();
  let lost: Error | undefined;
  const onError = (error: Error) => (lost = error);
  tx.on('error', onError);
  try {
    await tx.query('BEGIN');
    const result = await work(tx);
    await tx.query('COMMIT');
    return result;
  } catch (error) {
    await tx.query('ROLLBACK').catch((failed: Error) => (lost = failed));
    throw error;
  } finally {
    tx.removeListener('error', onError);
    tx.release(lost);
  }
};
