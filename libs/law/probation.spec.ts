import { addDays } from './local-date.js';
import { mayExtendProbation, probationEnd } from './probation.js';

const params = { months: 6, maxMonths: 12 };

describe('probation', () => {
  it.each([
    ['2026-04-01', '2026-10-01'],
    ['2026-08-31', '2027-03-01'],
    ['2026-10-15', '2027-04-15'],
  ])('law.md 12 example 9: six months from %s, formal on %s', (from, formal) =>
    expect(addDays(probationEnd(from, 6), 1)).toBe(formal),
  );

  it('lasts a month for fiscal-year appointees', () => expect(probationEnd('2026-04-01', 1)).toBe('2026-04-30'));

  it('may be extended to a year from appointment and no further', () => {
    expect(mayExtendProbation('2026-04-01', '2026-09-30', params)).toBe(false);
    expect(mayExtendProbation('2026-04-01', '2026-10-01', params)).toBe(true);
    expect(mayExtendProbation('2026-04-01', '2027-03-31', params)).toBe(true);
    expect(mayExtendProbation('2026-04-01', '2027-04-01', params)).toBe(false);
  });
});
