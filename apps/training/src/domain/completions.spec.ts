import { deciderSpec } from '#libs/testing/decider-spec';
import type { Service } from './employment.js';
import { trainingRecord, type TrainingRecordCommand } from './training-record.js';
import {
  complete,
  completed,
  during,
  excused,
  made,
  nothing,
  staffId,
  today,
  until,
  voided,
} from './training-record.fixture.js';
import type { TrainingRecordEvent } from './training-record-state.js';

const { given } = deciderSpec(trainingRecord);

describe('a completion', () => {
  it('meets the open assignment', () => given(made()).when(complete()).then(completed()));
  it('meets the one that is due first', () =>
    given(made({ dueOn: '2027-09-30' }), made({ assignmentId: 'a-2' }))
      .when(complete())
      .then(completed({ assignmentId: 'a-2' })));
  it('meets the one that is named', () =>
    given(made(), made({ assignmentId: 'a-2', dueOn: '2027-09-30' }))
      .when(complete({ assignmentId: 'a-2' }))
      .then(completed({ assignmentId: 'a-2' })));
  it('of someone not assigned is kept, and counted apart', () =>
    given()
      .when(complete())
      .then({
        type: 'CourseCompleted',
        data: { completionId: 'c-1', staffId, course: 'new-hire', completedOn: '2027-05-09', minutes: 2325 },
      }));
  // peers.md, edge case 12: an assignment made after the period
  it('before the assignment does not meet it (12)', () => {
    const late = made({ assignedOn: '2027-05-10' });
    given(late)
      .when(complete())
      .then({
        type: 'CourseCompleted',
        data: { completionId: 'c-1', staffId, course: 'new-hire', completedOn: '2027-05-09', minutes: 2325 },
      });
    given(late)
      .when(complete({ assignmentId: 'a-1' }))
      .rejects('completion.before-assignment');
  });
  // peers.md, edge case 21: one course in several sessions
  it('of a course taken in a second session is one without assignment (21)', () =>
    given(made(), completed())
      .when(complete({ completionId: 'c-2', sessionId: 'x-2' }))
      .then({
        type: 'CourseCompleted',
        data: {
          completionId: 'c-2',
          staffId,
          course: 'new-hire',
          completedOn: '2027-05-09',
          minutes: 2325,
          sessionId: 'x-2',
        },
      }));
  it('is recorded once for a day, unless it was in another session or was voided', () => {
    const again = complete({ completionId: 'c-2' });
    const unasked = completed({ completionId: 'c-2', assignmentId: undefined });
    given(made(), completed()).when(again).rejects('completion.already-recorded');
    given(completed({ assignmentId: undefined }))
      .when(again)
      .rejects('completion.already-recorded');
    given(completed({ sessionId: 'x-1' }))
      .when(complete({ completionId: 'c-2', sessionId: 'x-1' }))
      .rejects('completion.already-recorded');
    given(completed({ sessionId: 'x-1' }))
      .when(again)
      .then(unasked);
    given(completed({ course: 'manager' }))
      .when(again)
      .then(unasked);
    given(completed({ completedOn: '2027-05-08' }))
      .when(again)
      .then(unasked);
    given(completed(), voided()).when(again).then(unasked);
  });
  it('does not meet what nobody should have asked for', () =>
    given(made(), excused({ because: 'action-voided', from: '2027-04-01' }))
      .when(complete())
      .then({
        type: 'CourseCompleted',
        data: { completionId: 'c-1', staffId, course: 'new-hire', completedOn: '2027-05-09', minutes: 2325 },
      }));
  it('does not meet by name what nobody should have asked for either', () =>
    given(made(), excused({ because: 'action-voided', from: '2027-04-01' }))
      .when(complete({ assignmentId: 'a-1' }))
      .rejects('assignment.withdrawn'));
  // peers.md, edge case 13: self-approval
  it('is recorded by somebody else (13)', () =>
    given(made())
      .when(complete({ by: staffId }))
      .rejects('record.own'));
  it('is not in the future', () =>
    given(made())
      .when(complete({ completedOn: '2027-05-11' }))
      .rejects('completion.in-future'));
  it('names an assignment that is there, open and of its course', () => {
    given()
      .when(complete({ assignmentId: 'a-9' }))
      .rejects('assignment.not-found');
    given(made(), completed())
      .when(complete({ completionId: 'c-2', assignmentId: 'a-1' }))
      .rejects('assignment.already-done');
    given(made())
      .when(complete({ course: 'manager', assignmentId: 'a-1' }))
      .rejects('assignment.other-course');
  });
  it('that ends says when, and when it is asked for again', () =>
    given(made())
      .when(complete({ validity: { months: 12, renewalDays: 30, renewedFrom: '2026-11-21' } }))
      .then(completed({ validThrough: '2028-05-08', renewOn: '2028-04-08' })));
  it('whose renewal lies before this system took over is not renewed', () =>
    given(made({ assignedOn: '2025-04-01' }))
      .when(
        complete({ completedOn: '2025-05-09', validity: { months: 12, renewalDays: 30, renewedFrom: '2026-11-21' } }),
      )
      .then(completed({ completedOn: '2025-05-09', validThrough: '2026-05-08' })));

  it('that was wrong is voided, and the assignment is open again', () => {
    given(made(), completed()).when({ type: 'VoidCompletion', staffId, completionId: 'c-1' }).then(voided());
    given(made(), completed(), voided())
      .when(complete({ completionId: 'c-2' }))
      .then(completed({ completionId: 'c-2' }));
  });
  it('of who has left meanwhile is voided, and nothing is asked', () =>
    given(made(), completed())
      .when({
        type: 'VoidCompletion',
        staffId,
        completionId: 'c-1',
        service: until('2027-05-10'),
      })
      .then(voided(), excused({ because: 'separated', from: '2027-05-10', actionId: undefined })));
  it('is voided once, and only if it is there', () => {
    given(made(), completed(), voided())
      .when({ type: 'VoidCompletion', staffId, completionId: 'c-1' })
      .rejects('completion.already-voided');
    given().when({ type: 'VoidCompletion', staffId, completionId: 'c-1' }).rejects('completion.not-found');
  });
});

describe('the attendance of a session that was held', () => {
  const attendance = (minutes: number, over: object = {}) =>
    ({
      ...complete({ completionId: 'c-2', sessionId: 'x-1', minutes }),
      type: 'FollowAttendance',
      ...over,
    }) as TrainingRecordCommand;
  const came = completed({ sessionId: 'x-1' });
  const service = until('2027-05-10');

  it('completes the course', () =>
    given(made())
      .when(attendance(2325))
      .then(completed({ completionId: 'c-2', sessionId: 'x-1' })));
  it('completes it once', () =>
    given(made(), came)
      .when(attendance(2325))
      .then(...nothing));
  it('of somebody who was absent changes nothing', () =>
    given(made())
      .when(attendance(0))
      .then(...nothing));
  it('corrected to an absence takes the completion back', () => {
    given(made(), came).when(attendance(0)).then(voided());
    given(made(), came)
      .when(attendance(0, { service }))
      .then(voided(), excused({ because: 'separated', from: '2027-05-10', actionId: undefined }));
    given(made(), came, voided())
      .when(attendance(0))
      .then(...nothing);
  });
  it('corrected in its minutes, or to a presence again, completes anew what was asked', () => {
    const anew = completed({ completionId: 'c-2', sessionId: 'x-1', minutes: 1200 });
    given(made(), came).when(attendance(1200, { service })).then(voided(), anew);
    given(made(), came, voided()).when(attendance(1200)).then(anew);
  });
});

describe('a completion that ends', () => {
  const ends = completed({ course: 'harassment', validThrough: '2028-05-08', renewOn: '2028-04-08' });
  const first = made({ course: 'harassment', kind: 'recurring' });
  const renew = (over: object = {}) =>
    ({
      type: 'RenewAssignment',
      staffId,
      assignmentId: 'a-2',
      completionId: 'c-1',
      course: 'harassment',
      kind: 'recurring',
      assignedOn: '2028-04-08',
      ...over,
    }) as TrainingRecordCommand;
  const renewed: TrainingRecordEvent = {
    type: 'AssignmentMade',
    data: {
      assignmentId: 'a-2',
      staffId,
      course: 'harassment',
      kind: 'recurring',
      because: 'renewed',
      assignedOn: '2028-04-08',
      dueOn: '2028-05-08',
    },
  };

  it('is asked for again until its last day', () => given(first, ends).when(renew()).then(renewed));
  it('is asked for once', () =>
    given(first, ends, renewed)
      .when(renew())
      .then(...nothing));
  it('is not asked for when it was taken again early', () =>
    given(first, ends, completed({ completionId: 'c-2', course: 'harassment', validThrough: '2029-01-31' }))
      .when(renew())
      .then(...nothing));
  it('is not asked for when it was voided, or never was', () => {
    given(first, ends, voided())
      .when(renew())
      .then(...nothing);
    given(first)
      .when(renew())
      .then(...nothing);
  });
  it('is not asked for while the course is open', () =>
    given(first, ends, made({ assignmentId: 'a-3', course: 'harassment' }))
      .when(renew())
      .then(...nothing));
  it('is not asked of who has left', () =>
    given(first, ends)
      .when(renew({ service: until('2028-04-08') }))
      .then(...nothing));
  it('waits for the return of who is on leave', () =>
    given(first, ends)
      .when(renew({ service: during({ from: '2028-01-01' }) }))
      .then(renewed, excused({ assignmentId: 'a-2', from: '2028-04-08', actionId: undefined })));
});

describe('a row of the past', () => {
  const assignment = {
    assignmentId: 'a-1',
    course: 'harassment',
    kind: 'recurring',
    assignedOn: '2024-04-01',
    dueOn: '2024-09-30',
  } as const;
  const completion = { completionId: 'c-1', course: 'harassment', completedOn: '2024-06-10', minutes: 120 };
  const past = (row: object) => ({ type: 'RecordPast', staffId, row, today }) as TrainingRecordCommand;
  const brought: TrainingRecordEvent = {
    type: 'AssignmentMade',
    data: { ...assignment, staffId, because: 'imported' },
  };
  const met: TrainingRecordEvent = { type: 'CourseCompleted', data: { ...completion, assignmentId: 'a-1', staffId } };

  it('may be an assignment and its completion', () =>
    given().when(past({ assignment, completion })).then(brought, met));
  it('may be an assignment nobody completed', () => given().when(past({ assignment })).then(brought));
  it('without a day of assignment is a completion nobody asked for, also beside an open one', () =>
    given(brought)
      .when(past({ completion }))
      .then({ type: 'CourseCompleted', data: { ...completion, staffId } }));
  it('may name an assignment that is there', () => given(brought).when(past({ assignment, completion })).then(met));
  it('is excused by leaves and separations of days on which this system draws the consequences itself', () => {
    const due = { ...assignment, dueOn: '2027-12-31' };
    const open: TrainingRecordEvent = { type: 'AssignmentMade', data: { ...due, staffId, because: 'imported' } };
    const row = (service: Service) => ({ ...past({ assignment: due }), service }) as TrainingRecordCommand;
    given()
      .when(row(during({ from: '2026-11-20' })))
      .then(open);
    given()
      .when(row(during({ from: '2026-11-21' })))
      .then(open, excused({ from: '2026-11-21', actionId: undefined }));
    given()
      .when(row(until('2026-11-21')))
      .then(open);
    given()
      .when(row(until('2026-11-22')))
      .then(open, excused({ because: 'separated', from: '2026-11-22', actionId: undefined }));
  });
  it('with attendance alone changes nothing here', () =>
    given()
      .when(past({}))
      .then(...nothing));
  // peers.md, edge case 12: an assignment made after the period
  it('has its days in order (12)', () => {
    given()
      .when(past({ assignment: { ...assignment, dueOn: '2024-03-31' } }))
      .rejects('assignment.due-before-assigned');
    given()
      .when(past({ assignment, completion: { ...completion, completedOn: '2024-03-31' } }))
      .rejects('completion.before-assignment');
  });
  it('is of the past', () => {
    given()
      .when(past({ assignment: { ...assignment, assignedOn: '2027-06-01', dueOn: '2027-07-01' } }))
      .rejects('assignment.in-future');
    given()
      .when(past({ completion: { ...completion, completedOn: '2027-06-01' } }))
      .rejects('completion.in-future');
  });
  it('is brought in once', () => {
    given(brought, met).when(past({ completion })).rejects('completion.already-recorded');
    const byHand = { ...completion, completionId: 'c-9' };
    given(brought, met)
      .when(past({ completion: byHand }))
      .rejects('completion.already-recorded');
    given(brought, met)
      .when(past({ completion: { ...byHand, sessionId: 'x-1' } }))
      .then({ type: 'CourseCompleted', data: { ...byHand, sessionId: 'x-1', staffId } });
    given(brought)
      .when(past({ assignment: { ...assignment, dueOn: '2024-10-31' } }))
      .rejects('assignment.other-due');
  });
});
