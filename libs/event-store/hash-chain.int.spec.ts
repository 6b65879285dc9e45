import { inTransaction } from './database.js';
import { DecidedLog } from './decided-log.js';
import {
  CITY,
  metadata,
  note,
  notebook,
  openTestStore,
  opening,
  OTHER_CITY,
  type TestStore,
} from './event-store.fixture.js';
import { HashChain, verifyChain } from './hash-chain.js';

let test: TestStore;
beforeEach(async () => {
  test = await openTestStore('hash_chain');
  const events = [opening('p'), note('a'), note('b'), note('c')];
  for (const municipality of [CITY, OTHER_CITY]) {
    await test.store.append(notebook, { municipality, id: 's' }, 'any', events, { metadata });
  }
  await chain(3);
});
afterEach(() => test.close());

/** Runs the follower over all decided events, `size` at a time. */
const chain = async (size: number) => {
  const log = new DecidedLog(test.pool);
  const follower = new HashChain();
  for (let after = 0; ;) {
    const { rows, through } = await follower.read(log, await log.ceiling(), after, size);
    if (rows.length === 0) return;
    await inTransaction(test.pool, (tx) => follower.handle(rows, tx));
    after = through;
  }
};

/** As somebody with all rights over the database could do. */
const tamper = (statement: string) =>
  inTransaction(test.pool, async (tx) => {
    await tx.query('ALTER TABLE events DISABLE TRIGGER events_append_only');
    await tx.query(statement);
    await tx.query('ALTER TABLE events ENABLE TRIGGER events_append_only');
  });

describe('the hash chain', () => {
  it('verifies each municipality by itself, also after a person was erased', async () => {
    await test.keys.erase(CITY, 'p');
    const seen: number[] = [];
    const [own, other] = [
      await verifyChain(test.pool, CITY, (n) => seen.push(n)),
      await verifyChain(test.pool, OTHER_CITY),
    ];
    expect([own, other]).toEqual([
      { events: 4, ok: true, head: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { events: 4, ok: true, head: expect.any(String) },
    ]);
    expect(own.head).not.toBe(other.head);
    expect(seen).toEqual([4]);
  });

  it.each([
    ['changed', `UPDATE events SET data = '{"text":"forged"}' WHERE position = 3`, 3],
    ['redated', `UPDATE events SET recorded_at = recorded_at - interval '1 day' WHERE position = 2`, 2],
    ['removed', 'DELETE FROM events WHERE position = 2', 2],
    ['cut off at the end', 'DELETE FROM events WHERE position = 4', 4],
    [
      'given another ciphertext',
      `UPDATE events SET personal = '{"fields":["name"],"sealed":"AAAA"}' WHERE position = 1`,
      1,
    ],
  ])('finds an event that was %s', async (_, statement, position) => {
    await tamper(statement);
    expect(await verifyChain(test.pool, CITY)).toMatchObject({ ok: false, brokenAt: position, events: position - 1 });
    expect((await verifyChain(test.pool, OTHER_CITY)).ok).toBe(true);
  });

  it('says ok for a city without events', async () => {
    expect(await verifyChain(test.pool, '131016')).toMatchObject({ events: 0, ok: true });
  });
});
