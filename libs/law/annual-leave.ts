import { addDays, addYears, lastDayOfPeriod, type LocalDate } from './local-date.js';
import { ratio } from './percent.js';

/** What a city's rules say on annual leave (年次有給休暇): the pack's `annual-leave`. */
export type AnnualLeaveParams = Readonly<{
  /** First day (`MM-DD`) of the leave year: 01-01 by calendar year, 04-01 by fiscal year. */
  yearStart: string;
  /** Days granted for a full leave year. */
  daysPerYear: number;
  /** Days granted by months in post within the leave year, for 1 to 12 months; a part of a month counts as a month. */
  daysByMonths: readonly number[];
  /** Most days of the unused current-year grant that pass into the next year. */
  carryOverMaxDays: number;
  /** Which lot is used up first. */
  useOrder: 'carried-first' | 'current-first';
  /** Minutes of a day of leave of a full-timer: 465 (7:45). */
  dayMinutes: number;
}>;

/** A span of days, both inclusive. */
export type LeaveYear = Readonly<{ from: LocalDate; through: LocalDate }>;

/** Leave granted in one leave year that is still there, in minutes. */
export type Lot = Readonly<{ grantedIn: LeaveYear; minutes: number }>;

/**
 * The leave year a day lies in. Source: 勤務時間法17条 (law.md 5, al.year).
 */
export const leaveYearOf = (date: LocalDate, { yearStart }: Pick<AnnualLeaveParams, 'yearStart'>): LeaveYear => {
  const startInYear: LocalDate = `${date.slice(0, 4)}-${yearStart}`;
  const from = startInYear <= date ? startInYear : addYears(startInYear, -1);
  return { from, through: addDays(addYears(from, 1), -1) };
};

/** The leave year after this one. */
const following = (year: LeaveYear): LeaveYear => ({
  from: addDays(year.through, 1),
  through: addDays(addYears(addDays(year.through, 1), 1), -1),
});

const monthsInPost = (from: LocalDate, through: LocalDate): number => {
  let months = 1;
  while (lastDayOfPeriod(from, months) < through) months += 1;
  return months;
};

/**
 * Days granted to a full-timer for the part of one leave year from `from` to `through`, the last day in post known when
 * granting or the end of the leave year; both inclusive. A whole year gives `daysPerYear`.
 * Source: 人事院規則15-14 別表第一 (law.md 5, al.grant and al.midyear).
 */
export const grantDays = (from: LocalDate, through: LocalDate, params: AnnualLeaveParams): number => {
  const year = leaveYearOf(from, params);
  if (through < from || through > year.through) throw new RangeError(`${from}–${through} is not within a leave year`);
  if (from === year.from && through === year.through) return params.daysPerYear;
  const days = params.daysByMonths[monthsInPost(from, through) - 1];
  if (days === undefined) throw new RangeError('no days for these months in post');
  return days;
};

/** The same in minutes. Source: as `grantDays`; a day is `dayMinutes`. */
export const grantMinutes = (from: LocalDate, through: LocalDate, params: AnnualLeaveParams): number =>
  grantDays(from, through, params) * params.dayMinutes;

/**
 * Days of a whole year for part-timers with equal hours on every working day (斉一型): in proportion to the days worked a
 * week, half up to whole days; each is a day of their own daily hours.
 * Source: 人事院規則15-14 18条 (law.md 5, al.part).
 */
export const uniformPartTimeDays = (weeklyDays: number, { daysPerYear }: AnnualLeaveParams): number =>
  Number(ratio(daysPerYear * weeklyDays, 5, 0));

/**
 * Last day on which a lot can be used: the end of the leave year after the one it was granted in.
 * Source: 勤務時間法17条2項 (law.md 5, al.carry).
 */
export const expiresAfter = ({ grantedIn }: Pick<Lot, 'grantedIn'>): LocalDate => following(grantedIn).through;

/**
 * The lots a new leave year opens with: what is left of last year's own grant, up to `carryOverMaxDays`, and the new grant.
 * What had been carried into last year already is gone.
 * Source: 勤務時間法17条2項, 人事院規則15-14 19条 (law.md 5, al.carry).
 */
export const openYear = (
  year: LeaveYear,
  grantedMinutes: number,
  left: readonly Lot[],
  { carryOverMaxDays, dayMinutes }: AnnualLeaveParams,
): readonly Lot[] => {
  const carried = left.find(({ grantedIn }) => following(grantedIn).from === year.from);
  const minutes = Math.min(carried?.minutes ?? 0, carryOverMaxDays * dayMinutes);
  const current = { grantedIn: year, minutes: grantedMinutes };
  return carried && minutes > 0 ? [{ grantedIn: carried.grantedIn, minutes }, current] : [current];
};

/**
 * Whole days and the minutes beyond them; 4470 minutes of 465 a day are 9 days 285 minutes (4:45).
 * Source: 人事院規則15-14 20条2項 (law.md 5, al.hour2day).
 */
export const daysAndMinutes = (minutes: number, dayMinutes: number): Readonly<{ days: number; minutes: number }> => ({
  days: Math.floor(minutes / dayMinutes),
  minutes: minutes % dayMinutes,
});
