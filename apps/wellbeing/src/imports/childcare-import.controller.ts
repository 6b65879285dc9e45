import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Rejected } from '#libs/event-store/decider';
import type { Append } from '#libs/imports/batches';
import type { CsvFault } from '#libs/imports/csv';
import { CSV, csvBody, ImportQuery, ImportReportView, Imports, type ImportReport } from '#libs/imports/imports';
import { StaffNumbers } from '#libs/imports/staff-numbers';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { idFrom } from '#libs/platform/commands';
import { childcare, type ChildcareCommand } from '../domain/childcare.js';
import type { ChildcareEvent } from '../domain/childcare-state.js';
import { ChildcareOffice } from '../http/childcare-office.js';
import { readPastCases, type PastCase } from './childcare-rows.js';

type Checked = { faults: readonly CsvFault[]; appends: readonly Append[] };

@ApiTags('取込')
@System('W2')
@Controller('imports')
export class ChildcareImportController {
  constructor(
    private readonly imports: Imports,
    private readonly office: ChildcareOffice,
    private readonly numbers: StaffNumbers,
  ) {}

  @Post('childcare')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '過去の出生と育児休業を取り込む' })
  @ApiConsumes('text/csv')
  @ApiBody(CSV)
  @ApiOkResponse({ type: ImportReportView, description: '育児休業（childcare.csv）。UTF-8 または Shift_JIS。' })
  childcare(@By() by: Caller, @Body() body: unknown, @Query() query: ImportQuery): Promise<ImportReport> {
    const file = csvBody(body);
    return this.imports.run(by, 'childcare', query.dryRun === 'true', async () => {
      const { count, cases, faults } = readPastCases(file);
      const persons = [...byNumber(cases)];
      const staffIds = await this.numbers.holders(
        by.municipality,
        persons.map(([number]) => number),
      );
      const checked = await Promise.all(
        persons.map(async ([number, own]): Promise<Checked> => {
          const staffId = staffIds.get(number);
          if (staffId === undefined) return refused(own, 'staff-number.unknown');
          if (staffId === by.staffId) return refused(own, 'childcare.own-request');
          return this.recorded(by, staffId, own);
        }),
      );
      return {
        rows: count,
        faults: [...faults, ...checked.flatMap((one) => one.faults)],
        appends: checked.flatMap(({ appends }) => appends),
      };
    });
  }

  /** One append per person; what the decider refuses is a fault of the row it names. */
  private async recorded(by: Caller, staffId: string, cases: readonly PastCase[]): Promise<Checked> {
    const { municipality } = by;
    const { state: before, version } = await this.office.stateOf(municipality, staffId);
    let state = before;
    const [events, faults]: [ChildcareEvent[], CsvFault[]] = [[], []];
    for (const past of cases) {
      try {
        const decided = childcare.decide(this.command(by, staffId, past), state);
        state = decided.reduce(childcare.evolve, state);
        events.push(...decided);
      } catch (error) {
        if (!(error instanceof Rejected)) throw error;
        const { periodId, ...facts } = error.facts;
        const line = past.leaves.find((leave) => idOf(by, leave.line) === periodId)?.line ?? past.line;
        faults.push({ line, column: '', code: error.code, facts });
      }
    }
    const append = { aggregate: childcare, stream: { municipality, id: staffId }, expected: version, events };
    return { faults, appends: events.length > 0 ? [append] : [] };
  }

  private command(by: Caller, staffId: string, past: PastCase): ChildcareCommand {
    return {
      type: 'RecordPastCase',
      staffId,
      caseId: idFrom(by, `childcare-case/${past.line}`),
      parenthood: past.parenthood,
      child: past.child,
      leaves: past.leaves.map(({ line, from, through }) => ({ periodId: idOf(by, line), from, through })),
      rules: this.office.rules(by.municipality),
      today: this.office.today(),
    };
  }
}

const byNumber = (cases: readonly PastCase[]): ReadonlyMap<string, PastCase[]> => {
  const persons = new Map<string, PastCase[]>();
  for (const past of cases) persons.set(past.number, [...(persons.get(past.number) ?? []), past]);
  return persons;
};

const idOf = (by: Caller, line: number): string => idFrom(by, `childcare-leave/${line}`);

const refused = (cases: readonly PastCase[], code: string): Checked => ({
  faults: cases.map(({ line }) => ({ line, column: '職員番号', code })),
  appends: [],
});
