import { Injectable } from '@nestjs/common';
import { Rejected } from '#libs/event-store/decider';
import { EventStore, type BatchAppend } from '#libs/event-store/event-store';
import type { LocalDate } from '#libs/law/local-date';
import type { Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { Problem } from '#libs/platform/problem';
import { filled } from '#libs/platform/problems';
import { actionFault } from '../domain/action-rules.js';
import { organisation, organisationFaults, TREE } from '../domain/organisation.js';
import { staff, type Proposal } from '../domain/staff.js';
import { staffNumber } from '../domain/staff-number.js';
import type { UploadCommand } from '../domain/upload.js';
import { Batches, idFrom, type Append, type Batch } from '../batches.js';
import { problems } from '../problems.js';
import { Rulebook } from '../rulebook.js';
import { StaffNumbers } from '../staff-numbers.js';
import { UnitChanges } from '../unit-changes.js';
import { COLUMN_OF_FIELD, readActions, type ActionRow, type Titles } from './action-rows.js';
import type { CsvFault } from './csv.js';
import { readStaff } from './staff-rows.js';
import { placed, readUnits } from './unit-rows.js';

export type ImportReport = Readonly<{
  /** Rows read, the header not counted. */
  rows: number;
  /** Rows that are in the store now: all or none. */
  accepted: number;
  errors: readonly Readonly<{ line: number; column: string; code: string; message: string }>[];
  dryRun: boolean;
  /** Pass as `after` to a list to find what was loaded. */
  position?: number;
  repeated: boolean;
}>;

type File = UploadCommand['file'];
type Checked = Readonly<{ rows: number; faults: readonly CsvFault[]; appends: readonly Append[] }>;

/** Brings in a city's files: everything in a file or nothing, and the same answer to a repeat of the request. */
@Injectable()
export class Importer {
  constructor(
    private readonly store: EventStore,
    private readonly rulebook: Rulebook,
    private readonly numbers: StaffNumbers,
    private readonly batches: Batches,
    private readonly unitChanges: UnitChanges,
    private readonly clock: Clock,
  ) {}

  units(by: Caller, body: Uint8Array, dryRun: boolean): Promise<ImportReport> {
    return this.run(by, 'units', dryRun, async () => {
      const { count, rows, faults } = readUnits(body);
      if (faults.length > 0) return { rows: count, faults, appends: [] };
      const { municipality } = by;
      const { events, version } = await this.store.read(organisation, { municipality, id: TREE });
      const state = events.reduce(organisation.evolve, organisation.initial);
      const command = await this.unitChanges.command(
        municipality,
        rows.map(({ change }) => change),
        state,
      );
      const wrong = organisationFaults(state, command.changes, command.occupied).map(placed(rows));
      const changed = wrong.length > 0 ? [] : organisation.decide(command, state);
      const append = {
        aggregate: organisation,
        stream: { municipality, id: TREE },
        expected: version,
        events: changed,
      };
      return { rows: count, faults: wrong, appends: changed.length > 0 ? [append] : [] };
    });
  }

  staff(by: Caller, body: Uint8Array, dryRun: boolean): Promise<ImportReport> {
    return this.run(by, 'staff', dryRun, async () => {
      const today = this.clock.today();
      const { count, rows, faults } = readStaff(body, today);
      const { municipality } = by;
      const keys = await this.numbers.keys(
        municipality,
        rows.map(({ number }) => number),
      );
      const holders = await this.holders(municipality, keys);
      const taken = rows
        .filter((_, index) => holders[index])
        .map(({ line }) => ({ line, column: '職員番号', code: 'staff-number.taken' }));
      if (faults.length + taken.length > 0) return { rows: count, faults: [...faults, ...taken], appends: [] };
      const appends = rows.flatMap(({ line, details, sex }, index) => {
        const staffId = idFrom(by, `staff/${line}`);
        const numberKey = keys[index];
        const register = { type: 'RegisterStaff', staffId, details, numberKey, sex, proposals: [], today } as const;
        return [
          first(staffNumber, municipality, numberKey, staffNumber.decide({ type: 'ReserveStaffNumber', staffId }, {})),
          first(staff, municipality, staffId, staff.decide(register, staff.initial)),
        ];
      });
      return { rows: count, faults: [], appends };
    });
  }

  actions(by: Caller, body: Uint8Array, dryRun: boolean): Promise<ImportReport> {
    return this.run(by, 'personnel-actions', dryRun, async () => {
      const { municipality } = by;
      const { count, rows, faults, isWhole } = readActions(body, this.titles(municipality));
      const rules = await this.rulebook.of(municipality);
      const persons = [...byNumber(rows)];
      const keys = await this.numbers.keys(
        municipality,
        persons.map(([number]) => number),
      );
      const holders = await this.holders(municipality, keys);
      const read = await Promise.all(
        persons.map(async ([number, own], index): Promise<Pick<Checked, 'faults' | 'appends'>> => {
          const staffId = holders[index];
          if (!staffId) return { faults: numberFaults(own, 'staff-number.unknown'), appends: [] };
          if (staffId === by.staffId) return { faults: numberFaults(own, 'staff.own-record'), appends: [] };
          const stream = { municipality, id: staffId };
          const { events, version } = await this.store.read(staff, stream);
          const state = events.reduce(staff.evolve, staff.initial);
          const proposals = own.map(({ draft }) => ({ action: draft, rules: rules(draft.effectiveOn) }));
          const wrong = faultsOf(own, proposals);
          if (wrong.length > 0 || !isWhole(number)) return { faults: wrong, appends: [] };
          return recorded(own, () => {
            const taken = staff.decide({ type: 'RecordHistory', proposals }, state);
            return { aggregate: staff, stream, expected: version, events: taken };
          });
        }),
      );
      return {
        rows: count,
        faults: [...faults, ...read.flatMap((one) => one.faults)],
        appends: read.flatMap(({ appends }) => appends),
      };
    });
  }

  private async run(by: Caller, file: File, dryRun: boolean, check: () => Promise<Checked>): Promise<ImportReport> {
    const sound = async (): Promise<Batch> => {
      const { rows, faults, appends } = await check();
      if (faults.length > 0) throw refused(rows, faults, dryRun);
      return { file, rows, appends };
    };
    if (dryRun) return { rows: (await sound()).rows, accepted: 0, errors: [], dryRun, repeated: false };
    const done = await this.batches.run(by, sound);
    return { ...done, accepted: done.rows, errors: [], dryRun };
  }

  /** Whom each number belongs to. */
  private async holders(municipality: string, keys: readonly string[]): Promise<(string | undefined)[]> {
    const streams = await Promise.all(keys.map((id) => this.store.read(staffNumber, { municipality, id })));
    return streams.map(({ events }) => events[0]?.data.staffId);
  }

  private titles(municipality: string): (day: LocalDate) => Titles {
    const known = new Map<LocalDate, Titles>();
    return (day) => {
      const titles = known.get(day) ?? this.rulebook.titles(municipality, day);
      known.set(day, titles);
      return titles;
    };
  }
}

const first = (
  aggregate: BatchAppend['aggregate'],
  municipality: string,
  id: string,
  events: BatchAppend['events'],
): Append => ({ aggregate, stream: { municipality, id }, expected: 'no-stream', events });

const byNumber = (rows: readonly ActionRow[]): ReadonlyMap<string, ActionRow[]> => {
  const persons = new Map<string, ActionRow[]>();
  for (const row of rows) persons.set(row.number, [...(persons.get(row.number) ?? []), row]);
  return persons;
};

const numberFaults = (rows: readonly ActionRow[], code: string): CsvFault[] =>
  rows.map(({ line }) => ({ line, column: '職員番号', code }));

const faultsOf = (rows: readonly ActionRow[], proposals: readonly Proposal[]): CsvFault[] =>
  proposals.flatMap(({ action, rules }, index) => {
    const found = actionFault({ employmentId: 'any', ...action }, rules);
    return found ? [{ line: rows[index].line, column: COLUMN_OF_FIELD[found.field] ?? '', code: found.code }] : [];
  });

/** What the decider refuses is a fault of the row it names. */
const recorded = (rows: readonly ActionRow[], decide: () => Append): Pick<Checked, 'faults' | 'appends'> => {
  try {
    return { faults: [], appends: [decide()] };
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    const line = rows.find(({ draft }) => draft.actionId === error.facts.actionId)?.line ?? rows[0].line;
    return { faults: [{ line, column: '発令日', code: error.code, facts: error.facts }], appends: [] };
  }
};

/** Errors that one report lists; the problem's facts count them all. */
const MOST_ERRORS = 500;

const refused = (rows: number, faults: readonly CsvFault[], dryRun: boolean): Problem => {
  const errors = faults.toSorted((a, b) => a.line - b.line).slice(0, MOST_ERRORS);
  const report = { rows, accepted: 0, errors: errors.map(explained), dryRun };
  return new Problem(409, 'import.has-errors', { members: report, facts: { errors: faults.length } });
};

const explained = ({ line, column, code, value, facts }: CsvFault): ImportReport['errors'][number] => ({
  line,
  column,
  code,
  message: `${filled(problems[code]?.ja ?? code, { field: column, ...facts })}${value === undefined ? '' : `（${value}）`}`,
});
