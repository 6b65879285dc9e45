import { z } from 'zod';
import type { Contract, PublicEventOf } from './public-event.js';

const localDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const id = z.string().min(1);

/** 条件付採用期間の特別評価, 定期評価. */
export const SHEET_KINDS = ['probation', 'yearly'] as const;

/** The way of a sheet, in its order; the interviews are gates on it, not steps. */
export const SHEET_STEPS = ['goals', 'first', 'second'] as const;

export const INTERVIEWS = ['start', 'middle', 'end'] as const;

/** Never a score, a result or a word of a sheet: whoever is entitled reads those by id. */
export const evaluationContract = {
  service: 'evaluation',
  events: {
    SheetOpened: {
      version: 1,
      schema: z.object({
        sheetId: id,
        staffId: id,
        kind: z.enum(SHEET_KINDS),
        /** The employment whose probation is judged. */
        employmentId: id.optional(),
        openedOn: localDate,
        dueOn: localDate,
        /** Version of the items the sheet keeps until its end. */
        items: z.string(),
      }),
    },
    StepCompleted: { version: 1, schema: z.object({ sheetId: id, staffId: id, step: z.enum(SHEET_STEPS) }) },
    /** Both parties have said that the interview took place. */
    InterviewHeld: {
      version: 1,
      schema: z.object({ sheetId: id, staffId: id, interview: z.enum(INTERVIEWS), heldOn: localDate }),
    },
    SheetDueMoved: { version: 1, schema: z.object({ sheetId: id, staffId: id, dueOn: localDate }) },
    /** The due date has passed without confirmation. */
    SheetOverdue: { version: 1, schema: z.object({ sheetId: id, staffId: id, dueOn: localDate }) },
    /** The result stands; placement reads it by id and acts on it. */
    SheetConfirmed: {
      version: 1,
      schema: z.object({
        sheetId: id,
        staffId: id,
        kind: z.enum(SHEET_KINDS),
        employmentId: id.optional(),
        confirmedOn: localDate,
      }),
    },
    SheetDisclosed: { version: 1, schema: z.object({ sheetId: id, staffId: id, disclosedOn: localDate }) },
    /** The sheet ends without a result. */
    SheetClosed: {
      version: 1,
      schema: z.object({ sheetId: id, staffId: id, because: z.enum(['separated', 'action-voided']) }),
    },
    /** What had closed the sheet was itself taken back. */
    SheetReopened: { version: 1, schema: z.object({ sheetId: id, staffId: id, dueOn: localDate }) },
  },
} as const satisfies Contract;

export type EvaluationEvent = PublicEventOf<typeof evaluationContract>;
