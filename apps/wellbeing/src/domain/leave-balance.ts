import type { AnnualLeaveParams } from '#libs/law/annual-leave';
import { compare, type LocalDate } from '#libs/law/local-date';
import type { Entry, OfKind, Use } from './leave-events.js';
import type { EntryStatus, LeaveAccount, LedgerEntry, Lot } from './leave-state.js';

/** Status of entries whose minutes are not there any more for others: what waits for its approval counts. */
const COUNTING: readonly EntryStatus[] = ['pending', 'approved', 'taken'];

export const counts = ({ status }: LedgerEntry): boolean => COUNTING.includes(status);

/** A lot with the minutes that are still there. */
export type Balance = Lot & Readonly<{ left: number }>;

/** Every entry that counts, with its kind and occasion. */
export const countingEntries = ({ requests }: LeaveAccount): (LedgerEntry & OfKind & { occasionOn?: LocalDate })[] =>
  requests.flatMap(({ kind, publicKind, occasionOn, entries }) =>
    entries.filter(counts).map((entry) => ({ ...entry, kind, publicKind, ...(occasionOn && { occasionOn }) })),
  );

/** What is left of each lot after all that counts, past and to come: no later use can be spent a second time. */
export const balances = (account: LeaveAccount): Balance[] => {
  const used = new Map<string, number>();
  for (const { entries } of account.requests)
    for (const entry of entries)
      if (counts(entry)) for (const { lotId, minutes } of entry.uses) used.set(lotId, (used.get(lotId) ?? 0) + minutes);
  return account.lots.map((lot) => ({ ...lot, left: lot.minutes - lot.expired - (used.get(lot.lotId) ?? 0) }));
};

export const usableOn = ({ grantedOn, usableThrough }: Lot, on: LocalDate): boolean =>
  grantedOn <= on && on <= usableThrough;

/** What was carried over ends first; the city says whether it is used first. Source: law.md 5, al.order. */
const inOrder = (lots: readonly Balance[], { useOrder }: Pick<AnnualLeaveParams, 'useOrder'>): Balance[] => {
  const earliestEndFirst = lots.toSorted((a, b) => compare(a.usableThrough, b.usableThrough));
  return useOrder === 'carried-first' ? earliestEndFirst : earliestEndFirst.toReversed();
};

export type Unspent = Omit<Entry, 'uses'>;

/** The entries with the lots they take; or the first day for which the lots do not suffice, and what they had. */
export const spent = <E extends Unspent>(
  entries: readonly E[],
  lots: readonly Balance[],
  order: Pick<AnnualLeaveParams, 'useOrder'>,
): readonly (E & Entry)[] | Readonly<{ short: LocalDate; left: number; granted: boolean }> => {
  const ordered = inOrder(lots, order);
  const left = new Map(ordered.map(({ lotId, left: minutes }) => [lotId, minutes]));
  const result: (E & Entry)[] = [];
  for (const entry of entries) {
    const uses: Use[] = [];
    let open = entry.minutes;
    for (const lot of ordered) {
      const there = left.get(lot.lotId) ?? 0;
      if (open === 0 || there <= 0 || !usableOn(lot, entry.on)) continue;
      const minutes = Math.min(open, there);
      open -= minutes;
      left.set(lot.lotId, there - minutes);
      uses.push({ lotId: lot.lotId, minutes });
    }
    if (open > 0) {
      const usable = ordered.filter((lot) => usableOn(lot, entry.on));
      return { short: entry.on, left: sumOf(usable.map((lot) => lot.left)), granted: usable.length > 0 };
    }
    result.push({ ...entry, uses });
  }
  return result;
};

export const isShort = (
  result: ReturnType<typeof spent>,
): result is Readonly<{ short: LocalDate; left: number; granted: boolean }> => !Array.isArray(result);

export const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
