import type { Delivered } from '#libs/contracts/public-event';
import { fold } from '#libs/projections/fold';
import type { FactProjection } from '#libs/projections/projection';
import { childcareFacts, durationOf } from './childcare-facts.js';
import { leaveFacts } from './leave-facts.js';
import { LeaveStory } from './leave-story.fixture.js';
import { leaveUptake } from './leave-uptake.js';

type Of = typeof leaveFacts | typeof childcareFacts;

/** What is known at the end, by table: the columns asked for. */
const known = (projection: Of, events: readonly Delivered[], table: string, ...columns: string[]) =>
  folded(projection, events)
    .filter((fact) => fact.table === table && fact.recordedTo === undefined)
    .map(({ values }) => columns.map((column) => values[column]));

const folded = (projection: Of, events: readonly Delivered[]) =>
  fold(projection as FactProjection<object>, { row: undefined }, events).opened;

describe('the ledger of leave', () => {
  const story = () => new LeaveStory('142140');

  it('is one row per entry, in its own minutes', () => {
    const leave = story();
    leave.took('s1', 'annual', ['2025-05-01', '2025-05-02']);
    leave.took('s1', 'annual', ['2025-06-02'], 60, 372);
    expect(known(leaveFacts, leave.events, 'leave_entry', 'taken_on', 'minutes', 'day_minutes')).toEqual([
      ['2025-05-01', 465, 465],
      ['2025-05-02', 465, 465],
      ['2025-06-02', 60, 372],
    ]);
  });

  it('knows a cancelled entry until it was cancelled', () => {
    const leave = story();
    const [first] = leave.took('s1', 'annual', ['2025-05-01', '2025-05-02']);
    leave.cancelled('s1', '2025-05-01', [first]);
    expect(known(leaveFacts, leave.events, 'leave_entry', 'taken_on')).toEqual([['2025-05-02']]);
    const gone = folded(leaveFacts, leave.events).find(({ recordedTo }) => recordedTo !== undefined);
    expect([gone?.values.entry_id, gone?.recordedTo]).toEqual([first, leave.now]);
  });

  it('forgets a revoked grant with what had expired of it, and keeps what was taken', () => {
    const leave = story();
    const lotId = leave.granted('s1', 2025, 20);
    leave.granted('s1', 2025, 5, { carriedOver: true });
    leave.expired('s1', lotId, 465, '2025-12-31');
    leave.took('s1', 'annual', ['2025-05-01']);
    leave.revoked('s1', 2025, lotId);
    expect(known(leaveFacts, leave.events, 'leave_lot', 'minutes', 'carried_over')).toEqual([[2325, true]]);
    expect(known(leaveFacts, leave.events, 'leave_expiry', 'minutes')).toEqual([]);
    expect(known(leaveFacts, leave.events, 'leave_entry', 'minutes')).toEqual([[465]]);
  });

  it('adds up what ends of one lot on one day', () => {
    const leave = story();
    const lotId = leave.granted('s1', 2025, 20);
    for (const minutes of [60, 60, 5]) leave.expired('s1', lotId, minutes, '2025-12-31');
    expect(known(leaveFacts, leave.events, 'leave_expiry', 'minutes', 'expired_on')).toEqual([[125, '2025-12-31']]);
  });

  it('is kept by stream, whose events come in their order', () => {
    const leave = story();
    leave.took('s1', 'annual', ['2024-05-01']);
    leave.took('s1', 'annual', ['2025-05-01']);
    leave.birth('s1', 'gave-birth', 2024);
    expect(leave.events.map((event) => leaveFacts.key(event))).toEqual([
      'leave-142140/s1:2024-01-01',
      'leave-142140/s1:2025-01-01',
      undefined,
    ]);
    expect(leave.events.map((event) => childcareFacts.key(event))).toEqual([
      undefined,
      undefined,
      'childcare-142140/s1',
    ]);
  });
});

describe('childcare leave', () => {
  const cases = (leave: LeaveStory) =>
    known(childcareFacts, leave.events, 'childcare_case', 'parenthood', 'eligible_fiscal_year', 'interviewed_on');
  const leaves = (leave: LeaveStory) =>
    known(
      childcareFacts,
      leave.events,
      'childcare_leave',
      'status',
      'newly',
      'duration',
      'valid_from',
      'valid_to',
    ).toSorted((a, b) => (String(a[3]) < String(b[3]) ? -1 : 1));

  it('has the fiscal year once the child is born, and the interview before and after', () => {
    const leave = new LeaveStory('142140');
    const caseId = leave.birth('s1', 'gave-birth', null);
    leave.childcare('s1', { type: 'IntentInterviewHeld', data: { caseId, staffId: 's1', heldOn: '2025-02-01' } });
    expect(cases(leave)).toEqual([['gave-birth', null, '2025-02-01']]);
    leave.birth('s1', 'gave-birth', 2024, caseId);
    expect(cases(leave)).toEqual([['gave-birth', 2024, '2025-02-01']]);
    leave.childcare('s1', { type: 'BirthNoticeVoided', data: { caseId, staffId: 's1' } });
    expect(cases(leave)).toEqual([]);
  });

  it('is new the first time for a child, and as long as it is planned', () => {
    const leave = new LeaveStory('142140');
    const staffId = 's1';
    const caseId = leave.birth(staffId, 'partner-gave-birth', 2024);
    const periodId = leave.childcareLeave(staffId, caseId, '2024-06-01', '2024-06-30');
    leave.childcareLeave(staffId, caseId, '2024-09-01', '2024-09-05', true);
    expect(leaves(leave)).toEqual([
      ['started', true, '2w-1m', '2024-06-01', '2024-07-01'],
      ['ended', false, '<1w', '2024-09-01', '2024-09-06'],
    ]);
    leave.childcare(staffId, {
      type: 'ChildcareLeaveExtended',
      data: { staffId, caseId, periodId, through: '2024-07-01' },
    });
    expect(leaves(leave)[0]).toEqual(['started', true, '1m-3m', '2024-06-01', '2024-07-02']);
    leave.childcare(staffId, {
      type: 'ChildcareLeaveEnded',
      data: { staffId, caseId, periodId, through: '2024-06-10' },
    });
    expect(leaves(leave)[0]).toEqual(['ended', true, '1w-<2w', '2024-06-01', '2024-06-11']);
  });

  it('that was only granted is told apart, and gone when it is cancelled', () => {
    const leave = new LeaveStory('142140');
    const period = { staffId: 's1', caseId: leave.birth('s1', 'adopted', 2024), periodId: 'p' };
    const dates = { from: '2024-06-01', through: '2025-05-31' };
    leave.childcare('s1', { type: 'ChildcareLeaveApproved', data: { ...period, ...dates } });
    expect(leaves(leave)).toEqual([['approved', true, '9m-12m', '2024-06-01', '2025-06-01']]);
    leave.childcare('s1', { type: 'ChildcareLeaveCancelled', data: period });
    expect(leaves(leave)).toEqual([]);
  });

  it.each([
    ['2024-06-01', '2024-06-06', '<1w'],
    ['2024-06-01', '2024-06-07', '1w-<2w'],
    ['2024-06-01', '2024-06-13', '1w-<2w'],
    ['2024-06-01', '2024-06-14', '2w-1m'],
    ['2024-06-01', '2024-06-30', '2w-1m'],
    ['2024-06-01', '2024-07-01', '1m-3m'],
    ['2024-01-31', '2024-02-29', '2w-1m'],
    ['2024-01-31', '2024-03-01', '1m-3m'],
    ['2024-06-01', '2024-09-01', '3m-6m'],
    ['2024-06-01', '2024-12-01', '6m-9m'],
    ['2024-06-01', '2025-03-01', '9m-12m'],
    ['2024-06-01', '2025-06-01', '12m-24m'],
    ['2024-06-01', '2026-05-31', '12m-24m'],
    ['2024-06-01', '2026-06-01', '24m+'],
  ])('from %s through %s is of the class %s', (from, through, expected) =>
    expect(durationOf(from, through)).toBe(expected),
  );
});

it('every fact table has the columns that are written', () => {
  const columns = new Map(leaveUptake.tables.map((table) => [table.name, table.columns.map(([name]) => name)]));
  expect(Object.entries({ ...leaveFacts.factTables, ...childcareFacts.factTables })).toEqual([...columns]);
});
