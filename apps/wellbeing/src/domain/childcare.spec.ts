import { deciderSpec } from '#libs/testing/decider-spec';
import { childcare, type ChildcareCommand, type ChildcareRules } from './childcare.js';
import type { ChildcareEvent, ChildcareLeave } from './childcare-state.js';

const { given } = deciderSpec(childcare);

const rules: ChildcareRules = {
  version: '1970-04-01',
  untilAge: 3,
  times: 2,
  firstDays: 57,
  timesInFirstDays: 2,
  noticeMonths: 1,
  noticeDaysInFirstDays: 14,
  extensions: 1,
};
const staffId = 'staff-1';
const today = '2026-06-01';
const first = { staffId, caseId: 'case-1' };

const notice = (over: object = {}): ChildcareCommand =>
  ({
    type: 'NotifyBirth',
    ...first,
    parenthood: 'partner-gave-birth',
    child: { bornOn: '2026-05-20' },
    today,
    ...over,
  }) as ChildcareCommand;
const born = (over: Partial<Extract<ChildcareEvent, { type: 'BirthNotified' }>['data']> = {}): ChildcareEvent => ({
  type: 'BirthNotified',
  data: { ...first, parenthood: 'partner-gave-birth', eligibleFiscalYear: 2026, bornOn: '2026-05-20', ...over },
});
const expected = born({ bornOn: undefined, expectedOn: '2026-08-10', eligibleFiscalYear: null });

/** A leave of the first child, in its first 57 days (through 15 July) unless told otherwise. */
const period = (over: Partial<ChildcareLeave> = {}) => ({
  ...first,
  periodId: over.periodId ?? 'period-1',
  caseId: over.caseId ?? first.caseId,
  from: over.from ?? '2026-07-01',
  through: over.through ?? '2026-07-14',
});
const ids = ({ staffId: who, caseId, periodId } = period()) => ({ staffId: who, caseId, periodId });
const requested = (over: Partial<ChildcareLeave> = {}): ChildcareEvent => ({
  type: 'ChildcareLeaveRequested',
  data: { ...period(over), requestedOn: today, policy: rules.version },
});
const approved = (over: Partial<ChildcareLeave> = {}): ChildcareEvent => ({
  type: 'ChildcareLeaveApproved',
  data: period(over),
});
const started = (over: Partial<ChildcareLeave> = {}): ChildcareEvent => ({
  type: 'ChildcareLeaveStarted',
  data: period(over),
});
const running = [born(), requested(), approved(), started()] as const;

const request = (over: object = {}): ChildcareCommand =>
  ({ type: 'RequestLeave', ...period(), today, inService: true, rules, ...over }) as ChildcareCommand;
const decision = { periodId: 'period-1', decidedBy: 'staff-9' };

describe('a birth', () => {
  it('is notified with the fiscal year in which the parent became entitled', () => given().when(notice()).then(born()));

  it('is only expected: entitlement comes with the birth', () => {
    given()
      .when(notice({ child: { expectedOn: '2026-08-10' } }))
      .then(expected);
    given(expected)
      .when({ type: 'RecordBirth', caseId: 'case-1', bornOn: '2026-08-12', today: '2026-08-13' })
      .then({
        type: 'BirthRecorded',
        data: { ...first, parenthood: 'partner-gave-birth', eligibleFiscalYear: 2026, bornOn: '2026-08-12' },
      });
  });

  it('cannot be in the future', () => {
    given()
      .when(notice({ child: { bornOn: '2026-06-02' } }))
      .rejects('childcare.born-in-future');
    given(expected)
      .when({ type: 'RecordBirth', caseId: 'case-1', bornOn: '2026-08-12', today })
      .rejects('childcare.born-in-future');
  });

  it('has a date', () =>
    given()
      .when(notice({ child: {} }))
      .rejects('childcare.no-birth-date'));

  it('is recorded once', () =>
    given(born())
      .when({ type: 'RecordBirth', caseId: 'case-1', bornOn: '2026-05-21', today })
      .rejects('childcare.birth-already-recorded'));

  it('is notified once, twins too; a second child is another case', () => {
    given(born())
      .when(notice({ caseId: 'case-2' }))
      .rejects('childcare.already-notified');
    given(expected)
      .when(notice({ caseId: 'case-2', child: { expectedOn: '2026-08-10' } }))
      .rejects('childcare.already-notified');
    given(born())
      .when(notice({ caseId: 'case-2', child: { bornOn: '2024-05-20' } }))
      .then(born({ caseId: 'case-2', bornOn: '2024-05-20', eligibleFiscalYear: 2024 }));
  });

  it('of an adopted child counts from the adoption', () => {
    const child = { bornOn: '2025-03-01', adoptedOn: '2026-05-01' };
    given()
      .when(notice({ parenthood: 'adopted', child }))
      .then(born({ parenthood: 'adopted', ...child, eligibleFiscalYear: 2026 }));
    given()
      .when(notice({ parenthood: 'adopted', child: { bornOn: '2025-03-01' } }))
      .rejects('childcare.adoption-date-mismatch');
    given().when(notice({ child })).rejects('childcare.adoption-date-mismatch');
    given()
      .when(notice({ parenthood: 'adopted', child: { ...child, adoptedOn: '2025-02-28' } }))
      .rejects('childcare.adopted-before-birth');
  });

  it('entered by mistake is voided, and may then be entered again; not once there is a leave', () => {
    const voided: ChildcareEvent = { type: 'BirthNoticeVoided', data: first };
    given(born()).when({ type: 'VoidBirthNotice', caseId: 'case-1' }).then(voided);
    given(born(), voided)
      .when(notice({ caseId: 'case-2' }))
      .then(born({ caseId: 'case-2' }));
    given(born(), voided).when(request()).rejects('childcare.notice-voided');
    given(born(), requested()).when({ type: 'VoidBirthNotice', caseId: 'case-1' }).rejects('childcare.leave-exists');
  });
});

describe('the intent interview', () => {
  const held = {
    type: 'HoldIntentInterview',
    caseId: 'case-1',
    heldOn: today,
    heldBy: 'staff-2',
    wish: '一か月',
    today,
  };
  const interview = (over: object = {}) => ({ ...held, ...over }) as ChildcareCommand;
  const event: ChildcareEvent = {
    type: 'IntentInterviewHeld',
    data: { ...first, heldOn: today, heldBy: 'staff-2', wish: '一か月' },
  };

  it('is recorded with the day and the wish', () => given(born()).when(interview()).then(event));
  it('is held once', () => given(born(), event).when(interview()).rejects('childcare.interview-already-held'));
  it('is not held with oneself', () =>
    given(born())
      .when(interview({ heldBy: staffId }))
      .rejects('childcare.own-interview'));
  it('has been held', () =>
    given(born())
      .when(interview({ heldOn: '2026-06-02' }))
      .rejects('childcare.interview-in-future'));
  it('is about a child that is known', () => given().when(interview()).rejects('childcare-case.not-found'));
});

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
  const approve: ChildcareCommand = { type: 'ApproveLeave', ...decision };

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
    given(born(), requested(), approved()).when(forward).rejects('childcare.not-open');
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
      .when({ type: 'ApproveLeave', ...decision })
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
});
