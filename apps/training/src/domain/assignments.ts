import { Rejected } from '#libs/event-store/decider';
import { maxDate, type LocalDate } from '#libs/law/local-date';
import { isEmployed, type Service } from './employment.js';
import { excusals, withExcusals } from './excusal.js';
import type { Demand } from './rules.js';
import {
  evolveTrainingRecord,
  isAskedOn,
  stretchOn,
  type Assignment,
  type CourseKind,
  type ExcuseReason,
  type TrainingRecordEvent,
  type TrainingRecordState,
} from './training-record-state.js';

/** What a personnel action asks. */
export type Asked = Demand & Readonly<{ assignmentId: string; actionId: string }>;

/** `service`: when the person is there to be asked; undefined when that is not known at the moment. */
export type AssignmentCommand =
  /** A personnel action was taken: what it asks is asked, and excuses are as the person's employments say. */
  | { type: 'FollowAction'; staffId: string; actionId: string; demands: readonly Asked[]; service?: Service }
  /** A personnel action was voided: what it had asked is asked no more. `demands` of all the others. */
  | { type: 'UndoAction'; staffId: string; actionId: string; demands: readonly Asked[]; service?: Service }
  | {
      type: 'OrderAssignment';
      staffId: string;
      assignmentId: string;
      course: string;
      kind: CourseKind;
      today: LocalDate;
      dueOn: LocalDate;
      service?: Service;
    }
  | {
      type: 'RenewAssignment';
      staffId: string;
      assignmentId: string;
      completionId: string;
      course: string;
      kind: CourseKind;
      assignedOn: LocalDate;
      service?: Service;
    }
  | {
      type: 'ExcuseByHand';
      staffId: string;
      assignmentId: string;
      reason: ExcuseReason;
      /** Member of staff who excuses. */
      by?: string;
      today: LocalDate;
    }
  | {
      type: 'ReopenByHand';
      staffId: string;
      assignmentId: string;
      today: LocalDate;
      dueOn: LocalDate;
      service?: Service;
    };

export const decideAssignment = (command: AssignmentCommand, state: TrainingRecordState): TrainingRecordEvent[] => {
  switch (command.type) {
    case 'FollowAction':
      return followed(command, askedNew(command.staffId, command.demands, state), state);
    case 'UndoAction':
      return followed(command, undone(command, state), state);
    case 'OrderAssignment':
      return withExcusals(command.staffId, order(command, state), state, command.service);
    case 'RenewAssignment':
      return withExcusals(command.staffId, renew(command, state), state, command.service);
    case 'ExcuseByHand': {
      const { staffId, assignmentId, reason, by, today } = command;
      requireOther(staffId, by);
      const from = requireOpen(assignmentOf(state, assignmentId), today);
      return [{ type: 'AssignmentExcused', data: { assignmentId, staffId, because: 'by-hand', from, reason } }];
    }
    case 'ReopenByHand':
      return withExcusals(command.staffId, reopen(command, state), state, command.service);
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

/** The events, and then everything of the person as the employments say, for a new action may change it all. */
const followed = (
  { staffId, actionId, service }: Extract<AssignmentCommand, { type: 'FollowAction' | 'UndoAction' }>,
  events: readonly TrainingRecordEvent[],
  state: TrainingRecordState,
): TrainingRecordEvent[] => {
  const { assignments } = events.reduce(evolveTrainingRecord, state);
  return [...events, ...excusals(staffId, assignments, service, actionId)];
};

/** A course that is asked of the person already is not asked a second time. */
const askedNew = (staffId: string, demands: readonly Asked[], { assignments }: TrainingRecordState) =>
  demands
    .filter(({ assignmentId, assignedOn, course: { code } }) =>
      assignments.every(
        (one) => one.assignmentId !== assignmentId && !(one.course === code && isAskedOn(one, assignedOn)),
      ),
    )
    .map(
      ({ assignmentId, actionId, course: { code, kind }, because, assignedOn, dueOn, rule }): TrainingRecordEvent => ({
        type: 'AssignmentMade',
        data: { assignmentId, staffId, course: code, kind, because, assignedOn, dueOn, rule, actionId },
      }),
    );

/** What the action had asked is withdrawn; what others ask as well, and had not to ask while it did, is asked after all. */
const undone = (
  { staffId, actionId, demands }: Extract<AssignmentCommand, { type: 'UndoAction' }>,
  state: TrainingRecordState,
): TrainingRecordEvent[] => {
  const own = state.assignments.filter((one) => one.actionId === actionId && !one.completionId);
  const withdrawn = own
    .filter(({ days }) => days[days.length - 1].excused !== 'action-voided')
    .map(({ assignmentId, assignedOn: from }): TrainingRecordEvent => {
      return { type: 'AssignmentExcused', data: { assignmentId, staffId, because: 'action-voided', from } };
    });
  const lost = new Set(
    own.flatMap(({ course, days }) => {
      const { excused } = days[days.length - 1];
      return excused === 'action-voided' || excused === 'by-hand' ? [] : [course];
    }),
  );
  const after = withdrawn.reduce(evolveTrainingRecord, state);
  const others = (course: string) => demands.filter((demand) => demand.course.code === course);
  return [...withdrawn, ...[...lost].flatMap((course) => askedNew(staffId, others(course), after).slice(0, 1))];
};

const order = (
  command: Extract<AssignmentCommand, { type: 'OrderAssignment' }>,
  { assignments }: TrainingRecordState,
): TrainingRecordEvent[] => {
  const { staffId, assignmentId, course, kind, today, dueOn } = command;
  requireTime(today, dueOn);
  if (assignments.some((one) => one.course === course && isAskedOn(one, today))) {
    throw new Rejected('assignment.already-open');
  }
  const data = { assignmentId, staffId, course, kind, because: 'ordered', assignedOn: today, dueOn } as const;
  return [{ type: 'AssignmentMade', data }];
};

/** Only the newest completion renews, and only when nothing is open: a course taken again early is not asked twice. */
const renew = (
  command: Extract<AssignmentCommand, { type: 'RenewAssignment' }>,
  { assignments, completions }: TrainingRecordState,
): TrainingRecordEvent[] => {
  const { staffId, assignmentId, completionId, course, kind, assignedOn, service } = command;
  const ended = completions.find((one) => one.completionId === completionId);
  if (!ended?.validThrough || ended.voided) return [];
  const { validThrough } = ended;
  const holdsLonger = completions.some(
    (one) => one.course === course && !one.voided && (!one.validThrough || one.validThrough > validThrough),
  );
  const asked = assignments.some(
    (one) => one.assignmentId === assignmentId || (one.course === course && isAskedOn(one, assignedOn)),
  );
  if (holdsLonger || asked || (service && !isEmployed(service, assignedOn))) return [];
  const data = { assignmentId, staffId, course, kind, because: 'renewed', assignedOn, dueOn: validThrough } as const;
  return [{ type: 'AssignmentMade', data }];
};

const reopen = (
  { staffId, assignmentId, today, dueOn }: Extract<AssignmentCommand, { type: 'ReopenByHand' }>,
  state: TrainingRecordState,
): TrainingRecordEvent[] => {
  const { completionId, assignedOn, days } = assignmentOf(state, assignmentId);
  if (completionId) throw new Rejected('assignment.already-done');
  if (days[days.length - 1].excused !== 'by-hand') throw new Rejected('assignment.not-excused-by-hand');
  const from = maxDate(today, assignedOn);
  requireTime(from, dueOn);
  return [{ type: 'AssignmentReopened', data: { assignmentId, staffId, from, dueOn } }];
};

/** @returns the first day on which it can be excused */
const requireOpen = (assignment: Assignment, today: LocalDate): LocalDate => {
  if (assignment.completionId) throw new Rejected('assignment.already-done');
  if (stretchOn(assignment, today).excused) throw new Rejected('assignment.already-excused');
  return maxDate(today, assignment.assignedOn);
};
