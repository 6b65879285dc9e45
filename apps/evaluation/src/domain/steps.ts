import { Rejected } from '#libs/event-store/decider';
import type { LocalDate } from '#libs/law/local-date';
import { checkScores, sameScores, type Interview, type Score } from './form.js';
import {
  evolveSheet,
  phaseOf,
  stepOf,
  type Phase,
  type Sheet,
  type SheetEvent,
  type StepName,
  type StepState,
} from './sheet-state.js';

/** Who would act in each step by the posts of the day; nobody where nobody is above. */
export type Route = Readonly<{ first?: string; second?: string }>;

/** Who acts: a member of staff, or an account that is none. */
type By = Readonly<{ by?: string }>;
/** Of those who matter here the ones in service, neither on leave nor seconded away. */
type Present = Readonly<{ inPost: readonly string[] }>;
/** For the step that may open next. */
type Onward = Readonly<{ route: Route; today: LocalDate }>;

export type StepCommand =
  | ({ type: 'SetGoals'; goals: readonly string[] } & By)
  | ({ type: 'AgreeGoals' } & By & Present & Onward)
  | ({ type: 'RecordInterview'; interview: Interview; heldOn: LocalDate; today: LocalDate } & By & Present)
  | ({ type: 'ConfirmInterview'; interview: Interview } & By & Present & Onward)
  | ({
      type: 'Evaluate';
      step: 'first' | 'second';
      scores: readonly Score[];
      comment?: string;
      reason?: string;
    } & By &
      Present &
      Onward)
  /** Without `evaluator` the route of the day decides. */
  | ({ type: 'ReplaceEvaluator'; evaluator?: string; reason: string; route: Route } & By & Present);

/** Goals, interviews and the two evaluations: the part of `decide` until HR confirms. */
export const decideStep = (command: StepCommand, state: Sheet): SheetEvent[] => {
  if (state.status !== 'open') throw new Rejected('sheet.not-open', { status: state.status });
  switch (command.type) {
    case 'SetGoals':
      return setGoals(command, state);
    case 'AgreeGoals':
      return agreeGoals(command, state);
    case 'RecordInterview':
      return record(command, state);
    case 'ConfirmInterview':
      return confirm(command, state);
    case 'Evaluate':
      return evaluate(command, state);
    case 'ReplaceEvaluator':
      return replace(command, state);
  }
};

/** The events, and with them the step they lead to, when it has not been opened before. */
export const opening = (state: Sheet, events: SheetEvent[], { route, today }: Onward): SheetEvent[] => {
  const next = events.reduce<Sheet>((soFar, event) => evolveSheet(soFar, event) as Sheet, state);
  const step = stepOf(phaseOf(next));
  if (!step || next.steps[step]) return events;
  const { sheetId, staffId } = state;
  const found = step === 'second' ? route.second : route.first;
  // The route was found before the append: it may be of a sheet that somebody else has judged meanwhile.
  const fits = found !== staffId && (step !== 'second' || found !== next.first?.evaluator);
  const evaluator = fits ? found : undefined;
  return [
    ...events,
    { type: 'StepOpened', data: { sheetId, staffId, step, ...(evaluator && { evaluator }), openedOn: today } },
  ];
};

type Command<Type extends StepCommand['type']> = Extract<StepCommand, { type: Type }>;

const requirePhase = (state: Sheet, ...phases: readonly Phase[]): void => {
  const phase = phaseOf(state);
  if (!phases.includes(phase)) throw new Rejected('sheet.not-the-turn', { phase });
};

const openStep = (state: Sheet, step: StepName): StepState => {
  const open = state.steps[step];
  if (!open) throw new Rejected('sheet.step-not-open', { step, from: state.from });
  return open;
};

/** Nobody evaluates himself, whatever the route says; and who left since the step opened does not evaluate any more. */
const requireEvaluator = (state: Sheet, step: StepName, { by, inPost }: By & Present): string => {
  if (by === state.staffId) throw new Rejected('sheet.own-evaluation');
  const evaluator = presentEvaluator(state, step, inPost);
  if (by !== evaluator) throw new Rejected('sheet.not-evaluator', { step });
  return evaluator;
};

const presentEvaluator = (state: Sheet, step: StepName, inPost: readonly string[]): string => {
  const { evaluator } = openStep(state, step);
  if (evaluator === undefined) throw new Rejected('sheet.no-evaluator', { step });
  if (!inPost.includes(evaluator)) throw new Rejected('sheet.evaluator-left', { step });
  return evaluator;
};

const setGoals = ({ by, goals }: Command<'SetGoals'>, state: Sheet): SheetEvent[] => {
  if (by !== state.staffId) throw new Rejected('goals.not-own');
  requirePhase(state, 'goals');
  openStep(state, 'goals');
  const { sheetId, staffId } = state;
  return [{ type: 'GoalsSet', data: { sheetId, staffId, goals } }];
};

const agreeGoals = (command: Command<'AgreeGoals'>, state: Sheet): SheetEvent[] => {
  const evaluator = requireEvaluator(state, 'goals', command);
  requirePhase(state, 'goals');
  if (!state.goals) throw new Rejected('goals.missing');
  const { sheetId, staffId } = state;
  return opening(state, [{ type: 'GoalsAgreed', data: { sheetId, staffId, evaluator } }], command);
};

const PHASES_OF: Readonly<Record<Interview, readonly Phase[]>> = {
  start: ['start-interview'],
  middle: ['middle-interview'],
  end: ['end-interview'],
};

/** The evaluator both parties' word is about: the person and the evaluator of the step the interview belongs to. */
const partner = (state: Sheet, interview: Interview, { by, inPost }: By & Present): string => {
  const phase = phaseOf(state);
  if (state.interviewsMet[interview]?.held) throw new Rejected('interview.already-held', { interview });
  if (!state.form.interviews.includes(interview)) throw new Rejected('interview.not-required', { interview });
  if (!PHASES_OF[interview].includes(phase)) throw new Rejected('sheet.not-the-turn', { phase });
  const evaluator = presentEvaluator(state, interview === 'start' ? 'goals' : 'first', inPost);
  if (by !== state.staffId && by !== evaluator) throw new Rejected('interview.not-a-party');
  return evaluator;
};

const record = (command: Command<'RecordInterview'>, state: Sheet): SheetEvent[] => {
  const { interview, heldOn, today, by = '' } = command;
  const evaluator = partner(state, interview, command);
  if (heldOn > today) throw new Rejected('interview.in-future');
  if (heldOn < state.from) throw new Rejected('interview.before-period', { from: state.from });
  const { sheetId, staffId } = state;
  return [{ type: 'InterviewRecorded', data: { sheetId, staffId, interview, heldOn, evaluator, recordedBy: by } }];
};

const confirm = (command: Command<'ConfirmInterview'>, state: Sheet): SheetEvent[] => {
  const { interview, by } = command;
  const evaluator = partner(state, interview, command);
  const recorded = state.interviewsMet[interview];
  if (!recorded) throw new Rejected('interview.not-recorded', { interview });
  if (recorded.recordedBy === by) throw new Rejected('interview.own-record');
  const { sheetId, staffId } = state;
  const held: SheetEvent = {
    type: 'InterviewHeld',
    data: { sheetId, staffId, interview, heldOn: recorded.heldOn, evaluator },
  };
  return opening(state, [held], command);
};

const evaluate = (command: Command<'Evaluate'>, state: Sheet): SheetEvent[] => {
  const { step, scores, comment, reason } = command;
  if (command.by === state.staffId) throw new Rejected('sheet.own-evaluation');
  if (state[step]) throw new Rejected('sheet.already-evaluated', { step });
  requireGate(step, state);
  const evaluator = requireEvaluator(state, step, command);
  checkScores(state.form, scores);
  const { sheetId, staffId } = state;
  const data = { sheetId, staffId, evaluator, scores, ...(comment && { comment }) };
  if (step === 'first') return opening(state, [{ type: 'FirstEvaluated', data }], command);
  if (!reason && !sameScores(scores, state.first?.scores ?? [])) throw new Rejected('sheet.difference-unexplained');
  return [{ type: 'SecondEvaluated', data: { ...data, ...(reason && { reason }) } }];
};

const INTERVIEW_OF: Readonly<Partial<Record<Phase, Interview>>> = {
  'start-interview': 'start',
  'middle-interview': 'middle',
  'end-interview': 'end',
};

/** The interviews are gates: without them no evaluation. */
const requireGate = (step: 'first' | 'second', state: Sheet): void => {
  const phase = phaseOf(state);
  if (phase === step) return;
  const interview = INTERVIEW_OF[phase];
  throw interview ? new Rejected('interview.missing', { interview }) : new Rejected('sheet.not-the-turn', { phase });
};

/** HR finds the evaluator anew by the posts of the day, or names one where nobody is above. */
const replace = (command: Command<'ReplaceEvaluator'>, state: Sheet): SheetEvent[] => {
  const { by, route, inPost, reason } = command;
  if (by === state.staffId) throw new Rejected('sheet.own-evaluation');
  const step = stepOf(phaseOf(state));
  if (!step) throw new Rejected('sheet.not-the-turn', { phase: phaseOf(state) });
  const replaces = openStep(state, step).evaluator;
  const evaluator = command.evaluator ?? (step === 'second' ? route.second : route.first);
  if (evaluator === undefined) throw new Rejected('sheet.no-evaluator', { step });
  if (evaluator === state.staffId) throw new Rejected('sheet.own-evaluation');
  if (!inPost.includes(evaluator)) throw new Rejected('sheet.evaluator-not-in-post');
  if (step === 'second' && evaluator === state.first?.evaluator) throw new Rejected('sheet.same-evaluator');
  if (evaluator === replaces) return [];
  const { sheetId, staffId } = state;
  return [
    {
      type: 'EvaluatorReplaced',
      data: {
        sheetId,
        staffId,
        step,
        evaluator,
        ...(replaces && { replaces }),
        reason,
        ...(by && { replacedBy: by }),
      },
    },
  ];
};
