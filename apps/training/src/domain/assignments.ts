import { Rejected } from '#libs/event-store/decider';
import { maxDate, type LocalDate } from '#libs/law/local-date';
import type { Demand } from './rules.js';
import {
  evolveTrainingRecord,
  isOpen,
  type Assignment,
  type CourseKind,
  type ExcuseCause,
  type ExcuseReason,
  type TrainingRecordEvent,
  type TrainingRecordState,
} from './training-record-state.js';

/** The person is away: what is asked now is excused at once, from that day on. */
export type Away = Readonly<{ because: Extract<ExcuseCause, 'separated' | 'on-leave'>; from: LocalDate }>;

/** What a personnel action asks. */
export type Asked = Demand & Readonly<{ assignmentId: string; actionId: string }>;

export type AssignmentCommand =
  | { type: 'MakeAssignments'; staffId: string; demands: readonly Asked[] }
  | {
      type: 'OrderAssignment';
      staffId: string;
      assignmentId: string;
      course: string;
      kind: CourseKind;
      today: LocalDate;
      dueOn: LocalDate;
      away?: Away;
    }
  | {
      type: 'RenewAssignment';
      staffId: string;
      assignmentId: string;
      completionId: string;
      course: string;
      kind: CourseKind;
      assignedOn: LocalDate;
      away?: Away;
    }
  | ({ type: 'ExcuseAway'; staffId: string; actionId: string } & Away)
  | { type: 'EndLeave'; staffId: string; actionId: string; from: LocalDate; dueOn: LocalDate }
  /** A personnel action was voided: what it had asked, excused or opened again is undone. `demands` of all the others. */
  | { type: 'UndoAction'; staffId: string; actionId: string; demands: readonly Asked[] }
  | {
      type: 'ExcuseByHand';
      staffId: string;
      assignmentId: string;
      reason: ExcuseReason;
      /** Member of staff who excuses. */
      by?: string;
      today: LocalDate;
    }
  | { type: 'ReopenByHand'; staffId: string; assignmentId: string; today: LocalDate; dueOn: LocalDate };

export const decideAssignment = (command: AssignmentCommand, state: TrainingRecordState): TrainingRecordEvent[] => {
  switch (command.type) {
    case 'MakeAssignments':
      return command.demands.filter((demand) => isNew(state, demand)).map((demand) => made(command.staffId, demand));
    case 'OrderAssignment':
      return order(command, state);
    case 'RenewAssignment':
      return renew(command, state);
    case 'ExcuseAway':
      return state.assignments
        .filter((assignment) => isExcusedBy(command, assignment))
        .map(({ assignmentId }) => excused(command.staffId, assignmentId, command, command.actionId));
    case 'EndLeave':
      return endLeave(command, state);
    case 'UndoAction':
      return undoAction(command, state);
    case 'ExcuseByHand': {
      const { staffId, assignmentId, reason, by, today } = command;
      requireOther(staffId, by);
      requireOpen(assignmentOf(state, assignmentId));
      return [{ type: 'AssignmentExcused', data: { assignmentId, staffId, because: 'by-hand', from: today, reason } }];
    }
    case 'ReopenByHand': {
      const { staffId, assignmentId, today, dueOn } = command;
      const { excuse, completionId } = assignmentOf(state, assignmentId);
      if (completionId) throw new Rejected('assignment.already-done');
      if (excuse?.because !== 'by-hand') throw new Rejected('assignment.not-excused-by-hand');
      requireTime(today, dueOn);
      return [{ type: 'AssignmentReopened', data: { assignmentId, staffId, from: today, dueOn } }];
    }
  }
};

/** @throws Rejected `assignment.not-found` */
export const assignmentOf = ({ assignments }: TrainingRecordState, assignmentId: string): Assignment => {
  const found = assignments.find((one) => one.assignmentId === assignmentId);
  if (!found) throw new Rejected('assignment.not-found');
  return found;
};

export const requireTime = (assignedOn: LocalDate, dueOn: LocalDate): void => {
  if (dueOn < assignedOn) throw new Rejected('assignment.due-before-assigned', { assignedOn, dueOn });
};

/** Nobody decides what he himself need not do, or has done. */
export const requireOther = (staffId: string, by: string | undefined): void => {
  if (by === staffId) throw new Rejected('record.own');
};

/** Away at once, when the person is away. */
export const excusedIfAway = (staffId: string, assignmentId: string, away?: Away): TrainingRecordEvent[] =>
  away ? [excused(staffId, assignmentId, away)] : [];

const excused = (staffId: string, assignmentId: string, away: Away, actionId?: string): TrainingRecordEvent => ({
  type: 'AssignmentExcused',
  data: { assignmentId, staffId, because: away.because, from: away.from, ...(actionId && { actionId }) },
});

/** A course that is open for the person already is not asked a second time. */
const isNew = ({ assignments }: TrainingRecordState, { assignmentId, course }: Asked): boolean =>
  !assignments.some((one) => one.assignmentId === assignmentId || (one.course === course.code && isOpen(one)));

const made = (
  staffId: string,
  { assignmentId, actionId, course, because, assignedOn, dueOn, rule }: Asked,
): TrainingRecordEvent => ({
  type: 'AssignmentMade',
  data: { assignmentId, staffId, course: course.code, kind: course.kind, because, assignedOn, dueOn, rule, actionId },
});

const order = (
  command: Extract<AssignmentCommand, { type: 'OrderAssignment' }>,
  { assignments }: TrainingRecordState,
): TrainingRecordEvent[] => {
  const { staffId, assignmentId, course, kind, today, dueOn, away } = command;
  requireTime(today, dueOn);
  if (assignments.some((one) => one.course === course && isOpen(one))) throw new Rejected('assignment.already-open');
  const data = { assignmentId, staffId, course, kind, because: 'ordered', assignedOn: today, dueOn } as const;
  return [{ type: 'AssignmentMade', data }, ...excusedIfAway(staffId, assignmentId, away)];
};

/** Only the newest completion renews, and only when nothing is open: a course taken again early is not asked twice. */
const renew = (
  command: Extract<AssignmentCommand, { type: 'RenewAssignment' }>,
  { assignments, completions }: TrainingRecordState,
): TrainingRecordEvent[] => {
  const { staffId, assignmentId, completionId, course, kind, assignedOn, away } = command;
  const ended = completions.find((one) => one.completionId === completionId);
  if (!ended?.validThrough || ended.voided) return [];
  const { validThrough } = ended;
  const holdsLonger = completions.some(
    (one) => one.course === course && !one.voided && (!one.validThrough || one.validThrough > validThrough),
  );
  const asked = assignments.some((one) => one.assignmentId === assignmentId || (one.course === course && isOpen(one)));
  if (holdsLonger || asked || away?.because === 'separated') return [];
  const data = { assignmentId, staffId, course, kind, because: 'renewed', assignedOn, dueOn: validThrough } as const;
  return [{ type: 'AssignmentMade', data }, ...excusedIfAway(staffId, assignmentId, away)];
};

/**
 * A leave does not excuse what was late before it began; who has left is asked nothing any more, nor by the return from
 * a leave of another employment.
 */
const isExcusedBy = ({ because, from }: Away, assignment: Assignment): boolean => {
  if (because === 'on-leave') return isOpen(assignment) && assignment.dueOn >= from;
  return isOpen(assignment) || (!assignment.completionId && assignment.excuse?.because === 'on-leave');
};

const endLeave = (
  { staffId, actionId, from, dueOn }: Extract<AssignmentCommand, { type: 'EndLeave' }>,
  { assignments }: TrainingRecordState,
): TrainingRecordEvent[] =>
  assignments
    .filter(({ excuse, completionId }) => excuse?.because === 'on-leave' && excuse.from <= from && !completionId)
    .map(({ assignmentId, dueOn: before }) => ({
      type: 'AssignmentReopened',
      data: { assignmentId, staffId, from, dueOn: maxDate(before, dueOn), actionId },
    }));

const undoAction = (
  command: Extract<AssignmentCommand, { type: 'UndoAction' }>,
  state: TrainingRecordState,
): TrainingRecordEvent[] => {
  const undone = state.assignments.flatMap((assignment) => undo(command, assignment));
  const after = undone.reduce(evolveTrainingRecord, state);
  return [...undone, ...askedByOthers(command, state, after)];
};

/** What was not asked a second time is asked after all, excused as what was there instead of it. */
const askedByOthers = (
  { staffId, actionId, demands }: Extract<AssignmentCommand, { type: 'UndoAction' }>,
  before: TrainingRecordState,
  after: TrainingRecordState,
): TrainingRecordEvent[] => {
  const wasAsked = ({ excuse, completionId, ...one }: Assignment) =>
    one.actionId === actionId && !completionId && (!excuse || isAway(excuse));
  const lost = new Map(before.assignments.filter(wasAsked).map((one) => [one.course, one.excuse]));
  return [...lost].flatMap(([course, excuse]) => {
    const asked = demands.find((demand) => demand.course.code === course && isNew(after, demand));
    if (!asked) return [];
    const away = excuse && isAway(excuse) ? [excused(staffId, asked.assignmentId, excuse, excuse.actionId)] : [];
    return [made(staffId, asked), ...away];
  });
};

const isAway = <E extends Readonly<{ because: ExcuseCause }>>(excuse: E): excuse is E & Away =>
  excuse.because === 'on-leave' || excuse.because === 'separated';

const undo = (
  { staffId, actionId }: Extract<AssignmentCommand, { type: 'UndoAction' }>,
  { assignmentId, assignedOn, dueOn, completionId, excuse, reopened, ...assignment }: Assignment,
): TrainingRecordEvent[] => {
  if (completionId) return [];
  if (assignment.actionId === actionId) {
    if (excuse?.because === 'action-voided') return [];
    const data = { assignmentId, staffId, because: 'action-voided', from: assignedOn } as const;
    return [{ type: 'AssignmentExcused', data }];
  }
  if (excuse?.actionId === actionId && excuse.leave) {
    return [{ type: 'AssignmentExcused', data: { assignmentId, staffId, ...excuse.leave } }];
  }
  if (excuse?.actionId === actionId) {
    return [{ type: 'AssignmentReopened', data: { assignmentId, staffId, from: excuse.from, dueOn } }];
  }
  if (!excuse && reopened?.actionId === actionId) {
    return [{ type: 'AssignmentExcused', data: { assignmentId, staffId, ...reopened.excuse } }];
  }
  return [];
};

const requireOpen = (assignment: Assignment): void => {
  if (assignment.completionId) throw new Rejected('assignment.already-done');
  if (assignment.excuse) throw new Rejected('assignment.already-excused');
};
