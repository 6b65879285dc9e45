import { z } from 'zod';
import { APPOINTING_AUTHORITIES, SECTORS, UNIT_LEVELS } from '#libs/contracts/placement';
import type { AnnualLeaveParams } from '#libs/law/annual-leave';
import { isMunicipalityCode } from '#libs/law/municipality-code';
import { EMPLOYMENTS, LONGEST_PROBATION, type ProbationMonths } from '#libs/law/probation';
import type { RetirementParams } from '#libs/law/retirement';
import { minutesOf } from '#libs/law/working-day';
import { calendar, childcareLeave, leave } from './leave-kinds.js';
import { cutover, evaluation, training } from './service-kinds.js';
import { code, coded, date, envelope, listOf, monthDay, positive, timeOfDay, title, whole } from './vocabulary.js';

/** The ids of `docs/systems.md`, in its order: every pack says of each since when it is in force. */
export const SYSTEM_IDS: readonly string[] = Object.entries({ R: 12, E: 9, T: 21, P: 16, W: 18, A: 6 }).flatMap(
  ([service, count]) => Array.from({ length: count }, (_, index) => `${service}${index + 1}`),
);

const municipality = z.strictObject({
  ...envelope,
  /** Six-digit local government code. */
  code: z
    .string()
    .regex(/^\d{6}$/)
    .refine(isMunicipalityCode, { error: 'wrong check digit' }),
  name: title,
  kana: title,
});

/** A unit as it is from `from` on; a later row of the same code is a change of it, `abolished` its end. */
const unit = z.strictObject({
  code: z.string().regex(/^\d{4,6}$/),
  name: title,
  level: z.enum(UNIT_LEVELS),
  parent: z
    .string()
    .regex(/^\d{4,6}$/)
    .nullable(),
  sector: z.enum(SECTORS).nullable(),
  authority: z.enum(APPOINTING_AUTHORITIES),
  from: date,
  abolished: z.boolean(),
});

const organisation = z.strictObject({
  ...envelope,
  levels: listOf(z.strictObject({ level: z.enum(UNIT_LEVELS), title })),
  sectors: listOf(z.strictObject({ sector: unit.shape.sector.unwrap(), title })),
  authorities: listOf(z.strictObject({ authority: unit.shape.authority, title })),
  units: listOf(unit),
});

const grades = z.strictObject({
  ...envelope,
  bands: listOf(coded),
  /** `rank` 1 is the lowest; `band` is one of `bands`. */
  grades: listOf(z.strictObject({ code, title, rank: positive, band: code })),
});

const positions = z.strictObject({
  ...envelope,
  abilities: listOf(coded),
  /** Groups of positions with the role and the abilities the city expects of them. */
  groups: listOf(z.strictObject({ code, title, role: z.string().min(1), abilities: z.array(code) })),
  positions: listOf(
    z.strictObject({
      code,
      title,
      /** 1 is the lowest; equal ranks stand side by side. */
      rank: positive,
      /** Heads its unit. */
      heads: z.boolean(),
      /** 管理監督職: under the role-retirement age. */
      managing: z.boolean(),
      /** One of `groups`. */
      group: code,
      /** Grades a holder may be in, of the pack's `grades`; none for staff outside the grade table. */
      grades: z.array(code),
    }),
  ),
});

const jobCategories = z.strictObject({ ...envelope, categories: listOf(coded) });
const recruitmentRoutes = z.strictObject({
  ...envelope,
  routes: listOf(
    z.strictObject({
      code,
      title,
      /** What the route leads to: decides on probation, and on managing posts after the role-retirement age. */
      employment: z.enum(EMPLOYMENTS),
    }),
  ),
});

const systems = z.strictObject({
  ...envelope,
  systems: listOf(
    z.strictObject({
      id: z.string().regex(/^[RETPWA]\d{1,2}$/),
      name: title,
      /** First day on which its commands are accepted; null while the city has not started it. */
      inForceFrom: date.nullable(),
      /** Why so: named by the city's policy, duty by law, what the product rests on, planned or studied only, not named. */
      because: z.enum(['policy', 'law', 'base', 'considered', 'not-named']),
    }),
  ),
});

const selectionFlow = z.strictObject({
  ...envelope,
  flows: listOf(
    z.strictObject({
      id: code,
      version: positive,
      /** Recruitment routes that go through this flow; each route goes through exactly one. */
      routes: listOf(code),
      stages: listOf(
        z.strictObject({
          id: code,
          title,
          kind: z.enum(['document', 'aptitude-test', 'written-test', 'practical', 'group-work', 'interview']),
          /** Assessors who score independently; a result needs all their sheets. */
          assessors: positive,
          /** What each assessor scores, 0 to `max` points. */
          sheet: listOf(z.strictObject({ item: code, title, max: positive })),
        }),
      ),
      /** Days from an offer to the last day for the answer. */
      offerDeadlineDays: positive,
    }),
  ),
});

const probationMonths = z
  .strictObject({
    employment: z.enum(EMPLOYMENTS),
    /** From appointment; 0: this employment has no probation. */
    months: whole,
    /** Most months with extension. */
    maxMonths: whole.max(LONGEST_PROBATION),
    /** Fewer days worked than this extend it; absent while the city has not said. */
    minDays: positive.optional(),
  })
  .refine(({ months, maxMonths }) => months <= maxMonths && (months > 0 || maxMonths === 0), {
    error: 'does not go with months',
    path: ['maxMonths'],
  }) satisfies z.ZodType<ProbationMonths>;

const probation = z.strictObject({
  ...envelope,
  /** One row for every kind of employment. */
  employments: z
    .array(probationMonths)
    .refine(
      (rows) =>
        rows.length === EMPLOYMENTS.length &&
        EMPLOYMENTS.every((known) => rows.some(({ employment }) => employment === known)),
      { error: `must have one row for each of ${EMPLOYMENTS.join(', ')}` },
    ),
});

const ascends = <T extends string | number>(values: readonly T[]): boolean =>
  values.every((value, index) => index === 0 || values[index - 1] < value);

const ageSteps = listOf(z.strictObject({ throughFiscalYear: z.int().nullable(), age: positive })).refine(
  (steps) =>
    steps.findIndex(({ throughFiscalYear }) => throughFiscalYear === null) === steps.length - 1 &&
    ascends(steps.map(({ throughFiscalYear }) => throughFiscalYear ?? Infinity)),
  { error: 'fiscal years must ascend, and only the last step is open-ended' },
);

/** Orders days of the year as the fiscal year does. */
const inFiscalYear = (day: string): string => (day < '04-01' ? `1-${day}` : `0-${day}`);

const retirement = z.strictObject({
  ...envelope,
  ages: ageSteps,
  doctorAges: ageSteps,
  /** Job categories (職種) under `doctorAges`: 医師等の特例. */
  doctorCategories: z.array(code),
  leavingDays: listOf(monthDay).refine((days) => days.at(-1) === '03-31' && ascends(days.map(inFiscalYear)), {
    error: 'must follow the fiscal year and end on 03-31',
  }),
  roleAge: positive,
  informationAge: positive,
}) satisfies z.ZodType<RetirementParams>;

const annualLeave = z.strictObject({
  ...envelope,
  yearStart: monthDay,
  daysPerYear: positive,
  daysByMonths: z.array(whole).length(12),
  carryOverMaxDays: whole,
  useOrder: z.enum(['carried-first', 'current-first']),
  dayMinutes: positive,
}) satisfies z.ZodType<AnnualLeaveParams>;

const workingTime = z
  .strictObject({
    ...envelope,
    weeklyMinutes: positive,
    dailyMinutes: positive,
    /** The usual day, half open, without its break: 08:30–12:00 and 13:00–17:15 are 465 minutes. */
    stretches: listOf(z.strictObject({ from: timeOfDay, to: timeOfDay })).refine(
      (stretches) => ascends(stretches.flatMap(({ from, to }) => [from, to])),
      { error: 'times must ascend' },
    ),
  })
  .refine(
    ({ dailyMinutes, stretches }) =>
      dailyMinutes === stretches.reduce((sum, { from, to }) => sum + minutesOf(to) - minutesOf(from), 0),
    { error: 'is not the length of the stretches', path: ['dailyMinutes'] },
  );

/** `smallCellFloor`: a figure from fewer people than this is not shown. */
const analytics = z.strictObject({ ...envelope, smallCellFloor: positive });

/** One schema per kind of policy: type, validator and source of `policies/schema`. Every pack has every kind. */
export const KINDS = {
  municipality,
  organisation,
  grades,
  positions,
  'job-categories': jobCategories,
  'recruitment-routes': recruitmentRoutes,
  systems,
  'selection-flow': selectionFlow,
  probation,
  retirement,
  'annual-leave': annualLeave,
  'working-time': workingTime,
  calendar,
  leave,
  'childcare-leave': childcareLeave,
  training,
  evaluation,
  cutover,
  analytics,
} as const;

export type Kind = keyof typeof KINDS;

/** The content of a file of this kind, as checked. */
export type Policy<K extends Kind> = Readonly<z.infer<(typeof KINDS)[K]>>;

/** `KINDS`, so typed that a kind known only by its type parameter gives its own policy. */
export const schemas: { readonly [K in Kind]: z.ZodType<Policy<K>> } = KINDS;

export const kindNames = Object.keys(KINDS) as readonly Kind[];

/** JSON Schema (2020-12) of a kind, as written to `policies/schema/<kind>.schema.json`. */
export const jsonSchemaOf = (kind: Kind): string =>
  `${JSON.stringify({ $id: `urn:jinzai:policy:${kind}`, title: kind, ...z.toJSONSchema(KINDS[kind]) }, undefined, 2)}\n`;
