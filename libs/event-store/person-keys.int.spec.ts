import {
  CITY,
  MASTER_KEY,
  metadata,
  notebook,
  openTestStore,
  opening,
  OTHER_CITY,
  type TestStore,
} from './event-store.fixture.js';
import { parseMasterKeys, PersonKeys } from './person-keys.js';
import { PostgresEventStore } from './postgres-event-store.js';

const NEW_KEY = `k2:${Buffer.alloc(32, 2).toString('base64')}`;

let test: TestStore;
beforeAll(async () => {
  test = await openTestStore('person_keys');
});
afterAll(() => test.close());

const open = (personId: string, municipality = CITY) =>
  test.store.append(notebook, { municipality, id: personId }, 'any', [opening(personId)], { metadata });
const storeWith = (keys: string) => new PostgresEventStore(test.pool, new PersonKeys(test.pool, parseMasterKeys(keys)));
const nameIn = async (store: PostgresEventStore, personId: string) => {
  const { events } = await store.read(notebook, { municipality: CITY, id: personId });
  return events.map(({ data }) => ('name' in data ? data.name : undefined));
};

describe('personal fields', () => {
  it('are never stored in the clear, the others are', async () => {
    await open('p-clear');
    const { rows } = await test.pool.query<{ stored: string }>(
      `SELECT e::text AS stored FROM events e WHERE person_id = 'p-clear'`,
    );
    expect(rows[0].stored).toContain('2026-04-01');
    expect(rows[0].stored).not.toContain('花子');
  });

  it('open for lists by event id', async () => {
    const { position } = await open('p-list');
    const { rows } = await test.pool.query<{ id: string }>('SELECT id FROM events WHERE position = $1', [position]);
    const opened = await test.store.open(notebook, [rows[0].id]);
    expect(opened.get(rows[0].id)).toEqual(opening('p-list').data);
  });

  it('cannot be moved to another event', async () => {
    await open('p-moved');
    await open('p-moved');
    await test.pool.query('ALTER TABLE events DISABLE TRIGGER events_append_only');
    await test.pool
      .query(`UPDATE events SET personal = (SELECT personal FROM events WHERE stream LIKE '%p-moved' AND version = 1)
                           WHERE stream LIKE '%p-moved' AND version = 2`);
    await test.pool.query('ALTER TABLE events ENABLE TRIGGER events_append_only');
    await expect(nameIn(test.store, 'p-moved')).rejects.toThrow('authenticate');
  });
});

describe('erasing a person', () => {
  it('turns every personal field into erased at once, also for a process that has read it before', async () => {
    const other = storeWith(MASTER_KEY);
    await open('p-erased');
    expect(await nameIn(other, 'p-erased')).toEqual(['伊勢原 花子']);
    expect(await test.keys.erase(CITY, 'p-erased')).toBe(true);
    expect([await nameIn(test.store, 'p-erased'), await nameIn(other, 'p-erased')]).toEqual([['erased'], ['erased']]);
    const { events } = await other.read(notebook, { municipality: CITY, id: 'p-erased' });
    expect(events[0].data).toEqual({ ...opening('p-erased').data, name: 'erased' });
  });

  it('refuses further personal data, gathered, in a batch and in a transaction', async () => {
    await open('p-refused');
    await test.keys.erase(CITY, 'p-refused');
    const stream = { municipality: CITY, id: 'p-refused' };
    const events = [opening('p-refused')];
    const batch = [{ aggregate: notebook, stream, expected: 'any', events, options: { metadata } } as const];
    await expect(open('p-refused')).rejects.toThrow('person.erased');
    await expect(test.store.appendBatch(batch)).rejects.toThrow('person.erased');
    await test.store.append(notebook, stream, 'any', [{ type: 'NoteWritten', data: { text: 'still' } }], { metadata });
  });

  it('reaches one municipality and one person', async () => {
    await open('p-two');
    await open('p-two', OTHER_CITY);
    await open('p-bystander');
    await test.keys.erase(OTHER_CITY, 'p-two');
    expect([await nameIn(test.store, 'p-two'), await nameIn(test.store, 'p-bystander')]).toEqual([
      ['伊勢原 花子'],
      ['伊勢原 花子'],
    ]);
  });

  it('is false when there is nothing left to erase', async () => {
    await open('p-again');
    const answers = [await test.keys.erase(CITY, 'p-again'), await test.keys.erase(CITY, 'p-again')];
    expect([...answers, await test.keys.erase(CITY, 'p-unknown')]).toEqual([true, false, false]);
  });
});

describe('the master key', () => {
  it('is replaced by wrapping every key anew, after which the old one opens nothing', async () => {
    await open('p-rotated');
    await open('p-rotated-erased');
    await test.keys.erase(CITY, 'p-rotated-erased');
    const both = new PersonKeys(test.pool, parseMasterKeys(`${NEW_KEY},${MASTER_KEY}`));
    expect(await both.rewrap()).toBeGreaterThan(0);
    expect(await both.rewrap()).toBe(0);
    expect(await nameIn(storeWith(NEW_KEY), 'p-rotated')).toEqual(['伊勢原 花子']);
    expect(await nameIn(storeWith(NEW_KEY), 'p-rotated-erased')).toEqual(['erased']);
    await expect(nameIn(storeWith(MASTER_KEY), 'p-rotated')).rejects.toThrow('"k2" is not configured');
  });

  it.each(['', 'k1', 'k1:AAAA', ':' + Buffer.alloc(32).toString('base64')])('is refused as %p', (text) => {
    expect(() => parseMasterKeys(text)).toThrow('32 bytes');
  });
});
