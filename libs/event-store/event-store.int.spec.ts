import { afterCommit, inTransaction } from './database.js';
import { eventually } from '#libs/testing/eventually';
import { Rejected } from './decider.js';
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
import { execute, RequestReused, StreamMoved, UnknownEvent, type ExpectedVersion } from './event-store.js';

let test: TestStore;
beforeAll(async () => {
  test = await openTestStore('event_store');
});
afterAll(() => test.close());

const at = (id: string, municipality = CITY) => ({ municipality, id });
const request = (id: string, fingerprint = 'same') => ({ metadata, request: { id, fingerprint } });
const append = (id: string, expected: ExpectedVersion, ...texts: string[]) =>
  test.store.append(notebook, at(id), expected, texts.map(note), { metadata });
const texts = async (id: string) =>
  (await test.store.read(notebook, at(id))).events.map(({ data }) => ('text' in data ? data.text : ''));

describe('append and read', () => {
  it('gives back what was appended, with its place and everything stored beside it', async () => {
    const { version, position } = await test.store.append(
      notebook,
      at('whole'),
      'no-stream',
      [opening('p-1'), note('a')],
      {
        metadata: { ...metadata, onBehalfOf: 'somebody' },
        request: { id: 'whole', fingerprint: 'f' },
      },
    );
    const { events, version: read } = await test.store.read(notebook, at('whole'));
    expect({ version, read }).toEqual({ version: 2, read: 2 });
    expect(events).toEqual([
      {
        position: position - 1,
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        municipality: CITY,
        stream: `notebook-${CITY}/whole`,
        version: 1,
        type: 'NotebookOpened',
        schemaVersion: 2,
        data: { ownerId: 'p-1', name: '伊勢原 花子', shelf: 'A', on: '2026-04-01' },
        metadata: { ...metadata, onBehalfOf: 'somebody' },
        request: { id: 'whole', fingerprint: 'f' },
        effectiveOn: '2026-04-01',
        recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        slice: expect.any(Number),
      },
      expect.objectContaining({ position, version: 2, type: 'NoteWritten', data: { text: 'a' } }),
    ]);
    expect(events[1]).not.toHaveProperty('effectiveOn');
  });

  it('gives what came after a version the caller has, each of several at once its own', async () => {
    for (const text of ['a', 'b', 'c']) await append('longer', 'any', text);
    const after = async (version: number) => {
      const slice = await test.store.read(notebook, at('longer'), undefined, version);
      return [slice.events.length, slice.version];
    };
    expect(await Promise.all([0, 2, 3].map(after))).toEqual([
      [3, 3],
      [1, 3],
      [0, 3],
    ]);
  });

  it('keeps municipalities apart', async () => {
    await append('shared', 'no-stream', 'here');
    await test.store.append(notebook, at('shared', OTHER_CITY), 'no-stream', [note('there')], { metadata });
    expect(await texts('shared')).toEqual(['here']);
  });

  it.each<[ExpectedVersion, boolean, boolean]>([
    ['no-stream', true, false],
    ['exists', false, true],
    ['any', true, true],
    [0, true, false],
    [1, false, true],
    [2, false, false],
  ])('expected version %p: on no stream %p, on a stream of one event %p', async (expected, onNone, onOne) => {
    const outcome = (id: string) =>
      append(id, expected, 'x').then(
        () => true,
        (error) => !(error instanceof StreamMoved),
      );
    await append(`one-${expected}`, 'no-stream', 'first');
    expect([await outcome(`none-${expected}`), await outcome(`one-${expected}`)]).toEqual([onNone, onOne]);
  });

  it('appends all events or none', async () => {
    await append('all', 'no-stream', 'one');
    await expect(append('all', 'no-stream', 'two', 'three')).rejects.toBeInstanceOf(StreamMoved);
    const impossible = { ...opening('p-2'), data: { ...opening('p-2').data, on: '2026-02-30' } } as never;
    await expect(test.store.append(notebook, at('all'), 1, [note('two'), impossible], { metadata })).rejects.toThrow(
      'date',
    );
    expect(await texts('all')).toEqual(['one']);
  });

  it('lets a conflict, a bad event and a reused key among gathered appends fail alone', async () => {
    await append('taken', 'no-stream', 'first');
    await test.store.append(notebook, at('keyed'), 'any', [note('k')], request('gathered'));
    const bad = { ...opening('p-3'), data: { ...opening('p-3').data, on: 'never' } } as never;
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 20 }, (_, i) => append(`lone-${i}`, 'no-stream', 'a', 'b')),
      append('taken', 'no-stream', 'second'),
      test.store.append(notebook, at('bad'), 'any', [bad], { metadata }),
      test.store.append(notebook, at('elsewhere'), 'any', [note('k')], request('gathered')),
    ]);
    expect(outcomes.slice(0, 20).map(({ status }) => status)).toEqual(Array(20).fill('fulfilled'));
    const [moved, data, reused] = outcomes
      .slice(20)
      .map((outcome) => (outcome as PromiseRejectedResult).reason as Error);
    expect(moved).toBeInstanceOf(StreamMoved);
    expect(data.message).toMatch('date');
    expect(reused).toBeInstanceOf(RequestReused);
  });

  it('puts every one of many concurrent appends to one stream behind the other', async () => {
    const results = await Promise.all(Array.from({ length: 50 }, (_, i) => append('busy', 'any', `${i}`)));
    expect(results.map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  it('refuses text that Postgres cannot hold, and takes what only looks like it', async () => {
    await expect(append('text', 'any', 'a\u0000b')).rejects.toThrow('text.not-storable');
    await expect(append('text', 'any', '\ud800')).rejects.toBeInstanceOf(Rejected);
    const sealed = { ...opening('p-4'), data: { ...opening('p-4').data, name: 'a\u0000b' } } as never;
    await expect(test.store.append(notebook, at('text'), 'any', [sealed], { metadata })).rejects.toThrow(
      'text.not-storable',
    );
    await append('text', 'any', String.raw`\u0000 \\u0000`, '𠮷');
    expect(await texts('text')).toEqual([String.raw`\u0000 \\u0000`, '𠮷']);
  });
});

describe('a repeated request', () => {
  it('returns the first result and appends nothing', async () => {
    const first = await test.store.append(notebook, at('again'), 'no-stream', [note('a'), note('b')], request('r-1'));
    await append('again', 2, 'later');
    const second = await test.store.append(notebook, at('again'), 'no-stream', [note('a'), note('b')], request('r-1'));
    expect(second).toEqual({ ...first, repeated: true });
    expect(await texts('again')).toEqual(['a', 'b', 'later']);
  });

  it('has one effect when it comes many times at once, also under any expected version', async () => {
    const results = await Promise.all(
      Array.from({ length: 10 }, () => test.store.append(notebook, at('burst'), 'any', [note('once')], request('r-2'))),
    );
    expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(await texts('burst')).toEqual(['once']);
  });

  it.each([
    ['another fingerprint', 'reuse', 'other'],
    ['another stream', 'reuse-elsewhere', 'same'],
  ])('with %s is refused', async (_, id, fingerprint) => {
    await test.store.append(notebook, at('reuse'), 'any', [note('a')], request('r-3')).catch(() => undefined);
    const reused = test.store.append(notebook, at(id), 'any', [note('a')], request('r-3', fingerprint));
    await expect(reused).rejects.toBeInstanceOf(RequestReused);
  });

  it('is free again in another municipality', async () => {
    await test.store.append(notebook, at('free'), 'any', [note('a')], request('r-4'));
    const other = await test.store.append(notebook, at('free', OTHER_CITY), 'any', [note('a')], request('r-4'));
    expect(other.repeated).toBe(false);
  });

  it('is not decided again by execute', async () => {
    const once = () => execute(test.store, notebook, at('executed'), { type: 'Write', text: 'w' }, request('r-5'));
    const first = await once();
    expect(await once()).toMatchObject({ version: first.version, position: first.position, repeated: true });
  });
});

describe('a batch', () => {
  const member = (id: string, expected: ExpectedVersion, requestId?: string) => ({
    aggregate: notebook,
    stream: at(id),
    expected,
    events: [opening(id), note(id)],
    options: { metadata, ...(requestId && { request: { id: requestId, fingerprint: 'f' } }) },
  });

  it('appends to every stream, more than one statement long, in the order given', async () => {
    const results = await test.store.appendBatch(
      Array.from({ length: 600 }, (_, i) => member(`batch-${i}`, 'no-stream')),
    );
    expect(results).toHaveLength(600);
    expect((await test.store.read(notebook, at('batch-599'))).events.at(-1)?.position).toBe(results[599].position);
  });

  it('appends nothing when one stream has moved', async () => {
    await append('in-the-way', 'no-stream', 'x');
    const batch = test.store.appendBatch([member('untouched', 'no-stream'), member('in-the-way', 'no-stream')]);
    await expect(batch).rejects.toBeInstanceOf(StreamMoved);
    expect((await test.store.read(notebook, at('untouched'))).version).toBe(0);
  });

  it('takes several appends to one stream and gives repeated ones their first result', async () => {
    const batch = [member('twice', 'no-stream', 'b-1'), member('twice', 2, 'b-2'), member('single', 'any', 'b-3')];
    const first = await test.store.appendBatch(batch);
    expect(first.map(({ version }) => version)).toEqual([2, 4, 2]);
    expect(await test.store.appendBatch(batch)).toEqual(first.map((result) => ({ ...result, repeated: true })));
  });
});

describe("in the caller's transaction", () => {
  it('commits and rolls back with it', async () => {
    const within = (id: string, fail: boolean) =>
      inTransaction(test.pool, async (tx) => {
        await test.store.append(notebook, at(id), 'no-stream', [opening('p-tx'), note('a')], { metadata, tx });
        expect((await test.store.read(notebook, at(id), tx)).version).toBe(2);
        if (fail) throw new Error('no');
      });
    await within('tx-kept', false);
    await expect(within('tx-gone', true)).rejects.toThrow('no');
    const versions = await Promise.all(['tx-kept', 'tx-gone'].map((id) => test.store.read(notebook, at(id))));
    expect(versions.map(({ version }) => version)).toEqual([2, 0]);
  });

  it('says StreamMoved without breaking the transaction when the version does not hold', async () => {
    await append('tx-moved', 'no-stream', 'a');
    await inTransaction(test.pool, async (tx) => {
      const late = test.store.append(notebook, at('tx-moved'), 'no-stream', [note('b')], { metadata, tx });
      await expect(late).rejects.toBeInstanceOf(StreamMoved);
      await test.store.append(notebook, at('tx-moved'), 1, [note('c')], { metadata, tx });
    });
    expect(await texts('tx-moved')).toEqual(['a', 'c']);
  });
});

describe('beside a transaction that holds a stream', () => {
  const blocked = async () => {
    const { rowCount } = await test.pool.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%WITH sent AS%'`,
    );
    return rowCount === 1;
  };

  it('lets gathered appends to other streams go on', async () => {
    const holder = await test.pool.connect();
    await holder.query('BEGIN');
    await test.store.append(notebook, at('held-long'), 'any', [note('held')], { metadata, tx: holder });
    const waiting = append('held-long', 'any', 'mine');
    const others = Array.from({ length: 60 }, (_, i) => append(`beside-${i}`, 'no-stream', 'x'));
    expect((await Promise.all(others)).map(({ version }) => version)).toEqual(Array(60).fill(1));
    await holder.query('COMMIT');
    holder.release();
    expect((await waiting).version).toBe(2);
  });

  it('says StreamMoved, not a database error, when a batch in the transaction of its caller loses the race', async () => {
    const holder = await test.pool.connect();
    await holder.query('BEGIN');
    await test.store.append(notebook, at('raced'), 'any', [note('first')], { metadata, tx: holder });
    const lost = inTransaction(test.pool, (tx) =>
      test.store.appendBatch(
        [
          {
            aggregate: notebook,
            stream: at('raced'),
            expected: 'any',
            events: [note('second')],
            options: { metadata },
          },
        ],
        tx,
      ),
    ).catch((error: unknown) => error);
    await eventually(blocked);
    await holder.query('COMMIT');
    holder.release();
    expect(await lost).toBeInstanceOf(StreamMoved);
  });
});

describe('a transaction', () => {
  it('that failed half-way and was not rolled back is no success', async () => {
    const swallowed = inTransaction(test.pool, async (tx) => {
      await test.store.append(notebook, at('swallowed'), 'any', [note('gone')], { metadata, tx });
      await tx.query('SELECT 1/0').catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow('nothing was committed');
    expect(await texts('swallowed')).toEqual([]);
  });

  it('runs what waits for its commit afterwards, and not after a rollback', async () => {
    const told: string[] = [];
    await inTransaction(test.pool, async (tx) => {
      afterCommit(tx, () => told.push('kept'));
      expect(told).toEqual([]);
    });
    await inTransaction(test.pool, async (tx) => {
      afterCommit(tx, () => told.push('gone'));
      throw new Error('no');
    }).catch(() => undefined);
    expect(told).toEqual(['kept']);
  });
});

describe('when the connection is lost under a statement', () => {
  const holdStream = async (id: string) => {
    const holder = await test.pool.connect();
    await holder.query('BEGIN');
    await test.store.append(notebook, at(id), 'any', [note('held')], { metadata, tx: holder });
    return holder;
  };
  const killBlocked = () =>
    eventually(async () => {
      const { rowCount } = await test.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%WITH sent AS%'`,
      );
      return rowCount === 1;
    });

  it('asks by request id and has one effect', async () => {
    const holder = await holdStream('lost');
    const appended = test.store.append(notebook, at('lost'), 'any', [note('mine')], request('lost-1'));
    await killBlocked();
    await holder.query('ROLLBACK');
    holder.release();
    expect(await appended).toMatchObject({ version: 1 });
    expect(await texts('lost')).toEqual(['mine']);
  });

  it('does not repeat what has no request id', async () => {
    const holder = await holdStream('lost-blind');
    const appended = append('lost-blind', 'any', 'mine').catch((error: Error) => error.message);
    await killBlocked();
    await holder.query('ROLLBACK');
    holder.release();
    expect(await appended).toMatch('terminating connection');
    expect(await texts('lost-blind')).toEqual([]);
  });
});

describe('stored events', () => {
  it.each(['UPDATE events SET version = 9', 'DELETE FROM events', 'TRUNCATE events'])(
    'refuse %s',
    async (statement) => {
      await append('kept', 'any', 'x');
      await expect(test.pool.query(statement)).rejects.toThrow('append-only');
    },
  );

  it('are upcast to the shape of today', async () => {
    const old = { ...notebook, events: { ...notebook.events, NotebookOpened: { version: 1 } } };
    await test.store.append(old, at('old'), 'no-stream', [opening('p-old')], { metadata });
    const { events } = await test.store.read(notebook, at('old'));
    expect(events[0]).toMatchObject({ schemaVersion: 2, data: { shelf: 'none' } });
  });

  it('of an unknown type or a newer version stop the read', async () => {
    const newer = { ...notebook, events: { ...notebook.events, NoteWritten: { version: 2 } } };
    await test.store.append(newer, at('newer'), 'no-stream', [note('n')], { metadata });
    await expect(test.store.read(notebook, at('newer'))).rejects.toBeInstanceOf(UnknownEvent);
    const { NoteWritten: _, ...fewer } = notebook.events;
    const older = { ...notebook, events: fewer } as unknown as typeof notebook;
    await expect(test.store.read(older, at('newer'))).rejects.toBeInstanceOf(UnknownEvent);
  });
});
