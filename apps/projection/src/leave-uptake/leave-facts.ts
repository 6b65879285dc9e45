import type { Delivered } from '#libs/contracts/public-event';
import type { WellbeingEvent } from '#libs/contracts/wellbeing';
import type { Fact, FactProjection } from '#libs/projections/projection';

type Data<Type extends WellbeingEvent['type']> = Extract<WellbeingEvent, { type: Type }>['data'];

type Taken = Data<'LeaveTaken'>['entries'][number] & Readonly<{ staffId: string }>;

/** One stream of the ledger: leave of one person and leave year. */
export type LeaveLedger = Readonly<{
  lots: readonly Data<'LeaveGranted'>[];
  expiries: readonly Data<'LeaveExpired'>[];
  entries: readonly Taken[];
}>;

const NOTHING: LeaveLedger = { lots: [], expiries: [], entries: [] };

/**
 * Leave granted, expired and taken. Kept by stream, whose events come in their order; a person's leave years may come in any.
 */
export const leaveFacts: FactProjection<LeaveLedger, Delivered<WellbeingEvent>> = {
  table: 'leave_ledger',
  fields: ['lots', 'expiries', 'entries'],
  factTables: {
    leave_entry: ['staff_id', 'entry_id', 'kind', 'taken_on', 'minutes', 'day_minutes'],
    leave_lot: [
      ...['staff_id', 'lot_id', 'kind', 'leave_year', 'granted_on', 'usable_through', 'minutes', 'carried_over'],
      'day_minutes',
    ],
    leave_expiry: ['staff_id', 'lot_id', 'kind', 'minutes', 'expired_on'],
  },
  key: (event) => {
    switch (event.type) {
      case 'LeaveGranted':
      case 'LeaveGrantRevoked':
      case 'LeaveTaken':
      case 'LeaveCancelled':
      case 'LeaveExpired':
        return event.stream;
      case 'BirthNotified':
      case 'BirthNoticeVoided':
      case 'IntentInterviewHeld':
      case 'ChildcareLeaveApproved':
      case 'ChildcareLeaveCancelled':
      case 'ChildcareLeaveStarted':
      case 'ChildcareLeaveExtended':
      case 'ChildcareLeaveEnded':
      case 'PastChildcareLeaveRecorded':
      default:
        return undefined;
    }
  },
  project: (row = NOTHING, event) => {
    switch (event.type) {
      case 'LeaveGranted':
        return { ...row, lots: [...row.lots, event.data] };
      case 'LeaveGrantRevoked': {
        const others = ({ lotId }: { lotId: string }) => lotId !== event.data.lotId;
        return { ...row, lots: row.lots.filter(others), expiries: row.expiries.filter(others) };
      }
      case 'LeaveExpired':
        return { ...row, expiries: [...row.expiries, event.data] };
      case 'LeaveTaken': {
        const { staffId, entries } = event.data;
        return { ...row, entries: [...row.entries, ...entries.map((entry) => ({ ...entry, staffId }))] };
      }
      case 'LeaveCancelled': {
        const gone = new Set(event.data.entryIds);
        return { ...row, entries: row.entries.filter(({ entryId }) => !gone.has(entryId)) };
      }
      case 'BirthNotified':
      case 'BirthNoticeVoided':
      case 'IntentInterviewHeld':
      case 'ChildcareLeaveApproved':
      case 'ChildcareLeaveCancelled':
      case 'ChildcareLeaveStarted':
      case 'ChildcareLeaveExtended':
      case 'ChildcareLeaveEnded':
      case 'PastChildcareLeaveRecorded':
      default:
        return row;
    }
  },
  facts: ({ lots, expiries, entries }) => [
    ...lots.map(lotFact),
    ...expiriesByLotAndDay(expiries).map(expiryFact),
    ...entries.map(entryFact),
  ],
};

const lotFact = (lot: Data<'LeaveGranted'>): Fact => ({
  table: 'leave_lot',
  values: {
    staff_id: lot.staffId,
    lot_id: lot.lotId,
    kind: lot.kind,
    leave_year: lot.leaveYear,
    granted_on: lot.grantedOn,
    usable_through: lot.usableThrough,
    minutes: lot.minutes,
    carried_over: lot.carriedOver,
    day_minutes: lot.dayMinutes,
  },
});

/** Equal rows would be one fact: what ends of a lot on one day is one row. */
const expiriesByLotAndDay = (expiries: readonly Data<'LeaveExpired'>[]): Data<'LeaveExpired'>[] => {
  const sums = new Map<string, Data<'LeaveExpired'>>();
  for (const expiry of expiries) {
    const id = `${expiry.expiredOn} ${expiry.lotId}`;
    sums.set(id, { ...expiry, minutes: (sums.get(id)?.minutes ?? 0) + expiry.minutes });
  }
  return [...sums.values()];
};

const expiryFact = ({ staffId, lotId, kind, minutes, expiredOn }: Data<'LeaveExpired'>): Fact => ({
  table: 'leave_expiry',
  values: { staff_id: staffId, lot_id: lotId, kind, minutes, expired_on: expiredOn },
});

const entryFact = ({ staffId, entryId, kind, on, minutes, dayMinutes }: Taken): Fact => ({
  table: 'leave_entry',
  values: { staff_id: staffId, entry_id: entryId, kind, taken_on: on, minutes, day_minutes: dayMinutes },
});
