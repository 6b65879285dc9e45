import fc from 'fast-check';
import type { TimelineAction } from '#libs/staff-directory/timeline';
import { addMonths } from '#libs/law/local-date';
import { deciderSpec } from '#libs/testing/decider-spec';
import type { Asked } from './assignments.js';
import { employmentsOf, type Service } from './employment.js';
import { trainingRecord } from './training-record.js';
import { complete, completed, demand, excused, made, nothing, reopened, staffId } from './training-record.fixture.js';
import type { TrainingRecordState } from './training-record-state.js';

const { given } = deciderSpec(trainingRecord);

const action = (
  actionId: string,
  kind: TimelineAction['kind'],
  effectiveOn: string,
  over: Partial<TimelineAction> = {},
): TimelineAction => ({ actionId, employmentId: 'e-1', kind, effectiveOn, ...over });
const began = {
  post: { unitId: 'u-1', position: 'shuji' },
  ...{ grade: '1', jobCategory: 'general', weeklyMinutes: 2325 },
};

const appointment = action('appointment', 'appoint-on-probation', '2027-04-01', began);
const leave = action('leave', 'start-leave-of-absence', '2027-05-01', { leaveKind: 'childcare' });
const back = action('return', 'return-from-leave', '2027-08-01');
const separation = action('separation', 'separate', '2027-05-31');

const rules = { excuses: () => true, dueAfter: () => '2027-10-31' };
const serviceBy = (actions: readonly TimelineAction[], over: Partial<typeof rules> = {}): Service | undefined => {
  const employments = employmentsOf(actions, { ...rules, ...over });
  return employments && { employments, cutover: '2026-11-21' };
};
/** The last of the actions has just been taken. */
const taken = (...actions: TimelineAction[]) => {
  const actionId = actions.at(-1)?.actionId ?? '';
  return {
    type: 'FollowAction',
    staffId,
    actionId,
    demands: [],
    service: serviceBy([appointment, ...actions]),
  } as const;
};
/** An action was voided; those are left. */
const undone = (actionId: string, ...actions: TimelineAction[]) =>
  ({ type: 'UndoAction', staffId, actionId, demands: [], service: serviceBy([appointment, ...actions]) }) as const;

describe('a leave of absence', () => {
  it('excuses what is open and due during it', () => given(made()).when(taken(leave)).then(excused()));
  it('excuses once', () =>
    given(made(), excused())
      .when(taken(leave))
      .then(...nothing));
  it('does not excuse what was late before it', () =>
    given(made({ dueOn: '2027-04-30' }))
      .when(taken(leave))
      .then(...nothing));
  it('excuses from the day of assignment what is asked during it', () =>
    given(made({ assignedOn: '2027-05-10' }))
      .when(taken(leave))
      .then(excused({ from: '2027-05-10' })));
  it('leaves alone what is done', () =>
    given(made(), completed())
      .when(taken(leave))
      .then(...nothing));
  it('means nothing where the rules of the city say so', () =>
    given(made())
      .when({ ...taken(leave), service: serviceBy([appointment, leave], { excuses: () => false }) })
      .then(...nothing));
  it('opens again on return, with a new due day', () =>
    given(made(), excused()).when(taken(leave, back)).then(reopened()));
  it('keeps the old due day where that is later', () =>
    given(made({ dueOn: '2028-03-31' }), excused())
      .when(taken(leave, back))
      .then(reopened({ dueOn: '2028-03-31' })));
  it('opens nothing that was excused by hand', () =>
    given(made(), excused({ because: 'by-hand', actionId: undefined }))
      .when(taken(leave, back))
      .then(...nothing));
  it('may be completed all the same', () => given(made(), excused()).when(complete()).then(completed()));
  it('goes on where only its kind or the post changes', () => {
    const moved = action('transfer', 'transfer', '2027-06-01', { post: { unitId: 'u-2', position: 'shuji' } });
    given(made(), excused())
      .when(taken(leave, moved))
      .then(...nothing);
  });
});

describe('what was recorded before an assignment', () => {
  const asks = (...actions: TimelineAction[]) => ({ ...taken(...actions), actionId: 'appointment', demands: [demand] });
  const known = { actionId: 'appointment' };

  it('of a leave to come excuses when that begins', () => given().when(asks(leave)).then(made(), excused(known)));
  it('of a leave and its return excuses until then', () =>
    given().when(asks(leave, back)).then(made(), excused(known), reopened(known)));
  it('of a separation to come excuses from the day after the last', () =>
    given()
      .when(asks(separation))
      .then(made(), excused({ because: 'separated', from: '2027-06-01', ...known })));
  it('of a leave that was over excuses nothing', () => {
    const late = { ...demand, assignedOn: '2027-08-01', dueOn: '2027-10-31' };
    given()
      .when({ ...asks(leave, back), demands: [late] })
      .then(made({ assignedOn: '2027-08-01', dueOn: '2027-10-31' }));
  });
  it('does not ask a second time for what waits for the return', () =>
    given(made(), excused())
      .when({ ...asks(leave), demands: [{ ...demand, assignmentId: 'a-2', assignedOn: '2027-06-01' }] })
      .then(...nothing));
});

describe('a separation', () => {
  const gone = excused({ because: 'separated', from: '2027-06-01', actionId: 'separation' });

  it('excuses whatever is open, late or not', () =>
    given(made({ dueOn: '2027-04-30' }))
      .when(taken(separation))
      .then(gone));
  it('ends what a leave had excused, and a later employment opens nothing of it', () => {
    const rehired = action('rehire', 'rehire', '2029-04-01', { ...began, employmentId: 'e-2' });
    const again = { employmentId: 'e-2' };
    const second = action('leave-2', 'start-leave-of-absence', '2029-05-01', again);
    const home = action('return-2', 'return-from-leave', '2029-08-01', again);
    given(made(), excused()).when(taken(leave, separation)).then(gone);
    given(made(), excused(), gone)
      .when(taken(leave, separation, rehired, second, home))
      .then(...nothing);
  });
  it('when voided, opens again what it had excused', () =>
    given(made(), gone)
      .when(undone('separation'))
      .then(reopened({ from: '2027-06-01', dueOn: '2027-06-30', actionId: 'separation' })));
  it('when voided during a leave, leaves the excuse of the leave', () =>
    given(made(), excused(), gone)
      .when(undone('separation', leave))
      .then(excused({ actionId: 'separation' })));
});

describe('a leave or return that was never true', () => {
  it('a leave: opens again from the day it was excused, with the old due day', () => {
    const open = reopened({ from: '2027-05-01', dueOn: '2027-06-30', actionId: 'leave' });
    given(made(), excused()).when(undone('leave')).then(open);
    given(made(), excused({ actionId: undefined }))
      .when(undone('leave'))
      .then(open);
    given(made(), excused(), open)
      .when(undone('leave'))
      .then(...nothing);
  });
  it('a return: the leave excuses again, with the due day of before', () =>
    given(made(), excused(), reopened())
      .when(undone('return', leave))
      .then(
        reopened({ from: '2027-05-01', dueOn: '2027-06-30', actionId: 'return' }),
        excused({ actionId: 'return' }),
      ));
  it('a return that was on another day: the days are those of the other', () => {
    const later = action('return', 'return-from-leave', '2027-09-01');
    given(made(), excused(), reopened())
      .when(taken(leave, later))
      .then(
        reopened({ from: '2027-05-01', dueOn: '2027-06-30' }),
        excused({ actionId: 'return' }),
        reopened({ from: '2027-09-01' }),
      );
  });
  it('changes nothing while the rest does not hold together, as between the two events of a correction', () =>
    given(made(), excused(), reopened())
      .when(undone('leave', back))
      .then(...nothing));
});

const KINDS = [
  'start-leave-of-absence',
  'return-from-leave',
  'start-leave-of-absence',
  'return-from-leave',
  'separate',
] as const;

/** A leave, its return, a second one and a separation, or the first of them: each in some month. */
const careers = fc
  .uniqueArray(fc.integer({ min: 0, max: 15 }), { maxLength: KINDS.length })
  .map((months) => months.toSorted((a, b) => a - b).map((month) => addMonths('2027-05-01', month)))
  .map((days) => days.map((day, index) => action(`x-${index}`, KINDS[index], day)));

/** Each action is recorded, the assignment is made at `place` among them, then some actions are voided. */
type Telling = Readonly<{ order: readonly TimelineAction[]; place: number; voided: readonly TimelineAction[] }>;
const tellings = (actions: readonly TimelineAction[], voided: readonly TimelineAction[]) => {
  const whole = (of: readonly TimelineAction[]) =>
    fc.shuffledSubarray([...of], { minLength: of.length, maxLength: of.length });
  return fc.record({ order: whole(actions), place: fc.nat(actions.length), voided: whole(voided) });
};
const pairs = careers.chain((actions) =>
  fc
    .subarray(actions)
    .chain((voided) => fc.tuple(tellings(actions, voided), tellings(actions, voided)))
    .filter(
      ([{ order, voided }]) => serviceBy([appointment, ...order.filter((one) => !voided.includes(one))]) !== undefined,
    ),
);

const stateAfter = (asked: Asked, { order, place, voided }: Telling): TrainingRecordState => {
  let known: readonly TimelineAction[] = [appointment];
  let state = trainingRecord.initial;
  const told = (type: 'FollowAction' | 'UndoAction', actionId: string, demands: readonly Asked[] = []) => {
    const events = trainingRecord.decide({ type, staffId, actionId, demands, service: serviceBy(known) }, state);
    state = events.reduce<TrainingRecordState>(trainingRecord.evolve, state);
  };
  const taken = (actions: readonly TimelineAction[]) => {
    for (const one of actions) {
      known = [...known, one];
      told('FollowAction', one.actionId);
    }
  };
  taken(order.slice(0, place));
  told('FollowAction', 'appointment', [asked]);
  taken(order.slice(place));
  for (const one of voided) {
    known = known.filter((other) => other !== one);
    told('UndoAction', one.actionId);
  }
  return state;
};

it('ends the same in whatever order actions, their voiding and the assignment become known', () => {
  const month = fc.integer({ min: 1, max: 15 });
  fc.assert(
    fc.property(pairs, month, month, ([one, other], asked, dueMonths) => {
      const assignedOn = addMonths('2027-04-01', asked);
      const asks = { ...demand, assignedOn, dueOn: addMonths(assignedOn, dueMonths) };
      expect(stateAfter(asks, one)).toEqual(stateAfter(asks, other));
    }),
    { numRuns: 500 },
  );
});

it('does nothing when the same is told again', () =>
  given(made(), excused(), reopened())
    .when(taken(leave, back))
    .then(...nothing));
