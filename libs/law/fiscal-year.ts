import { addDays, dateOf, partsOf, type LocalDate } from './local-date.js';

/**
 * Fiscal year (会計年度) of a day: 1 April to 31 March, named by the year of its 1 April.
 * Source: 地方自治法208条 (law.md 10, fy).
 */
export const fiscalYearOf = (date: LocalDate): number => {
  const { year, month } = partsOf(date);
  return month >= 4 ? year : year - 1;
};

/** First day, 1 April, of the fiscal year. */
export const startOf = (fiscalYear: number): LocalDate => dateOf(fiscalYear, 4, 1);

/** Last day, 31 March of the following year, of the fiscal year; inclusive. */
export const endOf = (fiscalYear: number): LocalDate => dateOf(fiscalYear + 1, 3, 31);

/**
 * Fiscal birth cohort: people born from 2 April to 1 April, who reach every age within one and the same fiscal year;
 * named by the year of that 2 April. At the end of fiscal year `f` everyone of cohort `c` is exactly `f - c` years old.
 * Source: age is reached the day before the birthday (law.md 10, age.fy).
 */
export const fiscalBirthCohort = (birthDate: LocalDate): number => fiscalYearOf(addDays(birthDate, -1));
