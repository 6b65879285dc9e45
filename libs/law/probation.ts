import { lastDayOfPeriod, type LocalDate } from './local-date.js';

/**
 * Last day of a probation (条件付採用期間) of `months` that begins on the day of appointment; the formal appointment counts
 * from the day after. Months without a corresponding day end on their last day.
 * Source: 地方公務員法22条, 民法143条 (law.md 1, appt.probation.std).
 */
export const probationEnd = (appointedOn: LocalDate, months: number): LocalDate => lastDayOfPeriod(appointedOn, months);

/**
 * Whether probation may be extended to `until` (last day): later than it would end anyway, and within the limit counted
 * from appointment, one year in law.
 * Source: 地方公務員法22条 (law.md 1, appt.probation.std).
 */
export const mayExtendProbation = (
  appointedOn: LocalDate,
  until: LocalDate,
  { months, maxMonths }: Readonly<{ months: number; maxMonths: number }>,
): boolean => until > probationEnd(appointedOn, months) && until <= probationEnd(appointedOn, maxMonths);
