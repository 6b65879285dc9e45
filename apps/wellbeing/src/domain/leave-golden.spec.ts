import { checkGolden } from '#libs/event-store/golden';
import type { LeaveEvent } from './leave-events.js';
import { leave } from './leave.js';

const staffId = 'staff-1';
const requestId = '2026-01-01.request-1';
const actionId = 'action-1';
const uses = [{ lotId: 'lot-1', minutes: 465 }];
const entry = {
  entryId: `${requestId}/2026-11-30`,
  on: '2026-11-30',
  from: 510,
  to: 1035,
  minutes: 465,
  dayMinutes: 465,
  uses,
};
const annual = { kind: 'annual', publicKind: 'annual' } as const;
const policy = { annualLeave: '1970-04-01' };

const samples: LeaveEvent[] = [
  {
    type: 'LeaveYearOpened',
    data: {
      staffId,
      from: '2026-01-01',
      through: '2026-12-31',
      servedFrom: '2026-04-01',
      dayMinutes: 465,
      actionId,
      policy,
    },
  },
  {
    type: 'LeaveGranted',
    data: {
      staffId,
      lotId: 'lot-1',
      ...annual,
      leaveYear: '2026-01-01',
      grantedOn: '2026-04-01',
      usableThrough: '2027-12-31',
      minutes: 6975,
      origin: 'grant',
      dayMinutes: 465,
      actionId,
      policy,
      reason: '個別の事情',
    },
  },
  { type: 'LeaveGrantRevoked', data: { staffId, lotId: 'lot-1', actionId } },
  {
    type: 'LeaveRequested',
    data: {
      staffId,
      requestId,
      ...annual,
      requestedOn: '2026-11-20',
      entries: [entry],
      policy: { leave: '1970-04-01', calendar: '1970-04-01', workingTime: '1970-04-01', annualLeave: '1970-04-01' },
      occasionOn: '2026-11-28',
      reason: '私用',
    },
  },
  { type: 'LeaveApproved', data: { staffId, requestId, approvedOn: '2026-11-21', approver: 'staff-2' } },
  { type: 'LeaveRefused', data: { staffId, requestId, refusedOn: '2026-11-21', because: '繁忙期' } },
  { type: 'LeaveWithdrawn', data: { staffId, requestId, withdrawnOn: '2026-11-22' } },
  { type: 'LeaveTaken', data: { staffId, requestId, entries: [{ ...entry, ...annual }] } },
  { type: 'LeaveCancelled', data: { staffId, requestId, entryIds: [entry.entryId], actionId, because: '出勤した' } },
  {
    type: 'LeaveCut',
    data: { staffId, actionId, because: 'separation', from: '2026-12-01', entryIds: [entry.entryId] },
  },
  { type: 'LeaveCutUndone', data: { staffId, actionId, entryIds: [entry.entryId] } },
  {
    type: 'LeaveExpired',
    data: { staffId, lotId: 'lot-1', kind: 'annual', minutes: 465, expiredOn: '2026-12-31' },
  },
  { type: 'LeaveYearClosed', data: { staffId, through: '2026-12-31', carriedOver: 9300, policy } },
];

it('every stored shape of leave stays readable', () =>
  expect(checkGolden(leave, new URL('./leave.golden/', import.meta.url), samples)).toEqual([]));
