import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { INTERVIEWS, SHEET_KINDS, SHEET_STEPS } from '#libs/contracts/evaluation';
import { Database } from '#libs/event-store/database';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { NotFound } from '#libs/event-store/not-found';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { PersonalDataReads, ReadRow } from '#libs/platform/personal-data-reads';
import { Problem } from '#libs/platform/problem';
import { Clock } from '#libs/processes/clock';
import type { Interview } from '../domain/form.js';
import { PHASES, type Phase, type SheetKind, type StepName } from '../domain/sheet-state.js';
import { SheetDesk } from './sheet-desk.js';

const YES_NO = ['true', 'false'] as const;
type YesNo = (typeof YES_NO)[number];

class LateQuery extends ListQuery {
  @ApiPropertyOptional({ enum: YES_NO, description: '期限を過ぎて終わっていないもの' })
  @IsOptional()
  @IsIn(YES_NO)
  late?: YesNo;
}

class OwnSheetsQuery extends LateQuery {
  @ApiPropertyOptional({ enum: SHEET_KINDS }) @IsOptional() @IsIn(SHEET_KINDS) kind?: SheetKind;
  @ApiPropertyOptional({ enum: PHASES }) @IsOptional() @IsIn(PHASES) phase?: Phase;
}

class SheetsQuery extends OwnSheetsQuery {
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(100) staffId?: string;
  @ApiPropertyOptional({ description: 'いまの段階の評価者' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  evaluator?: string;
  @ApiPropertyOptional({ enum: YES_NO, description: '評価者が決まっていないもの' })
  @IsOptional()
  @IsIn(YES_NO)
  noEvaluator?: YesNo;
}

class EvaluationsQuery extends LateQuery {
  @ApiPropertyOptional({ enum: ['to-do', 'done'] }) @IsOptional() @IsIn(['to-do', 'done']) status?: 'to-do' | 'done';
  @ApiPropertyOptional({ enum: PHASES }) @IsOptional() @IsIn(PHASES) phase?: Phase;
}

class MissingQuery extends LateQuery {
  @ApiPropertyOptional({ description: 'いまの段階の評価者' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  evaluator?: string;
  @ApiPropertyOptional({ enum: INTERVIEWS }) @IsOptional() @IsIn(INTERVIEWS) interview?: Interview;
}

class SheetRow {
  @ApiProperty() sheetId: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ enum: SHEET_KINDS }) kind: SheetKind;
  @ApiProperty({ enum: PHASES, description: 'いま待っていること' }) phase: Phase;
  @ApiProperty() openedOn: string;
  @ApiProperty() dueOn: string;
  @ApiProperty({ description: '期限を過ぎて終わっていない' }) late: boolean;
  @ApiProperty({ type: String, nullable: true, description: 'いまの段階の評価者' }) evaluator: string | null;
  @ApiProperty({ type: [String], description: 'まだ行われていない面談' }) missingInterviews: Interview[];
}

class EvaluationRow {
  @ApiProperty() sheetId: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ enum: SHEET_KINDS }) kind: SheetKind;
  @ApiProperty({ enum: SHEET_STEPS }) step: StepName;
  @ApiProperty({ enum: ['to-do', 'done'], description: '面談を含めて、次の段階に進むまで to-do' })
  status: 'to-do' | 'done';
  @ApiProperty({ enum: PHASES, description: 'シートがいま待っていること' }) phase: Phase;
  @ApiProperty() dueOn: string;
  @ApiProperty() late: boolean;
}

class MissingRow {
  @ApiProperty({ type: String, nullable: true }) evaluator: string | null;
  @ApiProperty() sheetId: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ enum: INTERVIEWS }) interview: Interview;
  @ApiProperty() dueOn: string;
  @ApiProperty() late: boolean;
}

const ENDED = `('confirmed', 'disclosed', 'closed')`;
/** `$2` is today. */
const LATE = `(due_on < $2::date AND phase NOT IN ${ENDED})`;
const SHEET = `sheet_id AS "sheetId", staff_id AS "staffId", kind, phase, opened_on::text AS "openedOn",
  due_on::text AS "dueOn", ${LATE} AS late, evaluator, missing AS "missingInterviews"`;
const NO_EVALUATOR = `(evaluator IS NULL AND phase NOT IN ('confirmation', 'confirmed', 'disclosed', 'closed'))`;
const DONE = `CASE WHEN done THEN 'done' ELSE 'to-do' END`;

@ApiTags('評価シートの一覧')
@System('E9', 'E1')
@Controller()
export class ListsController {
  constructor(
    private readonly database: Database,
    private readonly followers: FollowerRunner,
    private readonly clock: Clock,
    private readonly desk: SheetDesk,
    private readonly personalDataReads: PersonalDataReads,
  ) {}

  @Get('sheets')
  @Allow('hr')
  @ApiOperation({ summary: '評価シートの一覧を見る' })
  @ApiOkResponse({ type: pageOf(SheetRow), description: '遅れているもの、評価者の決まっていないものを絞り込める。' })
  all(@By() { municipality }: Caller, @Query() query: SheetsQuery): Promise<Page<SheetRow>> {
    return this.page<SheetRow, SheetsQuery>(query, {
      select: SHEET,
      from: 'sheets',
      where: 'municipality = $1',
      params: [municipality],
      filters: {
        kind: 'kind',
        phase: 'phase',
        late: `${LATE}::text`,
        staffId: 'staff_id',
        evaluator: 'evaluator',
        noEvaluator: `${NO_EVALUATOR}::text`,
      },
    });
  }

  @Get('own-sheets')
  @Allow('staff', 'manager', 'evaluator', 'hr')
  @ApiOperation({ summary: '自分の評価シートの一覧を見る' })
  @ApiOkResponse({ type: pageOf(SheetRow) })
  own(@By() by: Caller, @Query() query: OwnSheetsQuery): Promise<Page<SheetRow>> {
    return this.page<SheetRow, OwnSheetsQuery>(query, {
      select: SHEET,
      from: 'sheets',
      where: 'municipality = $1 AND staff_id = $3',
      params: [by.municipality, ownStaffId(by)],
      filters: { kind: 'kind', phase: 'phase', late: `${LATE}::text` },
    });
  }

  @Get('evaluations')
  @Allow('manager', 'evaluator')
  @ApiOperation({ summary: '自分が評価者である段階の一覧を見る' })
  @ApiOkResponse({ type: pageOf(EvaluationRow) })
  evaluations(@By() by: Caller, @Query() query: EvaluationsQuery): Promise<Page<EvaluationRow>> {
    return this.page<EvaluationRow, EvaluationsQuery>(query, {
      select: `sheet_id AS "sheetId", staff_id AS "staffId", kind, step, ${DONE} AS status, phase,
        due_on::text AS "dueOn", ${LATE} AS late`,
      from: `(SELECT sheets.*, step, done, evaluator_steps.evaluator AS own FROM evaluator_steps
        JOIN sheets USING (municipality, sheet_id)) steps`,
      where: 'municipality = $1 AND own = $3',
      params: [by.municipality, ownStaffId(by)],
      filters: { status: DONE, phase: 'phase', late: `${LATE}::text` },
      key: `sheet_id || '/' || step`,
    });
  }

  @Get('missing-interviews')
  @System('E3')
  @Allow('hr')
  @ApiOperation({ summary: '行われていない面談を評価者ごとに見る' })
  @ApiOkResponse({ type: pageOf(MissingRow), description: '評価者の順に並ぶ。' })
  missing(@By() { municipality }: Caller, @Query() query: MissingQuery): Promise<Page<MissingRow>> {
    return this.page<MissingRow, MissingQuery>(query, {
      select: `evaluator, sheet_id AS "sheetId", staff_id AS "staffId", interview, due_on::text AS "dueOn",
        ${LATE} AS late`,
      from: 'sheets CROSS JOIN LATERAL unnest(missing) interview',
      where: 'municipality = $1',
      params: [municipality],
      filters: { evaluator: 'evaluator', interview: 'interview', late: `${LATE}::text` },
      sort: { evaluator: `coalesce(evaluator, '')`, dueOn: 'due_on' },
      key: `sheet_id || '/' || interview`,
    });
  }

  @Get('sheets/:sheetId/reads')
  @Allow('auditor')
  @ApiOperation({ summary: '評価シートを誰が見たかを見る' })
  @ApiOkResponse({
    type: pageOf(ReadRow),
    description: '本人以外の誰がいつ何として（hr, evaluator）または何のために（probation-result）見たか。',
  })
  async reads(@By() by: Caller, @Param('sheetId') id: string, @Query() query: ListQuery): Promise<Page<ReadRow>> {
    if ((await this.desk.stateOf(by.municipality, id)).state.status === 'none') throw new NotFound('sheet');
    return this.personalDataReads.page(by, id, query);
  }

  /** A list by due date that knows what day it is: `$2` of its expressions, between the municipality and the rest. */
  private async page<Row extends object, Query extends ListQuery>(
    query: Query,
    {
      params: [municipality, ...rest],
      ...options
    }: Omit<Options<Query>, 'sort' | 'key' | 'query'> & Partial<Pick<Options<Query>, 'sort' | 'key'>>,
  ): Promise<Page<Row>> {
    await caughtUp(this.followers, 'sheet-lists', query.after);
    return page<Row, Query>(this.database.pool, {
      sort: { dueOn: 'due_on', openedOn: 'opened_on' },
      key: 'sheet_id',
      ...options,
      // Every list names today, also where no filter asks for it.
      where: `${options.where} AND $2::date IS NOT NULL`,
      params: [municipality, this.clock.today(), ...rest],
      query,
    });
  }
}

type Options<Query extends ListQuery> = Parameters<typeof page<object, Query>>[1];

/** Only accounts of staff have sheets or evaluate. */
const ownStaffId = ({ staffId }: Caller): string => {
  if (staffId === undefined) throw new Problem(403, 'role.not-allowed');
  return staffId;
};
