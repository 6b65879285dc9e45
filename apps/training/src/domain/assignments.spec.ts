import { deciderSpec } from '#libs/testing/decider-spec';
import type { Asked } from './assignments.js';
import { trainingRecord, type TrainingRecordCommand } from './training-record.js';
import {
  completed,
  demand,
  during,
  excused,
  made,
  nothing,
  reopened,
  staffId,
  today,
  until,
} from './training-record.fixture.js';
import type { TrainingRecordEvent } from './training-record-state.js';

const { given } = deciderSpec(trainingRecord);
const make = (...demands: Asked[]) => ({ type: 'FollowAction', staffId, actionId: 'appointment', demands }) as const;

describe('assignments by rule', () => {
  it('are made with the rule and the version of the pack', () => given().when(make(demand)).then(made()));
  it('are made once', () =>
    given(made())
      .when(make(demand))
      .then(...nothing));
  it('do not ask a second time for what is open', () =>
    given(made())
      .when(make({ ...demand, assignmentId: 'a-2' }))
      .then(...nothing));
  it('ask again for what was completed long ago', () =>
    given(made(), completed())
      .when(make({ ...demand, assignmentId: 'a-2' }))
      .then(made({ assignmentId: 'a-2' })));
});

describe('an assignment ordered by hand', () => {
  const order = (over: object = {}) =>
    ({
      type: 'OrderAssignment',
      staffId,
      assignmentId: 'a-2',
      course: 'new-hire',
      kind: 'new-hire',
      today,
      dueOn: '2027-07-31',
      ...over,
    }) as TrainingRecordCommand;
  const ordered: TrainingRecordEvent = {
    type: 'AssignmentMade',
    data: {
      assignmentId: 'a-2',
      staffId,
      course: 'new-hire',
      kind: 'new-hire',
      because: 'ordered',
      assignedOn: today,
      dueOn: '2027-07-31',
    },
  };

  it('is made', () => given().when(order()).then(ordered));
  it('is refused while the course is open', () => given(made()).when(order()).rejects('assignment.already-open'));
  // peers.md, edge case 12: an assignment made after the period
  it('is not due before it is made (12)', () =>
    given()
      .when(order({ dueOn: '2027-05-09' }))
      .rejects('assignment.due-before-assigned'));
  it('is refused while it waits for the return from a leave', () =>
    given(made(), excused()).when(order()).rejects('assignment.already-open'));
  it('waits for the return of who is on leave', () =>
    given()
      .when(order({ service: during({ from: '2027-05-01' }) }))
      .then(ordered, excused({ assignmentId: 'a-2', from: today, actionId: undefined })));
  it('ends with a separation known before it', () =>
    given()
      .when(order({ service: until('2027-06-01') }))
      .then(ordered, excused({ assignmentId: 'a-2', because: 'separated', from: '2027-06-01', actionId: undefined })));
});

describe('an action that is voided', () => {
  const undo = (actionId: string, ...demands: Asked[]) =>
    ({ type: 'UndoAction', staffId, actionId, demands, service: during({ from: '2027-05-01' }) }) as const;
  const withdrawn = excused({ because: 'action-voided', from: '2027-04-01', actionId: undefined });
  const away = excused({ actionId: 'appointment' });

  it('takes back what it had asked', () => given(made()).when(undo('appointment')).then(withdrawn));
  it('takes it back once', () =>
    given(made(), withdrawn)
      .when(undo('appointment'))
      .then(...nothing));
  it('takes back what a leave has excused meanwhile, so that the return does not open it', () =>
    given(made(), excused()).when(undo('appointment')).then(withdrawn));
  it('leaves what was completed', () =>
    given(made(), completed())
      .when(undo('appointment'))
      .then(...nothing));
  it('leaves to ask what another action asks as well, and had not to ask while this one did', () => {
    const other = { ...demand, assignmentId: 'a-2', actionId: 'promotion', dueOn: '2027-08-31' };
    const asked = made({ assignmentId: 'a-2', actionId: 'promotion', dueOn: '2027-08-31' });
    given(made())
      .when({ ...undo('appointment', other), service: undefined })
      .then(withdrawn, asked);
    given(made(), excused())
      .when(undo('appointment', other))
      .then(withdrawn, asked, { ...away, data: { ...away.data, assignmentId: 'a-2' } } as TrainingRecordEvent);
    given(made(), completed())
      .when(undo('appointment', other))
      .then(...nothing);
    given(made(), excused({ because: 'by-hand', reason: 'equivalent', actionId: undefined }))
      .when(undo('appointment', other))
      .then(withdrawn);
    given(made(), made({ assignmentId: 'a-3' }))
      .when({ ...undo('appointment', other), service: undefined })
      .then(
        withdrawn,
        { ...withdrawn, data: { ...withdrawn.data, assignmentId: 'a-3' } } as TrainingRecordEvent,
        asked,
      );
  });
  it('means nothing to what it did not ask, but for the days of the leaves that are left', () => {
    given(made())
      .when({ ...undo('other'), service: during() })
      .then(...nothing);
    given(made())
      .when(undo('other'))
      .then(excused({ actionId: 'other' }));
  });
});

describe('an excuse by hand', () => {
  const excuse = { type: 'ExcuseByHand', staffId, assignmentId: 'a-1', reason: 'equivalent', today } as const;
  const byHand = excused({ because: 'by-hand', from: today, reason: 'equivalent', actionId: undefined });
  const reopen = { type: 'ReopenByHand', staffId, assignmentId: 'a-1', today, dueOn: '2027-07-31' } as const;

  it('names a reason', () => given(made()).when(excuse).then(byHand));
  // peers.md, edge case 13: self-approval
  it('is given by somebody else (13)', () =>
    given(made())
      .when({ ...excuse, by: staffId })
      .rejects('record.own'));
  it('is of an assignment that is there', () => given().when(excuse).rejects('assignment.not-found'));
  it('is given once', () => given(made(), byHand).when(excuse).rejects('assignment.already-excused'));
  it('is not of what is done', () => given(made(), completed()).when(excuse).rejects('assignment.already-done'));
  it('can be taken back', () =>
    given(made(), byHand)
      .when(reopen)
      .then(reopened({ from: today, dueOn: '2027-07-31', actionId: undefined })));
  it('is taken back for who is on leave until the return', () =>
    given(made(), byHand)
      .when({ ...reopen, service: during({ from: '2027-05-01', back: { on: '2027-08-01', dueOn: '2027-10-31' } }) })
      .then(
        reopened({ from: today, dueOn: '2027-07-31', actionId: undefined }),
        excused({ from: today, actionId: undefined }),
        reopened({ actionId: undefined }),
      ));
  it('before the first day holds from that day', () => {
    const later = made({ assignedOn: '2027-06-01' });
    const from = '2027-06-01';
    given(later)
      .when(excuse)
      .then(excused({ because: 'by-hand', from, reason: 'equivalent', actionId: undefined }));
    given(later, byHand)
      .when(reopen)
      .then(reopened({ from, dueOn: '2027-07-31', actionId: undefined }));
  });
  it('may come before a leave or separation that lies ahead', () =>
    given(made(), excused({ from: '2027-06-01' }))
      .when(excuse)
      .then(byHand));
  it('is not taken back when it was none', () =>
    given(made(), excused()).when(reopen).rejects('assignment.not-excused-by-hand'));
  it('is not taken back for what was done meanwhile', () =>
    given(made(), byHand, completed()).when(reopen).rejects('assignment.already-done'));
  it('is taken back with time left', () =>
    given(made(), byHand)
      .when({ ...reopen, dueOn: '2027-05-01' })
      .rejects('assignment.due-before-assigned'));
});
