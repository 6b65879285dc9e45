import { figureOf, interleaved, median, percentile, short } from './measure.js';

describe('what is measured', () => {
  it('has a median', () => expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]));

  it('has percentiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([7], 0.99)]).toEqual([50, 99, 7]);
  });

  it('is written with three digits', () =>
    expect([short(1234.5), short(0.012345), short(99.94)]).toEqual(['1,235', '0.0123', '99.9']));

  it('is measured forwards and backwards in turns', async () => {
    const order: string[] = [];
    const contender = (name: string) => async (round: number) => {
      order.push(`${name}${round}`);
      return { value: round };
    };
    const samples = await interleaved(2, { a: contender('a'), b: contender('b') }, () => undefined);
    expect(order).toEqual(['a1', 'b1', 'b2', 'a2']);
    expect(samples).toEqual({ a: [{ value: 1 }, { value: 2 }], b: [{ value: 1 }, { value: 2 }] });
  });

  it('is compared round by round', () => {
    const samples = (...values: number[]) => values.map((value) => ({ value }));
    // The machine got twice as quick between the first round and the second: the ratios do not show it.
    const figure = figureOf('id', 'a/s', samples(30, 60, 90), { name: 'other', samples: samples(10, 20, 45) });
    expect(figure).toMatchObject({ value: 60, referenceValue: 20, ratio: 3, rounds: 3, range: [2, 3] });
  });
});
