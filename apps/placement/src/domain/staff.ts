import type { PersonnelAction } from '#libs/contracts/placement';
import { Rejected, type Aggregate } from '#libs/event-store/decider';
import { dateOfReaching } from '#libs/law/age';
import { endOf, fiscalBirthCohort, fiscalYearOf } from '#libs/law/fiscal-year';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { probationEnd } from '#libs/law/probation';
import { on } from '#libs/staff-directory/timeline';
import { actionFault, checkRules, historyOf, type RulesOfDay } from './action-rules.js';
import {
  evolveStaff,
  staffEvents,
  type PolicyVersions,
  type RegisteredStaff,
  type StaffAttributes,
  type StaffDetails,
  type StaffEvent,
  type StaffState,
} from './staff-state.js';

/** An action as asked for. `employmentId` is that of the new employment on appointments, else found by the day. */
export type DraftAction = Omit<PersonnelAction, 'employmentId'> & Readonly<{ employmentId?: string }>;

/** An action with what the organisation and the pack say on its day. */
export type Proposal = Readonly<{ action: DraftAction; rules: RulesOfDay }>;

export type RegisterStaff = {
  type: 'RegisterStaff';
  staffId: string;
  details: StaffDetails;
  numberKey?: string;
  sex: StaffAttributes['sex'];
  applicationId?: string;
  /** Actions to take with the registration, the appointment first. */
  proposals: readonly Proposal[];
  today: LocalDate;
};

export type StaffCommand =
  | RegisterStaff
  | { type: 'TakeActions'; proposals: readonly Proposal[] }
  /** Actions of the past as the city recorded them: held to the timeline and the codes, not to today's rules. */
  | { type: 'RecordHistory'; proposals: readonly Proposal[] }
  | { type: 'CorrectAction'; actionId: string; proposal: Proposal }
  | { type: 'RevokeAction'; actionId: string }
  | { type: 'WithdrawResignation'; actionId: string; today: LocalDate }
  | {
      type: 'CorrectDetails';
      details: Partial<StaffDetails>;
      sex?: StaffAttributes['sex'];
      numberKey?: string;
      today: LocalDate;
    }
  | { type: 'AnnounceProbationEnd'; employmentId: string; today: LocalDate }
  | { type: 'EraseStaff'; today: LocalDate };

const decide = (command: StaffCommand, state: StaffState): StaffEvent[] => {
  if (command.type === 'RegisterStaff') return register(command, state);
  if (state.status === 'none') throw new Rejected('staff.not-found');
  if (command.type === 'AnnounceProbationEnd') return announceProbationEnd(state, command);
  if (state.status === 'erased') throw new Rejected('staff.erased');
  switch (command.type) {
    case 'TakeActions':
      return take(state, command.proposals, checkRules);
    case 'RecordHistory':
      return take(state, command.proposals, () => ({}));
    case 'CorrectAction':
      return correct(state, command.actionId, command.proposal);
    case 'RevokeAction':
      return revoke(state, command.actionId);
    case 'WithdrawResignation':
      return withdraw(state, command);
    case 'CorrectDetails':
      return correctDetails(state, command);
    case 'EraseStaff':
      return erase(state, command.today);
  }
};

const register = (command: RegisterStaff, state: StaffState): StaffEvent[] => {
  if (state.status !== 'none') throw new Rejected('staff.already-registered');
  const { staffId, numberKey, sex, applicationId, proposals, today } = command;
  const details = withWideKana(command.details);
  requireBorn(details, today);
  const registration: StaffEvent = {
    type: 'StaffRegistered',
    data: {
      staffId,
      ...(numberKey && { numberKey }),
      sex,
      birthCohort: fiscalBirthCohort(details.birthDate),
      ...(applicationId && { applicationId }),
      ...details,
    },
  };
  const registered = evolveStaff(state, registration) as RegisteredStaff;
  return [registration, ...take(registered, proposals, checkRules)];
};

/** 氏名の振り仮名 is kept in full-width kana, however it was typed or exported. */
const withWideKana = <Details extends Partial<StaffDetails>>(details: Details): Details => ({
  ...details,
  ...(details.familyNameKana && { familyNameKana: details.familyNameKana.normalize('NFKC') }),
  ...(details.givenNameKana && { givenNameKana: details.givenNameKana.normalize('NFKC') }),
});

/** The day itself is personal and not among the facts. */
const requireBorn = ({ birthDate }: Partial<StaffDetails>, today: LocalDate): void => {
  if (birthDate !== undefined && birthDate > today) throw new Rejected('staff.birth-date-in-future');
};

const WORKING_AGE = 15;

/** 労働基準法56条: nobody is employed until the fiscal year of reaching 15 has ended. */
const requireWorkingAge = ({ details }: RegisteredStaff, { effectiveOn }: PersonnelAction): void => {
  const reached = fiscalYearOf(dateOfReaching(details.birthDate, WORKING_AGE));
  if (effectiveOn <= endOf(reached)) throw new Rejected('appointment.under-age');
};

const take = (state: RegisteredStaff, proposals: readonly Proposal[], check: typeof checkRules): StaffEvent[] => {
  const drafts = proposals.map(({ action, rules }) => ({ action: withProbation(action, rules), rules }));
  const all = [...state.actions, ...drafts.map(({ action }) => action)];
  const complete = drafts.map(({ action, rules }) => ({ action: inEmployment(action, all), rules }));
  for (const { action, rules } of complete) {
    requireSound(state, action, rules);
    if (isAppointment(action)) requireWorkingAge(state, action);
  }
  const actions = [...state.actions, ...complete.map(({ action }) => action)];
  const history = historyOf(actions);
  return complete.map(({ action, rules }) =>
    taken(state, action, check({ action, rules, actions, history, birthDate: state.details.birthDate })),
  );
};

const taken = ({ staffId }: RegisteredStaff, action: PersonnelAction, policy: PolicyVersions): StaffEvent => ({
  type: 'PersonnelActionTaken',
  data: { staffId, action, ...(Object.keys(policy).length > 0 && { policy }) },
});

const requireSound = ({ actionIds }: RegisteredStaff, action: PersonnelAction, rules: RulesOfDay): void => {
  if (actionIds.has(action.actionId)) throw new Rejected('action.already-taken', { actionId: action.actionId });
  const fault = actionFault(action, rules);
  if (fault) throw new Rejected(fault.code, { field: fault.field, actionId: action.actionId });
};

/** The last day of probation is decided by the pack of the day of appointment and kept in the event. */
const withProbation = (action: DraftAction, { probation }: RulesOfDay): DraftAction =>
  action.kind === 'appoint-on-probation' && !action.until
    ? { ...action, until: probationEnd(action.effectiveOn, probation.months) }
    : action;

const isAppointment = ({ kind }: DraftAction): boolean => kind === 'appoint-on-probation' || kind === 'rehire';

/** The employment an action belongs to: its own on appointments, else the last that had begun by its day. */
const inEmployment = (action: DraftAction, all: readonly DraftAction[]): PersonnelAction => {
  const begun = all
    .filter((other) => isAppointment(other) && other.effectiveOn <= action.effectiveOn)
    .toSorted((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1));
  const employmentId = isAppointment(action) ? action.employmentId : begun.at(-1)?.employmentId;
  return { ...action, employmentId: employmentId ?? 'none' };
};

/** A correction voids the action and takes another in one append; a corrected appointment keeps its employment. */
const correct = (state: RegisteredStaff, actionId: string, { action, rules }: Proposal): StaffEvent[] => {
  const wrong = counting(state, actionId);
  const kept = isAppointment(wrong) ? { ...action, employmentId: wrong.employmentId } : action;
  const remaining = { ...state, actions: state.actions.filter((other) => other !== wrong) };
  return [voided(state, actionId, 'correction'), ...take(remaining, [{ action: kept, rules }], checkRules)];
};

const revoke = (state: RegisteredStaff, actionId: string): StaffEvent[] => {
  const wrong = counting(state, actionId);
  historyOf(state.actions.filter((other) => other !== wrong));
  return [voided(state, actionId, 'revocation')];
};

const WITHDRAWABLE: readonly PersonnelAction['reason'][] = ['resignation', 'early-retirement'];

/** A resignation may be taken back through its last day in service. */
const withdraw = (
  state: RegisteredStaff,
  { actionId, today }: { actionId: string; today: LocalDate },
): StaffEvent[] => {
  const { kind, reason, effectiveOn } = counting(state, actionId);
  if (kind !== 'separate' || !WITHDRAWABLE.includes(reason)) throw new Rejected('separation.not-withdrawable');
  if (effectiveOn < today) throw new Rejected('separation.already-effective', { effectiveOn });
  historyOf(state.actions.filter((other) => other.actionId !== actionId));
  return [voided(state, actionId, 'withdrawal')];
};

const counting = ({ actions, actionIds }: RegisteredStaff, actionId: string): PersonnelAction => {
  const found = actions.find((action) => action.actionId === actionId);
  if (!found) throw new Rejected(actionIds.has(actionId) ? 'action.voided' : 'action.unknown', { actionId });
  return found;
};

const voided = (
  { staffId }: RegisteredStaff,
  actionId: string,
  because: 'correction' | 'revocation' | 'withdrawal',
): StaffEvent => ({ type: 'PersonnelActionVoided', data: { staffId, actionId, because } });

/** Names, number, address and birth date are personal; sex and birth cohort are published when they change. */
const correctDetails = (
  { staffId, details, attributes, numberKey }: RegisteredStaff,
  command: Extract<StaffCommand, { type: 'CorrectDetails' }>,
): StaffEvent[] => {
  const changed = Object.entries(withWideKana(command.details)).filter(
    ([key, value]) => details[key as keyof StaffDetails] !== value,
  );
  const newKey = command.numberKey !== numberKey ? command.numberKey : undefined;
  const personal = { staffId, ...(newKey && { numberKey: newKey }), ...Object.fromEntries(changed) };
  const { birthDate } = command.details;
  requireBorn(command.details, command.today);
  const sex = command.sex ?? attributes.sex;
  const birthCohort = birthDate === undefined ? attributes.birthCohort : fiscalBirthCohort(birthDate);
  const recoded = sex !== attributes.sex || birthCohort !== attributes.birthCohort;
  return [
    ...(changed.length > 0 ? [{ type: 'StaffDetailsCorrected', data: personal } as const] : []),
    ...(recoded ? [{ type: 'StaffAttributesCorrected', data: { staffId, sex, birthCohort } } as const] : []),
  ];
};

/** Days before the end of probation on which it is announced. */
export const ANNOUNCED_BEFORE = 30;

/** Nothing when the probation has ended or moved meanwhile, or was announced already: timers may fire late or twice. */
const announceProbationEnd = (
  { staffId, actions, announced, status }: RegisteredStaff,
  { employmentId, today }: { employmentId: string; today: LocalDate },
): StaffEvent[] => {
  const spell = historyOf(actions).spells.find((one) => one.employmentId === employmentId);
  const endsOn = spell?.probationUntil;
  if (!spell || !endsOn || status === 'erased') return [];
  const over = spell.formalFrom !== undefined || (spell.to !== null && spell.to <= endsOn) || endsOn < today;
  const early = addDays(endsOn, -ANNOUNCED_BEFORE) > today;
  const done = announced.some((one) => one.employmentId === employmentId && one.endsOn === endsOn);
  return over || early || done ? [] : [{ type: 'ProbationEndAnnounced', data: { staffId, employmentId, endsOn } }];
};

/** The proof that the person's key was destroyed; only for somebody who has left and is not coming back. */
const erase = ({ staffId, actions }: RegisteredStaff, today: LocalDate): StaffEvent[] => {
  const { spells } = historyOf(actions);
  if (on(spells, today) || spells.some(({ from }) => from > today)) throw new Rejected('staff.in-service');
  return [{ type: 'PersonErased', data: { staffId } }];
};

/** A person as staff of the municipality and the personnel actions of a whole career, stream `staff/<staffId>`. */
export const staff: Aggregate<StaffState, StaffCommand, StaffEvent> = {
  category: 'staff',
  initial: { status: 'none' },
  decide,
  evolve: evolveStaff,
  events: staffEvents,
};
