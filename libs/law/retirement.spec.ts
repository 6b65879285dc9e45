import fc from 'fast-check';
import { ageOn, dateOfReaching } from './age.js';
import { fiscalYearOf } from './fiscal-year.js';
import { addDays } from './local-date.js';
import {
  pre60InformationYear,
  retirementDate,
  retirementTable,
  roleRetirementWindow,
  type RetirementParams,
} from './retirement.js';

const steps = (lowest: number) =>
  [2022, 2024, 2026, 2028, 2030, null].map((throughFiscalYear, step) => ({ throughFiscalYear, age: lowest + step }));

const params: RetirementParams = {
  ages: steps(60),
  doctorAges: steps(65),
  doctorCategories: ['doctor'],
  leavingDays: ['03-31'],
  roleAge: 60,
  informationAge: 60,
};

const birthDate = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('1950-04-02', days));

describe('retirement date', () => {
  it.each([
    ['1963-04-01', '2023-03-31', 60],
    ['1963-04-02', '2025-03-31', 61],
    ['1964-04-01', '2025-03-31', 61],
  ])('law.md 12 example 4: born %s retires on %s at %i', (birth, date, age) => {
    expect(retirementDate(birth, params)).toBe(date);
    expect(ageOn(birth, date)).toBe(age);
  });

  it.each([
    ['1964-04-02', '2027-03-31'],
    ['1966-04-01', '2029-03-31'],
    ['1966-04-02', '2031-03-31'],
    ['1967-04-01', '2031-03-31'],
    ['1967-04-02', '2033-03-31'],
    ['1968-04-02', '2034-03-31'],
    ['1990-07-15', '2056-03-31'],
  ])('steps on: born %s retires on %s', (birth, date) => expect(retirementDate(birth, params)).toBe(date));

  it('lets nobody retire by age at the end of fiscal years 2023, 2025, 2027, 2029 and 2031', () => {
    fc.assert(
      fc.property(birthDate, (birth) =>
        expect([2023, 2025, 2027, 2029, 2031]).not.toContain(fiscalYearOf(retirementDate(birth, params))),
      ),
      { numRuns: 500 },
    );
  });

  it('is that of a plain table for every birth date of seventy years', () => {
    const ages: Readonly<Record<number, number>> = { 1963: 61, 1964: 62, 1965: 63, 1966: 64 };
    const wrong: string[] = [];
    let birth = '1935-04-02';
    for (; birth < '2005-04-02'; birth = addDays(birth, 1)) {
      const year = Number(birth.slice(0, 4));
      const cohort = birth.slice(5) >= '04-02' ? year : year - 1;
      const age = ages[cohort] ?? (cohort < 1963 ? 60 : 65);
      if (retirementDate(birth, params) !== `${cohort + age + 1}-03-31`) wrong.push(birth);
    }
    expect(wrong).toEqual([]);
  });

  it('is one and the same for a whole birth cohort', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1950, max: 2005 }), fc.integer({ min: 0, max: 364 }), (cohort, days) =>
        expect(retirementDate(addDays(`${cohort}-04-02`, days), params)).toBe(
          retirementDate(`${cohort + 1}-04-01`, params),
        ),
      ),
    );
  });

  it('follows the special table for doctors', () => {
    expect(retirementDate('1958-04-02', params, 'doctor')).toBe('2025-03-31');
    expect(retirementDate('1980-01-01', params, 'doctor')).toBe('2050-03-31');
    expect([retirementTable('doctor', params), retirementTable('medical', params)]).toEqual(['doctor', 'ordinary']);
  });

  it('takes the first leaving day of the year on or after reaching the age', () => {
    const twice = { ...params, leavingDays: ['09-30', '03-31'] };
    expect(retirementDate('1970-08-15', twice)).toBe('2035-09-30');
    expect(retirementDate('1970-11-15', twice)).toBe('2036-03-31');
  });

  it('asks for an open-ended last step', () =>
    expect(() => retirementDate('1990-01-01', { ...params, ages: [{ throughFiscalYear: 2022, age: 60 }] })).toThrow(
      RangeError,
    ));
});

describe('role retirement', () => {
  it.each([
    ['1966-08-15', '2026-08-15', '2027-04-01'],
    ['1967-04-01', '2027-04-01', '2027-04-01'],
    ['1967-04-02', '2027-04-02', '2028-04-01'],
  ])('law.md 12 example 7: born %s, from %s through %s', (birth, from, through) =>
    expect(roleRetirementWindow(birth, params)).toEqual({ from, through }),
  );

  it('ends on the first 1 April after reaching the age', () => {
    fc.assert(
      fc.property(birthDate, (birth) => {
        const { from, through } = roleRetirementWindow(birth, params);
        expect(from).toBe(addDays(dateOfReaching(birth, 60), 1));
        expect(through.endsWith('-04-01') && through >= from && addDays(through, -366) < from).toBe(true);
      }),
    );
  });
});

it('information before 60 is due in the fiscal year before that of reaching 60', () => {
  expect(pre60InformationYear('1967-04-01', params)).toBe(2025);
  expect(pre60InformationYear('1967-04-02', params)).toBe(2026);
});
