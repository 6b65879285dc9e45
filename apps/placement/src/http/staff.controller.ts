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
import { IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { CommandAnswer } from '#libs/platform/command-answer';
import { idFrom } from '#libs/platform/commands';
import { PersonalDataReads } from '#libs/platform/personal-data-reads';
import { STAFF_NUMBER } from '../domain/staff-number.js';
import type { StaffAttributes, StaffDetails } from '../domain/staff-state.js';
import { ActionBody, draftOf } from './action-body.js';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { newIds, StaffOffice } from './staff-office.js';
import { HistoryView, historyView, staffView, StaffView } from './staff-view.js';

class RegisterBody {
  @ApiPropertyOptional({ description: '職員番号。後から登録することもできる。' })
  @IsOptional()
  @Matches(STAFF_NUMBER)
  staffNumber?: string;
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) familyName: string;
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) givenName: string;
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) familyNameKana: string;
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) givenNameKana: string;
  @ApiProperty() @IsLocalDate() birthDate: string;
  @ApiProperty({ enum: ['1', '2', '0', '9'], description: 'ISO 5218: 1 男, 2 女, 0 不明, 9 適用不能' })
  @IsIn(['1', '2', '0', '9'])
  sex: '1' | '2' | '0' | '9';
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(300) address: string;
  @ApiPropertyOptional({ type: ActionBody, description: '採用の発令を同時に行う場合' })
  @IsOptional()
  @ValidateNested()
  @Type(() => ActionBody)
  appointment?: ActionBody;
}

class DetailsBody {
  @ApiPropertyOptional() @IsOptional() @Matches(STAFF_NUMBER) staffNumber?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @IsNotEmpty() @MaxLength(100) familyName?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @IsNotEmpty() @MaxLength(100) givenName?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @IsNotEmpty() @MaxLength(100) familyNameKana?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @IsNotEmpty() @MaxLength(100) givenNameKana?: string;
  @ApiPropertyOptional() @IsOptional() @IsLocalDate() birthDate?: string;
  @ApiPropertyOptional({ enum: ['1', '2', '0', '9'] })
  @IsOptional()
  @IsIn(['1', '2', '0', '9'])
  sex?: StaffAttributes['sex'];
  @ApiPropertyOptional() @IsOptional() @IsString() @IsNotEmpty() @MaxLength(300) address?: string;
}

class HistoryQuery {
  @ApiPropertyOptional({ description: '基準日。省略すると今日' }) @IsOptional() @IsLocalDate() asOf?: string;
  @ApiPropertyOptional({ description: 'UTC の時点（…Z）。その時点までに記録されていたことだけを示す。' })
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(/T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  knownAt?: string;
}

@ApiTags('職員台帳')
@System('P1')
@Controller('staff')
export class StaffController {
  constructor(
    private readonly office: StaffOffice,
    private readonly personalDataReads: PersonalDataReads,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Allow('hr')
  @ApiOperation({ summary: '職員を登録する' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '採用の発令を同時に行うこともできる。' })
  async register(@By() by: Caller, @Body() body: RegisterBody): Promise<CommandAnswer> {
    const { sex, appointment, ...person } = body;
    const details = Object.fromEntries(
      Object.entries(person).filter(([, value]) => value !== undefined),
    ) as StaffDetails;
    const staffId = idFrom(by, 'staff');
    const actions = appointment ? [draftOf(appointment, appointment.effectiveOn, newIds(by))] : [];
    const result = await this.office.run(
      by,
      staffId,
      (looked) => ({ type: 'RegisterStaff', staffId, details, sex, actions, today: this.clock.today(), ...looked }),
      details.staffNumber,
    );
    return CommandAnswer.of(staffId, result);
  }

  @Get(':staffId')
  @Allow('hr', 'manager', 'staff', 'auditor')
  @ApiOperation({ summary: '職員の現在の情報を見る' })
  @ApiOkResponse({ type: StaffView, description: '人事担当と本人以外には生年月日と住所を示さない。' })
  async show(@By() by: Caller, @Param('staffId') staffId: string): Promise<StaffView> {
    const career = await this.office.career(by, staffId);
    await this.personalDataReads.note(by, staffId, 'details');
    return staffView(career, by, this.clock.today());
  }

  @Get(':staffId/history')
  @Allow('hr', 'manager', 'staff', 'auditor')
  @ApiOperation({ summary: '職員の経歴を見る' })
  @ApiOkResponse({
    type: HistoryView,
    description: 'ある日（asOf）について、ある時点（knownAt）に分かっていたこと。',
  })
  async history(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Query() query: HistoryQuery,
  ): Promise<HistoryView> {
    const career = await this.office.career(by, staffId);
    await this.personalDataReads.note(by, staffId, 'history');
    return historyView(career, query.asOf ?? this.clock.today(), query.knownAt ?? null);
  }

  @Post(':staffId/details')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '氏名・住所・職員番号・生年月日・性別を訂正する' })
  @ApiOkResponse({ type: CommandAnswer, description: '指定した項目だけを訂正する。' })
  async correct(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Body() body: DetailsBody,
  ): Promise<CommandAnswer> {
    const { sex, ...given } = body;
    const details = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const result = await this.office.run(
      by,
      staffId,
      ({ numberKey }) => ({ type: 'CorrectDetails', details, sex, numberKey, today: this.clock.today() }),
      details.staffNumber,
    );
    return CommandAnswer.of(staffId, result);
  }

  @Post(':staffId/erasure')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '職員の個人情報を消去する' })
  @ApiOkResponse({ type: CommandAnswer, description: '鍵を破棄し、証跡だけを残す。元に戻せない。' })
  async erase(@By() by: Caller, @Param('staffId') staffId: string): Promise<CommandAnswer> {
    return CommandAnswer.of(staffId, await this.office.erase(by, staffId));
  }
}
