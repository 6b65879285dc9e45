import { sheet } from './sheet.js';
import type { Form } from './form.js';
import type { Sheet, SheetEvent } from './sheet-state.js';

export const today = '2026-12-10';
export const ids = { sheetId: 's-1:e-1:probation', staffId: 's-1' };

export const form: Form = {
  version: 'development-1@2026-04-01',
  items: [
    { code: 'knowledge', title: '知識・技術', max: 5 },
    { code: 'cooperation', title: '協調性', category: '意欲', max: 5 },
  ],
  passPoints: 6,
  interviews: ['start', 'end'],
  dueDaysBefore: 14,
  extensionMonths: 3,
};

type Data<Type extends SheetEvent['type']> = Extract<SheetEvent, { type: Type }>['data'];

export const openedData: Data<'SheetOpened'> = {
  ...ids,
  kind: 'probation',
  employmentId: 'e-1',
  appointedOn: '2026-12-01',
  route: 'new-graduate',
  from: '2026-12-01',
  until: '2027-05-31',
  openedOn: '2026-11-25',
  dueOn: '2027-05-17',
  items: form.version,
  form,
};

export const opened: SheetEvent = { type: 'SheetOpened', data: openedData };
export const openedWith = (over: Partial<Form>): SheetEvent => ({
  type: 'SheetOpened',
  data: { ...openedData, form: { ...form, ...over } },
});
export const step = (name: Data<'StepOpened'>['step'], evaluator?: string, openedOn = today): SheetEvent => ({
  type: 'StepOpened',
  data: { ...ids, step: name, ...(evaluator && { evaluator }), openedOn },
});
export const goalsSet: SheetEvent = { type: 'GoalsSet', data: { ...ids, goals: ['窓口の手続を一人で案内する'] } };
export const agreed: SheetEvent = { type: 'GoalsAgreed', data: { ...ids, evaluator: 'm-1' } };
export const recorded = (interview: 'start' | 'middle' | 'end', recordedBy = 's-1', heldOn = today): SheetEvent => ({
  type: 'InterviewRecorded',
  data: { ...ids, interview, heldOn, evaluator: 'm-1', recordedBy },
});
export const held = (interview: 'start' | 'middle' | 'end', evaluator = 'm-1'): SheetEvent => ({
  type: 'InterviewHeld',
  data: { ...ids, interview, heldOn: today, evaluator },
});

export const scores = (knowledge: number, cooperation: number) => [
  { item: 'knowledge', points: knowledge },
  { item: 'cooperation', points: cooperation },
];
export const first: SheetEvent = {
  type: 'FirstEvaluated',
  data: { ...ids, evaluator: 'm-1', scores: scores(4, 3), comment: '着実' },
};
export const second = (knowledge = 4, cooperation = 3): SheetEvent => ({
  type: 'SecondEvaluated',
  data: { ...ids, evaluator: 'd-1', scores: scores(knowledge, cooperation) },
});

/** The way up to a point: every event before it. */
export const atGoals = [opened, step('goals', 'm-1')];
export const atStart = [...atGoals, goalsSet, agreed];
export const atFirst = [...atStart, recorded('start'), held('start'), step('first', 'm-1')];
export const atEnd = [...atFirst, first];
export const atSecond = [...atEnd, recorded('end'), held('end'), step('second', 'd-1')];
export const judged = (knowledge?: number, cooperation?: number) => [...atSecond, second(knowledge, cooperation)];
export const confirmed: SheetEvent = {
  type: 'SheetConfirmed',
  data: { ...ids, kind: 'probation', employmentId: 'e-1', confirmedOn: today, confirmedBy: 'hr-1', outcome: 'passed' },
};

export const folded = (...history: readonly SheetEvent[]): Sheet =>
  history.reduce(sheet.evolve, sheet.initial) as Sheet;
