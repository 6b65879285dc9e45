import { dateOfReaching } from './age.js';
import { endOf, fiscalYearOf, startOf } from './fiscal-year.js';
import { addDays, maxDate, partsOf, type LocalDate } from './local-date.js';

/** One step of a table of retirement ages: `age` holds up to and including the fiscal year; null: from then on for good. */
export type RetirementAgeStep = Readonly<{ throughFiscalYear: number | null; age: number }>;

/** What a city's ordinances say on retirement (定年・役職定年): the pack's `retirement`. Ages in legal years. */
export type RetirementParams = Readonly<{
  /** 定年, ascending by fiscal year, the last step open-ended. */
  ages: readonly RetirementAgeStep[];
  /** 定年 of doctors and others under the special table (医師等の特例), likewise. */
  doctorAges: readonly RetirementAgeStep[];
  /** Job categories (職種) of the pack under `doctorAges`; all others are under `ages`. */
  doctorCategories: readonly string[];
  /** Days of the year (`MM-DD`) on which people retire, in the order of the fiscal year; the last is 03-31. */
  leavingDays: readonly string[];
  /** 管理監督職勤務上限年齢 (役職定年). */
  roleAge: number;
  /** Age before whose fiscal year the information on work after it is due (情報提供・意思確認). */
  informationAge: number;
}>;

/** Which table of ages a person is under. */
export type RetirementTable = 'ordinary' | 'doctor';

/** The table a job category is under. Source: 地方公務員法28条の6, 国家公務員法81条の6 (law.md 3). */
export const retirementTable = (jobCategory: string, { doctorCategories }: RetirementParams): RetirementTable =>
  doctorCategories.includes(jobCategory) ? 'doctor' : 'ordinary';

/** A span of days, both inclusive. */
export type Window = Readonly<{ from: LocalDate; through: LocalDate }>;

const ageIn = (steps: readonly RetirementAgeStep[], fiscalYear: number): number => {
  const step = steps.find(({ throughFiscalYear }) => throughFiscalYear === null || fiscalYear <= throughFiscalYear);
  if (!step) throw new RangeError(`no retirement age for fiscal year ${fiscalYear}`);
  return step.age;
};

const leavingDayFrom = (day: LocalDate, leavingDays: readonly string[]): LocalDate => {
  const fiscalYear = fiscalYearOf(day);
  const days = leavingDays.map((monthDay) => `${monthDay < '04-01' ? fiscalYear + 1 : fiscalYear}-${monthDay}`);
  return days.find((candidate) => candidate >= day) ?? endOf(fiscalYear);
};

/**
 * 定年退職日, the last day in service: in the first fiscal year, from that of reaching the table's lowest age on, by whose end
 * the person has reached the age then in force; on the first leaving day on or after reaching it.
 * Source: 地方公務員法28条の6, stepped by 附則21項 (law.md 3, ret.date and ret.algorithm).
 */
export const retirementDate = (
  birthDate: LocalDate,
  params: RetirementParams,
  table: RetirementTable = 'ordinary',
): LocalDate => {
  const steps = table === 'doctor' ? params.doctorAges : params.ages;
  const lowestAge = Math.min(...steps.map(({ age }) => age));
  let fiscalYear = fiscalYearOf(dateOfReaching(birthDate, lowestAge));
  while (dateOfReaching(birthDate, ageIn(steps, fiscalYear)) > endOf(fiscalYear)) fiscalYear += 1;
  const reached = dateOfReaching(birthDate, ageIn(steps, fiscalYear));
  return leavingDayFrom(maxDate(reached, startOf(fiscalYear)), params.leavingDays);
};

/**
 * 異動期間 of the role-retirement age: the day after reaching it, to the first 1 April on or after that day. Within it a
 * holder of a managing post is moved down; afterwards none may be given.
 * Source: 地方公務員法28条の2 (law.md 3, post.cap.window).
 */
export const roleRetirementWindow = (birthDate: LocalDate, { roleAge }: RetirementParams): Window => {
  const from = addDays(dateOfReaching(birthDate, roleAge), 1);
  const { month, day } = partsOf(from);
  const through = month === 4 && day === 1 ? from : startOf(fiscalYearOf(from) + 1);
  return { from, through };
};

/**
 * Fiscal year in which the person is to be told of appointment and pay after 60 and asked for the intention: the one before
 * that of reaching the age. Source: 地方公務員法附則23–25項 (law.md 3, pre60.notice).
 */
export const pre60InformationYear = (birthDate: LocalDate, { informationAge }: RetirementParams): number =>
  fiscalYearOf(dateOfReaching(birthDate, informationAge)) - 1;
