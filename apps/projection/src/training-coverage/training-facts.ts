import type { TrainingEvent } from '#libs/contracts/training';
import { maxDate, type LocalDate } from '#libs/law/local-date';
import type { Fact, FactProjection } from '#libs/projections/projection';

type Data<Type extends TrainingEvent['type']> = Extract<TrainingEvent, { type: Type }>['data'];

export type CourseDefinition = Readonly<{ definition: Data<'CourseDefined'> }>;

/** What a course is; a new definition counts from its record on. */
export const courseFacts: FactProjection<CourseDefinition, TrainingEvent> = {
  table: 'course_definition',
  fields: ['definition'],
  factTables: { training_course: ['course', 'title', 'course_kind', 'minutes', 'valid_months', 'digital_class'] },
  key: (event) => (event.type === 'CourseDefined' ? event.data.course : undefined),
  project: (row, event) => (event.type === 'CourseDefined' ? { definition: event.data } : row),
  facts: ({ definition: { course, title, kind, minutes, validMonths, digitalClass } }) => [
    {
      table: 'training_course',
      values: {
        ...{ course, title, course_kind: kind, minutes },
        valid_months: validMonths ?? null,
        digital_class: digitalClass ?? null,
      },
    },
  ],
};

type State = Readonly<{ from: LocalDate; dueOn: LocalDate; excused?: Data<'AssignmentExcused'>['because'] }>;

/** One assignment: its states by the day from which they hold, and what was completed for it. */
export type AssignmentHistory = Readonly<{
  made: Data<'AssignmentMade'>;
  states: readonly State[];
  completions: readonly Readonly<{ completionId: string; completedOn: LocalDate }>[];
}>;

/** What people have to complete, from day to day. */
export const assignmentFacts: FactProjection<AssignmentHistory, TrainingEvent> = {
  table: 'assignment_history',
  fields: ['made', 'states', 'completions'],
  factTables: {
    training_assignment: [
      ...['staff_id', 'assignment_id', 'course', 'because', 'assigned_on', 'due_on', 'excused', 'excused_when_due'],
      ...['completed_on', 'valid_from', 'valid_to'],
    ],
  },
  key: (event) => {
    switch (event.type) {
      case 'AssignmentMade':
      case 'AssignmentExcused':
      case 'AssignmentReopened':
      case 'CourseCompleted':
      case 'CompletionVoided':
        return event.data.assignmentId;
      case 'CourseDefined':
      case 'SessionPlanned':
      case 'SessionCancelled':
      case 'AttendanceRecorded':
      default:
        return undefined;
    }
  },
  project: (row, event) => {
    if (event.type === 'AssignmentMade') {
      const { assignedOn: from, dueOn } = event.data;
      return { made: event.data, states: [{ from, dueOn }], completions: [] };
    }
    if (!row) return row;
    switch (event.type) {
      case 'AssignmentExcused': {
        const { from, because: excused } = event.data;
        return changed(row, { from, dueOn: row.states.at(-1)?.dueOn ?? row.made.dueOn, excused });
      }
      case 'AssignmentReopened':
        return changed(row, { from: event.data.from, dueOn: event.data.dueOn });
      case 'CourseCompleted': {
        const { completionId, completedOn } = event.data;
        return { ...row, completions: [...row.completions, { completionId, completedOn }] };
      }
      case 'CompletionVoided': {
        const { completionId } = event.data;
        return { ...row, completions: row.completions.filter((one) => one.completionId !== completionId) };
      }
      case 'CourseDefined':
      case 'SessionPlanned':
      case 'SessionCancelled':
      case 'AttendanceRecorded':
      default:
        return row;
    }
  },
  facts: ({ made, states, completions }) => {
    const completedOn = completions.map((one) => one.completedOn).toSorted()[0] ?? null;
    return states.map((state, index) => ({
      table: 'training_assignment',
      values: {
        staff_id: made.staffId,
        assignment_id: made.assignmentId,
        course: made.course,
        because: made.because,
        assigned_on: made.assignedOn,
        due_on: state.dueOn,
        excused: state.excused ?? null,
        excused_when_due: isExcusedWhenDue(states, index),
        completed_on: completedOn,
        valid_from: state.from,
        valid_to: states[index + 1]?.from ?? 'infinity',
      },
    }));
  },
};

/** What is recorded later says how it is from its day on, whatever had been foreseen for later days. */
const changed = (row: AssignmentHistory, state: State): AssignmentHistory => {
  const from = maxDate(state.from, row.made.assignedOn);
  return { ...row, states: [...row.states.filter((before) => before.from < from), { ...state, from }] };
};

/** By what is known on the days of a state: a due date still to come counts as excused while the state is an excuse. */
const isExcusedWhenDue = (states: readonly State[], index: number): boolean => {
  const { dueOn } = states[index];
  return (states.slice(0, index + 1).findLast(({ from }) => from <= dueOn) ?? states[0]).excused !== undefined;
};

export type CompletionEntry = Readonly<{ completion: Data<'CourseCompleted'> }>;

/** What people completed, asked or not. */
export const completionFacts: FactProjection<CompletionEntry, TrainingEvent> = {
  table: 'completion_entry',
  fields: ['completion'],
  factTables: {
    training_completion: [
      ...['staff_id', 'completion_id', 'assignment_id', 'course', 'completed_on', 'minutes', 'valid_through'],
    ],
  },
  key: (event) =>
    event.type === 'CourseCompleted' || event.type === 'CompletionVoided' ? event.data.completionId : undefined,
  project: (row, event) => {
    if (event.type === 'CourseCompleted') return { completion: event.data };
    return event.type === 'CompletionVoided' ? undefined : row;
  },
  facts: ({ completion: { staffId, completionId, assignmentId, course, completedOn, minutes, validThrough } }) => [
    {
      table: 'training_completion',
      values: {
        ...{ staff_id: staffId, completion_id: completionId, assignment_id: assignmentId ?? null, course },
        ...{ completed_on: completedOn, minutes, valid_through: validThrough ?? null },
      },
    },
  ],
};

/** One session and who came to it, by the newest record of each person. */
export type SessionRoll = Readonly<{
  session: Data<'SessionPlanned'>;
  attendances: readonly Data<'AttendanceRecorded'>[];
}>;

/** Sessions and attendance; a cancelled session did not take place. */
export const sessionFacts: FactProjection<SessionRoll, TrainingEvent> = {
  table: 'session_roll',
  fields: ['session', 'attendances'],
  factTables: {
    training_session: ['session_id', 'course', 'held_on', 'capacity'],
    training_attendance: ['staff_id', 'session_id', 'course', 'held_on', 'attended', 'minutes'],
  },
  key: (event) => {
    switch (event.type) {
      case 'SessionPlanned':
      case 'SessionCancelled':
      case 'AttendanceRecorded':
        return event.data.sessionId;
      case 'CourseDefined':
      case 'AssignmentMade':
      case 'AssignmentExcused':
      case 'AssignmentReopened':
      case 'CourseCompleted':
      case 'CompletionVoided':
      default:
        return undefined;
    }
  },
  project: (row, event) => {
    switch (event.type) {
      case 'SessionPlanned':
        return { session: event.data, attendances: [] };
      case 'SessionCancelled':
        return undefined;
      case 'AttendanceRecorded': {
        const { data } = event;
        const others = row?.attendances.filter(({ staffId }) => staffId !== data.staffId) ?? [];
        return row && { ...row, attendances: [...others, data] };
      }
      case 'CourseDefined':
      case 'AssignmentMade':
      case 'AssignmentExcused':
      case 'AssignmentReopened':
      case 'CourseCompleted':
      case 'CompletionVoided':
      default:
        return row;
    }
  },
  facts: ({ session: { sessionId, course, heldOn, capacity }, attendances }) => [
    { table: 'training_session', values: { session_id: sessionId, course, held_on: heldOn, capacity } },
    ...attendances.map(attendanceFact),
  ],
};

const attendanceFact = ({
  staffId,
  sessionId,
  course,
  heldOn,
  attended,
  minutes,
}: Data<'AttendanceRecorded'>): Fact => ({
  table: 'training_attendance',
  values: { staff_id: staffId, session_id: sessionId, course, held_on: heldOn, attended, minutes },
});
