import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Max, Min, IsOptional, IsString, MaxLength } from 'class-validator';
import { PARENTHOODS } from '#libs/contracts/wellbeing';
import { Database } from '#libs/event-store/database';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { ManagedStaff, worksIn } from '#libs/platform/managed-staff';
import { Clock } from '#libs/processes/clock';
import { LEAVE_STATUSES, type ChildcareLeave, type Parenthood } from '../domain/childcare-state.js';

class LeavesQuery extends ListQuery {
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(100) staffId?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(100) caseId?: string;
  @ApiPropertyOptional({ enum: LEAVE_STATUSES }) @IsOptional() @IsIn(LEAVE_STATUSES) status?: ChildcareLeave['status'];
}

class LeaveRow {
  @ApiProperty() periodId: string;
  @ApiProperty() caseId: string;
  @ApiProperty() staffId: string;
  @ApiProperty() from: string;
  @ApiProperty({ description: '末日（その日を含む）' }) through: string;
  @ApiProperty({ enum: LEAVE_STATUSES }) status: ChildcareLeave['status'];
}

class BirthsQuery extends ListQuery {
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(100) staffId?: string;
  @ApiPropertyOptional({ enum: PARENTHOODS }) @IsOptional() @IsIn(PARENTHOODS) parenthood?: Parenthood;
  @ApiPropertyOptional({ type: 'integer' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(2000)
  @Max(2999)
  eligibleFiscalYear?: number;
  @ApiPropertyOptional({ enum: ['held', 'open'], description: '意向確認の面談' })
  @IsOptional()
  @IsIn(['held', 'open'])
  interview?: 'held' | 'open';
}

class BirthRow {
  @ApiProperty() caseId: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ enum: PARENTHOODS }) parenthood: Parenthood;
  @ApiProperty({ type: 'integer', nullable: true, description: '出生前は null' }) eligibleFiscalYear: number | null;
  @ApiProperty({ type: String, nullable: true, description: '意向確認の面談の日' }) interviewedOn: string | null;
}

@ApiTags('育児休業')
@System('W2')
@Controller()
export class ChildcareListsController {
  constructor(
    private readonly managed: ManagedStaff,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
  ) {}

  @Get('childcare-leaves')
  @Allow('hr', 'manager', 'staff', 'auditor')
  @ApiOperation({ summary: '育児休業の一覧を見る' })
  @ApiOkResponse({ type: pageOf(LeaveRow), description: '管理職には自所属以下、職員には本人の分だけを示す。' })
  async leaves(@By() by: Caller, @Query() query: LeavesQuery): Promise<Page<LeaveRow>> {
    await caughtUp(this.followers, 'childcare-lists', query.after);
    return page<LeaveRow, LeavesQuery>(this.database.pool, {
      select: `c.period_id AS "periodId", c.case_id AS "caseId", c.staff_id AS "staffId", c.from_day::text AS "from",
               c.through_day::text AS through, c.status`,
      from: 'childcare_leaves c',
      ...(await this.visible(by)),
      filters: { staffId: 'c.staff_id', caseId: 'c.case_id', status: 'c.status' },
      sort: { from: 'c.from_day', through: 'c.through_day' },
      key: 'c.period_id',
      query,
    });
  }

  @Get('childcare-births')
  @Allow('hr', 'auditor')
  @ApiOperation({ summary: '出生の届出の一覧を見る' })
  @ApiOkResponse({ type: pageOf(BirthRow), description: '子の出生日は示さない。' })
  async births(@By() { municipality }: Caller, @Query() query: BirthsQuery): Promise<Page<BirthRow>> {
    await caughtUp(this.followers, 'childcare-lists', query.after);
    return page<BirthRow, BirthsQuery>(this.database.pool, {
      select: `case_id AS "caseId", staff_id AS "staffId", parenthood, eligible_fiscal_year AS "eligibleFiscalYear",
               interviewed_on::text AS "interviewedOn"`,
      from: 'childcare_births',
      where: 'municipality = $1',
      params: [municipality],
      filters: {
        staffId: 'staff_id',
        parenthood: 'parenthood',
        eligibleFiscalYear: 'eligible_fiscal_year',
        interview: `CASE WHEN interviewed_on IS NULL THEN 'open' ELSE 'held' END`,
      },
      sort: { eligibleFiscalYear: 'coalesce(eligible_fiscal_year, 9999)', staffId: 'staff_id' },
      key: 'case_id',
      query,
    });
  }

  private async visible(by: Caller): Promise<{ where: string; params: unknown[] }> {
    const { municipality, roles, staffId } = by;
    const all = roles.includes('hr') || roles.includes('auditor');
    if (all) return { where: 'c.municipality = $1', params: [municipality] };
    const params = [municipality, staffId ?? null, await this.managed.units(by), this.clock.today()];
    return { where: `c.municipality = $1 AND (c.staff_id = $2 OR ${worksIn('c', '$3', '$4')})`, params };
  }
}
