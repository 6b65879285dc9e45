import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { NotFound } from '#libs/event-store/not-found';
import { Rejected } from '#libs/event-store/decider';
import { EventStore } from '#libs/event-store/event-store';
import { idFrom } from '#libs/platform/commands';
import { addDays } from '#libs/law/local-date';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { Clock } from '#libs/processes/clock';
import { balances, sumOf, usableOn } from '../domain/leave-balance.js';
import type { Ask } from '../domain/leave-days.js';
import type { LeaveAccount } from '../domain/leave-state.js';
import { LeaveAccounts } from '../leave-accounts.js';
import { LeaveRules } from '../leave-rules.js';
import { LeaveOffice, requireSomebodyElse } from './leave-office.js';
import { accountView, EntryView, entryView, LeaveAccountView } from './leave-view.js';

class OnQuery {
  @ApiPropertyOptional({ description: '基準日。省略時は今日' }) @IsOptional() @IsLocalDate() on?: string;
}

class RequestBody {
  @ApiProperty({ example: 'annual', description: '休暇種別のコード（市の規則）' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(50)
  kind: string;

  @ApiProperty() @IsLocalDate() from: string;
  @ApiPropertyOptional({ description: '末日（その日を含む）。省略時は初日と同じ' })
  @IsOptional()
  @IsLocalDate()
  through?: string;

  @ApiProperty({ enum: ['day', 'half-day', 'hour'] }) @IsIn(['day', 'half-day', 'hour']) unit: Ask['unit'];

  @ApiPropertyOptional({ enum: ['morning', 'afternoon'], description: '半日の場合' })
  @IsOptional()
  @IsIn(['morning', 'afternoon'])
  half?: Ask['half'];

  @ApiPropertyOptional({ example: '09:30', description: '時間単位の場合' })
  @IsOptional()
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/)
  start?: string;

  @ApiPropertyOptional({ example: '11:30', description: '時間単位の場合' })
  @IsOptional()
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/)
  end?: string;

  @ApiPropertyOptional({
    description: '事由の日（結婚・出生・忌引など）。事由ごとに認められる種別の場合',
  })
  @IsOptional()
  @IsLocalDate()
  occasionOn?: string;

  @ApiPropertyOptional() @IsOptional() @IsString() @IsNotEmpty() @MaxLength(1000) reason?: string;
}

class PreviewView {
  @ApiProperty({ type: [EntryView], description: '勤務日ごとに消費する分数' }) entries: EntryView[];
  @ApiProperty({ type: 'integer', description: '全日の合計（分）' }) minutes: number;
  @ApiProperty({ type: 'integer', description: '初日に使える年次有給休暇の分数（申請前）' }) available: number;
  @ApiProperty({ type: 'integer', description: '同（申請後）' }) availableAfter: number;
}

class GrantBody {
  @ApiProperty({ type: 'integer', description: '付与する分数' }) @IsInt() @Min(1) @Max(100_000) minutes: number;
  @ApiPropertyOptional({ description: '使用期限（その日を含む）。省略時は休暇年の末日' })
  @IsOptional()
  @IsLocalDate()
  usableThrough?: string;
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(1000) reason: string;
}

class OpeningBody {
  @ApiProperty({ description: '開始する休暇年に含まれる日' }) @IsLocalDate() on: string;
}

@ApiTags('休暇')
@System('W1')
@Controller('leave/:staffId')
export class LeaveController {
  constructor(
    private readonly office: LeaveOffice,
    private readonly accounts: LeaveAccounts,
    private readonly rules: LeaveRules,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Allow('staff', 'manager', 'hr', 'auditor')
  @ApiOperation({ summary: '休暇簿（残日数・使用期限・取得日）' })
  @ApiOkResponse({ type: LeaveAccountView })
  async show(@By() by: Caller, @Param('staffId') staffId: string, @Query() query: OnQuery): Promise<LeaveAccountView> {
    const { municipality } = by;
    const on = query.on ?? this.clock.today();
    const { state, version } = await this.office.book(by, staffId, this.rules.year(municipality, on).from);
    return accountView(state, version, this.rules.kinds(municipality, on), on);
  }

  @Post('requests')
  @Allow('staff', 'manager', 'hr')
  @ApiOperation({ summary: '休暇の申請（本人、または人事担当による代理入力）' })
  @ApiCreatedResponse({ type: CommandAnswer })
  async request(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Body() body: RequestBody,
  ): Promise<CommandAnswer> {
    requireOwnOrHr(by, staffId);
    const { requestId, ...result } = await this.office.request(by, staffId, askOf(body), idFrom(by, 'leave-request'));
    return CommandAnswer.of(requestId, result);
  }

  @Post('requests/preview')
  @HttpCode(200)
  @Allow('staff', 'manager', 'hr')
  @ApiOperation({ summary: '申請の事前確認（消費する分数と残り。何も記録しない）' })
  @ApiOkResponse({ type: PreviewView })
  async preview(@By() by: Caller, @Param('staffId') staffId: string, @Body() body: RequestBody): Promise<PreviewView> {
    requireOwnOrHr(by, staffId);
    const { before, after } = await this.office.preview(by, staffId, askOf(body));
    const asked = after.requests[after.requests.length - 1].entries;
    const available = (account: LeaveAccount) =>
      sumOf(balances(account).flatMap((lot) => (usableOn(lot, body.from) ? [Math.max(lot.left, 0)] : [])));
    return {
      entries: asked.map(entryView),
      minutes: sumOf(asked.map(({ minutes }) => minutes)),
      available: available(before),
      availableAfter: available(after),
    };
  }

  @Post('grants')
  @Allow('hr')
  @ApiOperation({ summary: '年次有給休暇の個別付与（理由を添えて）' })
  @ApiCreatedResponse({ type: CommandAnswer })
  async grant(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Body() { minutes, usableThrough, reason }: GrantBody,
  ): Promise<CommandAnswer> {
    requireSomebodyElse(by, staffId);
    const { municipality } = by;
    const today = this.clock.today();
    const lotId = idFrom(by, 'leave-lot');
    const kind = this.rules.fromLots(municipality, today);
    const command = {
      type: 'GrantLeave',
      lotId,
      kind,
      today,
      minutes,
      reason,
      ...(usableThrough && { usableThrough }),
    } as const;
    const result = await this.office.run(by, staffId, this.rules.year(municipality, today).from, command);
    return CommandAnswer.of(lotId, result);
  }

  @Post('years')
  @Allow('hr')
  @ApiOperation({ summary: '休暇年の開始（採用・年替わりで開かれていない職員について）' })
  @ApiCreatedResponse({ type: CommandAnswer })
  async open(@By() by: Caller, @Param('staffId') staffId: string, @Body() { on }: OpeningBody): Promise<CommandAnswer> {
    requireSomebodyElse(by, staffId);
    const { municipality, metadata, request } = by;
    const running = this.rules.year(municipality, this.clock.today());
    if (on < running.from) throw new Rejected('leave.period-closed');
    const coming = this.rules.year(municipality, addDays(running.through, 1));
    if (on > coming.through) throw new Rejected('leave.year-too-early', { through: coming.through });
    const result = await this.store.together((tx) =>
      this.accounts.open({ municipality, staffId, day: on, metadata, request }, tx),
    );
    if (!result) throw new NotFound('staff');
    return CommandAnswer.of(`${staffId}:${this.rules.year(municipality, on).from}`, result);
  }
}

/** @throws NotFound: nobody learns whose account there is by asking in somebody else's name */
const requireOwnOrHr = ({ staffId: own, roles }: Caller, staffId: string): void => {
  if (own !== staffId && !roles.includes('hr')) throw new NotFound('leave-account');
};

const askOf = ({ kind, from, through = from, unit, half, start, end, occasionOn, reason }: RequestBody): Ask => ({
  kind,
  from,
  through,
  unit,
  ...(half && { half }),
  ...(start && { start }),
  ...(end && { end }),
  ...(occasionOn && { occasionOn }),
  ...(reason && { reason }),
});
