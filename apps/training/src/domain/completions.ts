import { Rejected } from '#libs/event-store/decider';
import { addDays, compare, lastDayOfPeriod, type LocalDate } from '#libs/law/local-date';
import { assignmentOf, requireOther, requireTime } from './assignments.js';
import type { Service } from './employment.js';
import { withExcusals } from './excusal.js';
import {
  dueDay,
  evolveTrainingRecord,
  stretchOn,
  type Assignment,
  type Completion,
  type CourseKind,
  type TrainingRecordEvent,
  type TrainingRecordState,
} from './training-record-state.js';

/** How long a completion of the course holds, and when its renewal is assigned. */
export type Validity = Readonly<{
  months: number;
  /** Days before the last day on which the renewal is assigned. */
  renewalDays: number;
  /** Renewals of an earlier day come in files. */
  renewedFrom: LocalDate;
}>;

type CompletionDraft = Readonly<{
  completionId: string;
  course: string;
  completedOn: LocalDate;
  minutes: number;
  sessionId?: string;
  validity?: Validity;
}>;

/** One row of the past: what was asked, what was done, or both. */
export type PastRow = Readonly<{
  assignment?: Readonly<{
    assignmentId: string;
    course: string;
    kind: CourseKind;
    assignedOn: LocalDate;
    dueOn: LocalDate;
  }>;
  completion?: CompletionDraft;
}>;

export type CompletionCommand =
  | ({
      type: 'CompleteCourse';
      staffId: string;
      /** The assignment meant; without it the open one of the course that is due first. */
      assignmentId?: string;
      /** Member of staff who records it. */
      by?: string;
      today: LocalDate;
    } & CompletionDraft)
  /** A session was held, or its attendance corrected: who was present (`minutes` above 0) has completed the course. */
  | ({ type: 'FollowAttendance'; staffId: string; sessionId: string; service?: Service } & CompletionDraft)
  | { type: 'VoidCompletion'; staffId: string; completionId: string; service?: Service }
  | { type: 'RecordPast'; staffId: string; row: PastRow; today: LocalDate; service?: Service };

export const decideCompletion = (command: CompletionCommand, state: TrainingRecordState): TrainingRecordEvent[] => {
  switch (command.type) {
    case 'CompleteCourse':
      return complete(command, state);
    case 'FollowAttendance':
      return withExcusals(command.staffId, followAttendance(command, state), state, command.service);
    case 'VoidCompletion':
      return withExcusals(command.staffId, voided(command, state), state, command.service);
    case 'RecordPast':
      return withExcusals(command.staffId, recordPast(command, state), state, command.service);
  }
};

const complete = (
  command: Extract<CompletionCommand, { type: 'CompleteCourse' }>,
  state: TrainingRecordState,
): TrainingRecordEvent[] => {
  const { staffId, by, today, completedOn, course } = command;
  requireOther(staffId, by);
  if (completedOn > today) throw new Rejected('completion.in-future');
  const met = command.assignmentId
    ? named(assignmentOf(state, command.assignmentId), command)
    : meeting(state, course, completedOn);
  requireNew(command, state);
  return [completed(staffId, command, met)];
};

/** A course completed twice on a day was completed in two sessions, or in one and outside of it. */
const requireNew = (draft: CompletionDraft, { completions }: TrainingRecordState): void => {
  const isThere = completions.some(
    ({ completionId, voided: isVoided, ...one }) =>
      completionId === draft.completionId ||
      (!isVoided &&
        one.course === draft.course &&
        one.completedOn === draft.completedOn &&
        one.sessionId === draft.sessionId),
  );
  if (isThere) throw new Rejected('completion.already-recorded');
};

const followAttendance = (
  command: Extract<CompletionCommand, { type: 'FollowAttendance' }>,
  state: TrainingRecordState,
): TrainingRecordEvent[] => {
  const { staffId, sessionId, course, completedOn, minutes } = command;
  const before = state.completions.find((one) => one.sessionId === sessionId && !one.voided);
  if ((before?.minutes ?? 0) === minutes) return [];
  const events = before ? [takenBack(staffId, before)] : [];
  if (minutes === 0) return events;
  const now = events.reduce(evolveTrainingRecord, state);
  return [...events, completed(staffId, command, meeting(now, course, completedOn))];
};

/** An assignment counts only when it was made before the completion. */
const named = (assignment: Assignment, { course, completedOn }: CompletionDraft): string => {
  if (assignment.course !== course) throw new Rejected('assignment.other-course', { course: assignment.course });
  if (assignment.completionId) throw new Rejected('assignment.already-done');
  if (stretchOn(assignment, completedOn).excused === 'action-voided') throw new Rejected('assignment.withdrawn');
  if (completedOn < assignment.assignedOn) {
    throw new Rejected('completion.before-assignment', { assignedOn: assignment.assignedOn });
  }
  return assignment.assignmentId;
};

/** What a completion meets: the open assignment due first, else one excused, unless nobody should have asked for it. */
const meeting = ({ assignments }: TrainingRecordState, course: string, on: LocalDate): string | undefined => {
  const asked = assignments
    .filter((one) => one.course === course && !one.completionId && one.assignedOn <= on)
    .filter((one) => stretchOn(one, on).excused !== 'action-voided')
    .toSorted((a, b) => compare(dueDay(a), dueDay(b)));
  return (asked.find((one) => !stretchOn(one, on).excused) ?? asked[0])?.assignmentId;
};

const completed = (staffId: string, draft: CompletionDraft, assignmentId?: string): TrainingRecordEvent => {
  const { completionId, course, completedOn, minutes, sessionId, validity } = draft;
  return {
    type: 'CourseCompleted',
    data: {
      completionId,
      ...(assignmentId && { assignmentId }),
      staffId,
      course,
      completedOn,
      minutes,
      ...(sessionId && { sessionId }),
      ...(validity && holding(completedOn, validity)),
    },
  };
};

const holding = (completedOn: LocalDate, { months, renewalDays, renewedFrom }: Validity) => {
  const validThrough = lastDayOfPeriod(completedOn, months);
  const renewOn = addDays(validThrough, -renewalDays);
  return { validThrough, ...(renewOn >= renewedFrom && { renewOn }) };
};

const voided = (
  { staffId, completionId }: Extract<CompletionCommand, { type: 'VoidCompletion' }>,
  state: TrainingRecordState,
): TrainingRecordEvent[] => {
  const found = state.completions.find((one) => one.completionId === completionId);
  if (!found) throw new Rejected('completion.not-found');
  if (found.voided) throw new Rejected('completion.already-voided');
  return [takenBack(staffId, found)];
};

const takenBack = (staffId: string, { completionId, assignmentId }: Completion): TrainingRecordEvent => ({
  type: 'CompletionVoided',
  data: { completionId, ...(assignmentId && { assignmentId }), staffId },
});

/** A row may name an assignment that another row made; it is the same when its days are. */
const recordPast = (
  { staffId, row: { assignment, completion }, today }: Extract<CompletionCommand, { type: 'RecordPast' }>,
  state: TrainingRecordState,
): TrainingRecordEvent[] => {
  const events: TrainingRecordEvent[] = [];
  if (assignment) {
    const known = state.assignments.find(({ assignmentId }) => assignmentId === assignment.assignmentId);
    if (known && known.asked.dueOn !== assignment.dueOn) {
      throw new Rejected('assignment.other-due', { dueOn: known.asked.dueOn });
    }
    requireTime(assignment.assignedOn, assignment.dueOn);
    if (assignment.assignedOn > today) throw new Rejected('assignment.in-future');
    if (!known) events.push({ type: 'AssignmentMade', data: { ...assignment, staffId, because: 'imported' } });
  }
  if (completion) {
    const now = events.reduce(evolveTrainingRecord, state);
    requireNew(completion, now);
    if (completion.completedOn > today) throw new Rejected('completion.in-future');
    const met = assignment && named(assignmentOf(now, assignment.assignmentId), completion);
    events.push(completed(staffId, completion, met));
  }
  return events;
};
