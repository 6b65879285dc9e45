import { dateOfReaching } from './age.js';
import { addDays, addMonths, type LocalDate } from './local-date.js';

/** What a city's rules say on childcare leave (育児休業): the pack's `childcare-leave`. */
export type ChildcareLeaveParams = Readonly<{
  untilAge: number;
  /** Periods a parent may take for one child. */
  times: number;
  /** Days from birth, the day of birth included, in which further periods may be taken. */
  firstDays: number;
  timesInFirstDays: number;
  /** A request comes at least this long before the first day of the leave. */
  noticeMonths: number;
  noticeDaysInFirstDays: number;
  /** How often the last day of one period may be put off. */
  extensions: number;
}>;

/** First and last day of a leave, both inclusive. */
export type LeavePeriod = Readonly<{ from: LocalDate; through: LocalDate }>;

/** The child as it counts for the leave; before birth `bornOn` is the day on which it is expected. */
export type Child = Readonly<{
  bornOn: LocalDate;
  /** Whether the staff member gave birth: the first days are then maternity leave (産後休暇). */
  gaveBirth: boolean;
  /** First day as the parent's child, where that is not the day of birth (養子縁組等). */
  adoptedOn?: LocalDate;
}>;

export type ChildcareLeaveFault =
  | 'childcare.ends-before-it-begins'
  | 'childcare.before-birth'
  | 'childcare.during-maternity-leave'
  | 'childcare.beyond-age'
  | 'childcare.times-exceeded';

/**
 * The last day that can be a day of leave: the day on which the child legally reaches the age, the day before its birthday.
 * Source: 地方公務員育児休業法2条1項, 年齢計算ニ関スル法律 (law.md 6).
 */
export const lastPossibleDay = (bornOn: LocalDate, { untilAge }: Pick<ChildcareLeaveParams, 'untilAge'>): LocalDate =>
  dateOfReaching(bornOn, untilAge);

/** Whether the leave begins and ends within the first days, of which the day of birth is the first. Source: 同条1項1号. */
export const withinFirstDays = (
  bornOn: LocalDate,
  from: LocalDate,
  through: LocalDate,
  { firstDays }: Pick<ChildcareLeaveParams, 'firstDays'>,
): boolean => bornOn <= from && through < addDays(bornOn, firstDays);

/** The last day on which a request for the leave is in time. Source: 人事院規則19-0 5条 (law.md 6). */
export const latestRequestDay = (
  { from, through }: LeavePeriod,
  bornOn: LocalDate,
  params: ChildcareLeaveParams,
): LocalDate =>
  withinFirstDays(bornOn, from, through, params)
    ? addDays(from, -params.noticeDaysInFirstDays)
    : addMonths(from, -params.noticeMonths);

/**
 * Why the parent may not take the leave besides the periods `earlier` for the same child; undefined when nothing speaks
 * against it. Periods in the first days do not count among the times, up to their own number.
 * Source: 地方公務員育児休業法2条1項 (law.md 6).
 */
export const mayTake = (
  earlier: readonly LeavePeriod[],
  proposed: LeavePeriod,
  { bornOn, gaveBirth, adoptedOn = bornOn }: Child,
  params: ChildcareLeaveParams,
): ChildcareLeaveFault | undefined => {
  if (proposed.through < proposed.from) return 'childcare.ends-before-it-begins';
  if (proposed.from < bornOn || proposed.from < adoptedOn) return 'childcare.before-birth';
  if (gaveBirth && proposed.from < addDays(bornOn, params.firstDays)) return 'childcare.during-maternity-leave';
  if (proposed.through > lastPossibleDay(bornOn, params)) return 'childcare.beyond-age';
  return exceedsTimes([...earlier, proposed], bornOn, params) ? 'childcare.times-exceeded' : undefined;
};

/** Whether these are more periods than a parent may take for one child. Source: 同条1項. */
export const exceedsTimes = (
  periods: readonly LeavePeriod[],
  bornOn: LocalDate,
  params: ChildcareLeaveParams,
): boolean => {
  const early = periods.filter(({ from, through }) => withinFirstDays(bornOn, from, through, params)).length;
  return periods.length - Math.min(early, params.timesInFirstDays) > params.times;
};
