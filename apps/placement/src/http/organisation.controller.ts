import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { APPOINTING_AUTHORITIES, SECTORS, UNIT_LEVELS } from '#libs/contracts/placement';
import { EventStore, execute } from '#libs/event-store/event-store';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { CommandAnswer } from '#libs/platform/command-answer';
import { organisation, TREE, unitsOn, type Unit } from '../domain/organisation.js';
import { Rulebook } from '../rulebook.js';
import { UnitChanges } from '../unit-changes.js';
import { IsLocalDate } from '#libs/platform/local-date.validator';

class UnitBody {
  @ApiProperty({ description: '所属コード' }) @IsString() @IsNotEmpty() @MaxLength(40) unitId: string;
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) name: string;
  @ApiProperty({ enum: UNIT_LEVELS }) @IsIn(UNIT_LEVELS) level: Unit['level'];
  @ApiProperty({ type: String, nullable: true })
  @ValidateIf((_, value) => value !== null)
  @IsString()
  @MaxLength(40)
  parentId: string | null;
  @ApiProperty({ enum: SECTORS, nullable: true })
  @ValidateIf((_, value) => value !== null)
  @IsIn(SECTORS)
  sector: Unit['sector'];
  @ApiProperty({ enum: APPOINTING_AUTHORITIES })
  @IsIn(APPOINTING_AUTHORITIES)
  appointingAuthority: Unit['appointingAuthority'];
  @ApiProperty() @IsBoolean() abolished: boolean;
}

class UnitChangeBody {
  @ApiProperty({ description: '適用開始日' }) @IsLocalDate() effectiveOn: string;
  @ApiProperty({ type: UnitBody }) @IsNotEmpty() @ValidateNested() @Type(() => UnitBody) unit: UnitBody;
}

class ChangesBody {
  @ApiProperty({ type: [UnitChangeBody] })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(1_000)
  @ValidateNested({ each: true })
  @Type(() => UnitChangeBody)
  changes: UnitChangeBody[];
}

class DayQuery {
  @ApiPropertyOptional({ description: '基準日。省略すると今日' }) @IsOptional() @IsLocalDate() asOf?: string;
}

class UnitsView {
  @ApiProperty() asOf: string;
  @ApiProperty({ type: [UnitBody] }) units: Unit[];
}

class TreeNode extends UnitBody {
  @ApiProperty({ type: () => [TreeNode] }) children: TreeNode[];
}

class TreeView {
  @ApiProperty() asOf: string;
  @ApiProperty({ type: [TreeNode] }) roots: TreeNode[];
}

@ApiTags('組織')
@System('P1')
@Controller('organisation')
export class OrganisationController {
  constructor(
    private readonly store: EventStore,
    private readonly rulebook: Rulebook,
    private readonly unitChanges: UnitChanges,
    private readonly clock: Clock,
  ) {}

  @Post('changes')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '所属を新設・改称・移管・廃止する' })
  @ApiOkResponse({
    type: CommandAnswer,
    description: 'まとめて検査し、全件または0件を適用する。',
  })
  async change(@By() by: Caller, @Body() { changes }: ChangesBody): Promise<CommandAnswer> {
    const stream = { municipality: by.municipality, id: TREE };
    const plain = changes.map(({ effectiveOn, unit }) => ({ effectiveOn, unit: unitOf(unit) }));
    const result = await this.store.together(async (tx) => {
      const { state, version } = await this.rulebook.organisation(by.municipality, tx);
      const { command, hold } = await this.unitChanges.prepare(by.municipality, plain, state);
      await hold(tx);
      const { metadata, request, expected = version } = by;
      return execute(this.store, organisation, stream, command, { metadata, request, expected, tx });
    }, by.expected);
    return CommandAnswer.of(TREE, result);
  }

  @Get('units')
  @Allow('hr', 'manager', 'staff', 'recruiter', 'evaluator', 'training-officer', 'auditor', 'analyst', 'service')
  @ApiOperation({ summary: '所属の一覧を見る' })
  @ApiOkResponse({ type: UnitsView, description: 'その日に存在する所属' })
  async units(@By() by: Caller, @Query() { asOf = this.clock.today() }: DayQuery): Promise<UnitsView> {
    return { asOf, units: await this.unitsOn(by, asOf) };
  }

  @Get('tree')
  @Allow('hr', 'manager', 'staff', 'recruiter', 'evaluator', 'training-officer', 'auditor', 'analyst', 'service')
  @ApiOperation({ summary: '組織図を見る' })
  @ApiOkResponse({ type: TreeView, description: 'その日の組織図' })
  async tree(@By() by: Caller, @Query() { asOf = this.clock.today() }: DayQuery): Promise<TreeView> {
    return { asOf, roots: below(null, await this.unitsOn(by, asOf)) };
  }

  private async unitsOn({ municipality }: Caller, day: string): Promise<Unit[]> {
    const units = unitsOn((await this.rulebook.organisation(municipality)).state, day);
    return [...units.values()].toSorted((a, b) => (a.unitId < b.unitId ? -1 : 1));
  }
}

/** A plain unit, without the class that validated it. */
const unitOf = ({ unitId, name, level, parentId, sector, appointingAuthority, abolished }: UnitBody): Unit => ({
  unitId,
  name,
  level,
  parentId,
  sector,
  appointingAuthority,
  abolished,
});

const below = (parentId: string | null, units: readonly Unit[]): TreeNode[] =>
  units.filter((unit) => unit.parentId === parentId).map((unit) => ({ ...unit, children: below(unit.unitId, units) }));
