/* oxlint-disable no-restricted-globals -- the platform's calendar is what this library is compared with */
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  addYears,
  compare,
  dateOf,
  dayOfWeek,
  daysBetween,
  isLocalDate,
  lastDayOfPeriod,
  maxDate,
  minDate,
  partsOf,
} from './local-date.js';

const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2000, 0, 1) / DAY_MS - 730_119; // 0001-01-01
const LAST = Date.UTC(9999, 11, 31) / DAY_MS;

const iso = (days: number) => new Date(days * DAY_MS).toISOString().slice(0, 10);
const anyDay = fc.integer({ min: FIRST, max: LAST });

describe('local date, compared with the calendar of the platform', () => {
  it('knows every day', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const { year, month, day: dayOfMonth } = partsOf(iso(day));
        expect(dateOf(year, month, dayOfMonth)).toBe(iso(day));
        expect(isLocalDate(iso(day))).toBe(true);
        expect(dayOfWeek(iso(day))).toBe(new Date(day * DAY_MS).getUTCDay());
      }),
    );
  });

  it.each([
    [2026.5, 1, 1],
    [2026, 1.5, 1],
    [2026, 1, 1.5],
    [2026, 1, Number.NaN],
  ])('makes no day of year %p, month %p, day %p', (year, month, day) => {
    expect(() => dateOf(year, month, day)).toThrow(RangeError);
  });

  it('adds and counts days', () => {
    fc.assert(
      fc.property(anyDay, anyDay, (a, b) => {
        expect(addDays(iso(a), b - a)).toBe(iso(b));
        expect(daysBetween(iso(a), iso(b))).toBe(b - a);
        expect(Math.sign(compare(iso(a), iso(b)))).toBe(Math.sign(a - b));
      }),
    );
  });

  it('adds months, ending on the last day of a shorter month', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -600, max: 600 }), (day, months) => {
        const from = new Date(day * DAY_MS);
        const target = new Date(0);
        target.setUTCFullYear(from.getUTCFullYear(), from.getUTCMonth() + months, 1);
        const lastDay = new Date(0);
        lastDay.setUTCFullYear(target.getUTCFullYear(), target.getUTCMonth() + 1, 0);
        fc.pre(target.getUTCFullYear() >= 1 && target.getUTCFullYear() <= 9999);
        target.setUTCDate(Math.min(from.getUTCDate(), lastDay.getUTCDate()));
        expect(addMonths(iso(day), months)).toBe(target.toISOString().slice(0, 10));
      }),
    );
  });

  it('takes a text for a date exactly when the platform reads it back unchanged', () => {
    const part = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), part(13), part(32), (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${month}-${day}`;
        const read = new Date(`${text}T00:00:00Z`);
        const real = !Number.isNaN(read.getTime()) && read.toISOString().startsWith(text);
        expect(isLocalDate(text)).toBe(real);
      }),
    );
  });
});

describe('local date', () => {
  it.each(['2023-02-29', '1900-02-29', '2026-04-31', '0000-01-01', '2026-4-1', '20260401', '2026-04-01T00:00', '', 7])(
    'refuses %s',
    (value) => expect(isLocalDate(value)).toBe(false),
  );

  it('throws on a day that does not exist, and beyond the calendar', () => {
    expect(() => addDays('2023-02-29', 1)).toThrow(RangeError);
    expect(() => addDays('9999-12-31', 1)).toThrow(RangeError);
    expect(() => addDays('2026-04-01', 0.5)).toThrow(RangeError);
  });

  it('adds years to a leap day', () => {
    expect(addYears('2024-02-29', 1)).toBe('2025-02-28');
    expect(addYears('2024-02-29', 4)).toBe('2028-02-29');
  });

  it('ends a period of months the day before the corresponding day, or on the last day of a month without one', () => {
    expect(lastDayOfPeriod('2026-04-01', 6)).toBe('2026-09-30');
    expect(lastDayOfPeriod('2026-08-31', 6)).toBe('2027-02-28');
    expect(lastDayOfPeriod('2027-08-31', 6)).toBe('2028-02-29');
    expect(lastDayOfPeriod('2026-01-29', 1)).toBe('2026-02-28');
  });

  it('finds the earliest and the latest', () => {
    expect(minDate('2026-04-02', '2026-04-01', '2027-01-01')).toBe('2026-04-01');
    expect(maxDate('2026-04-02', '2026-04-01', '2027-01-01')).toBe('2027-01-01');
  });
});
