import { addDays } from './local-date.js';
import { LONGEST_PROBATION, probationEnd } from './probation.js';

describe('probation', () => {
  it.each([
    ['2026-04-01', '2026-10-01'],
    ['2026-08-31', '2027-03-01'],
    ['2026-10-15', '2027-04-15'],
  ])('law.md 12 example 9: six months from %s, formal on %s', (from, formal) =>
    expect(addDays(probationEnd(from, 6), 1)).toBe(formal),
  );

  it('lasts a month for fiscal-year appointees', () => expect(probationEnd('2026-04-01', 1)).toBe('2026-04-30'));

  it('ends a year after the appointment at the latest', () =>
    expect(probationEnd('2026-04-01', LONGEST_PROBATION)).toBe('2027-03-31'));
});
