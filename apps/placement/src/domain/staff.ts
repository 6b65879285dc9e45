import type { PersonnelAction } from '#libs/contracts/placement';
import { Rejected, type Aggregate } from '#libs/event-store/decider';
import { fiscalBirthCohort } from '#libs/law/fiscal-year';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { on } from '#libs/staff-directory/timeline';
import { historyOf } from './action-rules.js';
import { isAppointment, judged, recorded, type DraftAction } from './career.js';
import type { RulesOn } from './rules-of-day.js';
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

export type RegisterStaff = {
  type: 'RegisterStaff';
  staffId: string;
  details: StaffDetails;
  numberKey?: string;
  sex: StaffAttributes['sex'];
  applicationId?: string;
  /** Actions to take with the registration, the appointment first. */
  actions: readonly DraftAction[];
  rulesOn: RulesOn;
  today: LocalDate;
};

/** Somebody who left comes back through recruitment: one person, one staff number, another employment. */
export type TakeBack = {
  type: 'TakeBack';
  applicationId: string;
  /** As the applicant gave them; what changed since is corrected. */
  details: StaffDetails;
  appointment: DraftAction;
  rulesOn: RulesOn;
  today: LocalDate;
};

export type StaffCommand =
  | RegisterStaff
  | TakeBack
  | { type: 'TakeActions'; actions: readonly DraftAction[]; rulesOn: RulesOn }
  /**
   * Actions from a file. Those up to `today` are the past as the city recorded it, held to the timeline and the codes, not
   * to today's rules; later ones are judged like any other.
   */
  | { type: 'RecordHistory'; actions: readonly DraftAction[]; rulesOn: RulesOn; today: LocalDate }
  | { type: 'CorrectAction'; actionId: string; action: DraftAction; rulesOn: RulesOn }
  /** Actions of one decision that stand on each other are revoked together, as they were taken. */
  | { type: 'RevokeActions'; actionIds: readonly string[]; rulesOn: RulesOn }
  | { type: 'WithdrawResignation'; actionId: string; rulesOn: RulesOn; today: LocalDate }
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
    case 'TakeBack':
      return takeBack(state, command);
    case 'TakeActions':
      return take(state, command.actions, command.rulesOn);
    case 'RecordHistory':
      return record(state, command);
    case 'CorrectAction':
      return correct(state, command);
    case 'RevokeActions':
      return cancel(state, command.actionIds, 'revocation', command.rulesOn);
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
  const { staffId, numberKey, sex, applicationId, actions, rulesOn, today } = command;
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
  return [registration, ...take(evolveStaff(state, registration) as RegisteredStaff, actions, rulesOn)];
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

/** A birth date never changes: another one means that the match was wrong, and a career would pass to a stranger. */
const takeBack = (state: RegisteredStaff, command: TakeBack): StaffEvent[] => {
  const { applicationId, details, appointment, rulesOn, today } = command;
  if (details.birthDate !== state.details.birthDate) throw new Rejected('staff.not-the-same-person');
  if (on(historyOf(state.actions).spells, appointment.effectiveOn)) throw new Rejected('staff.still-employed');
  return [
    ...correctDetails(state, { type: 'CorrectDetails', details, today }),
    ...judged(state, { takes: [appointment] }, rulesOn).map(({ action, policy }) =>
      taken(state, action, policy, applicationId),
    ),
  ];
};

const take = (state: RegisteredStaff, takes: readonly DraftAction[], rulesOn: RulesOn): StaffEvent[] =>
  judged(state, { takes }, rulesOn).map(({ action, policy }) => taken(state, action, policy));

const record = (
  state: RegisteredStaff,
  { actions, rulesOn, today }: Extract<StaffCommand, { type: 'RecordHistory' }>,
): StaffEvent[] => {
  const isPast = ({ effectiveOn }: DraftAction) => effectiveOn <= today;
  const past = recorded(state, actions.filter(isPast), rulesOn).map((action) => taken(state, action));
  const then = past.reduce(evolveStaff, state) as RegisteredStaff;
  return [
    ...past,
    ...take(
      then,
      actions.filter((action) => !isPast(action)),
      rulesOn,
    ),
  ];
};

const taken = (
  { staffId }: RegisteredStaff,
  action: PersonnelAction,
  policy: PolicyVersions = {},
  applicationId?: string,
): StaffEvent => ({
  type: 'PersonnelActionTaken',
  data: {
    staffId,
    action,
    ...(Object.keys(policy).length > 0 && { policy }),
    ...(applicationId && { applicationId }),
  },
});

/** A correction voids the action and takes another in one append; a corrected appointment keeps its employment. */
const correct = (
  state: RegisteredStaff,
  { actionId, action, rulesOn }: Extract<StaffCommand, { type: 'CorrectAction' }>,
): StaffEvent[] => {
  const wrong = counting(state, actionId);
  const right = isAppointment(wrong) ? { ...action, employmentId: wrong.employmentId } : action;
  const [{ action: corrected, policy }] = judged(state, { takes: [right], voids: [wrong] }, rulesOn);
  return [voided(state, actionId, 'correction'), taken(state, corrected, policy)];
};

type Because = Extract<StaffEvent, { type: 'PersonnelActionVoided' }>['data']['because'];

/** Voids actions, unless another rests on them: that has to be corrected or revoked first. */
const cancel = (
  state: RegisteredStaff,
  actionIds: readonly string[],
  because: Because,
  rulesOn: RulesOn,
): StaffEvent[] => {
  const voids = new Set(actionIds.map((actionId) => counting(state, actionId)));
  judged(state, { voids: [...voids] }, rulesOn);
  return [...voids].map(({ actionId }) => voided(state, actionId, because));
};

const WITHDRAWABLE: readonly PersonnelAction['reason'][] = ['resignation', 'early-retirement'];

/** A resignation may be taken back through its last day in service. */
const withdraw = (
  state: RegisteredStaff,
  { actionId, rulesOn, today }: Extract<StaffCommand, { type: 'WithdrawResignation' }>,
): StaffEvent[] => {
  const { kind, reason, effectiveOn } = counting(state, actionId);
  if (kind !== 'separate' || !WITHDRAWABLE.includes(reason)) throw new Rejected('separation.not-withdrawable');
  if (effectiveOn < today) throw new Rejected('separation.already-effective', { effectiveOn });
  return cancel(state, [actionId], 'withdrawal', rulesOn);
};

const counting = ({ actions, actionIds }: RegisteredStaff, actionId: string): PersonnelAction => {
  const found = actions.find((action) => action.actionId === actionId);
  if (!found) throw new Rejected(actionIds.has(actionId) ? 'action.voided' : 'action.unknown', { actionId });
  return found;
};

const voided = ({ staffId }: RegisteredStaff, actionId: string, because: Because): StaffEvent => ({
  type: 'PersonnelActionVoided',
  data: { staffId, actionId, because },
});

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
