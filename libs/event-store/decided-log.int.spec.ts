import type { Pool, PoolClient } from 'pg';
import { DecidedLog, RUN } from './decided-log.js';
import { shapesOf } from './upcasting.js';
import { CITY, metadata, note, notebook, openTestStore, opening, type TestStore } from './event-store.fixture.js';

let test: TestStore;
let log: DecidedLog;
beforeEach(async () => {
  test = await openTestStore('decided_log');
  log = new DecidedLog(test.pool);
});
const open = new Set<PoolClient>();
afterEach(async () => {
  for (const tx of open) tx.release(true); // left by a failed test; the pool would wait for it
  open.clear();
  await test.close();
});

const append = (id: string, tx?: PoolClient) =>
  test.store.append(notebook, { municipality: CITY, id }, 'any', [note(id)], { metadata, tx });
const position = async () => (await log.ceiling()).position;

/** How the notebook of the first release sealed the name. */
const { personal, person } = notebook.events.NotebookOpened;
const sealing = { personal, person };

/** A transaction of its own that stays open. */
const held = async (work: (tx: PoolClient) => Promise<unknown>) => {
  const tx = await test.pool.connect();
  open.add(tx);
  await tx.query('BEGIN');
  await work(tx);
  return async (end: 'COMMIT' | 'ROLLBACK') => {
    await tx.query(end);
    open.delete(tx);
    tx.release();
  };
};

describe('the decided ceiling', () => {
  it('tells the time of Postgres it was measured in, which a crash of one of its processes ends', async () => {
    const { run } = await log.ceiling();
    const [{ now }] = (await test.pool.query<{ now: string }>(`SELECT ${RUN} AS now`)).rows;
    expect([run, run]).toEqual([now, expect.stringMatching(/^\d+\.\d+ \d+\.\d+$/)]);
  });

  it('is 0 on a fresh sequence and takes in the very first event', async () => {
    expect(await position()).toBe(0);
    await append('first');
    expect(await position()).toBe(1);
    expect((await log.read(0, 10)).events).toHaveLength(1);
  });

  it('stays below an append that is not committed, and passes it afterwards', async () => {
    await append('before');
    const end = await held((tx) => append('held', tx));
    await append('after');
    expect([await position(), await position()]).toEqual([0, 0]);
    await end('COMMIT');
    expect(await position()).toBe(3);
    expect((await log.read(0, 10)).events.map(({ position: at }) => at)).toEqual([1, 2, 3]);
  });

  it('keeps what was decided before while an append is held', async () => {
    await append('before');
    expect(await position()).toBe(1);
    const end = await held((tx) => append('held', tx));
    await append('after');
    const page = await log.read(0, 10);
    expect({ through: page.through, events: page.events.length }).toEqual({ through: 1, events: 1 });
    await end('COMMIT');
  });

  it('passes an append that was rolled back', async () => {
    const end = await held((tx) => append('gone', tx));
    await append('kept');
    await end('ROLLBACK');
    const page = await log.read(0, 10);
    expect([page.through, page.events.map(({ position: at }) => at)]).toEqual([2, [2]]);
  });

  it('waits only for those who were appending, not for later ones', async () => {
    const endFirst = await held((tx) => append('first', tx));
    expect(await position()).toBe(0);
    const endSecond = await held((tx) => append('second', tx));
    await endFirst('COMMIT');
    expect(await position()).toBe(1);
    await endSecond('COMMIT');
    expect(await position()).toBe(2);
  });

  it('is not held by transactions that do not append', async () => {
    const end = await held(async (tx) => {
      await tx.query('SELECT count(*) FROM events');
      await tx.query('CREATE TEMP TABLE scratch (n int)');
      await tx.query('INSERT INTO scratch VALUES (1)');
    });
    await append('a');
    expect(await position()).toBe(1);
    await end('ROLLBACK');
  });

  it('names an instant before which nothing can appear any more', async () => {
    const end = await held((tx) => append('held', tx));
    const { decidedAt: before } = await log.ceiling();
    await end('COMMIT');
    const page = await log.read(0, 10);
    expect(before < page.events[0].recordedAt && page.events[0].recordedAt < page.decidedAt).toBe(true);
  });
});

describe('reading decided events', () => {
  it('gives them as stored, page by page, and the instant only with the last page', async () => {
    const person = [opening('p'), note('x')];
    await test.store.append(notebook, { municipality: CITY, id: 's' }, 'any', person, { metadata });
    const first = await log.read(0, 1);
    expect(first.events[0].data).toEqual({ ownerId: 'p', shelf: 'A', on: '2026-04-01' });
    expect([first.through, first.decidedAt.slice(0, 4)]).toEqual([1, '1970']);
    const second = await log.read(first.through, 10);
    expect([second.through, second.events.length, second.decidedAt > first.decidedAt]).toEqual([2, 1, true]);
  });

  it("gives events of an older version in today's shape, still without personal fields", async () => {
    const old = { ...notebook, events: { ...notebook.events, NotebookOpened: { version: 1, ...sealing } } };
    await test.store.append(old, { municipality: CITY, id: 's' }, 'any', [opening('p')], { metadata });
    const [asStored] = (await log.read(0, 10)).events;
    expect(asStored).toMatchObject({ schemaVersion: 1, data: { ownerId: 'p', shelf: 'A' } });
    const [today] = (await new DecidedLog(test.pool, shapesOf([notebook])).read(0, 10)).events;
    expect(today).toMatchObject({ schemaVersion: 2 });
    expect(today.data).toEqual({ ownerId: 'p', shelf: 'none', on: '2026-04-01' });
  });

  it('forgets what was decided when a crash lets positions be drawn again', async () => {
    let run = 'first';
    const answered = async (sent: { text: string }) => {
      const { rows } = await test.pool.query<object>(sent);
      return { rows: rows.map((row) => ('run' in row ? { ...row, run } : row)) };
    };
    log = new DecidedLog({ query: answered } as unknown as Pool);
    await append('a');
    await test.pool.query('ALTER SEQUENCE events_position_seq RESTART WITH 41');
    expect(await position()).toBe(41 - 1);
    // As after a crash: the sequence is where the disk had it.
    run = 'second';
    await test.pool.query('ALTER SEQUENCE events_position_seq RESTART WITH 2');
    const end = await held((tx) => append('b', tx));
    expect(await position()).toBe(0);
    await end('COMMIT');
    expect(await position()).toBe(2);
  });

  it('passes what it was not asked for', async () => {
    await append('a');
    await append('b');
    expect(await log.read(0, 10, ['NotebookOpened'])).toMatchObject({ events: [], through: 2 });
  });

  it('reads past nine in order of number, not of text', async () => {
    for (let i = 0; i < 12; i++) await append('s');
    const page = await log.read(0, 11);
    expect(page.events.map(({ position: at }) => at)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});
