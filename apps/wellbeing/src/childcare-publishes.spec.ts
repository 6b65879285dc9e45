import type { StoredEvent } from '#libs/event-store/event-store';
import { publishes } from './publishes.js';

const published = (type: string, data: object): object => publishes[type].data({ type, data } as StoredEvent);
const ofCase = { caseId: 'case-1', staffId: 'staff-1' };
const ofPeriod = { ...ofCase, periodId: 'period-1' };

describe('what wellbeing publishes of childcare leave', () => {
  it('tells the fiscal year of an entitlement, never a date of the child', () => {
    const notice = { ...ofCase, parenthood: 'gave-birth', eligibleFiscalYear: 2026 };
    expect(published('BirthNotified', { ...notice, bornOn: '2026-05-20', adoptedOn: '2026-06-01' })).toEqual(notice);
    const expected = { ...notice, eligibleFiscalYear: null };
    expect(published('BirthNotified', { ...expected, expectedOn: '2026-08-10' })).toEqual(expected);
  });

  it('tells again of a birth that was only expected', () => {
    const birth = { ...ofCase, parenthood: 'partner-gave-birth', eligibleFiscalYear: 2026 };
    expect(publishes.BirthRecorded.as).toBe('BirthNotified');
    expect(published('BirthRecorded', { ...birth, bornOn: '2026-08-12' })).toEqual(birth);
  });

  it('tells that an interview was held, not by whom nor what was wished', () =>
    expect(
      published('IntentInterviewHeld', { ...ofCase, heldOn: '2026-06-01', heldBy: 'staff-2', wish: '一か月' }),
    ).toEqual({ ...ofCase, heldOn: '2026-06-01' }));

  it('tells of a last day that moved, whichever way', () => {
    const moved = { ...ofPeriod, through: '2026-08-31' };
    expect(published('ChildcareLeaveExtended', { ...moved, policy: '1970-04-01' })).toEqual(moved);
    expect(publishes.ChildcareLeaveShortened.as).toBe('ChildcareLeaveExtended');
  });

  it('tells of a leave that the birth moved as approved for its new days', () => {
    const moved = { ...ofPeriod, from: '2026-08-18', through: '2026-08-23' };
    expect(publishes.ChildcareLeaveMoved.as).toBe('ChildcareLeaveApproved');
    expect(published('ChildcareLeaveMoved', moved)).toEqual(moved);
  });

  it('keeps requests, refusals, withdrawals and foreseen separations to itself', () =>
    expect(Object.keys(publishes).filter((type) => /Request|Refused|Withdrawn|Parent/.test(type))).toEqual([]));
});
