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
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { CommandAnswer } from '#libs/platform/command-answer';
import { FiscalYearPipe } from '#libs/platform/fiscal-year.pipe';
import { Database } from '#libs/event-store/database';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { NotFound } from '#libs/event-store/not-found';
import { recruitmentPlan, type RecruitmentPlanCommand } from '../domain/recruitment-plan.js';
import { Commands, idFrom } from '#libs/platform/commands';
import { Pack } from './pack.js';

class PlanLineBody {
  @ApiProperty({ example: 'general' }) @IsString() @MaxLength(50) jobCategory: string;
  @ApiProperty({ example: 'new-graduate' }) @IsString() @MaxLength(50) route: string;
  @ApiProperty({ type: 'integer', minimum: 0, description: '採用予定人数' })
  @IsInt()
  @Min(0)
  @Max(9999)
  planned: number;
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

class ExceptionBody extends ReasonBody {
  @ApiProperty() @IsString() @MaxLength(50) jobCategory: string;
  @ApiProperty() @IsString() @MaxLength(50) route: string;
  @ApiProperty({ type: 'integer', minimum: 1, description: '計画を超えて採用できる人数' })
  @IsInt()
  @Min(1)
  @Max(999)
  hires: number;
}

class PlanView {
  @ApiProperty({ type: 'integer' }) fiscalYear: number;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty({ type: [PlanLineBody], description: '承認された計画' }) approved: readonly PlanLineBody[];
  @ApiPropertyOptional({ type: [PlanLineBody], description: '承認前の案' })
  draft?: readonly PlanLineBody[];
  @ApiProperty() submitted: boolean;
}

class ProgressQuery extends ListQuery {
  @ApiPropertyOptional() @IsOptional() @IsString() jobCategory?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() route?: string;
}

class ProgressRow {
  @ApiProperty() jobCategory: string;
  @ApiProperty() route: string;
  @ApiProperty({ type: 'integer' }) planned: number;
  @ApiProperty({ type: 'integer', description: '計画を超えて採用できる人数' }) exceptions: number;
  @ApiProperty({ type: 'integer' }) applied: number;
  @ApiProperty({ type: 'integer', description: '一度でも内定を出した応募者の数' }) offered: number;
  @ApiProperty({ type: 'integer' }) hired: number;
}

@ApiTags('採用計画')
@System('R1')
@Controller('plans/:fiscalYear')
export class PlansController {
  constructor(
    private readonly commands: Commands,
    private readonly pack: Pack,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
  ) {}

  @Post()
  @Allow('recruiter', 'hr')
  @ApiOperation({ summary: '採用計画を起案・変更する' })
  @ApiCreatedResponse({
    type: CommandAnswer,
    description: '`submit` が false でなければ、承認者に送る。',
  })
  draft(
    @By() by: Caller,
    @Param('fiscalYear', FiscalYearPipe) fiscalYear: number,
    @Body() { lines, submit = true }: DraftPlanBody,
  ) {
    return this.run(by, { type: 'DraftPlan', fiscalYear, lines, submit, by: by.subject, codes: this.codes(by) });
  }

  @Post('submission')
  @Allow('recruiter', 'hr')
  @ApiOperation({ summary: '採用計画を提出する' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '下書きを承認者に送る。' })
  submit(@By() by: Caller, @Param('fiscalYear', FiscalYearPipe) fiscalYear: number) {
    return this.run(by, { type: 'SubmitPlan', fiscalYear, by: by.subject });
  }

  @Post('return')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '採用計画を差し戻す' })
  @ApiOkResponse({ type: CommandAnswer, description: '理由を付けて起案者に戻す。' })
  giveBack(@By() by: Caller, @Param('fiscalYear', FiscalYearPipe) fiscalYear: number, @Body() { because }: ReasonBody) {
    return this.run(by, { type: 'ReturnPlan', fiscalYear, by: by.subject, because });
  }

  @Post('approval')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '採用計画を承認する' })
  @ApiOkResponse({ type: CommandAnswer, description: '起案も提出もしていない人に限る。' })
  approve(@By() by: Caller, @Param('fiscalYear', FiscalYearPipe) fiscalYear: number) {
    return this.run(by, { type: 'ApprovePlan', fiscalYear, by: by.subject });
  }

  @Post('exceptions')
  @Allow('hr')
  @ApiOperation({ summary: '計画を超える採用を認める' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '理由を記録する。' })
  grantException(
    @By() by: Caller,
    @Param('fiscalYear', FiscalYearPipe) fiscalYear: number,
    @Body() body: ExceptionBody,
  ) {
    const { jobCategory, route, hires, because } = body;
    const line = { jobCategory, route, hires, because };
    return this.run(by, {
      type: 'GrantException',
      fiscalYear,
      exceptionId: idFrom(by, 'exception'),
      ...line,
      by: by.subject,
      codes: this.codes(by),
    });
  }

  @Get()
  @Allow('recruiter', 'hr', 'auditor')
  @ApiOperation({ summary: '採用計画を見る' })
  @ApiOkResponse({ type: PlanView, description: '承認された計画と、承認前の案' })
  async show(
    @By() { municipality }: Caller,
    @Param('fiscalYear', FiscalYearPipe) fiscalYear: number,
  ): Promise<PlanView> {
    const { state, version } = await this.commands.stateOf(recruitmentPlan, municipality, String(fiscalYear));
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

  @Get('progress')
  @Allow('recruiter', 'hr', 'auditor')
  @ApiOperation({ summary: '採用計画の進み具合を見る' })
  @ApiOkResponse({ type: pageOf(ProgressRow), description: '職種と採用区分ごとの人数' })
  async progress(
    @By() { municipality }: Caller,
    @Param('fiscalYear', FiscalYearPipe) fiscalYear: number,
    @Query() query: ProgressQuery,
  ): Promise<Page<ProgressRow>> {
    await caughtUp(this.followers, 'recruitment-lists', query.after);
    return page<ProgressRow, ProgressQuery>(this.database.pool, {
      select: `job_category AS "jobCategory", route, planned, exceptions, applied, offered, hired`,
      from: 'plan_progress',
      where: 'municipality = $1 AND fiscal_year = $2',
      params: [municipality, fiscalYear],
      filters: { jobCategory: 'job_category', route: 'route' },
      sort: { jobCategory: 'job_category', planned: 'planned', hired: 'hired' },
      key: `job_category || '/' || route`,
      query,
    });
  }

  private codes({ municipality }: Caller) {
    return this.pack.codes(municipality, this.clock.today());
  }

  private async run(by: Caller, command: RecruitmentPlanCommand): Promise<CommandAnswer> {
    const id = String(command.fiscalYear);
    return CommandAnswer.of(id, await this.commands.run(recruitmentPlan, id, command, by));
  }
}
