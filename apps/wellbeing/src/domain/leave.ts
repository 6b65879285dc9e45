import { Rejected, type Aggregate } from '#libs/event-store/decider';
import type { LocalDate } from '#libs/law/local-date';
import { balances, counts, countingEntries, type Unspent } from './leave-balance.js';
import {
  entriesOf,
  requireNoChildcare,
  type Ask,
  type ChildcareDays,
  type LeaveRules,
  type Service,
} from './leave-days.js';
import { withinLimits, type OtherYears } from './leave-limits.js';
import { leaveEvents, type Entry, type LeaveEvent } from './leave-events.js';
import { evolveLeave, type LeaveAccount, type LeaveRequest, type LeaveState, type LedgerEntry } from './leave-state.js';
import { decideYear, type LeaveYearCommand } from './leave-year.js';

export type RequestLeave = {
  type: 'RequestLeave';
  requestId: string;
  ask: Ask;
  rules: LeaveRules;
  service: readonly Service[];
  childcareDays: ChildcareDays;
  /** ISO 5218, as placement has it. */
  sex?: '1' | '2' | '0' | '9';
  otherYears: OtherYears;
  today: LocalDate;
};

export type LeaveCommand =
  | RequestLeave
  /** `approver`: the staff id of whoever decides, or the subject of an account that belongs to nobody on the staff. */
  | {
      type: 'ApproveLeave';
      requestId: string;
      approver: string;
      entitled: boolean;
      childcareDays: ChildcareDays;
      today: LocalDate;
    }
  | { type: 'RefuseLeave'; requestId: string; approver: string; entitled: boolean; because: string; today: LocalDate }
  | { type: 'WithdrawLeave'; requestId: string; by: 'applicant' | 'hr'; today: LocalDate }
  | { type: 'CancelLeave'; requestId: string; because: string }
  | { type: 'TakeLeave'; requestId: string; today: LocalDate }
  | { type: 'CutLeave'; actionId: string; because: 'separation' | 'absence'; from: LocalDate; through?: LocalDate }
  | { type: 'UndoCut'; actionId: string }
  | LeaveYearCommand;

const decide = (command: LeaveCommand, state: LeaveState): readonly LeaveEvent[] => {
  switch (command.type) {
    case 'RequestLeave':
      return request(command, accountFor(command.ask, state));
    case 'ApproveLeave':
      return approve(command, known(state));
    case 'RefuseLeave':
      return refuse(command, known(state));
    case 'WithdrawLeave':
      return withdraw(command, known(state));
    case 'CancelLeave':
      return cancel(command, known(state));
    case 'TakeLeave':
      return state.status === 'none' ? [] : take(state, find(state, command.requestId), command.today);
    case 'CutLeave':
      return state.status === 'open' ? cut(command, state) : [];
    case 'UndoCut':
      return state.status === 'open' ? undo(command, state) : [];
    case 'OpenLeaveYear':
    case 'RevokeOpening':
    case 'GrantLeave':
    case 'ReturnToYear':
    case 'CloseLeaveYear':
    case 'RecordLeaveYear':
      return decideYear(command, state);
  }
};

const known = (state: LeaveState): LeaveAccount => {
  if (state.status === 'none') throw new Rejected('leave-request.not-found');
  return state;
};

const accountFor = ({ from }: Ask, state: LeaveState): LeaveAccount => {
  if (state.status === 'none') throw new Rejected('leave.before-grant', { on: from });
  return state;
};

const find = ({ requests }: LeaveAccount, requestId: string): LeaveRequest => {
  const found = requests.find((one) => one.requestId === requestId);
  if (!found) throw new Rejected('leave-request.not-found');
  return found;
};

/** Everything that decides whether somebody may be away is decided here, against all that the year's stream holds. */
const request = (command: RequestLeave, account: LeaveAccount): LeaveEvent[] => {
  const { requestId, ask, rules, service, childcareDays, sex, otherYears, today } = command;
  const { kind, policy } = rules;
  if (ask.from < account.year.from || ask.through > account.year.through)
    throw new Rejected('leave.crosses-year', { through: account.year.through });
  if (account.status === 'closed' && kind.limit.per === 'lots') throw new Rejected('leave.period-closed');
  if (kind.sex && (sex === '1' || sex === '2') && sex !== kind.sex) throw new Rejected('leave.not-entitled');
  const asked = entriesOf(requestId, ask, rules, service);
  requireServed(account, asked);
  requireNoChildcare(childcareDays, asked);
  requireFree(account, asked);
  const entries = withinLimits(account, ask, asked, rules, otherYears);
  return [
    {
      type: 'LeaveRequested',
      data: {
        staffId: account.staffId,
        requestId,
        kind: kind.code,
        publicKind: kind.publicKind,
        requestedOn: today,
        entries,
        policy,
        ...(ask.occasionOn !== undefined && { occasionOn: ask.occasionOn }),
        ...(ask.reason !== undefined && { reason: ask.reason }),
      },
    },
  ];
};

/** A separation that the directory read a moment ago did not know yet has cut the account: the stream has the last word. */
const requireServed = ({ served }: LeaveAccount, asked: readonly Unspent[]): void => {
  for (const { on } of asked) {
    if (served.some(({ from, through }) => from <= on && (through === null || on <= through))) continue;
    const left = served.some(({ through }) => through !== null && through < on);
    throw new Rejected(left ? 'leave.after-separation' : 'leave.before-grant', { on });
  }
};

const requireFree = (account: LeaveAccount, asked: readonly Unspent[]): void => {
  const there = countingEntries(account);
  const overlapping = asked.find((entry) => there.some((other) => overlap(entry, other)));
  if (overlapping) throw new Rejected('leave.overlaps', { on: overlapping.on });
};

const overlap = (a: Unspent, b: Unspent): boolean => a.on === b.on && a.from < b.to && b.from < a.to;

const pendingOf = (account: LeaveAccount, requestId: string): readonly LedgerEntry[] => {
  const pending = find(account, requestId).entries.filter(({ status }) => status === 'pending');
  if (pending.length === 0) throw new Rejected('leave.not-pending');
  return pending;
};

const requireEntitled = (
  { staffId }: LeaveAccount,
  { approver, entitled }: { approver: string; entitled: boolean },
) => {
  if (approver === staffId) throw new Rejected('leave.own-request');
  if (!entitled) throw new Rejected('leave.not-approver');
};

type Approve = Extract<LeaveCommand, { type: 'ApproveLeave' }>;

/** Leave whose days have passed is taken the moment it is approved. What was granted before a childcare leave, its start cuts. */
const approve = (command: Approve, account: LeaveAccount): LeaveEvent[] => {
  const { requestId, approver, childcareDays, today } = command;
  const pending = pendingOf(account, requestId);
  requireEntitled(account, command);
  requireNoChildcare(childcareDays, pending);
  const { staffId } = account;
  const approved: LeaveEvent = { type: 'LeaveApproved', data: { staffId, requestId, approvedOn: today, approver } };
  const after = evolveLeave(account, approved) as LeaveAccount;
  return [approved, ...(lastOf(pending) < today ? take(after, find(after, requestId), today) : [])];
};

const lastOf = (entries: readonly Entry[]): LocalDate => entries.map(({ on }) => on).reduce((a, b) => (a > b ? a : b));

const refuse = (command: Extract<LeaveCommand, { type: 'RefuseLeave' }>, account: LeaveAccount): LeaveEvent[] => {
  const { requestId, because, today } = command;
  pendingOf(account, requestId);
  requireEntitled(account, command);
  return [{ type: 'LeaveRefused', data: { staffId: account.staffId, requestId, refusedOn: today, because } }];
};

/** The applicant may take leave back until it begins; what has begun, HR withdraws, and what was taken, HR cancels. */
const withdraw = (command: Extract<LeaveCommand, { type: 'WithdrawLeave' }>, account: LeaveAccount): LeaveEvent[] => {
  const { requestId, by, today } = command;
  const standing = find(account, requestId).entries.filter(counts);
  if (standing.length === 0) throw new Rejected('leave.not-standing');
  if (standing.some(({ status }) => status === 'taken')) throw new Rejected('leave.already-taken');
  const begun = standing.some(({ status, on }) => status === 'approved' && on <= today);
  if (begun && by === 'applicant') throw new Rejected('leave.already-begun');
  return [{ type: 'LeaveWithdrawn', data: { staffId: account.staffId, requestId, withdrawnOn: today } }];
};

const cancel = (command: Extract<LeaveCommand, { type: 'CancelLeave' }>, account: LeaveAccount): LeaveEvent[] => {
  const { requestId, because } = command;
  const taken = find(account, requestId).entries.filter(({ status }) => status === 'taken');
  if (taken.length === 0) throw new Rejected('leave.not-taken');
  if (account.status === 'closed') throw new Rejected('leave.period-closed');
  const entryIds = taken.map(({ entryId }) => entryId);
  return [{ type: 'LeaveCancelled', data: { staffId: account.staffId, requestId, entryIds, because } }];
};

/** Nothing while a day of it is still to come, or when it was withdrawn, cut or taken meanwhile: timers fire late or twice. */
const take = ({ staffId }: LeaveAccount, { requestId, kind, publicKind, entries }: LeaveRequest, today: LocalDate) => {
  const due = entries.filter(({ status }) => status === 'approved');
  if (due.length === 0 || lastOf(due) >= today) return [];
  const taken = due.map((entry) => ({ ...bare(entry), kind, publicKind }));
  return [{ type: 'LeaveTaken', data: { staffId, requestId, entries: taken } } satisfies LeaveEvent];
};

const bare = ({ entryId, on, from, to, minutes, dayMinutes, uses }: LedgerEntry): Entry => {
  return { entryId, on, from, to, minutes, dayMinutes, uses };
};

type Cut = Extract<LeaveCommand, { type: 'CutLeave' }>;

/** What lies on the days somebody is gone is cut; what had been taken there was not leave and is cancelled. */
const cut = ({ actionId, because, from, through }: Cut, account: LeaveAccount): LeaveEvent[] => {
  const { staffId, served, requests } = account;
  if (served.some(({ ended }) => ended === actionId)) return [];
  const touched = requests.map(({ requestId, entries }) => ({
    requestId,
    entries: entries.filter((e) => counts(e) && e.on >= from && (through === undefined || e.on <= through)),
  }));
  const ids = (entries: readonly LedgerEntry[], taken: boolean) =>
    entries.filter(({ status }) => (status === 'taken') === taken).map(({ entryId }) => entryId);
  const entryIds = touched.flatMap(({ entries }) => ids(entries, false));
  const cancelled = touched.flatMap(({ requestId, entries }): LeaveEvent[] => {
    const gone = ids(entries, true);
    return gone.length > 0 ? [{ type: 'LeaveCancelled', data: { staffId, requestId, entryIds: gone, actionId } }] : [];
  });
  if (because === 'absence' && entryIds.length + cancelled.length === 0) return [];
  return [{ type: 'LeaveCut', data: { staffId, actionId, because, from, entryIds } }, ...cancelled];
};

/** What was cut stands again, as far as neither its minutes nor its hours were asked for otherwise meanwhile. */
const undo = ({ actionId }: Extract<LeaveCommand, { type: 'UndoCut' }>, account: LeaveAccount): LeaveEvent[] => {
  const { staffId, served, requests } = account;
  const gone = requests.flatMap(({ entries }) => entries.filter((entry) => entry.cut?.by === actionId));
  if (gone.length === 0 && !served.some(({ ended }) => ended === actionId)) return [];
  const there = countingEntries(account);
  const entryIds: string[] = [];
  let left = balances(account);
  for (const entry of gone) {
    const { entryId, uses } = entry;
    if (there.some((other) => overlap(entry, other))) continue;
    if (uses.some(({ lotId, minutes }) => minutes > (left.find((lot) => lot.lotId === lotId)?.left ?? 0))) continue;
    left = left.map((lot) => ({
      ...lot,
      left: lot.left - (uses.find(({ lotId }) => lotId === lot.lotId)?.minutes ?? 0),
    }));
    entryIds.push(entryId);
  }
  return [{ type: 'LeaveCutUndone', data: { staffId, actionId, entryIds } }];
};

/** All leave of a person in one leave year, stream `leave/<staffId>:<first day of the leave year>`. */
export const leave: Aggregate<LeaveState, LeaveCommand, LeaveEvent> = {
  category: 'leave',
  initial: { status: 'none' },
  decide,
  evolve: evolveLeave,
  events: leaveEvents,
};

/** Stream of a person's leave year. */
export const leaveStream = (staffId: string, year: LocalDate): string => `${staffId}:${year}`;

/** How a request stands as a whole. */
export const statusOf = ({
  entries,
  ended,
}: LeaveRequest): 'pending' | 'approved' | 'taken' | LeaveRequest['ended'] => {
  const has = (status: LedgerEntry['status']) => entries.some((entry) => entry.status === status);
  if (has('pending')) return 'pending';
  if (has('approved')) return 'approved';
  return has('taken') ? 'taken' : ended;
};
