import { Injectable } from '@nestjs/common';
import { Rejected } from '#libs/event-store/decider';
import { EventStore } from '#libs/event-store/event-store';
import type { Append } from '#libs/imports/batches';
import type { CsvFault } from '#libs/imports/csv';
import { Imports, type Checked, type ImportReport } from '#libs/imports/imports';
import { StaffNumbers } from '#libs/imports/staff-numbers';
import type { LeaveYear } from '#libs/law/annual-leave';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { minutesOf } from '#libs/law/working-day';
import type { Caller } from '#libs/platform/caller';
import { idFrom } from '#libs/platform/commands';
import { Clock } from '#libs/processes/clock';
import { NotInForce, Policies } from '#libs/policy/pack';
import { effectDay } from '#libs/staff-directory/timeline';
import type { Unspent } from '../domain/leave-balance.js';
import type { OfKind } from '../domain/leave-events.js';
import type { AnnualRules, LeaveYearCommand } from '../domain/leave-year.js';
import { leave, leaveStream } from '../domain/leave.js';
import { requestIdOf } from '../http/leave-office.js';
import { LeaveRules } from '../leave-rules.js';
import { ServiceRecord, ServiceRecords } from '../service-records.js';
import { readLeaveLedger, type KindsOn, type LeaveRow } from './leave-rows.js';

/** The rows of one person and leave year: one command. */
type Account = Readonly<{ staffId: string; year: LeaveYear; rows: readonly LeaveRow[] }>;
/** What all accounts of a file have in common. */
type File = Readonly<{
  municipality: string;
  /** Ids of what a row brings are this and its line: a repeat of the request names the same things. */
  id: string;
  today: LocalDate;
  rulesFrom: (day: LocalDate) => YearRules;
}>;
type Day = Readonly<{ from: number; to: number; minutes: number }>;
type YearRules = Readonly<{ kind: OfKind; annual: AnnualRules; usual: Day }>;
type Found = Pick<Checked, 'faults' | 'appends'>;

const NOBODY = new ServiceRecord([]);

/** Brings in the ledgers of former years and of the running one, day by day. */
@Injectable()
export class LeaveLedgers {
  constructor(
    private readonly imports: Imports,
    private readonly store: EventStore,
    private readonly numbers: StaffNumbers,
    private readonly records: ServiceRecords,
    private readonly rules: LeaveRules,
    private readonly policies: Policies,
    private readonly clock: Clock,
  ) {}

  run(by: Caller, body: Uint8Array, dryRun: boolean): Promise<ImportReport> {
    return this.imports.run(by, 'leave-ledger', dryRun, async () => {
      const { municipality } = by;
      const today = this.clock.today();
      const rulesFrom = remembered((day) => this.rulesFrom(municipality, day));
      const file = { municipality, id: idFrom(by, 'leave'), today, rulesFrom };
      const { count, rows, faults } = readLeaveLedger(body, today, this.kindsOn(municipality));
      const ids = await this.numbers.holders(
        municipality,
        rows.map(({ number }) => number),
      );
      const unknown = rows.flatMap((row) => this.stranger(by, row, ids.get(row.number)));
      const records = await this.records.ofAll(municipality, [...ids.values()]);
      const accounts = this.accountsOf(municipality, rows, ids);
      const found = await Promise.all(
        accounts.map((account) => this.recorded(file, account, records.get(account.staffId) ?? NOBODY)),
      );
      return {
        rows: count,
        faults: [...faults, ...unknown, ...found.flatMap((one) => one.faults)],
        appends: found.flatMap(({ appends }) => appends),
      };
    });
  }

  private stranger(by: Caller, { line }: LeaveRow, staffId: string | undefined): CsvFault[] {
    if (staffId === undefined) return [{ line, column: '職員番号', code: 'staff-number.unknown' }];
    return staffId === by.staffId ? [{ line, column: '職員番号', code: 'leave.own-account' }] : [];
  }

  private accountsOf(
    municipality: string,
    rows: readonly LeaveRow[],
    ids: ReadonlyMap<string, string>,
  ): readonly Account[] {
    const accounts = new Map<string, { staffId: string; year: LeaveYear; rows: LeaveRow[] }>();
    const yearOf = remembered((day) => this.rules.year(municipality, day));
    for (const row of rows) {
      const staffId = ids.get(row.number);
      if (staffId === undefined) continue;
      const year = yearOf(row.on);
      const key = leaveStream(staffId, year.from);
      const account = accounts.get(key) ?? { staffId, year, rows: [] };
      account.rows.push(row);
      accounts.set(key, account);
    }
    return [...accounts.values()];
  }

  /** What the decider refuses is a fault of the row whose day it names. */
  private async recorded(file: File, account: Account, record: ServiceRecord): Promise<Found> {
    const { municipality } = file;
    const { staffId, year, rows } = account;
    const faults = rows.flatMap((row) => faultOf(row, record));
    if (faults.length > 0) return { faults, appends: [] };
    const stream = { municipality, id: leaveStream(staffId, year.from) };
    const { events, version } = await this.store.read(leave, stream);
    try {
      const state = events.reduce(leave.evolve, leave.initial);
      const decided = leave.decide(commandOf(file, account, record), state);
      const append: Append = { aggregate: leave, stream, expected: version, events: decided };
      return { faults: [], appends: [append] };
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      const row = rows.find(({ on, entry }) => entry === 'taken' && on === error.facts.on) ?? rows[0];
      return { faults: [{ line: row.line, column: '日付', code: error.code, facts: error.facts }], appends: [] };
    }
  }

  private rulesFrom(municipality: string, day: LocalDate): YearRules {
    const { stretches, dailyMinutes } = this.policies.inForce(municipality, 'working-time', day);
    return {
      kind: this.rules.fromLots(municipality, day),
      annual: this.rules.annual(municipality, day),
      usual: {
        from: minutesOf(stretches[0].from),
        to: minutesOf(stretches[stretches.length - 1].to),
        minutes: dailyMinutes,
      },
    };
  }

  /** Where no rules are in force on the day itself or on the first of its leave year, the row cannot be judged. */
  private kindsOn(municipality: string): KindsOn {
    return remembered((day) => {
      try {
        this.rulesFrom(municipality, this.rules.year(municipality, day).from);
        return new Map(this.rules.kinds(municipality, day).map((kind) => [kind.title, kind]));
      } catch (error) {
        if (error instanceof NotInForce) return undefined;
        throw error;
      }
    });
  }
}

const commandOf = (file: File, { staffId, year, rows }: Account, record: ServiceRecord): LeaveYearCommand => {
  const { kind, annual, usual } = file.rulesFrom(year.from);
  const servedFrom = record.firstDay(year.from, year.through) ?? year.from;
  const dayMinutes = record.on(servedFrom)?.dayMinutes ?? usual.minutes;
  const separation = record.lastSeparation(year.from, year.through);
  return {
    type: 'RecordLeaveYear',
    staffId,
    year,
    servedFrom,
    dayMinutes,
    kind,
    lots: rows.flatMap(({ entry, line, on, minutes, usableThrough }) =>
      entry === 'taken' ? [] : [{ lotId: `${file.id}-${line}`, grantedOn: on, usableThrough, minutes, origin: entry }],
    ),
    entries: rows
      .filter(({ entry }) => entry === 'taken')
      .map((row) => entryOf(row, requestIdOf(year.from, `${file.id}-${row.line}`), record, usual))
      .toSorted((a, b) => (a.on === b.on ? a.from - b.from : a.on < b.on ? -1 : 1)),
    rules: annual,
    ...(separation && { separation: { actionId: separation.actionId, from: effectDay(separation) } }),
    ...(year.through < file.today && { closes: { stays: record.on(addDays(year.through, 1)) !== undefined } }),
  };
};

/** A file has tens of thousands of rows and some hundred days. */
const remembered = <T>(of: (day: LocalDate) => T): ((day: LocalDate) => T) => {
  const known = new Map<LocalDate, T>();
  return (day) => {
    const value = known.get(day) ?? of(day);
    known.set(day, value);
    return value;
  };
};

const faultOf = ({ line, on, entry, minutes }: LeaveRow, record: ServiceRecord): CsvFault[] => {
  const own = record.on(on);
  if (!own) return [{ line, column: '日付', code: 'leave.not-in-service' }];
  const long = entry === 'taken' && minutes > own.dayMinutes;
  return long ? [{ line, column: '分', code: 'leave.more-than-a-day' }] : [];
};

/** A whole day is the usual day from its first to its last minute. */
const entryOf = (
  { on, kind, piece, minutes }: LeaveRow,
  entryId: string,
  record: ServiceRecord,
  usual: Day,
): Unspent & OfKind => ({
  entryId,
  on,
  from: piece?.from ?? usual.from,
  to: piece?.to ?? usual.to,
  minutes,
  dayMinutes: record.on(on)?.dayMinutes ?? usual.minutes,
  kind: kind.code,
  publicKind: kind.publicKind,
});
