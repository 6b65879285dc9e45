import { Injectable } from '@nestjs/common';
import { v5 as uuidv5 } from 'uuid';
import { EventStore } from '#libs/event-store/event-store';
import type { Append } from '#libs/imports/batches';
import type { CsvFault } from '#libs/imports/csv';
import type { Checked } from '#libs/imports/imports';
import { StaffNumbers } from '#libs/imports/staff-numbers';
import { compare, type LocalDate } from '#libs/law/local-date';
import type { Caller } from '#libs/platform/caller';
import { CityRules } from '../city-rules.js';
import { Courses } from '../courses.js';
import type { PastRow } from '../domain/completions.js';
import type { Course } from '../domain/course.js';
import type { Service } from '../domain/employment.js';
import { session, type Attendance, type SessionState } from '../domain/session.js';
import { trainingRecord } from '../domain/training-record.js';
import type { TrainingRecordEvent } from '../domain/training-record-state.js';
import { Standing } from '../standing.js';
import { introduced, refusal } from './introduced.js';
import { readRecords, type RecordRow } from './record-rows.js';

const IDS = 'f1d2a3c4-7b55-5c0e-9e21-4d3b6a7c8e90';

type Known = Readonly<{ course: Course; defined: boolean }>;
type Read = Readonly<{ state: SessionState; version: number }>;
type Judged = Readonly<{ faults: readonly CsvFault[]; appends: readonly Append[] }>;
type Row = RecordRow & Readonly<{ staffId: string }>;

/** Judges a file of past records: who was asked what, completed what and came to which session. */
@Injectable()
export class PastRecords {
  constructor(
    private readonly store: EventStore,
    private readonly courses: Courses,
    private readonly rules: CityRules,
    private readonly numbers: StaffNumbers,
    private readonly standing: Standing,
  ) {}

  async check({ municipality }: Caller, body: Uint8Array, today: LocalDate): Promise<Checked> {
    const { count, rows: read, faults } = readRecords(body);
    const staffIds = await this.numbers.holders(
      municipality,
      read.map(({ number }) => number),
    );
    const courses = await this.knownCourses(municipality, read, today);
    const sessions = await this.knownSessions(municipality, read);
    const unknown = read.flatMap((row) => referenceFaults(row, staffIds, courses, sessions));
    if (unknown.length > 0) return { rows: count, faults: [...faults, ...unknown], appends: [] };
    const rows = read.map((row) => ({ ...row, staffId: staffIds.get(row.number) ?? '' }));
    const byPerson = grouped(rows, ({ staffId }) => staffId);
    const services = await this.standing.services(municipality, [...byPerson.keys()]);
    const persons = await Promise.all(
      [...byPerson].map(([staffId, own]) => {
        const told = { staffId, today, service: services.get(staffId) };
        return this.ofPerson(municipality, told, own, courses);
      }),
    );
    const attended = [...grouped(rows, ({ attendance }) => attendance?.sessionId)].map(([id, own]) =>
      ofSession(municipality, id, own, sessions, courses),
    );
    const judged = [...persons, ...attended];
    return {
      rows: count,
      faults: [...faults, ...judged.flatMap((one) => one.faults)],
      appends: [
        ...[...courses.values()].flatMap((found) => introduced(municipality, found)),
        ...judged.flatMap(({ appends }) => appends),
      ],
    };
  }

  private async knownCourses(
    municipality: string,
    rows: readonly RecordRow[],
    today: LocalDate,
  ): Promise<ReadonlyMap<string, Known>> {
    const codes = [...new Set(rows.map(({ course }) => course))];
    const found = await Promise.all(codes.map((code) => this.courses.find(municipality, code, today)));
    return new Map(codes.flatMap((code, index) => (found[index] ? [[code, found[index]]] : [])));
  }

  private async knownSessions(municipality: string, rows: readonly RecordRow[]): Promise<ReadonlyMap<string, Read>> {
    const ids = [...new Set(rows.flatMap(({ attendance }) => (attendance ? [attendance.sessionId] : [])))];
    const streams = await Promise.all(ids.map((id) => this.store.read(session, { municipality, id })));
    return new Map(
      ids.map((id, index) => {
        const { events, version } = streams[index];
        return [id, { state: events.reduce(session.evolve, session.initial), version }];
      }),
    );
  }

  private async ofPerson(
    municipality: string,
    told: Readonly<{ staffId: string; today: LocalDate; service?: Service }>,
    rows: readonly Row[],
    courses: ReadonlyMap<string, Known>,
  ): Promise<Judged> {
    const stream = { municipality, id: told.staffId };
    const { events, version } = await this.store.read(trainingRecord, stream);
    let state = events.reduce(trainingRecord.evolve, trainingRecord.initial);
    const taken: TrainingRecordEvent[] = [];
    const faults: CsvFault[] = [];
    for (const row of rows.toSorted((a, b) => compare(firstDay(a), firstDay(b)))) {
      try {
        const past = this.pastRow(municipality, row, courses.get(row.course)?.course);
        const decided = trainingRecord.decide({ type: 'RecordPast', ...told, row: past }, state);
        taken.push(...decided);
        state = decided.reduce(trainingRecord.evolve, state);
      } catch (error) {
        faults.push(refusal(error, row.line, row.completedOn ? '修了日' : '割当日'));
      }
    }
    const appends = taken.length > 0 ? [{ aggregate: trainingRecord, stream, expected: version, events: taken }] : [];
    return { faults, appends };
  }

  /** Ids say what the row says, so that the same row in another file is seen to be there already. */
  private pastRow(municipality: string, row: Row, course: Course | undefined): PastRow {
    if (!course) return {};
    const { staffId, assigned, completedOn, attendance } = row;
    const name = `${municipality}/${staffId}/${course.course}`;
    return {
      ...(assigned && {
        assignment: {
          assignmentId: uuidv5(`assignment/${name}/${assigned.on}`, IDS),
          course: course.course,
          kind: course.kind,
          assignedOn: assigned.on,
          dueOn: assigned.dueOn,
        },
      }),
      ...(completedOn && {
        completion: {
          completionId: uuidv5(`completion/${name}/${completedOn}/${attendance?.sessionId ?? ''}`, IDS),
          course: course.course,
          completedOn,
          minutes: row.minutes ?? course.minutes,
          ...(attendance && { sessionId: attendance.sessionId }),
          validity: this.rules.validity(municipality, course, completedOn),
        },
      }),
    };
  }
}

const firstDay = ({ assigned, completedOn }: RecordRow): LocalDate => assigned?.on ?? completedOn ?? '';

const referenceFaults = (
  { line, number, course, attendance }: RecordRow,
  staffIds: ReadonlyMap<string, string>,
  courses: ReadonlyMap<string, Known>,
  sessions: ReadonlyMap<string, Read>,
): CsvFault[] => {
  const held = attendance && sessions.get(attendance.sessionId)?.state;
  return [
    ...(staffIds.has(number) ? [] : [{ line, column: '職員番号', code: 'staff-number.unknown' }]),
    ...(courses.has(course) ? [] : [{ line, column: '研修コード', code: 'course.unknown', facts: { course } }]),
    ...(held?.status === 'none' ? [{ line, column: '回コード', code: 'session.not-found' }] : []),
    ...(held && held.status !== 'none' && held.course !== course
      ? [{ line, column: '研修コード', code: 'session.other-course', facts: { course: held.course } }]
      : []),
  ];
};

const grouped = (rows: readonly Row[], by: (row: Row) => string | undefined): ReadonlyMap<string, Row[]> => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = by(row);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
};

const ofSession = (
  municipality: string,
  id: string,
  rows: readonly Row[],
  sessions: ReadonlyMap<string, Read>,
  courses: ReadonlyMap<string, Known>,
): Judged => {
  const { state, version } = sessions.get(id) ?? { state: session.initial, version: 0 };
  const entries = rows.map(({ staffId, course, minutes, attendance }): Attendance => {
    const attended = attendance?.attended ?? false;
    const whole = courses.get(course)?.course.minutes ?? 0;
    return { staffId, attended, minutes: attended ? (minutes ?? whole) : 0 };
  });
  try {
    const events = session.decide({ type: 'RecordPastAttendance', entries }, state);
    const stream = { municipality, id };
    return {
      faults: [],
      appends: events.length > 0 ? [{ aggregate: session, stream, expected: version, events }] : [],
    };
  } catch (error) {
    const fault = refusal(error, rows[0].line, '回コード');
    const named = rows.findLast(({ staffId }) => staffId === fault.facts?.staffId);
    return { faults: [{ ...fault, line: named?.line ?? fault.line }], appends: [] };
  }
};
