import type { LocalDate } from '#libs/law/local-date';
import { isConflict, timeline, type Segment, type TimelineAction } from '#libs/staff-directory/timeline';

/** A leave of absence, with the day of the return and the due day of what is asked again then. */
export type Leave = Readonly<{ from: LocalDate; back?: Readonly<{ on: LocalDate; dueOn: LocalDate }> }>;

/** From the appointment up to, not including, the day after the last in service, with the leaves that excuse. */
export type Employment = Readonly<{ from: LocalDate; to: LocalDate | null; leaves: readonly Leave[] }>;

/** When a person is there to be asked, by all that is known of the person, also for days to come. */
export type Service = Readonly<{
  employments: readonly Employment[];
  /** Leaves and separations of an earlier day do not excuse what came in files: their consequences came with it. */
  cutover: LocalDate;
}>;

/** What the city's rules say of a leave that begins, or of a return, on a day. */
export type LeaveRules = Readonly<{
  excuses: (from: LocalDate) => boolean;
  dueAfter: (back: LocalDate) => LocalDate;
}>;

/** Employments by day; undefined where the actions do not form a history, as between the two events of a correction. */
export const employmentsOf = (
  actions: readonly TimelineAction[],
  rules: LeaveRules,
): readonly Employment[] | undefined => {
  const history = timeline(actions);
  if (isConflict(history)) return undefined;
  return history.spells.map(({ employmentId, from, to }) => {
    const segments = history.segments.filter((segment) => segment.employmentId === employmentId);
    return { from, to, leaves: leavesIn(segments, rules) };
  });
};

export const isEmployed = ({ employments }: Service, on: LocalDate): boolean =>
  employments.some(({ from, to }) => from <= on && (to === null || on < to));

/** A leave goes on where only the post or the kind of leave changes; one that ends with the employment has no return. */
const leavesIn = (segments: readonly Segment[], { excuses, dueAfter }: LeaveRules): Leave[] =>
  segments.flatMap(({ status, from }, index) => {
    if (status !== 'leave' || segments[index - 1]?.status === 'leave' || !excuses(from)) return [];
    const back = segments.slice(index).find((segment) => segment.status !== 'leave')?.from;
    return [{ from, ...(back && { back: { on: back, dueOn: dueAfter(back) } }) }];
  });
