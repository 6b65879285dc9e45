import fc from 'fast-check';
import { Rejected } from '#libs/event-store/decider';
import { leaveYearOf } from '#libs/law/annual-leave';
import { addDays, minDate, type LocalDate } from '#libs/law/local-date';
import { balances, countingEntries, sumOf } from './leave-balance.js';
import type { LeaveEvent } from './leave-events.js';
import { annual, approve, DAY, open, request, rulesOf, stateOf, year2026 } from './leave.fixture.js';
import { leave, type LeaveCommand } from './leave.js';

type Lot = { from: LocalDate; through: LocalDate; left: number; own: boolean };
type Slip = {
  id: string;
  days: LocalDate[];
  status: 'pending' | 'approved' | 'taken' | 'gone';
  used: [lot: Lot, minutes: number][];
};

/** Annual leave as a clerk keeps it on paper: a column of lots, a slip per request. It knows of no stream and no event. */
class PaperLedger {
  lots: Lot[] = [];
  slips: Slip[] = [];

  grant(from: LocalDate, through: LocalDate, left: number, own = false): void {
    this.lots.push({ from, through, left, own });
  }

  /** What ends first is used first; all of it or nothing, and one slip a day. */
  ask(id: string, days: LocalDate[], minutes: number): boolean {
    if (this.slips.some(({ status, days: others }) => status !== 'gone' && others.some((day) => days.includes(day))))
      return false;
    const slip: Slip = { id, days, status: 'pending', used: [] };
    for (const day of days) {
      let open = minutes;
      for (const lot of this.lots.toSorted((a, b) => a.through.localeCompare(b.through))) {
        if (day < lot.from || lot.through < day) continue;
        const part = Math.min(open, lot.left);
        lot.left -= part;
        open -= part;
        slip.used.push([lot, part]);
      }
      if (open === 0) continue;
      this.giveBack(slip);
      return false;
    }
    this.slips.push(slip);
    return true;
  }

  giveBack(slip: Slip): void {
    for (const [lot, minutes] of slip.used) lot.left += minutes;
    slip.status = 'gone';
  }

  /** Of the year's own grant up to twenty days go on beside the new one; everything else ends. */
  turn(from: LocalDate, through: LocalDate): void {
    const left = sumOf(this.lots.flatMap((lot) => (lot.own ? [lot.left] : [])));
    this.lots = [];
    this.slips = [];
    this.grant(from, leaveYearOf(addDays(through, 1), annual).through, 20 * DAY, true);
    const carried = Math.min(left, 20 * DAY);
    if (carried > 0) this.grant(from, through, carried);
  }
}

/** The ledger of streams, and the paper beside it; every step is done to both, and both must agree on whether it may be. */
class Books {
  readonly paper = new PaperLedger();
  private readonly past: LeaveEvent[][] = [];
  private events: LeaveEvent[] = [];
  private year = year2026;
  private today: LocalDate = '2026-01-04';
  private count = 0;

  constructor() {
    this.does(open());
    this.paper.grant(this.year.from, '2027-12-31', 20 * DAY, true);
  }

  grant(minutes: number, days: number): void {
    const usableThrough = minDate(addDays(this.today, days), this.year.through);
    const lotId = `hand-${++this.count}`;
    const kind = { kind: 'annual', publicKind: 'annual' } as const;
    this.does({ type: 'GrantLeave', lotId, minutes, usableThrough, reason: '転入', kind, today: this.today });
    this.paper.grant(this.today, usableThrough, minutes);
  }

  /** @param hours 0 for whole days */
  ask(day: number, length: number, hours: number): void {
    const id = `r${++this.count}`;
    const from = addDays(this.year.from, day);
    const days = Array.from({ length: hours === 0 ? length : 1 }, (_, index) => addDays(from, index));
    const part = hours === 0 ? {} : ({ unit: 'hour', start: '13:00', end: `${13 + hours}:00` } as const);
    const command = request(
      id,
      { from, through: days[days.length - 1], ...part },
      { rules: ALWAYS_WORKING, today: this.today },
    );
    const accepted = this.paper.ask(id, days, hours === 0 ? DAY : hours * 60);
    expect(this.does(command, ['leave.overlaps', 'leave.beyond-balance', 'leave.before-grant'])).toBe(accepted);
  }

  approve(which: number): void {
    this.settle(
      which,
      'pending',
      (id) => approve(id, { today: this.today }),
      ['leave.not-pending'],
      (slip) => {
        slip.status = this.isOver(slip) ? 'taken' : 'approved';
      },
    );
  }

  refuse(which: number): void {
    const decision = { approver: 'head-1', entitled: true, because: '繁忙', today: this.today };
    const refusal = (requestId: string) => ({ type: 'RefuseLeave', requestId, ...decision }) as const;
    this.settle(which, 'pending', refusal, ['leave.not-pending'], (slip) => this.paper.giveBack(slip));
  }

  withdraw(which: number): void {
    const slip = this.slip(which);
    if (!slip) return;
    const may = slip.status === 'pending' || slip.status === 'approved';
    const command = { type: 'WithdrawLeave', requestId: slip.id, by: 'hr', today: this.today } as const;
    expect(this.does(command, ['leave.not-standing', 'leave.already-taken'])).toBe(may);
    if (may) this.paper.giveBack(slip);
  }

  take(which: number): void {
    const slip = this.slip(which);
    if (!slip) return;
    this.does({ type: 'TakeLeave', requestId: slip.id, today: this.today });
    if (slip.status === 'approved' && this.isOver(slip)) slip.status = 'taken';
  }

  cancel(which: number): void {
    const cancellation = (requestId: string) => ({ type: 'CancelLeave', requestId, because: '出勤' }) as const;
    this.settle(which, 'taken', cancellation, ['leave.not-taken'], (slip) => this.paper.giveBack(slip));
  }

  pass(days: number): void {
    this.today = minDate(addDays(this.today, days), this.year.through);
  }

  turn(): void {
    const next = leaveYearOf(addDays(this.year.through, 1), annual);
    this.today = next.from;
    this.does({ type: 'CloseLeaveYear', stays: true, rules: annual, today: this.today });
    const closing = this.events.at(-1);
    const carriedOver = closing?.type === 'LeaveYearClosed' ? closing.data.carriedOver : Number.NaN;
    this.past.push(this.events);
    this.events = [];
    this.year = next;
    this.does(open({ year: next, servedFrom: next.from, carriedOver }));
    this.paper.turn(next.from, next.through);
  }

  /** Lot by lot what is left is that on paper, and every minute ever granted is left, used or expired. */
  agree(): void {
    const left = balances(stateOf(this.events)).map((lot) => lot.left);
    expect(left).toEqual(this.paper.lots.map((lot) => lot.left));
    expect(left.filter((minutes) => minutes < 0)).toEqual([]);
    const years = [...this.past, this.events];
    const all = years.flat();
    const granted = all.flatMap(({ type, data }) =>
      type === 'LeaveGranted' && data.origin !== 'carry-over' ? [data.minutes] : [],
    );
    const expired = all.flatMap(({ type, data }) => (type === 'LeaveExpired' ? [data.minutes] : []));
    const used = years.flatMap((events) => countingEntries(stateOf(events)).map(({ minutes }) => minutes));
    expect(sumOf(granted)).toBe(sumOf(left) + sumOf(used) + sumOf(expired));
  }

  private slip(which: number): Slip | undefined {
    const { slips } = this.paper;
    return slips.length > 0 ? slips[which % slips.length] : undefined;
  }

  private settle(
    which: number,
    from: Slip['status'],
    command: (requestId: string) => LeaveCommand,
    refusals: readonly string[],
    done: (slip: Slip) => void,
  ): void {
    const slip = this.slip(which);
    if (!slip) return;
    expect(this.does(command(slip.id), refusals)).toBe(slip.status === from);
    if (slip.status === from) done(slip);
  }

  private isOver({ days }: Slip): boolean {
    return days[days.length - 1] < this.today;
  }

  /** Whether it was done; any refusal other than those is a fault. */
  private does(command: LeaveCommand, refusals: readonly string[] = []): boolean {
    const state = this.events.reduce(leave.evolve, leave.initial);
    try {
      this.events = [...this.events, ...leave.decide(command, state)];
      return true;
    } catch (error) {
      if (error instanceof Rejected && refusals.includes(error.code)) return false;
      throw error;
    }
  }
}

const usual = rulesOf('annual');
const ALWAYS_WORKING = {
  ...usual,
  calendar: { ...usual.calendar, weeklyDaysOff: [], holidays: [], halfDays: [] },
} satisfies typeof usual;

/** Days of a year outside the closing days at its ends, so that the paper need not know of those. */
const day = fc.integer({ min: 3, max: 355 });
const which = fc.nat(30);
type Step = (books: Books) => void;
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(day, fc.integer({ min: 1, max: 5 }), fc.nat(4)).map(
      ([on, length, hours]): Step =>
        (books) =>
          books.ask(on, length, hours),
    ),
  },
  {
    weight: 10,
    arbitrary: fc.tuple(fc.constantFrom('approve', 'approve', 'refuse', 'withdraw', 'take', 'cancel'), which).map(
      ([settles, slip]): Step =>
        (books) =>
          books[settles](slip),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 4000 }), fc.nat(400)).map(
      ([minutes, days]): Step =>
        (books) =>
          books.grant(minutes, days),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 90 }).map(
      (days): Step =>
        (books) =>
          books.pass(days),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((books) => books.turn()) },
);

it('the ledger of streams agrees with one on paper, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 45 }), (steps) => {
      const books = new Books();
      for (const each of steps) {
        each(books);
        books.agree();
      }
    }),
    { seed: 20_261_121, numRuns: 300 },
  );
});
