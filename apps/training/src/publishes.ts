import { trainingContract } from '#libs/contracts/training';
import type { StoredEvent } from '#libs/event-store/event-store';
import { definePublishes } from '#libs/messaging/publishes';

/** The contract's schema lets its own fields through and drops the rest. */
const asContracted = ({ data }: StoredEvent): object => data;

/** Rules, reasons of an excuse, enrolments and the waiting list stay private. */
export const publishes = definePublishes(trainingContract, {
  CourseDefined: { as: 'CourseDefined', data: asContracted },
  AssignmentMade: { as: 'AssignmentMade', data: asContracted },
  AssignmentExcused: { as: 'AssignmentExcused', data: asContracted },
  AssignmentReopened: { as: 'AssignmentReopened', data: asContracted },
  CourseCompleted: { as: 'CourseCompleted', data: asContracted },
  CompletionVoided: { as: 'CompletionVoided', data: asContracted },
  SessionPlanned: { as: 'SessionPlanned', data: asContracted },
  SessionCancelled: { as: 'SessionCancelled', data: asContracted },
  AttendanceRecorded: { as: 'AttendanceRecorded', data: asContracted },
});
