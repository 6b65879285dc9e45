import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { ERASED, Rejected } from '#libs/event-store/decider';
import { NotFound } from '#libs/event-store/not-found';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { PersonalDataReads } from '#libs/platform/personal-data-reads';
import { Clock } from '#libs/processes/clock';
import type { Interview } from '../domain/form.js';
import { OUTCOMES, type Outcome } from '../domain/sheet-state.js';
import { ProbationLimits } from '../probation-limits.js';
import { EvaluatedStepPipe, InterviewPipe } from './path-pipes.js';
import { ConfirmationBody, EvaluationBody, EvaluatorBody, GoalsBody, InterviewBody } from './sheet-bodies.js';
import { SheetDesk } from './sheet-desk.js';
import { SheetView, viewFor } from './sheet-view.js';

/** What placement needs to appoint formally or to extend. */
class ProbationResult {
  @ApiProperty() sheetId: string;
  @ApiProperty() staffId: string;
  @ApiProperty() employmentId: string;
  @ApiProperty({ enum: OUTCOMES }) outcome: Outcome;
  @ApiPropertyOptional({ description: '延長後の条件付採用期間の末日' }) extendedThrough?: string;
}

/** The way of one sheet. Whoever has nothing to do with it is told that it is not there. */
@ApiTags('評価シート')
@System('E9', 'E1')
@Controller('sheets/:sheetId')
export class SheetsController {
  constructor(
    private readonly desk: SheetDesk,
    private readonly limits: ProbationLimits,
    private readonly personalDataReads: PersonalDataReads,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Allow('staff', 'manager', 'evaluator', 'hr')
  @ApiOperation({ summary: '評価シートを見る' })
  @ApiOkResponse({
    type: SheetView,
    description:
      '本人、在職中の評価者、人事担当だけ。本人には開示まで点数と結果を見せない。本人以外の閲覧は記録される。',
  })
  async show(@By() by: Caller, @Param('sheetId') id: string): Promise<SheetView> {
    const { state, version, viewer } = await this.desk.read(by, id);
    return viewFor(state, version, by, viewer);
  }

  @Post('goals')
  @HttpCode(200)
  @Allow('staff', 'manager', 'evaluator', 'hr')
  @ApiOperation({ summary: '自分の目標を記入する' })
  @ApiOkResponse({ type: CommandAnswer, description: '評価者が同意するまで書き直せる。' })
  setGoals(@By() by: Caller, @Param('sheetId') id: string, @Body() { goals }: GoalsBody): Promise<CommandAnswer> {
    return this.desk.runAlone(by, id, () => ({ type: 'SetGoals', goals, by: by.staffId }));
  }

  @Post('goals/agreement')
  @HttpCode(200)
  @Allow('manager', 'evaluator')
  @ApiOperation({ summary: '目標に同意する' })
  @ApiOkResponse({ type: CommandAnswer, description: '一次評価者だけ。' })
  agreeGoals(@By() by: Caller, @Param('sheetId') id: string): Promise<CommandAnswer> {
    return this.desk.run(by, id, (facts) => ({ type: 'AgreeGoals', ...facts }));
  }

  @Post('interviews/:interview')
  @HttpCode(200)
  @System('E3')
  @Allow('staff', 'manager', 'evaluator', 'hr')
  @ApiOperation({ summary: '面談の実施を記録する' })
  @ApiOkResponse({ type: CommandAnswer, description: '本人または評価者。相手方の確認で実施済みになる。' })
  recordInterview(
    @By() by: Caller,
    @Param('sheetId') id: string,
    @Param('interview', InterviewPipe) interview: Interview,
    @Body() { heldOn }: InterviewBody,
  ): Promise<CommandAnswer> {
    return this.desk.run(by, id, (facts) => ({ type: 'RecordInterview', interview, heldOn, ...facts }));
  }

  @Post('interviews/:interview/confirmation')
  @HttpCode(200)
  @System('E3')
  @Allow('staff', 'manager', 'evaluator', 'hr')
  @ApiOperation({ summary: '相手方が記録した面談を確認する' })
  @ApiOkResponse({ type: CommandAnswer, description: '記録した者の相手方だけ。' })
  confirmInterview(
    @By() by: Caller,
    @Param('sheetId') id: string,
    @Param('interview', InterviewPipe) interview: Interview,
  ): Promise<CommandAnswer> {
    return this.desk.run(by, id, (facts) => ({ type: 'ConfirmInterview', interview, ...facts }));
  }

  @Post('evaluations/:step')
  @HttpCode(200)
  @Allow('manager', 'evaluator')
  @ApiOperation({ summary: '評価を提出する' })
  @ApiOkResponse({ type: CommandAnswer, description: 'その段階の評価者だけ、一回だけ。必要な面談の後。' })
  evaluate(
    @By() by: Caller,
    @Param('sheetId') id: string,
    @Param('step', EvaluatedStepPipe) step: 'first' | 'second',
    @Body() { scores, comment, reason }: EvaluationBody,
  ): Promise<CommandAnswer> {
    return this.desk.run(by, id, (facts) => ({ type: 'Evaluate', step, scores, comment, reason, ...facts }));
  }

  @Post('evaluator')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '評価者を改めて決める' })
  @ApiOkResponse({ type: CommandAnswer, description: '評価者が職を離れたとき、または上位の職の者がいないとき。' })
  replaceEvaluator(
    @By() by: Caller,
    @Param('sheetId') id: string,
    @Body() { evaluator, reason }: EvaluatorBody,
  ): Promise<CommandAnswer> {
    return this.desk.run(by, id, (facts) => ({ type: 'ReplaceEvaluator', evaluator, reason, ...facts }), evaluator);
  }

  @Post('confirmation')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '評価結果を確定する' })
  @ApiOkResponse({ type: CommandAnswer, description: '条件付採用期間の結果は、正式採用または延長の発令につながる。' })
  confirm(@By() by: Caller, @Param('sheetId') id: string, @Body() body: ConfirmationBody): Promise<CommandAnswer> {
    const { outcome, months, reason } = body;
    return this.desk.runAlone(by, id, (state) => ({
      type: 'ConfirmSheet',
      outcome,
      months,
      reason,
      maxMonths: this.limits.of(by.municipality, state),
      by: by.staffId,
      today: this.clock.today(),
    }));
  }

  @Post('disclosure')
  @HttpCode(200)
  @System('E8')
  @Allow('hr')
  @ApiOperation({ summary: '確定した結果を本人に開示する' })
  @ApiOkResponse({ type: CommandAnswer })
  disclose(@By() by: Caller, @Param('sheetId') id: string): Promise<CommandAnswer> {
    return this.desk.runAlone(by, id, () => ({ type: 'DiscloseSheet', by: by.staffId, today: this.clock.today() }));
  }

  @Get('probation-result')
  @System('E9')
  @Allow('service')
  @ApiOperation({ summary: '条件付採用期間の結果を読む' })
  @ApiOkResponse({ type: ProbationResult, description: '確定した結果だけ。閲覧は記録される。' })
  async probationResult(@By() by: Caller, @Param('sheetId') id: string): Promise<ProbationResult> {
    const { state } = await this.desk.stateOf(by.municipality, id);
    if (state.status !== 'confirmed' && state.status !== 'disclosed') throw new NotFound('sheet');
    const { sheetId, staffId, employmentId, result: { outcome, extendedThrough } = {} } = state;
    if (employmentId === undefined || outcome === undefined) throw new NotFound('sheet');
    if ((outcome as string) === ERASED) throw new Rejected('person.erased');
    await this.personalDataReads.note(by, id, 'probation-result');
    return { sheetId, staffId, employmentId, outcome, ...(extendedThrough && { extendedThrough }) };
  }
}
