import type { PersonnelAction } from '#libs/contracts/placement';
import { Rejected } from '#libs/event-store/decider';
import { dateOfReaching } from '#libs/law/age';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { probationEnd, type ProbationMonths } from '#libs/law/probation';
import { isConflict, on, timeline } from '#libs/staff-directory/timeline';
import type { Case, RulesOfDay } from './rules-of-day.js';

const NONE: ProbationMonths = { months: 0, maxMonths: 0 };

const monthsOf = (route: string | undefined, { routes, probation }: RulesOfDay): ProbationMonths => {
  const employment = route === undefined ? undefined : routes.get(route);
  return (employment && probation.get(employment)) ?? NONE;
};

/** How somebody enters by this route: on probation, or, where the law wants none, by re-employment. */
export const appointmentKind = (route: string, rules: RulesOfDay): 'appoint-on-probation' | 'rehire' =>
  monthsOf(route, rules).months > 0 ? 'appoint-on-probation' : 'rehire';

/** The last day of probation where none is given, by the pack of the day of appointment; none where there is no probation. */
export const probationUntil = (
  { effectiveOn, route }: Pick<PersonnelAction, 'effectiveOn' | 'route'>,
  rules: RulesOfDay,
): LocalDate | undefined => {
  const { months } = monthsOf(route, rules);
  return months > 0 ? probationEnd(effectiveOn, months) : undefined;
};

const requireWithin = (from: LocalDate, until: LocalDate | undefined, { months, maxMonths }: ProbationMonths): void => {
  const [least, most] = [probationEnd(from, months), probationEnd(from, maxMonths)];
  if (until && (until < least || until > most)) throw new Rejected('probation.outside-limits', { least, most });
};

/** 条件付採用 (22条, 22条の2第7項): the months of the pack, which differ by kind of employment; none for 再任用 (22条の4第6項). */
export const requireProbation = ({ action, rules }: Case): void => {
  const given = monthsOf(action.route, rules);
  if (given.months === 0) throw new Rejected('probation.not-for-employment', { route: action.route ?? '' });
  requireWithin(action.effectiveOn, action.until, given);
};

/** An extension during the probation, to a later day, within the limit counted from the appointment. */
export const requireExtension = ({ action, actions, rules }: Case): void => {
  const without = timeline(actions.filter((other) => other !== action));
  const spell = isConflict(without) ? undefined : on(without.spells, action.effectiveOn);
  if (!spell?.probationUntil || action.effectiveOn > spell.probationUntil) throw new Rejected('probation.already-over');
  if (action.until && action.until <= spell.probationUntil) {
    throw new Rejected('probation.not-extended', { until: spell.probationUntil });
  }
  requireWithin(spell.from, action.until, monthsOf(spell.route, rules));
};

/** A formal appointment follows the end of probation, whichever of the two is entered, moved or extended last. */
export const requireProbationOver = ({ action, history }: Case): void => {
  const { probationUntil: until, formalFrom } = on(history.spells, action.effectiveOn) ?? {};
  if (until && formalFrom && formalFrom <= until) throw new Rejected('probation.not-over', { until });
};

/**
 * 再任用 (22条の4, 令和3年法律63号附則4–7条): the one appointment without probation is open to those who left the city at the
 * age its ordinance sets (60) or later. Everybody else who comes back is appointed anew.
 */
export const requireReEmployment = ({ action, rules, history, birthDate }: Case): void => {
  const { months } = monthsOf(action.route, rules);
  if (months > 0) throw new Rejected('rehire.wants-probation', { months });
  const former = history.spells.findLast(({ to }) => to !== null && to <= action.effectiveOn);
  if (!former?.to) throw new Rejected('rehire.no-former-employment');
  const age = rules.retirement.informationAge;
  if (addDays(former.to, -1) < dateOfReaching(birthDate, age)) throw new Rejected('rehire.left-before-age', { age });
};
