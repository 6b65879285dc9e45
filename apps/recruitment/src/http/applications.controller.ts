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
import { IsEmail, IsIn, IsNotEmpty, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { CommandAnswer } from '#libs/platform/command-answer';
import { Database } from '#libs/event-store/database';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { PersonalDataReads, ReadRow } from '#libs/platform/personal-data-reads';
import { NotFound } from '#libs/event-store/not-found';
import { claimId } from '../claim-id.js';
import { applicationClaim } from '../domain/application-claim.js';
import { application } from '../domain/application.js';
import { STATUSES, type Sex, type Status } from '../domain/application-state.js';
import { posting } from '../domain/posting.js';
import { Applicants } from './applicants.js';
import { ApplicationView, viewFor } from './application-view.js';
import { Commands, idFrom } from '#libs/platform/commands';
import { IsLocalDate } from '#libs/platform/local-date.validator';

class ApplicantBody {
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) familyName: string;
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) givenName: string;
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) familyNameKana: string;
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) givenNameKana: string;
  @ApiProperty() @IsLocalDate() birthDate: string;
  @ApiProperty({ enum: ['1', '2', '0', '9'], description: 'ISO 5218: 1 男, 2 女, 0 不明, 9 適用不能' })
  @IsIn(['1', '2', '0', '9'])
  sex: Sex;
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(300) address: string;
  @ApiPropertyOptional() @IsOptional() @IsEmail() email?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(30) phone?: string;
  @ApiPropertyOptional({ description: '応募者がすでに職員である場合' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  staffId?: string;
}

class ReceiveBody {
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) postingId: string;
  @ApiProperty({ type: ApplicantBody })
  @ValidateNested()
  @Type(() => ApplicantBody)
  @IsNotEmpty()
  applicant: ApplicantBody;
}

class ApplicationsQuery extends ListQuery {
  @ApiPropertyOptional() @IsOptional() @IsString() postingId?: string;
  @ApiPropertyOptional({ description: '進行中の選考段階' }) @IsOptional() @IsString() stage?: string;
  @ApiPropertyOptional({ enum: STATUSES }) @IsOptional() @IsIn(STATUSES) status?: Status;
}

class ApplicationRow {
  @ApiProperty() applicationId: string;
  @ApiProperty() postingId: string;
  @ApiProperty({ enum: STATUSES }) status: Status;
  @ApiProperty({ type: String, nullable: true }) stage: string | null;
  @ApiProperty() receivedOn: string;
  @ApiProperty({ type: String, nullable: true }) offerDeadline: string | null;
  @ApiProperty({ type: String, nullable: true }) joinsOn: string | null;
  @ApiProperty() familyName: string;
  @ApiProperty() givenName: string;
  @ApiProperty() familyNameKana: string;
  @ApiProperty() givenNameKana: string;
}

/** What placement needs to register the person as staff. */
class HireDetails {
  @ApiProperty() applicationId: string;
  @ApiProperty() familyName: string;
  @ApiProperty() givenName: string;
  @ApiProperty() familyNameKana: string;
  @ApiProperty() givenNameKana: string;
  @ApiProperty() birthDate: string;
  @ApiProperty({ enum: ['1', '2', '0', '9'] }) sex: Sex;
  @ApiProperty() address: string;
  @ApiPropertyOptional({ description: '元職員として採用を決定した場合の職員 ID' }) formerStaffId?: string;
}

@ApiTags('応募')
@System('R5', 'R8')
@Controller('applications')
export class ApplicationsController {
  constructor(
    private readonly commands: Commands,
    private readonly applicants: Applicants,
    private readonly personalDataReads: PersonalDataReads,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
  ) {}

  @Post()
  @Allow('recruiter')
  @ApiOperation({ summary: '応募を受け付ける' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '一つの募集に一人一回。' })
  async receive(@By() by: Caller, @Body() { postingId, applicant: person }: ReceiveBody): Promise<CommandAnswer> {
    const applicationId = idFrom(by, 'application');
    const { sex, staffId, ...applicant } = person;
    const { state } = await this.commands.stateOf(posting, by.municipality, postingId);
    if (state.status === 'none') throw new NotFound('posting');
    const claim = claimId(postingId, state.recognitionKey, applicant);
    const receive = {
      type: 'ReceiveApplication',
      applicationId,
      posting: state,
      applicant,
      sex,
      staffId,
      today: this.clock.today(),
    } as const;
    const result = await this.commands.together(by, async (tx) => {
      const own = { municipality: by.municipality, metadata: by.metadata };
      await this.commands.run(applicationClaim, claim, { type: 'ClaimApplication', postingId, applicationId }, own, tx);
      return this.commands.run(application, applicationId, receive, by, tx);
    });
    return CommandAnswer.of(applicationId, result);
  }

  @Post(':applicationId/withdrawal')
  @HttpCode(200)
  @Allow('recruiter')
  @ApiOperation({ summary: '応募の辞退を記録する' })
  @ApiOkResponse({ type: CommandAnswer, description: '採用の確定まで。' })
  async withdraw(@By() by: Caller, @Param('applicationId') id: string): Promise<CommandAnswer> {
    const command = { type: 'WithdrawApplication', today: this.clock.today() } as const;
    return CommandAnswer.of(id, await this.commands.run(application, id, command, by));
  }

  @Post(':applicationId/erasure')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '応募者の個人情報を消去する' })
  @ApiOkResponse({
    type: CommandAnswer,
    description: '終わった応募に限る。鍵を破棄し、証跡だけを残す。元に戻せない。',
  })
  async erase(@By() by: Caller, @Param('applicationId') id: string): Promise<CommandAnswer> {
    return CommandAnswer.of(id, await this.applicants.erase(by, id));
  }

  @Get()
  @Allow('recruiter', 'hr')
  @ApiOperation({ summary: '応募の一覧を見る' })
  @ApiOkResponse({ type: pageOf(ApplicationRow), description: '募集・選考段階・状態で絞り込める。' })
  async list(@By() { municipality }: Caller, @Query() query: ApplicationsQuery): Promise<Page<ApplicationRow>> {
    await caughtUp(this.followers, 'recruitment-lists', query.after);
    const { items, ...rest } = await page<
      Omit<ApplicationRow, NameField> & { receivedEvent: string },
      ApplicationsQuery
    >(this.database.pool, {
      select: `application_id AS "applicationId", posting_id AS "postingId", status, stage, received_on::text AS "receivedOn",
                 offer_deadline::text AS "offerDeadline", joins_on::text AS "joinsOn", received_event AS "receivedEvent"`,
      from: 'applications',
      where: 'municipality = $1',
      params: [municipality],
      filters: { postingId: 'posting_id', stage: 'stage', status: 'status' },
      sort: { receivedOn: 'received_on', status: 'status' },
      key: 'application_id',
      query,
    });
    return { items: await this.applicants.named(items), ...rest };
  }

  @Get(':applicationId')
  @Allow('recruiter', 'hr', 'assessor')
  @ApiOperation({ summary: '応募を見る' })
  @ApiOkResponse({ type: ApplicationView, description: '評定者には自分の評定だけを示す。閲覧は記録される。' })
  async show(@By() by: Caller, @Param('applicationId') id: string): Promise<ApplicationView> {
    const { state, version } = await this.commands.stateOf(application, by.municipality, id);
    const view = state.status === 'none' ? undefined : viewFor(state, version, by);
    if (!view) throw new NotFound('application');
    await this.personalDataReads.note(by, id, 'selection');
    return view;
  }

  @Get(':applicationId/hire-details')
  @System('R1')
  @Allow('service')
  @ApiOperation({ summary: '採用者の登録に要る情報を渡す' })
  @ApiOkResponse({ type: HireDetails, description: '採用が確定した応募に限る。閲覧は記録される。' })
  async hireDetails(@By() by: Caller, @Param('applicationId') id: string): Promise<HireDetails> {
    const { state } = await this.commands.stateOf(application, by.municipality, id);
    if (state.status !== 'hired' && state.status !== 'joined') throw new NotFound('application');
    await this.personalDataReads.note(by, id, 'hire-details');
    const { applicationId, familyName, givenName, familyNameKana, givenNameKana, birthDate, sex, address, hire } =
      state;
    const person = { applicationId, familyName, givenName, familyNameKana, givenNameKana, birthDate, sex, address };
    return { ...person, ...(hire?.formerStaffId && { formerStaffId: hire.formerStaffId }) };
  }

  @Get(':applicationId/reads')
  @Allow('auditor')
  @ApiOperation({ summary: '応募者の個人情報の閲覧記録を見る' })
  @ApiOkResponse({
    type: pageOf(ReadRow),
    description: '誰がいつ何のために（選考 selection、採用者の登録 hire-details）見たか。',
  })
  async reads(@By() by: Caller, @Param('applicationId') id: string, @Query() query: ListQuery): Promise<Page<ReadRow>> {
    const { state } = await this.commands.stateOf(application, by.municipality, id);
    if (state.status === 'none') throw new NotFound('application');
    return this.personalDataReads.page(by, id, query);
  }
}

type NameField = 'familyName' | 'givenName' | 'familyNameKana' | 'givenNameKana';
