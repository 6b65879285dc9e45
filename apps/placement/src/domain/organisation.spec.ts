import { deciderSpec } from '#libs/testing/decider-spec';
import {
  organisation,
  organisationFaults,
  unitsOn,
  type Occupied,
  type OrganisationEvent,
  type Unit,
} from './organisation.js';

const { given } = deciderSpec(organisation);

const unit = (unitId: string, level: Unit['level'], parentId: string | null, more: Partial<Unit> = {}): Unit => ({
  unitId,
  name: `${unitId}の課`,
  level,
  parentId,
  sector: null,
  appointingAuthority: 'mayor',
  abolished: false,
  ...more,
});
const changed = (effectiveOn: string, changedUnit: Unit): OrganisationEvent => ({
  type: 'UnitChanged',
  data: { effectiveOn, unit: changedUnit },
});
const change = (...events: OrganisationEvent[]) =>
  ({ type: 'ChangeUnits', changes: events.map(({ data }) => data), occupied: [] }) as const;

const city = changed('2020-04-01', unit('city', 'city', null));
const works = changed('2020-04-01', unit('works', 'department', 'city'));
const roads = changed('2020-04-01', unit('roads', 'section', 'works', { sector: 'project' }));
const gone = { abolished: true };

describe('organisation', () => {
  it('takes a tree whatever the order of its rows', () =>
    given()
      .when(change(roads, works, city))
      .then(roads, works, city));

  it('keeps the units of each day', () => {
    const renamed = changed('2025-04-01', { ...roads.data.unit, name: '道路整備課' });
    const abolished = changed('2026-04-01', { ...roads.data.unit, ...gone });
    const state = [city, works, roads, renamed, abolished].reduce(organisation.evolve, organisation.initial);
    expect(unitsOn(state, '2019-04-01').size).toBe(0);
    expect(unitsOn(state, '2025-03-31').get('roads')?.name).toBe('roadsの課');
    expect(unitsOn(state, '2025-04-01').get('roads')?.name).toBe('道路整備課');
    expect([...unitsOn(state, '2026-04-01').keys()]).toEqual(['city', 'works']);
  });

  it('moves a section when its department ends', () => {
    const moves = [
      changed('2025-04-01', unit('city-works', 'department', 'city')),
      changed('2025-04-01', unit('roads', 'section', 'city-works')),
      changed('2025-04-01', unit('works', 'department', 'city', gone)),
    ];
    given(city, works, roads)
      .when(change(...moves))
      .then(...moves);
  });

  it('replaces a change of the same day', () => {
    const corrected = changed('2020-04-01', { ...roads.data.unit, name: '道路課' });
    given(city, works, roads).when(change(corrected)).then(corrected);
  });

  it('does nothing for what is so already', () => given(city, works).when(change(works)).then());

  it.each<[string, OrganisationEvent[]]>([
    ['unit.parent-not-in-force', [changed('2025-04-01', unit('bridges', 'section', 'nowhere'))]],
    ['unit.parent-not-in-force', [changed('2019-04-01', unit('bridges', 'section', 'works'))]],
    ['unit.has-children', [changed('2025-04-01', unit('works', 'department', 'city', gone))]],
    ['unit.unknown', [changed('2025-04-01', unit('bridges', 'section', 'works', gone))]],
    [
      'unit.twice-a-day',
      [changed('2025-04-01', unit('a', 'section', 'works')), changed('2025-04-01', unit('a', 'section', 'city'))],
    ],
    ['unit.level-not-below-parent', [changed('2025-04-01', unit('bridges', 'department', 'roads'))]],
    ['unit.cycle', [changed('2025-04-01', unit('works', 'department', 'roads'))]],
  ])('refuses %s', (code, events) =>
    given(city, works, roads)
      .when(change(...events))
      .rejects(code),
  );

  describe('that ends a unit', () => {
    const end = changed('2026-04-01', { ...roads.data.unit, ...gone });
    const anew = changed('2028-04-01', roads.data.unit);
    const post = (from: string, to: string | null, unitId = 'roads') => ({ unitId, from, to });
    const ending = (occupied: readonly Occupied[], ...more: OrganisationEvent[]) => ({
      ...change(end, ...more),
      occupied,
    });

    it.each([
      ['somebody stays', post('2020-04-01', null)],
      ['somebody leaves later', post('2020-04-01', '2026-04-02')],
      ['somebody comes later', post('2027-04-01', null)],
    ])('is refused while %s', (_, held) =>
      given(city, works, roads)
        .when(ending([held]))
        .rejects('unit.has-staff'),
    );

    it('is taken when all have gone, or are elsewhere, or come only once it is there again', () =>
      given(city, works, roads)
        .when(
          ending([post('2020-04-01', '2026-04-01'), post('2020-04-01', null, 'works'), post('2028-04-01', null)], anew),
        )
        .then(end, anew));

    it('is not judged again when it is so already', () =>
      given(city, works, roads, end)
        .when(ending([post('2020-04-01', null)]))
        .then());
  });

  it('refuses a unit that loses its parent later', () =>
    given(city, works, roads, changed('2027-04-01', unit('harbour', 'department', 'city')))
      .when(change(changed('2025-04-01', unit('piers', 'section', 'harbour'))))
      .rejects('unit.parent-not-in-force'));

  it('reports every fault, each on the day it begins', () => {
    const state = [city, works, roads].reduce(organisation.evolve, organisation.initial);
    const wrong = [changed('2025-04-01', unit('a', 'section', 'x')), changed('2026-04-01', unit('b', 'section', 'y'))];
    expect(
      organisationFaults(
        state,
        wrong.map(({ data }) => data),
        [],
      ),
    ).toEqual([
      { code: 'unit.parent-not-in-force', unitId: 'a', effectiveOn: '2025-04-01' },
      { code: 'unit.parent-not-in-force', unitId: 'b', effectiveOn: '2026-04-01' },
    ]);
  });
});
