/** A day of the proleptic Gregorian calendar as `YYYY-MM-DD` (years 0001–9999), without time or zone: local to Asia/Tokyo. */
export type LocalDate = string;

type Parts = Readonly<{ year: number; month: number; day: number }>;

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAYS_OF_400_YEARS = 146_097;
/** Day number of 1970-01-01 counted from 0000-03-01; the calendar below begins its years in March, so that the leap day is the last. */
const EPOCH = 719_468;

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeapYear(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

const exists = ({ year, month, day }: Parts): boolean =>
  [year, month, day].every(Number.isInteger) &&
  year >= 1 &&
  year <= 9999 &&
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  day <= daysInMonth(year, month);

const read = (date: string): Parts | undefined => {
  const match = PATTERN.exec(date);
  if (!match) return undefined;
  const parts = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
  return exists(parts) ? parts : undefined;
};

/** Year, month (1–12) and day of month (1–31). Throws RangeError on a day that does not exist. */
export const partsOf = (date: LocalDate): Parts => {
  const parts = read(date);
  if (!parts) throw new RangeError(`not a date: ${date}`);
  return parts;
};

/** The day of these parts. Throws RangeError when there is none, such as 29 February of a common year. */
export const dateOf = (year: number, month: number, day: number): LocalDate => {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  if (!exists({ year, month, day })) throw new RangeError(`not a date: ${text}`);
  return text;
};

/** True for a `YYYY-MM-DD` that is a day of the calendar. */
export const isLocalDate = (value: unknown): value is LocalDate =>
  typeof value === 'string' && read(value) !== undefined;

const dayNumber = (date: LocalDate): number => {
  const { year, month, day } = partsOf(date);
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * DAYS_OF_400_YEARS + yearOfEra * 365 + leapDays + dayOfYear - EPOCH;
};

const fromDayNumber = (days: number): LocalDate => {
  const shifted = days + EPOCH;
  const era = Math.floor(shifted / DAYS_OF_400_YEARS);
  const dayOfEra = shifted - era * DAYS_OF_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  return dateOf(era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day);
};

const integer = (count: number): number => {
  if (!Number.isSafeInteger(count)) throw new RangeError(`not a whole number: ${count}`);
  return count;
};

/** The day `days` later (earlier when negative). */
export const addDays = (date: LocalDate, days: number): LocalDate => fromDayNumber(dayNumber(date) + integer(days));

/** The same day of the month `months` later; the month's last day where it has no such day. */
export const addMonths = (date: LocalDate, months: number): LocalDate => {
  const { year, month, day } = partsOf(date);
  const target = year * 12 + (month - 1) + integer(months);
  const [toYear, toMonth] = [Math.floor(target / 12), (((target % 12) + 12) % 12) + 1];
  return dateOf(toYear, toMonth, Math.min(day, daysInMonth(toYear, toMonth)));
};

/** The same day `years` later; 28 February for 29 February of a common year. */
export const addYears = (date: LocalDate, years: number): LocalDate => addMonths(date, integer(years) * 12);

/** Days from `from` to `to`: 1 from a day to the next, negative backwards. */
export const daysBetween = (from: LocalDate, to: LocalDate): number => dayNumber(to) - dayNumber(from);

/** Negative, 0 or positive as `a` is before, on or after `b`; for sorting. */
export const compare = (a: LocalDate, b: LocalDate): number => (a < b ? -1 : a > b ? 1 : 0);

/** 0 Sunday … 6 Saturday. */
export const dayOfWeek = (date: LocalDate): number => (((dayNumber(date) + 4) % 7) + 7) % 7;

/** The earliest of the days. */
export const minDate = (first: LocalDate, ...rest: readonly LocalDate[]): LocalDate =>
  rest.reduce((least, date) => (date < least ? date : least), first);

/** The latest of the days. */
export const maxDate = (first: LocalDate, ...rest: readonly LocalDate[]): LocalDate =>
  rest.reduce((most, date) => (date > most ? date : most), first);

/**
 * Last day of a period of `months` that begins with the whole of `from`: the day before the corresponding day, or the
 * last day of the month that has none.
 * Source: 民法143条2項 (law.md 10, age.rule).
 */
export const lastDayOfPeriod = (from: LocalDate, months: number): LocalDate => {
  const corresponding = addMonths(from, months);
  return partsOf(corresponding).day === partsOf(from).day ? addDays(corresponding, -1) : corresponding;
};
