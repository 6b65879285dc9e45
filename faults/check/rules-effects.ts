import type { CheckConfig, Complaint } from './complaint.js';
import { leaveYearOf } from './leave.js';
import type { Event, Store } from './store.js';

export type Stores = Readonly<Record<'placement' | 'recruitment' | 'evaluation' | 'training' | 'wellbeing', Store>>;

type Action = Readonly<{ actionId: string; kind: string; effectiveOn: string; employmentId: string; until?: string }>;

/** Every effect that one service owes to what another one said, or to time: there once. */
export const effectsHold = (stores: Stores, cutovers: CheckConfig['cutovers'], today: string): Complaint[] => {
  const { placement, recruitment, evaluation, training, wellbeing } = stores;
  const owed = new Owed();
  const actionOf = ({ data }: Event) => data.action as Action;
  const taken = placement.ofType('PersonnelActionTaken');
  const voided = new Set(placement.ofType('PersonnelActionVoided').map(({ data }) => String(data.actionId)));
  const standing = taken.filter((event) => !voided.has(actionOf(event).actionId));

  const hires = recruitment.ofType('HireConfirmed');
  const byCause = counted(taken, ({ metadata }) => metadata.causationId);
  const joined = counted(recruitment.ofType('ApplicantJoined'), ({ stream }) => stream);
  for (const { id, stream } of hires) {
    owed.once('an appointment of the hire', stream, byCause.get(id));
    owed.once('the mark that somebody joined', stream, joined.get(stream));
  }

  const opened = counted(evaluation.ofType('SheetOpened'), ({ data }) => data.sheetId);
  const announced = counted(
    placement.ofType('ProbationEndAnnounced'),
    ({ data }) => `${String(data.employmentId)} ${String(data.endsOn)}`,
  );
  const years = counted(wellbeing.ofType('LeaveYearOpened'), ({ data }) => data.actionId);
  const assigned = counted(training.ofType('AssignmentMade'), ({ data }) => data.assignmentId);
  const asked = counted(training.ofType('AssignmentMade'), ({ metadata }) => metadata.causationId);
  const soon = new Date(Date.parse(today) + 29 * 86_400_000).toISOString().slice(0, 10);
  for (const event of standing) {
    const { kind, employmentId, actionId, effectiveOn, until } = actionOf(event);
    if (kind !== 'appoint-on-probation') continue;
    const { staffId } = event.data;
    const cutover = cutovers[event.municipality];
    const where = `${event.stream} ${actionId}`;
    if (until !== undefined && until >= cutover) {
      const has = (...kinds: string[]) =>
        standing.some((other) => actionOf(other).employmentId === employmentId && kinds.includes(actionOf(other).kind));
      const sheets = opened.get(`${String(staffId)}:${employmentId}:probation`);
      // Whoever reads of an appointment and its end together has nobody to judge.
      if (sheets !== undefined || !has('separate')) owed.once('a sheet of the probation', where, sheets);
      const over = has('appoint-formally', 'separate', 'extend-probation');
      if (until >= today && until <= soon && !over)
        owed.once('the announcement of its end', where, announced.get(`${employmentId} ${until}`));
    }
    if (effectiveOn < cutover) continue;
    owed.once('a leave year', where, years.get(actionId));
    if (!asked.has(event.id)) owed.none('training', where);
  }

  const substitutes = counted(recruitment.ofType('SubstituteRequested'), ({ data }) => data.requestId);
  for (const { stream, data } of wellbeing.ofType('ChildcareLeaveApproved'))
    owed.once('a substitute request', `${stream} ${String(data.periodId)}`, substitutes.get(data.periodId));
  for (const { id, stream, data } of evaluation.ofType('SheetConfirmed'))
    if (data.kind === 'probation') owed.once('a formal appointment', stream, byCause.get(id));

  const undone = counted(
    wellbeing.ofType('LeaveCutUndone'),
    ({ stream, data }) => `${stream} ${String(data.actionId)}`,
  );
  for (const { stream, data } of wellbeing.ofType('LeaveCut')) {
    const { actionId } = data;
    const count = undone.get(`${stream} ${String(actionId)}`);
    if (voided.has(String(actionId))) owed.once('the undoing of a cut', stream, count);
    else if (count) owed.twice('the undoing of a cut that stands', stream, count);
  }
  const lastDays = new Map<unknown, string>();
  for (const event of standing)
    if (actionOf(event).kind === 'separate') lastDays.set(event.data.staffId, actionOf(event).effectiveOn);
  for (const [stream, events] of wellbeing.streams) {
    if (!stream.startsWith('leave-')) continue;
    const { staffId } = events[0].data;
    const lastDay = lastDays.get(staffId);
    if (lastDay === undefined || lastDay < (cutovers[events[0].municipality] ?? '')) continue;
    const behind = leaveYearOf(events).standing.filter((day) => day > lastDay);
    if (behind.length > 0) owed.none(`the cut of leave on ${behind.join()}, behind the last day ${lastDay},`, stream);
  }

  for (const [what, counts] of Object.entries({
    sheet: opened,
    announcement: announced,
    assignment: assigned,
    substitute: substitutes,
  }))
    for (const [key, count] of counts) if (count > 1) owed.twice(what, String(key), count);
  return owed.complaints;
};

/** A person whose data placement destroyed has no key left in any service. */
export const erasuresHold = async (stores: Stores): Promise<Complaint[]> => {
  const owed = new Owed();
  const erased = stores.placement.ofType('PersonErased').map(({ data }) => String(data.staffId));
  for (const store of Object.values(stores)) {
    const left = await store.rows<{ person_id: string }>(
      'SELECT person_id FROM person_keys WHERE person_id = ANY($1) AND wrapped IS NOT NULL',
      [erased],
    );
    for (const { person_id } of left)
      owed.none('the end of the key of a person who was erased', `${store.service} ${person_id}`);
  }
  return owed.complaints;
};

const counted = (events: readonly Event[], keyOf: (event: Event) => unknown): Map<unknown, number> => {
  const counts = new Map<unknown, number>();
  for (const event of events) {
    const key = keyOf(event);
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
};

class Owed {
  readonly complaints: Complaint[] = [];

  once(what: string, where: string, count = 0): void {
    if (count === 0) this.none(what, where);
    if (count > 1) this.twice(what, where, count);
  }

  none(what: string, where: string): void {
    this.complaints.push({ rule: 'effects', harm: 'lost', where, what: `${what} is missing` });
  }

  twice(what: string, where: string, count: number): void {
    this.complaints.push({ rule: 'effects', harm: 'doubled', where, what: `${what} is there ${count} times` });
  }
}
