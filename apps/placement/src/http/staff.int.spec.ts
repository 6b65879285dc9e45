import { tokenFor } from '#libs/testing/tokens';
import { ACTIONS_HEADER, APPOINTMENT, PERSON, CITY, Placement, type Body } from '../placement.fixture.js';

const placement = new Placement('placement_staff');
const { ask, get, post, list, count, register, loadCity } = placement;

beforeAll(async () => {
  await placement.start();
  await loadCity();
});

afterAll(() => placement.stop());

describe('staff and personnel actions', () => {
  it('registers and appoints once under one key; a taken number leaves nothing behind', async () => {
    const body = { ...PERSON, staffNumber: '300001', appointment: APPOINTMENT };
    const first = await post('staff', body, 'register-1');
    expect(first).toMatchObject({ status: 201, body: { version: 2, repeated: false } });
    expect((await post('staff', body, 'register-1')).body).toEqual({ ...first.body, repeated: true });
    expect((await post('staff', body, 'register-2')).body.code).toBe('staff-number.taken');
    const wrong = { ...body, staffNumber: '300002', appointment: { ...APPOINTMENT, grade: '7' } };
    expect((await post('staff', wrong)).body.code).toBe('grade.not-of-position');
    expect((await post('staff', { ...wrong, appointment: APPOINTMENT })).status).toBe(201);
  });

  it('keeps two clocks through a correction', async () => {
    const staffId = await register({ appointment: { ...APPOINTMENT, effectiveOn: '2025-04-01' } });
    const actions = `staff/${staffId}/personnel-actions`;
    expect((await post(actions, { kind: 'appoint-formally', effectiveOn: '2025-10-01' })).status).toBe(201);
    const moved = await post(actions, {
      kind: 'transfer',
      effectiveOn: '2026-04-01',
      post: { unitId: '112', position: 'shuji' },
    });
    const { rows } = await placement.sql.query<{ now: string }>(
      `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS now`,
    );
    const before = encodeURIComponent(rows[0].now);
    const right = { kind: 'transfer', effectiveOn: '2026-07-01', post: { unitId: '112', position: 'shuji' } };
    expect((await post(`${actions}/${String(moved.body.id)}/correction`, right)).status).toBe(201);

    const unitOn = async (query: string) =>
      ((await get(`staff/${staffId}/history?${query}`)).body.posting as { post: { unitId: string } }).post.unitId;
    expect(await unitOn('asOf=2026-05-01')).toBe('111');
    expect(await unitOn(`asOf=2026-05-01&knownAt=${before}`)).toBe('112');
    expect(await unitOn('asOf=2026-07-01')).toBe('112');
    expect((await get(`staff/${staffId}/history?knownAt=2020-01-01T00:00:00Z`)).body).toMatchObject({
      posting: null,
      actions: [],
    });
    expect((await post(`${actions}/${String(moved.body.id)}/revocation`)).body.code).toBe('action.voided');
  });

  it('revokes nothing that others rest on, but both together', async () => {
    const staffId = await register({ appointment: { ...APPOINTMENT, effectiveOn: '2020-04-01' } });
    const actions = `staff/${staffId}/personnel-actions`;
    const promotion = { staffId, kind: 'promote', grade: '3' };
    const transfer = { staffId, kind: 'transfer', post: { unitId: '112', position: 'shunin' } };
    const day = { effectiveOn: '2026-04-01', actions: [promotion, transfer] };
    const taken = await post('personnel-actions/bulk', day);
    const [promoted, moved] = (taken.body.results as { actionId: string }[]).map(({ actionId }) => actionId);
    expect(await post(`${actions}/${promoted}/revocation`)).toMatchObject({
      status: 409,
      body: { code: 'action.others-depend', facts: { actionId: moved }, detail: expect.stringContaining(moved) },
    });
    expect((await post(`${actions}/${promoted}/revocation`, { together: [moved] })).status).toBe(200);
    expect((await get(`staff/${staffId}`)).body).toMatchObject({ posting: { grade: '1', post: { unitId: '111' } } });
  });

  it('lets the person take a resignation back until it is effective', async () => {
    const staffId = await register({ appointment: { ...APPOINTMENT, effectiveOn: '2025-04-01' } });
    const resigned = await post(`staff/${staffId}/personnel-actions`, {
      kind: 'separate',
      effectiveOn: '2026-06-30',
      reason: 'resignation',
    });
    const path = `staff/${staffId}/personnel-actions/${String(resigned.body.id)}/withdrawal`;
    const someone = await tokenFor({ municipality: CITY, roles: ['staff'], staffId: 'someone-else' });
    expect((await post(path, {}, undefined, someone)).status).toBe(404);
    expect(
      (await post(path, {}, undefined, await tokenFor({ municipality: CITY, roles: ['staff'], staffId }))).status,
    ).toBe(200);
  });

  it('takes a bulk of one day all or none, with an answer per row', async () => {
    const [one, two] = [await register({ appointment: APPOINTMENT }), await register({ appointment: APPOINTMENT })];
    const move = (staffId: string, unitId: string) => ({
      staffId,
      kind: 'transfer',
      post: { unitId, position: 'shuji' },
    });
    const good = { effectiveOn: '2026-05-01', actions: [move(one, '112'), move(two, '112')] };
    const bad = { effectiveOn: '2026-05-01', actions: [move(one, '112'), move(two, '113'), move('nobody', '112')] };
    const before = await count('PersonnelActionTaken');
    const refused = await post('personnel-actions/bulk', bad);
    expect(refused).toMatchObject({ status: 409, body: { code: 'bulk.has-errors' } });
    expect((refused.body.results as Body[]).map(({ ok, code }) => [ok, code])).toEqual([
      [true, undefined],
      [false, 'unit.not-in-force'],
      [false, 'staff.not-found'],
    ]);
    expect((await post('personnel-actions/bulk?dryRun=true', good)).body).toMatchObject({ dryRun: true, accepted: 0 });
    expect(await count('PersonnelActionTaken')).toBe(before);
    expect((await post('personnel-actions/bulk', good, 'bulk-1')).body).toMatchObject({ accepted: 2, repeated: false });
    expect((await post('personnel-actions/bulk', good, 'bulk-1')).body).toMatchObject({ accepted: 2, repeated: true });
    expect(await count('PersonnelActionTaken')).toBe(before + 2);
    const later = { ...good, effectiveOn: '2026-06-01', actions: [move(one, '111'), move(two, '111')] };
    const atOnce = await Promise.all([1, 2, 3].map(() => post('personnel-actions/bulk', later, 'bulk-2')));
    expect(atOnce.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(atOnce.map(({ body }) => JSON.stringify([body.position, body.results]))).size).toBe(1);
    expect(await count('PersonnelActionTaken')).toBe(before + 4);
  });

  it('lets nobody act on the own record, alone, in bulk or by a file', async () => {
    const staffNumber = '300090';
    const staffId = await register({ staffNumber, appointment: { ...APPOINTMENT, effectiveOn: '2025-04-01' } });
    const self = await tokenFor({ municipality: CITY, roles: ['hr', 'staff'], staffId });
    const code = async (path: string, body: object = {}) => (await post(path, body, undefined, self)).body.code;
    const promotion = { kind: 'promote', grade: '2' };
    const dated = { ...promotion, effectiveOn: '2026-05-01' };
    const actions = `staff/${staffId}/personnel-actions`;
    expect(await code(actions, dated)).toBe('staff.own-record');
    expect(await code(`${actions}/any/correction`, dated)).toBe('staff.own-record');
    expect(await code(`${actions}/any/revocation`)).toBe('staff.own-record');
    expect(await code(`staff/${staffId}/details`, { birthDate: '1990-01-01' })).toBe('staff.own-record');
    expect(await code(`staff/${staffId}/details`, { staffNumber: '300091' })).toBe('staff.own-record');
    expect(await code(`staff/${staffId}/erasure`)).toBe('staff.own-record');
    const bulk = { effectiveOn: '2026-05-01', actions: [{ staffId, ...promotion }] };
    expect((await post('personnel-actions/bulk', bulk, undefined, self)).body.results).toMatchObject([
      { ok: false, code: 'staff.own-record' },
    ]);
    const headers = { 'content-type': 'text/csv' };
    const body = `${ACTIONS_HEADER}\n${staffNumber},2026/5/1,昇任,,,2級,,,,,,`;
    expect((await ask('POST', 'imports/personnel-actions', { token: self, body, headers })).body.errors).toMatchObject([
      { line: 2, column: '職員番号', code: 'staff.own-record' },
    ]);
    expect((await post(actions, dated)).status).toBe(201);
  });

  it('registers nobody who is not born yet', async () => {
    expect(await post('staff', { ...PERSON, birthDate: '2030-01-01' })).toMatchObject({
      status: 409,
      body: { code: 'staff.birth-date-in-future' },
    });
    const staffId = await register({});
    expect((await post(`staff/${staffId}/details`, { birthDate: '2030-01-01' })).body.code).toBe(
      'staff.birth-date-in-future',
    );
  });

  it('erases the person, leaves the proof, and reads erased everywhere', async () => {
    const staffId = await register({
      staffNumber: '300099',
      appointment: { ...APPOINTMENT, effectiveOn: '2025-04-01' },
    });
    expect((await post(`staff/${staffId}/erasure`)).body.code).toBe('staff.in-service');
    await post(`staff/${staffId}/personnel-actions`, {
      kind: 'separate',
      effectiveOn: '2026-03-31',
      reason: 'resignation',
    });
    const { status, body } = await post(`staff/${staffId}/erasure`);
    expect(status).toBe(200);
    expect((await get(`staff/${staffId}`)).body).toMatchObject({
      erased: true,
      familyName: 'erased',
      birthDate: 'erased',
    });
    expect(await list(`status=out&after=${String(body.position)}&staffNumber=300099`)).toMatchObject([
      { familyName: 'erased' },
    ]);
    expect((await post(`staff/${staffId}/details`, { address: '架空町' })).body.code).toBe('staff.erased');
    const rehire = { ...APPOINTMENT, kind: 'rehire', effectiveOn: '2027-04-01' };
    expect((await post(`staff/${staffId}/personnel-actions`, rehire)).body.code).toBe('staff.erased');
    expect((await get(`staff/${staffId}/history`)).body).toMatchObject({ spells: [{ reason: 'resignation' }] });
  });

  it('corrects details and gives a number later', async () => {
    const staffId = await register({});
    const corrected = await post(`staff/${staffId}/details`, { staffNumber: '300100', familyName: '訂正' });
    expect((await get(`staff/${staffId}`)).body).toMatchObject({
      staffNumber: '300100',
      familyName: '訂正',
      givenName: '次郎',
    });
    expect(await list(`status=out&staffNumber=300100&after=${String(corrected.body.position)}`)).toMatchObject([
      { familyName: '訂正' },
    ]);
    expect((await post(`staff/${await register({})}/details`, { staffNumber: '300100' })).body.code).toBe(
      'staff-number.taken',
    );
  });

  it('refuses malformed bodies with a field list and stale versions', async () => {
    const { status, body } = await post('staff', { ...PERSON, birthDate: '2003-02-30', bloodType: 'A' });
    expect(status).toBe(400);
    expect(new Set((body.errors as Body[]).map(({ field }) => field))).toEqual(new Set(['birthDate', 'bloodType']));
    const staffId = await register({});
    const stale = await ask('POST', `staff/${staffId}/details`, {
      body: JSON.stringify({ address: '別の町' }),
      headers: { 'content-type': 'application/json', 'if-match': '"7"' },
    });
    expect(stale.status).toBe(412);
    expect((await post('staff/unknown/personnel-actions', APPOINTMENT)).status).toBe(404);
  });
});
