import type { PersonnelAction } from '#libs/contracts/placement';
import { Rejected } from '#libs/event-store/decider';
import { dateOfReaching } from '#libs/law/age';
import { endOf, fiscalYearOf } from '#libs/law/fiscal-year';
import type { LocalDate } from '#libs/law/local-date';
import { actionFault, checkRules, historyOf } from './action-rules.js';
import { probationUntil } from './probation-rules.js';
import type { Career, RulesOn } from './rules-of-day.js';
import type { PolicyVersions, RegisteredStaff } from './staff-state.js';

/** An action as asked for. `employmentId` is that of the new employment on appointments, else found by the day. */
export type DraftAction = Omit<PersonnelAction, 'employmentId'> & Readonly<{ employmentId?: string }>;

/** An action and the versions of the policies that decided it. */
export type Judged = Readonly<{ action: PersonnelAction; policy: PolicyVersions }>;

/** One change of a career, decided as a whole: actions that are taken, and those that do not count any more. */
export type Change = Readonly<{ takes?: readonly DraftAction[]; voids?: readonly PersonnelAction[] }>;

export const isAppointment = ({ kind }: DraftAction): boolean => kind === 'appoint-on-probation' || kind === 'rehire';

/**
 * Actions as the city recorded them: facts, held to the timeline and the codes alone.
 * @throws Rejected when they do not fit
 */
export const recorded = (
  state: RegisteredStaff,
  takes: readonly DraftAction[],
  rulesOn: RulesOn,
): readonly PersonnelAction[] => {
  const added = completed(state, state.actions, takes, rulesOn);
  historyOf([...state.actions, ...added]);
  return added;
};

/**
 * Actions held to all rules of their days. What counts already and takes effect then or later is judged again: nothing may
 * lose what it stands on, nor anybody be left in a unit that is no more.
 * @throws Rejected when a rule forbids the change; the facts name the action
 */
export const judged = (
  state: RegisteredStaff,
  { takes = [], voids = [] }: Change,
  rulesOn: RulesOn,
): readonly Judged[] => {
  const { birthDate } = state.details;
  const kept = state.actions.filter((action) => !voids.includes(action));
  const added = completed(state, kept, takes, rulesOn);
  const actions = [...kept, ...added];
  const after = { actions, history: historyOf(actions), birthDate };
  const result = added.map((action) => {
    const { code, facts, policy } = judgement(after, action, rulesOn);
    if (code !== undefined) throw new Rejected(code, { ...facts, actionId: action.actionId });
    return { action, policy };
  });
  const before = { actions: state.actions, history: historyOf(state.actions), birthDate };
  const [first] = [...added, ...voids].map(({ effectiveOn }) => effectiveOn).toSorted();
  if (first !== undefined) {
    requireOthersStand(
      kept.filter(({ effectiveOn }) => effectiveOn >= first),
      before,
      after,
      rulesOn,
    );
    requireUnits(first, before, after, rulesOn);
  }
  return result;
};

type Judgement = Readonly<{ code?: string; facts?: Rejected['facts']; policy: PolicyVersions }>;

const judgement = (career: Career, action: PersonnelAction, rulesOn: RulesOn): Judgement => {
  try {
    return { policy: checkRules({ ...career, action, rules: rulesOn(action.effectiveOn) }) };
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return { code: error.code, facts: error.facts, policy: {} };
  }
};

/** Records of the past may have broken a rule all along: only what the change itself would break counts. */
const requireOthersStand = (
  others: readonly PersonnelAction[],
  before: Career,
  after: Career,
  rulesOn: RulesOn,
): void => {
  for (const other of others) {
    const { code } = judgement(after, other, rulesOn);
    if (code === undefined || judgement(before, other, rulesOn).code !== undefined) continue;
    const { actionId, kind, effectiveOn } = other;
    throw new Rejected('action.others-depend', { actionId, kind, effectiveOn, because: code });
  }
};

type Stranded = Readonly<{ unitId: string; endsOn: LocalDate }>;

/** Posts, main and concurrent, that are held from `first` on beyond the end of their unit. */
const stranded = ({ history: { segments, concurrent } }: Career, first: LocalDate, rulesOn: RulesOn): Stranded[] =>
  [...segments, ...concurrent].flatMap(({ post: { unitId }, from, to }) => {
    if (to !== null && to <= first) return [];
    const endsOn = rulesOn(from).units.get(unitId);
    if (endsOn === null || (endsOn !== undefined && to !== null && to <= endsOn)) return [];
    return [{ unitId, endsOn: endsOn ?? from }];
  });

const requireUnits = (first: LocalDate, before: Career, after: Career, rulesOn: RulesOn): void => {
  const already = stranded(before, first, rulesOn).map(({ unitId }) => unitId);
  const [found] = stranded(after, first, rulesOn).filter(({ unitId }) => !already.includes(unitId));
  if (found) throw new Rejected('unit.ends-before-posting', found);
};

/** The drafts with their employments and ends of probation, each sound in itself. */
const completed = (
  state: RegisteredStaff,
  kept: readonly PersonnelAction[],
  takes: readonly DraftAction[],
  rulesOn: RulesOn,
): readonly PersonnelAction[] => {
  const drafts = takes.map((action) => withProbation(action, rulesOn));
  const all = [...kept, ...drafts];
  return drafts.map((draft) => {
    const action = inEmployment(draft, all);
    requireSound(state, action, rulesOn);
    return action;
  });
};

/** The last day of probation is decided by the pack of the day of appointment and kept in the event. */
const withProbation = (action: DraftAction, rulesOn: RulesOn): DraftAction => {
  if (action.kind !== 'appoint-on-probation' || action.until) return action;
  const until = probationUntil(action, rulesOn(action.effectiveOn));
  return until ? { ...action, until } : action;
};

/** The employment an action belongs to: its own on appointments, else the last that had begun by its day. */
const inEmployment = (action: DraftAction, all: readonly DraftAction[]): PersonnelAction => {
  const begun = all
    .filter((other) => isAppointment(other) && other.effectiveOn <= action.effectiveOn)
    .toSorted((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1));
  const employmentId = isAppointment(action) ? action.employmentId : begun.at(-1)?.employmentId;
  return { ...action, employmentId: employmentId ?? 'none' };
};

const requireSound = (state: RegisteredStaff, action: PersonnelAction, rulesOn: RulesOn): void => {
  const { actionId, effectiveOn } = action;
  if (state.actionIds.has(actionId)) throw new Rejected('action.already-taken', { actionId });
  const fault = actionFault(action, rulesOn(effectiveOn));
  if (fault) throw new Rejected(fault.code, { field: fault.field, actionId });
  if (isAppointment(action)) requireWorkingAge(state, action);
};

const WORKING_AGE = 15;

/** 労働基準法56条: nobody is employed until the fiscal year of reaching 15 has ended. */
const requireWorkingAge = ({ details }: RegisteredStaff, { actionId, effectiveOn }: PersonnelAction): void => {
  const reached = fiscalYearOf(dateOfReaching(details.birthDate, WORKING_AGE));
  if (effectiveOn <= endOf(reached)) throw new Rejected('appointment.under-age', { actionId });
};
