import { expiresAfter, grantMinutes, leaveYearOf, type LeaveYear } from '#libs/law/annual-leave';
import { addDays, minDate, type LocalDate } from '#libs/law/local-date';
import type { City } from './city.js';
import type { Birth, Member } from './families.js';
import { CLOSING } from './fiscal-years.js';
import { LeaveDays, type Entry } from './leave-days.js';
import { Random } from './random.js';
import { WorkingDays } from './working-days.js';

/** First day of the ledgers. */
const LEDGERS_FROM = '2023-01-01';

/** One row of leave-ledger.csv; of what was taken a whole day has no times. */
export type LedgerRow = Readonly<{
  number: string;
  entry: '付与' | '繰越' | '取得';
  kind: string;
  on: LocalDate;
  from?: string;
  to?: string;
  minutes: number;
  usableThrough?: LocalDate;
}>;

/** The ledgers of everybody: what was granted, carried over and taken, day by day. */
export const ledgersOf = (city: City, members: readonly Member[], births: readonly Birth[]): LedgerRow[] => {
  const working = new WorkingDays(city, LEDGERS_FROM, CLOSING);
  return members.flatMap((member) => {
    const own = births.filter(({ number }) => number === member.career.number);
    return ledgerOf(city, working, member, own);
  });
};

const ledgerOf = (city: City, working: WorkingDays, member: Member, births: readonly Birth[]): LedgerRow[] => {
  const { number } = member.career;
  const random = new Random(city.plan.seed ^ Math.imul(Number(number), 0x9e3779b1));
  const annual = city.pack('annual-leave');
  const days = new LeaveDays(working, member, births, random);
  const rows: LedgerRow[] = [];
  let carried = broughtIn(city, member, random);
  for (let year = leaveYearOf(LEDGERS_FROM, annual); year.from <= CLOSING; year = yearAfter(city, year)) {
    const lots = grantsOf(city, member, year);
    const first = lots[0];
    if (!first) {
      carried = 0;
      continue;
    }
    const title = titleOf(city, 'annual');
    const lot = { number, kind: title, on: first.on };
    if (carried > 0) rows.push({ ...lot, entry: '繰越', minutes: carried, usableThrough: year.through });
    const usableThrough = expiresAfter({ grantedIn: year });
    rows.push(...lots.map(({ on, minutes }) => ({ ...lot, entry: '付与' as const, on, minutes, usableThrough })));
    const entries = days.ofYear(year, [{ on: first.on, minutes: carried }, ...lots]);
    rows.push(...entries.map((entry) => taken(city, number, entry)));
    carried = leftOver(city, member, year, lots, carried, entries);
  }
  return rows;
};

const taken = (city: City, number: string, { code, ...entry }: Entry): LedgerRow => ({
  number,
  entry: '取得',
  kind: titleOf(city, code),
  ...entry,
});

/** A kind of leave as the city's files call it. */
const titleOf = (city: City, code: string): string =>
  city.pack('leave').kinds.find((kind) => kind.code === code)?.title ?? code;

const yearAfter = (city: City, { through }: LeaveYear): LeaveYear =>
  leaveYearOf(addDays(through, 1), city.pack('annual-leave'));

type Grant = Readonly<{ on: LocalDate; minutes: number }>;

/**
 * Grants of a leave year: on its first day, or on the day of appointment by the months that are left. A term that ends
 * within the year counts up to its end, and one that follows it without a gap brings the rest.
 */
const grantsOf = (city: City, { career, days }: Member, year: LeaveYear): Grant[] => {
  const annual = city.pack('annual-leave');
  const termEnds = career.rows.find(
    ({ on, reason }) => reason === '任期満了' && on >= year.from && on < year.through && on <= CLOSING,
  )?.on;
  const grant = (on: LocalDate, through: LocalDate): Grant => {
    const dayMinutes = days.on(on)?.dayMinutes ?? annual.dayMinutes;
    return { on, minutes: grantMinutes(on, through, { ...annual, dayMinutes }) };
  };
  const first = days.firstWithin(year.from, minDate(year.through, CLOSING));
  if (first === undefined) return [];
  if (termEnds === undefined || termEnds < first) return [grant(first, year.through)];
  const next = addDays(termEnds, 1);
  return [grant(first, termEnds), ...(next <= CLOSING && days.on(next) ? [grant(next, year.through)] : [])];
};

/** What those who served before the ledgers begin have left of the year before. */
const broughtIn = (city: City, { career, days }: Member, random: Random): number => {
  const annual = city.pack('annual-leave');
  const before = leaveYearOf(addDays(LEDGERS_FROM, -1), annual);
  const stay = days.on(before.through);
  if (!stay) return 0;
  const from = career.hired > before.from ? career.hired : before.from;
  const granted = grantMinutes(from, before.through, { ...annual, dayMinutes: stay.dayMinutes }) / stay.dayMinutes;
  return Math.min(random.between(0, granted), random.between(0, granted + 4)) * stay.dayMinutes;
};

/** What was carried in is used first; of the year's own grants the rest passes on, up to the limit. */
const leftOver = (
  city: City,
  { days }: Member,
  year: LeaveYear,
  lots: readonly Grant[],
  carried: number,
  entries: readonly Entry[],
): number => {
  const { carryOverMaxDays, dayMinutes: usual } = city.pack('annual-leave');
  if (!days.on(addDays(year.through, 1))) return 0;
  const used = sum(entries.filter(({ code }) => code === 'annual'));
  const left = sum(lots) - Math.max(0, used - carried);
  const dayMinutes = days.on(lots[0].on)?.dayMinutes ?? usual;
  return Math.min(left, carryOverMaxDays * dayMinutes);
};

const sum = (items: readonly Readonly<{ minutes: number }>[]): number =>
  items.reduce((total, { minutes }) => total + minutes, 0);
