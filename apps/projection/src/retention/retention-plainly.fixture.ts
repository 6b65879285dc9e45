import type { PersonnelAction, PlacementEvent } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import { fiscalYearOf } from '#libs/law/fiscal-year';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { retirementDate } from '#libs/law/retirement';
import { Policies } from '#libs/policy/pack';
import type { PERSON_DIMENSIONS } from '../schema/dimensions.js';

type Dimension = (typeof PERSON_DIMENSIONS)[number]['name'];

/**
 * The retention metrics once more, by plain loops over raw events: no facts, no SQL, no timeline of the product. The
 * specs hold the one against the other.
 */
export type Question = Readonly<{
  metric: string;
  fiscalYear: number;
  years?: number;
  asOf: LocalDate;
  knownAt: string;
}>;

type Service = { from: LocalDate; to: LocalDate; route: string; reason?: string };
type Staff = { sex: string; cohort: number; actions: PersonnelAction[]; services: Service[] };
type Share = Readonly<{ staff: Staff; service: Service; day: LocalDate; until: LocalDate; n: number; d: number }>;

const NEVER = '9999-12-31';
const NOT_LEAVING = 'returned-to-home-body';
const NOT_FUTSU = [
  'retirement-age',
  'early-retirement',
  'death',
  'term-expired',
  'status-dismissal',
  'disciplinary-dismissal',
];

export class Plainly {
  private readonly staff = new Map<string, Staff>();
  private readonly units: { on: LocalDate; id: string; level: string; parent: string | null }[] = [];

  constructor(
    events: readonly Delivered<PlacementEvent>[],
    private readonly city: string,
    private readonly question: Question,
  ) {
    for (const event of events) {
      if (event.municipality === city && event.recordedAt <= question.knownAt) this.take(event);
    }
    for (const staff of this.staff.values()) staff.services = servicesOf(staff.actions);
  }

  /** Numerator and denominator per class of the breakdown; the whole under `null`. */
  by(dimension: Dimension): Map<string | null, { numerator: number; denominator: number }> {
    const sums = new Map<string | null, { numerator: number; denominator: number }>([
      [null, { numerator: 0, denominator: 0 }],
    ]);
    for (const share of this.shares()) {
      for (const key of [null, this.classOf(share, dimension)]) {
        const { numerator, denominator } = sums.get(key) ?? { numerator: 0, denominator: 0 };
        sums.set(key, { numerator: numerator + share.n, denominator: denominator + share.d });
      }
    }
    return sums;
  }

  /** Who is in service on the day. */
  serving(day: LocalDate): string[] {
    return [...this.staff].flatMap(([id, { services }]) => (serviceOn(services, day) ? [id] : []));
  }

  /** Class of a person on a day, of their service until another; also of one who is not in service then, or not known. */
  classAt(staffId: string, day: LocalDate, dimension: Dimension, until = day): string {
    const staff = this.staff.get(staffId);
    if (!staff) return 'unknown';
    const service = serviceOn(staff.services, day);
    const begun = staff.services.find(({ from }) => from <= this.question.asOf);
    const meant = { sex: true, age_band: true, department_now: begun }[dimension as string] ?? service;
    if (!meant) return 'unknown';
    return this.classOf({ staff, service: service as Service, day, until, n: 0, d: 0 }, dimension);
  }

  private take(event: PlacementEvent): void {
    if (event.type === 'UnitChanged') {
      const { unitId, level, parentId } = event.data.unit;
      this.units.push({ on: event.data.effectiveOn, id: unitId, level, parent: parentId });
    } else if (event.type === 'StaffRegistered') {
      this.staff.set(event.data.staffId, {
        sex: event.data.sex,
        cohort: event.data.birthCohort,
        actions: [],
        services: [],
      });
    } else if (event.type === 'PersonnelActionTaken') {
      this.staff.get(event.data.staffId)?.actions.push(event.data.action);
    } else if (event.type === 'PersonnelActionVoided') {
      const { staffId, actionId } = event.data;
      const staff = this.staff.get(staffId);
      if (staff) staff.actions = staff.actions.filter((action) => action.actionId !== actionId);
    }
  }

  private shares(): Share[] {
    const { fiscalYear, asOf } = this.question;
    const first = `${fiscalYear}-04-01`;
    const lastDay = asOf < `${fiscalYear + 1}-03-31` ? asOf : `${fiscalYear + 1}-03-31`;
    return [...this.staff.values()].flatMap((staff) => {
      const shares = staff.services
        .filter(({ from }) => from <= asOf)
        .flatMap((service) => this.sharesOf(staff, service, first, lastDay));
      return this.question.metric === 'sep.wao' ? onePerPerson(shares) : shares;
    });
  }

  private sharesOf(staff: Staff, service: Service, first: LocalDate, lastDay: LocalDate): Share[] {
    const { metric, asOf, fiscalYear } = this.question;
    const share = (day: LocalDate, until: LocalDate, n: number, d: number): Share => ({
      staff,
      service,
      day,
      until,
      n,
      d,
    });
    const out: Share[] = [];
    const last = service.to === NEVER ? NEVER : addDays(service.to, -1);
    const onFirst = service.from <= first && last >= first && first <= asOf;
    const leaves = last >= first && last <= lastDay && service.reason !== NOT_LEAVING;
    if (metric === 'headcount' && onFirst) out.push(share(first, first, 1, 0));
    if (['sep.rate', 'sep.opening', 'sep.futsu'].includes(metric) && onFirst) out.push(share(first, first, 0, 1));
    if (metric === 'sep.average' && onFirst) out.push(share(first, first, 0, 0.5));
    if (metric === 'sep.average' && service.from <= lastDay && last > lastDay && first <= asOf) {
      out.push(share(lastDay, addDays(lastDay, 1), 0, 0.5));
    }
    if (metric === 'sep.wao' && service.from <= lastDay && last >= first) {
      const there = last < lastDay ? last : lastDay;
      out.push(share(there, addDays(there, 1), 0, 1));
    }
    const own = service.reason === 'resignation';
    const counted =
      ((metric === 'sep.rate' || metric === 'sep.wao') && own) ||
      (metric === 'sep.futsu' && !NOT_FUTSU.includes(service.reason ?? '')) ||
      ['sep.opening', 'sep.average', 'tenure.leavers'].includes(metric);
    if (leaves && counted) {
      const tenure = metric === 'tenure.leavers';
      out.push(share(last, service.to, tenure ? months(service.from, service.to) : 1, tenure ? 1 : 0));
    }
    if (metric.startsWith('retention.') && service.from >= first && service.from <= `${fiscalYear + 1}-03-31`) {
      const test = this.testDay(service.from);
      const returned = last < test && service.reason === NOT_LEAVING;
      if (addDays(test, -1) <= asOf && !returned) out.push(share(service.from, service.from, last >= test ? 1 : 0, 1));
    }
    if (metric === 'retirement.due' && service.from <= asOf && last >= asOf && routeOn(staff, asOf) !== 'fixed-term') {
      const params = packs.inForce(this.city, 'retirement', asOf);
      if (fiscalYearOf(retirementDate(`${staff.cohort}-08-15`, params)) === fiscalYear)
        out.push(share(asOf, asOf, 1, 0));
    }
    return out;
  }

  private testDay(from: LocalDate): LocalDate {
    const { metric, fiscalYear, years = 0 } = this.question;
    if (metric === 'retention.1y') return `${fiscalYear + 1}-04-01`;
    if (metric === 'retention.3y') return `${fiscalYear + 3}-04-01`;
    return `${Number(from.slice(0, 4)) + years}${from.slice(4)}`;
  }

  private classOf({ staff, service, day, until }: Share, dimension: Dimension): string {
    const at = attributes(staff, day);
    switch (dimension) {
      case 'cohort':
        return String(fiscalYearOf(service.from));
      case 'route':
        return service.route;
      case 'department_then':
        return this.department(at.unit, day);
      case 'department_now': {
        const { asOf } = this.question;
        const latest = staff.services.filter(({ from }) => from <= asOf).at(-1) as Service;
        return this.department(attributes(staff, latest.to <= asOf ? addDays(latest.to, -1) : asOf).unit, asOf);
      }
      case 'job_category':
        return at.jobCategory;
      case 'grade':
        return at.grade;
      case 'sex':
        return staff.sex;
      case 'age_band': {
        const age = fiscalYearOf(day) - staff.cohort - 1;
        if (age < 30) return '<=29';
        return age >= 60 ? '60+' : `${Math.floor(age / 10)}0-${Math.floor(age / 10)}9`;
      }
      case 'tenure_band': {
        const years = months(service.from, until) / 12;
        const [band] = [
          [1, '<1'],
          [3, '1-3'],
          [5, '3-5'],
          [10, '5-10'],
          [20, '10-20'],
        ].filter(([most]) => years < Number(most));
        return String(band?.[1] ?? '20+');
      }
    }
  }

  private department(unit: string, day: LocalDate): string {
    const stateOf = (id: string | null) =>
      this.units
        .filter((change) => change.id === id && change.on <= day)
        .toSorted((a, b) => (a.on < b.on ? -1 : 1))
        .at(-1);
    const own = stateOf(unit);
    const parent = stateOf(own?.parent ?? null);
    return parent?.level === 'department' ? parent.id : unit;
  }
}

const packs = Policies.load('policies');

/** Employments in order of time; one that begins the day after another ended continues it. */
const servicesOf = (actions: readonly PersonnelAction[]): Service[] => {
  const services: Service[] = [];
  const begun = actions.filter(({ kind }) => kind === 'appoint-on-probation' || kind === 'rehire');
  for (const { employmentId, effectiveOn, route = 'other' } of begun.toSorted((a, b) =>
    a.effectiveOn < b.effectiveOn ? -1 : 1,
  )) {
    const end = actions.find((action) => action.kind === 'separate' && action.employmentId === employmentId);
    const to = end ? addDays(end.effectiveOn, 1) : NEVER;
    const before = services.at(-1);
    if (before?.to === effectiveOn) Object.assign(before, { to, reason: end?.reason });
    else services.push({ from: effectiveOn, to, route, reason: end?.reason });
  }
  return services;
};

const serviceOn = (services: readonly Service[], day: LocalDate): Service | undefined =>
  services.find(({ from, to }) => from <= day && day < to);

/** The last stay in service within the year, and the last leaving. */
const onePerPerson = (shares: readonly Share[]): Share[] =>
  [shares.findLast(({ d }) => d > 0), shares.findLast(({ n }) => n > 0)].filter((share) => share !== undefined);

const routeOn = ({ actions }: Staff, day: LocalDate): string | undefined =>
  actions
    .filter(({ kind, effectiveOn }) => (kind === 'appoint-on-probation' || kind === 'rehire') && effectiveOn <= day)
    .toSorted((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1))
    .at(-1)?.route;

const attributes = ({ actions }: Staff, day: LocalDate): { unit: string; grade: string; jobCategory: string } => {
  const sofar = actions
    .filter(({ effectiveOn, kind }) => effectiveOn <= day && kind !== 'separate')
    .toSorted((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1));
  const latest = <T>(of: (action: PersonnelAction) => T | undefined) =>
    sofar.map(of).findLast((value) => value !== undefined);
  return {
    unit: latest(({ post }) => post?.unitId) ?? 'unknown',
    grade: latest(({ grade }) => grade) ?? 'unknown',
    jobCategory: latest(({ jobCategory }) => jobCategory) ?? 'unknown',
  };
};

const months = (from: LocalDate, until: LocalDate): number => {
  const [y1, m1, d1] = from.split('-').map(Number);
  const [y2, m2, d2] = until.split('-').map(Number);
  return (y2 - y1) * 12 + m2 - m1 - (d2 < d1 ? 1 : 0);
};
