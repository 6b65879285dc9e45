import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { CommandAnswer } from '#libs/platform/command-answer';
import { Database } from '#libs/event-store/database';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { Problem } from '#libs/platform/problem';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { application, type ApplicationCommand } from '../domain/application.js';
import type { StageOutcome } from '../domain/application-state.js';
import { Applicants } from './applicants.js';
import { Commands } from './commands.js';
import { SendSheetBody } from './sheets.js';

class AssignBody {
  @ApiProperty({ type: [String], description: 'Staff ids; replaces those assigned before.' })
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  assessors: string[];
}

class DecisionBody {
  @ApiProperty({ enum: ['passed', 'failed', 'absent'] }) @IsIn(['passed', 'failed', 'absent']) outcome: StageOutcome;
}

class RelativeBody {
  @ApiPropertyOptional({ description: 'Staff id; an assessor declares themselves by leaving it out.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  staffId?: string;
}

class AssessmentsQuery extends ListQuery {
  @ApiPropertyOptional({ enum: ['to-send', 'sent'] }) @IsOptional() @IsIn(['to-send', 'sent']) status?:
    | 'to-send'
    | 'sent';
}

class AssessmentRow {
  @ApiProperty() applicationId: string;
  @ApiProperty() postingId: string;
  @ApiProperty() stage: string;
  @ApiProperty({ enum: ['to-send', 'sent'] }) status: 'to-send' | 'sent';
  @ApiProperty() familyName: string;
  @ApiProperty() givenName: string;
  @ApiProperty() familyNameKana: string;
  @ApiProperty() givenNameKana: string;
}

type Opened = Pick<AssessmentRow, 'applicationId' | 'postingId' | 'stage' | 'status'> & { receivedEvent: string };

@ApiTags('選考')
@System('R5')
@Controller()
export class SelectionController {
  constructor(
    private readonly commands: Commands,
    private readonly applicants: Applicants,
    private readonly directory: StaffDirectory,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
  ) {}

  @Post('applications/:applicationId/stages/:stage/assessors')
  @HttpCode(200)
  @Allow('recruiter')
  @ApiOkResponse({ type: CommandAnswer })
  async assign(
    @By() by: Caller,
    @Param('applicationId') id: string,
    @Param('stage') stage: string,
    @Body() { assessors }: AssignBody,
  ) {
    const inPost = await this.inPost(by, assessors);
    return this.run(by, id, { type: 'AssignAssessors', stage, assessors, inPost, by: by.staffId });
  }

  @Post('applications/:applicationId/stages/:stage/sheets')
  @Allow('assessor')
  @ApiCreatedResponse({ type: CommandAnswer, description: "The caller's own sheet, once." })
  send(
    @By() by: Caller,
    @Param('applicationId') id: string,
    @Param('stage') stage: string,
    @Body() { scores, comment }: SendSheetBody,
  ) {
    return this.run(by, id, { type: 'SendSheet', stage, assessor: ownStaffId(by), scores, comment });
  }

  @Post('applications/:applicationId/stages/:stage/decision')
  @HttpCode(200)
  @Allow('recruiter')
  @ApiOkResponse({ type: CommandAnswer, description: 'When every assigned sheet is in, or the applicant was absent.' })
  decide(
    @By() by: Caller,
    @Param('applicationId') id: string,
    @Param('stage') stage: string,
    @Body() { outcome }: DecisionBody,
  ) {
    return this.run(by, id, { type: 'DecideStage', stage, outcome, by: by.staffId });
  }

  @Post('applications/:applicationId/relatives')
  @HttpCode(200)
  @Allow('recruiter', 'assessor')
  @ApiOkResponse({
    type: CommandAnswer,
    description: 'Somebody related to the applicant takes no part; an assessor declares themselves.',
  })
  declareRelative(@By() by: Caller, @Param('applicationId') id: string, @Body() { staffId }: RelativeBody) {
    const assessor = by.roles.includes('recruiter') && staffId ? staffId : ownStaffId(by);
    return this.run(by, id, { type: 'DeclareRelative', assessor });
  }

  @Get('assessments')
  @Allow('assessor')
  @ApiOkResponse({ type: pageOf(AssessmentRow), description: 'What is assigned to the caller.' })
  async own(@By() by: Caller, @Query() query: AssessmentsQuery): Promise<Page<AssessmentRow>> {
    await caughtUp(this.followers, 'recruitment-lists', query.after);
    const { items, ...rest } = await page<Opened, AssessmentsQuery>(this.database.pool, {
      select: `application_id AS "applicationId", posting_id AS "postingId", assessments.stage,
               received_event AS "receivedEvent", CASE WHEN sent THEN 'sent' ELSE 'to-send' END AS status`,
      from: 'assessments JOIN applications USING (municipality, application_id)',
      where: 'municipality = $1 AND assessments.staff_id = $2',
      params: [by.municipality, ownStaffId(by)],
      filters: { status: `CASE WHEN sent THEN 'sent' ELSE 'to-send' END` },
      sort: { receivedOn: 'received_on' },
      key: `application_id || '/' || assessments.stage`,
      query,
    });
    return { items: await this.applicants.named(items), ...rest };
  }

  private async inPost({ municipality }: Caller, staffIds: readonly string[]): Promise<string[]> {
    const today = this.clock.today();
    const present = await Promise.all(staffIds.map((staffId) => this.directory.inPost(municipality, staffId, today)));
    return staffIds.filter((_, index) => present[index]);
  }

  private async run(by: Caller, id: string, command: ApplicationCommand): Promise<CommandAnswer> {
    return CommandAnswer.of(id, await this.commands.run(application, id, command, by));
  }
}

/** Only accounts of staff can be assigned, so only they have sheets of their own. */
const ownStaffId = ({ staffId }: Caller): string => {
  if (staffId === undefined) throw new Problem(403, 'role.not-allowed');
  return staffId;
};
