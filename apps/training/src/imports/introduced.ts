import { Rejected } from '#libs/event-store/decider';
import type { Append } from '#libs/imports/batches';
import type { CsvFault } from '#libs/imports/csv';
import { course, type Course } from '../domain/course.js';

/** A course known only from the pack is defined together with what uses it. */
export const introduced = (
  municipality: string,
  found: Readonly<{ course: Course; defined: boolean }> | undefined,
): Append[] => {
  if (!found || found.defined) return [];
  const events = course.decide({ type: 'IntroduceCourse', course: found.course }, course.initial);
  return [{ aggregate: course, stream: { municipality, id: found.course.course }, expected: 'no-stream', events }];
};

/** What a rule refuses is a fault of the row. */
export const refusal = (error: unknown, line: number, column: string): CsvFault => {
  if (!(error instanceof Rejected)) throw error;
  return { line, column, code: error.code, facts: error.facts };
};
