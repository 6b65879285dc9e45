import { z } from 'zod';
import type { Contract, PublicEventOf } from './public-event.js';

const localDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const id = z.string().min(1);
const minutes = z.number().int().nonnegative();

/**
 * Kinds of leave as others may know them: `other` stands for every kind the city marks confidential. Sick leave says that
 * somebody was away, never why.
 */
export const PUBLIC_LEAVE_KINDS = [
  'annual', // 年次有給休暇
  'sick', // 病気休暇
  'maternity', // 産前・産後休暇
  'spouse-childbirth', // 配偶者出産休暇
  'childcare-participation', // 育児参加のための休暇
  'child-nursing', // 子の看護等休暇
  'short-care', // 短期介護休暇
  'care', // 介護休暇
  'summer', // 夏季休暇
  'other', // その他の特別休暇
] as const;

/** How somebody came to be entitled to childcare leave: 出産, 配偶者の出産, 養子縁組等. */
export const PARENTHOODS = ['gave-birth', 'partner-gave-birth', 'adopted'] as const;

const kind = z.enum(PUBLIC_LEAVE_KINDS);
const childcarePeriod = { caseId: id, periodId: id, staffId: id };

export const wellbeingContract = {
  service: 'wellbeing',
  events: {
    /** Minutes that may be used from one day through another, both inclusive. */
    LeaveGranted: {
      version: 1,
      schema: z.object({
        staffId: id,
        lotId: id,
        kind,
        /** First day of the leave year whose grant this is; of a carried-over lot the year it was carried into. */
        leaveYear: localDate,
        grantedOn: localDate,
        usableThrough: localDate,
        minutes,
        /** Left over from the year before: counted in totals, not as granted this year. */
        carriedOver: z.boolean(),
        /** Working minutes of one full day of this person when granted. */
        dayMinutes: z.number().int().positive(),
      }),
    },
    /** The appointment that led to this grant was voided: it was never granted. */
    LeaveGrantRevoked: { version: 1, schema: z.object({ staffId: id, lotId: id }) },
    /** Leave was taken; one entry per day and stretch, in the minutes of that day's working time. */
    LeaveTaken: {
      version: 1,
      schema: z.object({
        staffId: id,
        entries: z
          .array(
            z.object({
              entryId: id,
              kind,
              on: localDate,
              minutes: z.number().int().positive(),
              /** Working minutes of that day, as frozen in the entry. */
              dayMinutes: z.number().int().positive(),
            }),
          )
          .min(1),
      }),
    },
    /** Entries that had been taken are taken back; their minutes return to the lots. */
    LeaveCancelled: { version: 1, schema: z.object({ staffId: id, entryIds: z.array(id).min(1) }) },
    /** What was left of a lot ended unused on this day (its last). */
    LeaveExpired: {
      version: 1,
      schema: z.object({ staffId: id, lotId: id, kind, minutes, expiredOn: localDate }),
    },
    /** A child was announced or born. The fiscal year in which the parent became eligible; never the child's birth date. */
    BirthNotified: {
      version: 1,
      schema: z.object({
        caseId: id,
        staffId: id,
        parenthood: z.enum(PARENTHOODS),
        /** Null while the child is only expected. */
        eligibleFiscalYear: z.number().int().nullable(),
      }),
    },
    /** The birth was never one of this city's staff, or was entered twice. */
    BirthNoticeVoided: { version: 1, schema: z.object({ caseId: id, staffId: id }) },
    /** The interview about the wish for childcare leave was held; not what was said. */
    IntentInterviewHeld: { version: 1, schema: z.object({ caseId: id, staffId: id, heldOn: localDate }) },
    ChildcareLeaveApproved: {
      version: 1,
      schema: z.object({ ...childcarePeriod, from: localDate, through: localDate }),
    },
    /** An approved leave that had not begun will not be taken. */
    ChildcareLeaveCancelled: { version: 1, schema: z.object(childcarePeriod) },
    ChildcareLeaveStarted: {
      version: 1,
      schema: z.object({ ...childcarePeriod, from: localDate, through: localDate }),
    },
    /** The last day (inclusive) moved. */
    ChildcareLeaveExtended: { version: 1, schema: z.object({ ...childcarePeriod, through: localDate }) },
    /** The leave ended; `through` was its last day (inclusive), the person is back from the day after. */
    ChildcareLeaveEnded: { version: 1, schema: z.object({ ...childcarePeriod, through: localDate }) },
    /** A leave of former years, brought in from the city's files: nobody reacts to it. */
    PastChildcareLeaveRecorded: {
      version: 1,
      schema: z.object({ ...childcarePeriod, from: localDate, through: localDate }),
    },
  },
} as const satisfies Contract;

export type WellbeingEvent = PublicEventOf<typeof wellbeingContract>;
