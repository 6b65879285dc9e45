import type { PersonnelAction } from '#libs/contracts/placement';
import { Policies } from '#libs/policy/pack';
import { assignmentsFor } from './rules.js';

const ISEHARA = '142140';
const pack = Policies.load('policies').inForce(ISEHARA, 'training', '2027-04-01');
const always = () => true;

const action = (over: Partial<PersonnelAction> = {}): PersonnelAction => ({
  actionId: 'a-1',
  employmentId: 'e-1',
  kind: 'appoint-on-probation',
  effectiveOn: '2027-04-01',
  grade: '1',
  route: 'new-graduate',
  ...over,
});
const asked = (
  over: Partial<PersonnelAction> = {},
  knownOn = '2027-01-15',
  inForce: (id: string) => boolean = always,
) => assignmentsFor(action(over), pack, inForce, knownOn).map(({ course, dueOn }) => [course.code, dueOn]);

describe('what the rules of the city ask', () => {
  it('of who is appointed on 1 April: the whole new-hire course, harassment, digital basics', () =>
    expect(asked()).toEqual([
      ['new-hire', '2027-06-30'],
      ['harassment', '2027-09-30'],
      ['digital-general', '2028-03-31'],
    ]));

  it('names the rule, the version of the pack and the reason', () =>
    expect(assignmentsFor(action(), pack, always, '2027-01-15')[0]).toEqual({
      rule: { id: 'new-hire', system: 'T3', version: '1970-04-01' },
      course: expect.objectContaining({ code: 'new-hire', kind: 'new-hire', minutes: 2325 }),
      because: 'appointed',
      assignedOn: '2027-04-01',
      dueOn: '2027-06-30',
    }));

  it('of who comes during the year: the shorter course, sooner', () =>
    expect(asked({ effectiveOn: '2027-10-01' })[0]).toEqual(['new-hire-mid-year', '2027-11-30']));

  it('of who comes for a term: the shorter course', () =>
    expect(asked({ route: 'fiscal-year' })[0]).toEqual(['new-hire-mid-year', '2027-05-31']));

  it('of who comes back, with or without probation: the course of those who return', () => {
    expect(asked({ route: 'comeback' })[0]).toEqual(['returner', '2027-05-31']);
    expect(asked({ kind: 'rehire', route: 're-employed-short' })[0]).toEqual(['returner', '2027-05-31']);
    expect(assignmentsFor(action({ kind: 'rehire' }), pack, always, '2027-01-15')[0].because).toBe('rehired');
  });

  it.each([
    ['4', 'senior'],
    ['5', 'chief'],
    ['6', 'manager'],
  ])('of who is promoted to grade %s: %s', (grade, course) =>
    expect(asked({ kind: 'promote', grade, route: undefined })).toEqual([[course, '2027-09-30']]),
  );

  it('nothing of a promotion that reaches no grade of a rule', () => {
    expect(asked({ kind: 'promote', grade: '3' })).toEqual([]);
    expect(asked({ kind: 'promote', grade: undefined })).toEqual([]);
  });

  it.each(['transfer', 'appoint-formally', 'change-hours', 'second'] as const)('nothing of %s', (kind) =>
    expect(asked({ kind })).toEqual([]),
  );

  it('nothing that serves a system the city does not run', () =>
    expect(asked({}, '2027-01-15', (system) => system === 'T3')).toEqual([['new-hire', '2027-06-30']]));

  // peers.md, edge case 12: an assignment made after the period
  it('from the day it is known, when the action is entered late (12)', () => {
    const [first] = assignmentsFor(action({ effectiveOn: '2027-04-01' }), pack, always, '2027-09-10');
    expect(first).toMatchObject({ assignedOn: '2027-09-10', dueOn: '2027-12-09' });
  });

  it('each course once, by the rule that is due first', () => {
    const rules = [
      { id: 'slow', system: 'T2', on: 'promoted' as const, course: 'manager', dueMonths: 6 },
      { id: 'fast', system: 'T2', on: 'promoted' as const, course: 'manager', grades: ['6'], dueMonths: 3 },
    ];
    const demands = assignmentsFor(action({ kind: 'promote', grade: '6' }), { ...pack, rules }, always, '2027-01-15');
    expect(demands.map(({ rule }) => rule.id)).toEqual(['fast']);
  });

  it('months end as the civil code counts them', () =>
    expect(asked({ effectiveOn: '2027-12-31' })[0]).toEqual(['new-hire-mid-year', '2028-02-29']));
});
