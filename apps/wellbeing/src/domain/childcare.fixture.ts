import type { ChildcareCommand, ChildcareRules } from './childcare.js';
import type { ChildcareEvent, ChildcareLeave } from './childcare-state.js';

export const rules: ChildcareRules = {
  version: '1970-04-01',
  untilAge: 3,
  times: 2,
  firstDays: 57,
  timesInFirstDays: 2,
  noticeMonths: 1,
  noticeDaysInFirstDays: 14,
  extensions: 1,
};
export const staffId = 'staff-1';
export const today = '2026-06-01';
export const first = { staffId, caseId: 'case-1' };

export const notice = (over: object = {}): ChildcareCommand =>
  ({
    type: 'NotifyBirth',
    ...first,
    parenthood: 'partner-gave-birth',
    child: { bornOn: '2026-05-20' },
    today,
    ...over,
  }) as ChildcareCommand;
export const born = (
  over: Partial<Extract<ChildcareEvent, { type: 'BirthNotified' }>['data']> = {},
): ChildcareEvent => ({
  type: 'BirthNotified',
  data: { ...first, parenthood: 'partner-gave-birth', eligibleFiscalYear: 2026, bornOn: '2026-05-20', ...over },
});
export const expected = born({ bornOn: undefined, expectedOn: '2026-08-10', eligibleFiscalYear: null });

/** A leave of the first child, in its first 57 days (through 15 July) unless told otherwise. */
export const period = (over: Partial<ChildcareLeave> = {}) => ({
  ...first,
  periodId: over.periodId ?? 'period-1',
  caseId: over.caseId ?? first.caseId,
  from: over.from ?? '2026-07-01',
  through: over.through ?? '2026-07-14',
});
export const ids = ({ staffId: who, caseId, periodId } = period()) => ({ staffId: who, caseId, periodId });
export const requested = (over: Partial<ChildcareLeave> = {}): ChildcareEvent => ({
  type: 'ChildcareLeaveRequested',
  data: { ...period(over), requestedOn: today, policy: rules.version },
});
export const approved = (over: Partial<ChildcareLeave> = {}): ChildcareEvent => ({
  type: 'ChildcareLeaveApproved',
  data: period(over),
});
export const started = (over: Partial<ChildcareLeave> = {}): ChildcareEvent => ({
  type: 'ChildcareLeaveStarted',
  data: period(over),
});
export const running = [born(), requested(), approved(), started()] as const;

export const request = (over: object = {}): ChildcareCommand =>
  ({ type: 'RequestLeave', ...period(), today, inService: true, rules, ...over }) as ChildcareCommand;
export const decision = { periodId: 'period-1', decidedBy: 'staff-9' };
