import { Rejected, type Aggregate } from '#libs/event-store/decider';
import {
  exceedsTimes,
  lastPossibleDay,
  latestRequestDay,
  mayTake,
  type ChildcareLeaveParams,
  type LeavePeriod,
} from '#libs/law/childcare-leave';
import { minDate, type LocalDate } from '#libs/law/local-date';
import {
  birthday,
  caseOf,
  childOf,
  counts,
  idsOf,
  interview,
  isBorn,
  notified,
  notifiedToday,
  recordBirth,
  sameChild,
  voidNotice,
  type BirthCommand,
  type Notice,
} from './childcare-births.js';
import {
  childcareEvents,
  evolveChildcare,
  type ChildcareEvent,
  type ChildcareLeave,
  type ChildcareState,
} from './childcare-state.js';

/** The pack's rules with their version, which the event records. */
export type ChildcareRules = ChildcareLeaveParams & Readonly<{ version: string }>;

/** Somebody of HR decides, never on his own leave; the staff id of the account, where it has one. */
type Decision = Readonly<{ periodId: string; decidedBy?: string }>;

export type ChildcareCommand =
  | BirthCommand
  | (LeavePeriod & {
      type: 'RequestLeave';
      caseId: string;
      periodId: string;
      today: LocalDate;
      /** By the directory, on the first and the last day. */
      inService: boolean;
      rules: ChildcareRules;
    })
  | ({ type: 'ApproveLeave'; rules: ChildcareRules } & Decision)
  | ({ type: 'RefuseLeave'; because: string } & Decision)
  /** What was approved is taken back by HR, at the parent's request; a colleague's decision like the approval. */
  | { type: 'CancelLeave'; periodId: string; byColleague: boolean }
  | ({ type: 'ExtendLeave'; through: LocalDate; inService: boolean; rules: ChildcareRules } & Decision)
  /** The last day of leave is earlier than it was granted for. */
  | ({ type: 'BringReturnForward'; through: LocalDate } & Decision)
  | { type: 'StartLeave'; periodId: string; today: LocalDate }
  | { type: 'EndLeave'; periodId: string; today: LocalDate }
  | { type: 'NoteSeparation'; staffId: string; actionId: string; lastDay: LocalDate }
  | { type: 'ForgetSeparation'; actionId: string }
  | { type: 'CloseAtSeparation'; today: LocalDate }
  /** A case of former years with its leaves: held to the child's dates and to each other, not to today's rules. */
  | ({
      type: 'RecordPastCase';
      leaves: readonly (LeavePeriod & Readonly<{ periodId: string }>)[];
      rules: ChildcareRules;
    } & Notice);

const decide = (command: ChildcareCommand, state: ChildcareState): ChildcareEvent[] => {
  switch (command.type) {
    case 'NotifyBirth':
      return [notifiedToday(state, command)];
    case 'RecordBirth':
      return recordBirth(state, command);
    case 'VoidBirthNotice':
      return voidNotice(state, command.caseId);
    case 'HoldIntentInterview':
      return interview(state, command);
    case 'RequestLeave':
      return request(state, command);
    case 'ApproveLeave':
      return approve(state, command);
    case 'RefuseLeave': {
      const leave = toDecide(state, command, ['requested']);
      return [{ type: 'ChildcareLeaveRefused', data: { ...idsOf(leave), because: command.because } }];
    }
    case 'CancelLeave':
      return cancel(state, command);
    case 'ExtendLeave':
      return extend(state, command);
    case 'BringReturnForward':
      return bringForward(state, command);
    case 'StartLeave':
      return start(state, command);
    case 'EndLeave':
      return end(state, command);
    case 'NoteSeparation':
      return noteSeparation(state, command);
    case 'ForgetSeparation':
      if (state.leaving?.actionId !== command.actionId) return [];
      return [{ type: 'ParentStaying', data: { staffId: state.leaving.staffId, actionId: command.actionId } }];
    case 'CloseAtSeparation':
      return closeAtSeparation(state, command.today);
    case 'RecordPastCase':
      return recordPast(state, command);
  }
};

const request = (
  state: ChildcareState,
  command: Extract<ChildcareCommand, { type: 'RequestLeave' }>,
): ChildcareEvent[] => {
  const { caseId, periodId, from, through, today, rules } = command;
  const child = caseOf(state.cases, caseId);
  const earlier = state.leaves.filter((leave) => leave.caseId === caseId && counts(leave));
  const fault = mayTake(earlier, { from, through }, childOf(child), rules);
  if (fault) throw new Rejected(fault, { times: rules.times, timesInFirstDays: rules.timesInFirstDays });
  if (!command.inService) throw new Rejected('childcare.not-in-service');
  requireStaying(state, through);
  requireFree(state.leaves, { from, through });
  const latest = latestRequestDay({ from, through }, birthday(child), rules);
  if (today > latest) throw new Rejected('childcare.too-late', { latest });
  const period = { staffId: child.staffId, caseId, periodId, from, through };
  return [{ type: 'ChildcareLeaveRequested', data: { ...period, requestedOn: today, policy: rules.version } }];
};

const approve = (
  state: ChildcareState,
  command: Extract<ChildcareCommand, { type: 'ApproveLeave' }>,
): ChildcareEvent[] => {
  const leave = toDecide(state, command, ['requested']);
  // The child may have been born since, on another day than expected.
  const fault = mayTake([], leave, childOf(caseOf(state.cases, leave.caseId)), command.rules);
  if (fault) throw new Rejected(fault);
  requireStaying(state, leave.through);
  return [{ type: 'ChildcareLeaveApproved', data: { ...idsOf(leave), from: leave.from, through: leave.through } }];
};

const cancel = (
  state: ChildcareState,
  { periodId, byColleague }: Extract<ChildcareCommand, { type: 'CancelLeave' }>,
): ChildcareEvent[] => {
  const leave = leaveOf(state, periodId);
  if (leave.status === 'requested') return [{ type: 'ChildcareLeaveWithdrawn', data: idsOf(leave) }];
  if (leave.status !== 'approved') throw new Rejected('childcare.not-cancellable', { status: leave.status });
  if (!byColleague) throw new Rejected('childcare.approved-already');
  return [{ type: 'ChildcareLeaveCancelled', data: idsOf(leave) }];
};

const extend = (
  state: ChildcareState,
  command: Extract<ChildcareCommand, { type: 'ExtendLeave' }>,
): ChildcareEvent[] => {
  const leave = toDecide(state, command, ['approved', 'running']);
  const { through, rules, inService } = command;
  if (through <= leave.through) throw new Rejected('childcare.not-later', { through: leave.through });
  if (leave.extensions >= rules.extensions)
    throw new Rejected('childcare.extensions-exceeded', { extensions: rules.extensions });
  const bornOn = birthday(caseOf(state.cases, leave.caseId));
  if (through > lastPossibleDay(bornOn, rules)) throw new Rejected('childcare.beyond-age');
  // One of the first days that goes on behind them counts like any other.
  const others = state.leaves.filter((other) => other !== leave && other.caseId === leave.caseId && counts(other));
  if (exceedsTimes([...others, { from: leave.from, through }], bornOn, rules))
    throw new Rejected('childcare.times-exceeded', { times: rules.times, timesInFirstDays: rules.timesInFirstDays });
  if (!inService) throw new Rejected('childcare.not-in-service');
  requireStaying(state, through);
  requireFree(
    state.leaves.filter((other) => other !== leave),
    { from: leave.from, through },
  );
  return [{ type: 'ChildcareLeaveExtended', data: { ...idsOf(leave), through, policy: rules.version } }];
};

const bringForward = (
  state: ChildcareState,
  command: Extract<ChildcareCommand, { type: 'BringReturnForward' }>,
): ChildcareEvent[] => {
  const leave = toDecide(state, command, ['approved', 'running']);
  if (leave.status === 'approved') throw new Rejected('childcare.not-begun', { from: leave.from });
  const { through } = command;
  if (through < leave.from) throw new Rejected('childcare.ends-before-it-begins');
  if (through >= leave.through) throw new Rejected('childcare.not-earlier', { through: leave.through });
  return [{ type: 'ChildcareLeaveShortened', data: { ...idsOf(leave), through } }];
};

/**
 * Timers may fire late or twice, and the leave may have moved meanwhile: then there is nothing to do. Nobody is on leave
 * for a child that is not born.
 */
const start = (
  state: ChildcareState,
  { periodId, today }: { periodId: string; today: LocalDate },
): ChildcareEvent[] => {
  const leave = state.leaves.find((one) => one.periodId === periodId);
  if (leave?.status !== 'approved' || leave.from > today || !isBorn(state, leave)) return [];
  if (state.leaving && state.leaving.lastDay < leave.from) return [];
  return [{ type: 'ChildcareLeaveStarted', data: { ...idsOf(leave), from: leave.from, through: leave.through } }];
};

const end = (state: ChildcareState, { periodId, today }: { periodId: string; today: LocalDate }): ChildcareEvent[] => {
  const leave = state.leaves.find((one) => one.periodId === periodId);
  if (leave?.status !== 'running' || leave.through >= today) return [];
  return [{ type: 'ChildcareLeaveEnded', data: { ...idsOf(leave), through: leave.through } }];
};

/** Nothing to note for somebody without a child; a corrected separation comes as a new action. */
const noteSeparation = (
  { cases, leaving }: ChildcareState,
  { staffId, actionId, lastDay }: { staffId: string; actionId: string; lastDay: LocalDate },
): ChildcareEvent[] => {
  if (cases.length === 0 || leaving?.actionId === actionId) return [];
  return [{ type: 'ParentLeaving', data: { staffId, actionId, lastDay } }];
};

const closeAtSeparation = (state: ChildcareState, today: LocalDate): ChildcareEvent[] => {
  const { leaving, leaves } = state;
  if (!leaving || leaving.lastDay >= today) return [];
  return [
    ...leaves.flatMap((leave) => closed(leave, leaving.lastDay, isBorn(state, leave))),
    { type: 'ParentLeft', data: leaving },
  ];
};

const closed = (leave: ChildcareLeave, lastDay: LocalDate, begun: boolean): ChildcareEvent[] => {
  const [ids, through] = [idsOf(leave), minDate(leave.through, lastDay)];
  if (leave.status === 'requested') return [{ type: 'ChildcareLeaveWithdrawn', data: ids }];
  if (leave.status === 'approved' && (leave.from > lastDay || !begun))
    return [{ type: 'ChildcareLeaveCancelled', data: ids }];
  if (leave.status === 'approved') {
    return [
      { type: 'ChildcareLeaveStarted', data: { ...ids, from: leave.from, through } },
      { type: 'ChildcareLeaveEnded', data: { ...ids, through } },
    ];
  }
  return leave.status === 'running' ? [{ type: 'ChildcareLeaveEnded', data: { ...ids, through } }] : [];
};

const recordPast = (
  state: ChildcareState,
  command: Extract<ChildcareCommand, { type: 'RecordPastCase' }>,
): ChildcareEvent[] => {
  const { staffId, child, today, rules, leaves } = command;
  const known = state.cases.find((one) => !one.voided && sameChild(one, child));
  const notice = known && leaves.length > 0 ? [] : [notified(state, command)];
  const caseId = known?.caseId ?? command.caseId;
  let taken: readonly LeavePeriod[] = state.leaves.filter(counts);
  const recorded = leaves.map(({ periodId, from, through }): ChildcareEvent => {
    const first = child.adoptedOn ?? child.bornOn ?? from;
    const fault =
      (through < from && 'childcare.ends-before-it-begins') ||
      (from < first && 'childcare.before-birth') ||
      (through > lastPossibleDay(child.bornOn ?? from, rules) && 'childcare.beyond-age') ||
      (from > today && 'childcare.not-past') ||
      (taken.some((other) => overlaps(other, { from, through })) && 'childcare.overlaps');
    if (fault) throw new Rejected(fault, { periodId });
    taken = [...taken, { from, through }];
    const data = { staffId, caseId, periodId, from, through, running: through >= today };
    return { type: 'PastChildcareLeaveRecorded', data };
  });
  return [...notice, ...recorded];
};

const leaveOf = ({ leaves }: ChildcareState, periodId: string): ChildcareLeave => {
  const found = leaves.find((leave) => leave.periodId === periodId);
  if (!found) throw new Rejected('childcare-leave.not-found');
  return found;
};

const toDecide = (
  state: ChildcareState,
  { periodId, decidedBy }: Decision,
  statuses: readonly ChildcareLeave['status'][],
): ChildcareLeave => {
  const leave = leaveOf(state, periodId);
  if (decidedBy === leave.staffId) throw new Rejected('childcare.own-request');
  if (statuses.includes(leave.status)) return leave;
  throw new Rejected(statuses.includes('requested') ? 'childcare.not-pending' : 'childcare.not-open', {
    status: leave.status,
  });
};

const requireStaying = ({ leaving }: ChildcareState, through: LocalDate): void => {
  if (leaving && through > leaving.lastDay) throw new Rejected('childcare.after-separation');
};

const overlaps = (one: LeavePeriod, other: LeavePeriod): boolean =>
  one.from <= other.through && other.from <= one.through;

/** One person cannot be on leave twice at once, for whichever child. */
const requireFree = (leaves: readonly ChildcareLeave[], proposed: LeavePeriod): void => {
  const other = leaves.find((leave) => counts(leave) && overlaps(leave, proposed));
  if (other) throw new Rejected('childcare.overlaps', { from: other.from, through: other.through });
};

/**
 * The children of one member of staff and the childcare leave for them, stream `childcare/<staffId>`: overlap across
 * children is decided in one append (docs/adr/0015).
 */
export const childcare: Aggregate<ChildcareState, ChildcareCommand, ChildcareEvent> = {
  category: 'childcare',
  initial: { cases: [], leaves: [] },
  decide,
  evolve: evolveChildcare,
  events: childcareEvents,
};
