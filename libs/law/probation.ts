import { lastDayOfPeriod, type LocalDate } from './local-date.js';

/** Kinds of employment (任用の区分) for which the law has rules of its own. */
export const EMPLOYMENTS = [
  'regular', // 任期の定めのない常勤職員
  'fixed-term', // 任期付職員
  'fiscal-year', // 会計年度任用職員
  're-employed-short', // 定年前再任用短時間勤務職員
  're-employed-interim', // 暫定再任用職員
] as const;
export type Employment = (typeof EMPLOYMENTS)[number];

/** Months of probation (条件付採用期間) of one kind of employment, and the most with extension; 0: there is none. */
export type ProbationMonths = Readonly<{ months: number; maxMonths: number }>;

/** Most months of a probation with its extensions, whatever a city says. Source: 地方公務員法22条 (law.md 1). */
export const LONGEST_PROBATION = 12;

/**
 * Last day of a probation of `months` (more than 0) that begins on the day of appointment; the formal appointment counts
 * from the day after. Months without a corresponding day end on their last day.
 * Source: 地方公務員法22条, 民法143条 (law.md 1, appt.probation.std).
 */
export const probationEnd = (appointedOn: LocalDate, months: number): LocalDate => lastDayOfPeriod(appointedOn, months);
