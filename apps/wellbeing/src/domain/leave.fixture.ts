import { leaveYearOf } from '#libs/law/annual-leave';
import { balances } from './leave-balance.js';
import type { Ask, LeaveKind, LeaveRules, Service } from './leave-days.js';
import type { LeaveEvent } from './leave-events.js';
import type { AnnualRules, OpenLeaveYear } from './leave-year.js';
import { leave, type LeaveCommand, type RequestLeave } from './leave.js';

export const staffId = 'staff-1';
export const DAY = 465;
export const days = (count: number): number => count * DAY;

export const annual: AnnualRules = {
  version: '1970-04-01',
  yearStart: '01-01',
  daysPerYear: 20,
  daysByMonths: [2, 3, 5, 7, 8, 10, 12, 13, 15, 17, 18, 20],
  carryOverMaxDays: 20,
  useOrder: 'carried-first',
  dayMinutes: DAY,
};

const common = { effectiveFrom: '1970-04-01', basis: 'illustrative', source: 'spec' } as const;

const kindsOfLeave: Record<string, Omit<LeaveKind, 'code' | 'title'>> = {
  annual: { publicKind: 'annual', units: ['day', 'half-day', 'hour'], limit: { per: 'lots' } },
  sick: { publicKind: 'sick', units: ['day', 'half-day', 'hour'], limit: { per: 'need', calendarDays: 90 } },
  nursing: { publicKind: 'child-nursing', units: ['day', 'half-day'], limit: { per: 'leave-year', days: 5 } },
  marriage: { publicKind: 'other', units: ['day'], limit: { per: 'occasion', days: 5 } },
  'spouse-childbirth': {
    publicKind: 'spouse-childbirth',
    units: ['day'],
    limit: { per: 'occasion', days: 2 },
    sex: '1',
  },
  summer: {
    publicKind: 'summer',
    units: ['day'],
    limit: { per: 'leave-year', days: 3 },
    season: { from: '07-01', through: '09-30' },
  },
};

export const rulesOf = (code: string, over: Partial<LeaveRules> = {}): LeaveRules => ({
  kind: { code, title: code, ...kindsOfLeave[code] },
  hourStep: 60,
  earliest: '2026-01-01',
  calendar: {
    ...common,
    weeklyDaysOff: [0, 6],
    yearEnd: { from: '12-29', through: '01-03' },
    holidays: [{ date: '2026-11-23', title: '勤労感謝の日' }],
    halfDays: [{ date: '2026-12-28', off: 'afternoon', title: '半日閉庁' }],
  },
  workingTime: {
    ...common,
    weeklyMinutes: 2325,
    dailyMinutes: DAY,
    stretches: [
      { from: '08:30', to: '12:00' },
      { from: '13:00', to: '17:15' },
    ],
  },
  useOrder: 'carried-first',
  policy: { leave: '1970-04-01' },
  ...over,
});

export const service: readonly Service[] = [{ from: '2020-04-01', through: null, status: 'regular', dayMinutes: DAY }];
export const TODAY = '2026-11-20';

/** A request for whole days of annual leave on a Monday without holiday, unless said otherwise. */
export const request = (
  requestId: string,
  ask: Partial<Ask> = {},
  over: Partial<Omit<RequestLeave, 'type'>> = {},
): RequestLeave => {
  const from = ask.from ?? '2026-11-30';
  const kind = ask.kind ?? 'annual';
  return {
    type: 'RequestLeave',
    requestId,
    ask: { kind, from, through: from, unit: 'day', ...ask },
    rules: rulesOf(kind),
    service,
    childcareDays: [],
    otherYears: [],
    today: TODAY,
    ...over,
  };
};

export const approve = (requestId: string, over: object = {}): LeaveCommand => ({
  type: 'ApproveLeave',
  requestId,
  approver: 'head-1',
  entitled: true,
  childcareDays: [],
  today: TODAY,
  ...over,
});

const ANNUAL = { kind: 'annual', publicKind: 'annual' } as const;
export const year2026 = leaveYearOf('2026-06-01', annual);
export const year2027 = leaveYearOf('2027-06-01', annual);

export const open = (over: Partial<OpenLeaveYear> = {}): OpenLeaveYear => ({
  type: 'OpenLeaveYear',
  staffId,
  year: year2026,
  servedFrom: '2026-01-01',
  dayMinutes: DAY,
  kind: ANNUAL,
  rules: annual,
  carriedOver: 0,
  ...over,
});

export const openedYear: LeaveEvent = {
  type: 'LeaveYearOpened',
  data: { staffId, from: '2026-01-01', through: '2026-12-31', servedFrom: '2026-01-01', dayMinutes: DAY },
};

type Granted = Extract<LeaveEvent, { type: 'LeaveGranted' }>;

export const granted = (over: Partial<Granted['data']> = {}): Granted => ({
  type: 'LeaveGranted',
  data: {
    staffId,
    ...ANNUAL,
    lotId: 'lot-2026',
    leaveYear: '2026-01-01',
    grantedOn: '2026-01-01',
    usableThrough: '2027-12-31',
    minutes: days(20),
    origin: 'grant',
    dayMinutes: DAY,
    ...over,
  },
});

export const carried = (minutes: number): Granted =>
  granted({ lotId: 'lot-carried', usableThrough: '2026-12-31', minutes, origin: 'carry-over' });

/** The events of commands one after another. */
export const after = (history: readonly LeaveEvent[], ...commands: readonly LeaveCommand[]): LeaveEvent[] =>
  commands.reduce<LeaveEvent[]>(
    (events, command) => [...events, ...leave.decide(command, events.reduce(leave.evolve, leave.initial))],
    [...history],
  );

export const stateOf = (events: readonly LeaveEvent[]) => {
  const state = events.reduce(leave.evolve, leave.initial);
  if (state.status === 'none') throw new Error('no account');
  return state;
};

export const left = (events: readonly LeaveEvent[], lotId = 'lot-2026') =>
  balances(stateOf(events)).find((lot) => lot.lotId === lotId)?.left;
