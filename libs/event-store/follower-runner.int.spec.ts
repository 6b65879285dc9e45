import type { PoolClient } from 'pg';
import { inTransaction } from './database.js';
import { eventually } from '#libs/testing/eventually';
import { DecidedLog } from './decided-log.js';
import { CITY, metadata, note, notebook, openTestStore, type TestStore } from './event-store.fixture.js';
import type { StoredEvent } from './event-store.js';
import { FollowerRunner } from './follower-runner.js';
import { Follower } from './follower.js';
import { claimCheckpoint, Fenced, Lease, readCheckpoint, saveCheckpoint } from './lease.js';

const LISTENERS = `FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`;

/** Writes what it was given into a table; fails as long as it is told to. */
class Recorder extends Follower {
  failing = false;

  constructor(
    readonly name: string,
    override readonly types?: readonly string[],
  ) {
    super();
  }

  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    const positions = events.map(({ position }) => position);
    await tx.query('INSERT INTO recorded SELECT $1, unnest($2::bigint[])', [this.name, positions]);
    if (this.failing) throw new Error('told to fail');
  }
}

let test: TestStore;
const runners: FollowerRunner[] = [];
beforeEach(async () => {
  test = await openTestStore('follower_runner');
  await test.pool.query('CREATE TABLE recorded (follower text, position bigint)');
});
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop()));
  await test.close();
});

const run = (owner: string, followers: readonly Follower[], pollMs = 20) => {
  const errors: unknown[] = [];
  const { pool } = test;
  const lease = new Lease(pool, 'followers', owner, 600);
  const onError = (error: unknown) => errors.push(error);
  const runner = new FollowerRunner({
    pool,
    log: new DecidedLog(pool),
    lease,
    followers,
    onError,
    pollMs,
    pageSize: 3,
  });
  runners.push(runner);
  runner.start();
  return { runner, errors };
};
const append = async (count: number) => {
  const texts = Array.from({ length: count }, (_, i) => note(`${i}`));
  return (await test.store.append(notebook, { municipality: CITY, id: 's' }, 'any', texts, { metadata })).position;
};
const recorded = async (follower: string) => {
  const { rows } = await test.pool.query<{ position: string }>(
    'SELECT r.position FROM recorded r WHERE r.follower = $1 ORDER BY r.position',
    [follower],
  );
  return rows.map(({ position }) => Number(position));
};

describe('FollowerRunner', () => {
  it('gives every follower every event once, in pages, and says when it has got there', async () => {
    const { runner, errors } = run('one', [new Recorder('a'), new Recorder('b', ['NotebookOpened'])]);
    const last = await append(8);
    expect(await runner.waitFor('a', last, 5_000)).toBe(true);
    expect(await runner.waitFor('b', last, 5_000)).toBe(true);
    expect([await recorded('a'), await recorded('b'), errors]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], [], []]);
    expect(await runner.waitFor('a', last + 1, 20)).toBe(false);
    await eventually(() => runner.status().every(({ position, ceiling }) => position === last && ceiling === last));
  });

  it('is woken by the append long before its poll', async () => {
    const { runner } = run('one', [new Recorder('a')], 60_000);
    await append(1);
    await eventually(async () => (await recorded('a')).length === 1);
    await append(1);
    await eventually(async () => (await recorded('a')).length === 2);
    expect(runner.status()[0].position).toBeLessThanOrEqual(2);
  });

  it('is woken by an append in the transaction of a reaction or a timer, once that has committed', async () => {
    run('one', [new Recorder('a')], 60_000);
    await append(1);
    await eventually(async () => (await recorded('a')).length === 1);
    await inTransaction(test.pool, (tx) =>
      test.store.append(notebook, { municipality: CITY, id: 's' }, 'any', [note('x')], { metadata, tx }),
    );
    await eventually(async () => (await recorded('a')).length === 2);
  });

  it('listens again after its connection was killed', async () => {
    run('one', [new Recorder('a')], 60_000);
    const listening = async () => (await test.pool.query<{ pid: number }>(`SELECT pid ${LISTENERS}`)).rows[0]?.pid;
    const first = await eventually(listening);
    await test.pool.query('SELECT pg_terminate_backend($1)', [first]);
    await eventually(async () => ((await listening()) ?? first) !== first);
    await append(1);
    await eventually(async () => (await recorded('a')).length === 1);
  });

  it.each([
    ['tells of it, as the end of its connection does', true],
    ['goes unnoticed until the next append', false],
  ])('does again what a crash of Postgres took back, where that %s', async (_, told) => {
    const { runner, errors } = run('one', [new Recorder('a')], 60_000);
    await append(3);
    expect(await runner.waitFor('a', 3, 5_000)).toBe(true);
    await test.pool.query(`WITH gone AS (DELETE FROM recorded WHERE position > 1)
      UPDATE follower_checkpoints SET position = 1 WHERE name = 'a'`);
    if (told) await test.pool.query(`SELECT pg_terminate_backend(pid) ${LISTENERS}`);
    else await append(1);
    await eventually(async () => (await recorded('a')).length === (told ? 3 : 4));
    expect(await recorded('a')).toEqual(told ? [1, 2, 3] : [1, 2, 3, 4]);
    expect(errors.every((error) => error instanceof Fenced)).toBe(true);
  });

  it('lets a failing follower back off while the others go on, and leaves nothing of a failed batch', async () => {
    const bad = new Recorder('bad');
    bad.failing = true;
    const { runner, errors } = run('one', [bad, new Recorder('good')]);
    const last = await append(2);
    expect(await runner.waitFor('good', last, 5_000)).toBe(true);
    await eventually(() => errors.length > 0);
    expect(await recorded('bad')).toEqual([]);
    bad.failing = false;
    expect(await runner.waitFor('bad', last, 5_000)).toBe(true);
    expect(await recorded('bad')).toEqual([1, 2]);
  });

  it('runs in one process at a time; another takes over where it stopped', async () => {
    const first = run('one', [new Recorder('a')]);
    const second = run('two', [new Recorder('a')]);
    await append(4);
    expect(await second.runner.waitFor('a', 4, 5_000)).toBe(true);
    await first.runner.stop();
    await append(4);
    expect(await second.runner.waitFor('a', 8, 5_000)).toBe(true);
    expect(await recorded('a')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('fencing', () => {
  it('keeps a stale owner from saving once a newer one has claimed', async () => {
    const [stale, fresh] = ['one', 'two'].map((owner) => new Lease(test.pool, 'work', owner, 1));
    const old = (await stale.acquire())!;
    await claimCheckpoint(test.pool, 'work', old);
    const { run: now } = await new DecidedLog(test.pool).ceiling();
    await saveCheckpoint(test.pool, 'work', { from: 0, to: 5, run: now }, old);
    const epoch = await eventually(() => fresh.acquire());
    expect(await claimCheckpoint(test.pool, 'work', epoch)).toBe(5);
    await expect(
      inTransaction(test.pool, (tx) => saveCheckpoint(tx, 'work', { from: 5, to: 9, run: now }, old)),
    ).rejects.toBeInstanceOf(Fenced);
    await expect(claimCheckpoint(test.pool, 'work', old)).rejects.toBeInstanceOf(Fenced);
    expect([await readCheckpoint(test.pool, 'work'), await stale.renew(), await fresh.renew()]).toEqual([
      5,
      false,
      true,
    ]);
  });

  it('keeps the owner from saving what it read before Postgres crashed: positions may be drawn again', async () => {
    const lease = new Lease(test.pool, 'work', 'one');
    const epoch = (await lease.acquire())!;
    await claimCheckpoint(test.pool, 'work', epoch);
    const step = { from: 0, to: 5, run: 'before the crash' };
    await expect(saveCheckpoint(test.pool, 'work', step, epoch)).rejects.toBeInstanceOf(Fenced);
    expect(await readCheckpoint(test.pool, 'work')).toBe(0);
  });

  it('makes the new owner wait for a save that is under way', async () => {
    const lease = new Lease(test.pool, 'work', 'one');
    const epoch = (await lease.acquire())!;
    await claimCheckpoint(test.pool, 'work', epoch);
    const tx = await test.pool.connect();
    await tx.query('BEGIN');
    const { run: now } = await new DecidedLog(test.pool).ceiling();
    await saveCheckpoint(tx, 'work', { from: 0, to: 7, run: now }, epoch);
    const claimed = claimCheckpoint(test.pool, 'work', epoch + 1);
    await tx.query('COMMIT');
    tx.release();
    expect(await claimed).toBe(7);
  });

  it('gives a lease to one owner until it is released', async () => {
    const [one, two] = ['one', 'two'].map((owner) => new Lease(test.pool, 'work', owner));
    expect([await one.acquire(), await two.acquire()]).toEqual([1, undefined]);
    await one.release();
    expect(await two.acquire()).toBe(2);
  });
});
