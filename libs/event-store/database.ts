import { hash } from 'node:crypto';
import { Pool, type PoolClient } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';

export type Migration = new () => MigrationInterface;

/**
 * A process that was frozen inside a transaction gives its locks back after this time, and with them the streams it
 * appended to and the decided ceiling; longer than any handler may wait for another service.
 */
const IDLE_IN_TRANSACTION = '20s';
const SESSION = `-c plan_cache_mode=force_generic_plan -c jit=off -c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION}`;

/** A server that went away without a word is noticed within half a minute, instead of after two hours. */
const CONNECTION = {
  options: SESSION,
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
};

/** Two processes may make the same table at once; the loser hears of it as a duplicate row, table or type. */
const madeMeanwhile = (error: { code?: string }): void => {
  if (!['23505', '42P07', '42710'].includes(error.code ?? '')) throw error;
};

const noTableYet = (error: { code?: string }): { rows: never[] } => {
  if (error.code !== '42P01') throw error;
  return { rows: [] };
};

/**
 * One service's database: TypeORM owns connection options and migrations; hot paths use the same pool with plain SQL.
 * Statements of one transaction that do not need each other's answers go out together (pg's `pipeline`, `answersOf`).
 */
export class Database {
  private constructor(
    readonly dataSource: DataSource,
    readonly pool: Pool,
    /**
     * One connection for short questions that transactions of `pool` may wait for: with the pool's own, as many
     * transactions as it has connections would wait for each other.
     */
    readonly aside: Pool,
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
      extra: { ...CONNECTION, pipeline: true },
    });
    await dataSource.initialize();
    const { master } = dataSource.driver as unknown as { master: Pool };
    const aside = new Pool({ connectionString: url, max: 1, ...CONNECTION });
    aside.on('error', () => undefined); // the next question connects again
    return new Database(dataSource, master, aside);
  }

  /** Runs pending migrations; services that start together wait for each other. */
  async migrate(): Promise<void> {
    if (await this.upToDate()) return;
    await this.pool.query('CREATE TABLE IF NOT EXISTS migration_turn ()').catch(madeMeanwhile);
    await inTransaction(this.pool, async (turn) => {
      // A table's lock, not an advisory one: those anybody who may connect could take and hold.
      await turn.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      await turn.query('LOCK TABLE migration_turn');
      await this.dataSource.runMigrations();
    });
  }

  /** One query, without a lock: most starts find nothing to do. */
  private async upToDate(): Promise<boolean> {
    const { rows } = await this.pool.query<{ name: string }>('SELECT name FROM migrations').catch(noTableYet);
    const done = new Set(rows.map(({ name }) => name));
    return this.dataSource.migrations.every(({ name, constructor }) => done.has(name ?? constructor.name));
  }

  async close(): Promise<void> {
    await Promise.all([this.dataSource.destroy(), this.aside.end()]);
  }
}

/**
 * Answers to statements of one transaction that were sent together, in their order. Each of `sent` sends all of its own
 * before it waits for anything.
 * @throws what the first that failed was refused for, once all are answered: those behind it only hear that the
 * transaction has failed
 */
export const answersOf = async <const Sent extends readonly Promise<unknown>[]>(
  sent: Sent,
): Promise<{ -readonly [Place in keyof Sent]: Awaited<Sent[Place]> }> => {
  const results = await Promise.allSettled(sent);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as never;
};

/**
 * In a statement: its transaction does not wait for the disk when it commits. Only for what follows from events that are
 * on the disk and is done again from them when a crash of Postgres takes it back with its checkpoint (docs/adr/0021);
 * never where an event is appended.
 */
export const REPEATABLE = `set_config('synchronous_commit', 'off', true)`;

const names = new Map<string, string>();

/** A statement whose text is put together: a connection parses and plans it once. Its name is its text's, for no two texts may share one. */
export const prepared = (text: string, values: readonly unknown[]) => {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = hash('sha1', text)));
  return { name, text, values: [...values] };
};

/** What waits for the commit of the transaction that is open on a connection. */
const afterCommits = new WeakMap<PoolClient, (() => void)[]>();

/** Runs `work` once the transaction given by `inTransaction` has committed, and never when it has not. */
export const afterCommit = (tx: PoolClient, work: () => void): void => {
  afterCommits.get(tx)?.push(work);
};

/** Runs `work` in one transaction; rolls back when it throws. A lost connection is destroyed, not returned. */
export const inTransaction = async <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> => {
  const tx = await pool.connect();
  const committed: (() => void)[] = [];
  afterCommits.set(tx, committed);
  let lost: Error | undefined;
  const onError = (error: Error) => (lost = error);
  tx.on('error', onError);
  try {
    await tx.query('BEGIN');
    const result = await work(tx);
    const { command } = await tx.query('COMMIT');
    // Postgres answers so, without an error, when a statement had failed and nobody rolled back to a savepoint.
    if (command !== 'COMMIT') throw new Error('the transaction had failed: nothing was committed');
    for (const then of committed) then();
    return result;
  } catch (error) {
    await tx.query('ROLLBACK').catch((failed: Error) => (lost = failed));
    throw error;
  } finally {
    afterCommits.delete(tx);
    tx.removeListener('error', onError);
    tx.release(lost);
  }
};
