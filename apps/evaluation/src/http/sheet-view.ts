import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { INTERVIEWS, SHEET_KINDS, SHEET_STEPS } from '#libs/contracts/evaluation';
import { ERASED } from '#libs/event-store/decider';
import type { Caller } from '#libs/platform/caller';
import { sumOf, type Interview } from '../domain/form.js';
import {
  OUTCOMES,
  PHASES,
  phaseOf,
  type Evaluation,
  type Outcome,
  type Phase,
  type Sheet,
  type SheetKind,
  type StepName,
} from '../domain/sheet-state.js';
import { ScoreBody } from './sheet-bodies.js';

class ItemView {
  @ApiProperty() code: string;
  @ApiProperty() title: string;
  @ApiPropertyOptional({ description: '団体が項目をまとめる見出し' }) category?: string;
  @ApiProperty({ type: 'integer' }) max: number;
}

class StepView {
  @ApiProperty({ enum: SHEET_STEPS }) step: StepName;
  @ApiPropertyOptional({ description: '評価者の職員ID。上位の職の者がいない間はない。' }) evaluator?: string;
  @ApiProperty() openedOn: string;
  @ApiProperty() done: boolean;
}

class InterviewView {
  @ApiProperty({ enum: INTERVIEWS }) interview: Interview;
  @ApiPropertyOptional() heldOn?: string;
  @ApiPropertyOptional({ description: '記録した職員のID' }) recordedBy?: string;
  @ApiProperty({ description: '双方が実施を確認したとき true' }) held: boolean;
}

class EvaluationView {
  @ApiProperty({ description: '評価者の職員ID' }) evaluator: string;
  @ApiProperty({ type: [ScoreBody] }) scores: readonly ScoreBody[];
  @ApiProperty({ type: 'integer' }) points: number;
  @ApiPropertyOptional() comment?: string;
  @ApiPropertyOptional({ description: '一次評価と異なる理由' }) reason?: string;
}

class ResultView {
  @ApiPropertyOptional({ enum: OUTCOMES }) outcome?: Outcome;
  @ApiPropertyOptional({ description: '延長後の条件付採用期間の末日' }) extendedThrough?: string;
  @ApiPropertyOptional() reason?: string;
  @ApiProperty() confirmedOn: string;
}

export class SheetView {
  @ApiProperty() sheetId: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ type: 'integer', description: 'If-Match に使う版' }) version: number;
  @ApiProperty({ enum: SHEET_KINDS }) kind: SheetKind;
  @ApiProperty({ enum: PHASES, description: 'いま待っていること' }) phase: Phase;
  @ApiProperty({ description: '評価期間の初日' }) from: string;
  @ApiProperty({ description: '評価期間の末日' }) until: string;
  @ApiProperty() dueOn: string;
  @ApiProperty({ description: '評価項目の版（終わりまで変わらない）' }) items: string;
  @ApiProperty({ type: [ItemView] }) form: readonly ItemView[];
  @ApiProperty({ type: [StepView] }) steps: readonly StepView[];
  @ApiProperty({ type: [InterviewView] }) interviews: readonly InterviewView[];
  @ApiPropertyOptional({ type: [String] }) goals?: readonly string[];
  @ApiPropertyOptional({ type: EvaluationView, description: '本人には開示の後' }) first?: EvaluationView;
  @ApiPropertyOptional({ type: EvaluationView, description: '本人には開示の後' }) second?: EvaluationView;
  @ApiPropertyOptional({ type: ResultView, description: '本人と評価者には開示の後' }) result?: ResultView;
  @ApiPropertyOptional() disclosedOn?: string;
}

export type Viewer = 'person' | 'evaluator' | 'hr';

/** As whom the caller sees the sheet: HR staff see their own as everybody does. Undefined: it is as if it were not there. */
export const viewerOf = ({ staffId, roles }: Caller, state: Sheet): Viewer | undefined => {
  if (staffId !== undefined && staffId === state.staffId) return 'person';
  if (roles.includes('hr')) return 'hr';
  return staffId !== undefined && evaluatorsOf(state).includes(staffId) ? 'evaluator' : undefined;
};

/** Those whose step it is, and those who have judged. */
const evaluatorsOf = ({ steps, first, second }: Sheet): (string | undefined)[] => [
  ...SHEET_STEPS.map((step) => steps[step]?.evaluator),
  first?.evaluator,
  second?.evaluator,
];

export const viewFor = (state: Sheet, version: number, caller: Caller, viewer: Viewer): SheetView => {
  const { sheetId, staffId, kind, from, until, dueOn, items, form, first, second, disclosedOn } = state;
  const disclosed = state.status === 'disclosed';
  const all = viewer === 'hr' || disclosed;
  const own = (evaluation: Evaluation) => viewer === 'evaluator' && evaluation.evaluator === caller.staffId;
  const judgesSecond = viewer === 'evaluator' && state.steps.second?.evaluator === caller.staffId;
  return {
    sheetId,
    staffId,
    version,
    kind,
    phase: phaseOf(state),
    from,
    until,
    dueOn,
    items,
    form: form.items,
    steps: SHEET_STEPS.flatMap((step) => {
      const opened = state.steps[step];
      return opened ? [{ step, ...opened }] : [];
    }),
    interviews: form.interviews.map((interview) => {
      const { heldOn, recordedBy, held = false } = state.interviewsMet[interview] ?? {};
      return { interview, ...(heldOn && { heldOn }), ...(!held && recordedBy && { recordedBy }), held };
    }),
    ...(state.goals && { goals: listed(state.goals) }),
    ...(first && (all || own(first) || judgesSecond) && { first: evaluationView(first) }),
    ...(second && (all || own(second)) && { second: evaluationView(second) }),
    ...(all && state.result && state.confirmedOn && { result: { ...state.result, confirmedOn: state.confirmedOn } }),
    ...(disclosedOn && { disclosedOn }),
  };
};

/** After the person's erasure a sealed list reads as one word. */
const listed = <T>(sealed: readonly T[]): readonly T[] => ((sealed as unknown) === ERASED ? [] : sealed);

const evaluationView = ({ scores, ...rest }: Evaluation): EvaluationView => ({
  ...rest,
  scores: listed(scores),
  points: sumOf(listed(scores)),
});
