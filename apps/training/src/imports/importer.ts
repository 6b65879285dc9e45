import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store';
import type { Append } from '#libs/imports/batches';
import type { CsvFault } from '#libs/imports/csv';
import { Imports, type Checked, type ImportReport } from '#libs/imports/imports';
import type { LocalDate } from '#libs/law/local-date';
import type { Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { CityRules } from '../city-rules.js';
import { Courses } from '../courses.js';
import { course, type Course } from '../domain/course.js';
import { session } from '../domain/session.js';
import { introduced, refusal } from './introduced.js';
import { PastRecords } from './past-records.js';
import { readCourses, readSessions, type SessionRow } from './plan-rows.js';

type Judged = Pick<Checked, 'faults' | 'appends'> & Readonly<{ uses?: Readonly<{ course: Course; defined: boolean }> }>;

/** Brings in a city's courses, sessions and records of past years. */
@Injectable()
export class Importer {
  constructor(
    private readonly store: EventStore,
    private readonly imports: Imports,
    private readonly known: Courses,
    private readonly rules: CityRules,
    private readonly records: PastRecords,
    private readonly clock: Clock,
  ) {}

  courses(by: Caller, body: Uint8Array, dryRun: boolean): Promise<ImportReport> {
    return this.imports.run(by, 'courses', dryRun, async () => {
      const { municipality } = by;
      const { count, rows, faults } = readCourses(body);
      const appends = await Promise.all(
        rows.map(async ({ course: defined }): Promise<Append[]> => {
          const stream = { municipality, id: defined.course };
          const { events, version } = await this.store.read(course, stream);
          const state = events.reduce(course.evolve, course.initial);
          const decided = course.decide({ type: 'DefineCourse', course: defined }, state);
          return decided.length > 0 ? [{ aggregate: course, stream, expected: version, events: decided }] : [];
        }),
      );
      return { rows: count, faults, appends: appends.flat() };
    });
  }

  sessions(by: Caller, body: Uint8Array, dryRun: boolean): Promise<ImportReport> {
    return this.imports.run(by, 'sessions', dryRun, async () => {
      const { municipality } = by;
      const { count, rows, faults } = readSessions(body);
      const today = this.clock.today();
      const read = await Promise.all(rows.map((row) => this.pastSession(municipality, row, today)));
      const used = new Map(read.flatMap(({ uses }) => (uses ? [[uses.course.course, uses]] : [])));
      return {
        rows: count,
        faults: [...faults, ...read.flatMap((one) => one.faults)],
        appends: [
          ...[...used.values()].flatMap((found) => introduced(municipality, found)),
          ...read.flatMap(({ appends }) => appends),
        ],
      };
    });
  }

  pastRecords(by: Caller, body: Uint8Array, dryRun: boolean): Promise<ImportReport> {
    return this.imports.run(by, 'records', dryRun, () => this.records.check(by, body, this.clock.today()));
  }

  private async pastSession(
    municipality: string,
    { line, session: planned }: SessionRow,
    today: LocalDate,
  ): Promise<Judged> {
    try {
      const uses = await this.known.find(municipality, planned.course, planned.heldOn);
      if (!uses) return { faults: [faultOf(line, '研修コード', 'course.unknown', planned)], appends: [] };
      // Who comes completes the course by the rules of that day.
      this.rules.validity(municipality, uses.course, planned.heldOn);
      const stream = { municipality, id: planned.sessionId };
      const { events, version } = await this.store.read(session, stream);
      if (version > 0) return { faults: [faultOf(line, '回コード', 'session.already-planned', planned)], appends: [] };
      const state = events.reduce(session.evolve, session.initial);
      const decided = session.decide({ type: 'RecordPastSession', session: planned, today }, state);
      return { faults: [], appends: [{ aggregate: session, stream, expected: version, events: decided }], uses };
    } catch (error) {
      return { faults: [refusal(error, line, '実施日')], appends: [] };
    }
  }
}

const faultOf = (line: number, column: string, code: string, facts: CsvFault['facts']): CsvFault => ({
  line,
  column,
  code,
  facts,
});
