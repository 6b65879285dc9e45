import type { SHEET_KINDS, SHEET_STEPS } from '#libs/contracts/evaluation';
import type { EventType } from '#libs/event-store/decider';
import type { LocalDate } from '#libs/law/local-date';
import type { Form, Interview, Score } from './form.js';

export type SheetKind = (typeof SHEET_KINDS)[number];
export type StepName = (typeof SHEET_STEPS)[number];
export const OUTCOMES = ['passed', 'extended', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

type Ids = Readonly<{ sheetId: string; staffId: string }>;

/** What is judged: a probation, or what the person does in a fiscal year; all days inclusive. */
export type Period = Readonly<{ from: LocalDate; until: LocalDate }>;

type Opened = Ids &
  Period &
  Readonly<{
    kind: SheetKind;
    /** The employment whose probation is judged. */
    employmentId?: string;
    /** First day of that employment, from which the limit of a probation counts; the extension of one begins later. */
    appointedOn?: LocalDate;
    /** Recruitment route of that employment. */
    route?: string;
    openedOn: LocalDate;
    dueOn: LocalDate;
    /** Version of the form. */
    items: string;
    form: Form;
  }>;

type Evaluated = Ids & Readonly<{ evaluator: string; scores: readonly Score[]; comment?: string }>;
type Met = Ids & Readonly<{ interview: Interview; heldOn: LocalDate; evaluator: string }>;

export type Result = Readonly<{
  /** For probations only. */
  outcome?: Outcome;
  /** Last day of the extended probation. */
  extendedThrough?: LocalDate;
  /** Why the outcome departs from the points. */
  reason?: string;
}>;

export type SheetEvent =
  | { type: 'SheetOpened'; data: Opened }
  /** Whoever acts as evaluator in this step, by post on the day; frozen. Nobody where nobody is above. */
  | { type: 'StepOpened'; data: Ids & { step: StepName; evaluator?: string; openedOn: LocalDate } }
  | {
      type: 'EvaluatorReplaced';
      data: Ids & { step: StepName; evaluator: string; replaces?: string; reason: string; replacedBy?: string };
    }
  | { type: 'GoalsSet'; data: Ids & { goals: readonly string[] } }
  | { type: 'GoalsAgreed'; data: Ids & { evaluator: string } }
  /** One party says that the interview took place. */
  | { type: 'InterviewRecorded'; data: Met & { recordedBy: string } }
  /** The other party says so too. */
  | { type: 'InterviewHeld'; data: Met }
  | { type: 'FirstEvaluated'; data: Evaluated }
  | { type: 'SecondEvaluated'; data: Evaluated & { reason?: string } }
  | {
      type: 'SheetConfirmed';
      data: Ids & { kind: SheetKind; employmentId?: string; confirmedOn: LocalDate; confirmedBy?: string } & Result;
    }
  | { type: 'SheetDisclosed'; data: Ids & { disclosedOn: LocalDate } }
  /** The period was moved: a correction of the appointment, or an extension before there was a result. */
  | { type: 'SheetDueMoved'; data: Ids & Period & { appointedOn: LocalDate; dueOn: LocalDate } }
  | { type: 'SheetOverdue'; data: Ids & { dueOn: LocalDate } }
  | { type: 'SheetClosed'; data: Ids & { because: 'separated' | 'action-voided' } }
  /** What had closed it was itself taken back. */
  | { type: 'SheetReopened'; data: Ids & Period & { appointedOn?: LocalDate; dueOn: LocalDate } };

const person = ({ staffId }: Ids): string => staffId;

/** Everything people wrote about the person is sealed under the person's key. */
export const sheetEvents: {
  readonly [T in SheetEvent['type']]: EventType<Extract<SheetEvent, { type: T }>['data']>;
} = {
  SheetOpened: { version: 1 },
  StepOpened: { version: 1 },
  EvaluatorReplaced: { version: 1, personal: ['reason'], person },
  GoalsSet: { version: 1, personal: ['goals'], person },
  GoalsAgreed: { version: 1 },
  InterviewRecorded: { version: 1 },
  InterviewHeld: { version: 1 },
  FirstEvaluated: { version: 1, personal: ['scores', 'comment'], person },
  SecondEvaluated: { version: 1, personal: ['scores', 'comment', 'reason'], person },
  SheetConfirmed: { version: 1, personal: ['outcome', 'extendedThrough', 'reason'], person },
  SheetDisclosed: { version: 1 },
  SheetDueMoved: { version: 1 },
  SheetOverdue: { version: 1 },
  SheetClosed: { version: 1 },
  SheetReopened: { version: 1 },
};

export type StepState = Readonly<{ evaluator?: string; openedOn: LocalDate; done: boolean }>;
export type Meeting = Readonly<{ heldOn: LocalDate; evaluator: string; recordedBy?: string; held: boolean }>;
export type Evaluation = Readonly<{
  evaluator: string;
  scores: readonly Score[];
  comment?: string;
  /** Why the second evaluator judged otherwise. */
  reason?: string;
}>;

export type Sheet = Opened &
  Readonly<{
    status: 'open' | 'confirmed' | 'disclosed' | 'closed';
    steps: Readonly<Partial<Record<StepName, StepState>>>;
    interviewsMet: Readonly<Partial<Record<Interview, Meeting>>>;
    goals?: readonly string[];
    first?: Evaluation;
    second?: Evaluation;
    result?: Result;
    confirmedOn?: LocalDate;
    disclosedOn?: LocalDate;
    /** The due date that has been reported as missed. */
    overdueOf?: LocalDate;
  }>;

export type SheetState = { status: 'none' } | Sheet;

export const PHASES = [
  'goals',
  'start-interview',
  'middle-interview',
  'first',
  'end-interview',
  'second',
  'confirmation',
  'confirmed',
  'disclosed',
  'closed',
] as const;
export type Phase = (typeof PHASES)[number];

/** What the sheet waits for. */
export const phaseOf = (sheet: Sheet): Phase => {
  const { status, steps } = sheet;
  if (status !== 'open') return status;
  if (!steps.goals?.done) return 'goals';
  if (awaits(sheet, 'start')) return 'start-interview';
  if (!steps.first?.done) return awaits(sheet, 'middle') ? 'middle-interview' : 'first';
  if (awaits(sheet, 'end')) return 'end-interview';
  return steps.second?.done ? 'confirmation' : 'second';
};

/** Required and not yet confirmed by both parties. */
export const awaits = ({ form, interviewsMet }: Sheet, interview: Interview): boolean =>
  form.interviews.includes(interview) && interviewsMet[interview]?.held !== true;

const STEP_OF: Readonly<Partial<Record<Phase, StepName>>> = {
  goals: 'goals',
  'start-interview': 'goals',
  'middle-interview': 'first',
  first: 'first',
  'end-interview': 'first',
  second: 'second',
};

/** The step whose evaluator is needed now; none when HR is. */
export const stepOf = (phase: Phase): StepName | undefined => STEP_OF[phase];

const withStep = (state: Sheet, step: StepName, change: Partial<StepState>): Sheet => ({
  ...state,
  steps: {
    ...state.steps,
    [step]: { ...(state.steps[step] ?? { openedOn: state.openedOn, done: false }), ...change },
  },
});

const met = (state: Sheet, interview: Interview, meeting: Meeting): Sheet => ({
  ...state,
  interviewsMet: { ...state.interviewsMet, [interview]: meeting },
});

/** What somebody recorded together with a former evaluator is for the new one to record again. */
const onlyHeld = (meetings: Sheet['interviewsMet']): Sheet['interviewsMet'] =>
  Object.fromEntries(Object.entries(meetings).filter(([, meeting]) => meeting.held));

export const evolveSheet = (state: SheetState, { type, data }: SheetEvent): SheetState => {
  if (type === 'SheetOpened') return { ...data, status: 'open', steps: {}, interviewsMet: {} };
  if (state.status === 'none') return state;
  switch (type) {
    case 'StepOpened':
      return withStep(state, data.step, { evaluator: data.evaluator, openedOn: data.openedOn });
    case 'EvaluatorReplaced':
      return {
        ...withStep(state, data.step, { evaluator: data.evaluator }),
        interviewsMet: onlyHeld(state.interviewsMet),
      };
    case 'GoalsSet':
      return { ...state, goals: data.goals };
    case 'GoalsAgreed':
      return withStep(state, 'goals', { done: true });
    case 'InterviewRecorded':
      return met(state, data.interview, { ...meeting(data), recordedBy: data.recordedBy, held: false });
    case 'InterviewHeld':
      return met(state, data.interview, { ...meeting(data), held: true });
    case 'FirstEvaluated':
      return { ...withStep(state, 'first', { done: true }), first: evaluation(data) };
    case 'SecondEvaluated':
      return {
        ...withStep(state, 'second', { done: true }),
        second: { ...evaluation(data), ...(data.reason && { reason: data.reason }) },
      };
    case 'SheetConfirmed': {
      const { outcome, extendedThrough, reason, confirmedOn } = data;
      return { ...state, status: 'confirmed', confirmedOn, result: { outcome, extendedThrough, reason } };
    }
    case 'SheetDisclosed':
      return { ...state, status: 'disclosed', disclosedOn: data.disclosedOn };
    case 'SheetDueMoved':
    case 'SheetReopened': {
      const { from, until, appointedOn, dueOn } = data;
      return { ...state, status: 'open', from, until, dueOn, ...(appointedOn && { appointedOn }) };
    }
    case 'SheetOverdue':
      return { ...state, overdueOf: data.dueOn };
    case 'SheetClosed':
      return { ...state, status: 'closed' };
  }
};

const meeting = ({ heldOn, evaluator }: Met): Pick<Meeting, 'heldOn' | 'evaluator'> => ({ heldOn, evaluator });

const evaluation = ({ evaluator, scores, comment }: Evaluated): Evaluation => ({
  evaluator,
  scores,
  ...(comment && { comment }),
});
