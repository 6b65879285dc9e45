import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import type { CourseEvent } from '../domain/course.js';
import type { SessionEvent } from '../domain/session.js';
import type { TrainingRecordEvent } from '../domain/training-record-state.js';

type Listed = CourseEvent | SessionEvent | TrainingRecordEvent;
type Data<Type extends Listed['type']> = Extract<Listed, { type: Type }>['data'];

/** Keys and further columns of each list, beside the municipality. */
const TABLES = {
  courses: { keys: ['course'], columns: ['title', 'kind', 'minutes', 'valid_months', 'digital_class'] },
  training_sessions: { keys: ['session_id'], columns: ['course', 'held_on', 'capacity', 'status'] },
  participants: { keys: ['session_id', 'staff_id'], columns: ['place', 'attended', 'minutes'] },
  assignments: {
    keys: ['assignment_id'],
    columns: [
      'staff_id',
      'course',
      'kind',
      'because',
      'assigned_on',
      'due_on',
      'excused',
      'excused_from',
      'excused_to',
      'completed_on',
    ],
  },
  completions: {
    keys: ['completion_id'],
    columns: ['staff_id', 'course', 'assignment_id', 'completed_on', 'minutes', 'valid_through', 'voided'],
  },
} as const;
type Table = keyof typeof TABLES;

type Values = Readonly<Record<string, string | number | boolean | null | undefined>>;
/** A row that begins (`whole`), or columns of one that is there. */
type Change = Readonly<{ table: Table; key: Values; set: Values; whole: boolean }>;

const whole = (table: Table, key: Values, set: Values): Change => ({ table, key, set, whole: true });
const part = (table: Table, key: Values, set: Values): Change => ({ table, key, set, whole: false });

const sessionOf = ({ sessionId }: { sessionId: string }): Values => ({ session_id: sessionId });
const participantOf = ({ sessionId, staffId }: { sessionId: string; staffId: string }): Values => ({
  session_id: sessionId,
  staff_id: staffId,
});
const assignmentOf = ({ assignmentId }: { assignmentId?: string }): Values => ({ assignment_id: assignmentId });
const completionOf = ({ completionId }: { completionId: string }): Values => ({ completion_id: completionId });

const made = (data: Data<'AssignmentMade'>): Change[] => [
  whole('assignments', assignmentOf(data), {
    staff_id: data.staffId,
    course: data.course,
    kind: data.kind,
    because: data.because,
    assigned_on: data.assignedOn,
    due_on: data.dueOn,
  }),
];

const completed = (data: Data<'CourseCompleted'>): Change[] => [
  whole('completions', completionOf(data), {
    staff_id: data.staffId,
    course: data.course,
    assignment_id: data.assignmentId,
    completed_on: data.completedOn,
    minutes: data.minutes,
    valid_through: data.validThrough,
    voided: false,
  }),
  ...(data.assignmentId ? [part('assignments', assignmentOf(data), { completed_on: data.completedOn })] : []),
];

const CHANGES: { readonly [Type in Listed['type']]: (data: Data<Type>) => readonly Change[] } = {
  CourseDefined: ({ course, title, kind, minutes, validMonths, digitalClass }) => [
    whole('courses', { course }, { title, kind, minutes, valid_months: validMonths, digital_class: digitalClass }),
  ],
  SessionPlanned: ({ course, heldOn, capacity, ...data }) => [
    whole('training_sessions', sessionOf(data), { course, held_on: heldOn, capacity, status: 'planned' }),
  ],
  CapacityChanged: (data) => [part('training_sessions', sessionOf(data), { capacity: data.capacity })],
  SessionCancelled: (data) => [part('training_sessions', sessionOf(data), { status: 'cancelled' })],
  SessionHeld: (data) => [part('training_sessions', sessionOf(data), { status: 'held' })],
  StaffEnrolled: (data) => [part('participants', participantOf(data), { place: data.waiting ? 'waiting' : 'seat' })],
  EnrolmentWithdrawn: (data) => [part('participants', participantOf(data), { place: null })],
  SeatGiven: (data) => [part('participants', participantOf(data), { place: 'seat' })],
  AttendanceRecorded: ({ attended, minutes, ...data }) => [
    part('participants', participantOf(data), { attended, minutes }),
  ],
  AssignmentMade: made,
  AssignmentExcused: (data) => [
    part('assignments', assignmentOf(data), { excused: data.because, excused_from: data.from, excused_to: null }),
  ],
  AssignmentReopened: (data) => [
    part('assignments', assignmentOf(data), { excused_to: data.from, due_on: data.dueOn }),
  ],
  CourseCompleted: completed,
  CompletionVoided: (data) => [
    part('completions', completionOf(data), { voided: true }),
    ...(data.assignmentId ? [part('assignments', assignmentOf(data), { completed_on: null })] : []),
  ],
};

/**
 * The rows that training officers, managers and staff list. What a batch does to a row is gathered first, so that a file
 * of many thousand rows is a few statements.
 */
@Injectable()
export class TrainingLists extends Follower {
  readonly name = 'training-lists';
  override readonly types = Object.keys(CHANGES);

  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    const rows = new Map<string, Change & { municipality: string }>();
    for (const { type, data, municipality } of events) {
      const changesOf = CHANGES[type as Listed['type']] as (data: object) => readonly Change[];
      for (const change of changesOf(data)) {
        const id = [municipality, change.table, ...Object.values(change.key)].join('/');
        rows.set(id, { ...merged(rows.get(id), change), municipality });
      }
    }
    for (const table of Object.keys(TABLES) as Table[]) {
      const own = [...rows.values()].filter((row) => row.table === table);
      const parts = own.filter((row) => !row.whole);
      await insert(
        tx,
        table,
        own.filter((row) => row.whole),
      );
      if (table === 'participants') await meet(tx, parts);
      await update(tx, table, parts);
    }
  }
}

const merged = (before: Change | undefined, change: Change): Change =>
  before && !change.whole ? { ...before, set: { ...before.set, ...change.set } } : change;

type Row = Change & Readonly<{ municipality: string }>;

const recordsOf = (rows: readonly Row[]): string =>
  JSON.stringify(rows.map(({ municipality, key, set }) => ({ municipality, ...key, ...set })));

/** Rows that begin, or begin anew. */
const insert = async (tx: PoolClient, table: Table, rows: readonly Row[]): Promise<void> => {
  if (rows.length === 0) return;
  const { keys, columns } = TABLES[table];
  const all = ['municipality', ...keys, ...columns].join(', ');
  await tx.query(
    `INSERT INTO ${table} (${all}) SELECT ${all} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)
     ON CONFLICT (municipality, ${keys.join(', ')}) DO UPDATE
     SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    [recordsOf(rows)],
  );
};

/** Who enrols or comes for the first time gets a row; nobody knows which it will be. */
const meet = async (tx: PoolClient, rows: readonly Row[]): Promise<void> => {
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO participants (municipality, session_id, staff_id)
     SELECT municipality, session_id, staff_id FROM jsonb_populate_recordset(NULL::participants, $1::jsonb)
     ON CONFLICT DO NOTHING`,
    [recordsOf(rows)],
  );
};

/** Each row is looked up by its key: joined, a table without statistics would be read whole for a handful of rows. */
const update = async (tx: PoolClient, table: Table, rows: readonly Row[]): Promise<void> => {
  if (rows.length === 0) return;
  const { keys, columns } = TABLES[table];
  await tx.query({
    name: `training-lists-${table}`,
    text: `UPDATE ${table} t SET (${columns.join(', ')}) =
             (SELECT ${columns.map((column) => `n.${column}`).join(', ')} FROM jsonb_populate_record(t, p.set) n)
           FROM jsonb_to_recordset($1::jsonb) AS p(municipality text, ${keys.map((key) => `${key} text`).join(', ')}, set jsonb)
             CROSS JOIN LATERAL (
               SELECT f.ctid FROM ${table} f
               WHERE f.municipality = p.municipality AND ${keys.map((key) => `f.${key} = p.${key}`).join(' AND ')} LIMIT 1
             ) found
           WHERE t.ctid = found.ctid`,
    values: [JSON.stringify(rows.map(({ municipality, key, set }) => ({ municipality, ...key, set })))],
  });
};
