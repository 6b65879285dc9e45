import fc from 'fast-check';
import { eraOf, fiscalYearLabel, fromEra, toEra } from './era.js';
import { fiscalYearOf } from './fiscal-year.js';
import { addDays } from './local-date.js';

describe('era', () => {
  it.each([
    ['2019-04-30', '平成31年4月30日'],
    ['2019-05-01', '令和元年5月1日'],
    ['1989-01-07', '昭和64年1月7日'],
    ['1989-01-08', '平成元年1月8日'],
    ['1926-12-24', '大正15年12月24日'],
    ['1926-12-25', '昭和元年12月25日'],
  ])('law.md 12 example 42: %s is %s', (date, text) => {
    expect(toEra(date)).toBe(text);
    expect(fromEra(text)).toBe(date);
  });

  it('law.md 12 example 42: the fiscal year of 2027-03-31 is 令和8年度', () =>
    expect(fiscalYearLabel(fiscalYearOf('2027-03-31'))).toBe('令和8年度'));

  it.each([
    [2019, '令和元年度'],
    [2018, '平成30年度'],
    [1989, '平成元年度'],
    [1988, '昭和63年度'],
    [1926, '大正15年度'],
    [2025, '令和7年度'],
  ])('labels fiscal year %i %s', (fiscalYear, label) => expect(fiscalYearLabel(fiscalYear)).toBe(label));

  it('knows Meiji from the Gregorian calendar on', () => {
    expect(eraOf('1873-01-01')).toEqual({ era: '明治', year: 6, month: 1, day: 1 });
    expect(toEra('1912-07-29')).toBe('明治45年7月29日');
    expect(toEra('1912-07-30')).toBe('大正元年7月30日');
    expect(() => toEra('1872-12-31')).toThrow(RangeError);
  });

  it.each([
    ['R8.4.1', '2026-04-01'],
    ['S64.1.7', '1989-01-07'],
    ['平成31.4.30', '2019-04-30'],
    ['令和元.5.1', '2019-05-01'],
  ])('reads %s', (text, date) => expect(fromEra(text)).toBe(date));

  it.each(['平成31年5月1日', '昭和64年1月8日', '令和0年5月1日', '令和8年2月29日', '慶応3年1月1日', '2026-04-01', ''])(
    'refuses %s',
    (text) => expect(() => fromEra(text)).toThrow(RangeError),
  );

  it('comes back from its own text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 80_000 }), (days) => {
        const date = addDays('1873-01-01', days);
        expect(fromEra(toEra(date))).toBe(date);
      }),
    );
  });
});
