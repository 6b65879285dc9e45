import { addDays } from '#libs/law/local-date';
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
  notice,
  period,
  request,
  requested,
  rules,
  staffId,
  today,
} from './childcare.fixture.js';

const { given } = deciderSpec(childcare);

describe('a birth', () => {
  it('is notified with the fiscal year in which the parent became entitled', () => given().when(notice()).then(born()));

  it('is only expected: entitlement comes with the birth', () => {
    given()
      .when(notice({ child: { expectedOn: '2026-08-10' } }))
      .then(expected);
    given(expected)
      .when({ type: 'RecordBirth', caseId: 'case-1', bornOn: '2026-08-12', rules, today: '2026-08-13' })
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
      .when({ type: 'RecordBirth', caseId: 'case-1', bornOn: '2026-08-12', rules, today })
      .rejects('childcare.born-in-future');
  });

  it('has a date', () =>
    given()
      .when(notice({ child: {} }))
      .rejects('childcare.no-birth-date'));

  it('is told by one date: the day of birth, or the one expected', () =>
    given()
      .when(notice({ child: { bornOn: '2026-05-20', expectedOn: '2026-05-25' } }))
      .rejects('childcare.two-birth-dates'));

  it.each([
    ['2020-04-01', '2026-03-31'],
    ['2020-04-02', '2027-03-31'],
  ])('on %s is notified through %s, the day before school', (bornOn, last) => {
    const child = { bornOn };
    expect(childcare.decide(notice({ child, today: last }), childcare.initial)).toHaveLength(1);
    given()
      .when(notice({ child, today: addDays(last, 1) }))
      .rejects('childcare.child-too-old');
  });

  it.each([
    ['in a century long past', { bornOn: '1950-01-01' }, 'childcare.child-too-old'],
    ['further away than a pregnancy lasts', { expectedOn: '2027-03-09' }, 'childcare.expected-too-far'],
    ['in a century to come', { expectedOn: '2199-12-31' }, 'childcare.expected-too-far'],
    ['longer ago than any birth is late', { expectedOn: '2026-04-19' }, 'childcare.expected-long-past'],
  ])('%s is refused', (_, child, code) => given().when(notice({ child })).rejects(code));

  it.each(['2027-03-08', '2026-04-20'])('may be expected on %s, today being 1 June 2026', (expectedOn) =>
    given()
      .when(notice({ child: { expectedOn } }))
      .then({ ...expected, data: { ...expected.data, expectedOn } } as ChildcareEvent),
  );

  it.each(['1950-01-01', '2026-04-05', '2026-09-22'])('expected on 10 August is not on %s', (bornOn) =>
    given(expected)
      .when({ type: 'RecordBirth', caseId: 'case-1', bornOn, rules, today: '2026-12-01' })
      .rejects('childcare.birth-far-from-expected'),
  );

  it('is recorded once', () =>
    given(born())
      .when({ type: 'RecordBirth', caseId: 'case-1', bornOn: '2026-05-21', rules, today })
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
    given()
      .when(notice({ parenthood: 'adopted', child: { ...child, adoptedOn: '2032-04-01' } }))
      .rejects('childcare.child-too-old');
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

describe('leave for a child that is expected on 10 August', () => {
  const days = { from: '2026-08-10', through: '2026-08-23' };
  const planned = [expected, requested(days), approved(days)] as const;
  const birth = (bornOn: string): ChildcareCommand => ({
    type: 'RecordBirth',
    caseId: 'case-1',
    bornOn,
    rules,
    today: '2026-09-01',
  });
  const recorded = (bornOn: string, over: object = {}): ChildcareEvent => ({
    type: 'BirthRecorded',
    data: { ...first, parenthood: 'partner-gave-birth', eligibleFiscalYear: 2026, bornOn, ...over },
  });
  const moved = (over: object): ChildcareEvent => ({
    type: 'ChildcareLeaveMoved',
    data: { ...period(days), ...over },
  });

  it('begins with the birth when that is later; the last day stays', () =>
    given(...planned)
      .when(birth('2026-08-18'))
      .then(recorded('2026-08-18'), moved({ from: '2026-08-18' })));

  it('stays as it is when the child comes on the day, or earlier', () => {
    given(...planned)
      .when(birth('2026-08-10'))
      .then(recorded('2026-08-10'));
    given(...planned)
      .when(birth('2026-08-01'))
      .then(recorded('2026-08-01'));
  });

  it('is cancelled when the birth leaves nothing of it', () =>
    given(...planned)
      .when(birth('2026-08-24'))
      .then(recorded('2026-08-24'), { type: 'ChildcareLeaveCancelled', data: ids() }));

  it('of her who gave birth follows maternity leave, and ends with the age', () => {
    const mother = { parenthood: 'gave-birth', expectedOn: '2026-08-10', bornOn: undefined, eligibleFiscalYear: null };
    const whole = { from: '2026-10-06', through: '2029-08-09' };
    const events = [born(mother as object), requested(whole), approved(whole)] as const;
    given(...events)
      .when(birth('2026-08-12'))
      .then(recorded('2026-08-12', { parenthood: 'gave-birth' }), moved({ ...whole, from: '2026-10-08' }));
    given(...events)
      .when(birth('2026-08-01'))
      .then(recorded('2026-08-01', { parenthood: 'gave-birth' }), moved({ ...whole, through: '2029-07-31' }));
  });

  it('does not begin before the child is born', () => {
    const start = { type: 'StartLeave', periodId: 'period-1', today: '2026-08-18' } as const;
    given(...planned)
      .when(start)
      .then();
    const later = { ...days, from: '2026-08-18' };
    given(...planned, recorded('2026-08-18'), moved(later))
      .when(start)
      .then({ type: 'ChildcareLeaveStarted', data: period(later) });
  });

  it('is cancelled at a separation before the birth', () => {
    const leaving = { staffId, actionId: 'action-1', lastDay: '2026-08-15' };
    given(...planned, { type: 'ParentLeaving', data: leaving })
      .when({ type: 'CloseAtSeparation', today: '2026-08-16' })
      .then({ type: 'ChildcareLeaveCancelled', data: ids() }, { type: 'ParentLeft', data: leaving });
  });

  it('is not approved any more for days before the birth', () =>
    given(expected, requested(days), recorded('2026-08-18'))
      .when({ type: 'ApproveLeave', ...decision, rules })
      .rejects('childcare.before-birth'));
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
