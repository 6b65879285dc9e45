import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Rejected } from '#libs/event-store/decider';
import { EventStore } from '#libs/event-store/event-store';
import { Batches, type Append } from '#libs/imports/batches';
import { endOf, startOf } from '#libs/law/fiscal-year';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { cycle } from '../domain/cycle.js';
import { sheet } from '../domain/sheet.js';
import { Forms } from '../forms.js';
import { FiscalYearPipe } from '#libs/platform/fiscal-year.pipe';
import { CycleBody } from './sheet-bodies.js';

class CycleAnswer {
  @ApiProperty({ type: 'integer' }) fiscalYear: number;
  @ApiProperty({ type: 'integer', description: '作成した評価シートの数' }) sheets: number;
  @ApiProperty({ description: '一覧の `after` に指定すると、この変更を含む一覧が得られる。' }) position: number;
  @ApiProperty() repeated: boolean;
}

@ApiTags('定期評価')
@System('E1')
@Controller('cycles')
export class CyclesController {
  constructor(
    private readonly store: EventStore,
    private readonly batches: Batches,
    private readonly directory: StaffDirectory,
    private readonly forms: Forms,
    private readonly clock: Clock,
  ) {}

  @Post(':fiscalYear')
  @Allow('hr')
  @ApiOperation({ summary: '年度の定期評価を始める' })
  @ApiCreatedResponse({
    type: CycleAnswer,
    description: '基準日に職にある全員（休職・派遣中と、年度内に退職する者を除く）の評価シートを作る。',
  })
  async open(
    @By() by: Caller,
    @Param('fiscalYear', FiscalYearPipe) fiscalYear: number,
    @Body() body: CycleBody,
  ): Promise<CycleAnswer> {
    const { rows, position, repeated } = await this.batches.run(by, async () => {
      const sheets = await this.sheets(by, fiscalYear, body);
      return {
        file: `cycle-${fiscalYear}`,
        rows: sheets.length,
        appends: [await this.cycle(by, fiscalYear, body, sheets.length), ...sheets],
      };
    });
    return { fiscalYear, sheets: rows, position, repeated };
  }

  private async cycle(
    { municipality }: Caller,
    fiscalYear: number,
    { on, dueOn }: CycleBody,
    sheets: number,
  ): Promise<Append> {
    const stream = { municipality, id: String(fiscalYear) };
    const { events: past, version } = await this.store.read(cycle, stream);
    const events = cycle.decide({ fiscalYear, on, dueOn, sheets }, past.reduce(cycle.evolve, cycle.initial));
    return { aggregate: cycle, stream, expected: version === 0 ? 'no-stream' : version, events };
  }

  /** One for everybody in service on the day, neither on leave nor seconded away, who as far as is known serves to its end. */
  private async sheets({ municipality }: Caller, fiscalYear: number, { on, dueOn }: CycleBody): Promise<Append[]> {
    const staff = await this.directory.everybody(municipality, on);
    const staying = new Set(
      (await this.directory.everybody(municipality, endOf(fiscalYear))).map(({ staffId }) => staffId),
    );
    const inPost = staff.filter(
      ({ staffId, status }) => (status === 'regular' || status === 'probation') && staying.has(staffId),
    );
    if (inPost.length === 0) throw new Rejected('cycle.nobody', { on });
    const period = { from: startOf(fiscalYear), until: endOf(fiscalYear), dueOn, today: this.clock.today() };
    return inPost.map(({ staffId, grade, position }) => {
      const sheetId = `${staffId}:${fiscalYear}:yearly`;
      const form = this.forms.of(municipality, on, grade, position);
      const events = sheet.decide({ type: 'OpenYearly', sheetId, staffId, form, ...period }, sheet.initial);
      return { aggregate: sheet, stream: { municipality, id: sheetId }, expected: 'no-stream', events };
    });
  }
}
