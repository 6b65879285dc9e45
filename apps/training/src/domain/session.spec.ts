import { deciderSpec } from '#libs/testing/decider-spec';
import { session, type SessionCommand, type SessionEvent } from './session.js';

const { given } = deciderSpec(session);
const nothing: SessionEvent[] = [];
const data = { sessionId: 'x-1', course: 'harassment', heldOn: '2027-06-10', capacity: 2 };
const sessionId = 'x-1';
const [before, day, after] = ['2027-06-01', '2027-06-10', '2027-06-11'];

const planned: SessionEvent = { type: 'SessionPlanned', data };
const held: SessionEvent = { type: 'SessionHeld', data: { sessionId } };
const cancelled: SessionEvent = { type: 'SessionCancelled', data: { sessionId } };
const enrolled = (staffId: string, waiting = false): SessionEvent => ({
  type: 'StaffEnrolled',
  data: { sessionId, staffId, waiting },
});
const withdrawn = (staffId: string): SessionEvent => ({ type: 'EnrolmentWithdrawn', data: { sessionId, staffId } });
const seated = (staffId: string): SessionEvent => ({ type: 'SeatGiven', data: { sessionId, staffId } });
const recorded = (staffId: string, minutes: number): SessionEvent => ({
  type: 'AttendanceRecorded',
  data: { sessionId, course: 'harassment', heldOn: day, staffId, attended: minutes > 0, minutes },
});

const plan = (over: object = {}): SessionCommand => ({
  type: 'PlanSession',
  session: { ...data, ...over },
  today: before,
});
const enrol = (staffId: string, today = before): SessionCommand => ({ type: 'Enrol', staffId, today });
const withdraw = (staffId: string, today = before): SessionCommand => ({ type: 'WithdrawEnrolment', staffId, today });
const here = (staffId: string, minutes = 120) => ({ staffId, attended: minutes > 0, minutes });
const attend = (...entries: ReturnType<typeof here>[]): SessionCommand => ({
  type: 'RecordAttendance',
  entries,
  today: day,
});
const hold: SessionCommand = { type: 'HoldSession', today: day };

describe('a session', () => {
  it('is planned', () => given().when(plan()).then(planned));
  it('is planned once', () => given(planned).when(plan()).rejects('session.already-planned'));
  it('is planned ahead', () =>
    given()
      .when(plan({ heldOn: '2027-05-31' }))
      .rejects('session.in-past'));
  it('of the past comes from a file', () =>
    given()
      .when({ type: 'RecordPastSession', session: { ...data, heldOn: '2024-06-10' }, today: before })
      .then({ type: 'SessionPlanned', data: { ...data, heldOn: '2024-06-10' } }));
  it('is cancelled', () => given(planned).when({ type: 'CancelSession' }).then(cancelled));
  it('is not cancelled once held, nor twice', () => {
    given(planned, held).when({ type: 'CancelSession' }).rejects('session.already-held');
    given(planned, cancelled).when({ type: 'CancelSession' }).rejects('session.cancelled');
  });
  it('is not cancelled after people came', () =>
    given(planned, recorded('s-1', 120)).when({ type: 'CancelSession' }).rejects('session.attendance-recorded'));
  it.each<SessionCommand>([enrol('s-1'), withdraw('s-1'), attend(here('s-1')), hold, { type: 'CancelSession' }])(
    'must be there for $type',
    (command) => given().when(command).rejects('session.not-found'),
  );
});

describe('enrolment', () => {
  it('gives a seat while there is one', () => given(planned).when(enrol('s-1')).then(enrolled('s-1')));
  it('puts who comes later on the waiting list', () =>
    given(planned, enrolled('s-1'), enrolled('s-2')).when(enrol('s-3')).then(enrolled('s-3', true)));
  it('is once per person', () => {
    given(planned, enrolled('s-1')).when(enrol('s-1')).rejects('session.already-enrolled');
    given(planned, enrolled('s-1'), enrolled('s-2'), enrolled('s-3', true))
      .when(enrol('s-3'))
      .rejects('session.already-enrolled');
  });
  it('ends with the day', () => {
    given(planned).when(enrol('s-1', day)).then(enrolled('s-1'));
    given(planned).when(enrol('s-1', after)).rejects('session.over');
  });
  it('is not to what is cancelled or held', () => {
    given(planned, cancelled).when(enrol('s-1')).rejects('session.cancelled');
    given(planned, held).when(enrol('s-1')).rejects('session.already-held');
  });
});

describe('a withdrawal', () => {
  const full = [planned, enrolled('s-1'), enrolled('s-2'), enrolled('s-3', true), enrolled('s-4', true)];

  it('moves the first of the waiting list up', () =>
    given(...full)
      .when(withdraw('s-1'))
      .then(withdrawn('s-1'), seated('s-3')));
  it('from the waiting list moves nobody', () =>
    given(...full)
      .when(withdraw('s-3'))
      .then(withdrawn('s-3')));
  it('moves up who waits next after that', () =>
    given(...full, withdrawn('s-1'), seated('s-3'))
      .when(withdraw('s-2'))
      .then(withdrawn('s-2'), seated('s-4')));
  it('is of who is enrolled', () => given(planned).when(withdraw('s-1')).rejects('session.not-enrolled'));
  it('comes too late after the day, and after the attendance', () => {
    given(planned, enrolled('s-1')).when(withdraw('s-1', after)).rejects('session.over');
    given(planned, enrolled('s-1'), recorded('s-1', 0))
      .when(withdraw('s-1', day))
      .rejects('session.attendance-recorded');
  });
});

// peers.md, edge case 23: departure
describe('the seat of somebody who leaves (23)', () => {
  const free: SessionCommand = { type: 'FreeSeat', staffId: 's-1' };
  const full = [planned, enrolled('s-1'), enrolled('s-2'), enrolled('s-3', true)];

  it('falls to who waits', () =>
    given(...full)
      .when(free)
      .then(withdrawn('s-1'), seated('s-3')));
  it('is free without anybody waiting, once', () => {
    given(planned, enrolled('s-1')).when(free).then(withdrawn('s-1'));
    given(planned, enrolled('s-1'), withdrawn('s-1'))
      .when(free)
      .then(...nothing);
  });
  it('stays where the person came, or the session is over', () => {
    for (const over of [recorded('s-1', 120), held, cancelled])
      given(...full, over)
        .when(free)
        .then(...nothing);
  });
});

describe('capacity', () => {
  it('that grows moves people up', () =>
    given(planned, enrolled('s-1'), enrolled('s-2'), enrolled('s-3', true), enrolled('s-4', true))
      .when({ type: 'ChangeCapacity', capacity: 3 })
      .then({ type: 'CapacityChanged', data: { sessionId, capacity: 3 } }, seated('s-3')));
  it('does not fall below the seats that are taken', () =>
    given(planned, enrolled('s-1'), enrolled('s-2'))
      .when({ type: 'ChangeCapacity', capacity: 1 })
      .rejects('session.capacity-below-seats'));
  it('stays as it is', () =>
    given(planned)
      .when({ type: 'ChangeCapacity', capacity: 2 })
      .then(...nothing));
});

describe('attendance', () => {
  it('is recorded, with minutes', () =>
    given(planned, enrolled('s-1'), enrolled('s-2'))
      .when(attend(here('s-1', 90), here('s-2', 0)))
      .then(recorded('s-1', 90), recorded('s-2', 0)));
  it('of who was not enrolled counts as well', () =>
    given(planned)
      .when(attend(here('s-9')))
      .then(recorded('s-9', 120)));
  it('is recorded again only where it differs', () =>
    given(planned, recorded('s-1', 90), recorded('s-2', 120))
      .when(attend(here('s-1', 120), here('s-2')))
      .then(recorded('s-1', 120)));
  it('above capacity is refused', () => {
    given(planned)
      .when(attend(here('s-1'), here('s-2'), here('s-3')))
      .rejects('session.above-capacity');
    given(planned, recorded('s-1', 120), recorded('s-2', 120))
      .when(attend(here('s-3')))
      .rejects('session.above-capacity');
  });
  it('of the absent takes no room', () =>
    given(planned, recorded('s-1', 120), recorded('s-2', 120))
      .when(attend(here('s-3', 0)))
      .then(recorded('s-3', 0)));
  it('is once per person', () =>
    given(planned)
      .when(attend(here('s-1'), here('s-1', 0)))
      .rejects('attendance.twice'));
  it('has minutes exactly when somebody came', () => {
    given(planned)
      .when(attend({ staffId: 's-1', attended: true, minutes: 0 }))
      .rejects('attendance.minutes-disagree');
    given(planned)
      .when(attend({ staffId: 's-1', attended: false, minutes: 10 }))
      .rejects('attendance.minutes-disagree');
  });
  it('waits for the day', () =>
    given(planned)
      .when({ type: 'RecordAttendance', entries: [here('s-1')], today: before })
      .rejects('session.not-yet'));
  it('of a session that was held is corrected, that of one cancelled is none', () => {
    given(planned, recorded('s-1', 120), held)
      .when(attend(here('s-1', 0)))
      .then(recorded('s-1', 0));
    given(planned, cancelled)
      .when(attend(here('s-1')))
      .rejects('session.cancelled');
  });
});

describe('holding a session', () => {
  it('records who had a seat and did not come', () =>
    given(planned, enrolled('s-1'), enrolled('s-2'), enrolled('s-3', true), recorded('s-1', 120))
      .when(hold)
      .then(recorded('s-2', 0), held));
  it('waits for the day', () => given(planned).when({ type: 'HoldSession', today: before }).rejects('session.not-yet'));
  it('is done once', () => given(planned, held).when(hold).rejects('session.already-held'));
});

describe('attendance of the past', () => {
  const past = (...entries: ReturnType<typeof here>[]): SessionCommand => ({ type: 'RecordPastAttendance', entries });

  it('holds the session', () =>
    given(planned)
      .when(past(here('s-1'), here('s-2', 0)))
      .then(recorded('s-1', 120), recorded('s-2', 0), held));
  it('may come in several files', () =>
    given(planned, recorded('s-1', 120), held)
      .when(past(here('s-2')))
      .then(recorded('s-2', 120)));
  // peers.md, edge case 15: the bulk path obeys the rules of the single one
  it('obeys the rules of any attendance (15)', () => {
    given(planned)
      .when(past(here('s-1'), here('s-2'), here('s-3')))
      .rejects('session.above-capacity');
    given(planned, cancelled)
      .when(past(here('s-1')))
      .rejects('session.cancelled');
  });
});
