import type { PersonnelAction } from '#libs/contracts/placement';
import { probationsOf, type KnownAction } from './probations.js';

const action = (kind: PersonnelAction['kind'], over: Partial<PersonnelAction> = {}, voided = false): KnownAction => ({
  action: { actionId: `${kind}-${over.effectiveOn}`, employmentId: 'e-1', kind, effectiveOn: '2026-12-01', ...over },
  voided,
});
const post = { post: { unitId: 'u-1', position: 'shuji' }, grade: '1', jobCategory: 'general', weeklyMinutes: 2325 };
const appointment = (over: Partial<PersonnelAction> = {}, voided = false) =>
  action('appoint-on-probation', { ...post, route: 'new-graduate', until: '2027-05-31', ...over }, voided);

const probation = {
  employmentId: 'e-1',
  revoked: false,
  appointedOn: '2026-12-01',
  from: '2026-12-01',
  until: '2027-05-31',
  route: 'new-graduate',
  formal: false,
};

const followed = (...actions: KnownAction[]) => probationsOf(actions).map((one) => one.followed());

describe('probations of a person', () => {
  it('begin with an appointment on probation', () => expect(followed(appointment())).toEqual([probation]));

  it('are none of a rehire, whose end is that of a term', () =>
    expect(followed(action('rehire', { ...post, until: '2027-03-31' }))).toEqual([]));

  it('end with the last day as last extended', () => {
    const extended = [appointment(), action('extend-probation', { effectiveOn: '2027-05-31', until: '2027-08-31' })];
    expect(followed(...extended)).toEqual([{ ...probation, until: '2027-08-31' }]);
    const [one] = probationsOf(extended);
    expect(one.followed('2027-06-01')).toMatchObject({ from: '2027-06-01', appointedOn: '2026-12-01' });
    expect(one.followed('2027-09-01')).toEqual({ employmentId: 'e-1', revoked: true });
  });

  it('do not move with a leave of absence alone', () =>
    expect(
      followed(appointment(), action('start-leave-of-absence', { effectiveOn: '2027-02-01', leaveKind: 'childcare' })),
    ).toEqual([probation]));

  it('know of the formal appointment and of the last day in service', () =>
    expect(
      followed(
        appointment(),
        action('appoint-formally', { effectiveOn: '2027-06-01' }),
        action('separate', { effectiveOn: '2028-03-31', reason: 'resignation' }),
      ),
    ).toEqual([{ ...probation, formal: true, lastDay: '2028-03-31' }]));

  it('are revoked with their appointment', () =>
    expect(followed(appointment({}, true))).toEqual([{ employmentId: 'e-1', revoked: true }]));

  it('are corrected with it', () =>
    expect(
      followed(appointment({}, true), appointment({ actionId: 'a-2', effectiveOn: '2026-12-15', until: '2027-06-14' })),
    ).toEqual([{ ...probation, appointedOn: '2026-12-15', from: '2026-12-15', until: '2027-06-14' }]));

  it('are not told of between the two events of a correction', () =>
    expect(followed(appointment({}, true), action('promote', { effectiveOn: '2027-01-01', grade: '2' }))).toEqual([]));

  it('of somebody who came back are two, each counted from its own appointment (peers.md 24)', () =>
    expect(
      followed(
        appointment({ effectiveOn: '2020-04-01', until: '2020-09-30' }),
        action('separate', { effectiveOn: '2023-03-31', reason: 'resignation' }),
        appointment({ employmentId: 'e-2' }),
      ).map((one) => [one.employmentId, !one.revoked && one.appointedOn]),
    ).toEqual([
      ['e-1', '2020-04-01'],
      ['e-2', '2026-12-01'],
    ]));

  it('are judged by the grade and position of the day', () => {
    const [one] = probationsOf([appointment(), action('promote', { effectiveOn: '2027-03-01', grade: '2' })]);
    expect([one.standing('2026-12-01').grade, one.standing('2027-06-01').grade]).toEqual(['1', '2']);
    expect(one.standing('2026-12-01').position).toBe('shuji');
  });
});
