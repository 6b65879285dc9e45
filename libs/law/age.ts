import { lastDayOfPeriod, partsOf, type LocalDate } from './local-date.js';

/**
 * The day on which a person legally reaches `age` (whole years): the day before the birthday, as the day of birth counts
 * in full. Born on 29 February: 28 February, in leap years too.
 * Source: 年齢計算ニ関スル法律, 民法143条 (law.md 10, age.rule).
 */
export const dateOfReaching = (birthDate: LocalDate, age: number): LocalDate => lastDayOfPeriod(birthDate, age * 12);

/**
 * Legal age in whole years on a day, counting an age as reached from the day before the birthday on.
 * Source: 年齢計算ニ関スル法律 (law.md 10, age.rule). Throws RangeError for a day before birth.
 */
export const ageOn = (birthDate: LocalDate, on: LocalDate): number => {
  const years = partsOf(on).year - partsOf(birthDate).year;
  if (on < birthDate) throw new RangeError(`${on} is before birth`);
  // Born on 1 January, an age is reached on 31 December of the year before.
  return [years + 1, years, years - 1].find((age) => dateOfReaching(birthDate, age) <= on) ?? 0;
};
