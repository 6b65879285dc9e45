import { deciderSpec } from '#libs/testing/decider-spec';
import type { Asked } from './assignments.js';
import { trainingRecord, type TrainingRecordCommand } from './training-record.js';
import {
  complete,
  completed,
  demand,
  excused,
  made,
  nothing,
  reopened,
  staffId,
  today,
} from './training-record.fixture.js';
import type { TrainingRecordEvent } from './training-record-state.js';

const { given } = deciderSpec(trainingRecord);
const make = (...demands: Asked[]) => ({ type: 'MakeAssignments', staffId, demands }) as const;

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
  it('waits for the return of who is on leave', () =>
    given()
      .when(order({ away: { because: 'on-leave', from: today } }))
      .then(ordered, {
        type: 'AssignmentExcused',
        data: { assignmentId: 'a-2', staffId, because: 'on-leave', from: today },
      }));
});

describe('a leave of absence', () => {
  const leave = { type: 'ExcuseAway', staffId, actionId: 'leave', because: 'on-leave', from: '2027-05-01' } as const;
  const back = { type: 'EndLeave', staffId, actionId: 'return', from: '2027-08-01', dueOn: '2027-10-31' } as const;

  it('excuses what is open and due during it', () => given(made()).when(leave).then(excused()));
  it('does not excuse what was late before it', () =>
    given(made({ dueOn: '2027-04-30' }))
      .when(leave)
      .then(...nothing));
  it('leaves alone what is done', () =>
    given(made(), completed())
      .when(leave)
      .then(...nothing));
  it('opens again on return, with a new due day', () => given(made(), excused()).when(back).then(reopened()));
  it('keeps the old due day where that is later', () =>
    given(made({ dueOn: '2028-03-31' }), excused())
      .when(back)
      .then(reopened({ dueOn: '2028-03-31' })));
  it('opens nothing that was excused for another reason', () =>
    given(made(), excused({ because: 'by-hand', actionId: undefined }))
      .when(back)
      .then(...nothing));
  it('may be completed all the same', () => given(made(), excused()).when(complete()).then(completed()));
});

describe('a separation', () => {
  const leaves = {
    type: 'ExcuseAway',
    staffId,
    actionId: 'separation',
    because: 'separated',
    from: '2027-06-01',
  } as const;
  const gone = excused({ because: 'separated', from: '2027-06-01', actionId: 'separation' });

  it('excuses whatever is open, late or not', () =>
    given(made({ dueOn: '2027-04-30' }))
      .when(leaves)
      .then(gone));
  it('ends what a leave had excused, so that a later return does not open it', () => {
    given(made(), excused()).when(leaves).then(gone);
    given(made(), excused(), gone)
      .when({ type: 'EndLeave', staffId, actionId: 'return', from: '2029-08-01', dueOn: '2029-10-31' })
      .then(...nothing);
  });
  it('when voided, opens again what it had excused', () =>
    given(made(), gone)
      .when({ type: 'UndoAction', staffId, actionId: 'separation', demands: [] })
      .then(reopened({ from: '2027-06-01', dueOn: '2027-06-30', actionId: undefined })));
  it('when voided during a leave, leaves the excuse of the leave', () =>
    given(made(), excused(), gone)
      .when({ type: 'UndoAction', staffId, actionId: 'separation', demands: [] })
      .then(excused()));
});

describe('an action that is voided', () => {
  const undo = (actionId: string, ...demands: Asked[]) => ({ type: 'UndoAction', staffId, actionId, demands }) as const;
  const withdrawn = excused({ because: 'action-voided', from: '2027-04-01', actionId: undefined });

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
  it('a leave: opens again from the day it was excused, with the old due day', () =>
    given(made(), excused())
      .when(undo('leave'))
      .then(reopened({ from: '2027-05-01', dueOn: '2027-06-30', actionId: undefined })));
  it('a return: the leave excuses again', () =>
    given(made(), excused(), reopened()).when(undo('return')).then(excused()));
  it('a return, then the leave: everything is as it was', () =>
    given(made(), excused(), reopened(), excused())
      .when(undo('leave'))
      .then(reopened({ from: '2027-05-01', dueOn: '2027-06-30', actionId: undefined })));
  it('leaves to ask what another action asks as well, and had not to ask while this one did', () => {
    const other = { ...demand, assignmentId: 'a-2', actionId: 'promotion', dueOn: '2027-08-31' };
    const asked = made({ assignmentId: 'a-2', actionId: 'promotion', dueOn: '2027-08-31' });
    given(made()).when(undo('appointment', other)).then(withdrawn, asked);
    given(made(), excused())
      .when(undo('appointment', other))
      .then(withdrawn, asked, excused({ assignmentId: 'a-2' }));
    given(made(), completed())
      .when(undo('appointment', other))
      .then(...nothing);
    given(made(), made({ assignmentId: 'a-3' }))
      .when(undo('appointment', other))
      .then(
        withdrawn,
        { ...withdrawn, data: { ...withdrawn.data, assignmentId: 'a-3' } } as TrainingRecordEvent,
        asked,
      );
  });
  it('means nothing to what it did not touch', () =>
    given(made())
      .when(undo('other'))
      .then(...nothing));
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
  it('is not taken back when it was none', () =>
    given(made(), excused()).when(reopen).rejects('assignment.not-excused-by-hand'));
  it('is not taken back for what was done meanwhile', () =>
    given(made(), byHand, completed()).when(reopen).rejects('assignment.already-done'));
  it('is taken back with time left', () =>
    given(made(), byHand)
      .when({ ...reopen, dueOn: '2027-05-01' })
      .rejects('assignment.due-before-assigned'));
});
