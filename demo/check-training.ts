import { day, Exact, fiscalYearOf, percent, quotient, read, type Expected } from './check-files.js';
import type { Joined, PlainStaff } from './check-service.js';

type Asked = { number: string; course: string; assignedOn: string; dueOn: string; completedOn?: string };
type Done = Readonly<{ asked: boolean; completedOn: string; minutes: number }>;

/** Training, counted again from the files. */
export class PlainTraining {
  private readonly asked: readonly Asked[];
  private readonly done: readonly Done[];
  private readonly attendance: readonly Readonly<{ heldOn: string; came: boolean }>[];

  constructor(
    private readonly staff: PlainStaff,
    files: Readonly<{ sessions: string; records: string }>,
    joined: Joined,
  ) {
    const held = new Map(read(files.sessions).map((row) => [row['回コード'], day(row['実施日'])]));
    const asked = new Map<string, Asked>();
    const done: Done[] = [];
    const attendance: { heldOn: string; came: boolean }[] = [];
    for (const row of read(files.records)) {
      const [number, course, completedOn] = [row['職員番号'], row['研修コード'], day(row['修了日'])];
      const assignedOn = day(row['割当日']);
      if (assignedOn) {
        const key = `${number} ${course} ${assignedOn}`;
        const one = asked.get(key) ?? { number, course, assignedOn, dueOn: day(row['期限']) };
        asked.set(key, completedOn ? { ...one, completedOn } : one);
      }
      if (completedOn) done.push({ asked: assignedOn !== '', completedOn, minutes: Number(row['受講分']) });
      if (row['回コード']) attendance.push({ heldOn: held.get(row['回コード']) ?? '', came: row['出欠'] === '出席' });
    }
    this.asked = [...asked.values(), ...ofCohort(joined)];
    this.done = done;
    this.attendance = attendance;
  }

  /** What a figure should say; undefined when this count knows no such metric. */
  expected(metric: string, fiscalYear: number, asOf: string, course?: string | null): Expected | undefined {
    const last = `${fiscalYear + 1}-03-31`;
    const until = asOf < last ? asOf : last;
    const inYear = (date: string) => fiscalYearOf(date) === fiscalYear && date <= until;
    switch (metric) {
      case 'train.rate':
        return this.rate(fiscalYear, until, course);
      case 'train.hours': {
        const minutes = this.done.reduce((sum, one) => sum + (inYear(one.completedOn) ? one.minutes : 0), 0);
        const people = this.staff.present(until).length;
        return quotient(new Exact().plus(minutes), new Exact().plus(people), 2, 1, 60);
      }
      case 'train.attendance': {
        const invited = this.attendance.filter(({ heldOn }) => inYear(heldOn));
        return percent(invited.filter(({ came }) => came).length, invited.length);
      }
      case 'train.unassigned': {
        const completed = this.done.filter(({ completedOn }) => inYear(completedOn));
        return percent(completed.filter(({ asked }) => !asked).length, completed.length);
      }
      default:
        return undefined;
    }
  }

  /** People by course: whoever is in service when it is due, and has completed all that was due. */
  private rate(fiscalYear: number, until: string, course?: string | null): Expected {
    const targets = new Map<string, boolean>();
    for (const one of this.asked) {
      const due = one.dueOn < until ? one.dueOn : until;
      if (course && one.course !== course) continue;
      if (fiscalYearOf(one.dueOn) !== fiscalYear || one.assignedOn > until) continue;
      if (!this.staff.isInService(one.number, due)) continue;
      const key = `${one.number} ${one.course}`;
      const completed = one.completedOn !== undefined && one.completedOn <= until;
      targets.set(key, completed && (targets.get(key) ?? true));
    }
    return percent([...targets.values()].filter(Boolean).length, targets.size);
  }
}

/** The course for new staff and its months, on 1 April and on other days. */
export const newHireCourse = (joinsOn: string): Readonly<{ course: string; months: number }> =>
  joinsOn.endsWith('-04-01') ? { course: 'new-hire', months: 3 } : { course: 'new-hire-mid-year', months: 2 };

const ofCohort = ({ on, people }: Joined): Asked[] => {
  const { course, months } = newHireCourse(on);
  const dueOn = lastDayIn(on, months);
  return people.map(({ completed }, index) => ({
    ...{ number: `live-${index}`, course, assignedOn: on, dueOn },
    ...(completed && { completedOn: on }),
  }));
};

/** The day before the same day of a later month, or the last of the month where it has no such day. */
const lastDayIn = (from: string, months: number): string => {
  const [year, month, date] = from.split('-').map(Number);
  const same = new Date(Date.UTC(year, month - 1 + months, date));
  const exists = same.getUTCDate() === date;
  const last = exists ? new Date(same.getTime() - 86_400_000) : new Date(Date.UTC(year, month + months, 0));
  return last.toISOString().slice(0, 10);
};
