import type { PersonnelAction } from '#libs/contracts/placement';
import { compare, lastDayOfPeriod, maxDate, type LocalDate } from '#libs/law/local-date';
import type { Policy } from '#libs/policy/kinds';
import type { AssignmentCause } from './training-record-state.js';

type TrainingPolicy = Pick<Policy<'training'>, 'courses' | 'rules'> & Readonly<{ version: LocalDate }>;
type Rule = TrainingPolicy['rules'][number];
type PackCourse = TrainingPolicy['courses'][number];

/** What a rule asks of a person: the rule with the version of the pack that has it, the course and the days. */
export type Demand = Readonly<{
  rule: Readonly<{ id: string; system: string; version: LocalDate }>;
  course: PackCourse;
  because: AssignmentCause;
  assignedOn: LocalDate;
  /** Last day (inclusive) in time. */
  dueOn: LocalDate;
}>;

const CAUSES: Readonly<Record<Rule['on'], AssignmentCause>> = {
  appointed: 'appointed',
  'appointed-mid-year': 'appointed',
  rehired: 'rehired',
  promoted: 'promoted',
};

const occasionOf = ({ kind, effectiveOn }: PersonnelAction): Rule['on'] | undefined => {
  if (kind === 'appoint-on-probation') return effectiveOn.endsWith('-04-01') ? 'appointed' : 'appointed-mid-year';
  if (kind === 'rehire') return 'rehired';
  return kind === 'promote' ? 'promoted' : undefined;
};

const speaksOf = ({ grades, routes }: Rule, { grade, route }: PersonnelAction): boolean =>
  (!grades || (grade !== undefined && grades.includes(grade))) &&
  (!routes || (route !== undefined && routes.includes(route)));

/**
 * What the city's rules ask because of a personnel action, each course once, by the rule with the nearest due date. An
 * action that becomes known late asks from the day it is known: nobody is late by birth.
 * @param inForce whether the city runs the system a rule serves
 * @param knownOn day on which the action was recorded
 */
export const assignmentsFor = (
  action: PersonnelAction,
  { rules, courses, version }: TrainingPolicy,
  inForce: (system: string) => boolean,
  knownOn: LocalDate,
): Demand[] => {
  const occasion = occasionOf(action);
  const assignedOn = maxDate(action.effectiveOn, knownOn);
  const demands = rules
    .filter((rule) => rule.on === occasion && inForce(rule.system) && speaksOf(rule, action))
    .flatMap(({ id, system, on, course: code, dueMonths }): Demand[] => {
      const course = courses.find((one) => one.code === code);
      const rule = { id, system, version };
      const dueOn = lastDayOfPeriod(assignedOn, dueMonths);
      return course ? [{ rule, course, because: CAUSES[on], assignedOn, dueOn }] : [];
    })
    .toSorted((a, b) => compare(a.dueOn, b.dueOn));
  return demands.filter(
    ({ course }, index) => demands.findIndex((other) => other.course.code === course.code) === index,
  );
};
