import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { answersOf, Database, inTransaction, type Migration } from './database.js';

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

describe('statements that are sent together', () => {
  it('are answered in their order', async () => {
    const { pool } = await open();
    const of = async (number: number) => (await pool.query(`SELECT ${number} AS n`)).rows[0] as unknown;
    expect(await answersOf([of(1), of(2)])).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('fail with what the first of them was refused for, and change nothing', async () => {
    const { pool } = await open();
    await pool.query('CREATE TABLE sent_together (n int)');
    const writing = inTransaction(pool, (tx) =>
      answersOf([
        answersOf([tx.query('INSERT INTO sent_together VALUES (1)'), tx.query('SELECT 1 / 0')]),
        tx.query('INSERT INTO sent_together VALUES (2)'),
      ]),
    );
    await expect(writing).rejects.toMatchObject({ code: '22012' });
    expect((await pool.query('SELECT FROM sent_together')).rows).toEqual([]);
  });
});
