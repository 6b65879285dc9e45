import type { TimelineAction } from '#libs/staff-directory/timeline';
import { ServiceRecord } from './service-records.js';

const appointed: TimelineAction = {
  actionId: 'a1',
  employmentId: 'e1',
  kind: 'rehire',
  effectiveOn: '2026-04-01',
  post: { unitId: '1010', position: 'shuji' },
  grade: '2',
  jobCategory: 'general',
  route: 'other',
  weeklyMinutes: 2325,
};
const action = (over: Partial<TimelineAction>): TimelineAction => ({
  actionId: over.kind ?? 'x',
  employmentId: 'e1',
  kind: 'change-hours',
  effectiveOn: '2026-07-01',
  ...over,
});
const left = (reason: TimelineAction['reason'], effectiveOn = '2026-12-31') =>
  action({ kind: 'separate', reason, effectiveOn });

describe('what leave knows of an employment', () => {
  it('is the working minutes of a day, by the hours of that day', () => {
    const record = new ServiceRecord([appointed, action({ weeklyMinutes: 1395 })]);
    expect(record.on('2026-03-31')).toBeUndefined();
    expect(record.on('2026-06-30')).toMatchObject({ dayMinutes: 465, status: 'regular' });
    expect(record.on('2026-07-01')).toMatchObject({ dayMinutes: 279, through: null });
  });

  it('ends with the last day in service; a term that ends by itself is known beforehand', () => {
    const term = new ServiceRecord([appointed, left('term-expired')]);
    expect(term.termEnds('2026-05-01')).toBe('2026-12-31');
    expect(term.on('2027-01-01')).toBeUndefined();
    expect(term.separation('2026-05-01')).toMatchObject({ kind: 'separate', effectiveOn: '2026-12-31' });
    expect(new ServiceRecord([appointed, left('retirement-age')]).termEnds('2026-05-01')).toBeUndefined();
  });

  it('begins within a year with the appointment', () => {
    const record = new ServiceRecord([appointed]);
    expect(record.firstDay('2026-01-01', '2026-12-31')).toBe('2026-04-01');
    expect(record.firstDay('2027-01-01', '2027-12-31')).toBe('2027-01-01');
    expect(record.firstDay('2025-01-01', '2025-12-31')).toBeUndefined();
  });

  it('ends within a year with the separation after which nobody was rehired', () => {
    const rehired = { ...appointed, actionId: 'a2', employmentId: 'e2', effectiveOn: '2026-07-01' };
    const retired = [appointed, left('retirement-age', '2026-06-30')];
    expect(new ServiceRecord(retired).lastSeparation('2026-01-01', '2026-12-31')?.effectiveOn).toBe('2026-06-30');
    expect(new ServiceRecord(retired).lastSeparation('2027-01-01', '2027-12-31')).toBeUndefined();
    expect(new ServiceRecord([...retired, rehired]).lastSeparation('2026-01-01', '2026-12-31')).toBeUndefined();
  });

  it('is nothing while the actions do not hold together', () =>
    expect(new ServiceRecord([action({})]).on('2026-07-01')).toBeUndefined());
});
