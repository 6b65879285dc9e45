import { ROLES } from '#libs/platform/caller';
import { tokenFor } from '#libs/testing/tokens';
import { ACTIONS, CITY, Placement, type Answer, type Item } from '../placement.fixture.js';

const placement = new Placement('staff_list');
const { get, post, load, list, loadCity } = placement;

let other: string;

beforeAll(async () => {
  await placement.start();
  other = await tokenFor({ municipality: '142034', roles: ['hr'] });
  await loadCity();
});

afterAll(() => placement.stop());

describe('the staff list', () => {
  it('opens the names of those in service on the day', async () => {
    const { body } = await load('personnel-actions', ACTIONS, 'actions-1');
    const now = await list(`after=${String(body.position)}&sort=unitId`);
    expect(now.map(({ familyName, unitId, status }) => [familyName, unitId, status])).toEqual([
      ['架空', '110', 'regular'],
      ['架空', '111', 'regular'],
      ['髙橋', '112', 'regular'],
    ]);
    expect(await list('asOf=2024-05-01&unitId=111&status=probation')).toHaveLength(1);
    expect(await list('status=out&staffNumber=200004')).toMatchObject([{ familyName: '架空', lastDay: '2026-03-31' }]);
    expect(await list('staffNumber=200003')).toMatchObject([{ familyName: '髙橋' }]);
    expect(await list('', other)).toEqual([]);
  });

  it('gives a manager no way to others through an earlier day', async () => {
    // on 1 May 2024 the clerk was in the section of the chief, and is in another one now
    const [chief] = await list('staffNumber=200002');
    const manager = await tokenFor({ municipality: CITY, roles: ['manager'], staffId: chief.staffId });
    expect(await list('asOf=2024-05-01&unitId=111')).toHaveLength(2);
    expect(await list('asOf=2024-05-01&unitId=111', manager)).toMatchObject([{ staffId: chief.staffId }]);
    expect(await list('status=out', manager)).toEqual([]);
  });

  it('is read in pages, each with the total', async () => {
    const first = (await get('staff?limit=2&sort=-unitId')).body;
    const second = (await get(`staff?limit=2&sort=-unitId&cursor=${String(first.nextCursor)}`)).body;
    expect([first.total, second.total, second.nextCursor]).toEqual([3, 3, null]);
    expect([...(first.items as Item[]), ...(second.items as Item[])].map(({ unitId }) => unitId)).toEqual([
      '112',
      '111',
      '110',
    ]);
    expect((await get('staff?bloodType=A')).status).toBe(400);
    expect((await get('staff?sort=familyName')).status).toBe(400);
  });

  it('shows a manager the own section and below, without birth date and address', async () => {
    const chief = (await list('staffNumber=200002'))[0];
    const clerk = (await list('staffNumber=200003'))[0];
    const director = (await list('staffNumber=200001'))[0];
    const manager = (staffId: string) => tokenFor({ municipality: CITY, roles: ['manager'], staffId });
    expect(await list('', await manager(chief.staffId))).toHaveLength(1);
    expect(await list('', await manager(director.staffId))).toHaveLength(3);
    const seen = await get(`staff/${clerk.staffId}`, await manager(director.staffId));
    expect(seen.body).toMatchObject({ familyName: '髙橋', posting: { post: { unitId: '112' } } });
    expect(seen.body).not.toHaveProperty('birthDate');
    expect(seen.body).not.toHaveProperty('address');
    expect((await get(`staff/${clerk.staffId}`, await manager(chief.staffId))).status).toBe(404);
    expect((await get(`staff/${clerk.staffId}`, other)).status).toBe(404);
    const self = await get(
      `staff/${clerk.staffId}`,
      await tokenFor({ municipality: CITY, roles: ['staff'], staffId: clerk.staffId }),
    );
    expect(self.body).toMatchObject({ birthDate: '2000-01-01', address: '架空町3番' });
  });

  it('tells auditors, and nobody else, who looked at somebody else, and when', async () => {
    const [director] = await list('staffNumber=200001');
    const [clerk] = await list('staffNumber=200003');
    const auditor = await tokenFor({ municipality: CITY, roles: ['auditor'] });
    const before = (await get(`staff/${clerk.staffId}/reads`, auditor)).body.total as number;
    const looks: readonly [role: string, staffId: string][] = [
      ['manager', director.staffId],
      ['staff', clerk.staffId], // one's own look is not written down
      ['staff', director.staffId], // nor is one that was refused
    ];
    for (const [role, staffId] of looks) {
      const token = await tokenFor({ municipality: CITY, roles: [role], staffId });
      await get(`staff/${clerk.staffId}`, token);
      await get(`staff/${clerk.staffId}/history`, token);
    }
    const { items, total } = (await get(`staff/${clerk.staffId}/reads?sort=-readAt&limit=2`, auditor)).body;
    expect(total).toBe(before + 2);
    const read = { subject: `${CITY}.manager.${director.staffId}`, part: null, readAt: expect.stringMatching(/Z$/) };
    expect(items).toEqual([
      { ...read, purpose: 'history' },
      { ...read, purpose: 'details' },
    ]);
    for (const role of ROLES.filter((one) => one !== 'auditor')) {
      const token = await tokenFor({ municipality: CITY, roles: [role], staffId: clerk.staffId });
      expect([role, (await get(`staff/${clerk.staffId}/reads`, token)).status]).toEqual([role, 403]);
    }
    const elsewhere = await tokenFor({ municipality: '142034', roles: ['auditor'] });
    expect((await get(`staff/${clerk.staffId}/reads`, elsewhere)).status).toBe(404);
    expect((await get('staff/nobody/reads', auditor)).status).toBe(404);
  });
});

describe('staff numbers asked for by another service', () => {
  const lookup = async (numbers: unknown, role: 'service' | 'hr' = 'service', municipality = CITY): Promise<Answer> =>
    post('staff-numbers/lookup', { numbers }, undefined, await tokenFor({ municipality, roles: [role] }));

  it('are answered in their order, null for one nobody has', async () => {
    const [{ staffId }] = await list('staffNumber=200003');
    expect((await lookup(['999999', '200003'])).body).toEqual({ staffIds: [null, staffId] });
    expect((await lookup(['200003'], 'service', '142034')).body).toEqual({ staffIds: [null] });
  });

  it('are nobody else’s business, and at most 1000 at once', async () => {
    expect((await lookup(['200003'], 'hr')).status).toBe(403);
    expect((await lookup(Array.from({ length: 1001 }, (_, index) => String(index)))).status).toBe(400);
    expect((await lookup('200003')).status).toBe(400);
  });
});
