import { z } from 'zod';
import { isLocalDate } from '#libs/law/local-date';

/** What the content of a file rests on; `national-default` and `illustrative` tell a city what it still has to bring. */
export const BASES = ['policy', 'ordinance', 'national-default', 'illustrative'] as const;

export const code = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
export const title = z.string().min(1);
export const whole = z.int().nonnegative();
export const positive = z.int().positive();
export const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine(isLocalDate, { error: 'not a day of the calendar' });
export const monthDay = z
  .string()
  .regex(/^\d{2}-\d{2}$/)
  .refine((value) => isLocalDate(`2023-${value}`), { error: 'not a day of every year' });
/** `HH:MM`, a time of the working day. */
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
export const coded = z.strictObject({ code, title });
export const listOf = <T extends z.ZodType>(item: T) => z.array(item).min(1);

export const envelope = {
  /** Lets an editor check the file while it is written. */
  $schema: z.string().optional(),
  /** First day on which the file holds; also its name. It holds until the next file of its kind. */
  effectiveFrom: date,
  basis: z.enum(BASES),
  /** Where the content comes from, in Japanese. */
  source: z.string().min(1),
  /** Parts that do not rest on `basis` but were filled in, for the city to confirm or replace. */
  toConfirm: z.array(z.string().min(1)).optional(),
};
