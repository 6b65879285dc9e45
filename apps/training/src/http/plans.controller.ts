import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsBoolean,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Database } from '#libs/event-store/database';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { NotFound } from '#libs/event-store/not-found';
import { endOf, startOf } from '#libs/law/fiscal-year';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { Commands } from '#libs/platform/commands';
import { FiscalYearPipe } from '#libs/platform/fiscal-year.pipe';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { Clock } from '#libs/processes/clock';
import { Courses } from '../courses.js';
import { trainingPlan, type TrainingPlanCommand } from '../domain/training-plan.js';

class PlanLineBody {
  @ApiProperty({ example: 'harassment' }) @IsString() @MaxLength(40) course: string;
  @ApiProperty({ type: 'integer', description: '実施回数' }) @IsInt() @Min(0) @Max(999) sessions: number;
  @ApiProperty({ type: 'integer', description: '全実施回の時間（分）の合計' })
  @IsInt()
  @Min(0)
  @Max(999_999)
  minutes: number;
}

class DraftPlanBody {
  @ApiProperty({ type: [PlanLineBody] })
  @ArrayNotEmpty()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => PlanLineBody)
  lines: PlanLineBody[];

  @ApiPropertyOptional({ default: true, description: 'false では下書きのままにする。' })
  @IsOptional()
  @IsBoolean()
  submit?: boolean;
}

class ReasonBody {
  @ApiProperty({ maxLength: 1000 }) @IsString() @IsNotEmpty() @MaxLength(1000) because: string;
}

class PlanView {
  @ApiProperty({ type: 'integer' }) fiscalYear: number;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty({ type: [PlanLineBody], description: '承認された計画' }) approved: readonly PlanLineBody[];
  @ApiPropertyOptional({ type: [PlanLineBody], description: '承認前の案' }) draft?: readonly PlanLineBody[];
  @ApiProperty() submitted: boolean;
}

class CoverageRow {
  @ApiProperty() course: string;
  @ApiProperty({ type: 'integer', description: '計画した実施回数' }) plannedSessions: number;
  @ApiProperty({ type: 'integer', description: '計画した時間（分）' }) plannedMinutes: number;
  @ApiProperty({ type: 'integer', description: '年度内に予定または実施した回数（中止を除く）' }) sessions: number;
  @ApiProperty({ type: 'integer', description: 'うち実施済み' }) heldSessions: number;
  @ApiProperty({ type: 'integer', description: '年度内に期限が来る割当（期限までの免除と退職を除く）' })
  required: number;
  @ApiProperty({ type: 'integer', description: 'うち修了' }) completed: number;
  @ApiProperty({ type: 'integer', description: 'うち期限を過ぎて未修了' }) overdue: number;
  @ApiProperty({ type: 'integer', description: '年度内の、割当のない修了' }) unassigned: number;
}

/** Every course of the plan, with sessions, or asked for in the year `$2`–`$3`; `$4` today, `$5` the plan's lines. */
const COVERAGE = `(
  SELECT course, coalesce(max(planned), 0)::int AS planned_sessions, coalesce(max(minutes), 0)::int AS planned_minutes,
         coalesce(sum(given), 0)::int AS sessions, coalesce(sum(held), 0)::int AS held_sessions,
         coalesce(sum(asked), 0)::int AS required, coalesce(sum(done), 0)::int AS completed,
         coalesce(sum(late), 0)::int AS overdue, coalesce(sum(unasked), 0)::int AS unassigned
  FROM (
    SELECT course, sessions AS planned, minutes, 0 AS given, 0 AS held, 0 AS asked, 0 AS done, 0 AS late, 0 AS unasked
    FROM json_to_recordset($5::json) AS line(course text, sessions int, minutes int)
    UNION ALL
    SELECT course, 0, 0, 1, (status = 'held')::int, 0, 0, 0, 0 FROM training_sessions
    WHERE municipality = $1 AND held_on BETWEEN $2 AND $3 AND status <> 'cancelled'
    UNION ALL
    SELECT course, 0, 0, 0, 0, 1, (completed_on IS NOT NULL)::int, (completed_on IS NULL AND due_on < $4::date)::int, 0
    FROM assignments a
    WHERE municipality = $1 AND due_on BETWEEN $2 AND $3
      AND (completed_on IS NOT NULL OR ((excused_from IS NULL OR excused_from > due_on OR excused_to IS NOT NULL) AND EXISTS (
        SELECT FROM directory_postings p
        WHERE p.municipality = a.municipality AND p.staff_id = a.staff_id AND p.main
          AND p.valid_from <= a.due_on AND (p.valid_to IS NULL OR p.valid_to > a.due_on))))
    UNION ALL
    SELECT course, 0, 0, 0, 0, 0, 0, 0, 1 FROM completions
    WHERE municipality = $1 AND completed_on BETWEEN $2 AND $3 AND assignment_id IS NULL AND NOT voided) part
  GROUP BY course) coverage`;

@ApiTags('職員研修計画')
@System('T1')
@Controller('plans/:fiscalYear')
export class PlansController {
  constructor(
    private readonly commands: Commands,
    private readonly courses: Courses,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
  ) {}

  @Post()
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '職員研修計画を起案・変更する' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '`submit` が false でなければ、承認者に送る。' })
  async draft(
    @By() by: Caller,
    @Param('fiscalYear', FiscalYearPipe) fiscalYear: number,
    @Body() { lines, submit = true }: DraftPlanBody,
  ) {
    const codes = lines.map(({ course }) => course);
    const found = await Promise.all(codes.map((code) => this.courses.find(by.municipality, code, startOf(fiscalYear))));
    const unknownCourses = codes.filter((_, index) => !found[index]);
    return this.run(by, { type: 'DraftPlan', fiscalYear, lines, submit, unknownCourses, by: by.subject });
  }

  @Post('submission')
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '職員研修計画を提出する' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '下書きを承認者に送る。' })
  submit(@By() by: Caller, @Param('fiscalYear', FiscalYearPipe) fiscalYear: number) {
    return this.run(by, { type: 'SubmitPlan', fiscalYear, by: by.subject });
  }

  @Post('return')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '職員研修計画を差し戻す' })
  @ApiOkResponse({ type: CommandAnswer, description: '理由を付けて起案者に戻す。' })
  giveBack(@By() by: Caller, @Param('fiscalYear', FiscalYearPipe) fiscalYear: number, @Body() { because }: ReasonBody) {
    return this.run(by, { type: 'ReturnPlan', fiscalYear, by: by.subject, because });
  }

  @Post('approval')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '職員研修計画を承認する' })
  @ApiOkResponse({ type: CommandAnswer, description: '起案・提出した人以外が承認する。' })
  approve(@By() by: Caller, @Param('fiscalYear', FiscalYearPipe) fiscalYear: number) {
    return this.run(by, { type: 'ApprovePlan', fiscalYear, by: by.subject });
  }

  @Get()
  @Allow('training-officer', 'hr', 'auditor')
  @ApiOperation({ summary: '職員研修計画' })
  @ApiOkResponse({ type: PlanView })
  async show(
    @By() { municipality }: Caller,
    @Param('fiscalYear', FiscalYearPipe) fiscalYear: number,
  ): Promise<PlanView> {
    const { state, version } = await this.commands.stateOf(trainingPlan, municipality, String(fiscalYear));
    if (version === 0) throw new NotFound('plan');
    const { draft, approved } = state;
    return {
      fiscalYear,
      version,
      approved,
      ...(draft && { draft: draft.lines }),
      submitted: draft?.submitted ?? false,
    };
  }

  @Get('coverage')
  @Allow('training-officer', 'hr', 'auditor')
  @ApiOperation({ summary: '職員研修計画に対する実績' })
  @ApiOkResponse({ type: pageOf(CoverageRow), description: '計画にない研修も、実績があれば載る。' })
  async coverage(
    @By() { municipality }: Caller,
    @Param('fiscalYear', FiscalYearPipe) fiscalYear: number,
    @Query() query: ListQuery,
  ): Promise<Page<CoverageRow>> {
    await caughtUp(this.followers, 'training-lists', query.after);
    const { state } = await this.commands.stateOf(trainingPlan, municipality, String(fiscalYear));
    return page<CoverageRow>(this.database.pool, {
      select: `course, planned_sessions AS "plannedSessions", planned_minutes AS "plannedMinutes", sessions,
               held_sessions AS "heldSessions", required, completed, overdue, unassigned`,
      from: COVERAGE,
      where: 'true',
      params: [
        municipality,
        startOf(fiscalYear),
        endOf(fiscalYear),
        this.clock.today(),
        JSON.stringify(state.approved),
      ],
      sort: { course: 'course', required: 'required', overdue: 'overdue' },
      key: 'course',
      query,
    });
  }

  private async run(by: Caller, command: TrainingPlanCommand): Promise<CommandAnswer> {
    const id = String(command.fiscalYear);
    return CommandAnswer.of(id, await this.commands.run(trainingPlan, id, command, by));
  }
}
