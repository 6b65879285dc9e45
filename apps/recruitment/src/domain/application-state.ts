import type { EventType } from '#libs/event-store/decider';
import type { Line } from './codes.js';
import type { Flow } from './selection-flow.js';

/** The applicant as written on the form; every field is sealed under the application's own key. */
export type Applicant = Readonly<{
  familyName: string;
  givenName: string;
  familyNameKana: string;
  givenNameKana: string;
  /** Local date. */
  birthDate: string;
  address: string;
  email?: string;
  phone?: string;
}>;

export const APPLICANT_FIELDS = [
  'familyName',
  'givenName',
  'familyNameKana',
  'givenNameKana',
  'birthDate',
  'address',
  'email',
  'phone',
] as const satisfies readonly (keyof Applicant)[];

/** ISO 5218, for statistics: 1 male, 2 female, 0 not known, 9 not applicable. */
export type Sex = '1' | '2' | '0' | '9';

export type Score = Readonly<{ item: string; points: number }>;
export type StageOutcome = 'passed' | 'failed' | 'absent';
export const DECLINE_REASONS = [
  'other-municipality',
  'national-or-prefecture',
  'private-company',
  'study',
  'family',
  'conditions',
  'other',
] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

/** Terms on which an offeree joins. */
export type HireTerms = Readonly<{
  /** First day in service, local date. */
  joinsOn: string;
  /** Grade code (級) of the city's pack. */
  grade: string;
  post: Readonly<{ unitId: string; position: string }>;
  weeklyMinutes: number;
  /** Who the offeree was as staff of the municipality, confirmed by HR; keeps identity and staff number. */
  formerStaffId?: string;
}>;

type Ids = Readonly<{ applicationId: string; postingId: string }>;

/** An application as received: to a line of a plan, by the flow version it keeps until its end. */
type Received = Ids &
  Line &
  Readonly<{
    fiscalYear: number;
    flow: Flow;
    receivedOn: string;
    sex: Sex;
    /** When the applicant is already staff of the municipality. */
    staffId?: string;
  }> &
  Applicant;

export type ApplicationEvent =
  | { type: 'ApplicationReceived'; data: Received }
  | { type: 'AssessorsAssigned'; data: Ids & { stage: string; assessors: readonly string[] } }
  | { type: 'RelativeDeclared'; data: Ids & { assessor: string } }
  | { type: 'SheetSent'; data: Ids & { stage: string; assessor: string; scores: readonly Score[]; comment?: string } }
  | { type: 'StageDecided'; data: Ids & { stage: string; outcome: StageOutcome } }
  | { type: 'ApplicationWithdrawn'; data: Ids & { withdrawnOn: string } }
  | { type: 'OfferMade'; data: Ids & { madeOn: string; deadline: string } }
  | {
      type: 'OfferAnswered';
      data: Ids & { answer: 'accepted' | 'declined'; declineReason?: DeclineReason; answeredOn: string };
    }
  | { type: 'OfferLapsed'; data: Ids }
  | { type: 'HireConfirmed'; data: Ids & Line & HireTerms }
  | { type: 'ApplicantJoined'; data: Ids & { staffId: string } }
  /** The proof that the key of the applicant's personal data was destroyed. */
  | { type: 'ApplicantErased'; data: Ids };

export const applicationEvents: {
  readonly [T in ApplicationEvent['type']]: EventType<Extract<ApplicationEvent, { type: T }>['data']>;
} = {
  ApplicationReceived: { version: 1, personal: APPLICANT_FIELDS, person: ({ applicationId }) => applicationId },
  AssessorsAssigned: { version: 1 },
  RelativeDeclared: { version: 1 },
  SheetSent: { version: 1, personal: ['scores', 'comment'], person: ({ applicationId }) => applicationId },
  StageDecided: { version: 1 },
  ApplicationWithdrawn: { version: 1 },
  OfferMade: { version: 1 },
  OfferAnswered: { version: 1 },
  OfferLapsed: { version: 1 },
  HireConfirmed: { version: 1, effectiveOn: ({ joinsOn }) => joinsOn },
  ApplicantJoined: { version: 1 },
  ApplicantErased: { version: 1 },
};

export const STATUSES = [
  'in-selection',
  'passed',
  'failed',
  'absent',
  'withdrawn',
  'offered',
  'accepted',
  'declined',
  'lapsed',
  'hired',
  'joined',
] as const;
export type Status = (typeof STATUSES)[number];

export type Sheet = Readonly<{ assessor: string; scores: readonly Score[]; comment?: string }>;
export type StageState = Readonly<{ assessors: readonly string[]; sheets: readonly Sheet[]; outcome?: StageOutcome }>;

export type Application = Received &
  Readonly<{
    status: Status;
    stages: Readonly<Record<string, StageState>>;
    /** Staff related to the applicant, who take no part in the selection. */
    relatives: readonly string[];
    /** Last day on which the newest offer can be accepted. */
    deadline?: string;
    hire?: HireTerms;
    joinedAs?: string;
    erased: boolean;
  }>;

export type ApplicationState = { status: 'none' } | Application;

/** The stage being worked on; none once all are passed or one has ended the selection. */
export const currentStage = (application: Application) =>
  application.status === 'in-selection'
    ? application.flow.stages.find(({ id }) => application.stages[id].outcome === undefined)
    : undefined;

const NO_STAGE: StageState = { assessors: [], sheets: [] };

const start = (data: Received): Application => ({
  ...data,
  status: data.flow.stages.length === 0 ? 'passed' : 'in-selection',
  stages: Object.fromEntries(data.flow.stages.map(({ id }) => [id, NO_STAGE])),
  relatives: [],
  erased: false,
});

const withStage = (state: Application, id: string, change: (stage: StageState) => StageState): Application => ({
  ...state,
  stages: { ...state.stages, [id]: change(state.stages[id]) },
});

const decided = (state: Application, id: string, outcome: StageOutcome): Application => {
  const next = withStage(state, id, (stage) => ({ ...stage, outcome }));
  if (outcome !== 'passed') return { ...next, status: outcome };
  return currentStage(next) ? next : { ...next, status: 'passed' };
};

/** A relative's part ends: what they were assigned and have scored counts no more. */
const without = (assessor: string, { assessors, sheets, outcome }: StageState): StageState => ({
  assessors: assessors.filter((one) => one !== assessor),
  sheets: sheets.filter((sheet) => sheet.assessor !== assessor),
  outcome,
});

export const evolveApplication = (state: ApplicationState, { type, data }: ApplicationEvent): ApplicationState => {
  if (type === 'ApplicationReceived') return start(data);
  if (state.status === 'none') return state;
  switch (type) {
    case 'AssessorsAssigned':
      return withStage(state, data.stage, (stage) => ({ ...stage, assessors: data.assessors }));
    case 'RelativeDeclared':
      return Object.entries(state.stages)
        .filter(([, { outcome }]) => outcome === undefined)
        .reduce<Application>((soFar, [id]) => withStage(soFar, id, (stage) => without(data.assessor, stage)), {
          ...state,
          relatives: [...state.relatives, data.assessor],
        });
    case 'SheetSent':
      return withStage(state, data.stage, (stage) => ({ ...stage, sheets: [...stage.sheets, data] }));
    case 'StageDecided':
      return decided(state, data.stage, data.outcome);
    case 'ApplicationWithdrawn':
      return { ...state, status: 'withdrawn' };
    case 'OfferMade':
      return { ...state, status: 'offered', deadline: data.deadline };
    case 'OfferAnswered':
      return { ...state, status: data.answer };
    case 'OfferLapsed':
      return { ...state, status: 'lapsed' };
    case 'HireConfirmed':
      return { ...state, status: 'hired', hire: data };
    case 'ApplicantJoined':
      return { ...state, status: 'joined', joinedAs: data.staffId };
    case 'ApplicantErased':
      return { ...state, erased: true };
  }
};
