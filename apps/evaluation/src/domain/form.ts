import type { INTERVIEWS } from '#libs/contracts/evaluation';
import { Rejected } from '#libs/event-store/decider';
import type { LocalDate } from '#libs/law/local-date';
import type { Policy } from '#libs/policy/kinds';

export type Interview = (typeof INTERVIEWS)[number];
export type Score = Readonly<{ item: string; points: number }>;

/** What a sheet asks and demands, copied from the pack when it opens: a later version does not reach it. */
export type Form = Readonly<{
  /** Id of the items in the pack and the version of the pack, e.g. `development-1@2026-04-01`. */
  version: string;
  /** Each is scored 0 to `max`. */
  items: readonly Readonly<{ code: string; title: string; category?: string; max: number }>[];
  /** Least sum of points with which a probation is passed. */
  passPoints: number;
  /** Interviews that are gates on its way. */
  interviews: readonly Interview[];
  /** Days before the last day of the period on which the sheet is due. */
  dueDaysBefore: number;
  /** Months an extension adds unless HR says otherwise. */
  extensionMonths: number;
}>;

/** The packs of the day a form is taken from. */
export type FormPacks = Readonly<{
  evaluation: Policy<'evaluation'> & Readonly<{ version: LocalDate }>;
  grades: Policy<'grades'>;
  positions: Policy<'positions'>;
}>;

/**
 * The form for somebody in this grade and position: the one for the position's group where the city has one, else that of
 * the grade's band.
 * @throws Rejected `sheet.no-form` for a grade the pack does not know
 */
export const formFor = ({ evaluation, grades, positions }: FormPacks, grade: string, position: string): Form => {
  const group = positions.positions.find(({ code }) => code === position)?.group;
  const band = grades.grades.find(({ code }) => code === grade)?.band;
  const { sheets, interviews, dueDaysBefore, extensionMonths, version } = evaluation;
  const sheet =
    sheets.find(({ groups }) => group !== undefined && groups?.includes(group)) ??
    sheets.find(({ bands }) => band !== undefined && bands.includes(band));
  if (!sheet) throw new Rejected('sheet.no-form', { grade });
  const items = sheet.items
    .filter((item) => item.grades?.includes(grade) ?? true)
    .map(({ code, title, category, max }) => ({ code, title, ...(category && { category }), max }));
  return {
    version: `${sheet.id}@${version}`,
    items,
    passPoints: sheet.passPoints,
    interviews,
    dueDaysBefore,
    extensionMonths,
  };
};

/** @throws Rejected unless every item is scored exactly once within its range */
export const checkScores = ({ items }: Form, scores: readonly Score[]): void => {
  const scored = new Map(scores.map(({ item, points }) => [item, points]));
  if (scored.size !== scores.length || scored.size !== items.length || items.some(({ code }) => !scored.has(code)))
    throw new Rejected('sheet.items-differ', {
      items: items.map(({ code }) => code),
      titles: items.map(({ title }) => title),
    });
  for (const { code, title, max } of items) {
    const points = scored.get(code) ?? 0;
    if (!Number.isInteger(points) || points < 0 || points > max)
      throw new Rejected('sheet.points-out-of-range', { item: code, title, max });
  }
};

export const sumOf = (scores: readonly Score[]): number => scores.reduce((sum, { points }) => sum + points, 0);

export const sameScores = (some: readonly Score[], others: readonly Score[]): boolean =>
  some.every(({ item, points }) => others.find((other) => other.item === item)?.points === points);
