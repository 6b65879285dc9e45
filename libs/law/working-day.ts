import { dayOfWeek, type LocalDate } from './local-date.js';

export type Half = 'morning' | 'afternoon';

/** Days on which nobody works by rule (週休日・休日): the part of the pack's `calendar` that decides it. */
export type Calendar = Readonly<{
  /** 0 Sunday … 6 Saturday. */
  weeklyDaysOff: readonly number[];
  /** 年末年始, `MM-DD`, both inclusive, over the turn of the year. */
  yearEnd: Readonly<{ from: string; through: string }>;
  holidays: readonly Readonly<{ date: LocalDate }>[];
  /** Days of which one half is off for everybody. */
  halfDays: readonly Readonly<{ date: LocalDate; off: Half }>[];
}>;

/** The usual day of a full-timer, `HH:MM`, half open, without its break: the pack's `working-time`. */
export type WorkingTime = Readonly<{ stretches: readonly Readonly<{ from: string; to: string }>[] }>;

/** A piece of a day in minutes since midnight, half open. */
export type Stretch = Readonly<{ from: number; to: number }>;

const NOON = 720;

/** Minutes since midnight of `HH:MM`. */
export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Whether anybody works on the day, be it for half of it. Source: 勤務時間法6条・14条. */
export const isWorkingDay = (date: LocalDate, { weeklyDaysOff, yearEnd, holidays }: Calendar): boolean => {
  const monthDay = date.slice(5);
  return (
    !weeklyDaysOff.includes(dayOfWeek(date)) &&
    monthDay < yearEnd.from &&
    monthDay > yearEnd.through &&
    !holidays.some((holiday) => holiday.date === date)
  );
};

/** The half that is off for everybody on the day, when one is. */
export const halfOff = (date: LocalDate, { halfDays }: Calendar): Half | undefined =>
  halfDays.find((day) => day.date === date)?.off;

/** What of the stretches lies before or after noon. */
export const halfOf = (stretches: readonly Stretch[], half: Half): readonly Stretch[] =>
  within(stretches, half === 'morning' ? { from: 0, to: NOON } : { from: NOON, to: 1440 });

/** What of the stretches lies in a piece of the day. */
export const within = (stretches: readonly Stretch[], piece: Stretch): readonly Stretch[] =>
  stretches
    .map(({ from, to }) => ({ from: Math.max(from, piece.from), to: Math.min(to, piece.to) }))
    .filter(({ from, to }) => from < to);

/** Minutes of the stretches together. */
export const lengthOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, { from, to }) => sum + to - from, 0);

/**
 * When somebody with `dayMinutes` a day works on the day: none on a day off. Part-timers work from the start of the usual
 * day; a half-day holiday takes its half from everybody.
 */
export const stretchesOf = (
  date: LocalDate,
  calendar: Calendar,
  { stretches }: WorkingTime,
  dayMinutes: number,
): readonly Stretch[] => {
  if (!isWorkingDay(date, calendar)) return [];
  let open = dayMinutes;
  const own = stretches.flatMap((stretch) => {
    const from = minutesOf(stretch.from);
    const to = Math.min(minutesOf(stretch.to), from + open);
    open -= Math.max(to - from, 0);
    return from < to ? [{ from, to }] : [];
  });
  const off = halfOff(date, calendar);
  return off ? halfOf(own, off === 'morning' ? 'afternoon' : 'morning') : own;
};
