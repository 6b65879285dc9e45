import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { Database, inTransaction, type Migration } from './database.js';

class First1700000000001 implements MigrationInterface {
  name = 'First1700000000001';
  up = (runner: QueryRunner): Promise<unknown> => runner.query('CREATE TABLE steps (step int)');
  down = (): Promise<void> => Promise.resolve();
}

class Second1700000000002 implements MigrationInterface {
  up = (runner: QueryRunner): Promise<unknown> => runner.query('INSERT INTO steps VALUES (2)');
  down = (): Promise<void> => Promise.resolve();
}

let test: TestDatabase;
const opened: Database[] = [];

const open = async (...migrations: Migration[]): Promise<Database> => {
  const database = await Database.open(test.url, migrations, 3);
  opened.push(database);
  return database;
};

beforeAll(async () => {
  test = await createDatabase('database');
});

afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await test?.drop();
});

describe('migrations', () => {
  it('run once when two processes start together', async () => {
    const [one, other] = [await open(First1700000000001), await open(First1700000000001)];
    await Promise.all([one.migrate(), other.migrate()]);
    expect((await one.pool.query('SELECT FROM migrations')).rowCount).toBe(1);
  });

  it('are done when a newer release brings one, whether or not it names itself', async () => {
    const newer = await open(First1700000000001, Second1700000000002);
    await newer.migrate();
    await newer.migrate();
    expect((await newer.pool.query('SELECT step FROM steps')).rows).toEqual([{ step: 2 }]);
  });

  it('keep nobody waiting when all of them are there', async () => {
    const database = await open(First1700000000001);
    await inTransaction(database.pool, async (turn) => {
      await turn.query('LOCK TABLE migration_turn');
      await database.migrate();
    });
  });
});

describe('the connection aside', () => {
  it('answers transactions that hold all connections of the pool', async () => {
    const { pool, aside } = await open();
    let held = 0;
    let allAreHeld: () => void;
    const all = new Promise<void>((resolve) => (allAreHeld = resolve));
    const ask = () =>
      inTransaction(pool, async () => {
        if (++held === 3) allAreHeld();
        await all;
        return (await aside.query<{ one: number }>('SELECT 1 AS one')).rows[0].one;
      });
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  });
});
