import type { PlacementEvent } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import type { WellbeingEvent } from '#libs/contracts/wellbeing';
import { addDays, addMonths, dayOfWeek, type LocalDate } from '#libs/law/local-date';
import { Policies } from '#libs/policy/pack';
import { Plainly, type Question } from '../retention/retention-plainly.fixture.js';

type PersonDimension = Parameters<Plainly['classAt']>[2];
type Entry = { staffId: string; entryId: string; kind: string; on: LocalDate; minutes: number; dayMinutes: number };
type Lot = {
  staffId: string;
  lotId: string;
  leaveYear: LocalDate;
  grantedOn: LocalDate;
  days: bigint;
  carried: boolean;
};
type Child = { staffId: string; parenthood: string; eligible: number | null };
type Period = { staffId: string; caseId: string; from: LocalDate; through: LocalDate; begun: boolean };
type Share = Readonly<{ staffId: string; n: bigint; d: bigint; duration?: string }>;
type Sums = Readonly<{ numerator: bigint; denominator: bigint }>;

/** Everything is counted in these parts of one, which all minutes of a day (465, 372, 279) divide. */
export const ONE = 465n * 372n * 279n;
const KINDS = { annual: ['annual'], birth: ['spouse-childbirth'], care: ['childcare-participation'] } as const;

/**
 * The metrics of leave once more, day by day over raw events: no facts, no SQL, no fold of the product. The specs hold
 * the one against the other.
 */
export class LeavePlainly {
  private readonly people: Plainly;
  private readonly entries = new Map<string, Entry>();
  private readonly lots = new Map<string, Lot>();
  private readonly children = new Map<string, Child>();
  private readonly periods = new Map<string, Period>();
  /** Who was in service on each day that counts. */
  private readonly serving = new Map<LocalDate, ReadonlySet<string>>();
  private readonly placement: readonly PlacementEvent[];
  private readonly days: LocalDate[] = [];
  private readonly next: LocalDate;
  private shares?: readonly Share[];

  constructor(
    placement: readonly Delivered<PlacementEvent>[],
    leave: readonly Delivered<WellbeingEvent>[],
    private readonly city: string,
    private readonly question: Question,
  ) {
    const { metric, fiscalYear, asOf, knownAt } = question;
    const known = ({ municipality, recordedAt }: Delivered) => municipality === city && recordedAt <= knownAt;
    this.people = new Plainly(placement, city, question);
    this.placement = placement.filter(known);
    for (const event of leave) if (known(event)) this.take(event);
    const start = metric.startsWith('al.') ? '01-01' : '04-01';
    this.next = `${fiscalYear + 1}-${start}`;
    for (let day = `${fiscalYear}-${start}`; day < this.next && day <= asOf; day = addDays(day, 1)) {
      this.days.push(day);
      this.serving.set(day, new Set(this.people.serving(day)));
    }
  }

  /** Numerator and denominator, in parts of `ONE`, per class of the breakdown; the whole under `null`. */
  by(dimension: string): Map<string | null, Sums> {
    this.shares ??= this.counted();
    const sums = new Map<string | null, Sums>([[null, { numerator: 0n, denominator: 0n }]]);
    for (const share of this.shares) {
      for (const key of [null, this.classOf(share, dimension)]) {
        const { numerator, denominator } = sums.get(key) ?? { numerator: 0n, denominator: 0n };
        sums.set(key, { numerator: numerator + share.n, denominator: denominator + share.d });
      }
    }
    return sums;
  }

  private classOf({ staffId, duration }: Share, dimension: string): string {
    if (dimension === 'duration') return duration ?? 'unknown';
    const day = this.lastDay(staffId);
    return this.people.classAt(staffId, day, dimension as PersonDimension, addDays(day, 1));
  }

  /** In service within the period; for somebody who never was, the last day of the period. */
  private lastDay(staffId: string): LocalDate {
    return this.days.findLast((day) => this.serving.get(day)?.has(staffId)) ?? this.days[this.days.length - 1];
  }

  private take(event: WellbeingEvent): void {
    switch (event.type) {
      case 'LeaveGranted': {
        const { staffId, lotId, leaveYear, grantedOn, minutes, dayMinutes, carriedOver: carried } = event.data;
        const days = (ONE * BigInt(minutes)) / BigInt(dayMinutes);
        this.lots.set(lotId, { staffId, lotId, leaveYear, grantedOn, days, carried });
        return;
      }
      case 'LeaveGrantRevoked':
        this.lots.delete(event.data.lotId);
        return;
      case 'LeaveTaken':
        for (const entry of event.data.entries)
          this.entries.set(entry.entryId, { staffId: event.data.staffId, ...entry });
        return;
      case 'LeaveCancelled':
        for (const entryId of event.data.entryIds) this.entries.delete(entryId);
        return;
      case 'BirthNotified': {
        const { caseId, staffId, parenthood, eligibleFiscalYear: eligible } = event.data;
        this.children.set(caseId, { staffId, parenthood, eligible });
        return;
      }
      case 'BirthNoticeVoided':
        this.children.delete(event.data.caseId);
        return;
      case 'ChildcareLeaveCancelled':
        this.periods.delete(event.data.periodId);
        return;
      case 'ChildcareLeaveApproved':
      case 'ChildcareLeaveStarted':
      case 'PastChildcareLeaveRecorded':
        this.periods.set(event.data.periodId, { ...event.data, begun: event.type !== 'ChildcareLeaveApproved' });
        return;
      case 'ChildcareLeaveExtended':
      case 'ChildcareLeaveEnded': {
        const period = this.periods.get(event.data.periodId);
        if (period) period.through = event.data.through;
        return;
      }
      case 'LeaveExpired':
      case 'IntentInterviewHeld':
        return;
    }
  }

  private counted(): Share[] {
    const { metric } = this.question;
    if (metric.startsWith('al.')) return this.annual();
    const shares = {
      'cc.rate.mic_v1': () => this.cohort(),
      'cc.rate.wao': () => this.cohort(),
      'cc.rate.mic_v2': () => [...this.cohort().map((one) => ({ ...one, n: 0n })), ...this.newly()],
      'cc.duration_dist': () => this.newly(),
      'care.takers': () => this.takers(['short-care', 'care']),
      'care.days': () =>
        this.takers(['short-care', 'care']).map((one) => ({
          ...one,
          n: this.daysOf(one.staffId, ['short-care', 'care']),
          d: ONE,
        })),
      'sick.long': () => this.sick(),
    }[metric];
    const all = shares ? shares() : this.paternal();
    return metric.startsWith('cc.rate.mic') || metric.startsWith('cc.duration') || metric.startsWith('pat.')
      ? all.filter(({ staffId }) => this.routeOf(staffId) !== 'fiscal-year')
      : all;
  }

  private daysOf(staffId: string, kinds: readonly string[]): bigint {
    let sum = 0n;
    for (const entry of this.entries.values()) {
      if (entry.staffId !== staffId || !kinds.includes(entry.kind) || !this.serving.has(entry.on)) continue;
      sum += (ONE * BigInt(entry.minutes)) / BigInt(entry.dayMinutes);
    }
    return sum;
  }

  private annual(): Share[] {
    const { metric, asOf } = this.question;
    const everyDay = [...(this.serving.get(this.days[0]) ?? [])].filter((staffId) =>
      this.days.every((day) => this.serving.get(day)?.has(staffId)),
    );
    return everyDay
      .filter((staffId) => this.days.some((day) => this.awayOn(staffId, day) === undefined))
      .map((staffId) => {
        const used = this.daysOf(staffId, KINDS.annual);
        let granted = 0n;
        for (const lot of this.lots.values()) {
          const own = lot.staffId === staffId && lot.leaveYear === this.days[0] && lot.grantedOn <= asOf;
          if (own && (metric === 'al.rate_total' || !lot.carried)) granted += lot.days;
        }
        if (metric === 'al.under5_share') return { staffId, n: used < 5n * ONE ? ONE : 0n, d: ONE };
        return { staffId, n: used, d: metric === 'al.avg_days' ? ONE : granted };
      });
  }

  /** Those newly eligible, and whether they took leave for that child. */
  private cohort(): Share[] {
    const { metric, fiscalYear, asOf } = this.question;
    const took = new Map<string, boolean>();
    for (const [caseId, { staffId, parenthood, eligible }] of this.children) {
      if (eligible !== fiscalYear || (metric === 'cc.rate.wao' && parenthood === 'adopted')) continue;
      const began = [...this.periods.values()].some((one) => one.caseId === caseId && one.begun && one.from <= asOf);
      took.set(staffId, began || (took.get(staffId) ?? false));
    }
    return [...took].map(([staffId, began]) => ({ staffId, n: began ? ONE : 0n, d: ONE }));
  }

  private newly(): Share[] {
    const firsts = new Map<string, Period>();
    const inOrder = [...this.periods].toSorted(([a, x], [b, y]) =>
      x.from === y.from ? (a < b ? -1 : 1) : x.from < y.from ? -1 : 1,
    );
    for (const [, period] of inOrder) if (!firsts.has(period.caseId)) firsts.set(period.caseId, period);
    const latest = new Map<string, Period>();
    for (const period of firsts.values()) {
      const before = latest.get(period.staffId);
      if (period.begun && this.serving.has(period.from) && (!before || before.from < period.from))
        latest.set(period.staffId, period);
    }
    const named = this.question.metric === 'cc.duration_dist';
    return [...latest.values()].map(({ staffId, from, through }) => ({
      ...{ staffId, n: ONE, d: 0n },
      ...(named && { duration: lengthOf(from, through) }),
    }));
  }

  private takers(kinds: readonly string[]): Share[] {
    const takers = new Set([...this.entries.values()].map(({ staffId }) => staffId));
    return [...takers]
      .filter((staffId) => this.daysOf(staffId, kinds) > 0n)
      .map((staffId) => ({ staffId, n: ONE, d: 0n }));
  }

  private paternal(): Share[] {
    const { metric } = this.question;
    const isMan = ({ staffId }: Share) => this.people.classAt(staffId, this.days[0], 'sex') === '1';
    const kinds =
      metric === 'pat.birth_rate'
        ? KINDS.birth
        : metric === 'pat.care_rate'
          ? KINDS.care
          : [...KINDS.birth, ...KINDS.care];
    const took = this.takers(kinds).map((share) =>
      metric === 'pat.5days_rate' && this.daysOf(share.staffId, kinds) < 5n * ONE ? { ...share, n: 0n } : share,
    );
    return [...this.cohort().map((one) => ({ ...one, n: 0n })), ...took].filter(isMan);
  }

  /** A day off counts when the person was away sick on the working day before it. */
  private sick(): Share[] {
    const calendar = Policies.load('policies').inForce(this.city, 'calendar', this.question.asOf);
    const holidays = new Set(calendar.holidays.map(({ date }) => date));
    const isOff = (day: LocalDate) =>
      [0, 6].includes(dayOfWeek(day)) || holidays.has(day) || day.slice(5) >= '12-29' || day.slice(5) <= '01-03';
    const present = new Set(this.days.flatMap((day) => [...(this.serving.get(day) ?? [])]));
    const sickMinutes = new Map<string, number>();
    for (const { staffId, on, kind, minutes, dayMinutes } of this.entries.values()) {
      const id = `${staffId} ${on}`;
      if (kind === 'sick') sickMinutes.set(id, (sickMinutes.get(id) ?? 0) + minutes / dayMinutes);
    }
    return [...present].map((staffId) => {
      let [run, longest, leave] = [0, 0, false];
      for (const day of this.days) {
        const whole = (sickMinutes.get(`${staffId} ${day}`) ?? 0) >= 1;
        leave = whole || (leave && isOff(day));
        run = leave || this.awayOn(staffId, day) === 'sickness' ? run + 1 : 0;
        longest = Math.max(longest, run);
      }
      return { staffId, n: longest >= 30 ? ONE : 0n, d: ONE };
    });
  }

  /** What keeps somebody away on a day: the kind of leave of absence, or a secondment. */
  private awayOn(staffId: string, day: LocalDate): string | undefined {
    if (!this.serving.get(day)?.has(staffId)) return undefined;
    let [leave, seconded]: [string | undefined, boolean] = [undefined, false];
    for (const action of this.actionsOf(staffId)) {
      if (action.effectiveOn > day) break;
      if (action.kind === 'start-leave-of-absence') leave = action.leaveKind ?? 'other';
      if (action.kind === 'return-from-leave') leave = undefined;
      if (action.kind === 'second') seconded = true;
      if (action.kind === 'return-from-secondment') seconded = false;
      if (action.kind === 'rehire') [leave, seconded] = [undefined, false];
    }
    return leave ?? (seconded ? 'seconded' : undefined);
  }

  private routeOf(staffId: string): string | undefined {
    const last = this.lastDay(staffId);
    return this.actionsOf(staffId).findLast(({ route, effectiveOn }) => route !== undefined && effectiveOn <= last)
      ?.route;
  }

  private readonly actions = new Map<string, ReturnType<LeavePlainly['readActions']>>();

  private actionsOf(staffId: string) {
    const known = this.actions.get(staffId) ?? this.readActions(staffId);
    this.actions.set(staffId, known);
    return known;
  }

  private readActions(staffId: string) {
    const voided = new Set(
      this.placement.map((one) => (one.type === 'PersonnelActionVoided' ? one.data.actionId : '')),
    );
    return this.placement
      .flatMap((one) => (one.type === 'PersonnelActionTaken' && one.data.staffId === staffId ? [one.data.action] : []))
      .filter(({ actionId }) => !voided.has(actionId))
      .toSorted((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : a.effectiveOn > b.effectiveOn ? 1 : 0));
  }
}

const lengthOf = (from: LocalDate, through: LocalDate): string => {
  let days = 0;
  for (let day = from; day <= through; day = addDays(day, 1)) days += 1;
  if (days < 14) return days < 7 ? '<1w' : '1w-<2w';
  const within = (months: number) => {
    const same = addMonths(from, months);
    return same.slice(8) === from.slice(8) ? through < same : through <= same;
  };
  if (within(1)) return '2w-1m';
  if (!within(12)) return within(24) ? '12m-24m' : '24m+';
  return within(3) ? '1m-3m' : within(6) ? '3m-6m' : within(9) ? '6m-9m' : '9m-12m';
};
