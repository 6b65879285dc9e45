import type { PUBLIC_LEAVE_KINDS } from '#libs/contracts/wellbeing';
import type { EventType } from '#libs/event-store/decider';
import type { LocalDate } from '#libs/law/local-date';

export type PublicKind = (typeof PUBLIC_LEAVE_KINDS)[number];

/** Minutes of a lot that an entry takes. */
export type Use = Readonly<{ lotId: string; minutes: number }>;

/** Leave on one day, in the working minutes of that day as they were when it was asked for. */
export type Entry = Readonly<{
  entryId: string;
  on: LocalDate;
  /** Minutes since midnight, half open; between them may lie the break. */
  from: number;
  to: number;
  minutes: number;
  /** Working minutes of a full day of this person on that day. */
  dayMinutes: number;
  /** Only of kinds that are taken from lots. */
  uses: readonly Use[];
}>;

/** What an entry is of. */
export type OfKind = Readonly<{ kind: string; publicKind: PublicKind }>;

/** Version (`effectiveFrom`) of each policy of the pack that decided. */
export type PolicyVersions = Readonly<Partial<Record<'annualLeave' | 'leave' | 'calendar' | 'workingTime', string>>>;

/** Why a lot is there: the year's grant, what was left of the year before, or by hand of HR. */
export type Origin = 'grant' | 'carry-over' | 'hand';

export type LeaveEvent =
  | {
      type: 'LeaveYearOpened';
      data: {
        staffId: string;
        from: LocalDate;
        through: LocalDate;
        /** First day in service within the year. */
        servedFrom: LocalDate;
        dayMinutes: number;
        /** The appointment that opened it, when it was not the turn of the year. */
        actionId?: string;
        policy?: PolicyVersions;
      };
    }
  | {
      type: 'LeaveGranted';
      data: OfKind & {
        staffId: string;
        lotId: string;
        leaveYear: LocalDate;
        /** First day on which it can be used. */
        grantedOn: LocalDate;
        /** Last day on which it can be used. */
        usableThrough: LocalDate;
        minutes: number;
        origin: Origin;
        dayMinutes: number;
        actionId?: string;
        policy?: PolicyVersions;
        reason?: string;
      };
    }
  | { type: 'LeaveGrantRevoked'; data: { staffId: string; lotId: string; actionId: string } }
  | {
      type: 'LeaveRequested';
      data: OfKind & {
        staffId: string;
        requestId: string;
        requestedOn: LocalDate;
        entries: readonly Entry[];
        policy: PolicyVersions;
        /** Day of what the leave is for (marriage, birth, death …), which tells one occasion from another. */
        occasionOn?: LocalDate;
        reason?: string;
      };
    }
  | { type: 'LeaveApproved'; data: { staffId: string; requestId: string; approvedOn: LocalDate; approver: string } }
  | { type: 'LeaveRefused'; data: { staffId: string; requestId: string; refusedOn: LocalDate; because: string } }
  | { type: 'LeaveWithdrawn'; data: { staffId: string; requestId: string; withdrawnOn: LocalDate } }
  | {
      type: 'LeaveTaken';
      /** Without `requestId` it comes from a ledger of former years, each entry standing for itself. */
      data: { staffId: string; requestId?: string; entries: readonly (Entry & OfKind)[] };
    }
  | {
      type: 'LeaveCancelled';
      /** `actionId`: the separation or absence that made it void. */
      data: { staffId: string; requestId: string; entryIds: readonly string[]; actionId?: string; because?: string };
    }
  | {
      type: 'LeaveCut';
      data: {
        staffId: string;
        actionId: string;
        because: 'separation' | 'absence';
        /** First day that is cut. */
        from: LocalDate;
        entryIds: readonly string[];
      };
    }
  | { type: 'LeaveCutUndone'; data: { staffId: string; actionId: string; entryIds: readonly string[] } }
  | {
      type: 'LeaveExpired';
      data: { staffId: string; lotId: string; kind: PublicKind; minutes: number; expiredOn: LocalDate };
    }
  | {
      type: 'LeaveYearClosed';
      data: { staffId: string; through: LocalDate; carriedOver: number; policy?: PolicyVersions };
    };

export type LeaveData<Type extends LeaveEvent['type']> = Extract<LeaveEvent, { type: Type }>['data'];

const person = ({ staffId }: { staffId: string }): string => staffId;

export const leaveEvents: { readonly [Type in LeaveEvent['type']]: EventType<LeaveData<Type>> } = {
  LeaveYearOpened: { version: 1, effectiveOn: ({ servedFrom }) => servedFrom },
  LeaveGranted: { version: 1, effectiveOn: ({ grantedOn }) => grantedOn, personal: ['reason'], person },
  LeaveGrantRevoked: { version: 1 },
  LeaveRequested: { version: 1, personal: ['occasionOn', 'reason'], person },
  LeaveApproved: { version: 1, effectiveOn: ({ approvedOn }) => approvedOn },
  LeaveRefused: { version: 1, effectiveOn: ({ refusedOn }) => refusedOn, personal: ['because'], person },
  LeaveWithdrawn: { version: 1, effectiveOn: ({ withdrawnOn }) => withdrawnOn },
  LeaveTaken: { version: 1, effectiveOn: ({ entries }) => entries[entries.length - 1].on },
  LeaveCancelled: { version: 1, personal: ['because'], person },
  LeaveCut: { version: 1, effectiveOn: ({ from }) => from },
  LeaveCutUndone: { version: 1 },
  LeaveExpired: { version: 1, effectiveOn: ({ expiredOn }) => expiredOn },
  LeaveYearClosed: { version: 1, effectiveOn: ({ through }) => through },
};
