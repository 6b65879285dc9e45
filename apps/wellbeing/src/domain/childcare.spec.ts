import { deciderSpec } from '#libs/testing/decider-spec';
import { childcare, type ChildcareCommand } from './childcare.js';
import type { ChildcareEvent } from './childcare-state.js';
import {
  approved,
  born,
  decision,
  expected,
  first,
  ids,
  period,
  request,
  requested,
  rules,
  running,
  staffId,
  started,
  today,
} from './childcare.fixture.js';

const { given } = deciderSpec(childcare);

describe('a request', () => {
  const later = { from: '2026-09-01', through: '2026-12-31' };

  it('is kept with the rules of the day', () => given(born()).when(request()).then(requested()));

  it('comes two weeks before in the first 57 days, else a month', () => {
    given(born())
      .when(request({ today: '2026-06-17' }))
      .then({
        type: 'ChildcareLeaveRequested',
        data: { ...period(), requestedOn: '2026-06-17', policy: rules.version },
      });
    given(born())
      .when(request({ today: '2026-06-18' }))
      .rejects('childcare.too-late');
    given(born())
      .when(request({ ...later, today: '2026-08-02' }))
      .rejects('childcare.too-late');
  });

  it('may come before birth, for days from the expected one on', () => {
    given(expected)
      .when(request({ from: '2026-08-10', through: '2026-08-31' }))
      .then(requested({ from: '2026-08-10', through: '2026-08-31' }));
    given(expected)
      .when(request({ from: '2026-08-09', through: '2026-08-31' }))
      .rejects('childcare.before-birth');
  });

  it('of the mother follows her maternity leave', () =>
    given(born({ parenthood: 'gave-birth' }))
      .when(request())
      .rejects('childcare.during-maternity-leave'));

  it('ends the day before the third birthday', () =>
    given(born())
      .when(request({ ...later, through: '2029-05-20' }))
      .rejects('childcare.beyond-age'));

  it('is not for a third time; what was refused or withdrawn does not count', () => {
    const [one, two] = [
      requested({ periodId: 'period-1', from: '2026-09-01', through: '2026-09-30' }),
      requested({ periodId: 'period-2', from: '2026-11-01', through: '2026-11-30' }),
    ];
    const third = request({ periodId: 'period-3', from: '2027-01-01', through: '2027-01-31' });
    given(born(), one, two).when(third).rejects('childcare.times-exceeded');
    given(born(), one, two, { type: 'ChildcareLeaveWithdrawn', data: ids() })
      .when(third)
      .then(requested({ periodId: 'period-3', from: '2027-01-01', through: '2027-01-31' }));
  });

  it('does not overlap another by a day, pending ones included, for another child neither (peers.md 2)', () => {
    const other = born({ caseId: 'case-2', bornOn: '2024-05-20', eligibleFiscalYear: 2024 });
    const overlapping = request({ caseId: 'case-2', periodId: 'period-2', from: '2026-07-14', through: '2026-08-31' });
    given(born(), other, requested()).when(overlapping).rejects('childcare.overlaps');
    given(born(), other, requested())
      .when(request({ caseId: 'case-2', periodId: 'period-2', from: '2026-07-15', through: '2026-08-31' }))
      .then(requested({ caseId: 'case-2', periodId: 'period-2', from: '2026-07-15', through: '2026-08-31' }));
  });

  it('is for somebody in service', () =>
    given(born())
      .when(request({ inService: false }))
      .rejects('childcare.not-in-service'));

  it('is for a child that is known', () => given().when(request()).rejects('childcare-case.not-found'));
});

describe('the decision', () => {
  const approve: ChildcareCommand = { type: 'ApproveLeave', ...decision, rules };

  it('approves or refuses', () => {
    given(born(), requested()).when(approve).then(approved());
    given(born(), requested())
      .when({ type: 'RefuseLeave', ...decision, because: '要件を満たさない' })
      .then({ type: 'ChildcareLeaveRefused', data: { ...ids(), because: '要件を満たさない' } });
  });

  it('is taken once (peers.md 3)', () => {
    given(born(), requested(), approved()).when(approve).rejects('childcare.not-pending');
    given(born(), requested(), approved())
      .when({ type: 'RefuseLeave', ...decision, because: '' })
      .rejects('childcare.not-pending');
  });

  it('is never on one’s own leave (peers.md 13)', () =>
    given(born(), requested())
      .when({ ...approve, decidedBy: staffId })
      .rejects('childcare.own-request'));

  it('needs a request', () => given(born()).when(approve).rejects('childcare-leave.not-found'));
});

describe('a leave not begun', () => {
  const cancel: ChildcareCommand = { type: 'CancelLeave', periodId: 'period-1', byColleague: true };

  it('is withdrawn while pending, cancelled by HR once approved, neither once begun (peers.md 16)', () => {
    given(born(), requested())
      .when({ ...cancel, byColleague: false })
      .then({ type: 'ChildcareLeaveWithdrawn', data: ids() });
    given(born(), requested(), approved())
      .when({ ...cancel, byColleague: false })
      .rejects('childcare.approved-already');
    given(born(), requested()).when(cancel).then({ type: 'ChildcareLeaveWithdrawn', data: ids() });
    given(born(), requested(), approved()).when(cancel).then({ type: 'ChildcareLeaveCancelled', data: ids() });
    given(...running)
      .when(cancel)
      .rejects('childcare.not-cancellable');
  });
});

describe('on its days', () => {
  const start = (day: string): ChildcareCommand => ({ type: 'StartLeave', periodId: 'period-1', today: day });
  const end = (day: string): ChildcareCommand => ({ type: 'EndLeave', periodId: 'period-1', today: day });
  const ended: ChildcareEvent = { type: 'ChildcareLeaveEnded', data: { ...ids(), through: '2026-07-14' } };

  it('starts on the first, once', () => {
    given(born(), requested(), approved()).when(start('2026-07-01')).then(started());
    given(born(), requested(), approved()).when(start('2026-06-30')).then();
    given(...running)
      .when(start('2026-07-01'))
      .then();
    given(born(), requested()).when(start('2026-07-01')).then();
  });

  it('ends after the last, once', () => {
    given(...running)
      .when(end('2026-07-15'))
      .then(ended);
    given(...running)
      .when(end('2026-07-14'))
      .then();
    given(...running, ended)
      .when(end('2026-07-15'))
      .then();
    given().when(end('2026-07-15')).then();
  });
});

describe('the last day', () => {
  const extend = (over: object = {}) =>
    ({ type: 'ExtendLeave', ...decision, through: '2026-08-31', inService: true, rules, ...over }) as ChildcareCommand;
  const extended: ChildcareEvent = {
    type: 'ChildcareLeaveExtended',
    data: { ...ids(), through: '2026-08-31', policy: rules.version },
  };

  it('is put off once', () => {
    given(...running)
      .when(extend())
      .then(extended);
    given(...running, extended)
      .when(extend({ through: '2026-09-30' }))
      .rejects('childcare.extensions-exceeded');
  });

  it('is put off to a later day, within the age, free of other leave, by a colleague, in service', () => {
    given(...running)
      .when(extend({ through: '2026-07-14' }))
      .rejects('childcare.not-later');
    given(...running)
      .when(extend({ through: '2029-05-20' }))
      .rejects('childcare.beyond-age');
    given(...running, requested({ periodId: 'period-2', from: '2026-08-31', through: '2026-10-31' }))
      .when(extend())
      .rejects('childcare.overlaps');
    given(...running)
      .when(extend({ decidedBy: staffId }))
      .rejects('childcare.own-request');
    given(...running)
      .when(extend({ inService: false }))
      .rejects('childcare.not-in-service');
    given(born(), requested()).when(extend()).rejects('childcare.not-open');
  });

  it('of a leave in the first 57 days put off behind them makes it one of the two times', () => {
    const taken = ['period-2', 'period-3'].map((periodId, index) =>
      requested({ periodId, from: `2027-0${index + 1}-01`, through: `2027-0${index + 1}-20` }),
    );
    given(...running, ...taken)
      .when(extend({ through: '2026-07-15' }))
      .then({ ...extended, data: { ...extended.data, through: '2026-07-15' } } as ChildcareEvent);
    given(...running, ...taken)
      .when(extend({ through: '2026-07-16' }))
      .rejects('childcare.times-exceeded');
  });

  it('is brought forward, and the leave ends then', () => {
    const forward: ChildcareCommand = { type: 'BringReturnForward', ...decision, through: '2026-07-07' };
    const shortened: ChildcareEvent = { type: 'ChildcareLeaveShortened', data: { ...ids(), through: '2026-07-07' } };
    given(...running)
      .when(forward)
      .then(shortened);
    given(...running, shortened)
      .when({ type: 'EndLeave', periodId: 'period-1', today: '2026-07-08' })
      .then({ type: 'ChildcareLeaveEnded', data: { ...ids(), through: '2026-07-07' } });
    given(...running)
      .when({ ...forward, through: '2026-07-14' })
      .rejects('childcare.not-earlier');
    given(...running)
      .when({ ...forward, through: '2026-06-30' })
      .rejects('childcare.ends-before-it-begins');
    given(born(), requested(), approved()).when(forward).rejects('childcare.not-begun');
    given(born(), requested()).when(forward).rejects('childcare.not-open');
  });
});

describe('a separation', () => {
  const leaving = { staffId, actionId: 'action-1', lastDay: '2026-07-10' };
  const noted: ChildcareEvent = { type: 'ParentLeaving', data: leaving };
  const close: ChildcareCommand = { type: 'CloseAtSeparation', today: '2026-07-11' };
  const left: ChildcareEvent = { type: 'ParentLeft', data: leaving };
  const through = { ...ids(), through: '2026-07-10' };

  it('is noted once, for parents', () => {
    given(born())
      .when({ type: 'NoteSeparation', ...leaving })
      .then(noted);
    given(born(), noted)
      .when({ type: 'NoteSeparation', ...leaving })
      .then();
    given()
      .when({ type: 'NoteSeparation', ...leaving })
      .then();
  });

  it('lets nothing reach beyond the last day', () => {
    given(born(), noted).when(request()).rejects('childcare.after-separation');
    given(born(), requested(), noted)
      .when({ type: 'ApproveLeave', ...decision, rules })
      .rejects('childcare.after-separation');
    given(...running, noted)
      .when({ type: 'ExtendLeave', ...decision, through: '2026-08-01', inService: true, rules })
      .rejects('childcare.after-separation');
  });

  it('taken back leaves everything as it was (peers.md 23)', () => {
    const staying: ChildcareEvent = { type: 'ParentStaying', data: { staffId, actionId: 'action-1' } };
    given(born(), noted).when({ type: 'ForgetSeparation', actionId: 'action-1' }).then(staying);
    given(born(), noted).when({ type: 'ForgetSeparation', actionId: 'action-2' }).then();
    given(born(), noted, staying).when(request()).then(requested());
    given(...running, noted, staying)
      .when(close)
      .then();
  });

  it('ends the running leave on the last day', () => {
    given(...running, noted)
      .when(close)
      .then({ type: 'ChildcareLeaveEnded', data: through }, left);
    given(...running, noted)
      .when({ ...close, today: '2026-07-10' })
      .then();
  });

  it('ends what is pending or approved (peers.md 23)', () => {
    const second = { periodId: 'period-2', from: '2026-07-20', through: '2026-07-31' };
    const pending = { periodId: 'period-3', from: '2026-10-01', through: '2026-10-31' };
    given(born(), requested(second), approved(second), requested(pending), noted)
      .when(close)
      .then(
        { type: 'ChildcareLeaveCancelled', data: ids(period(second)) },
        { type: 'ChildcareLeaveWithdrawn', data: ids(period(pending)) },
        left,
      );
    given(born(), requested(second), approved(second), noted)
      .when({ type: 'StartLeave', periodId: 'period-2', today: '2026-07-20' })
      .then();
  });

  it('lets a leave whose start was missed have been from its first to the last day in service', () =>
    given(born(), requested(), approved(), noted)
      .when(close)
      .then(started({ through: '2026-07-10' }), { type: 'ChildcareLeaveEnded', data: through }, left));

  it('is forgotten once everything has ended, for whoever comes back', () =>
    given(born(), noted, left).when(request()).then(requested()));
});

describe('a case of former years', () => {
  const past = (leaves: readonly object[], over: object = {}) =>
    ({
      type: 'RecordPastCase',
      ...first,
      parenthood: 'gave-birth',
      child: { bornOn: '2024-05-20' },
      leaves,
      rules,
      today,
      ...over,
    }) as ChildcareCommand;
  const notified = born({ parenthood: 'gave-birth', bornOn: '2024-05-20', eligibleFiscalYear: 2024 });
  const leave = { periodId: 'period-1', from: '2024-07-16', through: '2025-04-30' };
  const recorded = (over: object = {}): ChildcareEvent => ({
    type: 'PastChildcareLeaveRecorded',
    data: { ...first, ...leave, running: false, ...over },
  });

  it('comes with its leaves, or without', () => {
    given()
      .when(past([leave]))
      .then(notified, recorded());
    given().when(past([])).then(notified);
  });

  it('that runs on ends here', () => {
    const still = { ...leave, through: '2026-06-30' };
    given()
      .when(past([still]))
      .then(notified, recorded({ ...still, running: true }));
    given(notified, recorded({ ...still, running: true }))
      .when({ type: 'EndLeave', periodId: 'period-1', today: '2026-07-01' })
      .then({ type: 'ChildcareLeaveEnded', data: { ...ids(), through: '2026-06-30' } });
    given(notified, recorded()).when({ type: 'EndLeave', periodId: 'period-1', today: '2026-07-01' }).then();
  });

  it('is added to a child already known', () => {
    const next = { periodId: 'period-2', from: '2025-09-01', through: '2025-12-31' };
    given(notified, recorded())
      .when(past([next], { caseId: 'case-9' }))
      .then(recorded(next));
    given(notified)
      .when(past([], { caseId: 'case-9' }))
      .rejects('childcare.already-notified');
  });

  it('may have been taken more often than today, but not twice at once, nor outside the child’s first years', () => {
    const [second, third] = [
      { periodId: 'period-2', from: '2025-06-01', through: '2025-06-30' },
      { periodId: 'period-3', from: '2025-08-01', through: '2025-08-31' },
    ];
    given()
      .when(past([leave, second, third]))
      .then(notified, recorded(), recorded(second), recorded(third));
    given()
      .when(past([leave, { ...second, from: '2025-04-30' }]))
      .rejects('childcare.overlaps');
    given()
      .when(past([{ ...leave, from: '2024-05-19' }]))
      .rejects('childcare.before-birth');
    given()
      .when(past([{ ...leave, through: '2027-05-20' }]))
      .rejects('childcare.beyond-age');
    given()
      .when(past([{ ...leave, through: '2024-07-15' }]))
      .rejects('childcare.ends-before-it-begins');
    given()
      .when(past([{ ...leave, from: '2026-06-02', through: '2026-06-30' }]))
      .rejects('childcare.not-past');
    given()
      .when(past([], { child: { bornOn: '2026-06-02' } }))
      .rejects('childcare.born-in-future');
  });

  it('may be of a child who is grown up today, but not of one who was at school before there was the law', () => {
    const grown = { child: { bornOn: '1986-04-02' } };
    expect(childcare.decide(past([], grown), childcare.initial)).toHaveLength(1);
    for (const bornOn of ['1986-04-01', '1950-01-01'])
      given()
        .when(past([], { child: { bornOn } }))
        .rejects('childcare.child-too-old');
  });
});
