import { jest } from '@jest/globals';
import type { Pool } from 'pg';
import { Rejected } from '#libs/event-store/decider';
import { handling } from '#libs/messaging/consumer-context';
import { Unavailable } from '#libs/messaging/unavailable';
import { DirectoryProgress, TopicDirectory } from './directory-progress.js';

const at = (...offsets: number[]) => new Map(offsets.map((offset, partition) => [partition, offset]));

/** A topic that ends at `ends`, of which `read` has been read. */
const progressOf = (ends: () => Promise<Map<number, number>>, read: () => Map<number, number>) =>
  new DirectoryProgress({ endOffsets: ends }, { of: async () => read() }, 100);

describe('the progress of a directory kept from a topic', () => {
  it('is reached once all that lay there when it was asked has been read', async () => {
    let looks = 0;
    const progress = progressOf(
      async () => at(3, 0, 7),
      () => at(3, 0, ++looks < 3 ? 6 : 8),
    );
    expect(await progress.reached()).toBe(true);
    expect(looks).toBe(3);
  });

  it.each([
    ['one partition lags', at(3, 6)],
    ['nothing has been read yet', at()],
  ])('is not while %s', async (_, read) => {
    expect(
      await progressOf(
        async () => at(3, 7),
        () => read,
      ).reached(),
    ).toBe(false);
  });

  it.each([
    ['what was read', at(3), true],
    ['nothing at all', at(0), false],
  ])('with Kafka away rests on %s', async (_, read, reached) => {
    const away = () => Promise.reject(new Unavailable('Kafka'));
    expect(await progressOf(away, () => read).reached()).toBe(reached);
  });

  it('is not with a Kafka too slow to say how much there is, whatever was read', async () => {
    const never = () => new Promise<Map<number, number>>(() => undefined);
    expect(await progressOf(never, () => at(3)).reached()).toBe(false);
  });

  it.each([
    ['not', at(6), false],
    ['reached', at(7), true],
  ])('with Kafka away is %s by where the topic was known to end', async (_, read, reached) => {
    let asked = 0;
    const ends = async () => {
      if (++asked === 1) return at(7);
      throw new Unavailable('Kafka');
    };
    const progress = progressOf(ends, () => read);
    await progress.reached();
    jest.spyOn(performance, 'now').mockReturnValueOnce(performance.now() + 1_000);
    expect(await progress.reached()).toBe(reached);
    expect(asked).toBe(2);
  });

  it('is asked once for questions in quick succession', async () => {
    let asked = 0;
    const progress = progressOf(
      async () => at(++asked),
      () => at(9),
    );
    await Promise.all([progress.reached(), progress.reached()]);
    await progress.reached();
    expect(asked).toBe(1);
  });
});

describe('a directory kept from a topic', () => {
  const pool = { query: async () => ({ rows: [] }) } as unknown as Pool;
  const behind = progressOf(
    async () => at(1),
    () => at(0),
  );
  const directory = new TopicDirectory(behind, pool, () => []);
  const day = '2026-04-01';

  it.each<[string, () => Promise<unknown>]>([
    ['who is in post', () => directory.inPost('142140', 's-1', day)],
    ['who is whose superior', () => directory.superiorOf('142140', 's-1', day)],
    ['which units somebody manages', () => directory.managedUnits('142140', 's-1', day)],
    ['who heads a unit', () => directory.headOf('142140', 'u-1', day)],
    ['whether there is a unit', () => directory.unit('142140', 'u-1', day)],
  ])('does not say %s while it is behind', async (_, ask) => {
    const error: unknown = await ask().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Rejected);
    expect(error).toMatchObject({ code: 'directory.behind' });
  });

  it('reads nothing before it has caught up, not even beside what it waits for', async () => {
    const asked: string[] = [];
    let read = 0;
    const catching = { query: async () => (asked.push(read < 1 ? 'early' : 'late'), { rows: [] }) } as unknown as Pool;
    const progress = progressOf(
      async () => at(1),
      () => at(read),
    );
    setImmediate(() => (read = 1));
    await new TopicDirectory(progress, catching, () => []).managedUnits('142140', 's-1', day);
    expect(asked).toEqual(['late', 'late']);
  });

  it('answers a handler of an event, which is in the order of the topic', async () =>
    expect(await handling.run(true, () => directory.unit('142140', 'u-1', day))).toBeUndefined());
});
