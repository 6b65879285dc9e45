import { ACTIONS_HEADER, APPOINTMENT, Placement, UNITS, type Answer, type Body } from './placement.fixture.js';

const placement = new Placement('unit_changes');
const { get, post, load, register, loadCity } = placement;

beforeAll(async () => {
  await placement.start();
  await loadCity();
});

afterAll(() => placement.stop());

const unit = {
  unitId: '120',
  name: '試験課',
  level: 'section',
  parentId: '110',
  sector: null,
  appointingAuthority: 'mayor',
  abolished: false,
};

describe('the organisation', () => {
  it('shows the tree of a day and takes changes together', async () => {
    const change = (more: object) => ({ changes: [{ effectiveOn: '2028-04-01', unit: { ...unit, ...more } }] });
    expect((await post('organisation/changes', change({ parentId: '999' }))).body.code).toBe(
      'unit.parent-not-in-force',
    );
    expect((await post('organisation/changes', change({}))).status).toBe(200);
    const end = (unitId: string) => ({
      changes: [{ effectiveOn: '2028-04-01', unit: { ...unit, unitId, name: '課', abolished: true } }],
    });
    expect((await post('organisation/changes?', end('111'))).body.code).toBe('unit.has-staff');
    const [header] = UNITS.split('\n');
    expect((await load('units', `${header}\n111,道路課,課,110,事業,市長,2028-04-01,1`)).body.errors).toMatchObject([
      { line: 2, column: '廃止', code: 'unit.has-staff' },
    ]);
    const units = async (day: string) =>
      ((await get(`organisation/units?asOf=${day}`)).body.units as Body[]).map(({ unitId }) => unitId);
    expect(await units('2026-04-01')).toEqual(['100', '110', '111', '112']);
    expect(await units('2028-04-01')).toEqual(['100', '110', '111', '112', '113', '120']);
    const tree = (await get('organisation/tree?asOf=2028-04-01')).body.roots as {
      children: { children: unknown[] }[];
    }[];
    expect(tree[0].children[0].children).toHaveLength(4);
  });
});

describe('a posting to a unit and its abolition at the same moment', () => {
  const DAY = '2026-06-01';
  const [header] = UNITS.split('\n');
  type Ways = Readonly<Record<string, (unitId: string, staffId: string, number: string) => Promise<Answer>>>;
  const post1 = (unitId: string) => ({ unitId, position: 'shuji' });
  const abolitions: Ways = {
    'a change': (unitId) =>
      post('organisation/changes', {
        changes: [{ effectiveOn: DAY, unit: { ...unit, unitId, abolished: true } }],
      }),
    'a file of units': (unitId) => load('units', `${header}\n${unitId},試験課,課,110,,市長,${DAY},1`),
  };
  const postings: Ways = {
    'a transfer': (unitId, staffId) =>
      post(`staff/${staffId}/personnel-actions`, { kind: 'transfer', effectiveOn: DAY, post: post1(unitId) }),
    'a bulk': (unitId, staffId) =>
      post('personnel-actions/bulk', {
        effectiveOn: DAY,
        actions: [{ staffId, kind: 'transfer', post: post1(unitId) }],
      }),
    'a file of actions': (unitId, _, number) =>
      load('personnel-actions', `${ACTIONS_HEADER}\n${number},${DAY},異動,${unitId},主事,,,,,,,`),
    'an appointment': (unitId) =>
      register({ appointment: { ...APPOINTMENT, effectiveOn: DAY, post: post1(unitId) } }).then((id) => ({
        status: id ? 201 : 409,
        body: {},
      })),
    'a revocation': async (unitId, staffId) => {
      const actions = `staff/${staffId}/personnel-actions`;
      const moved = await post(actions, { kind: 'transfer', effectiveOn: '2026-05-01', post: post1(unitId) });
      if (moved.status !== 201) return moved;
      const back = await post(actions, { kind: 'transfer', effectiveOn: DAY, post: post1('111') });
      return back.status === 201 ? post(`${actions}/${String(back.body.id)}/revocation`) : back;
    },
  };
  const pairs = Object.keys(postings).flatMap((posting) =>
    Object.keys(abolitions).map((end) => [posting, end] as const),
  );
  const TIMES = 50;
  const names = Array.from({ length: TIMES }, (_, time) => ({ unitId: `9${100 + time}`, number: `9${100 + time}` }));
  const people: string[] = [];

  beforeAll(async () => {
    const changes = names.map(({ unitId }) => ({ effectiveOn: '2020-04-01', unit: { ...unit, unitId } }));
    await post('organisation/changes', { changes });
    const appointment = { ...APPOINTMENT, effectiveOn: '2025-04-01' };
    people.push(...(await Promise.all(names.map(({ number }) => register({ staffNumber: number, appointment })))));
  });

  it('never both hold, in any way and order', async () => {
    const won = { posted: 0, abolished: 0 };
    for (const [time, { unitId, number }] of names.entries()) {
      const [posting, end] = pairs[time % pairs.length];
      const both = [
        () => postings[posting](unitId, people[time], number),
        () => abolitions[end](unitId, people[time], number),
      ];
      const turn = Math.floor(time / pairs.length) % 2;
      const answers = await Promise.all((turn === 0 ? both : both.toReversed()).map((begin) => begin()));
      const [posted, abolished] = (turn === 0 ? answers : answers.toReversed()).map(({ status }) => status < 300);
      expect({ posting, end, both: posted && abolished }).toEqual({ posting, end, both: false });
      if (posted) won.posted += 1;
      if (abolished) won.abolished += 1;
      const there = await placement.sql.query(
        `SELECT FROM events WHERE data->'unit'->>'unitId' = $1 AND data->'unit'->>'abolished' = 'true'`,
        [unitId],
      );
      expect(there.rowCount).toBe(abolished ? 1 : 0);
    }
    expect(won.posted + won.abolished).toBeGreaterThan(TIMES / 2);
  }, 120_000);
});
