import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { PoolClient } from 'pg';
import { Rejected } from '#libs/event-store/decider';
import { EventStore } from '#libs/event-store/event-store';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Problem } from '#libs/platform/problem';
import { filled } from '#libs/platform/problems';
import { Batches, type Append } from '#libs/imports/batches';
import type { DraftAction } from '../domain/career.js';
import type { RulesOn } from '../domain/rules-of-day.js';
import { staff } from '../domain/staff.js';
import { problems } from '../problems.js';
import { draftOf, UndatedActionBody } from './action-body.js';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { Rulebook } from '../rulebook.js';
import { newIds, requireSomebodyElse } from './staff-office.js';

const MOST = 3_000;

class BulkActionBody extends UndatedActionBody {
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) staffId: string;
}

class BulkBody {
  @ApiProperty({ description: '発令日（全件共通）' }) @IsLocalDate() effectiveOn: string;
  @ApiProperty({ type: [BulkActionBody] })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MOST)
  @ValidateNested({ each: true })
  @Type(() => BulkActionBody)
  actions: BulkActionBody[];
}

class BulkQuery {
  @ApiPropertyOptional({ enum: ['true', 'false'] }) @IsOptional() @IsIn(['true', 'false']) dryRun?: string;
}

class BulkRow {
  @ApiProperty({ description: '本文での位置（0から）' }) row: number;
  @ApiProperty() staffId: string;
  @ApiProperty() actionId: string;
  @ApiProperty() ok: boolean;
  @ApiPropertyOptional() code?: string;
  @ApiPropertyOptional() message?: string;
}

class BulkAnswer {
  @ApiProperty() dryRun: boolean;
  @ApiProperty({ description: '行った発令の件数（全件または0件）' }) accepted: number;
  @ApiProperty({ type: [BulkRow] }) results: BulkRow[];
  @ApiPropertyOptional() position?: number;
  @ApiProperty() repeated: boolean;
}

type Own = Readonly<{ row: number; draft: DraftAction }>;
type Refusal = Pick<BulkRow, 'ok' | 'code' | 'message'>;

const withRefusals = <Row extends Readonly<{ row: number }>>(
  rows: readonly Row[],
  refused: ReadonlyMap<number, Refusal>,
) => rows.map((row) => ({ ...row, ...refused.get(row.row) }));

/** One 発令日 in bulk: every row is judged, and either all are taken or none. */
@ApiTags('人事発令')
@System('P1')
@Controller('personnel-actions')
export class BulkActionsController {
  constructor(
    private readonly store: EventStore,
    private readonly rulebook: Rulebook,
    private readonly batches: Batches,
  ) {}

  @Post('bulk')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '同じ発令日の発令を一括で行う' })
  @ApiOkResponse({ type: BulkAnswer, description: '全件または0件。dryRun=true では検査だけを行う。' })
  async take(@By() by: Caller, @Body() body: BulkBody, @Query() query: BulkQuery): Promise<BulkAnswer> {
    const dryRun = query.dryRun === 'true';
    const drafts = body.actions.map((action, row) => draftOf(action, body.effectiveOn, newIds(by, row)));
    const rows = drafts.map(({ actionId }, row) => ({ row, staffId: body.actions[row].staffId, actionId, ok: true }));
    if (dryRun) {
      const { refused } = await this.judgeAll(by, body, drafts);
      return { dryRun, accepted: 0, results: withRefusals(rows, refused), repeated: false };
    }
    const done = await this.batches.run(by, async () => {
      const { refused, ...batch } = await this.judgeAll(by, body, drafts);
      if (refused.size === 0) return { file: 'bulk-actions', rows: rows.length, ...batch };
      const members = { results: withRefusals(rows, refused) };
      throw new Problem(409, 'bulk.has-errors', { members, facts: { errors: refused.size } });
    });
    return { dryRun, accepted: done.rows, results: rows, position: done.position, repeated: done.repeated };
  }

  private async judgeAll(by: Caller, { actions }: BulkBody, drafts: readonly DraftAction[]) {
    const { municipality } = by;
    const tree = await this.rulebook.organisation(municipality);
    const rulesOn = this.rulebook.by(municipality, tree.state);
    const persons = new Map<string, Own[]>();
    for (const [row, draft] of drafts.entries()) {
      const { staffId } = actions[row];
      persons.set(staffId, [...(persons.get(staffId) ?? []), { row, draft }]);
    }
    const judged = await Promise.all([...persons].map(([staffId, own]) => this.judge(by, staffId, own, rulesOn)));
    return {
      hold: (tx: PoolClient) => this.rulebook.keep(municipality, tree, tx),
      refused: new Map(judged.flatMap(({ refusals }) => refusals)),
      appends: judged.flatMap(({ append }) => append ?? []),
    };
  }

  /** All actions of one person are decided together; what is refused is the row the rule names, or all of them. */
  private async judge(by: Caller, staffId: string, own: readonly Own[], rulesOn: RulesOn) {
    const stream = { municipality: by.municipality, id: staffId };
    const { events: past, version } = await this.store.read(staff, stream);
    const state = past.reduce(staff.evolve, staff.initial);
    try {
      requireSomebodyElse(by, staffId);
      const actions = own.map(({ draft }) => draft);
      const events = staff.decide({ type: 'TakeActions', actions, rulesOn }, state);
      const append: Append = { aggregate: staff, stream, expected: version, events };
      return { append, refusals: [] };
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      const { code, facts } = error;
      const named = own.filter(({ draft }) => draft.actionId === facts.actionId);
      const refusal = {
        ok: false,
        code,
        message: filled(problems[code]?.ja ?? code, facts),
      };
      return { refusals: (named.length > 0 ? named : own).map(({ row }) => [row, refusal] as const) };
    }
  }
}
