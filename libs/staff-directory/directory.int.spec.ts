import { Database, inTransaction } from '#libs/event-store/database';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { StaffDirectory } from './directory.js';
import type { DirectoryEvent } from './intake.js';
import { directoryMigrations } from './migrations.js';
import type { TimelineAction } from './timeline.js';

const CITY = '142140';
const POSITIONS = [
  { code: 'shuji', rank: 2, heads: false },
  { code: 'kakaricho', rank: 5, heads: true },
  { code: 'kacho', rank: 6, heads: true },
  { code: 'bucho', rank: 7, heads: true },
];

let created: TestDatabase;
let database: Database;
let directory: StaffDirectory;

beforeAll(async () => {
  created = await createDatabase('directory');
  database = await Database.open(created.url, directoryMigrations);
  await database.migrate();
  directory = new StaffDirectory(database.pool, () => POSITIONS);
  await take(...organisation, ...people);
});
afterAll(async () => {
  await database?.close();
  await created?.drop();
});

const take = (...events: DirectoryEvent[]): Promise<void> =>
  inTransaction(database.pool, (tx) => directory.apply(events, tx));

const unit = (
  unitId: string,
  level: string,
  parentId: string | null,
  effectiveOn = '2020-04-01',
  abolished = false,
): DirectoryEvent => ({
  municipality: CITY,
  type: 'UnitChanged',
  data: {
    effectiveOn,
    unit: { unitId, name: unitId, level, parentId, sector: null, appointingAuthority: 'mayor', abolished },
  },
});
const action = (
  staffId: string,
  kind: TimelineAction['kind'],
  effectiveOn: string,
  more: Partial<TimelineAction> = {},
): DirectoryEvent => ({
  municipality: CITY,
  type: 'PersonnelActionTaken',
  data: {
    staffId,
    action: { actionId: `${staffId}/${kind}/${effectiveOn}`, employmentId: `e-${staffId}`, kind, effectiveOn, ...more },
  },
});
const voided = (staffId: string, actionId: string): DirectoryEvent => ({
  municipality: CITY,
  type: 'PersonnelActionVoided',
  data: { staffId, actionId },
});
const appoint = (staffId: string, unitId: string, position: string): DirectoryEvent[] => [
  action(staffId, 'appoint-on-probation', '2021-04-01', {
    post: { unitId, position },
    grade: '1',
    jobCategory: 'general',
    weeklyMinutes: 2325,
  }),
  action(staffId, 'appoint-formally', '2021-10-01'),
];

const organisation = [
  unit('city', 'city', null),
  unit('works', 'department', 'city'),
  unit('roads', 'section', 'works'),
  unit('repairs', 'subsection', 'roads'),
  unit('parks', 'section', 'works'),
  unit('parks', 'section', 'works', '2026-04-01', true),
];
const people = [
  ...appoint('director', 'works', 'bucho'),
  ...appoint('chief', 'roads', 'kacho'),
  ...appoint('foreman', 'repairs', 'kakaricho'),
  ...appoint('clerk', 'repairs', 'shuji'),
  ...appoint('gardener', 'parks', 'shuji'),
  action('foreman', 'give-concurrent-post', '2025-04-01', { post: { unitId: 'parks', position: 'kakaricho' } }),
  action('chief', 'start-leave-of-absence', '2025-06-01', { leaveKind: 'sickness' }),
  action('chief', 'return-from-leave', '2025-09-01'),
  action('clerk', 'separate', '2026-03-31', { reason: 'resignation' }),
];

describe('staff directory', () => {
  it('knows the units of a day', async () => {
    expect((await directory.units(CITY, '2026-03-31')).map(({ unitId }) => unitId)).toEqual([
      'city',
      'parks',
      'repairs',
      'roads',
      'works',
    ]);
    expect(await directory.unit(CITY, 'parks', '2026-04-01')).toBeUndefined();
    expect(await directory.unit(CITY, 'parks', '2020-03-31')).toBeUndefined();
    expect(await directory.units('142034', '2025-04-01')).toEqual([]);
  });

  it('knows who heads a unit, by main or concurrent post', async () => {
    expect(await directory.headOf(CITY, 'roads', '2025-05-01')).toBe('chief');
    expect(await directory.headOf(CITY, 'parks', '2025-03-31')).toBeUndefined();
    expect(await directory.headOf(CITY, 'parks', '2025-04-01')).toBe('foreman');
  });

  it('has no head while the head is away', async () => {
    expect(await directory.headOf(CITY, 'roads', '2025-06-01')).toBeUndefined();
    expect(await directory.headOf(CITY, 'roads', '2025-09-01')).toBe('chief');
  });

  it('finds the superior in the own unit or above, never oneself', async () => {
    const superior = (staffId: string, on: string) => directory.superiorOf(CITY, staffId, on);
    expect(await superior('clerk', '2025-05-01')).toBe('foreman');
    expect(await superior('foreman', '2025-05-01')).toBe('chief');
    expect(await superior('foreman', '2025-07-01')).toBe('director');
    expect(await superior('director', '2025-05-01')).toBeUndefined();
    expect(await superior('clerk', '2026-04-01')).toBeUndefined();
  });

  it('manages the headed units and all below', async () => {
    expect(await directory.managedUnits(CITY, 'director', '2025-05-01')).toEqual([
      'parks',
      'repairs',
      'roads',
      'works',
    ]);
    expect(await directory.managedUnits(CITY, 'foreman', '2025-05-01')).toEqual(['parks', 'repairs']);
    expect(await directory.managedUnits(CITY, 'clerk', '2025-05-01')).toEqual([]);
  });

  it('knows who is in post', async () => {
    expect(await directory.inPost(CITY, 'chief', '2025-05-01')).toBe(true);
    expect(await directory.inPost(CITY, 'chief', '2025-06-01')).toBe(false);
    expect(await directory.inPost(CITY, 'clerk', '2026-03-31')).toBe(true);
    expect(await directory.inPost(CITY, 'clerk', '2026-04-01')).toBe(false);
    expect(await directory.positionAt(CITY, 'clerk', '2021-05-01')).toEqual({
      unitId: 'repairs',
      position: 'shuji',
      status: 'probation',
      grade: '1',
      jobCategory: 'general',
    });
  });

  it('changes nothing when events come twice', async () => {
    await take(...organisation, ...people);
    expect(await directory.superiorOf(CITY, 'clerk', '2025-05-01')).toBe('foreman');
    const { rows } = await database.pool.query('SELECT count(*)::int AS n FROM directory_postings');
    expect(rows[0].n).toBe(13);
  });

  it('stays as it was between the two events of a correction', async () => {
    const appointment = 'gardener/appoint-on-probation/2021-04-01';
    await take(voided('gardener', appointment));
    expect((await directory.positionAt(CITY, 'gardener', '2025-05-01'))?.unitId).toBe('parks');
    const right = action('gardener', 'appoint-on-probation', '2021-04-02', {
      post: { unitId: 'roads', position: 'shuji' },
      grade: '2',
      jobCategory: 'general',
      weeklyMinutes: 2325,
    });
    await take(right);
    expect(await directory.positionAt(CITY, 'gardener', '2025-05-01')).toMatchObject({ unitId: 'roads', grade: '2' });
    expect(await directory.positionAt(CITY, 'gardener', '2021-04-01')).toBeUndefined();
  });

  it('forgets an employment whose only action is revoked', async () => {
    await take(...appoint('visitor', 'roads', 'shuji').slice(0, 1));
    expect(await directory.inPost(CITY, 'visitor', '2025-05-01')).toBe(true);
    await take(voided('visitor', 'visitor/appoint-on-probation/2021-04-01'));
    expect(await directory.inPost(CITY, 'visitor', '2025-05-01')).toBe(false);
  });

  it('replaces a unit change of the same day and passes what it does not know', async () => {
    await inTransaction(database.pool, async (tx) => {
      await directory.apply([unit('repairs', 'subsection', 'works')], tx);
      await directory.apply([{ municipality: CITY, type: 'SomethingNewer', data: {} }], tx);
    });
    expect((await directory.unit(CITY, 'repairs', '2025-05-01'))?.parentId).toBe('works');
  });
});

it('tells who is in service on a day, and what it was told of a person, voided actions marked', async () => {
  const everybody = async (on: string) => (await directory.everybody(CITY, on)).map(({ staffId }) => staffId);
  await take(
    ...appoint('listed', 'roads', 'shuji'),
    action('listed', 'separate', '2022-03-31', { reason: 'resignation' }),
  );
  expect(await everybody('2022-03-31')).toContain('listed');
  expect(await everybody('2022-04-01')).not.toContain('listed');
  await take(voided('listed', 'listed/separate/2022-03-31'));
  expect(await everybody('2022-04-01')).toContain('listed');
  expect((await directory.actionsOf(CITY, 'listed')).map(({ action: { kind }, voided: gone }) => [kind, gone])).toEqual(
    [
      ['appoint-formally', false],
      ['appoint-on-probation', false],
      ['separate', true],
    ],
  );
});
