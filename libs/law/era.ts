import { dateOf, partsOf, type LocalDate } from './local-date.js';

const ERAS = [
  { name: '令和', letter: 'R', from: '2019-05-01' },
  { name: '平成', letter: 'H', from: '1989-01-08' },
  { name: '昭和', letter: 'S', from: '1926-12-25' },
  { name: '大正', letter: 'T', from: '1912-07-30' },
  { name: '明治', letter: 'M', from: '1868-01-25' },
] as const;

/** Before this day (明治6年1月1日) Japanese dates follow the lunisolar calendar and cannot be converted by the year alone. */
const GREGORIAN_SINCE = '1873-01-01';

export type EraName = (typeof ERAS)[number]['name'];

/** A day in Japanese eras; `year` 1 is written 元年. */
export type EraDate = Readonly<{ era: EraName; year: number; month: number; day: number }>;

const PATTERN = /^(明治|大正|昭和|平成|令和|[MTSHR])(元|\d{1,2})[年.](\d{1,2})[月.](\d{1,2})日?$/;

const yearText = (year: number): string => (year === 1 ? '元' : String(year));

/**
 * The era (和暦) of a day since 1873-01-01; an era begins on its own first day, not with the year.
 * Source: law.md 10, era (元号法 and its orders). Throws RangeError for earlier days.
 */
export const eraOf = (date: LocalDate): EraDate => {
  const { year, month, day } = partsOf(date);
  const era = ERAS.find(({ from }) => from <= date);
  if (!era || date < GREGORIAN_SINCE) throw new RangeError(`no Gregorian era date: ${date}`);
  return { era: era.name, year: year - partsOf(era.from).year + 1, month, day };
};

/** A day as Japanese era text, e.g. `令和元年5月1日`. Source: as `eraOf`. */
export const toEra = (date: LocalDate): string => {
  const { era, year, month, day } = eraOf(date);
  return `${era}${yearText(year)}年${month}月${day}日`;
};

/**
 * The day of Japanese era text: `令和8年4月1日`, `平成元.1.8`, `S64.1.7`. Throws RangeError when it is not one, also for a
 * day outside its era (平成31年5月1日). Source: as `eraOf`.
 */
export const fromEra = (text: string): LocalDate => {
  const [, name, yearOfEra, month, day] = PATTERN.exec(text) ?? [];
  const era = ERAS.find((candidate) => candidate.name === name || candidate.letter === name);
  if (!era) throw new RangeError(`not an era date: ${text}`);
  const year = partsOf(era.from).year + (yearOfEra === '元' ? 1 : Number(yearOfEra)) - 1;
  const date = dateOf(year, Number(month), Number(day));
  if (eraOf(date).era !== era.name) throw new RangeError(`not within its era: ${text}`);
  return date;
};

/**
 * Label of a fiscal year (named by its first calendar year), e.g. 2026 is `令和8年度` and 2019 `令和元年度`. The era is the one
 * in force on 1 May, which lets fiscal year 2019 carry the new era's name as decided then.
 * Source: law.md 10, era.
 */
export const fiscalYearLabel = (fiscalYear: number): string => {
  const { era, year } = eraOf(dateOf(fiscalYear, 5, 1));
  return `${era}${yearText(year)}年度`;
};
