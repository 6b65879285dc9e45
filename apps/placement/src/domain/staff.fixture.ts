import type { PersonnelAction } from '#libs/contracts/placement';
import { deciderSpec } from '#libs/testing/decider-spec';
import type { DraftAction } from './career.js';
import type { RulesOfDay } from './rules-of-day.js';
import { staff } from './staff.js';
import type { StaffEvent } from './staff-state.js';

/** What specs of the staff master have in common: a city with few rules, a person, and how they speak of actions. */
export const { given } = deciderSpec(staff);

const rules: RulesOfDay = {
  units: new Map([
    ['citizens', null],
    ['roads', null],
    ['rivers', '2026-04-01'],
  ]),
  positions: new Map([
    ['shuji', { rank: 2, managing: false, grades: ['1', '2'] }],
    ['shusa', { rank: 4, managing: false, grades: ['2', '4'] }],
    ['kacho', { rank: 6, managing: true, grades: ['6'] }],
    ['bucho', { rank: 7, managing: true, grades: ['6', '7'] }],
  ]),
  grades: new Map(['1', '2', '3', '4', '5', '6', '7'].map((grade) => [grade, Number(grade)])),
  jobCategories: new Set(['general', 'doctor']),
  routes: new Map([
    ['new-graduate', 'regular'],
    ['other', 'regular'],
    ['fixed-term', 'fixed-term'],
    ['fiscal-year', 'fiscal-year'],
    ['re-employed', 're-employed-interim'],
  ]),
  probation: new Map([
    ['regular', { months: 6, maxMonths: 12 }],
    ['fixed-term', { months: 6, maxMonths: 12 }],
    ['fiscal-year', { months: 1, maxMonths: 12 }],
    ['re-employed-short', { months: 0, maxMonths: 0 }],
    ['re-employed-interim', { months: 0, maxMonths: 0 }],
  ]),
  retirement: {
    ages: [
      { throughFiscalYear: 2024, age: 61 },
      { throughFiscalYear: 2026, age: 62 },
      { throughFiscalYear: 2028, age: 63 },
      { throughFiscalYear: 2030, age: 64 },
      { throughFiscalYear: null, age: 65 },
    ],
    doctorAges: [
      { throughFiscalYear: 2026, age: 67 },
      { throughFiscalYear: null, age: 70 },
    ],
    doctorCategories: ['doctor'],
    leavingDays: ['03-31'],
    roleAge: 60,
    informationAge: 60,
  },
  fullTime: 2325,
  versions: { probation: '2024-04-01', grades: '2024-04-02', positions: '2024-04-03', retirement: '2024-04-04' },
};
export const { probation, grades, positions, retirement } = rules.versions;

export const today = '2026-04-01';
export const staffId = 's-1';
export const details = {
  staffNumber: '100001',
  familyName: '試験',
  givenName: '一郎',
  familyNameKana: 'シケン',
  givenNameKana: 'イチロウ',
  birthDate: '2001-04-02',
  address: '伊勢原市田中0番地',
};
export const registration = { staffId, numberKey: 'k-1', sex: '1', birthCohort: 2001, ...details } as const;
export const registered: StaffEvent = { type: 'StaffRegistered', data: registration };
export const born = (birthDate: string): StaffEvent => ({
  type: 'StaffRegistered',
  data: { ...registration, birthDate },
});

export const draft = (
  kind: DraftAction['kind'],
  effectiveOn: string,
  more: Partial<DraftAction> = {},
): DraftAction => ({
  actionId: `${kind}-${effectiveOn}`,
  kind,
  effectiveOn,
  ...more,
});
export const taken = (action: DraftAction, policy?: object): StaffEvent => ({
  type: 'PersonnelActionTaken',
  data: { staffId, action: { employmentId: 'e-1', ...action } as PersonnelAction, ...(policy && { policy }) },
});
export const voided = (actionId: string, because: 'correction' | 'revocation' | 'withdrawal'): StaffEvent => ({
  type: 'PersonnelActionVoided',
  data: { staffId, actionId, because },
});
export const rulesOn = (day: string): RulesOfDay => ({
  ...rules,
  units: new Map([...rules.units].filter(([, endsOn]) => endsOn === null || day < endsOn)),
});
export const take = (...actions: DraftAction[]) => ({ type: 'TakeActions', actions, rulesOn }) as const;
export const record = (...actions: DraftAction[]) => ({ type: 'RecordHistory', actions, rulesOn, today }) as const;

export const desk = { unitId: 'citizens', position: 'shuji' };
export const full = { post: desk, grade: '1', jobCategory: 'general', weeklyMinutes: 2325 };
export const appointment = draft('appoint-on-probation', '2024-04-01', {
  ...full,
  employmentId: 'e-1',
  route: 'new-graduate',
});
export const appointed = taken({ ...appointment, until: '2024-09-30' });
export const formal = taken(draft('appoint-formally', '2024-10-01'));
export const chief = { unitId: 'roads', position: 'kacho' };
export const chiefAppointed = taken({ ...appointment, post: chief, grade: '6', until: '2024-09-30' });
export const resignation = draft('separate', '2026-03-31', { reason: 'resignation' });
export const correct = (actionId: string, action: DraftAction) =>
  ({ type: 'CorrectAction', actionId, action, rulesOn }) as const;
export const revoke = (...actionIds: string[]) => ({ type: 'RevokeActions', actionIds, rulesOn }) as const;
