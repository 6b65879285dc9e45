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
