import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import iconv from 'iconv-lite';
import { Client } from 'pg';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { start } from '#libs/platform/boot';
import { Clock } from '#libs/processes/clock';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { tokenFor } from '#libs/testing/tokens';
import { PlacementModule } from './placement.module.js';

class SetClock extends Clock {
  at = '2026-04-10T00:00:00Z';
  now(): Date {
    return new Date(this.at);
  }
}

type Body = Record<string, unknown>;
type Answer = Readonly<{ status: number; body: Body }>;
type Item = Readonly<{
  staffId: string;
  familyName: string;
  unitId: string | null;
  status: string;
  lastDay: string | null;
}>;

const CITY = '142140';
const clock = new SetClock();
let database: TestDatabase;
let sql: Client;
let app: NestFastifyApplication;
let base: string;
let tokens: Record<'hr' | 'other' | 'auditor', string>;

beforeAll(async () => {
  database = await createDatabase('placement');
  const env = {
    SERVICE_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: '127.0.0.1:1', // away: commands must not need it
    OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
    OIDC_CLIENT_ID: 'service.placement',
    OIDC_CLIENT_SECRET: 'test',
    MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'silent',
  };
  app = await start(PlacementModule, 'placement', { env, clock });
  base = `${await app.getUrl()}/placement`;
  const [hr, other, auditor] = await Promise.all([
    tokenFor({ municipality: CITY, roles: ['hr'] }),
    tokenFor({ municipality: '142034', roles: ['hr'] }),
    tokenFor({ municipality: CITY, roles: ['auditor'] }),
  ]);
  tokens = { hr, other, auditor };
  sql = new Client({ connectionString: database.url });
  await sql.connect();
});

afterAll(async () => {
  await sql?.end();
  await app?.close();
  await database?.drop();
});

type Asked = Readonly<{ token?: string; body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> }>;

const ask = async (method: string, path: string, { token = tokens.hr, body, headers }: Asked = {}): Promise<Answer> => {
  const response = await fetch(`${base}/${path}`, {
    method,
    body,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  return { status: response.status, body: (await response.json()) as Body };
};
const get = (path: string, token?: string): Promise<Answer> => ask('GET', path, { token });
const post = (path: string, body: object = {}, key?: string, token?: string): Promise<Answer> =>
  ask('POST', path, {
    token,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
  });
const load = (file: string, text: string | Uint8Array<ArrayBuffer>, key?: string): Promise<Answer> =>
  ask('POST', `imports/${file}`, {
    body: text,
    headers: { 'content-type': 'text/csv', ...(key && { 'idempotency-key': key }) },
  });
const list = async (query: string, token?: string): Promise<Item[]> =>
  (await get(`staff?${query}`, token)).body.items as Item[];
const count = async (type: string): Promise<number> =>
  Number((await sql.query(`SELECT count(*) FROM events WHERE type = $1`, [type])).rows[0].count);

const UNITS = [
  '所属コード,所属名,階層,上位所属コード,部門区分,任命権者,適用開始日,廃止',
  '100,伊勢原市,市,,,市長,2000-04-01,',
  '110,土木部,部,100,,市長,2000-04-01,',
  '111,道路課,課,110,事業,市長,2000-04-01,',
  '112,公園課,課,110,事業,市長,2000-04-01,',
  '113,河川課,課,110,事業,市長,2027-04-01,',
].join('\n');
const STAFF = [
  '職員番号,氏,名,氏カナ,名カナ,生年月日,性別,住所',
  '200001,架空,部長,カクウ,ブチョウ,1970/4/2,男,架空町1番',
  '200002,架空,課長,カクウ,カチョウ,1975/8/1,女,架空町2番',
  '200003,髙橋,主事,タカハシ,シュジ,2000/1/1,女,架空町3番',
  '200004,架空,退職,カクウ,タイショク,1990/1/1,男,架空町4番',
].join('\n');
const ACTIONS_HEADER = '職員番号,発令日,発令種別,所属コード,職位,級,職種,採用区分,週勤務分,終了日,事由,休業種別';
const appointed = (number: string, on: string, unit: string, position: string, grade: string) =>
  `${number},${on},条件付採用,${unit},${position},${grade},一般事務,新卒,2325,,,`;
const ACTIONS = [
  ACTIONS_HEADER,
  appointed('200001', '2000/4/1', '110', '部長', '7級'),
  '200001,2000/10/1,正式採用,,,,,,,,,',
  appointed('200002', '2000/4/1', '111', '課長', '6級'),
  '200002,2000/10/1,正式採用,,,,,,,,,',
  appointed('200003', '2024/4/1', '111', '主事', '1級'),
  '200003,2024/10/1,正式採用,,,,,,,,,',
  '200003,2025/4/1,異動,112,主事,,,,,,,',
  appointed('200004', '2015/4/1', '112', '主事', '1級'),
  '200004,2026/3/31,退職,,,,,,,,普通退職,',
].join('\n');

const positionOf = (answers: readonly Answer[]): unknown => answers.find(({ status }) => status === 200)?.body.position;

describe('imports', () => {
  it('checks without loading', async () => {
    const { status, body } = await load('units?dryRun=true', UNITS);
    expect({ status, body }).toEqual({
      status: 200,
      body: { rows: 5, accepted: 0, errors: [], dryRun: true, repeated: false },
    });
    expect(await count('UnitChanged')).toBe(0);
  });

  it('loads units, staff and actions, Shift_JIS too', async () => {
    expect((await load('units', UNITS)).body).toMatchObject({ rows: 5, accepted: 5 });
    expect((await load('staff', iconv.encode(STAFF, 'cp932') as Uint8Array<ArrayBuffer>)).body).toMatchObject({
      rows: 4,
      accepted: 4,
    });
    expect((await load('personnel-actions', ACTIONS, 'actions-1')).body).toMatchObject({
      rows: 9,
      accepted: 9,
      repeated: false,
    });
    expect([await count('UnitChanged'), await count('StaffRegistered'), await count('PersonnelActionTaken')]).toEqual([
      5, 4, 9,
    ]);
  });

  it('answers a repeat of the request as before and loads nothing twice', async () => {
    const again = await load('personnel-actions', ACTIONS, 'actions-1');
    expect(again).toMatchObject({
      status: 200,
      body: { rows: 9, accepted: 9, repeated: true, position: expect.any(Number) },
    });
    expect(await count('PersonnelActionTaken')).toBe(9);
    expect((await load('personnel-actions', `${ACTIONS}\n`, 'actions-1')).body.code).toBe('request.key-reused');
  });

  it('reports every row with line, column, code and a Japanese reason, and loads nothing', async () => {
    const broken = [
      ACTIONS_HEADER,
      '200001,2026/2/30,異動,111,部長,,,,,,,',
      '999999,2026/4/1,異動,111,主事,,,,,,,',
      '200002,2026/4/1,異動,999,課長,,,,,,,',
      '200003,2026/4/1,復職,,,,,,,,,',
      '200004,2026/5/1,異動,111,主事,,,,,,,',
    ].join('\n');
    const { status, body } = await load('personnel-actions', broken);
    expect(status).toBe(409);
    expect(body.code).toBe('import.has-errors');
    const errors = body.errors as { line: number; column: string; code: string; message: string }[];
    expect(errors.map(({ line, column, code }) => `${line} ${column} ${code}`)).toEqual([
      '2 発令日 date.not-existing',
      '3 職員番号 staff-number.unknown',
      '4 所属コード unit.not-in-force',
      '5 発令日 timeline.return-without-leave',
      '6 発令日 timeline.after-separation',
    ]);
    expect(errors[3].message).toContain('休職');
    expect(errors.map(({ message }) => message).join()).not.toMatch(/[{}]/);
    expect(await count('PersonnelActionTaken')).toBe(9);
  });

  it('refuses a staff number that is taken, and the whole file with it', async () => {
    const { body } = await load('staff', `${STAFF}\n200009,新,人,シン,ジン,2003/1/1,男,架空町`);
    expect((body.errors as Body[]).map(({ line, code }) => [line, code])).toEqual(
      [2, 3, 4, 5].map((line) => [line, 'staff-number.taken']),
    );
    expect(await count('StaffRegistered')).toBe(4);
  });

  it('takes two sendings of one file at the same moment as one, and the loser of two requests reads why', async () => {
    const file = (number: string) => `${STAFF.split('\n')[0]}\n${number},同時,人,ﾄﾞｳｼﾞ,ジン,2003/1/1,男,架空町`;
    const same = await Promise.all([1, 2, 3].map(() => load('staff', file('200101'), 'same-moment')));
    expect(same.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(same.filter(({ body }) => body.repeated === false)).toHaveLength(1);
    expect(new Set(same.map(({ body }) => body.position)).size).toBe(1);

    expect(await count('StaffRegistered')).toBe(5);

    const other = await Promise.all([1, 2].map(() => load('staff', file('200102'))));
    expect(other.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(other.find(({ status }) => status === 409)?.body.errors).toMatchObject([
      { line: 2, column: '職員番号', code: 'staff-number.taken' },
    ]);
    const [person] = await list(`status=out&staffNumber=200102&after=${String(positionOf(other))}`);
    expect((await get(`staff/${person.staffId}`)).body).toMatchObject({ familyNameKana: 'ドウジ' });
  });

  it('says nothing of a history with rows it cannot read but what is wrong with those rows', async () => {
    const rows = [appointed('200101', '2024/4/31', '111', '主事', '1級'), '200101,2024/10/1,正式採用,,,,,,,,,'];
    const { body } = await load('personnel-actions', [ACTIONS_HEADER, ...rows].join('\n'));
    expect((body.errors as Body[]).map(({ line, code }) => [line, code])).toEqual([[2, 'date.not-existing']]);
  });

  it('lists the first 500 errors of a hopeless file and counts all', async () => {
    const rows = Array.from({ length: 600 }, (_, row) => `x#${row},,,,,,,`);
    const { body } = await load('staff', [STAFF.split('\n')[0], ...rows].join('\n'));
    expect(body.errors).toHaveLength(500);
    expect((body.facts as { errors: number }).errors).toBeGreaterThan(600);
  });

  it('wants text/csv and the role', async () => {
    expect((await post('imports/units', {})).status).toBe(415);
    expect(
      (
        await ask('POST', 'imports/units', {
          token: tokens.auditor,
          body: UNITS,
          headers: { 'content-type': 'text/csv' },
        })
      ).status,
    ).toBe(403);
  });
});

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
    expect(await list('', tokens.other)).toEqual([]);
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
    expect((await get(`staff/${clerk.staffId}`, tokens.other)).status).toBe(404);
    const self = await get(
      `staff/${clerk.staffId}`,
      await tokenFor({ municipality: CITY, roles: ['staff'], staffId: clerk.staffId }),
    );
    const { rows } = await sql.query('SELECT count(*)::int AS reads FROM personal_data_reads WHERE staff_id = $1', [
      clerk.staffId,
    ]);
    expect(rows[0].reads).toBe(1); // the director's; one's own and refused looks are none
    expect(self.body).toMatchObject({ birthDate: '2000-01-01', address: '架空町3番' });
  });
});

const PERSON = {
  familyName: '試験',
  givenName: '次郎',
  familyNameKana: 'シケン',
  givenNameKana: 'ジロウ',
  birthDate: '2003-05-05',
  sex: '1',
  address: '架空町9番',
};
const APPOINTMENT = {
  kind: 'appoint-on-probation',
  effectiveOn: '2026-04-01',
  post: { unitId: '111', position: 'shuji' },
  grade: '1',
  jobCategory: 'general',
  route: 'new-graduate',
  weeklyMinutes: 2325,
};
const register = async (more: object, key?: string): Promise<string> =>
  (await post('staff', { ...PERSON, ...more }, key)).body.id as string;

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
    const { rows } = await sql.query<{ now: string }>(
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

describe('the organisation', () => {
  it('shows the tree of a day and takes changes together', async () => {
    const unit = {
      unitId: '120',
      name: '試験課',
      level: 'section',
      parentId: '110',
      sector: null,
      appointingAuthority: 'mayor',
      abolished: false,
    };
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

describe('the end of probation', () => {
  const announced = async (staffId: string): Promise<object[]> =>
    (
      await sql.query<{ data: object }>(
        `SELECT data FROM events WHERE type = 'ProbationEndAnnounced' AND data->>'staffId' = $1`,
        [staffId],
      )
    ).rows.map(({ data }) => data);
  const firstAnnounced = async (staffId: string) => (await announced(staffId))[0];
  const due = async (): Promise<number> =>
    Number((await sql.query(`SELECT count(*) FROM timers WHERE state = 'waiting'`)).rows[0].count);

  it('is announced 30 days before, to where it was extended, and not after the formal appointment', async () => {
    const [plain, extended, formal] = [
      await register({ appointment: APPOINTMENT }),
      await register({ appointment: APPOINTMENT }),
      await register({ appointment: APPOINTMENT }),
    ];
    const act = (staffId: string, body: object) => post(`staff/${staffId}/personnel-actions`, body);
    await act(extended, { kind: 'extend-probation', effectiveOn: '2026-09-15', until: '2026-12-31' });
    const last = await act(formal, { kind: 'appoint-formally', effectiveOn: '2026-10-01' });
    expect(await app.get(FollowerRunner).waitFor('probation-ends', Number(last.body.position), 10_000)).toBe(true);
    expect(await due()).toBeGreaterThan(0);
    clock.at = '2026-08-31T00:00:00Z';
    expect(await eventually(() => firstAnnounced(plain))).toMatchObject({ staffId: plain, endsOn: '2026-09-30' });
    expect(await announced(extended)).toEqual([]);
    clock.at = '2026-12-02T00:00:00Z';
    expect(await eventually(() => firstAnnounced(extended))).toMatchObject({ endsOn: '2026-12-31' });
    expect(await announced(formal)).toEqual([]);
  });
});
