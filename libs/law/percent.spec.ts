import fc from 'fast-check';
import { percent, ratio } from './percent.js';

describe('percent', () => {
  it.each([
    ['17 (mic_v2)', 7 + 3, 12, '83.3'],
    ['17 (mic_v1)', 7, 12, '58.3'],
    ['19 (FY2014, men)', 856, 55_418, '1.5'],
    ['19 (FY2014, women)', 36_039, 38_684, '93.2'],
    ['19 (FY2003, men)', 224, 45_148, '0.5'],
    ['19 (FY2003, women)', 35_066, 36_863, '95.1'],
    ['22', 29_002, 60_929, '47.6'],
    ['25', 18, 1200, '1.5'],
    ['25 (29 or younger)', 7, 210, '3.3'],
    ['30 (all staff)', 37_333, 55_000, '67.9'],
    ['31 (taken)', 790, 850, '92.9'],
    ['31 (high)', 91, 790, '11.5'],
    ['31 (asked)', 12, 91, '13.2'],
    ['31 (held)', 11, 12, '91.7'],
    ['38 (wom.mgr)', 13, 58, '22.4'],
    ['38 (train.rate)', 412, 430, '95.8'],
    ['39', 412 + 301, 1000, '71.3'],
  ])('law.md 12 example %s: %i of %i is %s', (_, numerator, denominator, expected) =>
    expect(percent(numerator, denominator)).toBe(expected),
  );

  it('is null, not 0, without anybody to count', () => {
    expect(percent(0, 0)).toBeNull();
    expect(percent(0, 3)).toBe('0.0');
  });

  it('rounds halves up where binary fractions would not', () => {
    expect(percent(1, 2000)).toBe('0.1');
    expect(percent(1005, 100_000)).toBe('1.0');
    expect(percent(201, 20_000)).toBe('1.0');
    expect(percent(1015n, 10_000n)).toBe('10.2');
    expect(percent(-1, 2000)).toBe('-0.1');
    expect(percent(-1, 2001)).toBe('0.0');
  });
});

describe('ratio', () => {
  it.each([
    ['14 (days × 465 as minutes)', 4470 + 14 * 465 + 20 * 465, 3 * 465, 1, '14.5'],
    ['11', 4470, 465, 2, '9.61'],
    ['22 (eligible)', 29_002 * 1000, 476, 0, '60929'],
    ['23 (FY2022)', 438_651, 84_804, 1, '5.2'],
    ['23 (FY2016)', 520_400, 79_945, 1, '6.5'],
    ['25 (two decimals)', 18 * 100, 1200, 2, '1.50'],
    ['25 (29 or younger)', 7 * 100, 210, 2, '3.33'],
    ['37', 165_435, 10 * 96 * 12, 1, '14.4'],
    ['38 (train.hours)', 5805, 60 * 430, 2, '0.23'],
  ])('law.md 12 example %s', (_, numerator, denominator, decimals, expected) =>
    expect(ratio(numerator, denominator, decimals)).toBe(expected),
  );

  it('lies within half a unit of the last place, upwards at exactly half', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 20n), fc.bigInt(1n, 10n ** 12n), (above, below) => {
        const rounded = BigInt((ratio(above, below, 1) ?? '').replace('.', ''));
        const twiceOff = 2n * (rounded * below - above * 10n);
        expect(twiceOff <= below && twiceOff > -below).toBe(true);
      }),
    );
  });

  it('takes whole numbers only, and no negative denominator', () => {
    expect(() => ratio(0.5, 1, 1)).toThrow(RangeError);
    expect(() => ratio(1, -1, 1)).toThrow(RangeError);
  });
});
