import { Rejected } from '#libs/event-store/decider';
import { addDays, compare, daysBetween, type LocalDate } from '#libs/law/local-date';
import { isWorkingDay, type Calendar } from '#libs/law/working-day';
import { balances, countingEntries, isShort, spent, sumOf, type Unspent } from './leave-balance.js';
import type { Ask, LeaveRules } from './leave-days.js';
import type { Entry } from './leave-events.js';
import type { LeaveAccount } from './leave-state.js';

/** Leave of the same kind that counts in the years before and after: an occasion or an illness may go over their turn. */
export type OtherYears = readonly Readonly<{ on: LocalDate; minutes: number; occasionOn?: LocalDate }>[];

/** The entries with what they take; throws where they go beyond what the kind allows. */
export const withinLimits = (
  account: LeaveAccount,
  ask: Ask,
  entries: readonly Unspent[],
  rules: LeaveRules,
  otherYears: OtherYears,
): readonly Entry[] => {
  const { kind } = rules;
  const free = entries.map((entry) => ({ ...entry, uses: [] }));
  const same = countingEntries(account).filter((entry) => entry.kind === kind.code);
  switch (kind.limit.per) {
    case 'lots':
      return fromLots(account, kind.code, entries, rules);
    case 'leave-year':
      requireWithin(kind.limit.days, same, entries);
      break;
    case 'occasion': {
      if (ask.occasionOn === undefined) throw new Rejected('leave.occasion-missing');
      const ofOccasion = [...otherYears, ...same].filter(({ occasionOn }) => occasionOn === ask.occasionOn);
      requireWithin(kind.limit.days, ofOccasion, entries);
      break;
    }
    case 'need': {
      const days = [...otherYears, ...same, ...entries].map(({ on }) => on);
      const longest = longestRun(days, rules.calendar, entries);
      if (longest > kind.limit.calendarDays)
        throw new Rejected('leave.too-long', { days: longest, most: kind.limit.calendarDays });
    }
  }
  requireSeason(entries, rules);
  return free;
};

const fromLots = (
  account: LeaveAccount,
  kind: string,
  entries: readonly Unspent[],
  rules: LeaveRules,
): readonly Entry[] => {
  const lots = balances(account).filter((lot) => lot.kind === kind);
  const result = spent(entries, lots, rules);
  if (!isShort(result)) return result;
  const later = lots.some(({ grantedOn }) => grantedOn > result.short);
  const code = !result.granted && (later || lots.length === 0) ? 'leave.before-grant' : 'leave.beyond-balance';
  throw new Rejected(code, { on: result.short, left: result.left, asked: minutesOf(entries) });
};

const minutesOf = (entries: readonly Readonly<{ minutes: number }>[]): number =>
  sumOf(entries.map(({ minutes }) => minutes));

/** Days are those of the person's working time on the first day asked for. */
const requireWithin = (
  days: number,
  before: readonly Readonly<{ minutes: number }>[],
  entries: readonly Unspent[],
): void => {
  const left = days * entries[0].dayMinutes - minutesOf(before);
  const asked = minutesOf(entries);
  if (asked > left) throw new Rejected('leave.beyond-balance', { left: Math.max(left, 0), asked });
};

/** Two illnesses are one unless so many working days lie between. Source: 人事院規則15-14 21条 (law.md 6). */
const JOINED_WITHIN = 20;

/** Calendar days of the longest run among those that the asked entries belong to. */
const longestRun = (days: readonly LocalDate[], calendar: Calendar, asked: readonly Unspent[]): number => {
  const sorted = [...new Set(days)].toSorted(compare);
  const runs: LocalDate[][] = [];
  for (const day of sorted) {
    const run = runs[runs.length - 1];
    const last = run?.[run.length - 1];
    if (last !== undefined && workingDaysBetween(last, day, calendar) < JOINED_WITHIN) run.push(day);
    else runs.push([day]);
  }
  const own = runs.filter((run) => asked.some(({ on }) => run.includes(on)));
  return Math.max(...own.map((run) => daysBetween(run[0], run[run.length - 1]) + 1));
};

const workingDaysBetween = (after: LocalDate, before: LocalDate, calendar: Calendar): number => {
  let count = 0;
  for (let day = addDays(after, 1); day < before && count < JOINED_WITHIN; day = addDays(day, 1))
    if (isWorkingDay(day, calendar)) count += 1;
  return count;
};

const requireSeason = (entries: readonly Unspent[], { kind: { season } }: LeaveRules): void => {
  if (!season) return;
  const outside = entries.find(({ on }) => on.slice(5) < season.from || on.slice(5) > season.through);
  if (outside)
    throw new Rejected('leave.out-of-season', { on: outside.on, from: season.from, through: season.through });
};
