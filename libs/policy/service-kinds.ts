import { z } from 'zod';
import { INTERVIEWS } from '#libs/contracts/evaluation';
import { COURSE_KINDS, DIGITAL_CLASSES } from '#libs/contracts/training';
import { code, date, envelope, listOf, positive, title, whole } from './vocabulary.js';

/** Courses the rules speak of, and the rules that make assignments before anybody has completed anything. */
export const training = z.strictObject({
  ...envelope,
  courses: listOf(
    z.strictObject({
      code,
      title,
      kind: z.enum(COURSE_KINDS),
      minutes: positive,
      /** Months for which a completion holds; without it for ever. */
      validMonths: positive.optional(),
      digitalClass: z.enum(DIGITAL_CLASSES).optional(),
    }),
  ),
  rules: listOf(
    z.strictObject({
      id: code,
      /** The system (T2, T3 …) it serves. */
      system: z.string().regex(/^T\d{1,2}$/),
      /** `appointed` on 1 April, `appointed-mid-year` on another day, `rehired`, `promoted`. */
      on: z.enum(['appointed', 'appointed-mid-year', 'rehired', 'promoted']),
      course: code,
      /** Grades reached by the action; without it any. */
      grades: z.array(z.string()).optional(),
      /** Recruitment routes of the appointment; without it any. */
      routes: z.array(code).optional(),
      /** Months from the effective day of the action to the last day in time. */
      dueMonths: positive,
    }),
  ),
  /** Whether a leave of absence excuses what is open; the return opens it again, due after so many months. */
  leaveExcuses: z.boolean(),
  reopenedDueMonths: positive,
  /** Days before a completion ends at which its renewal is assigned. */
  renewalDays: whole,
});

/** Evaluation of probation (条件付採用期間の特別評価) and the items by grade band. */
export const evaluation = z.strictObject({
  ...envelope,
  /** Days before the last day of the probation on which its sheet is due. */
  dueDaysBefore: positive,
  /** Interviews that are gates: `start` and `middle` before the first evaluation, `end` before the second. */
  interviews: z.array(z.enum(INTERVIEWS)),
  /** Versions of the items; a sheet keeps the one it was opened with. */
  sheets: listOf(
    z.strictObject({
      id: code,
      /** Bands of the pack's `grades` it is for; each band has exactly one sheet. */
      bands: z.array(code),
      /** Groups of the pack's `positions` it is for, whatever their grade. */
      groups: z.array(code).optional(),
      items: listOf(
        z.strictObject({
          code,
          title,
          /** Heading the city puts it under. */
          category: title.optional(),
          /** Grades of the bands it is for; without it all. */
          grades: z.array(z.string()).optional(),
          max: positive,
        }),
      ),
      /** Least sum of points with which probation is passed. */
      passPoints: whole,
    }),
  ),
  /** Months a probation is extended by when the sheet says so, up to the limit of the pack's `probation`. */
  extensionMonths: positive,
});

/** First day from which this system itself draws the consequences of personnel actions; what was before comes in files. */
export const cutover = z.strictObject({ ...envelope, leave: date, training: date, evaluation: date });
