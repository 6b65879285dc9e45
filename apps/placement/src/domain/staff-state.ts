import type { PersonnelAction } from '#libs/contracts/placement';
import type { Aggregate } from '#libs/event-store/decider';

/** Personal data of the staff master; sealed under the person's key, `erased` after erasure. */
export type StaffDetails = Readonly<{
  /** 職員番号; may be given later to somebody hired through recruitment. */
  staffNumber?: string;
  familyName: string;
  givenName: string;
  familyNameKana: string;
  givenNameKana: string;
  /** `YYYY-MM-DD` */
  birthDate: string;
  address: string;
}>;

/** Coded attributes that may be published. */
export type StaffAttributes = Readonly<{
  /** ISO 5218 */
  sex: '1' | '2' | '0' | '9';
  /** Fiscal year (2 April to 1 April) of birth. */
  birthCohort: number;
  applicationId?: string;
}>;

/** Version (`effectiveFrom`) of each policy of the pack whose rule decided the action. */
export type PolicyVersions = Readonly<Partial<Record<'probation' | 'grades' | 'positions' | 'retirement', string>>>;

export type StaffEvent =
  | {
      type: 'StaffRegistered';
      /** `numberKey` names the reservation of the staff number; it tells nothing without the city's secret. */
      data: { staffId: string; numberKey?: string } & StaffAttributes & StaffDetails;
    }
  | {
      type: 'PersonnelActionTaken';
      /** `applicationId` where recruitment led somebody back who had been staff before. */
      data: { staffId: string; action: PersonnelAction; policy?: PolicyVersions; applicationId?: string };
    }
  | {
      type: 'PersonnelActionVoided';
      data: { staffId: string; actionId: string; because: 'correction' | 'revocation' | 'withdrawal' };
    }
  | {
      type: 'StaffDetailsCorrected';
      data: { staffId: string; numberKey?: string } & Partial<StaffDetails>;
    }
  | { type: 'StaffAttributesCorrected'; data: { staffId: string } & Pick<StaffAttributes, 'sex' | 'birthCohort'> }
  | { type: 'ProbationEndAnnounced'; data: { staffId: string; employmentId: string; endsOn: string } }
  | { type: 'PersonErased'; data: { staffId: string } };

export type RegisteredStaff = Readonly<{
  status: 'registered' | 'erased';
  staffId: string;
  numberKey?: string;
  attributes: StaffAttributes;
  details: StaffDetails;
  /** The actions that count: taken and not voided. */
  actions: readonly PersonnelAction[];
  /** Every action ever taken, so that no id serves twice. */
  actionIds: ReadonlySet<string>;
  announced: readonly Readonly<{ employmentId: string; endsOn: string }>[];
}>;

export type StaffState = Readonly<{ status: 'none' }> | RegisteredStaff;

export const evolveStaff = (state: StaffState, event: StaffEvent): StaffState => {
  if (event.type === 'StaffRegistered') return registered(event.data);
  return state.status === 'none' ? state : evolved(state, event);
};

const registered = (data: Extract<StaffEvent, { type: 'StaffRegistered' }>['data']): RegisteredStaff => {
  const { staffId, numberKey, sex, birthCohort, applicationId, ...details } = data;
  return {
    status: 'registered',
    staffId,
    ...(numberKey && { numberKey }),
    attributes: { sex, birthCohort, ...(applicationId && { applicationId }) },
    details,
    actions: [],
    actionIds: new Set(),
    announced: [],
  };
};

const evolved = (state: RegisteredStaff, event: Exclude<StaffEvent, { type: 'StaffRegistered' }>): RegisteredStaff => {
  switch (event.type) {
    case 'PersonnelActionTaken': {
      const { action } = event.data;
      return {
        ...state,
        actions: [...state.actions, action],
        actionIds: new Set([...state.actionIds, action.actionId]),
      };
    }
    case 'PersonnelActionVoided':
      return { ...state, actions: state.actions.filter(({ actionId }) => actionId !== event.data.actionId) };
    case 'StaffDetailsCorrected': {
      const { staffId: _, numberKey, ...corrected } = event.data;
      return { ...state, ...(numberKey && { numberKey }), details: { ...state.details, ...corrected } };
    }
    case 'StaffAttributesCorrected': {
      const { sex, birthCohort } = event.data;
      return { ...state, attributes: { ...state.attributes, sex, birthCohort } };
    }
    case 'ProbationEndAnnounced': {
      const { employmentId, endsOn } = event.data;
      return { ...state, announced: [...state.announced, { employmentId, endsOn }] };
    }
    case 'PersonErased':
      return { ...state, status: 'erased' };
  }
};

const NAMES = ['familyName', 'givenName', 'familyNameKana', 'givenNameKana'] as const;
const PERSONAL = ['staffNumber', ...NAMES, 'birthDate', 'address'] as const;
const person = ({ staffId }: { staffId: string }): string => staffId;

/** How each event of the stream is stored. */
export const staffEvents: Aggregate<StaffState, never, StaffEvent>['events'] = {
  StaffRegistered: { version: 1, personal: PERSONAL, person },
  PersonnelActionTaken: { version: 1, effectiveOn: ({ action }) => action.effectiveOn },
  PersonnelActionVoided: { version: 1 },
  StaffDetailsCorrected: { version: 1, personal: PERSONAL, person },
  StaffAttributesCorrected: { version: 1 },
  ProbationEndAnnounced: { version: 1, effectiveOn: ({ endsOn }) => endsOn },
  PersonErased: { version: 1 },
};
