import { COURSE_KINDS, DIGITAL_CLASSES, type TrainingEvent } from '#libs/contracts/training';
import type { Delivered } from '#libs/contracts/public-event';
import { addDays, addMonths, lastDayOfPeriod, type LocalDate } from '#libs/law/local-date';

type Data<Type extends TrainingEvent['type']> = Extract<TrainingEvent, { type: Type }>['data'];

/** Makes training's events as they come from its topic, a second apart. */
export class TrainingStory {
  readonly events: Delivered<TrainingEvent>[] = [];
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

  add(stream: string, event: TrainingEvent): void {
    const version = (this.versions.get(stream) ?? 0) + 1;
    this.versions.set(stream, version);
    const id = `${this.municipality}-training-${this.events.length + 1}`;
    this.events.push({
      ...event,
      id,
      municipality: this.municipality,
      stream: `${stream}-${this.municipality}`,
      streamVersion: version,
      previousVersion: version - 1,
      schemaVersion: 1,
      recordedAt: '',
      correlationId: 'story',
    });
    const last = this.events.length - 1;
    this.events[last] = { ...this.events[last], recordedAt: this.now };
  }

  course(course: string, parts: Partial<Data<'CourseDefined'>> = {}): void {
    const data = { course, title: course, kind: 'other', minutes: 120, ...parts } as const;
    this.add(`course/${course}`, { type: 'CourseDefined', data });
  }

  assigned(staffId: string, course: string, assignedOn: LocalDate, dueOn: LocalDate): Asked {
    const assignmentId = `a${++this.ids}`;
    const data = { assignmentId, staffId, course, kind: 'other', because: 'ordered', assignedOn, dueOn } as const;
    this.add(recordOf(staffId), { type: 'AssignmentMade', data });
    return new Asked(this, data);
  }

  completed(
    staffId: string,
    course: string,
    completedOn: LocalDate,
    rest: Partial<Data<'CourseCompleted'>> = {},
  ): string {
    const completionId = `c${++this.ids}`;
    const data = { completionId, staffId, course, completedOn, minutes: 120, ...rest };
    this.add(recordOf(staffId), { type: 'CourseCompleted', data });
    return completionId;
  }

  session(course: string, heldOn: LocalDate): string {
    const sessionId = `h${++this.ids}`;
    this.add(`session/${sessionId}`, { type: 'SessionPlanned', data: { sessionId, course, heldOn, capacity: 40 } });
    return sessionId;
  }

  attended(sessionId: string, staffId: string, attended: boolean): void {
    const planned = this.events.find(({ type, data }) => type === 'SessionPlanned' && data.sessionId === sessionId);
    const { course, heldOn } = (planned as { data: Data<'SessionPlanned'> }).data;
    const data = { sessionId, course, staffId, heldOn, attended, minutes: attended ? 90 : 0 };
    this.add(`session/${sessionId}`, { type: 'AttendanceRecorded', data });
  }
}

const recordOf = (staffId: string) => `training-record/${staffId}`;

/** One assignment, and what becomes of it. */
export class Asked {
  constructor(
    private readonly story: TrainingStory,
    readonly made: Data<'AssignmentMade'>,
  ) {}

  excused(because: Data<'AssignmentExcused'>['because'], from: LocalDate): this {
    const { assignmentId, staffId } = this.made;
    this.story.add(recordOf(staffId), {
      type: 'AssignmentExcused',
      data: { assignmentId, staffId, because, from },
    });
    return this;
  }

  reopened(from: LocalDate, dueOn: LocalDate): this {
    const { assignmentId, staffId } = this.made;
    this.story.add(recordOf(staffId), { type: 'AssignmentReopened', data: { assignmentId, staffId, from, dueOn } });
    return this;
  }

  completed(on: LocalDate, rest: Partial<Data<'CourseCompleted'>> = {}): string {
    const { assignmentId, staffId, course } = this.made;
    return this.story.completed(staffId, course, on, { assignmentId, ...rest });
  }

  voided(completionId: string): this {
    const { assignmentId, staffId } = this.made;
    this.story.add(recordOf(staffId), { type: 'CompletionVoided', data: { completionId, assignmentId, staffId } });
    return this;
  }
}

/** Linear congruential generator: the same numbers in every run. */
const generator = (seed: number) => {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
};

const COURSES = COURSE_KINDS.map((kind) => `course-${kind}`);
const VALID_MONTHS: Readonly<Record<string, number>> = { 'course-recurring': 12, 'course-digital': 24 };
const LAST = '2026-06-30';

/**
 * Some years of training of these people, of every kind: late and early completions, leave and return and their undoing,
 * separations, voided actions, renewals, completions nobody asked for, voids, sessions that were corrected or cancelled,
 * and corrections of long ago recorded at the end.
 */
export const trainings = (municipality: string, people: readonly string[], seed: number): TrainingStory => {
  const story = new TrainingStory(municipality);
  const next = generator(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)];
  const within = (days: number) => Math.floor(next() * days);
  COURSES.forEach((course, i) =>
    story.course(course, { kind: COURSE_KINDS[i], ...(i > 2 && { digitalClass: DIGITAL_CLASSES[i - 3] }) }),
  );
  const late: (() => void)[] = [];
  const validity = (course: string, on: LocalDate) => {
    const months = VALID_MONTHS[course];
    return months ? { validThrough: lastDayOfPeriod(on, months) } : {};
  };
  const complete = (asked: Asked, on: LocalDate): void => {
    if (on > LAST) return;
    const { course, staffId } = asked.made;
    const id = asked.completed(on, { minutes: 30 + within(10) * 15, ...validity(course, on) });
    const chance = next();
    if (chance < 0.08) asked.voided(id);
    else if (chance < 0.14) late.push(() => asked.voided(id));
    else if (chance < 0.3 && VALID_MONTHS[course]) {
      const until = lastDayOfPeriod(on, VALID_MONTHS[course]);
      if (until < LAST) live(story.assigned(staffId, course, addDays(until, -30), until));
    }
  };
  const live = (asked: Asked): void => {
    const { assignedOn, dueOn } = asked.made;
    const chance = next();
    const away = addDays(assignedOn, within(60));
    if (chance < 0.5) complete(asked, addDays(assignedOn, within(200)));
    else if (chance < 0.55) complete(asked, addDays(assignedOn, -1 - within(20)));
    else if (chance < 0.7) {
      asked.excused('on-leave', away);
      const back = addDays(away, 30 + within(400));
      if (next() < 0.2) complete(asked, addDays(away, 5));
      if (next() < 0.7) asked.reopened(back, addMonths(back, 3));
      if (next() < 0.2) asked.excused('on-leave', away);
      else if (next() < 0.5) complete(asked, addDays(back, within(150)));
    } else if (chance < 0.78) {
      asked.excused('separated', addDays(assignedOn, within(900)));
      if (next() < 0.4) late.push(() => asked.reopened(asked.made.assignedOn, dueOn));
    } else if (chance < 0.83) late.push(() => asked.excused('action-voided', assignedOn));
    else if (chance < 0.9) {
      asked.excused('by-hand', addDays(dueOn, within(120) - 60));
      if (next() < 0.5) asked.reopened(addDays(dueOn, 90), addDays(dueOn, 150));
    }
  };
  for (const staffId of people) {
    for (let nth = within(7); nth > 0; nth--) {
      const assignedOn = addDays('2021-01-01', within(2000));
      live(story.assigned(staffId, pick(COURSES), assignedOn, addDays(assignedOn, 20 + within(250))));
    }
    if (next() < 0.5) {
      const [course, on] = [pick(COURSES), addDays('2022-04-01', within(1500))];
      const id = story.completed(staffId, course, on, { minutes: 45, ...validity(course, on) });
      const data = { completionId: id, staffId };
      if (next() < 0.2) late.push(() => story.add(recordOf(staffId), { type: 'CompletionVoided', data }));
    }
  }
  // From here on the course counts as another kind.
  story.course('course-other', { kind: 'management', digitalClass: 'expert' });
  for (let nth = 0; nth < 60; nth++) {
    const id = story.session(pick(COURSES), addDays('2022-04-01', within(1550)));
    for (let seat = within(25); seat > 0; seat--) story.attended(id, pick(people), next() < 0.8);
    const cancel = () => story.add(`session/${id}`, { type: 'SessionCancelled', data: { sessionId: id } });
    const chance = next();
    if (chance < 0.1) cancel();
    else if (chance < 0.2) late.push(cancel);
  }
  for (const correct of late) correct();
  return story;
};
