import { z } from 'zod';
import { PUBLIC_LEAVE_KINDS } from '#libs/contracts/wellbeing';
import { code, date, envelope, listOf, monthDay, positive, title, whole } from './vocabulary.js';

/** Days on which nobody works by rule (週休日・休日), and half days. */
export const calendar = z.strictObject({
  ...envelope,
  /** 0 Sunday … 6 Saturday. */
  weeklyDaysOff: z.array(z.int().min(0).max(6)),
  /** 年末年始, inclusive, over the turn of the year. */
  yearEnd: z
    .strictObject({ from: monthDay, through: monthDay })
    .refine(({ from, through }) => through < from, { error: 'must span the turn of the year' }),
  /** 国民の祝日 and days the city closes besides. */
  holidays: z.array(z.strictObject({ date, title })),
  /** Days of which one half is off for everybody. */
  halfDays: z.array(z.strictObject({ date, off: z.enum(['morning', 'afternoon']), title })),
});

const leaveUnit = z.enum(['day', 'half-day', 'hour']);

/** Kinds of leave besides and with annual leave: what each may be taken for, how long, in which pieces. */
export const leave = z.strictObject({
  ...envelope,
  kinds: listOf(
    z.strictObject({
      code,
      title,
      /** As what it is published; `other` hides a confidential kind. */
      publicKind: z.enum(PUBLIC_LEAVE_KINDS),
      units: listOf(leaveUnit),
      /** Lots of the ledger (annual leave), so many days a leave year, so many days per occasion, or as long as needed. */
      limit: z.discriminatedUnion('per', [
        z.strictObject({ per: z.literal('lots') }),
        z.strictObject({ per: z.literal('leave-year'), days: positive }),
        z.strictObject({ per: z.literal('occasion'), days: positive }),
        z.strictObject({ per: z.literal('need'), calendarDays: positive }),
      ]),
      /** Within these days of the year only, inclusive (夏季休暇). */
      season: z.strictObject({ from: monthDay, through: monthDay }).optional(),
      /** Who may take it; without it everybody. */
      sex: z.enum(['1', '2']).optional(),
    }),
  ),
  /** Hours are taken in multiples of this many minutes. */
  hourStep: positive,
  /** Most days before today for which a request may still be entered. */
  backdatedDays: whole,
});

/** 育児休業. Source of the defaults: 地方公務員育児休業法2条・3条, 人事院規則19-0. */
export const childcareLeave = z.strictObject({
  ...envelope,
  /** Until the day before the child reaches this age. */
  untilAge: positive,
  times: positive,
  /** Besides, so many times that begin and end within the first days from birth. */
  firstDays: positive,
  timesInFirstDays: whole,
  /** A request comes at least this long before. */
  noticeMonths: whole,
  noticeDaysInFirstDays: whole,
  extensions: whole,
});
