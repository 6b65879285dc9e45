import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Rejected } from '#libs/event-store/decider';
import { NotFound } from '#libs/event-store/not-found';
import type { LocalDate } from '#libs/law/local-date';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { Commands, idFrom } from '#libs/platform/commands';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { Clock } from '#libs/processes/clock';
import { CityRules } from '../city-rules.js';
import { Courses } from '../courses.js';
import { MOST_MINUTES } from '../domain/course.js';
import { trainingRecord, type TrainingRecordCommand } from '../domain/training-record.js';
import { EXCUSE_REASONS, type ExcuseReason } from '../domain/training-record-state.js';
import { Standing } from '../standing.js';
import { RecordView, recordView } from './record-view.js';
import { StaffAccess } from './staff-access.js';

class OrderBody {
  @ApiProperty({ example: 'harassment' }) @IsString() @MaxLength(40) course: string;
  @ApiProperty({ description: '期限（この日を含む）' }) @IsLocalDate() dueOn: string;
}

class ExcuseBody {
  @ApiProperty({
    enum: EXCUSE_REASONS,
    description:
      'equivalent 同等の研修を修了、not-needed 受講の必要がない、on-duty 公務、seconded 派遣中、other その他',
  })
  @IsIn(EXCUSE_REASONS)
  reason: ExcuseReason;
}

class ReopenBody {
  @ApiProperty({ description: '新しい期限（この日を含む）' }) @IsLocalDate() dueOn: string;
}

class CompletionBody {
  @ApiProperty({ example: 'harassment' }) @IsString() @MaxLength(40) course: string;
  @ApiProperty() @IsLocalDate() completedOn: string;

  @ApiPropertyOptional({ type: 'integer', description: '受講した時間（分）。省略すると研修の時間' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_MINUTES)
  minutes?: number;

  @ApiPropertyOptional({ description: '省略すると、その研修の割当のうち期限が最も早いもの' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  assignmentId?: string;
}

/** What one person has to complete and has completed. */
@ApiTags('受講記録')
@System('T2', 'T3')
@Controller('staff/:staffId')
export class RecordsController {
  constructor(
    private readonly commands: Commands,
    private readonly courses: Courses,
    private readonly rules: CityRules,
    private readonly standing: Standing,
    private readonly access: StaffAccess,
    private readonly clock: Clock,
  ) {}

  @Get('record')
  @Allow('staff', 'manager', 'training-officer', 'hr', 'auditor')
  @ApiOperation({ summary: '職員の受講記録' })
  @ApiOkResponse({ type: RecordView, description: '本人、その上司、研修担当と人事に限る。' })
  async show(@By() by: Caller, @Param('staffId') staffId: string): Promise<RecordView> {
    await this.access.requireSeen(by, staffId);
    const { municipality } = by;
    const today = this.clock.today();
    const { state, version } = await this.recordOf(by, staffId);
    const asked = { today, inService: await this.standing.inService(municipality, staffId, today) };
    return recordView(staffId, state, version, asked);
  }

  @Post('assignments')
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '受講を割り当てる' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '休業の間は、復職まで免除になる。' })
  async order(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Body() { course: code, dueOn }: OrderBody,
  ): Promise<CommandAnswer> {
    const { municipality, metadata } = by;
    const today = this.clock.today();
    await this.requireInService(by, staffId, today);
    const assignmentId = idFrom(by, 'assignment');
    const result = await this.commands.together(by, async (tx) => {
      const service = await this.standing.service(municipality, staffId, tx);
      const { kind } = await this.courses.used(municipality, code, today, metadata, tx);
      const order = { type: 'OrderAssignment', staffId, assignmentId, course: code, kind, today, dueOn } as const;
      return this.commands.run(trainingRecord, staffId, { ...order, service }, by, tx);
    });
    return CommandAnswer.of(assignmentId, result);
  }

  @Post('assignments/:assignmentId/excuse')
  @HttpCode(200)
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '割当を免除する' })
  @ApiOkResponse({ type: CommandAnswer })
  async excuse(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('assignmentId') assignmentId: string,
    @Body() { reason }: ExcuseBody,
  ): Promise<CommandAnswer> {
    const today = this.clock.today();
    const command = { type: 'ExcuseByHand', staffId, assignmentId, reason, by: by.staffId, today } as const;
    return CommandAnswer.of(assignmentId, await this.commands.run(trainingRecord, staffId, command, by));
  }

  @Post('assignments/:assignmentId/reopening')
  @HttpCode(200)
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '手作業で免除した割当を戻す' })
  @ApiOkResponse({ type: CommandAnswer })
  reopen(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('assignmentId') assignmentId: string,
    @Body() { dueOn }: ReopenBody,
  ): Promise<CommandAnswer> {
    const today = this.clock.today();
    return this.runWithService(by, assignmentId, { type: 'ReopenByHand', staffId, assignmentId, today, dueOn });
  }

  @Post('completions')
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '修了を記録する' })
  @ApiCreatedResponse({
    type: CommandAnswer,
    description:
      '割当のない人の修了も残り、別に数える。同じ日の同じ研修の修了は、実施回によるものを除き、一度だけ記録する。',
  })
  async complete(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Body() { course: code, completedOn, minutes, assignmentId }: CompletionBody,
  ): Promise<CommandAnswer> {
    const { municipality, metadata } = by;
    await this.requireInService(by, staffId, completedOn);
    const completionId = idFrom(by, 'completion');
    const result = await this.commands.together(by, async (tx) => {
      const course = await this.courses.used(municipality, code, completedOn, metadata, tx);
      const command = {
        type: 'CompleteCourse',
        staffId,
        completionId,
        assignmentId,
        course: code,
        completedOn,
        minutes: minutes ?? course.minutes,
        validity: this.rules.validity(municipality, course, completedOn),
        by: by.staffId,
        today: this.clock.today(),
      } as const;
      return this.commands.run(trainingRecord, staffId, command, by, tx);
    });
    return CommandAnswer.of(completionId, result);
  }

  @Post('completions/:completionId/voiding')
  @HttpCode(200)
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '誤って記録した修了を取り消す' })
  @ApiOkResponse({ type: CommandAnswer, description: '割当は再び未修了になる。' })
  async void(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('completionId') completionId: string,
  ): Promise<CommandAnswer> {
    return this.runWithService(by, completionId, { type: 'VoidCompletion', staffId, completionId });
  }

  /** @throws NotFound for an id of nobody: nothing was recorded of it here, and placement has not told of it */
  private async recordOf({ municipality }: Caller, staffId: string) {
    const record = await this.commands.stateOf(trainingRecord, municipality, staffId);
    if (record.version === 0 && !(await this.standing.isKnown(municipality, staffId))) throw new NotFound('staff');
    return record;
  }

  /** @throws NotFound for an id of nobody; Rejected `staff.not-in-service` for who is not there on the day */
  private async requireInService(by: Caller, staffId: string, on: LocalDate): Promise<void> {
    if (await this.standing.inService(by.municipality, staffId, on)) return;
    await this.recordOf(by, staffId);
    throw new Rejected('staff.not-in-service', { on });
  }

  /**
   * When the person is there is read anew whenever it is decided anew, and after the stream: an action that changes both
   * meanwhile is met by the stream's version.
   */
  private async runWithService(
    by: Caller,
    id: string,
    command: Extract<TrainingRecordCommand, { type: 'ReopenByHand' | 'VoidCompletion' }>,
  ): Promise<CommandAnswer> {
    const { staffId } = command;
    const withService = async () => ({
      ...command,
      service: await this.standing.service(by.municipality, staffId),
    });
    return CommandAnswer.of(id, await this.commands.run(trainingRecord, staffId, withService, by));
  }
}
