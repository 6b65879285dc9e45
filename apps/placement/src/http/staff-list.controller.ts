import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { EventStore } from '#libs/event-store/event-store';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { Database } from '#libs/event-store/database';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { ManagedStaff, worksIn } from '#libs/platform/managed-staff';
import { PersonalDataReads, ReadRow } from '#libs/platform/personal-data-reads';
import { staff } from '../domain/staff.js';
import { StaffNumbers } from '../staff-numbers.js';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { readsAll, StaffOffice } from './staff-office.js';

const STATUSES = ['probation', 'regular', 'leave', 'seconded', 'out'] as const;

class StaffQuery extends ListQuery {
  @ApiPropertyOptional({ description: '基準日。省略すると今日' }) @IsOptional() @IsLocalDate() asOf?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(40) unitId?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(40) grade?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(40) position?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(40) jobCategory?: string;
  @ApiPropertyOptional({ enum: STATUSES, description: '`out` はその日に在職していない職員。指定しなければ含めない。' })
  @IsOptional()
  @IsIn(STATUSES)
  status?: string;
  @ApiPropertyOptional({ description: '職員番号（完全一致）' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  staffNumber?: string;
}

class StaffRow {
  @ApiProperty() staffId: string;
  @ApiPropertyOptional() staffNumber?: string;
  @ApiProperty() familyName: string;
  @ApiProperty() givenName: string;
  @ApiProperty() familyNameKana: string;
  @ApiProperty() givenNameKana: string;
  @ApiProperty({ enum: STATUSES }) status: string;
  @ApiProperty({ type: String, nullable: true }) unitId: string | null;
  @ApiProperty({ type: String, nullable: true }) position: string | null;
  @ApiProperty({ type: String, nullable: true }) grade: string | null;
  @ApiProperty({ type: String, nullable: true }) jobCategory: string | null;
  @ApiProperty({ type: String, nullable: true, description: '現在の配置になった日' }) from: string | null;
  @ApiProperty({ type: String, nullable: true, description: '在職の最終日（分かっている場合）' }) lastDay:
    | string
    | null;
}

type Listed = Omit<StaffRow, 'staffNumber' | NameField> & { detailEvents: string[] };
type NameField = 'familyName' | 'givenName' | 'familyNameKana' | 'givenNameKana';
type Names = Pick<StaffRow, 'staffNumber' | NameField>;

const FROM = `staff_list s
  LEFT JOIN directory_postings p ON p.municipality = s.municipality AND p.staff_id = s.staff_id AND p.main
       AND p.valid_from <= $2::date AND (p.valid_to IS NULL OR p.valid_to > $2::date)`;

const SELECT = `s.staff_id AS "staffId", s.detail_events AS "detailEvents", coalesce(p.status, 'out') AS status,
  p.unit_id AS "unitId", p.position, p.grade, p.job_category AS "jobCategory", p.valid_from::text AS "from",
  (SELECT CASE WHEN bool_or(q.valid_to IS NULL) THEN NULL ELSE (max(q.valid_to) - 1)::text END FROM directory_postings q
    WHERE q.municipality = s.municipality AND q.staff_id = s.staff_id AND q.main) AS "lastDay"`;

@ApiTags('職員台帳')
@System('P1')
@Controller('staff')
export class StaffListController {
  constructor(
    private readonly managed: ManagedStaff,
    private readonly numbers: StaffNumbers,
    private readonly store: EventStore,
    private readonly office: StaffOffice,
    private readonly personalDataReads: PersonalDataReads,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Allow('hr', 'manager', 'auditor')
  @ApiOperation({ summary: '職員の一覧を見る' })
  @ApiOkResponse({ type: pageOf(StaffRow), description: '管理職には自所属以下だけを示す。' })
  async list(@By() by: Caller, @Query() query: StaffQuery): Promise<Page<StaffRow>> {
    for (const follower of ['staff-list', 'staff-directory']) await caughtUp(this.followers, follower, query.after);
    const params: unknown[] = [by.municipality, query.asOf ?? this.clock.today()];
    const where = ['s.municipality = $1'];
    if (query.status !== 'out') where.push('p.staff_id IS NOT NULL');
    if (!readsAll(by)) {
      // Today's posts decide, whatever day the list is asked for.
      const [units, today] = [params.push(await this.managed.units(by)), params.push(this.clock.today())];
      where.push(worksIn('s', `$${units}`, `$${today}`));
    }
    if (query.staffNumber) {
      where.push(`s.number_key = $${params.push(await this.numbers.key(by.municipality, query.staffNumber))}`);
    }
    const { items, ...rest } = await page<Listed, StaffQuery>(this.database.pool, {
      select: SELECT,
      from: FROM,
      where: where.join(' AND '),
      params,
      filters: {
        unitId: 'p.unit_id',
        grade: 'p.grade',
        position: 'p.position',
        jobCategory: 'p.job_category',
        status: `coalesce(p.status, 'out')`,
      },
      sort: { unitId: `coalesce(p.unit_id, '')`, grade: `coalesce(p.grade, '')`, staffId: 's.staff_id' },
      key: 's.staff_id',
      query,
    });
    return { items: await this.named(items), ...rest };
  }

  @Get(':staffId/reads')
  @Allow('auditor')
  @ApiOperation({ summary: '職員の個人情報の閲覧記録を見る' })
  @ApiOkResponse({
    type: pageOf(ReadRow),
    description: '本人以外の誰がいつ何を（現在の情報 details、経歴 history）見たか。',
  })
  async reads(@By() by: Caller, @Param('staffId') staffId: string, @Query() query: ListQuery): Promise<Page<ReadRow>> {
    await this.office.career(by, staffId);
    return this.personalDataReads.page(by, staffId, query);
  }

  /** Names stay sealed in their events and are opened for the page that is asked for. */
  private async named(rows: readonly Listed[]): Promise<StaffRow[]> {
    const opened = await this.store.open(
      staff,
      rows.flatMap(({ detailEvents }) => detailEvents),
    );
    return rows.map(({ detailEvents, ...row }) => {
      const names = Object.assign({}, ...detailEvents.map((id) => opened.get(id))) as Names;
      const { staffNumber, familyName, givenName, familyNameKana, givenNameKana } = names;
      return { ...row, ...(staffNumber && { staffNumber }), familyName, givenName, familyNameKana, givenNameKana };
    });
  }
}
