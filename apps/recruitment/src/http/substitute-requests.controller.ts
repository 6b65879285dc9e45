import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { Rejected } from '#libs/event-store/decider';
import { Database } from '#libs/event-store/database';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { NotFound } from '#libs/event-store/not-found';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { application } from '../domain/application.js';
import { substituteRequest, type Substitute } from '../domain/substitute-request.js';
import { Commands } from '#libs/platform/commands';

const STATUSES = ['open', 'filled', 'closed'] as const;

class FillingBody {
  @ApiPropertyOptional({ description: '採用した応募者が代替する場合' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  applicationId?: string;
  @ApiPropertyOptional({ description: '在職する職員が代替する場合' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  staffId?: string;
  @ApiProperty({ description: '代替の初日' }) @IsLocalDate() from: string;
  @ApiProperty({ description: '代替の末日（その日を含む）' }) @IsLocalDate() through: string;
}

class RequestsQuery extends ListQuery {
  @ApiPropertyOptional({ enum: STATUSES }) @IsOptional() @IsIn(STATUSES) status?: (typeof STATUSES)[number];
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(40) unitId?: string;
}

class SubstituteRow {
  @ApiProperty() requestId: string;
  @ApiProperty({ description: '休業する職員' }) absentStaffId: string;
  @ApiProperty() unitId: string;
  @ApiProperty() from: string;
  @ApiProperty({ description: '休業の末日（その日を含む）' }) through: string;
  @ApiProperty({ enum: STATUSES }) status: (typeof STATUSES)[number];
  @ApiProperty({ type: String, nullable: true }) applicationId: string | null;
  @ApiProperty({ type: String, nullable: true, description: '代替する職員' }) staffId: string | null;
  @ApiProperty({ type: String, nullable: true }) filledFrom: string | null;
  @ApiProperty({ type: String, nullable: true }) filledThrough: string | null;
}

const COLUMNS = `request_id AS "requestId", absent_staff_id AS "absentStaffId", unit_id AS "unitId",
  from_day::text AS "from", through_day::text AS through, status, application_id AS "applicationId",
  staff_id AS "staffId", filled_from::text AS "filledFrom", filled_through::text AS "filledThrough"`;

/** 育休代替: the searches that leave in wellbeing opens. */
@ApiTags('育休代替')
@System('R11')
@Controller('substitute-requests')
export class SubstituteRequestsController {
  constructor(
    private readonly commands: Commands,
    private readonly directory: StaffDirectory,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
  ) {}

  @Get()
  @Allow('hr', 'recruiter', 'auditor')
  @ApiOperation({ summary: '育休代替の依頼の一覧を見る' })
  @ApiOkResponse({ type: pageOf(SubstituteRow) })
  async list(@By() { municipality }: Caller, @Query() query: RequestsQuery): Promise<Page<SubstituteRow>> {
    await caughtUp(this.followers, 'recruitment-lists', query.after);
    return page<SubstituteRow, RequestsQuery>(this.database.pool, {
      select: COLUMNS,
      from: 'substitute_requests',
      where: 'municipality = $1',
      params: [municipality],
      filters: { status: 'status', unitId: 'unit_id' },
      sort: { from: 'from_day', through: 'through_day' },
      key: 'request_id',
      query,
    });
  }

  @Post(':requestId/filling')
  @HttpCode(200)
  @Allow('hr', 'recruiter')
  @ApiOperation({ summary: '育休代替の職員を決める' })
  @ApiOkResponse({ type: CommandAnswer, description: '採用した応募者か、在職する職員のどちらか。' })
  async fill(
    @By() by: Caller,
    @Param('requestId') requestId: string,
    @Body() { applicationId, staffId, from, through }: FillingBody,
  ): Promise<CommandAnswer> {
    const substitute = substituteOf(applicationId, staffId);
    const available = await this.available(by, substitute, from, through);
    const command = { type: 'FillSubstituteRequest', substitute, available, from, through } as const;
    return CommandAnswer.of(requestId, await this.commands.run(substituteRequest, requestId, command, by));
  }

  private async available(
    { municipality }: Caller,
    substitute: Substitute,
    from: string,
    through: string,
  ): Promise<boolean> {
    if ('staffId' in substitute) {
      const days = [from, through].map((day) => this.directory.inPost(municipality, substitute.staffId, day));
      return (await Promise.all(days)).every(Boolean);
    }
    const { state } = await this.commands.stateOf(application, municipality, substitute.applicationId);
    if (state.status === 'none') throw new NotFound('application');
    return state.hire !== undefined && state.hire.joinsOn <= from;
  }
}

const substituteOf = (applicationId?: string, staffId?: string): Substitute => {
  if (applicationId !== undefined && staffId === undefined) return { applicationId };
  if (staffId !== undefined && applicationId === undefined) return { staffId };
  throw new Rejected('substitute-request.one-substitute');
};
