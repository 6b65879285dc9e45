import { deciderSpec } from '#libs/testing/decider-spec';
import { sheet, type Followed, type SheetCommand } from './sheet.js';
import { atFirst, atGoals, confirmed, form, ids, judged, opened, openedData, step, today } from './sheet.fixture.js';
import type { SheetEvent } from './sheet-state.js';

const { given } = deciderSpec(sheet);

const probation: Followed = {
  employmentId: 'e-1',
  revoked: false,
  appointedOn: '2026-12-01',
  from: '2026-12-01',
  until: '2027-05-31',
  route: 'new-graduate',
  formal: false,
};

const follow = (over: object = {}, cutover = '2026-11-21'): SheetCommand => ({
  type: 'FollowProbation',
  ...ids,
  probation: { ...probation, ...over } as Followed,
  cutover,
  form,
  today: '2026-11-25',
});

const revoked: SheetCommand = {
  type: 'FollowProbation',
  ...ids,
  probation: { employmentId: 'e-1', revoked: true },
  cutover: '2026-11-21',
  today,
};

const closed = (because: 'separated' | 'action-voided'): SheetEvent => ({
  type: 'SheetClosed',
  data: { ...ids, because },
});

describe('the sheet of a probation', () => {
  it('opens with the appointment, due before the probation ends, and keeps its form (peers.md 8)', () =>
    given().when(follow()).then(opened));

  it('opens when the probation ends on the day this system takes over', () =>
    given().when(follow({}, '2027-05-31')).then(opened));

  it('does not open when the probation ended before', () => given().when(follow({}, '2027-06-01')).then());

  it('does not open once the formal appointment is made', () =>
    given()
      .when(follow({ formal: true }))
      .then());

  it('does not open for somebody who leaves before the probation is over', () =>
    given()
      .when(follow({ lastDay: '2027-05-30' }))
      .then());

  it('opens for somebody who leaves on its last day', () =>
    given()
      .when(follow({ lastDay: '2027-05-31' }))
      .then(opened));

  it('opens once', () => given(opened).when(follow()).then());

  it('does not open for an appointment that was revoked', () => given().when(revoked).then());

  it('moves with a correction of the appointment, and keeps what was written', () =>
    given(...atFirst)
      .when(follow({ from: '2026-12-15', appointedOn: '2026-12-15', until: '2027-06-14' }))
      .then({
        type: 'SheetDueMoved',
        data: { ...ids, from: '2026-12-15', until: '2027-06-14', appointedOn: '2026-12-15', dueOn: '2027-05-31' },
      }));

  it('moves when the probation is extended before there is a result, as after a long leave', () =>
    given(...atGoals)
      .when(follow({ until: '2027-08-31' }))
      .then({
        type: 'SheetDueMoved',
        data: { ...ids, from: '2026-12-01', until: '2027-08-31', appointedOn: '2026-12-01', dueOn: '2027-08-17' },
      }));

  it('closes when the appointment is revoked', () =>
    given(...atGoals)
      .when(revoked)
      .then(closed('action-voided')));

  it('closes when the person leaves before the probation is over (peers.md 23)', () =>
    given(...atFirst)
      .when(follow({ lastDay: '2027-02-28' }))
      .then(closed('separated')));

  it('closes once', () =>
    given(...atGoals, closed('separated'))
      .when(follow({ lastDay: '2027-02-28' }))
      .then());

  it('reopens where it was when the resignation is withdrawn', () => {
    const reopened: SheetEvent = {
      type: 'SheetReopened',
      data: { ...ids, from: '2026-12-01', until: '2027-05-31', appointedOn: '2026-12-01', dueOn: '2027-05-17' },
    };
    given(...atFirst, closed('separated'))
      .when(follow())
      .then(reopened);
    given(...atFirst, closed('separated'), reopened)
      .when({ type: 'AgreeGoals', by: 'm-1', inPost: ['m-1'], route: {}, today })
      .rejects('sheet.not-the-turn');
  });

  it.each([follow({ until: '2027-08-31' }), follow({ lastDay: '2027-01-31' }), revoked])(
    'keeps its result whatever happens afterwards (peers.md 16)',
    (command) =>
      given(...judged(), confirmed)
        .when(command)
        .then(),
  );
});

describe('the beginning of the period', () => {
  const begin = (day: string): SheetCommand => ({ type: 'OpenGoals', route: { first: 'm-1' }, today: day });

  it('opens the goals with the evaluator by post', () =>
    given(opened)
      .when(begin('2026-12-01'))
      .then(step('goals', 'm-1', '2026-12-01')));

  it('opens them without one where nobody is above', () =>
    given(opened).when({ type: 'OpenGoals', route: {}, today }).then(step('goals')));

  it('is awaited', () => given(opened).when(begin('2026-11-30')).then());

  it('comes once: a later timer finds the evaluator frozen', () =>
    given(...atGoals)
      .when({ type: 'OpenGoals', route: { first: 'm-2' }, today })
      .then());

  it('finds nothing to do on a closed sheet', () =>
    given(opened, closed('action-voided')).when(begin('2026-12-01')).then());
});

describe('the due date', () => {
  const late: SheetCommand = { type: 'MarkOverdue', dueOn: '2027-05-17', today: '2027-05-18' };
  const overdue: SheetEvent = { type: 'SheetOverdue', data: { ...ids, dueOn: '2027-05-17' } };

  it('is reported when it has passed', () =>
    given(...atFirst)
      .when(late)
      .then(overdue));
  it('is reported once', () =>
    given(...atFirst, overdue)
      .when(late)
      .then());
  it('is not reported on the day itself', () =>
    given(...atFirst)
      .when({ ...late, today: '2027-05-17' })
      .then());
  it('is not reported of a sheet that has a result', () =>
    given(...judged(), confirmed)
      .when(late)
      .then());
  it('is not reported when it has moved', () =>
    given(...atFirst, {
      type: 'SheetDueMoved',
      data: { ...ids, from: '2026-12-01', until: '2027-08-31', appointedOn: '2026-12-01', dueOn: '2027-08-17' },
    })
      .when(late)
      .then());
  it('stays missed after the result came late', () =>
    given(...judged(), overdue)
      .when({ type: 'ConfirmSheet', outcome: 'passed', maxMonths: 12, by: 'hr-1', today: '2027-05-20' })
      .then({
        type: 'SheetConfirmed',
        data: {
          ...ids,
          kind: 'probation',
          employmentId: 'e-1',
          confirmedOn: '2027-05-20',
          confirmedBy: 'hr-1',
          outcome: 'passed',
        },
      }));
});

describe('a yearly sheet', () => {
  const yearly = {
    type: 'OpenYearly',
    sheetId: 's-1:2026:yearly',
    staffId: 's-1',
    form,
    from: '2026-04-01',
    until: '2027-03-31',
    dueOn: '2027-02-28',
    today,
  } as const;
  const { employmentId: _e, appointedOn: _a, route: _r, ...common } = openedData;

  it('opens for a fiscal year', () =>
    given()
      .when(yearly)
      .then({
        type: 'SheetOpened',
        data: {
          ...common,
          sheetId: 's-1:2026:yearly',
          kind: 'yearly',
          from: '2026-04-01',
          until: '2027-03-31',
          openedOn: today,
          dueOn: '2027-02-28',
        },
      }));

  it('opens once', () => given(opened).when(yearly).rejects('sheet.already-opened'));

  it('closes for somebody who leaves within the year, and reopens when that is taken back', () => {
    const leaves: SheetCommand = { type: 'FollowService', serves: false };
    const stays: SheetCommand = { type: 'FollowService', serves: true };
    given().when(leaves).then();
    given(...atGoals)
      .when(leaves)
      .then(closed('separated'));
    given(...atGoals)
      .when(stays)
      .then();
    given(...atGoals, closed('separated'))
      .when(leaves)
      .then();
    given(...atGoals, closed('separated'))
      .when(stays)
      .then({
        type: 'SheetReopened',
        data: { ...ids, from: '2026-12-01', until: '2027-05-31', dueOn: '2027-05-17' },
      });
    given(...judged(), confirmed)
      .when(leaves)
      .then();
  });
});

it('is not found before it is opened', () => given().when({ type: 'DiscloseSheet', today }).rejects('sheet.not-found'));
