import { batchSize, Gatherer, type Waiting } from './gatherer.js';

type Call = { batch: readonly Waiting<string, string>[]; end: (error?: Error) => void };

/** A gatherer whose batches end when the test says so. */
const gatherer = (lanes: number, keyOf?: (item: string) => string) => {
  const calls: Call[] = [];
  const run = (batch: readonly Waiting<string, string>[]) =>
    new Promise<void>((resolve, reject) => calls.push({ batch, end: (error) => (error ? reject(error) : resolve()) }));
  return { calls, under: new Gatherer<string, string>({ run, lanes, keyOf }) };
};
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const items = ({ batch }: Call) => batch.map(({ item }) => item);
const settle = (call: Call) => {
  for (const { item, resolve } of call.batch) resolve(item.toUpperCase());
  call.end();
};

describe('Gatherer', () => {
  it.each([
    [1, 32],
    [128, 32],
    [200, 50],
    [5_000, 128],
  ])('takes of %p waiting %p', (queued, size) => expect(batchSize(queued, 4)).toBe(size));

  it('sends what came in one turn together, and what came meanwhile with the next', async () => {
    const { calls, under } = gatherer(1);
    const first = [under.add('a'), under.add('b')];
    await turn();
    const second = [under.add('c'), under.add('d')];
    await turn();
    expect(calls.map(items)).toEqual([['a', 'b']]);
    settle(calls[0]);
    expect(await Promise.all(first)).toEqual(['A', 'B']);
    await turn();
    settle(calls[1]);
    expect(await Promise.all(second)).toEqual(['C', 'D']);
  });

  it('keeps one key out of a batch and out of lanes until its predecessor is done', async () => {
    const { calls, under } = gatherer(2, (item) => item[0]);
    const all = ['a1', 'a2', 'b1', 'a3'].map((item) => under.add(item));
    await turn();
    expect(calls.map(items)).toEqual([['a1', 'b1']]);
    for (const index of [0, 1, 2]) {
      settle(calls[index]);
      await turn();
    }
    expect(calls.map(items)).toEqual([['a1', 'b1'], ['a2'], ['a3']]);
    expect(await Promise.all(all)).toEqual(['A1', 'A2', 'B1', 'A3']);
  });

  it('runs no more batches at once than it has lanes', async () => {
    const { calls, under } = gatherer(2);
    for (let i = 0; i < 100; i++) void under.add(`${i}`);
    await turn();
    expect(calls.map(({ batch }) => batch.length)).toEqual([50, 32]);
  });

  it('rejects the members a failed batch left open, and no others', async () => {
    const { calls, under } = gatherer(1);
    const all = Promise.allSettled([under.add('a'), under.add('b')]);
    await turn();
    calls[0].batch[0].resolve('A');
    calls[0].end(new Error('broken'));
    expect(await all).toEqual([
      { status: 'fulfilled', value: 'A' },
      { status: 'rejected', reason: new Error('broken') },
    ]);
  });
});
