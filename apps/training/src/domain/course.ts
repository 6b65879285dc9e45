import type { TrainingEvent } from '#libs/contracts/training';
import { Rejected, type Aggregate } from '#libs/event-store/decider';

/** Codes of courses and sessions: they are parts of addresses. */
export const CODE = /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/;

/** Limits of what a course and its attendance say, the same in a request and in a file. */
export const MOST_MINUTES = 99_999;
export const MOST_VALID_MONTHS = 600;

/** A course (研修): `minutes` long; a completion holds for `validMonths`, without them for ever. */
export type Course = Readonly<Extract<TrainingEvent, { type: 'CourseDefined' }>['data']>;

export type CourseEvent = { type: 'CourseDefined'; data: Course };

export type CourseCommand =
  | { type: 'DefineCourse'; course: Course }
  /** The course as the city's pack has it, unless it was defined before. */
  | { type: 'IntroduceCourse'; course: Course };

export type CourseState = Readonly<{ course?: Course }>;

const FIELDS = ['title', 'kind', 'minutes', 'validMonths', 'digitalClass'] as const;

const decide = ({ type, course }: CourseCommand, state: CourseState): CourseEvent[] => {
  if (type === 'DefineCourse' && (course.validMonths ?? 0) > MOST_VALID_MONTHS) {
    throw new Rejected('course.valid-too-long', { most: MOST_VALID_MONTHS });
  }
  const known = state.course;
  const stands = known && (type === 'IntroduceCourse' || FIELDS.every((field) => known[field] === course[field]));
  return stands ? [] : [{ type: 'CourseDefined', data: course }];
};

/** One course of the city, stream `course/<code>`. What it was when somebody completed it is in the completion. */
export const course: Aggregate<CourseState, CourseCommand, CourseEvent> = {
  category: 'course',
  initial: {},
  decide,
  evolve: (_, { data }) => ({ course: data }),
  events: { CourseDefined: { version: 1 } },
};
