import type { PersonnelAction } from '#libs/contracts/placement';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { isConflict, on, timeline, type Spell } from '#libs/staff-directory/timeline';
import type { Followed } from './sheet.js';

export type KnownAction = Readonly<{ action: PersonnelAction; voided: boolean }>;

/** One probation of a person, to be followed sheet by sheet: the first judges the appointment, each later one an extension. */
export type Probation = Readonly<{
  employmentId: string;
  /** For the sheet of the appointment, or for that of an extension that begins on `from`. */
  followed: (from?: LocalDate) => Followed;
  /** The grade and position on the first day of a period. */
  standing: (day: LocalDate) => Readonly<{ grade: string; position: string }>;
}>;

/**
 * The probations a person's actions tell of, revoked ones included. None yet while the actions do not form a history:
 * that is so between the two events of a correction.
 */
export const probationsOf = (known: readonly KnownAction[]): Probation[] => {
  const actions = known.filter(({ voided }) => !voided).map(({ action }) => action);
  const history = timeline(actions);
  if (isConflict(history)) return [];
  const begun = known.filter(({ action }) => action.kind === 'appoint-on-probation');
  const employments = [...new Set(begun.map(({ action }) => action.employmentId))];
  return employments.map((employmentId) => {
    const spell = history.spells.find((one) => one.employmentId === employmentId);
    return {
      employmentId,
      followed: (from) => {
        const extended = actions.some(
          ({ kind, until, ...action }) =>
            kind === 'extend-probation' && action.employmentId === employmentId && (until ?? '') >= (from ?? ''),
        );
        return from && !extended ? { employmentId, revoked: true } : followedOf(employmentId, spell, from);
      },
      standing: (day) => {
        const held = on(history.segments, day);
        return { grade: held?.grade ?? '', position: held?.post.position ?? '' };
      },
    };
  });
};

/** Whether the person is in service on a day; undefined while the actions do not form a history. */
export const servesOn = (known: readonly KnownAction[], day: LocalDate): boolean | undefined => {
  const history = timeline(known.filter(({ voided }) => !voided).map(({ action }) => action));
  return isConflict(history) ? undefined : on(history.spells, day) !== undefined;
};

const followedOf = (employmentId: string, spell: Spell | undefined, from?: LocalDate): Followed => {
  if (!spell?.probationUntil) return { employmentId, revoked: true };
  return {
    employmentId,
    revoked: false,
    appointedOn: spell.from,
    from: from ?? spell.from,
    until: spell.probationUntil,
    route: spell.route,
    formal: spell.formalFrom !== undefined,
    ...(spell.to && { lastDay: addDays(spell.to, -1) }),
  };
};
