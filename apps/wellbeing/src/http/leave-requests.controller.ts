import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { Database } from '#libs/event-store/database';
import type { AppendResult } from '#libs/event-store/event-store';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { NotFound } from '#libs/event-store/not-found';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { ManagedStaff, worksIn } from '#libs/platform/managed-staff';
import { PersonalDataReads, ReadRow } from '#libs/platform/personal-data-reads';
import { Clock } from '#libs/processes/clock';
import { LEAVE_LISTS } from '../lists/leave-lists.js';
import { LeaveOffice, readsAll, requireSomebodyElse, yearOfRequest } from './leave-office.js';
import { LeaveRequestView, requestView } from './leave-view.js';

const STATUSES = ['pending', 'approved', 'refused', 'withdrawn', 'taken', 'cancelled', 'cut'] as const;

class RequestsQuery extends ListQuery {
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(100) staffId?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(50) kind?: string;
  @ApiPropertyOptional({ enum: STATUSES }) @IsOptional() @IsIn(STATUSES) status?: string;
  @ApiPropertyOptional({
    enum: ['true'],
    description: '自分が承認する立場にある、承認待ちの申請だけ（自分の申請を除く）',
  })
  @IsOptional()
  @IsIn(['true'])
  toDecide?: string;
}

class RequestRow {
  @ApiProperty() requestId: string;
  @ApiProperty() staffId: string;
  @ApiProperty() kind: string;
  @ApiProperty() requestedOn: string;
  @ApiProperty() firstDay: string;
  @ApiProperty() lastDay: string;
  @ApiProperty({ type: 'integer' }) minutes: number;
  @ApiProperty({ enum: STATUSES }) status: string;
}

class BecauseBody {
  @ApiProperty({ maxLength: 1000 }) @IsString() @IsNotEmpty() @MaxLength(1000) because: string;
}

/** For what a request is shown, in the record of reads. */
const PURPOSE = 'leave-request';

@ApiTags('休暇')
@System('W1')
@Controller()
export class LeaveRequestsController {
  constructor(
    private readonly office: LeaveOffice,
    private readonly personalDataReads: PersonalDataReads,
    private readonly managed: ManagedStaff,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
    private readonly clock: Clock,
  ) {}

  @Get('leave-requests')
  @Allow('staff', 'manager', 'hr', 'auditor')
  @ApiOperation({ summary: '休暇申請の一覧（本人・所管職員・全職員のうち見られるもの）' })
  @ApiOkResponse({ type: pageOf(RequestRow) })
  async list(@By() by: Caller, @Query() query: RequestsQuery): Promise<Page<RequestRow>> {
    await caughtUp(this.followers, LEAVE_LISTS, query.after);
    const inManaged = worksIn('r', '$3', '$4');
    const mayDecide = `r.status = 'pending' AND r.staff_id IS DISTINCT FROM $2 AND ${inManaged}`;
    const maySee = `$5::boolean OR r.staff_id = $2 OR ${inManaged}`;
    return page<RequestRow, RequestsQuery>(this.database.pool, {
      select: `r.request_id AS "requestId", r.staff_id AS "staffId", r.kind, r.requested_on::text AS "requestedOn",
               r.first_day::text AS "firstDay", r.last_day::text AS "lastDay", r.minutes, r.status`,
      from: 'leave_requests r',
      where: `r.municipality = $1 AND (${query.toDecide ? `$5::boolean IS NOT NULL AND ${mayDecide}` : maySee})`,
      params: [by.municipality, by.staffId ?? null, await this.managed.units(by), this.clock.today(), readsAll(by)],
      filters: { staffId: 'r.staff_id', kind: 'r.kind', status: 'r.status' },
      sort: { firstDay: 'r.first_day', requestedOn: 'r.requested_on' },
      key: 'r.request_id',
      query,
    });
  }

  @Get('leave/:staffId/requests/:requestId')
  @Allow('staff', 'manager', 'hr', 'auditor')
  @ApiOperation({ summary: '休暇申請（事由を含む。他人による閲覧は記録する）' })
  @ApiOkResponse({ type: LeaveRequestView })
  async show(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('requestId') requestId: string,
  ): Promise<LeaveRequestView> {
    if (!(await this.office.mayRead(by, staffId))) throw new NotFound('leave-request');
    const { state, version } = await this.office.read(by.municipality, staffId, yearOfRequest(requestId));
    const request = state.status === 'none' ? undefined : state.requests.find((one) => one.requestId === requestId);
    if (!request) throw new NotFound('leave-request');
    await this.personalDataReads.note(by, staffId, PURPOSE, requestId);
    return requestView(staffId, request, version);
  }

  @Get('leave/:staffId/reads')
  @Allow('auditor')
  @ApiOperation({ summary: '職員の休暇申請の閲覧記録を見る' })
  @ApiOkResponse({ type: pageOf(ReadRow), description: '本人以外の誰がいつどの申請（part）を見たか。' })
  async reads(@By() by: Caller, @Param('staffId') staffId: string, @Query() query: ListQuery): Promise<Page<ReadRow>> {
    await this.office.requireKnown(by.municipality, staffId);
    return this.personalDataReads.page(by, staffId, query, PURPOSE);
  }

  @Post('leave/:staffId/requests/:requestId/approval')
  @HttpCode(200)
  @Allow('manager', 'hr')
  @ApiOperation({ summary: '休暇の承認（その日の上司。上司がいない者は人事担当）' })
  @ApiOkResponse({ type: CommandAnswer })
  async approve(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('requestId') requestId: string,
  ): Promise<CommandAnswer> {
    const decision = await this.decision(by, staffId);
    const childcareDays = await this.office.childcareDays(by.municipality, staffId);
    const command = { type: 'ApproveLeave', requestId, childcareDays, ...decision } as const;
    return CommandAnswer.of(requestId, await this.office.run(by, staffId, yearOfRequest(requestId), command));
  }

  @Post('leave/:staffId/requests/:requestId/refusal')
  @HttpCode(200)
  @Allow('manager', 'hr')
  @ApiOperation({ summary: '休暇の不承認' })
  @ApiOkResponse({ type: CommandAnswer })
  async refuse(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('requestId') requestId: string,
    @Body() { because }: BecauseBody,
  ): Promise<CommandAnswer> {
    const decision = await this.decision(by, staffId);
    return this.gaveBack(
      requestId,
      this.office.giveBack(by, staffId, requestId, { type: 'RefuseLeave', requestId, because, ...decision }),
    );
  }

  @Post('leave/:staffId/requests/:requestId/withdrawal')
  @HttpCode(200)
  @Allow('staff', 'manager', 'hr')
  @ApiOperation({ summary: '申請の取下げ（開始前は本人、開始後は人事担当）' })
  @ApiOkResponse({ type: CommandAnswer })
  withdraw(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('requestId') requestId: string,
  ): Promise<CommandAnswer> {
    const own = by.staffId === staffId;
    if (!own && !by.roles.includes('hr')) throw new NotFound('leave-request');
    const command = {
      type: 'WithdrawLeave',
      requestId,
      by: own ? 'applicant' : 'hr',
      today: this.clock.today(),
    } as const;
    return this.gaveBack(requestId, this.office.giveBack(by, staffId, requestId, command));
  }

  @Post('leave/:staffId/requests/:requestId/cancellation')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '取得済みの休暇の取消し（人事担当）' })
  @ApiOkResponse({ type: CommandAnswer })
  async cancel(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('requestId') requestId: string,
    @Body() { because }: BecauseBody,
  ): Promise<CommandAnswer> {
    requireSomebodyElse(by, staffId);
    const command = { type: 'CancelLeave', requestId, because } as const;
    return CommandAnswer.of(requestId, await this.office.run(by, staffId, yearOfRequest(requestId), command));
  }

  /** @throws NotFound for a manager who may not even know of the request */
  private async decision(by: Caller, staffId: string) {
    if (!(await this.office.mayRead(by, staffId))) throw new NotFound('leave-request');
    const entitled = await this.office.mayDecide(by, staffId);
    return { approver: by.staffId ?? by.subject, entitled, today: this.clock.today() };
  }

  private async gaveBack(requestId: string, result: Promise<AppendResult>): Promise<CommandAnswer> {
    return CommandAnswer.of(requestId, await result);
  }
}
