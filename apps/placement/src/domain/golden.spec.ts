import { checkGolden } from '#libs/event-store/golden';
import { organisation, type OrganisationEvent } from './organisation.js';
import { numberSecret, staffNumber, type NumberSecretEvent, type StaffNumberEvent } from './staff-number.js';
import { staff } from './staff.js';
import type { StaffEvent } from './staff-state.js';

const staffId = 'staff-1';
const names = { familyName: '試験', givenName: '一郎', familyNameKana: 'シケン', givenNameKana: 'イチロウ' };
const contact = { staffNumber: '100001', address: '架空町1番' };

const staffSamples: StaffEvent[] = [
  {
    type: 'StaffRegistered',
    data: {
      staffId,
      numberKey: 'a1',
      sex: '1',
      birthCohort: 2001,
      applicationId: 'application-1',
      ...names,
      ...contact,
      birthDate: '2001-04-02',
    },
  },
  {
    type: 'PersonnelActionTaken',
    data: {
      staffId,
      action: {
        actionId: 'action-1',
        employmentId: 'employment-1',
        kind: 'appoint-on-probation',
        effectiveOn: '2024-04-01',
        until: '2024-09-30',
        post: { unitId: '110', position: 'shuji' },
        grade: '1',
        jobCategory: 'general',
        route: 'new-graduate',
        weeklyMinutes: 2325,
      },
      policy: { probation: '1970-04-01', positions: '1970-04-01', retirement: '1970-04-01' },
    },
  },
  { type: 'PersonnelActionVoided', data: { staffId, actionId: 'action-1', because: 'revocation' } },
  { type: 'StaffDetailsCorrected', data: { staffId, numberKey: 'a2', ...names, ...contact, birthDate: '1990-04-02' } },
  { type: 'StaffAttributesCorrected', data: { staffId, sex: '2', birthCohort: 1990 } },
  { type: 'ProbationEndAnnounced', data: { staffId, employmentId: 'employment-1', endsOn: '2024-09-30' } },
  { type: 'PersonErased', data: { staffId } },
];
const organisationSamples: OrganisationEvent[] = [
  {
    type: 'UnitChanged',
    data: {
      effectiveOn: '2020-04-01',
      unit: {
        unitId: '110',
        name: '土木部',
        level: 'department',
        parentId: '100',
        sector: 'project',
        appointingAuthority: 'mayor',
        abolished: false,
      },
    },
  },
];
const numberSamples: StaffNumberEvent[] = [{ type: 'StaffNumberReserved', data: { staffId } }];
const secretSamples: NumberSecretEvent[] = [{ type: 'NumberSecretDrawn', data: { secret: 'aW52ZW50ZWQ=' } }];

const folder = (name: string): URL => new URL(`./${name}.golden/`, import.meta.url);

describe('golden files', () => {
  it.each([
    ['staff', () => checkGolden(staff, folder('staff'), staffSamples)],
    ['organisation', () => checkGolden(organisation, folder('organisation'), organisationSamples)],
    ['staff-number', () => checkGolden(staffNumber, folder('staff-number'), numberSamples)],
    ['number-secret', () => checkGolden(numberSecret, folder('number-secret'), secretSamples)],
  ])('every stored shape of %s stays readable', (_, check) => expect(check()).toEqual([]));
});
