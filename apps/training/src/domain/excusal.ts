import { addDays, maxDate, type LocalDate } from '#libs/law/local-date';
import type { Leave, Service } from './employment.js';
import {
  dueDay,
  evolveTrainingRecord,
  laid,
  stretchOn,
  type Assignment,
  type Stretch,
  type TrainingRecordEvent,
  type TrainingRecordState,
} from './training-record-state.js';

/**
 * What brings assignments in line with the person's employments: an assignment is excused on the days the person is away,
 * however late or early, and in whatever order, leaves, returns, separations and their voiding become known. Where the
 * record says so already there is nothing to do.
 * @param service undefined: not known at the moment, so nothing changes
 * @param actionId personnel action because of which it is looked at
 */
export const excusals = (
  staffId: string,
  assignments: readonly Assignment[],
  service: Service | undefined,
  actionId?: string,
): TrainingRecordEvent[] =>
  service
    ? assignments.filter(followsEmployment).flatMap((assignment) => corrected(staffId, assignment, service, actionId))
    : [];

/** The events, and what follows from the person's employments for the assignments they touch. */
export const withExcusals = (
  staffId: string,
  events: readonly TrainingRecordEvent[],
  state: TrainingRecordState,
  service: Service | undefined,
): TrainingRecordEvent[] => {
  const touched = new Set(events.map(({ data }) => data.assignmentId));
  const { assignments } = events.reduce(evolveTrainingRecord, state);
  const own = assignments.filter(({ assignmentId }) => touched.has(assignmentId));
  return [...events, ...excusals(staffId, own, service)];
};

/** What is done, was excused by hand or should never have been asked stays so whatever happens to the person. */
const followsEmployment = ({ completionId, days }: Assignment): boolean => {
  const { excused } = days[days.length - 1];
  return !completionId && excused !== 'by-hand' && excused !== 'action-voided';
};

/** How an assignment stands by day, from the day it was asked, or asked again by hand. */
const foreseen = ({ asked, because }: Assignment, { employments, cutover }: Service): readonly Stretch[] => {
  const own = employments.findLast(({ from }) => from <= asked.from) ?? employments[0];
  if (!own) return [asked];
  const counts = (day: LocalDate) => because !== 'imported' || day >= cutover;
  const leaves = own.leaves.filter(({ from, back }) => counts(from) && (!back || back.on > asked.from));
  const days = leaves.reduce(duringLeave, [asked]);
  return own.to !== null && counts(addDays(own.to, -1)) ? afterSeparation(days, own.to) : days;
};

/** A leave excuses what is due during or after it, not what was late before; the return gives time anew. */
const duringLeave = (days: readonly Stretch[], { from, back }: Leave): readonly Stretch[] => {
  const begins = maxDate(from, days[0].from);
  const { dueOn } = days[days.length - 1];
  if (dueOn < begins) return days;
  const away = laid(days, { from: begins, dueOn, excused: 'on-leave' });
  return back ? laid(away, { from: back.on, dueOn: maxDate(dueOn, back.dueOn) }) : away;
};

/** Who has left is asked nothing any more, late or not; a later employment opens nothing of this one. */
const afterSeparation = (days: readonly Stretch[], gone: LocalDate): readonly Stretch[] => {
  const { dueOn } = days[days.length - 1];
  return laid(days, { from: maxDate(gone, days[0].from), dueOn, excused: 'separated' });
};

/** An event says what holds from its day on, whatever was said of later days: so all from the first difference. */
const corrected = (
  staffId: string,
  assignment: Assignment,
  service: Service,
  actionId?: string,
): TrainingRecordEvent[] => {
  const { assignmentId, asked, days } = assignment;
  const wanted = foreseen(assignment, service);
  const said = [
    { ...stretchOn(assignment, asked.from), from: asked.from },
    ...days.filter(({ from }) => from > asked.from),
  ];
  const longer = wanted.length > said.length ? wanted : said;
  const first = longer.findIndex((_, index) => !same(wanted[index], said[index]));
  if (first < 0) return [];
  const [next, surplus, before] = [wanted.at(first), said.at(first), wanted[first - 1]];
  const goesOn = surplus && (!next || surplus.from < next.from);
  const restored = goesOn ? [before.excused ? before : { ...before, from: surplus.from }] : [];
  let lastDue = dueDay(assignment);
  return [...restored, ...wanted.slice(first)].flatMap(({ from, dueOn, excused }): TrainingRecordEvent[] => {
    const data = { assignmentId, staffId, from, ...(actionId && { actionId }) };
    const opened: TrainingRecordEvent = { type: 'AssignmentReopened', data: { ...data, dueOn } };
    const moved = dueOn !== lastDue;
    lastDue = dueOn;
    if (!excused) return [opened];
    // An excuse keeps the due day last said, so that is put right first.
    return [...(moved ? [opened] : []), { type: 'AssignmentExcused', data: { ...data, because: excused } }];
  });
};

const same = (one: Stretch | undefined, other: Stretch | undefined): boolean =>
  one?.from === other?.from && one?.dueOn === other?.dueOn && one?.excused === other?.excused;
