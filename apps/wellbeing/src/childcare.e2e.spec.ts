import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { PlacementEvent } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import { Database, inTransaction } from '#libs/event-store/database';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { start } from '#libs/platform/boot';
import { ROLES, type Role } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { tokenFor } from '#libs/testing/tokens';
import { ReactsOnPersonnelAction } from './reacts/on-personnel-action.js';
import { WellbeingModule } from './wellbeing.module.js';

class MovableClock extends Clock {
  instant = '2026-12-01T01:00:00Z';

  now(): Date {
    return new Date(this.instant);
  }
}

type Answer = Readonly<{ status: number; body: Readonly<Record<string, unknown>> }>;

const CITY = '142140';
const clock = new MovableClock();
let database: TestDatabase;
let placement: Server;
let app: NestFastifyApplication;
let env: Record<string, string | undefined>;

/** Everybody of 1010 is clerk but for `boss`, who heads it; `elsewhere` heads 1020. */
const PEOPLE = { parent: 'shuji', leaver: 'shuji', mother: 'shuji', timed: 'shuji', clerk: 'shuji', boss: 'kacho' };
const NUMBERS: Readonly<Record<string, string>> = { '100001': 'past-1', '100002': 'past-2' };

const unit = (unitId: string) => ({
  municipality: CITY,
  type: 'UnitChanged',
  data: {
    effectiveOn: '2020-04-01',
    unit: {
      unitId,
      name: unitId,
      level: 'section',
      parentId: null,
      sector: null,
      appointingAuthority: 'mayor',
      abolished: false,
    },
  },
});

const appointed = (staffId: string, position: string, unitId = '1010') => ({
  municipality: CITY,
  type: 'PersonnelActionTaken',
  data: {
    staffId,
    action: {
      actionId: `${staffId}/appointment`,
      employmentId: `${staffId}/employment`,
      kind: 'rehire',
      effectiveOn: '2020-04-01',
      post: { unitId, position },
      grade: '1',
      jobCategory: 'general',
      weeklyMinutes: 2325,
    },
  },
});

beforeAll(async () => {
  database = await createDatabase('wellbeing_childcare');
  placement = createServer((request, response) => {
    void text(request).then((body) => {
      const { numbers } = JSON.parse(body) as { numbers: string[] };
      response.end(JSON.stringify({ staffIds: numbers.map((number) => NUMBERS[number] ?? null) }));
    });
  });
  await new Promise<void>((resolve) => placement.listen(0, '127.0.0.1', resolve));
  env = {
    SERVICE_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: '127.0.0.1:9', // away: nothing here waits for it
    OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
    OIDC_CLIENT_ID: 'service.wellbeing',
    OIDC_CLIENT_SECRET: 'test',
    MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'silent',
    PLACEMENT_URL: `http://127.0.0.1:${(placement.address() as AddressInfo).port}`,
  };
  app = await start(WellbeingModule, 'wellbeing', { env, clock });
  const staff = Object.entries(PEOPLE).map(([staffId, position]) => appointed(staffId, position));
  await inTransaction(app.get(Database).pool, async (tx) => {
    const events = [unit('1010'), unit('1020'), ...staff, appointed('elsewhere', 'kacho', '1020')];
    await app.get(StaffDirectory).apply(events, tx);
    await tx.query(`INSERT INTO consumer_offsets VALUES ('jinzai.wellbeing', 'jinzai.placement.events', 0, 5)`);
  });
});

afterAll(async () => {
  await app?.close();
  placement?.close();
  placement?.closeAllConnections();
  await database?.drop();
});

const send = async (token: string, method: string, path: string, body?: object | string, key?: string) => {
  const response = await fetch(`${await app.getUrl()}/wellbeing/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' }),
      ...(key && { 'idempotency-key': key }),
    },
    body: typeof body === 'string' ? body : body && JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
};

const as = async (role: Role, staffId?: string, municipality = CITY) => {
  const token = await tokenFor({ municipality, roles: [role], staffId });
  return {
    get: (path: string): Promise<Answer> => send(token, 'GET', path),
    post: (path: string, body: object | string = {}, key?: string): Promise<Answer> =>
      send(token, 'POST', path, body, key),
  };
};

const done = async (answer: Promise<Answer>): Promise<{ id: string; position: number }> => {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body as { id: string; position: number };
};

const refused = async (answer: Promise<Answer>, code: string, status = 409): Promise<void> =>
  expect(await answer).toMatchObject({ status, body: { code } });

const sql = async (query: string, ...values: unknown[]): Promise<object[]> =>
  (await app.get(Database).pool.query(query, values)).rows as object[];

const written = async (staffId: string): Promise<string[]> =>
  (
    (await sql(`SELECT type FROM events WHERE stream = $1 ORDER BY version`, `childcare-${CITY}/${staffId}`)) as {
      type: string;
    }[]
  ).map(({ type }) => type);

const action = (staffId: string, data: PlacementEvent['data'], type: PlacementEvent['type'], version: number) =>
  ({
    type,
    id: `0a52a4b2-7d1f-4a0e-8f0a-00000000000${version}`,
    municipality: CITY,
    stream: `staff-${CITY}/${staffId}`,
    streamVersion: version,
    previousVersion: version - 1,
    schemaVersion: 1,
    recordedAt: '2026-12-01T01:00:00Z',
    correlationId: 'c-1',
    data,
  }) as unknown;

describe('a child', () => {
  it('leads from the notice to the leave and back, each step by the right person', async () => {
    const [parent, boss, hr] = [await as('staff', 'parent'), await as('manager', 'boss'), await as('hr', 'clerk')];
    await refused(
      parent.post('childcare/parent/births', { parenthood: 'partner-gave-birth', bornOn: '2026-12-02' }),
      'childcare.born-in-future',
    );
    const births = { parenthood: 'partner-gave-birth', expectedOn: '2026-12-20' };
    const { id: caseId } = await done(parent.post('childcare/parent/births', births, 'birth-1'));
    expect((await parent.post('childcare/parent/births', births, 'birth-1')).body).toMatchObject({
      id: caseId,
      repeated: true,
    });
    await done(boss.post(`childcare/parent/births/${caseId}/interview`, { heldOn: '2026-12-01', wish: '二週間' }));

    const leaves = `childcare/parent/births/${caseId}/leaves`;
    await refused(
      parent.post(leaves, { from: '2026-12-25', through: '2026-12-19' }),
      'childcare.ends-before-it-begins',
    );
    const { id: periodId } = await done(parent.post(leaves, { from: '2026-12-25', through: '2027-01-07' }));
    await refused(parent.post(leaves, { from: '2027-01-07', through: '2027-01-20' }), 'childcare.overlaps');
    const leave = `childcare/parent/leaves/${periodId}`;
    await refused((await as('hr', 'parent')).post(`${leave}/approval`), 'childcare.own-request');
    await done(hr.post(`${leave}/approval`));
    await refused(hr.post(`${leave}/approval`), 'childcare.not-pending');

    clock.instant = '2026-12-22T01:00:00Z';
    await done(parent.post(`childcare/parent/births/${caseId}/birth`, { bornOn: '2026-12-21' }));
    clock.instant = '2026-12-24T15:00:00Z'; // midnight in Tokyo: 25 December has begun
    await eventually(async () => (await written('parent')).includes('ChildcareLeaveStarted'));
    const { position } = await done(hr.post(`${leave}/extension`, { through: '2027-01-31' }));
    await refused(hr.post(`${leave}/extension`, { through: '2027-02-28' }), 'childcare.extensions-exceeded');
    expect((await hr.get(`childcare-leaves?staffId=parent&after=${position}`)).body).toMatchObject({
      items: [{ periodId, caseId, from: '2026-12-25', through: '2027-01-31', status: 'running' }],
      total: 1,
    });
    await done(hr.post(`${leave}/return`, { through: '2027-01-15' }));
    clock.instant = '2027-01-15T15:00:00Z';
    await eventually(async () => (await written('parent')).includes('ChildcareLeaveEnded'));
    expect((await parent.get('childcare/parent')).body).toMatchObject({
      cases: [
        {
          caseId,
          bornOn: '2026-12-21',
          eligibleFiscalYear: 2026,
          interview: { heldOn: '2026-12-01', wish: '二週間' },
          leaves: [{ periodId, from: '2026-12-25', through: '2027-01-15', status: 'ended', extensions: 1 }],
        },
      ],
    });
    expect(await written('parent')).toEqual([
      'BirthNotified',
      'IntentInterviewHeld',
      'ChildcareLeaveRequested',
      'ChildcareLeaveApproved',
      'BirthRecorded',
      'ChildcareLeaveStarted',
      'ChildcareLeaveExtended',
      'ChildcareLeaveShortened',
      'ChildcareLeaveEnded',
    ]);
  });

  it('is nobody else’s business on any of its routes (peers.md 17), and its dates are nowhere in the clear', async () => {
    const [other, boss, elsewhere] = [
      await as('staff', 'clerk'),
      await as('manager', 'boss'),
      await as('manager', 'elsewhere'),
    ];
    await refused(other.get('childcare/parent'), 'staff.not-found', 404);
    await refused(
      other.post('childcare/parent/births', { parenthood: 'gave-birth', bornOn: '2026-11-01' }),
      'staff.not-found',
      404,
    );
    expect((await boss.get('childcare/parent')).status).toBe(403);
    expect((await boss.post('childcare/parent/leaves/x/approval')).status).toBe(403);
    await refused(other.post('childcare/parent/births/x/birth', { bornOn: '2026-11-01' }), 'staff.not-found', 404);
    await refused(
      other.post('childcare/parent/births/x/leaves', { from: '2027-02-01', through: '2027-02-28' }),
      'staff.not-found',
      404,
    );
    await refused(other.post('childcare/parent/leaves/x/cancellation'), 'staff.not-found', 404);
    await refused(
      elsewhere.post('childcare/parent/births/x/interview', { heldOn: '2026-12-01', wish: '…' }),
      'staff.not-found',
      404,
    );
    expect((await other.get('childcare-leaves')).body).toMatchObject({ total: 0 });
    expect((await elsewhere.get('childcare-leaves')).body).toMatchObject({ total: 0 });
    expect((await boss.get('childcare-leaves')).body).toMatchObject({ items: [{ staffId: 'parent' }] });
    const clear = await sql(`SELECT data::text FROM events WHERE type IN ('BirthNotified', 'BirthRecorded')`);
    expect(JSON.stringify(clear)).not.toMatch(/bornOn|expectedOn|2026-12-2/);
  });

  it('of whom somebody else looked is told to auditors, and to nobody else', async () => {
    const auditor = await as('auditor');
    const { total } = (await auditor.get('childcare/parent/reads')).body;
    await (await as('staff', 'parent')).get('childcare/parent'); // one's own look is not written down
    await (await as('staff', 'clerk')).get('childcare/parent'); // nor is one that was refused
    await (await as('hr', 'clerk')).get('childcare/parent');
    expect((await auditor.get('childcare/parent/reads?sort=-readAt&limit=1')).body).toMatchObject({
      items: [{ subject: `${CITY}.hr.clerk`, purpose: 'childcare', part: null, readAt: expect.stringMatching(/Z$/) }],
      total: Number(total) + 1,
    });
    for (const role of ROLES.filter((one) => one !== 'auditor')) {
      const { status } = await (await as(role, 'parent')).get('childcare/parent/reads');
      expect([role, status]).toEqual([role, 403]);
    }
    const elsewhere = await as('auditor', undefined, '142034');
    for (const nobodys of [auditor.get('childcare/nobody/reads'), elsewhere.get('childcare/parent/reads')])
      await refused(nobodys, 'childcare-case.not-found', 404);
  });

  it('is listed for HR without its dates', async () => {
    const { body } = await (await as('hr')).get('childcare-births?interview=held&eligibleFiscalYear=2026');
    expect(body).toMatchObject({
      items: [{ staffId: 'parent', parenthood: 'partner-gave-birth', interviewedOn: '2026-12-01' }],
    });
  });

  it('is somebody’s who is in service, and well-formed', async () => {
    const hr = await as('hr');
    await refused(
      hr.post('childcare/nobody/births', { parenthood: 'gave-birth', bornOn: '2026-11-01' }),
      'staff.not-found',
      404,
    );
    expect((await hr.post('childcare/parent/births', { parenthood: 'gave-birth', bornOn: '1.11.2026' })).status).toBe(
      400,
    );
    expect((await hr.get('childcare/clerk')).body.code).toBe('childcare-case.not-found');
    await refused(hr.post('childcare/parent/leaves/none/approval'), 'childcare-leave.not-found', 404);
    const nonsense = { parenthood: 'gave-birth', bornOn: '1950-01-01', expectedOn: '2199-12-31' };
    await refused(hr.post('childcare/clerk/births', nonsense), 'childcare.two-birth-dates');
    const expectedOn = '2199-12-31';
    await refused(
      hr.post('childcare/clerk/births', { parenthood: 'gave-birth', expectedOn }),
      'childcare.expected-too-far',
    );
  });

  it('of nobody and of somebody of another city is the same: not there, on every route', async () => {
    const elsewhere = await as('hr', undefined, '142034');
    const day = { through: '2027-01-31' };
    const routes: [path: string, body?: object][] = [
      ['births', { parenthood: 'gave-birth', bornOn: '2026-11-01' }],
      ['births/x/birth', { bornOn: '2026-11-01' }],
      ['births/x/voiding'],
      ['births/x/interview', { heldOn: '2026-12-01', wish: '…' }],
      ['births/x/leaves', { from: '2027-01-01', ...day }],
      ['leaves/x/approval'],
      ['leaves/x/refusal', { because: '…' }],
      ['leaves/x/cancellation'],
      ['leaves/x/extension', day],
      ['leaves/x/return', day],
    ];
    for (const [path, body] of routes) {
      const nobody = await elsewhere.post(`childcare/nobody/${path}`, body);
      expect([path, nobody.status]).toEqual([path, 404]);
      expect((await elsewhere.post(`childcare/parent/${path}`, body)).body).toEqual(nobody.body);
    }
    expect((await elsewhere.get('childcare/parent')).body).toEqual((await elsewhere.get('childcare/nobody')).body);
  });

  it('of whom leave is wanted at the same time for two: one is refused (peers.md 1)', async () => {
    clock.instant = '2027-02-01T01:00:00Z';
    const mother = await as('staff', 'mother');
    const ids = [];
    for (const bornOn of ['2026-10-01', '2025-04-01']) {
      const { id } = await done(mother.post('childcare/mother/births', { parenthood: 'gave-birth', bornOn }));
      ids.push(id);
    }
    const leave = { from: '2027-04-01', through: '2027-09-30' };
    const answers = await Promise.all(ids.map((id) => mother.post(`childcare/mother/births/${id}/leaves`, leave)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('childcare.overlaps');
    const times = ['2027-04-01', '2027-10-01', '2028-01-01'].map((from) => ({ from, through: from }));
    const path = `childcare/mother/births/${ids[answers[0].status === 201 ? 0 : 1]}/leaves`;
    await done(mother.post(path, times[1]));
    await refused(mother.post(path, times[2]), 'childcare.times-exceeded');
  });
});

describe('a separation', () => {
  it('ends the leave on the last day in service, unless it was taken back', async () => {
    clock.instant = '2027-03-01T01:00:00Z';
    const [leaver, hr] = [await as('staff', 'leaver'), await as('hr', 'clerk')];
    const birth = { parenthood: 'partner-gave-birth', bornOn: '2027-02-20' };
    const { id: caseId } = await done(leaver.post('childcare/leaver/births', birth));
    const leave = { from: '2027-05-01', through: '2027-12-31' };
    const { id } = await done(leaver.post(`childcare/leaver/births/${caseId}/leaves`, leave));
    await done(hr.post(`childcare/leaver/leaves/${id}/approval`));
    const react = (handle: 'taken' | 'voided', event: unknown) =>
      inTransaction(app.get(Database).pool, (tx) =>
        app.get(ReactsOnPersonnelAction)[handle](event as never, new ConsumerContext(tx)),
      );
    const resigns = (actionId: string, effectiveOn: string, version: number) =>
      action(
        'leaver',
        {
          staffId: 'leaver',
          action: { actionId, employmentId: 'leaver/employment', kind: 'separate', effectiveOn, reason: 'resignation' },
        },
        'PersonnelActionTaken',
        version,
      ) as Delivered;
    await react('taken', resigns('resignation-1', '2027-05-31', 2));
    await react(
      'voided',
      action('leaver', { staffId: 'leaver', actionId: 'resignation-1' }, 'PersonnelActionVoided', 3),
    );
    await react('taken', resigns('resignation-2', '2027-06-30', 4));
    await react('taken', resigns('resignation-2', '2027-06-30', 4)); // delivered again

    clock.instant = '2027-04-30T15:00:00Z';
    await eventually(async () => (await written('leaver')).includes('ChildcareLeaveStarted'));
    clock.instant = '2027-06-29T15:00:00Z';
    await eventually(
      async () => (await sql(`SELECT FROM timers WHERE key = 'resignation-1' AND state = 'fired'`)).length,
    );
    expect(await written('leaver')).not.toContain('ChildcareLeaveEnded');
    clock.instant = '2027-06-30T15:00:00Z';
    await eventually(async () => (await written('leaver')).includes('ParentLeft'));
    expect((await written('leaver')).slice(3)).toEqual([
      'ParentLeaving',
      'ParentStaying',
      'ParentLeaving',
      'ChildcareLeaveStarted',
      'ChildcareLeaveEnded',
      'ParentLeft',
    ]);
    expect(
      await sql(
        `SELECT data->>'through' AS through FROM events WHERE type = 'ChildcareLeaveEnded' AND stream LIKE '%/leaver'`,
      ),
    ).toEqual([{ through: '2027-06-30' }]);
  });
});

describe('former years', () => {
  const HEADER = '職員番号,区分,子の出生日,開始日,終了日';
  const FILE = [
    HEADER,
    '100001,配偶者出産,2024/5/20,2024/6/1,2024/6/14',
    '100001,配偶者出産,2024/5/20,2024-09-01,2024-09-30',
    '100001,配偶者出産,2026/8/1,2027/5/1,2027/9/30',
    '100002,出産,2023/7/7,,',
  ].join('\n');

  it('are checked, loaded once, and run on where they had not ended', async () => {
    const hr = await as('hr');
    expect((await hr.post('imports/childcare?dryRun=true', FILE)).body).toMatchObject({ rows: 4, accepted: 0 });
    expect(await written('past-1')).toEqual([]);
    const loaded = await hr.post('imports/childcare', FILE, 'childcare-1');
    expect(loaded).toMatchObject({ status: 200, body: { rows: 4, accepted: 4, repeated: false } });
    expect((await hr.post('imports/childcare', FILE, 'childcare-1')).body).toMatchObject({
      accepted: 4,
      repeated: true,
    });
    expect(await written('past-1')).toEqual([
      'BirthNotified',
      'PastChildcareLeaveRecorded',
      'PastChildcareLeaveRecorded',
      'BirthNotified',
      'PastChildcareLeaveRecorded',
    ]);
    expect(await written('past-2')).toEqual(['BirthNotified']);
    const { items } = (await hr.get(`childcare-leaves?staffId=past-1&after=${String(loaded.body.position)}`)).body;
    expect((items as { status: string }[]).map(({ status }) => status)).toEqual(['ended', 'ended', 'running']);
    clock.instant = '2027-09-30T15:00:00Z';
    await eventually(async () => (await written('past-1')).at(-1) === 'ChildcareLeaveEnded');
  });

  it('with a fault in any row load nothing, and every row is named', async () => {
    const broken = [
      HEADER,
      '999999,出産,2024/5/20,2024/7/20,2024/8/31',
      '100002,出産,2023/7/7,2026/7/1,2026/7/31',
      '100002,出産,2023/7/7,2026/7/2,2026/7/7',
      '100002,出産,2022/7/7,2022/7/6,2022/9/6',
      '100002,出産,2026/2/30,,',
      '100002,養親,2026/2/20,2026/3/1,',
      '100002,出産,1950/1/1,,',
    ].join('\n');
    const { status, body } = await (await as('hr')).post('imports/childcare', broken);
    expect(status).toBe(409);
    expect((body.errors as { line: number; code: string }[]).map(({ line, code }) => `${line} ${code}`)).toEqual([
      '2 staff-number.unknown',
      '3 childcare.beyond-age',
      '5 childcare.before-birth',
      '6 date.not-existing',
      '7 value.unknown',
      '7 value.missing',
      '8 childcare.child-too-old',
    ]);
    expect(await written('past-2')).toEqual(['BirthNotified']);
    // peers.md 13, 15: nobody gives themselves a leave by file
    const own = await (await as('hr', 'past-2')).post('imports/childcare', `${HEADER}\n100002,出産,2026/2/20,,`);
    expect(own.body).toMatchObject({ errors: [{ line: 2, code: 'childcare.own-request' }] });
  });
});

describe('the days of a leave', () => {
  it('come exactly once, at midnight in Tokyo (peers.md 9), also across a restart and with two processes', async () => {
    clock.instant = '2027-10-01T01:00:00Z';
    const [timed, hr] = [await as('staff', 'timed'), await as('hr', 'clerk')];
    const birth = { parenthood: 'partner-gave-birth', bornOn: '2027-08-01' };
    const { id: caseId } = await done(timed.post('childcare/timed/births', birth));
    const leave = { from: '2027-12-01', through: '2027-12-31' };
    const { id } = await done(timed.post(`childcare/timed/births/${caseId}/leaves`, leave));
    await done(hr.post(`childcare/timed/leaves/${id}/approval`));
    await eventually(async () => (await sql('SELECT FROM timers WHERE key = $1', id)).length);
    await app.close();

    clock.instant = '2028-01-10T01:00:00Z'; // both days have passed meanwhile
    const second = await start(WellbeingModule, 'wellbeing', { env, clock });
    app = await start(WellbeingModule, 'wellbeing', { env, clock });
    await eventually(async () => (await written('timed')).includes('ChildcareLeaveEnded'));
    await second.close();
    await app.close();
    app = await start(WellbeingModule, 'wellbeing', { env, clock });
    await eventually(async () => (await sql(`SELECT FROM timers WHERE key = $1 AND state = 'fired'`, id)).length === 2);
    expect((await written('timed')).slice(3)).toEqual(['ChildcareLeaveStarted', 'ChildcareLeaveEnded']);
  });
});
