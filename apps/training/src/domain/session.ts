import type { TrainingEvent } from '#libs/contracts/training';
import { Rejected, type Aggregate } from '#libs/event-store/decider';
import type { LocalDate } from '#libs/law/local-date';

type Public<Type extends TrainingEvent['type']> = Extract<TrainingEvent, { type: Type }>['data'];
type Planned = Readonly<Public<'SessionPlanned'>>;

/** Seats of a session, at most. */
export const MOST_SEATS = 9_999;

export type SessionEvent =
  | { type: 'SessionPlanned'; data: Planned }
  | { type: 'CapacityChanged'; data: { sessionId: string; capacity: number } }
  | { type: 'SessionCancelled'; data: { sessionId: string } }
  | { type: 'StaffEnrolled'; data: { sessionId: string; staffId: string; waiting: boolean } }
  | { type: 'EnrolmentWithdrawn'; data: { sessionId: string; staffId: string } }
  /** Moved up from the waiting list. */
  | { type: 'SeatGiven'; data: { sessionId: string; staffId: string } }
  | { type: 'AttendanceRecorded'; data: Public<'AttendanceRecorded'> }
  | { type: 'SessionHeld'; data: { sessionId: string } };

/** Minutes present: more than 0 of who came, 0 of who did not. */
export type Attendance = Readonly<{ staffId: string; attended: boolean; minutes: number }>;

export type SessionCommand =
  | { type: 'PlanSession'; session: Planned; today: LocalDate }
  | { type: 'ChangeCapacity'; capacity: number }
  | { type: 'CancelSession' }
  | { type: 'Enrol'; staffId: string; today: LocalDate }
  | { type: 'WithdrawEnrolment'; staffId: string; today: LocalDate }
  /** The person is not there any more on the day: a seat, or a place on the waiting list, falls to others. */
  | { type: 'FreeSeat'; staffId: string }
  /** Also of a session that was held: a correction. */
  | { type: 'RecordAttendance'; entries: readonly Attendance[]; today: LocalDate }
  /** Over: who had a seat and was not recorded was absent. */
  | { type: 'HoldSession'; today: LocalDate }
  | { type: 'RecordPastSession'; session: Planned; today: LocalDate }
  | { type: 'RecordPastAttendance'; entries: readonly Attendance[] };

export type SessionState =
  | Readonly<{ status: 'none' }>
  | (Planned &
      Readonly<{
        status: 'planned' | 'held' | 'cancelled';
        seats: readonly string[];
        waiting: readonly string[];
        attendance: ReadonlyMap<string, Attendance>;
      }>);
type KnownSession = Exclude<SessionState, { status: 'none' }>;

const decide = (command: SessionCommand, state: SessionState): SessionEvent[] => {
  if (command.type === 'PlanSession' || command.type === 'RecordPastSession') return plan(command, state);
  if (state.status === 'none') throw new Rejected('session.not-found');
  const { sessionId } = state;
  switch (command.type) {
    case 'ChangeCapacity':
      return changeCapacity(command.capacity, planned(state));
    case 'CancelSession':
      requireUnrecorded(planned(state).attendance.size > 0);
      return [{ type: 'SessionCancelled', data: { sessionId } }];
    case 'Enrol':
      return enrol(command, planned(state));
    case 'WithdrawEnrolment':
      return withdraw(command, planned(state));
    case 'FreeSeat':
      return state.status === 'planned' && !state.attendance.has(command.staffId) ? left(command.staffId, state) : [];
    case 'RecordAttendance':
      requireNotCancelled(state);
      requireBegun(state, command.today);
      return attend(command.entries, state);
    case 'HoldSession':
      requireBegun(planned(state), command.today);
      return hold(state);
    case 'RecordPastAttendance': {
      requireNotCancelled(state);
      const attended = attend(command.entries, state);
      return state.status === 'held' ? attended : [...attended, { type: 'SessionHeld', data: { sessionId } }];
    }
  }
};

const plan = (
  { type, session, today }: Extract<SessionCommand, { type: 'PlanSession' | 'RecordPastSession' }>,
  state: SessionState,
): SessionEvent[] => {
  if (state.status !== 'none') throw new Rejected('session.already-planned', { sessionId: session.sessionId });
  if (type === 'PlanSession' && session.heldOn < today) throw new Rejected('session.in-past');
  return [{ type: 'SessionPlanned', data: session }];
};

const planned = (state: KnownSession): KnownSession => {
  if (state.status === 'held') throw new Rejected('session.already-held');
  requireNotCancelled(state);
  return state;
};

const requireNotCancelled = ({ status }: KnownSession): void => {
  if (status === 'cancelled') throw new Rejected('session.cancelled');
};

const requireUnrecorded = (recorded: boolean): void => {
  if (recorded) throw new Rejected('session.attendance-recorded');
};

const requireBegun = ({ heldOn }: KnownSession, today: LocalDate): void => {
  if (today < heldOn) throw new Rejected('session.not-yet', { heldOn });
};

const requireNotOver = ({ heldOn }: KnownSession, today: LocalDate): void => {
  if (today > heldOn) throw new Rejected('session.over', { heldOn });
};

const changeCapacity = (capacity: number, state: KnownSession): SessionEvent[] => {
  const { sessionId, seats } = state;
  if (capacity < seats.length) throw new Rejected('session.capacity-below-seats', { seats: seats.length });
  if (capacity === state.capacity) return [];
  return [{ type: 'CapacityChanged', data: { sessionId, capacity } }, ...movedUp(state, capacity - seats.length)];
};

const enrol = ({ staffId, today }: { staffId: string; today: LocalDate }, state: KnownSession): SessionEvent[] => {
  const { sessionId, seats, waiting, capacity } = state;
  requireNotOver(state, today);
  if ([...seats, ...waiting].includes(staffId)) throw new Rejected('session.already-enrolled');
  return [{ type: 'StaffEnrolled', data: { sessionId, staffId, waiting: seats.length >= capacity } }];
};

const withdraw = ({ staffId, today }: { staffId: string; today: LocalDate }, state: KnownSession): SessionEvent[] => {
  requireNotOver(state, today);
  const events = left(staffId, state);
  if (events.length === 0) throw new Rejected('session.not-enrolled');
  requireUnrecorded(state.attendance.has(staffId));
  return events;
};

const left = (staffId: string, state: KnownSession): SessionEvent[] => {
  const { sessionId, seats, waiting } = state;
  const seated = seats.includes(staffId);
  if (!seated && !waiting.includes(staffId)) return [];
  return [{ type: 'EnrolmentWithdrawn', data: { sessionId, staffId } }, ...(seated ? movedUp(state, 1) : [])];
};

/** The first on the waiting list get the seats that are free. */
const movedUp = ({ sessionId, waiting }: KnownSession, free: number): SessionEvent[] =>
  waiting.slice(0, free).map((staffId) => ({ type: 'SeatGiven', data: { sessionId, staffId } }));

/** Whoever came counts, enrolled or not, as long as there was room for all who came. */
const attend = (entries: readonly Attendance[], state: KnownSession): SessionEvent[] => {
  const { sessionId, course, heldOn, capacity, attendance } = state;
  entries.forEach(({ staffId, attended, minutes }, index) => {
    if (entries.findIndex((one) => one.staffId === staffId) < index) {
      throw new Rejected('attendance.twice', { staffId });
    }
    if (attended !== minutes > 0) throw new Rejected('attendance.minutes-disagree', { staffId });
  });
  const after = new Map([...attendance, ...entries.map((entry) => [entry.staffId, entry] as const)]);
  const present = [...after.values()].filter(({ attended }) => attended).length;
  if (present > capacity) throw new Rejected('session.above-capacity', { capacity, present });
  return entries
    .filter(({ staffId, attended, minutes }) => {
      const before = attendance.get(staffId);
      return before?.attended !== attended || before.minutes !== minutes;
    })
    .map((entry) => ({ type: 'AttendanceRecorded', data: { sessionId, course, heldOn, ...entry } }));
};

const hold = (state: KnownSession): SessionEvent[] => {
  const { sessionId, seats, attendance } = state;
  const absent = seats.filter((staffId) => !attendance.has(staffId));
  const entries = absent.map((staffId) => ({ staffId, attended: false, minutes: 0 }));
  return [...attend(entries, state), { type: 'SessionHeld', data: { sessionId } }];
};

const evolve = (state: SessionState, { type, data }: SessionEvent): SessionState => {
  if (type === 'SessionPlanned') return { ...data, status: 'planned', seats: [], waiting: [], attendance: new Map() };
  if (state.status === 'none') return state;
  switch (type) {
    case 'CapacityChanged':
      return { ...state, capacity: data.capacity };
    case 'SessionCancelled':
      return { ...state, status: 'cancelled' };
    case 'StaffEnrolled':
      return data.waiting
        ? { ...state, waiting: [...state.waiting, data.staffId] }
        : { ...state, seats: [...state.seats, data.staffId] };
    case 'EnrolmentWithdrawn':
      return { ...state, seats: without(state.seats, data), waiting: without(state.waiting, data) };
    case 'SeatGiven':
      return { ...state, seats: [...state.seats, data.staffId], waiting: without(state.waiting, data) };
    case 'AttendanceRecorded': {
      const { staffId, attended, minutes } = data;
      return { ...state, attendance: new Map(state.attendance).set(staffId, { staffId, attended, minutes }) };
    }
    case 'SessionHeld':
      return { ...state, status: 'held' };
  }
};

const without = (list: readonly string[], { staffId }: { staffId: string }): readonly string[] =>
  list.filter((one) => one !== staffId);

/** One session (回) of a course, stream `session/<sessionId>`: seats, waiting list, and who came. */
export const session: Aggregate<SessionState, SessionCommand, SessionEvent> = {
  category: 'session',
  initial: { status: 'none' },
  decide,
  evolve,
  events: {
    SessionPlanned: { version: 1, effectiveOn: ({ heldOn }) => heldOn },
    CapacityChanged: { version: 1 },
    SessionCancelled: { version: 1 },
    StaffEnrolled: { version: 1 },
    EnrolmentWithdrawn: { version: 1 },
    SeatGiven: { version: 1 },
    AttendanceRecorded: { version: 1, effectiveOn: ({ heldOn }) => heldOn },
    SessionHeld: { version: 1 },
  },
};
