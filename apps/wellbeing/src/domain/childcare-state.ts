import type { PARENTHOODS } from '#libs/contracts/wellbeing';
import type { Aggregate } from '#libs/event-store/decider';
import type { LeavePeriod } from '#libs/law/childcare-leave';
import type { LocalDate } from '#libs/law/local-date';

export type Parenthood = (typeof PARENTHOODS)[number];

/** Days of the child's life; sealed under the parent's key. One of `bornOn` and `expectedOn` is there. */
export type ChildDates = Readonly<{
  bornOn?: LocalDate;
  expectedOn?: LocalDate;
  /** First day as the parent's child (養子縁組等), for `adopted` only. */
  adoptedOn?: LocalDate;
}>;

type OfCase = Readonly<{ staffId: string; caseId: string }>;
type OfPeriod = OfCase & Readonly<{ periodId: string }>;
type Leaving = Readonly<{ staffId: string; actionId: string; lastDay: LocalDate }>;

export type ChildcareEvent =
  | {
      type: 'BirthNotified';
      /** Fiscal year in which the parent became entitled; null while the child is only expected. */
      data: OfCase & ChildDates & { parenthood: Parenthood; eligibleFiscalYear: number | null };
    }
  | {
      type: 'BirthRecorded';
      data: OfCase & { bornOn: LocalDate; parenthood: Parenthood; eligibleFiscalYear: number };
    }
  | { type: 'BirthNoticeVoided'; data: OfCase }
  | { type: 'IntentInterviewHeld'; data: OfCase & { heldOn: LocalDate; heldBy: string; wish: string } }
  | { type: 'ChildcareLeaveRequested'; data: OfPeriod & LeavePeriod & { requestedOn: LocalDate; policy: string } }
  | { type: 'ChildcareLeaveWithdrawn'; data: OfPeriod }
  | { type: 'ChildcareLeaveApproved'; data: OfPeriod & LeavePeriod }
  /** The child came on another day than expected, and with it the days of an approved leave. */
  | { type: 'ChildcareLeaveMoved'; data: OfPeriod & LeavePeriod }
  | { type: 'ChildcareLeaveRefused'; data: OfPeriod & { because: string } }
  | { type: 'ChildcareLeaveCancelled'; data: OfPeriod }
  | { type: 'ChildcareLeaveStarted'; data: OfPeriod & LeavePeriod }
  /** Later last day; counts among the extensions. */
  | { type: 'ChildcareLeaveExtended'; data: OfPeriod & { through: LocalDate; policy: string } }
  /** Earlier last day: the return is brought forward. */
  | { type: 'ChildcareLeaveShortened'; data: OfPeriod & { through: LocalDate } }
  | { type: 'ChildcareLeaveEnded'; data: OfPeriod & { through: LocalDate } }
  /** `running`: it reaches beyond the day on which it was brought in, and ends here. */
  | { type: 'PastChildcareLeaveRecorded'; data: OfPeriod & LeavePeriod & { running: boolean } }
  /** The parent will leave the service: nothing may reach beyond the last day. */
  | { type: 'ParentLeaving'; data: Leaving }
  | { type: 'ParentStaying'; data: { staffId: string; actionId: string } }
  /** The parent has left, and what was open has ended. */
  | { type: 'ParentLeft'; data: Leaving };

export type ChildCase = OfCase &
  ChildDates &
  Readonly<{
    parenthood: Parenthood;
    eligibleFiscalYear: number | null;
    voided: boolean;
    interview?: Readonly<{ heldOn: LocalDate; wish: string }>;
  }>;

export const LEAVE_STATUSES = [
  'requested',
  'approved',
  'refused',
  'withdrawn',
  'cancelled',
  'running',
  'ended',
] as const;

export type ChildcareLeave = OfPeriod &
  LeavePeriod &
  Readonly<{ status: (typeof LEAVE_STATUSES)[number]; extensions: number; because?: string }>;

export type ChildcareState = Readonly<{
  cases: readonly ChildCase[];
  leaves: readonly ChildcareLeave[];
  leaving?: Leaving;
}>;

export const evolveChildcare = (state: ChildcareState, event: ChildcareEvent): ChildcareState => {
  switch (event.type) {
    case 'BirthNotified':
      return { ...state, cases: [...state.cases, { ...event.data, voided: false }] };
    case 'BirthRecorded': {
      const { caseId, bornOn, eligibleFiscalYear } = event.data;
      return inCase(state, caseId, { bornOn, eligibleFiscalYear });
    }
    case 'BirthNoticeVoided':
      return inCase(state, event.data.caseId, { voided: true });
    case 'IntentInterviewHeld': {
      const { caseId, heldOn, wish } = event.data;
      return inCase(state, caseId, { interview: { heldOn, wish } });
    }
    case 'ChildcareLeaveRequested': {
      const { requestedOn: _, policy: __, ...leave } = event.data;
      return withLeave(state, leave, 'requested');
    }
    case 'PastChildcareLeaveRecorded': {
      const { running, ...leave } = event.data;
      return withLeave(state, leave, running ? 'running' : 'ended');
    }
    case 'ParentLeaving':
      return { ...state, leaving: event.data };
    case 'ParentStaying':
    case 'ParentLeft':
      return { cases: state.cases, leaves: state.leaves };
    case 'ChildcareLeaveApproved':
      return inLeave(state, event.data, { status: 'approved' });
    case 'ChildcareLeaveMoved':
      return inLeave(state, event.data, { from: event.data.from, through: event.data.through });
    case 'ChildcareLeaveRefused':
      return inLeave(state, event.data, { status: 'refused', because: event.data.because });
    case 'ChildcareLeaveWithdrawn':
      return inLeave(state, event.data, { status: 'withdrawn' });
    case 'ChildcareLeaveCancelled':
      return inLeave(state, event.data, { status: 'cancelled' });
    case 'ChildcareLeaveStarted':
      return inLeave(state, event.data, { status: 'running' });
    case 'ChildcareLeaveExtended':
      return extended(inLeave(state, event.data, { through: event.data.through }), event.data);
    case 'ChildcareLeaveShortened':
      return inLeave(state, event.data, { through: event.data.through });
    case 'ChildcareLeaveEnded':
      return inLeave(state, event.data, { status: 'ended', through: event.data.through });
  }
};

const withLeave = (
  state: ChildcareState,
  leave: OfPeriod & LeavePeriod,
  status: ChildcareLeave['status'],
): ChildcareState => ({ ...state, leaves: [...state.leaves, { ...leave, status, extensions: 0 }] });

const inCase = (state: ChildcareState, caseId: string, change: Partial<ChildCase>): ChildcareState => ({
  ...state,
  cases: state.cases.map((one) => (one.caseId === caseId ? { ...one, ...change } : one)),
});

const inLeave = (
  state: ChildcareState,
  { periodId }: Pick<ChildcareLeave, 'periodId'>,
  change: Partial<ChildcareLeave>,
): ChildcareState => ({
  ...state,
  leaves: state.leaves.map((leave) => (leave.periodId === periodId ? { ...leave, ...change } : leave)),
});

const extended = (state: ChildcareState, { periodId }: Pick<ChildcareLeave, 'periodId'>): ChildcareState => ({
  ...state,
  leaves: state.leaves.map((leave) =>
    leave.periodId === periodId ? { ...leave, extensions: leave.extensions + 1 } : leave,
  ),
});

const person = ({ staffId }: { staffId: string }): string => staffId;

/** How each event of the stream is stored. No effective date where it would tell the child's birthday. */
export const childcareEvents: Aggregate<ChildcareState, never, ChildcareEvent>['events'] = {
  BirthNotified: { version: 1, personal: ['bornOn', 'expectedOn', 'adoptedOn'], person },
  BirthRecorded: { version: 1, personal: ['bornOn'], person },
  BirthNoticeVoided: { version: 1 },
  IntentInterviewHeld: { version: 1, personal: ['wish'], person, effectiveOn: ({ heldOn }) => heldOn },
  ChildcareLeaveRequested: { version: 1, effectiveOn: ({ from }) => from },
  ChildcareLeaveWithdrawn: { version: 1 },
  ChildcareLeaveApproved: { version: 1, effectiveOn: ({ from }) => from },
  ChildcareLeaveMoved: { version: 1, effectiveOn: ({ from }) => from },
  ChildcareLeaveRefused: { version: 1, personal: ['because'], person },
  ChildcareLeaveCancelled: { version: 1 },
  ChildcareLeaveStarted: { version: 1, effectiveOn: ({ from }) => from },
  ChildcareLeaveExtended: { version: 1, effectiveOn: ({ through }) => through },
  ChildcareLeaveShortened: { version: 1, effectiveOn: ({ through }) => through },
  ChildcareLeaveEnded: { version: 1, effectiveOn: ({ through }) => through },
  PastChildcareLeaveRecorded: { version: 1, effectiveOn: ({ from }) => from },
  ParentLeaving: { version: 1, effectiveOn: ({ lastDay }) => lastDay },
  ParentStaying: { version: 1 },
  ParentLeft: { version: 1, effectiveOn: ({ lastDay }) => lastDay },
};
