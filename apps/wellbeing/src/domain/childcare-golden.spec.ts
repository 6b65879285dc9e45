import { checkGolden } from '#libs/event-store/golden';
import { childcare } from './childcare.js';
import type { ChildcareEvent } from './childcare-state.js';

const ofCase = { staffId: 'staff-1', caseId: 'case-1' };
const ids = { ...ofCase, periodId: 'period-1' };
const period = { ...ids, from: '2026-07-01', through: '2026-07-14' };
const leaving = { staffId: 'staff-1', actionId: 'action-1', lastDay: '2027-03-31' };

const samples: ChildcareEvent[] = [
  {
    type: 'BirthNotified',
    data: {
      ...ofCase,
      parenthood: 'adopted',
      eligibleFiscalYear: 2026,
      bornOn: '2026-04-20',
      expectedOn: '2026-04-25',
      adoptedOn: '2026-05-20',
    },
  },
  {
    type: 'BirthRecorded',
    data: { ...ofCase, parenthood: 'gave-birth', eligibleFiscalYear: 2026, bornOn: '2026-05-20' },
  },
  { type: 'BirthNoticeVoided', data: ofCase },
  { type: 'IntentInterviewHeld', data: { ...ofCase, heldOn: '2026-06-01', heldBy: 'staff-2', wish: '一か月' } },
  { type: 'ChildcareLeaveRequested', data: { ...period, requestedOn: '2026-06-01', policy: '1970-04-01' } },
  { type: 'ChildcareLeaveWithdrawn', data: ids },
  { type: 'ChildcareLeaveApproved', data: period },
  { type: 'ChildcareLeaveMoved', data: period },
  { type: 'ChildcareLeaveRefused', data: { ...ids, because: '要件を満たさない' } },
  { type: 'ChildcareLeaveCancelled', data: ids },
  { type: 'ChildcareLeaveStarted', data: period },
  { type: 'ChildcareLeaveExtended', data: { ...ids, through: '2026-08-31', policy: '1970-04-01' } },
  { type: 'ChildcareLeaveShortened', data: { ...ids, through: '2026-07-07' } },
  { type: 'ChildcareLeaveEnded', data: { ...ids, through: '2026-07-14' } },
  { type: 'PastChildcareLeaveRecorded', data: { ...period, running: false } },
  { type: 'ParentLeaving', data: leaving },
  { type: 'ParentStaying', data: { staffId: 'staff-1', actionId: 'action-1' } },
  { type: 'ParentLeft', data: leaving },
];

it('stored childcare events stay readable', () =>
  expect(checkGolden(childcare, new URL('./childcare.golden/', import.meta.url), samples)).toEqual([]));
