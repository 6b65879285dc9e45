import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { Database } from '#libs/event-store/database';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { Clock } from '#libs/processes/clock';
import { STATE_SQL, STATES, type State } from './record-view.js';
import { StaffAccess } from './staff-access.js';

/** `open` is whatever is still to be done. */
const ASKED_STATES = ['open', ...STATES] as const;

class AssignmentsQuery extends ListQuery {
  @ApiPropertyOptional() @IsOptional() @IsString() staffId?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() course?: string;
  @ApiPropertyOptional({ description: '今の所属' }) @IsOptional() @IsString() unitId?: string;
  @ApiPropertyOptional({ enum: ASKED_STATES, description: 'open は未修了のすべて' })
  @IsOptional()
  @IsIn(ASKED_STATES)
  state?: (typeof ASKED_STATES)[number];
}

class AssignmentRow {
  @ApiProperty() assignmentId: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ type: String, nullable: true, description: '今の所属。在職していなければ null' }) unitId:
    | string
    | null;
  @ApiProperty() course: string;
  @ApiProperty() because: string;
  @ApiProperty() assignedOn: string;
  @ApiProperty({ description: '期限（この日を含む）' }) dueOn: string;
  @ApiProperty({ enum: STATES }) state: State;
  @ApiProperty({ type: String, nullable: true }) completedOn: string | null;
}

@ApiTags('受講記録')
@System('T2', 'T3')
@Controller('assignments')
export class AssignmentsController {
  constructor(
    private readonly access: StaffAccess,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
  ) {}

  @Get()
  @Allow('staff', 'manager', 'training-officer', 'hr', 'auditor')
  @ApiOperation({ summary: '割当の一覧' })
  @ApiOkResponse({
    type: pageOf(AssignmentRow),
    description: '研修担当と人事は全員、管理職は自分の所属とその下、職員は自分の割当に限る。',
  })
  async list(@By() by: Caller, @Query() query: AssignmentsQuery): Promise<Page<AssignmentRow>> {
    await caughtUp(this.followers, 'training-lists', query.after);
    const seen = await this.access.seenBy(by);
    const [units, own] = seen === 'everybody' ? [null, null] : [seen.units, seen.staffId ?? null];
    const { state, ...rest } = query;
    const asked = state === 'open' ? ['on-track', 'due-within-30', 'overdue'] : state ? [state] : null;
    return page<AssignmentRow, AssignmentsQuery>(this.database.pool, {
      select: `a.assignment_id AS "assignmentId", a.staff_id AS "staffId", p.unit_id AS "unitId", a.course, a.because,
               a.assigned_on::text AS "assignedOn", a.due_on::text AS "dueOn", ${STATE_SQL} AS state,
               a.completed_on::text AS "completedOn"`,
      from: `assignments a LEFT JOIN directory_postings p ON p.municipality = a.municipality
               AND p.staff_id = a.staff_id AND p.main AND p.valid_from <= $2::date
               AND (p.valid_to IS NULL OR p.valid_to > $2::date)`,
      where: `a.municipality = $1 AND ($3::text[] IS NULL OR p.unit_id = ANY ($3) OR a.staff_id = $4)
              AND ($5::text[] IS NULL OR ${STATE_SQL} = ANY ($5))`,
      params: [by.municipality, this.clock.today(), units, own, asked],
      filters: { staffId: 'a.staff_id', course: 'a.course', unitId: 'p.unit_id' },
      sort: { dueOn: 'a.due_on', assignedOn: 'a.assigned_on' },
      key: 'a.assignment_id',
      query: rest,
    });
  }
}
