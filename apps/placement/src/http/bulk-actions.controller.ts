import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
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
import { Rejected } from '#libs/event-store/decider';
import { EventStore } from '#libs/event-store/event-store';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Problem } from '#libs/platform/problem';
import { Batches, type Append } from '../batches.js';
import { staff, type DraftAction, type Proposal } from '../domain/staff.js';
import { problems } from '../problems.js';
import { draftOf, UndatedActionBody } from './action-body.js';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { newIds, requireSomebodyElse, StaffOffice } from './staff-office.js';

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
  @ApiProperty({ description: 'Place in the request, from 0.' }) row: number;
  @ApiProperty() staffId: string;
  @ApiProperty() actionId: string;
  @ApiProperty() ok: boolean;
  @ApiPropertyOptional() code?: string;
  @ApiPropertyOptional() message?: string;
}

class BulkAnswer {
  @ApiProperty() dryRun: boolean;
  @ApiProperty({ description: 'Actions taken: all or none.' }) accepted: number;
  @ApiProperty({ type: [BulkRow] }) results: BulkRow[];
  @ApiPropertyOptional() position?: number;
  @ApiProperty() repeated: boolean;
}

type Own = Readonly<{ row: number; proposal: Proposal }>;
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
    private readonly office: StaffOffice,
    private readonly batches: Batches,
  ) {}

  @Post('bulk')
  @HttpCode(200)
  @Allow('hr')
  @ApiOkResponse({ type: BulkAnswer, description: '一括発令。dryRun=true では検査だけを行う。' })
  async take(@By() by: Caller, @Body() body: BulkBody, @Query() query: BulkQuery): Promise<BulkAnswer> {
    const dryRun = query.dryRun === 'true';
    const drafts = body.actions.map((action, row) => draftOf(action, body.effectiveOn, newIds(by, row)));
    const rows = drafts.map(({ actionId }, row) => ({ row, staffId: body.actions[row].staffId, actionId, ok: true }));
    if (dryRun) {
      const { refused } = await this.judgeAll(by, body, drafts);
      return { dryRun, accepted: 0, results: withRefusals(rows, refused), repeated: false };
    }
    const done = await this.batches.run(by, async () => {
      const { refused, appends } = await this.judgeAll(by, body, drafts);
      if (refused.size === 0) return { file: 'bulk-actions', rows: rows.length, appends };
      const members = { results: withRefusals(rows, refused) };
      throw new Problem(409, 'bulk.has-errors', { members, facts: { errors: refused.size } });
    });
    return { dryRun, accepted: done.rows, results: rows, position: done.position, repeated: done.repeated };
  }

  private async judgeAll(by: Caller, { actions }: BulkBody, drafts: readonly DraftAction[]) {
    const proposals = await this.office.proposals(by, drafts);
    const persons = new Map<string, Own[]>();
    for (const [row, proposal] of proposals.entries()) {
      const { staffId } = actions[row];
      persons.set(staffId, [...(persons.get(staffId) ?? []), { row, proposal }]);
    }
    const judged = await Promise.all([...persons].map(([staffId, own]) => this.judge(by, staffId, own)));
    return {
      refused: new Map(judged.flatMap(({ refusals }) => refusals)),
      appends: judged.flatMap(({ append }) => append ?? []),
    };
  }

  /** All actions of one person are decided together; what is refused is the row the rule names, or all of them. */
  private async judge(by: Caller, staffId: string, own: readonly Own[]) {
    const stream = { municipality: by.municipality, id: staffId };
    const { events: past, version } = await this.store.read(staff, stream);
    const state = past.reduce(staff.evolve, staff.initial);
    try {
      requireSomebodyElse(by, staffId);
      const events = staff.decide({ type: 'TakeActions', proposals: own.map(({ proposal }) => proposal) }, state);
      const append: Append = { aggregate: staff, stream, expected: version, events };
      return { append, refusals: [] };
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      const { code, facts } = error;
      const named = own.filter(({ proposal }) => proposal.action.actionId === facts.actionId);
      const refusal = {
        ok: false,
        code,
        message: problems[code]?.ja.replace(/\{([\w-]+)\}/g, (_, name: string) => String(facts[name] ?? '―')) ?? code,
      };
      return { refusals: (named.length > 0 ? named : own).map(({ row }) => [row, refusal] as const) };
    }
  }
}
