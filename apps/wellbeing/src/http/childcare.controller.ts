import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { PARENTHOODS } from '#libs/contracts/wellbeing';
import { NotFound } from '#libs/event-store/not-found';
import { idFrom } from '#libs/platform/commands';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { ListQuery, pageOf, type Page } from '#libs/platform/list-query';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { PersonalDataReads, ReadRow } from '#libs/platform/personal-data-reads';
import { LEAVE_STATUSES, type ChildCase, type ChildcareLeave, type Parenthood } from '../domain/childcare-state.js';
import { ChildcareOffice } from './childcare-office.js';

class BirthBody {
  @ApiProperty({
    enum: PARENTHOODS,
    description: 'gave-birth 出産, partner-gave-birth 配偶者の出産, adopted 養子縁組等',
  })
  @IsIn(PARENTHOODS)
  parenthood: Parenthood;
  @ApiPropertyOptional({ description: '子の出生日。出生前は expectedOn を指定する。' })
  @IsOptional()
  @IsLocalDate()
  bornOn?: string;
  @ApiPropertyOptional({ description: '出産予定日' }) @IsOptional() @IsLocalDate() expectedOn?: string;
  @ApiPropertyOptional({ description: '養子縁組等の日（adopted の場合）' })
  @IsOptional()
  @IsLocalDate()
  adoptedOn?: string;
}

class BornBody {
  @ApiProperty({ description: '子の出生日' }) @IsLocalDate() bornOn: string;
}

class InterviewBody {
  @ApiProperty({ description: '面談の日' }) @IsLocalDate() heldOn: string;
  @ApiProperty({ description: '本人の意向', maxLength: 1000 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  wish: string;
}

class PeriodBody {
  @ApiProperty({ description: '初日' }) @IsLocalDate() from: string;
  @ApiProperty({ description: '末日（その日を含む）' }) @IsLocalDate() through: string;
}

class LeaveView extends PeriodBody {
  @ApiProperty() periodId: string;
  @ApiProperty({ enum: LEAVE_STATUSES }) status: ChildcareLeave['status'];
  @ApiProperty({ type: 'integer', description: '延長した回数' }) extensions: number;
  @ApiPropertyOptional({ description: '不承認の理由' }) because?: string;
}

class InterviewView extends InterviewBody {}

class CaseView extends BirthBody {
  @ApiProperty() caseId: string;
  @ApiProperty({ type: 'integer', nullable: true, description: '育児休業を取得できることとなった年度' })
  eligibleFiscalYear: number | null;
  @ApiPropertyOptional({ type: InterviewView }) interview?: InterviewView;
  @ApiProperty({ type: [LeaveView] }) leaves: LeaveView[];
}

class ChildcareView {
  @ApiProperty() staffId: string;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty({ type: [CaseView] }) cases: CaseView[];
}

/** For what it is shown, in the record of reads. */
const PURPOSE = 'childcare';

/** 出生の届出, 意向確認 and 育児休業の請求, from the point of view of one parent. */
@ApiTags('育児休業')
@System('W2')
@Controller('childcare/:staffId')
export class ChildcareController {
  constructor(
    private readonly office: ChildcareOffice,
    private readonly personalDataReads: PersonalDataReads,
  ) {}

  @Get()
  @Allow('hr', 'staff')
  @ApiOperation({ summary: '職員の子と育児休業を見る' })
  @ApiOkResponse({ type: ChildcareView, description: '本人と HR に限る。本人以外の閲覧は記録される。' })
  async show(@By() by: Caller, @Param('staffId') staffId: string): Promise<ChildcareView> {
    this.office.requireOwnOrHr(by, staffId);
    const { state, version } = await this.office.stateOf(by.municipality, staffId);
    if (version === 0) throw new NotFound('childcare-case');
    await this.personalDataReads.note(by, staffId, PURPOSE);
    const cases = state.cases
      .filter(({ voided }) => !voided)
      .map((one) =>
        caseView(
          one,
          state.leaves.filter(({ caseId }) => caseId === one.caseId),
        ),
      );
    return { staffId, version, cases };
  }

  @Get('reads')
  @Allow('auditor')
  @ApiOperation({ summary: '職員の子と育児休業の閲覧記録を見る' })
  @ApiOkResponse({ type: pageOf(ReadRow), description: '本人以外の誰がいつ見たか。' })
  async reads(@By() by: Caller, @Param('staffId') staffId: string, @Query() query: ListQuery): Promise<Page<ReadRow>> {
    if ((await this.office.stateOf(by.municipality, staffId)).version === 0) throw new NotFound('childcare-case');
    return this.personalDataReads.page(by, staffId, query, PURPOSE);
  }

  @Post('births')
  @Allow('hr', 'staff')
  @ApiOperation({ summary: '子の出生・出産予定を届け出る' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '`id` は出生の届出。双子は一つの届出とする。' })
  async notify(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Body() { parenthood, ...dates }: BirthBody,
  ): Promise<CommandAnswer> {
    this.office.requireOwnOrHr(by, staffId);
    const today = this.office.today();
    if (!(await this.office.inService(by.municipality, staffId, today))) throw new NotFound('staff');
    const caseId = idFrom(by, 'childcare-case');
    const child = Object.fromEntries(Object.entries(dates).filter(([, day]) => day !== undefined));
    return this.office.run(by, staffId, caseId, { type: 'NotifyBirth', staffId, caseId, parenthood, child, today });
  }

  @Post('births/:caseId/birth')
  @HttpCode(200)
  @Allow('hr', 'staff')
  @ApiOperation({ summary: '予定していた子の出生日を届け出る' })
  @ApiOkResponse({
    type: CommandAnswer,
    description: '承認済みの育児休業は出生日に合わせて初日を繰り下げる。出生の届出まで休業は始まらない。',
  })
  recordBirth(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('caseId') caseId: string,
    @Body() { bornOn }: BornBody,
  ): Promise<CommandAnswer> {
    this.office.requireOwnOrHr(by, staffId);
    const rules = this.office.rules(by.municipality);
    const command = { type: 'RecordBirth', caseId, bornOn, rules, today: this.office.today() } as const;
    return this.office.run(by, staffId, caseId, command);
  }

  @Post('births/:caseId/voiding')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '誤った出生の届出を取り消す' })
  @ApiOkResponse({ type: CommandAnswer, description: '育児休業の請求がある届出は取り消せない。' })
  voidNotice(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('caseId') caseId: string,
  ): Promise<CommandAnswer> {
    return this.office.run(by, staffId, caseId, { type: 'VoidBirthNotice', caseId });
  }

  @Post('births/:caseId/interview')
  @HttpCode(200)
  @Allow('hr', 'manager')
  @ApiOperation({ summary: '育児休業等の意向確認の面談を記録する' })
  @ApiOkResponse({ type: CommandAnswer, description: '所属の管理職または HR。意向は本人と HR だけに示す。' })
  async interview(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('caseId') caseId: string,
    @Body() { heldOn, wish }: InterviewBody,
  ): Promise<CommandAnswer> {
    await this.office.requireManagerOrHr(by, staffId);
    const heldBy = by.staffId ?? by.subject;
    const command = { type: 'HoldIntentInterview', caseId, heldOn, heldBy, wish, today: this.office.today() } as const;
    return this.office.run(by, staffId, caseId, command);
  }

  @Post('births/:caseId/leaves')
  @Allow('hr', 'staff')
  @ApiOperation({ summary: '育児休業を請求する' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '`id` は育児休業の期間。' })
  async request(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('caseId') caseId: string,
    @Body() { from, through }: PeriodBody,
  ): Promise<CommandAnswer> {
    this.office.requireOwnOrHr(by, staffId);
    const periodId = idFrom(by, 'childcare-leave');
    return this.office.run(by, staffId, periodId, {
      type: 'RequestLeave',
      caseId,
      periodId,
      from,
      through,
      today: this.office.today(),
      inService: await this.office.inService(by.municipality, staffId, from, through),
      rules: this.office.rules(by.municipality),
    });
  }
}

const caseView = (
  { caseId, parenthood, bornOn, expectedOn, adoptedOn, eligibleFiscalYear, interview }: ChildCase,
  leaves: readonly ChildcareLeave[],
): CaseView => ({
  caseId,
  parenthood,
  bornOn,
  expectedOn,
  adoptedOn,
  eligibleFiscalYear,
  interview,
  leaves: leaves.map(({ periodId, from, through, status, extensions, because }) => ({
    periodId,
    from,
    through,
    status,
    extensions,
    because,
  })),
});
