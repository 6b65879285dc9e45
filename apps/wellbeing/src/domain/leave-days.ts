import { Rejected } from '#libs/event-store/decider';
import type { LeavePeriod } from '#libs/law/childcare-leave';
import { addDays, type LocalDate } from '#libs/law/local-date';
import {
  halfOf,
  halfOff,
  lengthOf,
  minutesOf,
  stretchesOf,
  within,
  type Half,
  type Stretch,
} from '#libs/law/working-day';
import type { Policy } from '#libs/policy/kinds';
import type { Unspent } from './leave-balance.js';
import type { PolicyVersions } from './leave-events.js';

export type LeaveKind = Policy<'leave'>['kinds'][number];

/** Leave as asked for. Of a half day and of hours `from` and `through` are the same day. */
export type Ask = Readonly<{
  kind: string;
  from: LocalDate;
  through: LocalDate;
  unit: LeaveKind['units'][number];
  half?: Half;
  /** `HH:MM`, of hours. */
  start?: string;
  end?: string;
  occasionOn?: LocalDate;
  reason?: string;
}>;

/** What the pack says on the first day asked for. */
export type LeaveRules = Readonly<{
  kind: LeaveKind;
  hourStep: number;
  /** First day for which the request may still be entered. */
  earliest: LocalDate;
  calendar: Policy<'calendar'>;
  workingTime: Policy<'working-time'>;
  useOrder: Policy<'annual-leave'>['useOrder'];
  policy: PolicyVersions;
}>;

/** What somebody was on the days from one through another, both inclusive (null: open), as placement has it. */
export type Service = Readonly<{
  from: LocalDate;
  through: LocalDate | null;
  status: 'probation' | 'regular' | 'leave' | 'seconded';
  dayMinutes: number;
}>;

/** Days of childcare leave that was approved and is not over; it begins later, or placement has not heard of it yet. */
export type ChildcareDays = readonly LeavePeriod[];

export const serviceOn = (service: readonly Service[], day: LocalDate): Service | undefined =>
  service.find(({ from, through }) => from <= day && (through === null || day <= through));

/**
 * One entry per working day, in the working minutes of that day. What is no working time costs nothing, and a request of
 * nothing else is refused.
 */
export const entriesOf = (
  requestId: string,
  ask: Ask,
  rules: LeaveRules,
  service: readonly Service[],
): readonly Unspent[] => {
  checkAsk(ask, rules);
  const entries = daysOf(ask).flatMap((on): Unspent[] => {
    const own = serviceOn(service, on);
    const { dayMinutes = rules.workingTime.dailyMinutes } = own ?? {};
    const stretches = stretchesOf(on, rules.calendar, rules.workingTime, dayMinutes);
    if (stretches.length === 0) return [];
    requireService(service, own, on);
    const asked = pieceOf(ask, stretches, rules);
    const minutes = lengthOf(asked);
    return minutes === 0 ? [] : [{ entryId: `${requestId}/${on}`, on, ...envelope(ask, asked), minutes, dayMinutes }];
  });
  if (entries.length === 0) throw new Rejected('leave.no-working-time', { from: ask.from, through: ask.through });
  if (ask.unit === 'hour' && entries[0].minutes % rules.hourStep !== 0)
    throw new Rejected('leave.not-in-steps', { step: rules.hourStep, minutes: entries[0].minutes });
  return entries;
};

const checkAsk = ({ from, through, unit, half, start, end }: Ask, { kind, earliest }: LeaveRules): void => {
  if (through < from) throw new Rejected('leave.ends-before-it-begins');
  if (!kind.units.includes(unit)) throw new Rejected('leave.unit-not-allowed', { units: kind.units });
  if (unit !== 'day' && through !== from) throw new Rejected('leave.not-one-day');
  const hours = start !== undefined || end !== undefined;
  if ((unit !== 'half-day' && half !== undefined) || (unit !== 'hour' && hours))
    throw new Rejected('leave.parts-contradict-unit', { unit });
  if (unit === 'half-day' && half === undefined) throw new Rejected('leave.half-missing');
  if (unit === 'hour') {
    if (start === undefined || end === undefined) throw new Rejected('leave.hours-missing');
    if (start >= end) throw new Rejected('leave.hours-backwards');
  }
  if (from < earliest) throw new Rejected('leave.too-late', { earliest });
};

const daysOf = ({ from, through }: Ask): LocalDate[] => {
  const days: LocalDate[] = [];
  for (let day = from; day <= through; day = addDays(day, 1)) days.push(day);
  return days;
};

const requireService = (service: readonly Service[], own: Service | undefined, on: LocalDate): void => {
  if (own?.status === 'leave') throw new Rejected('leave.on-leave-of-absence', { on });
  if (own) return;
  const before = service.some(({ through }) => through !== null && through < on);
  throw new Rejected(before ? 'leave.after-separation' : 'leave.before-grant', { on });
};

/** Whoever is on childcare leave has no duty to be excused from. */
export const requireNoChildcare = (childcareDays: ChildcareDays, asked: readonly Pick<Unspent, 'on'>[]): void => {
  for (const { on } of asked) {
    const leave = childcareDays.find(({ from, through }) => from <= on && on <= through);
    if (leave) throw new Rejected('leave.during-childcare-leave', { on, from: leave.from, through: leave.through });
  }
};

const pieceOf = (ask: Ask, stretches: readonly Stretch[], { calendar }: LeaveRules): readonly Stretch[] => {
  if (ask.unit === 'day') return stretches;
  if (ask.unit === 'hour') return within(stretches, { from: minutesOf(ask.start ?? ''), to: minutesOf(ask.end ?? '') });
  const half = ask.half ?? 'morning';
  if (halfOff(ask.from, calendar) === half) throw new Rejected('leave.half-day-off', { on: ask.from, half });
  return halfOf(stretches, half);
};

/** Hours stand as asked, over the break too; days and halves from their first to their last working minute. */
const envelope = ({ unit, start, end }: Ask, asked: readonly Stretch[]): Stretch =>
  unit === 'hour'
    ? { from: minutesOf(start ?? ''), to: minutesOf(end ?? '') }
    : { from: asked[0]?.from ?? 0, to: asked[asked.length - 1]?.to ?? 0 };
