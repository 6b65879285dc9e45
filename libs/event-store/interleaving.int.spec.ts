import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { inTransaction } from './database.js';
import { DecidedLog } from './decided-log.js';
import { CITY, metadata, note, notebook, openTestStore, type TestStore } from './event-store.fixture.js';
import {
  RequestReused,
  StreamMoved,
  type AppendResult,
  type ExpectedVersion,
  type StoredEvent,
} from './event-store.js';

let test: TestStore;
let run = 0;
beforeAll(async () => {
  test = await openTestStore('interleaving');
});
afterAll(() => test.close());

type Attempt = Readonly<{
  stream: number;
  expected: ExpectedVersion;
  count: number;
  request?: number;
  pauseMs: number;
}>;
type Outcome = Readonly<{ attempt: Attempt; texts: string[]; result?: AppendResult; refused?: unknown }>;

const attempts: fc.Arbitrary<Attempt> = fc.record(
  {
    stream: fc.nat(2),
    expected: fc.oneof(fc.constantFrom<ExpectedVersion>('any', 'exists', 'no-stream'), fc.nat(6)),
    count: fc.integer({ min: 1, max: 3 }),
    request: fc.nat(4),
    pauseMs: fc.nat(3),
  },
  { requiredKeys: ['stream', 'expected', 'count', 'pauseMs'] },
);

const streamId = (stream: number) => ({ municipality: CITY, id: `run-${run}-${stream}` });
const textOf = ({ data }: StoredEvent) => (data as { text: string }).text;

/** The fingerprint is that of the attempt, so a key drawn twice is sometimes a repeat and sometimes reused. */
const attemptOne = async (attempt: Attempt, index: number): Promise<Outcome> => {
  const { stream, expected, count, request, pauseMs } = attempt;
  const texts = Array.from({ length: count }, (_, i) => `${request === undefined ? `a${index}` : `r${request}`}.${i}`);
  const options = {
    metadata,
    ...(request !== undefined && {
      request: { id: `run-${run}-${request}`, fingerprint: `${stream}/${expected}/${count}` },
    }),
  };
  await pause(pauseMs);
  try {
    return {
      attempt,
      texts,
      result: await test.store.append(notebook, streamId(stream), expected, texts.map(note), options),
    };
  } catch (refused) {
    return { attempt, texts, refused };
  }
};

const readAll = async () =>
  Promise.all([0, 1, 2].map(async (stream) => (await test.store.read(notebook, streamId(stream))).events));

const heldFor = ({ expected, count }: Attempt, { version }: AppendResult): boolean => {
  const base = version - count;
  if (expected === 'any') return true;
  return expected === 'exists' ? base > 0 : base === (expected === 'no-stream' ? 0 : expected);
};

it('every success is in its stream whole and once, at the version it was told, and nothing else is', () =>
  fc.assert(
    fc.asyncProperty(fc.array(attempts, { minLength: 1, maxLength: 40 }), async (all) => {
      run++;
      const outcomes = await Promise.all(all.map(attemptOne));
      const streams = await readAll();
      for (const { attempt, texts, result, refused } of outcomes) {
        if (!result) {
          expect(refused instanceof StreamMoved || refused instanceof RequestReused).toBe(true);
          continue;
        }
        const events = streams[attempt.stream].slice(result.version - attempt.count, result.version);
        expect(events.map(textOf)).toEqual(texts);
        expect(events.at(-1)?.position).toBe(result.position);
        expect(heldFor(attempt, result)).toBe(true);
      }
      const written = outcomes.filter(({ result }) => result && !result.repeated);
      expect(streams.flat()).toHaveLength(written.reduce((sum, { attempt }) => sum + attempt.count, 0));
      for (const events of streams) {
        expect(events.map(({ version }) => version)).toEqual(events.map((_, i) => i + 1));
        expect(events.map(({ position }) => position)).toEqual(
          events.map(({ position }) => position).sort((a, b) => a - b),
        );
      }
    }),
    { numRuns: 40 },
  ));

type Holding = Readonly<{ stream: number; count: number; beforeMs: number; holdMs: number; commit: boolean }>;

const holdings: fc.Arbitrary<Holding> = fc.record({
  stream: fc.nat(2),
  count: fc.integer({ min: 1, max: 2 }),
  beforeMs: fc.nat(15),
  holdMs: fc.nat(25),
  commit: fc.boolean(),
});

const hold = async ({ stream, count, beforeMs, holdMs, commit }: Holding): Promise<void> => {
  await pause(beforeMs);
  await inTransaction(test.pool, async (tx) => {
    await test.store.append(notebook, streamId(stream), 'any', Array(count).fill(note('x')), { metadata, tx });
    await pause(holdMs);
    if (!commit) throw new Error('rolled back');
  }).catch(() => undefined); // a lost race for the stream is no matter here
};

it('a reader that follows the ceiling sees every committed event once, in order, and never one recorded too early', () =>
  fc.assert(
    fc.asyncProperty(fc.array(holdings, { minLength: 2, maxLength: 7 }), async (all) => {
      run++;
      const log = new DecidedLog(test.pool);
      const start = (await log.ceiling()).position;
      let [after, decidedAt, writing] = [start, '', true];
      const seen: StoredEvent[] = [];
      const read = async () => {
        const page = await log.read(after, 3);
        for (const { recordedAt } of page.events) expect(recordedAt > decidedAt).toBe(true);
        seen.push(...page.events);
        if (page.decidedAt > decidedAt) decidedAt = page.decidedAt;
        after = page.through;
        return page.events.length;
      };
      const reader = (async () => {
        while (writing) await read();
      })();
      await Promise.all([reader, Promise.all(all.map(hold)).finally(() => (writing = false))]);
      while ((await read()) > 0);
      const { rows } = await test.pool.query<{ id: string }>(
        'SELECT e.id FROM events e WHERE e.position > $1 ORDER BY e.position',
        [start],
      );
      expect(seen.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    }),
    { numRuns: 40 },
  ));

const READERS = 8;
const WRITERS = 32;
const APPENDS = 320;
const EVENTS = 10;

/** Every tenth append is followed by a transaction that is held open for some milliseconds; a third of those is rolled back. */
const holdNow = (random: number): Promise<void> =>
  hold({ stream: random % 3, count: 1, beforeMs: 0, holdMs: random % 7, commit: random % 3 !== 0 });

it('eight readers see each of 100,000 events once and in order, while transactions are held and rolled back', async () => {
  run++;
  const { rows: before } = await test.pool.query<{ position: number }>(
    'SELECT coalesce(max(position), 0)::int AS position FROM events',
  );
  const [{ position: start }] = before;
  let writing = true;
  const reader = async (index: number): Promise<number[]> => {
    const log = new DecidedLog(test.pool);
    const seen: number[] = [];
    for (let after = start; ;) {
      const ending = !writing;
      const page = await log.read(after, 500 + 700 * index);
      for (const { position } of page.events) seen.push(position);
      after = page.through;
      if (ending && page.events.length === 0) return seen;
      if (page.events.length === 0) await pause(1);
    }
  };
  const writer = async (index: number): Promise<void> => {
    const texts = Array.from({ length: EVENTS }, (_, i) => note(`${index}.${i}`));
    for (let append = 0; append < APPENDS; append++) {
      const stream = { municipality: CITY, id: `bulk-${index}-${append}` };
      await test.store.append(notebook, stream, 'no-stream', texts, { metadata });
      if (append % 10 === 0) await holdNow(index * APPENDS + append);
    }
  };
  const readers = Array.from({ length: READERS }, (_, index) => reader(index));
  await Promise.all(Array.from({ length: WRITERS }, (_, index) => writer(index))).finally(() => (writing = false));
  const seen = await Promise.all(readers);
  const { rows } = await test.pool.query<{ position: number }>(
    'SELECT e.position::int AS position FROM events e WHERE e.position > $1 ORDER BY e.position',
    [start],
  );
  const positions = rows.map(({ position }) => position);
  expect(positions.length).toBeGreaterThan(100_000);
  for (const one of seen) expect(one).toEqual(positions);
}, 120_000);
