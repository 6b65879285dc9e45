import type { LeaveYear } from '#libs/law/annual-leave';
import { addDays, type LocalDate } from '#libs/law/local-date';
import type { Entry, LeaveData, LeaveEvent, OfKind } from './leave-events.js';

export type Lot = Readonly<
  Pick<
    LeaveData<'LeaveGranted'>,
    'lotId' | 'kind' | 'publicKind' | 'grantedOn' | 'usableThrough' | 'minutes' | 'origin'
  >
> &
  Readonly<{ actionId?: string; expired: number }>;

export type EntryStatus = 'pending' | 'approved' | 'taken' | 'gone';
/** `cut`: by which action, and what the entry was before. */
export type LedgerEntry = Entry & Readonly<{ status: EntryStatus; cut?: Readonly<{ by: string; was: EntryStatus }> }>;

export type LeaveRequest = OfKind &
  Readonly<{
    requestId: string;
    requestedOn?: LocalDate;
    occasionOn?: LocalDate;
    reason?: string;
    entries: readonly LedgerEntry[];
    /** How it ended when nothing of it stands. */
    ended: 'refused' | 'withdrawn' | 'cancelled' | 'cut';
  }>;

/** Days in service within the year, both inclusive; open while no separation is known. */
export type Served = Readonly<{ from: LocalDate; through: LocalDate | null; opened?: string; ended?: string }>;

export type LeaveAccount = Readonly<{
  status: 'open' | 'closed';
  staffId: string;
  year: LeaveYear;
  dayMinutes: number;
  served: readonly Served[];
  lots: readonly Lot[];
  /** Lots of an appointment that was voided: what was used of them is used of the one that takes their place. */
  revoked: readonly string[];
  requests: readonly LeaveRequest[];
}>;

export type LeaveState = Readonly<{ status: 'none' }> | LeaveAccount;

export const evolveLeave = (state: LeaveState, event: LeaveEvent): LeaveState => {
  if (event.type === 'LeaveYearOpened') return opened(state, event.data);
  return state.status === 'none' ? state : evolved(state, event);
};

const opened = (state: LeaveState, data: LeaveData<'LeaveYearOpened'>): LeaveAccount => {
  const { staffId, from, through, servedFrom, dayMinutes, actionId } = data;
  const served: Served = { from: servedFrom, through: null, ...(actionId && { opened: actionId }) };
  if (state.status !== 'none') return { ...state, dayMinutes, served: [...state.served, served] };
  const empty = { lots: [], revoked: [], requests: [] };
  return { status: 'open', staffId, year: { from, through }, dayMinutes, served: [served], ...empty };
};

const evolved = (state: LeaveAccount, event: Exclude<LeaveEvent, { type: 'LeaveYearOpened' }>): LeaveAccount => {
  switch (event.type) {
    case 'LeaveGranted':
      return granted(state, lotOf(event.data));
    case 'LeaveGrantRevoked':
      return {
        ...state,
        lots: state.lots.filter(({ lotId }) => lotId !== event.data.lotId),
        revoked: [...state.revoked, event.data.lotId],
        served: state.served.filter(({ opened: by }) => by !== event.data.actionId),
      };
    case 'LeaveRequested':
      return { ...state, requests: [...state.requests, requestOf(event.data)] };
    case 'LeaveApproved':
      return settled(state, event.data.requestId, ['pending'], 'approved');
    case 'LeaveRefused':
      return settled(state, event.data.requestId, ['pending'], 'gone', 'refused');
    case 'LeaveWithdrawn':
      return settled(state, event.data.requestId, ['pending', 'approved'], 'gone', 'withdrawn');
    case 'LeaveTaken':
      return taken(state, event.data);
    case 'LeaveCancelled':
      return gone(state, event.data.entryIds, 'cancelled', event.data.actionId);
    case 'LeaveCut':
      return cut(state, event.data);
    case 'LeaveCutUndone':
      return undone(state, event.data);
    case 'LeaveExpired':
      return {
        ...state,
        lots: state.lots.map((lot) =>
          lot.lotId === event.data.lotId ? { ...lot, expired: lot.expired + event.data.minutes } : lot,
        ),
      };
    case 'LeaveYearClosed':
      return { ...state, status: 'closed' };
  }
};

/** A grant in place of one that was revoked bears what was used of that one: an appointment corrected gives nothing back. */
const granted = (state: LeaveAccount, lot: Lot): LeaveAccount => {
  const added = { ...state, lots: [...state.lots, lot] };
  if (lot.origin !== 'grant' || state.revoked.length === 0) return added;
  const moved = mapped(added, (entry) =>
    entry.uses.some(({ lotId }) => state.revoked.includes(lotId))
      ? {
          ...entry,
          uses: entry.uses.map((use) => (state.revoked.includes(use.lotId) ? { ...use, lotId: lot.lotId } : use)),
        }
      : entry,
  );
  return { ...moved, revoked: [] };
};

const lotOf = (data: LeaveData<'LeaveGranted'>): Lot => {
  const { lotId, kind, publicKind, grantedOn, usableThrough, minutes, origin, actionId } = data;
  return {
    lotId,
    kind,
    publicKind,
    grantedOn,
    usableThrough,
    minutes,
    origin,
    ...(actionId && { actionId }),
    expired: 0,
  };
};

const requestOf = (data: LeaveData<'LeaveRequested'>): LeaveRequest => {
  const { requestId, kind, publicKind, requestedOn, occasionOn, reason, entries } = data;
  return {
    requestId,
    kind,
    publicKind,
    requestedOn,
    ...(occasionOn !== undefined && { occasionOn }),
    ...(reason !== undefined && { reason }),
    entries: entries.map((entry) => ({ ...entry, status: 'pending' })),
    ended: 'cut',
  };
};

const mapped = (
  state: LeaveAccount,
  change: (entry: LedgerEntry, request: LeaveRequest) => LedgerEntry,
  ended?: LeaveRequest['ended'],
): LeaveAccount => ({
  ...state,
  requests: state.requests.map((request) => {
    const entries = request.entries.map((entry) => change(entry, request));
    const changed = entries.some((entry, index) => entry !== request.entries[index]);
    return changed ? { ...request, entries, ...(ended && { ended }) } : request;
  }),
});

const settled = (
  state: LeaveAccount,
  requestId: string,
  from: readonly EntryStatus[],
  status: EntryStatus,
  ended?: LeaveRequest['ended'],
): LeaveAccount =>
  mapped(
    state,
    (entry, request) => (request.requestId === requestId && from.includes(entry.status) ? { ...entry, status } : entry),
    ended,
  );

const taken = (state: LeaveAccount, { requestId, entries }: LeaveData<'LeaveTaken'>): LeaveAccount => {
  if (requestId === undefined) {
    const past = entries.map(({ kind, publicKind, ...entry }): LeaveRequest => {
      return {
        requestId: entry.entryId,
        kind,
        publicKind,
        entries: [{ ...entry, status: 'taken' }],
        ended: 'cancelled',
      };
    });
    return { ...state, requests: [...state.requests, ...past] };
  }
  const ids = new Set(entries.map(({ entryId }) => entryId));
  return mapped(state, (entry) => (ids.has(entry.entryId) ? { ...entry, status: 'taken' } : entry));
};

const gone = (
  state: LeaveAccount,
  entryIds: readonly string[],
  ended: LeaveRequest['ended'],
  cutBy?: string,
): LeaveAccount =>
  mapped(
    state,
    (entry) =>
      entryIds.includes(entry.entryId)
        ? { ...entry, status: 'gone', ...(cutBy !== undefined && { cut: { by: cutBy, was: entry.status } }) }
        : entry,
    ended,
  );

const cut = (state: LeaveAccount, { actionId, because, from, entryIds }: LeaveData<'LeaveCut'>): LeaveAccount => {
  const left = gone(state, entryIds, 'cut', actionId);
  if (because === 'absence') return left;
  const served = left.served.map((span, index) =>
    span.through === null && (index === 0 || span.from < from)
      ? { ...span, through: addDays(from, -1), ended: actionId }
      : span,
  );
  return { ...left, served };
};

const undone = (state: LeaveAccount, { actionId, entryIds }: LeaveData<'LeaveCutUndone'>): LeaveAccount => {
  const restored = mapped(state, (entry) => {
    const { cut: by, ...kept } = entry;
    if (by?.by !== actionId) return entry;
    // What had been taken is taken anew, by its timer.
    return entryIds.includes(entry.entryId) ? { ...kept, status: by.was === 'pending' ? 'pending' : 'approved' } : kept;
  });
  const served = restored.served.map(({ ended, ...span }) =>
    ended === actionId ? { ...span, through: null } : { ...span, ...(ended && { ended }) },
  );
  return { ...restored, served };
};
