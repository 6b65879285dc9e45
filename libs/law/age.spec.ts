import fc from 'fast-check';
import { ageOn, dateOfReaching } from './age.js';
import { endOf, fiscalBirthCohort, fiscalYearOf, startOf } from './fiscal-year.js';
import { addDays } from './local-date.js';

const birthDate = fc.integer({ min: 0, max: 40_000 }).map((days) => addDays('1930-01-01', days));

describe('legal age', () => {
  it.each([
    ['1988-04-01', '2006-03-31', 2005],
    ['1988-04-02', '2006-04-01', 2006],
  ])('law.md 12 example 2: born %s reaches 18 on %s, in fiscal year %i', (birth, reached, fiscalYear) => {
    expect(dateOfReaching(birth, 18)).toBe(reached);
    expect(fiscalYearOf(dateOfReaching(birth, 18))).toBe(fiscalYear);
    expect(ageOn(birth, reached)).toBe(18);
    expect(ageOn(birth, addDays(reached, -1))).toBe(17);
  });

  it('is reached on 28 February by those born on the 29th, in leap years too', () => {
    expect(dateOfReaching('2004-02-29', 18)).toBe('2022-02-28');
    expect(dateOfReaching('2004-02-29', 20)).toBe('2024-02-28');
  });

  it('is reached in the year before by those born on 1 January', () => {
    expect(ageOn('1990-01-01', '2025-12-30')).toBe(35);
    expect(ageOn('1990-01-01', '2025-12-31')).toBe(36);
  });

  it('is 0 on the day of birth and unknown before', () => {
    expect(ageOn('2024-02-29', '2024-02-29')).toBe(0);
    expect(() => ageOn('2024-02-29', '2024-02-28')).toThrow(RangeError);
  });

  it('changes on exactly the day of reaching', () => {
    fc.assert(
      fc.property(birthDate, fc.integer({ min: 1, max: 90 }), (birth, age) => {
        const reached = dateOfReaching(birth, age);
        expect(ageOn(birth, reached)).toBe(age);
        expect(ageOn(birth, addDays(reached, -1))).toBe(age - 1);
      }),
    );
  });
});

describe('fiscal year', () => {
  it('runs from 1 April to 31 March', () => {
    expect(fiscalYearOf('2026-03-31')).toBe(2025);
    expect(fiscalYearOf('2026-04-01')).toBe(2026);
    expect([startOf(2025), endOf(2025)]).toEqual(['2025-04-01', '2026-03-31']);
  });

  it('puts people born from 2 April to 1 April into one birth cohort', () => {
    expect(fiscalBirthCohort('1988-04-01')).toBe(1987);
    expect(fiscalBirthCohort('1988-04-02')).toBe(1988);
    expect(fiscalBirthCohort('1989-04-01')).toBe(1988);
  });

  it('gives the exact age at its end from the birth cohort alone', () => {
    fc.assert(
      fc.property(birthDate, fc.integer({ min: 2040, max: 2060 }), (birth, fiscalYear) =>
        expect(ageOn(birth, endOf(fiscalYear))).toBe(fiscalYear - fiscalBirthCohort(birth)),
      ),
    );
  });
});
