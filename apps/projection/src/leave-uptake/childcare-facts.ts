import type { Delivered } from '#libs/contracts/public-event';
import type { WellbeingEvent } from '#libs/contracts/wellbeing';
import { addDays, lastDayOfPeriod, type LocalDate } from '#libs/law/local-date';
import type { Fact, FactProjection } from '#libs/projections/projection';

type Data<Type extends WellbeingEvent['type']> = Extract<WellbeingEvent, { type: Type }>['data'];

export const LEAVE_STATUSES = ['approved', 'started', 'ended'] as const;

type Leave = Data<'ChildcareLeaveApproved'> & Readonly<{ status: (typeof LEAVE_STATUSES)[number] }>;
type Child = Data<'BirthNotified'> & Readonly<{ interviewedOn?: LocalDate }>;

/** One stream: children of one parent or one of them, and the leaves for them. */
export type Childcare = Readonly<{ cases: readonly Child[]; leaves: readonly Leave[] }>;

const NOTHING: Childcare = { cases: [], leaves: [] };

/** Births that entitle to childcare leave, and the leave itself; see the comments on the columns in `tables.ts`. */
export const childcareFacts: FactProjection<Childcare, Delivered<WellbeingEvent>> = {
  table: 'childcare',
  fields: ['cases', 'leaves'],
  factTables: {
    childcare_case: ['staff_id', 'case_id', 'parenthood', 'eligible_fiscal_year', 'interviewed_on'],
    childcare_leave: [...['staff_id', 'case_id', 'period_id', 'status', 'newly', 'duration', 'valid_from', 'valid_to']],
  },
  key: (event) => {
    switch (event.type) {
      case 'BirthNotified':
      case 'BirthNoticeVoided':
      case 'IntentInterviewHeld':
      case 'ChildcareLeaveApproved':
      case 'ChildcareLeaveCancelled':
      case 'ChildcareLeaveStarted':
      case 'ChildcareLeaveExtended':
      case 'ChildcareLeaveEnded':
      case 'PastChildcareLeaveRecorded':
        return event.stream;
      case 'LeaveGranted':
      case 'LeaveGrantRevoked':
      case 'LeaveTaken':
      case 'LeaveCancelled':
      case 'LeaveExpired':
      default:
        return undefined;
    }
  },
  project: (row = NOTHING, event) => {
    switch (event.type) {
      case 'BirthNotified': {
        const { caseId } = event.data;
        const before = row.cases.find((one) => one.caseId === caseId);
        const others = row.cases.filter((one) => one !== before);
        return { ...row, cases: [...others, { ...before, ...event.data }] };
      }
      case 'BirthNoticeVoided':
        return { ...row, cases: row.cases.filter(({ caseId }) => caseId !== event.data.caseId) };
      case 'IntentInterviewHeld': {
        const { caseId, heldOn: interviewedOn } = event.data;
        return { ...row, cases: row.cases.map((one) => (one.caseId === caseId ? { ...one, interviewedOn } : one)) };
      }
      case 'ChildcareLeaveApproved':
        return withLeave(row, { ...event.data, status: 'approved' });
      case 'ChildcareLeaveStarted':
        return withLeave(row, { ...event.data, status: 'started' });
      case 'PastChildcareLeaveRecorded':
        return withLeave(row, { ...event.data, status: 'ended' });
      case 'ChildcareLeaveExtended':
        return changed(row, event.data.periodId, { through: event.data.through });
      case 'ChildcareLeaveEnded':
        return changed(row, event.data.periodId, { through: event.data.through, status: 'ended' });
      case 'ChildcareLeaveCancelled':
        return { ...row, leaves: row.leaves.filter(({ periodId }) => periodId !== event.data.periodId) };
      case 'LeaveGranted':
      case 'LeaveGrantRevoked':
      case 'LeaveTaken':
      case 'LeaveCancelled':
      case 'LeaveExpired':
      default:
        return row;
    }
  },
  facts: ({ cases, leaves }) => [
    ...cases.map(caseFact),
    ...leaves.map((leave) => leaveFact(leave, isNewly(leave, leaves))),
  ],
};

const withLeave = (row: Childcare, leave: Leave): Childcare => ({
  ...row,
  leaves: [...row.leaves.filter(({ periodId }) => periodId !== leave.periodId), leave],
});

const changed = (row: Childcare, periodId: string, parts: Partial<Leave>): Childcare => ({
  ...row,
  leaves: row.leaves.map((leave) => (leave.periodId === periodId ? { ...leave, ...parts } : leave)),
});

/** The first leave for the child. */
const isNewly = ({ caseId, from, periodId }: Leave, leaves: readonly Leave[]): boolean =>
  !leaves.some(
    (other) => other.caseId === caseId && (other.from < from || (other.from === from && other.periodId < periodId)),
  );

/** Classes of the yearly survey, shortest first. Source: law.md 7, cc.duration_dist. */
export const DURATIONS = ['<1w', '1w-<2w', '2w-1m', '1m-3m', '3m-6m', '6m-9m', '9m-12m', '12m-24m', '24m+'] as const;

const UP_TO_MONTHS: readonly (readonly [months: number, duration: (typeof DURATIONS)[number]])[] = [
  [1, '2w-1m'],
  [3, '1m-3m'],
  [6, '3m-6m'],
  [9, '6m-9m'],
  [12, '9m-12m'],
  [24, '12m-24m'],
];

/** Class of a leave by its first and last day, both inclusive; months by the calendar (民法143条). */
export const durationOf = (from: LocalDate, through: LocalDate): (typeof DURATIONS)[number] => {
  if (through < addDays(from, 6)) return '<1w';
  if (through < addDays(from, 13)) return '1w-<2w';
  return UP_TO_MONTHS.find(([months]) => through <= lastDayOfPeriod(from, months))?.[1] ?? '24m+';
};

const caseFact = ({ staffId, caseId, parenthood, eligibleFiscalYear, interviewedOn }: Child): Fact => ({
  table: 'childcare_case',
  values: {
    staff_id: staffId,
    case_id: caseId,
    parenthood,
    eligible_fiscal_year: eligibleFiscalYear,
    interviewed_on: interviewedOn ?? null,
  },
});

const leaveFact = ({ staffId, caseId, periodId, status, from, through }: Leave, newly: boolean): Fact => ({
  table: 'childcare_leave',
  values: {
    staff_id: staffId,
    case_id: caseId,
    period_id: periodId,
    status,
    newly,
    duration: durationOf(from, through),
    valid_from: from,
    valid_to: addDays(through, 1),
  },
});
