import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Database } from '#libs/event-store/database';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';

class NotPassedRow {
  @ApiProperty() staffId: string;
  @ApiProperty({ description: '特別評価の評価票' }) sheetId: string;
  @ApiProperty({ description: '条件付採用期間の末日' }) probationUntil: string;
  @ApiProperty({ description: '評価が確定した日' }) confirmedOn: string;
}

/** Decided is who was appointed formally, given more time, or has left, or is about to. */
const UNDECIDED = `NOT EXISTS (
  SELECT FROM directory_actions a
   WHERE a.municipality = n.municipality AND a.staff_id = n.staff_id AND NOT a.voided
     AND a.action->>'employmentId' = n.employment_id
     AND (a.action->>'kind' IN ('appoint-formally', 'separate')
          OR a.action->>'kind' = 'extend-probation' AND (a.action->>'until')::date > n.probation_until))`;

@ApiTags('人事発令')
@System('E9', 'P1')
@Controller('probations')
export class ProbationsController {
  constructor(private readonly database: Database) {}

  @Get('not-passed')
  @Allow('hr')
  @ApiOperation({ summary: '特別評価を通らず、HR の判断を待つ条件付採用職員を見る' })
  @ApiOkResponse({
    type: pageOf(NotPassedRow),
    description: '正式採用・延長・退職のいずれも、自動では行わない。発令すると一覧から消える。',
  })
  notPassed(@By() { municipality }: Caller, @Query() query: ListQuery): Promise<Page<NotPassedRow>> {
    return page<NotPassedRow>(this.database.pool, {
      select: `staff_id AS "staffId", sheet_id AS "sheetId", probation_until::text AS "probationUntil",
               confirmed_on::text AS "confirmedOn"`,
      from: 'probations_not_passed n',
      where: `n.municipality = $1 AND ${UNDECIDED}`,
      params: [municipality],
      sort: { probationUntil: 'probation_until', confirmedOn: 'confirmed_on' },
      key: 'sheet_id',
      query,
    });
  }
}
