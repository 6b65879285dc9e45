import type { PlacementEvent } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import type { TrainingEvent } from '#libs/contracts/training';
import { addDays, addMonths, type LocalDate } from '#libs/law/local-date';
import { Plainly, type Question } from '../retention/retention-plainly.fixture.js';

type Data<Type extends TrainingEvent['type']> = Extract<TrainingEvent, { type: Type }>['data'];
type PersonDimension = Parameters<Plainly['classAt']>[2];
type Share = Readonly<{ staffId: string; day: LocalDate; course?: string; n: number; d: number }>;
type Sums = Map<string | null, { numerator: number; denominator: number }>;

/**
 * The training metrics once more, by plain loops over raw events: no facts, no SQL, no fold of the product. The specs
 * hold the one against the other.
 */
export class TrainingPlainly {
  private readonly events: readonly TrainingEvent[];
  private readonly staff: Plainly;
  private readonly first: LocalDate;
  private readonly end: LocalDate;
  /** Last day that counts. */
  private readonly day: LocalDate;
  private counted?: Share[];
  private readonly onDuty = new Map<LocalDate, Set<string>>();

  constructor(
    placement: readonly Delivered<PlacementEvent>[],
    training: readonly Delivered<TrainingEvent>[],
    city: string,
    private readonly question: Question,
  ) {
    this.events = training.filter(
      ({ municipality, recordedAt }) => municipality === city && recordedAt <= question.knownAt,
    );
    this.staff = new Plainly(placement, city, question);
    this.first = `${question.fiscalYear}-04-01`;
    this.end = `${question.fiscalYear + 1}-03-31`;
    this.day = question.asOf < this.end ? question.asOf : this.end;
  }

  /** Numerator and denominator per class of the breakdown; the whole under `null`. */
  by(dimension: string): Sums {
    const sums: Sums = new Map([[null, { numerator: 0, denominator: 0 }]]);
    this.counted ??= this.shares();
    for (const share of this.counted) {
      for (const key of [null, this.classOf(share, dimension)]) {
        const { numerator, denominator } = sums.get(key) ?? { numerator: 0, denominator: 0 };
        sums.set(key, { numerator: numerator + share.n, denominator: denominator + share.d });
      }
    }
    return sums;
  }

  private classOf({ staffId, day, course }: Share, dimension: string): string {
    if (!['course', 'course_kind', 'digital_class'].includes(dimension)) {
      return this.staff.classAt(staffId, day, dimension as PersonDimension);
    }
    if (course === undefined || dimension === 'course') return course ?? 'unknown';
    const definition = this.of('CourseDefined').findLast((one) => one.course === course);
    if (!definition) return 'unknown';
    return dimension === 'course_kind' ? definition.kind : (definition.digitalClass ?? 'none');
  }

  private of<Type extends TrainingEvent['type']>(type: Type): Data<Type>[] {
    return this.events.flatMap((event) => (event.type === type ? [event.data as Data<Type>] : []));
  }

  private shares(): Share[] {
    const { metric, asOf } = this.question;
    if (this.first > asOf) return [];
    if (metric === 'train.rate') return this.rate();
    if (metric === 'train.person_compliance') return this.compliance();
    if (metric === 'train.attendance') return this.attendance();
    if (metric === 'train.expired' || metric === 'train.expiring') return this.expiry();
    if (['train.overdue', 'train.due_soon', 'train.on_track'].includes(metric)) return this.open();
    return this.ofCompletions();
  }

  private completions(): Data<'CourseCompleted'>[] {
    const voided = new Set(this.of('CompletionVoided').map(({ completionId }) => completionId));
    return this.of('CourseCompleted').filter(({ completionId }) => !voided.has(completionId));
  }

  /** Assignments made by the last day, with how each stands on a day: the newest word that speaks of the day. */
  private assignments() {
    const asked = new Map(
      this.of('AssignmentMade').map((made) => [
        made.assignmentId,
        { made, said: [{ from: made.assignedOn, due: made.dueOn, excused: false }], done: [] as LocalDate[] },
      ]),
    );
    for (const { type, data } of this.events) {
      if (type !== 'AssignmentReopened' && type !== 'AssignmentExcused') continue;
      const { made, said = [] } = asked.get(data.assignmentId) ?? {};
      const from = made && data.from < made.assignedOn ? made.assignedOn : data.from;
      const due = type === 'AssignmentReopened' ? data.dueOn : (said.at(-1)?.due ?? '');
      said.push({ from, due, excused: type === 'AssignmentExcused' });
    }
    for (const { assignmentId = '', completedOn } of this.completions())
      asked.get(assignmentId)?.done.push(completedOn);
    return [...asked.values()]
      .filter(({ made, done }) => made.assignedOn <= this.day && done.every((day) => day >= made.assignedOn))
      .map(({ made, said, done }) => {
        const on = (day: LocalDate) => said.findLast(({ from }) => from <= day) ?? said[0];
        return { ...made, on, complete: done.some((day) => day <= this.day) };
      });
  }

  private inService(staffId: string, day: LocalDate): boolean {
    const there = this.onDuty.get(day) ?? new Set(this.staff.serving(day));
    this.onDuty.set(day, there);
    return there.has(staffId);
  }

  private rate(): Share[] {
    const targets = this.assignments().flatMap(({ staffId, course, complete, on }) => {
      const { due } = on(this.day);
      const test = due < this.day ? due : this.day;
      const asked = due >= this.first && due <= this.end && !on(test).excused && this.inService(staffId, test);
      return asked ? [{ staffId, course, complete, test }] : [];
    });
    return byPersonAndCourse(targets).map((own) => ({
      staffId: own[0].staffId,
      course: own[0].course,
      day:
        own
          .map(({ test }) => test)
          .toSorted()
          .at(-1) ?? '',
      n: own.every(({ complete }) => complete) ? 1 : 0,
      d: 1,
    }));
  }

  private compliance(): Share[] {
    const asked = this.assignments().filter(({ on }) => !on(this.day).excused);
    return this.staff.serving(this.day).flatMap((staffId): Share[] => {
      const own = asked.filter((one) => one.staffId === staffId);
      const n = own.every(({ complete }) => complete) ? 1 : 0;
      return own.length === 0 ? [] : [{ staffId, day: this.day, n, d: 1 }];
    });
  }

  private open(): Share[] {
    const { metric } = this.question;
    return this.assignments()
      .filter(({ staffId, complete, on }) => !complete && !on(this.day).excused && this.inService(staffId, this.day))
      .map(({ staffId, course, on }) => {
        const { due } = on(this.day);
        const late = due < this.day;
        const soon = !late && due <= addMonths(this.day, 1);
        const state = late ? 'train.overdue' : soon ? 'train.due_soon' : 'train.on_track';
        return { staffId, course, day: this.day, n: metric === state ? 1 : 0, d: 1 };
      });
  }

  private expiry(): Share[] {
    const done = this.completions().filter(
      ({ completedOn, staffId }) => completedOn <= this.day && this.inService(staffId, this.day),
    );
    return byPersonAndCourse(done).flatMap((own): Share[] => {
      if (own.some(({ validThrough }) => validThrough === undefined)) return [];
      const last =
        own
          .map(({ validThrough }) => validThrough ?? '')
          .toSorted()
          .at(-1) ?? '';
      const expired = last < this.day;
      const counts = this.question.metric === 'train.expired' ? expired : !expired && last <= addDays(this.day, 90);
      return [{ staffId: own[0].staffId, course: own[0].course, day: this.day, n: counts ? 1 : 0, d: 1 }];
    });
  }

  private ofCompletions(): Share[] {
    const { metric } = this.question;
    const done = this.completions().filter(({ completedOn }) => completedOn >= this.first && completedOn <= this.day);
    const made = new Map(this.of('AssignmentMade').map((one) => [one.assignmentId, one.assignedOn]));
    const shares = done.map(({ staffId, course, completedOn, minutes, assignmentId }): Share => {
      const asked = (made.get(assignmentId ?? '') ?? '9999') <= completedOn;
      const n = metric === 'train.unassigned' ? (asked ? 0 : 1) : minutes;
      return { staffId, course, day: completedOn, n, d: metric === 'train.hours' ? 0 : 1 };
    });
    if (metric !== 'train.hours') return shares;
    return [...shares, ...this.staff.serving(this.day).map((staffId) => ({ staffId, day: this.day, n: 0, d: 1 }))];
  }

  private attendance(): Share[] {
    const cancelled = new Set(this.of('SessionCancelled').map(({ sessionId }) => sessionId));
    const newest = new Map(this.of('AttendanceRecorded').map((one) => [`${one.sessionId} ${one.staffId}`, one]));
    return [...newest.values()]
      .filter(({ sessionId, heldOn }) => !cancelled.has(sessionId) && heldOn >= this.first && heldOn <= this.day)
      .map(({ staffId, course, heldOn, attended }) => ({ staffId, course, day: heldOn, n: attended ? 1 : 0, d: 1 }));
  }
}

const byPersonAndCourse = <One extends Readonly<{ staffId: string; course: string }>>(all: readonly One[]): One[][] => {
  const groups = new Map<string, One[]>();
  for (const one of all) {
    const key = `${one.staffId} ${one.course}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
};
