import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
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
import { Commands } from '#libs/platform/commands';
import { SendSheetBody } from './sheets.js';

class AssignBody {
  @ApiProperty({ type: [String], description: '職員のID。前の割当てに置き換わる。' })
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
  @ApiPropertyOptional({ description: '職員のID。評定者が自分について申し出るときは省略する。' })
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
  @ApiOperation({ summary: '選考段階の評定者を割り当てる' })
  @ApiOkResponse({ type: CommandAnswer, description: '前の割当てに置き換わる。' })
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
  @ApiOperation({ summary: '評定を送る' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '本人の評定を一回だけ。' })
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
  @ApiOperation({ summary: '選考段階の合否を決める' })
  @ApiOkResponse({
    type: CommandAnswer,
    description: '割り当てた評定がすべてそろったとき、または応募者が欠席したとき。',
  })
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
  @ApiOperation({ summary: '応募者との親族関係を申し出る' })
  @ApiOkResponse({
    type: CommandAnswer,
    description: '応募者の親族は選考に加わらない。評定者は自分で申し出る。',
  })
  declareRelative(@By() by: Caller, @Param('applicationId') id: string, @Body() { staffId }: RelativeBody) {
    const assessor = by.roles.includes('recruiter') && staffId ? staffId : ownStaffId(by);
    return this.run(by, id, { type: 'DeclareRelative', assessor });
  }

  @Get('assessments')
  @Allow('assessor')
  @ApiOperation({ summary: '自分の評定の一覧を見る' })
  @ApiOkResponse({ type: pageOf(AssessmentRow), description: '本人に割り当てられたものだけ。' })
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
