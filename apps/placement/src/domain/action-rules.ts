import type { PersonnelAction } from '#libs/contracts/placement';
import { Rejected } from '#libs/event-store/decider';
import { addDays, addYears } from '#libs/law/local-date';
import { retirementDate, retirementTable, roleRetirementWindow } from '#libs/law/retirement';
import { isConflict, on, timeline, type Segment, type Timeline } from '#libs/staff-directory/timeline';
import { requireExtension, requireProbation, requireProbationOver, requireReEmployment } from './probation-rules.js';
import type { Case, RulesOfDay } from './rules-of-day.js';
import type { PolicyVersions } from './staff-state.js';

type Kind = PersonnelAction['kind'];
type Field = keyof PersonnelAction;

const APPOINTMENT = ['post', 'grade', 'jobCategory', 'route', 'weeklyMinutes'] as const;
const REQUIRED: Readonly<Partial<Record<Kind, readonly Field[]>>> = {
  'appoint-on-probation': APPOINTMENT,
  rehire: APPOINTMENT,
  'extend-probation': ['until'],
  transfer: ['post'],
  'retire-from-role': ['post'],
  'give-concurrent-post': ['post'],
  'end-concurrent-post': ['post'],
  'start-leave-of-absence': ['leaveKind'],
  'change-hours': ['weeklyMinutes'],
  separate: ['reason'],
};

/** Something wrong with the action itself, whatever the history; `field` is where. */
export type ActionFault = Readonly<{ code: string; field: Field }>;

/** What is missing from the action or not known to the city on its day; the first fault, if any. */
export const actionFault = (action: PersonnelAction, rules: RulesOfDay): ActionFault | undefined => {
  const { kind, post, grade, jobCategory, route, weeklyMinutes, until, effectiveOn } = action;
  const missing = REQUIRED[kind]?.find((field) => action[field] === undefined);
  if (missing) return { code: 'action.incomplete', field: missing };
  if (until && until < effectiveOn) return { code: 'action.ends-before-it-begins', field: 'until' };
  if (post && !rules.units.has(post.unitId) && kind !== 'end-concurrent-post')
    return { code: 'unit.not-in-force', field: 'post' };
  if (post && !rules.positions.has(post.position)) return { code: 'position.unknown', field: 'post' };
  if (grade !== undefined && !rules.grades.has(grade)) return { code: 'grade.unknown', field: 'grade' };
  if (jobCategory !== undefined && !rules.jobCategories.has(jobCategory))
    return { code: 'job-category.unknown', field: 'jobCategory' };
  if (route !== undefined && !rules.routes.has(route)) return { code: 'route.unknown', field: 'route' };
  if (weeklyMinutes !== undefined && weeklyMinutes > rules.fullTime)
    return { code: 'hours.over-full-time', field: 'weeklyMinutes' };
  return undefined;
};

/** @throws Rejected with the code of the conflict when the actions do not form a history */
export const historyOf = (actions: readonly PersonnelAction[]): Timeline => {
  const result = timeline(actions);
  if (!isConflict(result)) return result;
  throw new Rejected(result.code, { actionId: result.actionId, effectiveOn: result.effectiveOn });
};

/**
 * The rules of law and pack; what a city recorded of its past is not held to them.
 * @throws Rejected when a rule forbids it
 * @returns the versions of the policies that decided
 */
export const checkRules = (given: Case): PolicyVersions => {
  const { action, rules } = given;
  switch (action.kind) {
    case 'appoint-on-probation':
      requireProbation(given);
      requireProbationOver(given);
      requirePost(given);
      return versions(rules, 'probation', 'positions', 'retirement');
    case 'extend-probation':
      requireExtension(given);
      requireProbationOver(given);
      return versions(rules, 'probation');
    case 'appoint-formally':
      requireProbationOver(given);
      return {};
    case 'promote':
      requireStep(given, 1, 'promotion.not-higher');
      requirePost(given);
      return versions(rules, 'grades', 'positions', 'retirement');
    case 'demote':
      requireStep(given, -1, 'demotion.not-lower');
      requirePost(given);
      return versions(rules, 'grades', 'positions');
    case 'transfer':
      requireSameRank(given);
      requirePost(given);
      return versions(rules, 'positions', 'retirement');
    case 'rehire':
      requireReEmployment(given);
      requirePost(given);
      return versions(rules, 'probation', 'positions', 'retirement');
    case 'retire-from-role':
      requireRoleRetirement(given);
      requirePost(given);
      return versions(rules, 'positions', 'retirement');
    case 'give-concurrent-post':
      requireOtherPost(given);
      if (action.post) requireNotBarred(given, action.post);
      return versions(rules, 'positions', 'retirement');
    case 'separate':
      if (action.reason !== 'retirement-age') return {};
      requireRetirementAge(given);
      return versions(rules, 'retirement');
    case 'end-concurrent-post':
    case 'second':
    case 'return-from-secondment':
    case 'start-leave-of-absence':
    case 'return-from-leave':
    case 'change-hours':
      return {};
  }
};

const versions = ({ versions: all }: RulesOfDay, ...kinds: (keyof PolicyVersions)[]): PolicyVersions =>
  Object.fromEntries(kinds.map((kind) => [kind, all[kind]]));

const before = ({ history, action }: Case): Segment | undefined =>
  on(history.segments, addDays(action.effectiveOn, -1));
const after = ({ history, action }: Case): Segment | undefined => on(history.segments, action.effectiveOn);
const managing = ({ rules }: Case, held: Pick<Segment, 'post'> | undefined): boolean =>
  held !== undefined && rules.positions.get(held.post.position)?.managing === true;

const rank = ({ rules }: Case, { grade, post }: Segment): readonly [grade: number, position: number] => [
  rules.grades.get(grade) ?? 0,
  rules.positions.get(post.position)?.rank ?? 0,
];

/** 昇任・降任 (15条の2): grade or position goes `direction`, and neither goes the other way. */
const requireStep = (given: Case, direction: 1 | -1, code: string): void => {
  const [from, to] = [before(given), after(given)];
  if (!from || !to) throw new Rejected(code);
  const [then, now] = [rank(given, from), rank(given, to)];
  const steps = now.map((one, index) => (one - then[index]) * direction);
  if (Math.max(...steps) <= 0 || Math.min(...steps) < 0) throw new Rejected(code);
};

const STEPS: readonly Kind[] = ['promote', 'demote', 'retire-from-role'];

/** 転任 is any change of post that is neither promotion nor demotion, unless one of those is taken with it. */
const requireSameRank = (given: Case): void => {
  const { actions, action } = given;
  const withStep = actions.some(({ kind, effectiveOn }) => STEPS.includes(kind) && effectiveOn === action.effectiveOn);
  const [from, to] = [before(given), after(given)];
  if (!withStep && from && to && rank(given, from)[1] !== rank(given, to)[1])
    throw new Rejected('transfer.changes-rank');
};

/** The grade fits the position, and the post may be held at this age. */
const requirePost = (given: Case): void => {
  const { rules } = given;
  const to = after(given);
  if (!to) return;
  const allowed = rules.positions.get(to.post.position)?.grades ?? [];
  if (allowed.length > 0 && !allowed.includes(to.grade)) {
    throw new Rejected('grade.not-of-position', { grade: to.grade, position: to.post.position });
  }
  requireNotBarred(given, to.post);
};

/** Nobody past the role-retirement window gets a managing post (28条の3), except in an employment for a term (28条の4). */
const requireNotBarred = (given: Case, post: Segment['post']): void => {
  const { rules, action, birthDate, history } = given;
  const route = on(history.spells, action.effectiveOn)?.route;
  if (!managing(given, { post }) || (route !== undefined && rules.routes.get(route) === 'fixed-term')) return;
  if (action.effectiveOn > roleRetirementWindow(birthDate, rules.retirement).through) {
    throw new Rejected('role-retirement.managing-post-barred');
  }
};

/** 役職定年: from a managing post to another kind of post, within the window after the age (28条の2). */
const requireRoleRetirement = (given: Case): void => {
  const { action, birthDate, rules } = given;
  if (!managing(given, before(given)) || managing(given, after(given)))
    throw new Rejected('role-retirement.not-from-managing');
  const { from, through } = roleRetirementWindow(birthDate, rules.retirement);
  if (action.effectiveOn < from || action.effectiveOn > through) throw new Rejected('role-retirement.outside-window');
};

const EXTENSION_YEARS = 3;

/**
 * 定年退職 on the day it is due by the table of the job category (医師等の特例), or up to three years later by extension
 * (28条の6, 28条の7). The day itself is personal.
 */
const requireRetirementAge = ({ action, birthDate, rules, history }: Case): void => {
  const jobCategory = on(history.segments, action.effectiveOn)?.jobCategory ?? '';
  const due = retirementDate(birthDate, rules.retirement, retirementTable(jobCategory, rules.retirement));
  if (action.effectiveOn < due) throw new Rejected('separation.before-retirement-age');
  if (action.effectiveOn > addYears(due, EXTENSION_YEARS)) throw new Rejected('separation.beyond-extension');
};

const requireOtherPost = (given: Case): void => {
  const { action } = given;
  const main = after(given)?.post;
  if (main?.unitId === action.post?.unitId && main?.position === action.post?.position) {
    throw new Rejected('concurrent-post.same-as-main');
  }
};
