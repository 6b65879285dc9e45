import { z } from 'zod';
import type { Contract, PublicEventOf } from './public-event.js';

const localDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const id = z.string().min(1);

export const ACTION_KINDS = [
  'appoint-on-probation', // 条件付採用
  'appoint-formally', // 正式採用
  'extend-probation', // 条件付採用期間の延長
  'transfer', // 異動（転任）
  'promote', // 昇任
  'demote', // 降任
  'give-concurrent-post', // 兼務
  'end-concurrent-post', // 兼務解除
  'second', // 派遣
  'return-from-secondment', // 派遣からの復帰
  'start-leave-of-absence', // 休職・休業
  'return-from-leave', // 復職
  'change-hours', // 勤務時間の変更
  'retire-from-role', // 役職定年（管理監督職からの降任等）
  'separate', // 退職・離職
  'rehire', // 再採用・再任用
] as const;

/** Reasons of leaving (離職事由), the classes of the yearly surveys; which of them count in which rate is in the metrics. */
export const SEPARATION_REASONS = [
  'resignation', // 普通退職（自己都合）
  'retirement-age', // 定年退職
  'early-retirement', // 勧奨・早期退職
  'death', // 死亡
  'term-expired', // 任期満了
  'status-dismissal', // 分限免職
  'disciplinary-dismissal', // 懲戒免職
  'disqualified', // 失職
  'returned-to-home-body', // 割愛・派遣元への帰任
] as const;

/** Kinds of leave of absence, coded; never the medical or family detail. */
export const ABSENCE_KINDS = [
  'childcare', // 育児休業
  'care', // 介護休暇
  'sickness', // 病気休職
  'study', // 自己啓発等休業
  'spouse-abroad', // 配偶者同行休業
  'indictment', // 起訴休職
  'other',
] as const;

/** A post (職): a position of the city's pack in a unit. */
export const post = z.object({ unitId: id, position: z.string() });

/** One personnel action (人事発令); the same shape is stored, published and folded into the timeline. */
export const personnelAction = z.object({
  actionId: id,
  employmentId: id,
  kind: z.enum(ACTION_KINDS),
  /** Day from which it is true (発令日), inclusive; for `separate` the last day in service (退職日). */
  effectiveOn: localDate,
  /** Last day of something with an end known beforehand (probation, leave, secondment, term), inclusive. */
  until: localDate.optional(),
  post: post.optional(),
  /** Grade code (級) of the city's pack. */
  grade: z.string().optional(),
  /** Job category code (職種) of the city's pack. */
  jobCategory: z.string().optional(),
  /** Recruitment route code (採用区分), on appointments. */
  route: z.string().optional(),
  /** Weekly working time in minutes; 2325 (38:45) is full time. */
  weeklyMinutes: z.number().int().positive().optional(),
  leaveKind: z.enum(ABSENCE_KINDS).optional(),
  reason: z.enum(SEPARATION_REASONS).optional(),
});
export type PersonnelAction = Readonly<z.infer<typeof personnelAction>>;

export const UNIT_LEVELS = ['city', 'authority', 'department', 'section', 'subsection'] as const;
/** 窓口・事業・管理 */
export const SECTORS = ['counter', 'project', 'administration'] as const;
/** 任命権者 */
export const APPOINTING_AUTHORITIES = ['mayor', 'education', 'fire', 'hospital', 'other'] as const;

/** A unit of the organisation as it is from `effectiveOn` on, until the next change of the same unit. */
export const unit = z.object({
  unitId: id,
  name: z.string(),
  level: z.enum(UNIT_LEVELS),
  parentId: id.nullable(),
  sector: z.enum(SECTORS).nullable(),
  appointingAuthority: z.enum(APPOINTING_AUTHORITIES),
  abolished: z.boolean(),
});

export const placementContract = {
  service: 'placement',
  events: {
    /** A person became known as staff of the municipality. No name, number or birth date: coded attributes only. */
    StaffRegistered: {
      version: 1,
      schema: z.object({
        staffId: id,
        /** ISO 5218, for statistics: 1 male, 2 female, 0 not known, 9 not applicable. */
        sex: z.enum(['1', '2', '0', '9']),
        /** Fiscal birth cohort: the fiscal year (2 April to 1 April) of birth. */
        birthCohort: z.number().int(),
        /** Recruitment application that led here, when there was one. */
        applicationId: id.optional(),
      }),
    },
    /** Sex or fiscal birth cohort had been recorded wrongly. */
    StaffAttributesCorrected: {
      version: 1,
      schema: z.object({ staffId: id, sex: z.enum(['1', '2', '0', '9']), birthCohort: z.number().int() }),
    },
    PersonnelActionTaken: {
      version: 1,
      schema: z.object({
        staffId: id,
        action: personnelAction,
        /** Recruitment application that led somebody back who had been staff before. */
        applicationId: id.optional(),
      }),
    },
    PersonnelActionVoided: { version: 1, schema: z.object({ staffId: id, actionId: id }) },
    /** A unit is, from the date, as it says: created, renamed, moved, or abolished. */
    UnitChanged: { version: 1, schema: z.object({ effectiveOn: localDate, unit }) },
    /** The probation of this employment ends soon (30 days before, by timer). */
    ProbationEndAnnounced: {
      version: 1,
      schema: z.object({ staffId: id, employmentId: id, endsOn: localDate }),
    },
    /** The key of the person's personal data was destroyed. */
    PersonErased: { version: 1, schema: z.object({ staffId: id }) },
  },
} as const satisfies Contract;

export type PlacementEvent = PublicEventOf<typeof placementContract>;
