import { deciderSpec } from '#libs/testing/decider-spec';
import { childcare, type ChildcareCommand } from './childcare.js';
import type { ChildcareEvent } from './childcare-state.js';
import { born, expected, first, notice, request, requested, staffId, today } from './childcare.fixture.js';

const { given } = deciderSpec(childcare);

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
