import { Injectable } from '@nestjs/common';
import { Rejected } from '#libs/event-store/decider';
import { EventStore, type BatchAppend } from '#libs/event-store/event-store';
import type { Append } from '#libs/imports/batches';
import type { CsvFault } from '#libs/imports/csv';
import { Imports, type Checked, type ImportReport } from '#libs/imports/imports';
import type { LocalDate } from '#libs/law/local-date';
import type { Caller } from '#libs/platform/caller';
import { idFrom } from '#libs/platform/commands';
import { Clock } from '#libs/processes/clock';
import { actionFault } from '../domain/action-rules.js';
import { organisation, organisationFaults, TREE } from '../domain/organisation.js';
import type { RulesOn } from '../domain/rules-of-day.js';
import { staff } from '../domain/staff.js';
import { staffNumber } from '../domain/staff-number.js';
import { Rulebook } from '../rulebook.js';
import { StaffNumbers } from '../staff-numbers.js';
import { UnitChanges } from '../unit-changes.js';
import { COLUMN_OF_FIELD, readActions, type ActionRow, type Titles } from './action-rows.js';
import { readStaff } from './staff-rows.js';
import { placed, readUnits } from './unit-rows.js';

/** Brings in a city's files: everything in a file or nothing, and the same answer to a repeat of the request. */
@Injectable()
export class Importer {
  constructor(
    private readonly store: EventStore,
    private readonly rulebook: Rulebook,
    private readonly numbers: StaffNumbers,
    private readonly imports: Imports,
    private readonly unitChanges: UnitChanges,
    private readonly clock: Clock,
  ) {}

  units(by: Caller, body: Uint8Array, dryRun: boolean): Promise<ImportReport> {
    return this.imports.run(by, 'units', dryRun, async () => {
      const { count, rows, faults } = readUnits(body);
      if (faults.length > 0) return { rows: count, faults, appends: [] };
      const { municipality } = by;
      const { state, version } = await this.rulebook.organisation(municipality);
      const { command, hold } = await this.unitChanges.prepare(
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
      return { rows: count, faults: wrong, appends: changed.length > 0 ? [append] : [], hold };
    });
  }

  staff(by: Caller, body: Uint8Array, dryRun: boolean): Promise<ImportReport> {
    return this.imports.run(by, 'staff', dryRun, async () => {
      const today = this.clock.today();
      const { count, rows, faults } = readStaff(body, today);
      const { municipality } = by;
      const keys = await this.numbers.keys(
        municipality,
        rows.map(({ number }) => number),
      );
      const holders = await this.numbers.holders(municipality, keys);
      const rulesOn = await this.rulebook.of(municipality);
      const taken = rows
        .filter((_, index) => holders[index])
        .map(({ line }) => ({ line, column: '職員番号', code: 'staff-number.taken' }));
      if (faults.length + taken.length > 0) return { rows: count, faults: [...faults, ...taken], appends: [] };
      const appends = rows.flatMap(({ line, details, sex }, index) => {
        const staffId = idFrom(by, `staff/${line}`);
        const numberKey = keys[index];
        const person = { staffId, details, numberKey, sex };
        const register = { type: 'RegisterStaff', ...person, actions: [], rulesOn, today } as const;
        return [
          first(staffNumber, municipality, numberKey, staffNumber.decide({ type: 'ReserveStaffNumber', staffId }, {})),
          first(staff, municipality, staffId, staff.decide(register, staff.initial)),
        ];
      });
      return { rows: count, faults: [], appends };
    });
  }

  actions(by: Caller, body: Uint8Array, dryRun: boolean): Promise<ImportReport> {
    return this.imports.run(by, 'personnel-actions', dryRun, async () => {
      const { municipality } = by;
      const { count, rows, faults, isWhole } = readActions(body, this.titles(municipality));
      const tree = await this.rulebook.organisation(municipality);
      const rulesOn = this.rulebook.by(municipality, tree.state);
      const today = this.clock.today();
      const persons = [...byNumber(rows)];
      const keys = await this.numbers.keys(
        municipality,
        persons.map(([number]) => number),
      );
      const holders = await this.numbers.holders(municipality, keys);
      const read = await Promise.all(
        persons.map(async ([number, own], index): Promise<Pick<Checked, 'faults' | 'appends'>> => {
          const staffId = holders[index];
          if (!staffId) return { faults: numberFaults(own, 'staff-number.unknown'), appends: [] };
          if (staffId === by.staffId) return { faults: numberFaults(own, 'staff.own-record'), appends: [] };
          const stream = { municipality, id: staffId };
          const { events, version } = await this.store.read(staff, stream);
          const state = events.reduce(staff.evolve, staff.initial);
          const wrong = faultsOf(own, rulesOn);
          if (wrong.length > 0 || !isWhole(number)) return { faults: wrong, appends: [] };
          return recorded(own, () => {
            const actions = own.map(({ draft }) => draft);
            const taken = staff.decide({ type: 'RecordHistory', actions, rulesOn, today }, state);
            return { aggregate: staff, stream, expected: version, events: taken };
          });
        }),
      );
      return {
        rows: count,
        faults: [...faults, ...read.flatMap((one) => one.faults)],
        appends: read.flatMap(({ appends }) => appends),
        hold: (tx) => this.rulebook.keep(municipality, tree, tx),
      };
    });
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

const faultsOf = (rows: readonly ActionRow[], rulesOn: RulesOn): CsvFault[] =>
  rows.flatMap(({ line, draft }) => {
    const found = actionFault({ employmentId: 'any', ...draft }, rulesOn(draft.effectiveOn));
    return found ? [{ line, column: COLUMN_OF_FIELD[found.field] ?? '', code: found.code }] : [];
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
