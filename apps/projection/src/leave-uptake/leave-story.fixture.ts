import type { PersonnelAction } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import type { WellbeingEvent } from '#libs/contracts/wellbeing';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { city, type Story } from '../staff/story.fixture.js';

type Data<Type extends WellbeingEvent['type']> = Extract<WellbeingEvent, { type: Type }>['data'];
export type LeaveKind = Data<'LeaveGranted'>['kind'];
type Parenthood = Data<'BirthNotified'>['parenthood'];

/** Makes wellbeing's events as they come from its topic, a second apart. */
export class LeaveStory {
  readonly events: Delivered<WellbeingEvent>[] = [];
  private readonly versions = new Map<string, number>();
  private ids = 0;

  constructor(
    readonly municipality: string,
    private readonly begins = '2026-04-01T00:00:00Z',
  ) {}

  /** Instant of the newest event. */
  get now(): string {
    return new Date(Date.parse(this.begins) + this.events.length * 1000).toISOString().replace('Z', '000Z');
  }

  granted(staffId: string, year: number, days: number, parts: Partial<Data<'LeaveGranted'>> = {}): string {
    const lotId = `l${++this.ids}`;
    const first = `${year}-01-01`;
    const dayMinutes = parts.dayMinutes ?? 465;
    this.add(ledgerOf(staffId, first), {
      type: 'LeaveGranted',
      data: {
        ...{ staffId, lotId, kind: 'annual', leaveYear: first, grantedOn: first, usableThrough: `${year}-12-31` },
        ...{ minutes: days * dayMinutes, carriedOver: false, dayMinutes },
        ...parts,
      },
    });
    return lotId;
  }

  revoked(staffId: string, year: number, lotId: string): void {
    this.add(ledgerOf(staffId, `${year}-01-01`), { type: 'LeaveGrantRevoked', data: { staffId, lotId } });
  }

  expired(staffId: string, lotId: string, minutes: number, expiredOn: LocalDate): void {
    const data = { staffId, lotId, kind: 'annual', minutes, expiredOn } as const;
    this.add(ledgerOf(staffId, yearOf(expiredOn)), { type: 'LeaveExpired', data });
  }

  /** Entries of one year; each of a whole day where it does not say how many minutes. */
  took(staffId: string, kind: LeaveKind, days: readonly LocalDate[], minutes?: number, dayMinutes = 465): string[] {
    const entries = days.map((on) => ({
      entryId: `n${++this.ids}`,
      ...{ kind, on, minutes: minutes ?? dayMinutes, dayMinutes },
    }));
    this.add(ledgerOf(staffId, yearOf(days[0])), { type: 'LeaveTaken', data: { staffId, entries } });
    return entries.map(({ entryId }) => entryId);
  }

  cancelled(staffId: string, on: LocalDate, entryIds: readonly string[]): void {
    this.add(ledgerOf(staffId, yearOf(on)), { type: 'LeaveCancelled', data: { staffId, entryIds: [...entryIds] } });
  }

  birth(staffId: string, parenthood: Parenthood, eligibleFiscalYear: number | null, caseId = `c${++this.ids}`): string {
    const data = { caseId, staffId, parenthood, eligibleFiscalYear };
    this.add(`childcare/${staffId}`, { type: 'BirthNotified', data });
    return caseId;
  }

  childcare(staffId: string, event: WellbeingEvent): void {
    this.add(`childcare/${staffId}`, event);
  }

  /** A leave that has begun: by its own event, or from a file of former years. */
  childcareLeave(staffId: string, caseId: string, from: LocalDate, through: LocalDate, past = false): string {
    const data = { staffId, caseId, periodId: `p${++this.ids}`, from, through };
    if (past) this.childcare(staffId, { type: 'PastChildcareLeaveRecorded', data });
    else {
      this.childcare(staffId, { type: 'ChildcareLeaveApproved', data });
      this.childcare(staffId, { type: 'ChildcareLeaveStarted', data });
    }
    return data.periodId;
  }

  private add(stream: string, event: WellbeingEvent): void {
    const version = (this.versions.get(stream) ?? 0) + 1;
    this.versions.set(stream, version);
    const second = this.events.length + 1;
    this.events.push({
      ...event,
      id: `${this.municipality}-wellbeing-${second}`,
      municipality: this.municipality,
      stream: stream.replace('/', `-${this.municipality}/`),
      streamVersion: version,
      previousVersion: version - 1,
      schemaVersion: 1,
      recordedAt: new Date(Date.parse(this.begins) + second * 1000).toISOString().replace('Z', '000Z'),
      correlationId: 'story',
    });
  }
}

const yearOf = (day: LocalDate): LocalDate => `${day.slice(0, 4)}-01-01`;
const ledgerOf = (staffId: string, leaveYear: LocalDate) => `leave/${staffId}:${leaveYear}`;

/** Linear congruential generator: the same numbers in every run. */
const generator = (seed: number) => {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
};

export type LeaveCity = Readonly<{ staff: Story; leave: LeaveStory }>;

/** A city with its leave of five years, of every kind and from a fixed seed; not always what a real ledger would allow. */
export const leaveCity = (municipality: string, people: number, seed: number): LeaveCity => {
  const staff = city(municipality, people, seed);
  const leave = new LeaveStory(municipality);
  const next = generator(seed + 1);
  const whole = (below: number) => Math.floor(next() * below);
  const absentees = Array.from({ length: Math.ceil(people / 3) }, (_, i) => absentee(staff, `x${i}`, whole));
  const all = [...Array.from({ length: people }, (_, i) => `s${i}`), ...absentees];
  for (const staffId of all) {
    for (let year = 2022; year <= 2026; year++) ledgerYear(leave, staffId, year, whole);
    for (let nth = whole(5); nth > 2; nth--) child(leave, staffId, whole);
  }
  return { staff, leave };
};

type Whole = (below: number) => number;

/** Somebody away for long: sick, seconded, or here for a fiscal year at a time. */
const absentee = (staff: Story, staffId: string, whole: Whole): string => {
  const route = whole(4) === 0 ? 'fiscal-year' : 'experienced';
  const person = staff.person(staffId, whole(2) === 0 ? '1' : '2', 1965 + whole(35));
  person.hired('2019-04-01', 'ka11', { route });
  const from = addDays('2021-11-01', whole(900));
  const back = addDays(from, 5 + whole(800));
  const away = (kind: PersonnelAction['kind'], parts: Partial<PersonnelAction> = {}) => person.take(kind, from, parts);
  const which = whole(4);
  if (which === 0) away('second', { post: { unitId: 'ka11', position: 'shuji' } });
  else away('start-leave-of-absence', { leaveKind: which === 1 ? 'childcare' : 'sickness' });
  if (back < '2026-06-01') person.take(which === 0 ? 'return-from-secondment' : 'return-from-leave', back);
  if (whole(5) === 0) person.left(addDays(back, whole(200)));
  return staffId;
};

const KINDS = ['annual', 'annual', 'annual', 'sick', 'short-care', 'care', 'summer', 'other'] as const;
const MEN = ['spouse-childbirth', 'childcare-participation'] as const;

const ledgerYear = (leave: LeaveStory, staffId: string, year: number, whole: Whole): void => {
  const dayMinutes = [465, 465, 372, 279][whole(4)];
  const lots = [leave.granted(staffId, year, [20, 20, 15, 0][whole(4)], { dayMinutes })];
  if (whole(2) === 0) lots.push(leave.granted(staffId, year, whole(20), { dayMinutes, carriedOver: true }));
  if (whole(20) === 0) leave.revoked(staffId, year, lots[0]);
  if (whole(3) === 0) leave.expired(staffId, lots[0], whole(900), `${year}-12-31`);
  for (let nth = whole(10); nth > 0; nth--) {
    const kind = whole(6) === 0 ? MEN[whole(2)] : KINDS[whole(KINDS.length)];
    const start = addDays(`${year}-01-01`, whole(330));
    // Sick leave runs over working days only, sometimes for weeks.
    const days = Array.from({ length: kind === 'sick' ? 1 + whole(30) : 1 + whole(9) }, (_, i) => addDays(start, i));
    const working = days.filter((day) => ![0, 6].includes(new Date(day).getUTCDay()));
    if (working.length === 0) continue;
    const entries = leave.took(staffId, kind, working, [undefined, undefined, 60, 155][whole(4)], dayMinutes);
    if (whole(8) === 0) leave.cancelled(staffId, start, entries.slice(0, 1 + whole(entries.length)));
  }
};

const child = (leave: LeaveStory, staffId: string, whole: Whole): void => {
  const fiscalYear = 2022 + whole(4);
  const parenthood = (['gave-birth', 'partner-gave-birth', 'adopted'] as const)[whole(3)];
  const caseId = leave.birth(staffId, parenthood, whole(3) === 0 ? null : fiscalYear);
  leave.birth(staffId, parenthood, fiscalYear, caseId);
  if (whole(10) === 0) {
    leave.childcare(staffId, { type: 'BirthNoticeVoided', data: { caseId, staffId } });
    return;
  }
  for (let nth = whole(3); nth > 0; nth--) {
    const from = addDays(`${fiscalYear}-04-01`, whole(600));
    const through = addDays(from, [3, 10, 27, 60, 150, 240, 340, 600, 900][whole(9)]);
    const periodId = leave.childcareLeave(staffId, caseId, from, through, whole(3) === 0);
    if (whole(4) === 0)
      leave.childcare(staffId, {
        type: 'ChildcareLeaveExtended',
        data: { caseId, periodId, staffId, through: addDays(through, 40) },
      });
    if (whole(4) === 0)
      leave.childcare(staffId, {
        type: 'ChildcareLeaveEnded',
        data: { caseId, periodId, staffId, through: addDays(from, 5) },
      });
  }
  const planned = { caseId, periodId: `${caseId}-planned`, staffId };
  if (whole(3) > 0) return;
  const dates = { from: `${fiscalYear + 1}-05-01`, through: `${fiscalYear + 1}-08-31` };
  leave.childcare(staffId, { type: 'ChildcareLeaveApproved', data: { ...planned, ...dates } });
  if (whole(2) === 0) leave.childcare(staffId, { type: 'ChildcareLeaveCancelled', data: planned });
};
