import { endOf, fiscalYearOf, startOf } from '#libs/law/fiscal-year';
import { addDays, daysBetween, type LocalDate } from '#libs/law/local-date';
import { OPENING } from './before.js';
import type { City } from './city.js';
import type { Member } from './families.js';
import { CLOSING } from './fiscal-years.js';
import type { Random } from './random.js';
import type { Course, Demand, Session, TrainingRecord } from './training.js';
import { WorkingDays } from './working-days.js';

/** Share of those asked who complete; of courses without sessions in the first year. */
const COMPLETING: Readonly<Record<Course['kind'], number>> = {
  'new-hire': 0.99,
  grade: 0.95,
  management: 0.93,
  recurring: 0.87,
  digital: 0.84,
  other: 0.93,
};
const BETTER_EACH_YEAR = 0.025;

/** Days after the assignment on which a session is held, and once more for those who could not come. */
const HELD_AFTER = [14, 45] as const;
const SEATS = 60;

/** Sessions and records as the years go by. */
export class TrainingYears {
  readonly sessions: Session[] = [];
  readonly records: TrainingRecord[] = [];
  private readonly working: WorkingDays;

  constructor(
    city: City,
    private readonly random: Random,
  ) {
    this.working = new WorkingDays(city, OPENING, CLOSING);
  }

  /** Those asked for one course on one day go through it. */
  ask(group: readonly Demand[]): void {
    const { kind } = group[0].course;
    if (kind === 'recurring' || kind === 'digital') for (const demand of group) this.online(demand);
    else this.inSessions(group);
  }

  /** A course without sessions that some people take though nobody asked them to. */
  offerOnline(course: Course, year: number, members: readonly Member[], share: number): void {
    for (const { career, days } of members) {
      if (!this.random.chance(share)) continue;
      const completedOn = this.dayBetween(startOf(year), endOf(year));
      if (completedOn === undefined || !days.isHere(completedOn)) continue;
      this.records.push({ number: career.number, course: course.code, completedOn, minutes: course.minutes });
    }
  }

  /** The same with a session on the first working day from `from` on. */
  offerSessions(course: Course, from: LocalDate, members: readonly Member[], share: number): void {
    this.hold(
      course,
      from,
      members.filter(() => this.random.chance(share)),
      () => ({}),
    );
  }

  /** Some day until it is due, or a little later. */
  private online({ member, course, assignedOn, dueOn }: Demand): void {
    const { random } = this;
    const share = COMPLETING[course.kind] + BETTER_EACH_YEAR * (fiscalYearOf(assignedOn) - fiscalYearOf(OPENING));
    const completedOn = this.dayBetween(assignedOn, random.chance(0.04) ? addDays(dueOn, 40) : dueOn);
    const done = completedOn !== undefined && random.chance(share) && member.days.isHere(completedOn);
    this.records.push({
      ...{ number: member.career.number, course: course.code, assignedOn, dueOn },
      ...(done && { completedOn, minutes: course.minutes }),
    });
  }

  /** A working day from one day through another; undefined when it would come after the closing day. */
  private dayBetween(from: LocalDate, through: LocalDate): LocalDate | undefined {
    const day = addDays(from, this.random.between(0, daysBetween(from, through)));
    return this.working.from(day, 1)[0];
  }

  private inSessions(group: readonly Demand[]): void {
    const [{ course, assignedOn }] = group;
    const demands = new Map(group.map((demand) => [demand.member, demand]));
    const asked = (member: Member) => {
      const { dueOn = assignedOn } = demands.get(member) ?? {};
      return { assignedOn, dueOn };
    };
    const invited = new Set<Member>();
    let open = [...demands.keys()];
    for (const after of HELD_AFTER) {
      const held = this.hold(course, addDays(assignedOn, after), open, asked);
      for (const member of held.invited) invited.add(member);
      open = open.filter((member) => !held.attended.has(member));
    }
    for (const member of open.filter((one) => !invited.has(one)))
      this.records.push({ number: member.career.number, course: course.code, ...asked(member) });
  }

  /** Sessions on as many working days as it takes for everybody who is there. */
  private hold(
    course: Course,
    from: LocalDate,
    members: readonly Member[],
    asked: (member: Member) => Pick<TrainingRecord, 'assignedOn' | 'dueOn'>,
  ): Readonly<{ invited: readonly Member[]; attended: ReadonlySet<Member> }> {
    const days = this.working.from(from, Math.ceil(members.length / SEATS));
    const attended = new Set<Member>();
    const invited = days.flatMap((heldOn, index) => {
      const session = `${course.code}-${heldOn.replaceAll('-', '')}`;
      const there = members
        .slice(index * SEATS, (index + 1) * SEATS)
        .filter(({ days: service }) => service.isHere(heldOn));
      if (there.length === 0) return [];
      this.sessions.push({ code: session, course: course.code, heldOn, capacity: Math.max(20, there.length) });
      for (const member of there) {
        const came = this.random.chance(COMPLETING[course.kind]);
        if (came) attended.add(member);
        this.records.push({
          ...{ number: member.career.number, course: course.code, ...asked(member), session, attended: came },
          ...(came && { completedOn: heldOn, minutes: course.minutes }),
        });
      }
      return there;
    });
    return { invited, attended };
  }
}
