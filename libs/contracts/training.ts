import { z } from 'zod';
import type { Contract, PublicEventOf } from './public-event.js';

const localDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const id = z.string().min(1);

export const COURSE_KINDS = [
  'new-hire', // 採用時研修
  'grade', // 階層別研修
  'management', // 管理者・監督者研修
  'recurring', // 毎年度等くり返す研修
  'digital', // DX・デジタル人材
  'other',
] as const;

export const DIGITAL_CLASSES = ['expert', 'leader', 'general'] as const;

export const trainingContract = {
  service: 'training',
  events: {
    /** A course is, from now on, as it says: new or changed. */
    CourseDefined: {
      version: 1,
      schema: z.object({
        course: id,
        title: z.string(),
        kind: z.enum(COURSE_KINDS),
        /** Length in minutes. */
        minutes: z.number().int().positive(),
        /** Months for which a completion holds; without it for ever. */
        validMonths: z.number().int().positive().optional(),
        digitalClass: z.enum(DIGITAL_CLASSES).optional(),
      }),
    },
    /** A person has to complete the course; made before any completion. */
    AssignmentMade: {
      version: 1,
      schema: z.object({
        assignmentId: id,
        staffId: id,
        course: id,
        kind: z.enum(COURSE_KINDS),
        because: z.enum(['appointed', 'rehired', 'promoted', 'renewed', 'ordered', 'imported']),
        assignedOn: localDate,
        /** Last day (inclusive) on which it is in time. */
        dueOn: localDate,
      }),
    },
    AssignmentExcused: {
      version: 1,
      schema: z.object({
        assignmentId: id,
        staffId: id,
        because: z.enum(['separated', 'on-leave', 'action-voided', 'by-hand']),
        /** First day on which it is not asked for. */
        from: localDate,
      }),
    },
    AssignmentReopened: {
      version: 1,
      schema: z.object({ assignmentId: id, staffId: id, from: localDate, dueOn: localDate }),
    },
    /** A course was completed; without `assignmentId` nobody had asked for it, which is counted apart. */
    CourseCompleted: {
      version: 1,
      schema: z.object({
        completionId: id,
        assignmentId: id.optional(),
        staffId: id,
        course: id,
        completedOn: localDate,
        minutes: z.number().int().positive(),
        /** Last day (inclusive) on which the completion holds. */
        validThrough: localDate.optional(),
      }),
    },
    /** The completion had been entered wrongly. */
    CompletionVoided: {
      version: 1,
      schema: z.object({ completionId: id, assignmentId: id.optional(), staffId: id }),
    },
    SessionPlanned: {
      version: 1,
      schema: z.object({ sessionId: id, course: id, heldOn: localDate, capacity: z.number().int().positive() }),
    },
    SessionCancelled: { version: 1, schema: z.object({ sessionId: id }) },
    /** Who was invited and whether the person came; minutes present, 0 when absent. A later one of the same person counts. */
    AttendanceRecorded: {
      version: 1,
      schema: z.object({
        sessionId: id,
        course: id,
        staffId: id,
        heldOn: localDate,
        attended: z.boolean(),
        minutes: z.number().int().nonnegative(),
      }),
    },
  },
} as const satisfies Contract;

export type TrainingEvent = PublicEventOf<typeof trainingContract>;
