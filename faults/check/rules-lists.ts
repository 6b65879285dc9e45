import { compared, said, type Complaint } from './complaint.js';
import type { Event, Store } from './store.js';

/** Sessions of a course and who has a seat, waits or came, against training's events; never more seats than there are. */
export const sessionsHold = async (training: Store, streams: Iterable<string>): Promise<Complaint[]> => {
  const complaints: Complaint[] = [];
  const sessions: string[] = [];
  const people: string[] = [];
  const ids: string[] = [];
  for (const stream of streams) {
    const events = training.streams.get(stream) ?? [];
    const planned = events.find(({ type }) => type === 'SessionPlanned');
    if (!planned) continue;
    const { municipality, data } = planned;
    const state = sessionOf(events);
    ids.push(String(data.sessionId));
    sessions.push(said(municipality, data.sessionId, data.course, data.heldOn, state.capacity, state.status));
    for (const [staffId, { place, attended, minutes }] of state.people)
      people.push(said(municipality, data.sessionId, staffId, place, attended, minutes));
    const seats = [...state.people.values()].filter(({ place }) => place === 'seat').length;
    if (seats > state.capacity)
      complaints.push({
        rule: 'balance',
        harm: 'wrong',
        where: stream,
        what: `${seats} seats of ${state.capacity} are given`,
      });
  }
  const held = await training.rows<object>(
    'SELECT municipality, session_id, course, held_on, capacity, status FROM training_sessions WHERE session_id = ANY($1)',
    [ids],
  );
  const found = await training.rows<object>(
    'SELECT municipality, session_id, staff_id, place, attended, minutes FROM participants WHERE session_id = ANY($1)',
    [ids],
  );
  const lines = (rows: readonly object[]) => rows.map((row) => said(...(Object.values(row) as unknown[])));
  return [
    ...complaints,
    ...compared('read-model', 'training sessions', sessions, lines(held)),
    ...compared('read-model', 'participants', people, lines(found)),
  ];
};

type Participant = { place?: string; attended?: unknown; minutes?: unknown };

const sessionOf = (events: readonly Event[]) => {
  let capacity = 0;
  let status = 'planned';
  const people = new Map<string, Participant>();
  const change = (staffId: unknown, how: Participant) =>
    people.set(String(staffId), { ...people.get(String(staffId)), ...how });
  for (const { type, data } of events) {
    if (type === 'SessionPlanned' || type === 'CapacityChanged') capacity = Number(data.capacity);
    if (type === 'SessionHeld') status = 'held';
    if (type === 'SessionCancelled') status = 'cancelled';
    if (type === 'StaffEnrolled') change(data.staffId, { place: data.waiting ? 'waiting' : 'seat' });
    if (type === 'SeatGiven') change(data.staffId, { place: 'seat' });
    if (type === 'EnrolmentWithdrawn') change(data.staffId, { place: undefined });
    if (type === 'AttendanceRecorded') change(data.staffId, { attended: data.attended, minutes: data.minutes });
  }
  return { capacity, status, people };
};

/** Courses that somebody has to take or has taken, against training's events. */
export const recordsHold = async (training: Store): Promise<Complaint[]> => {
  const told = training
    .ofType('AssignmentMade')
    .map(({ municipality, data }) => said(municipality, data.assignmentId, data.staffId, data.course, data.assignedOn));
  const voided = new Set(training.ofType('CompletionVoided').map(({ data }) => data.completionId));
  const done = training
    .ofType('CourseCompleted')
    .map(({ municipality, data }) =>
      said(municipality, data.completionId, data.staffId, data.course, data.completedOn, voided.has(data.completionId)),
    );
  const rows = async (sql: string) =>
    (await training.rows<object>(sql)).map((row) => said(...(Object.values(row) as unknown[])));
  const assignments = await rows('SELECT municipality, assignment_id, staff_id, course, assigned_on FROM assignments');
  const completions = await rows(
    'SELECT municipality, completion_id, staff_id, course, completed_on, voided FROM completions',
  );
  return [
    ...compared('read-model', 'training assignments', told, assignments),
    ...compared('read-model', 'training completions', done, completions),
  ];
};

const LEAVE_STATUS: Readonly<Record<string, (event: Event) => string>> = {
  ChildcareLeaveRequested: () => 'requested',
  ChildcareLeaveApproved: () => 'approved',
  ChildcareLeaveRefused: () => 'refused',
  ChildcareLeaveWithdrawn: () => 'withdrawn',
  ChildcareLeaveCancelled: () => 'cancelled',
  ChildcareLeaveStarted: () => 'running',
  ChildcareLeaveEnded: () => 'ended',
  PastChildcareLeaveRecorded: ({ data }) => (data.running ? 'running' : 'ended'),
};

/** Births and childcare leaves as they are listed, against wellbeing's events. */
export const childcareListsHold = async (wellbeing: Store): Promise<Complaint[]> => {
  const voided = new Set(wellbeing.ofType('BirthNoticeVoided').map(({ data }) => data.caseId));
  const births = wellbeing
    .ofType('BirthNotified')
    .filter(({ data }) => !voided.has(data.caseId))
    .map(({ municipality, data }) => said(municipality, data.caseId, data.staffId, data.parenthood));
  const leaves = new Map<
    unknown,
    { municipality: string; staffId: unknown; from: unknown; through: unknown; status: string }
  >();
  for (const event of wellbeing.events) {
    const { type, municipality, data } = event;
    const known = leaves.get(data.periodId);
    const status = LEAVE_STATUS[type]?.(event);
    if (!known && status !== undefined)
      leaves.set(data.periodId, {
        municipality,
        staffId: data.staffId,
        from: data.from,
        through: data.through,
        status,
      });
    else if (known && type.startsWith('ChildcareLeave'))
      leaves.set(data.periodId, {
        ...known,
        ...(status !== undefined && { status }),
        ...(type === 'ChildcareLeaveMoved' && { from: data.from }),
        ...(/Moved|Extended|Shortened|Ended$/.test(type) && { through: data.through }),
      });
  }
  const rows = async (sql: string) =>
    (await wellbeing.rows<object>(sql)).map((row) => said(...(Object.values(row) as unknown[])));
  return [
    ...compared(
      'read-model',
      'births',
      births,
      await rows('SELECT municipality, case_id, staff_id, parenthood FROM childcare_births'),
    ),
    ...compared(
      'read-model',
      'childcare leaves',
      [...leaves].map(([id, one]) => said(one.municipality, id, one.staffId, one.from, one.through, one.status)),
      await rows('SELECT municipality, period_id, staff_id, from_day, through_day, status FROM childcare_leaves'),
    ),
  ];
};

const STATUS: Readonly<Record<string, (event: Event) => string>> = {
  ApplicationReceived: () => 'in-selection',
  OfferMade: () => 'offered',
  OfferAnswered: ({ data }) => String(data.answer),
  OfferLapsed: () => 'lapsed',
  ApplicationWithdrawn: () => 'withdrawn',
  HireConfirmed: () => 'hired',
  ApplicantJoined: () => 'joined',
};

/** Where each application stands, and requests for substitutes, against recruitment's events. */
export const recruitmentListsHold = async (recruitment: Store, streams: Iterable<string>): Promise<Complaint[]> => {
  const ids: string[] = [];
  const expected: string[] = [];
  for (const stream of streams) {
    const events = recruitment.streams.get(stream) ?? [];
    const last = events.findLast(
      ({ type, data }) => STATUS[type] !== undefined || (type === 'StageDecided' && data.outcome !== 'passed'),
    );
    if (!last || !stream.startsWith('application-') || !events.some(({ type }) => type === 'ApplicationReceived'))
      continue;
    const id = stream.slice(stream.indexOf('/') + 1);
    const decided = events.filter(({ type }) => type === 'StageDecided').length;
    const flow = events[0].data.flow as { stages: readonly object[] } | undefined;
    const status = STATUS[last.type]?.(last) ?? String(last.data.outcome);
    const passed = status === 'in-selection' && decided === flow?.stages.length;
    ids.push(id);
    expected.push(said(last.municipality, id, passed ? 'passed' : status));
  }
  const rows = await recruitment.rows<object>(
    'SELECT municipality, application_id, status FROM applications WHERE application_id = ANY($1)',
    [ids],
  );
  const told = recruitment
    .ofType('SubstituteRequested')
    .map(({ municipality, data }) => said(municipality, data.requestId, data.absentStaffId));
  const open = await recruitment.rows<object>(
    'SELECT municipality, request_id, absent_staff_id FROM substitute_requests',
  );
  return [
    ...compared(
      'read-model',
      'applications',
      expected,
      rows.map((row) => said(...(Object.values(row) as unknown[]))),
    ),
    ...compared(
      'read-model',
      'substitute requests',
      told,
      open.map((row) => said(...(Object.values(row) as unknown[]))),
    ),
  ];
};

/** Every sheet is listed, once. */
export const sheetListHolds = async (evaluation: Store): Promise<Complaint[]> => {
  const told = evaluation
    .ofType('SheetOpened')
    .map(({ municipality, data }) => said(municipality, data.sheetId, data.staffId));
  const rows = await evaluation.rows<object>('SELECT municipality, sheet_id, staff_id FROM sheets');
  return compared(
    'read-model',
    'sheets',
    told,
    rows.map((row) => said(...(Object.values(row) as unknown[]))),
  );
};
