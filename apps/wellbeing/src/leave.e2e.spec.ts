import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { StaffNumbers } from '#libs/imports/staff-numbers';
import { ROLES } from '#libs/platform/caller';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { CITY, done, everybody, LeaveUsers, MovableClock, startWellbeing } from './leave.fixture.js';

const clock = new MovableClock('2026-11-24T01:00:00Z');
let database: TestDatabase;
let app: NestFastifyApplication;
let users: LeaveUsers;

beforeAll(async () => {
  database = await createDatabase('leave');
  app = await startWellbeing(database.url, clock);
  users = await LeaveUsers.of(app);
  await users.know(everybody);
});

afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const opened = async (staffId: string) =>
  done((await users.as('hr')).post(`leave/${staffId}/years`, { on: '2026-11-24' }));
const ask = (over: object = {}) => ({ kind: 'annual', from: '2026-11-30', unit: 'day', ...over });
const available = async (staffId: string) =>
  (await (await users.as('hr')).get(`leave/${staffId}`)).body.available as number;

describe('leave', () => {
  it('goes its whole way: preview, request, approval, taken, cancelled', async () => {
    await opened('clerk-1');
    const [clerk, kacho] = [await users.as('staff', 'clerk-1'), await users.as('manager', 'kacho')];
    expect(await clerk.post('leave/clerk-1/requests/preview', ask())).toMatchObject({
      status: 200,
      body: { minutes: 465, available: 9300, availableAfter: 8835, entries: [{ from: '08:30', to: '17:15' }] },
    });
    expect(await available('clerk-1')).toBe(9300);

    const key = { 'idempotency-key': 'request-1' };
    const requested = await clerk.post('leave/clerk-1/requests', ask({ reason: '私用' }), key);
    expect(requested.status).toBe(201);
    expect(requested.headers.get('etag')).toBe('"3"');
    expect((await clerk.post('leave/clerk-1/requests', ask({ reason: '私用' }), key)).body).toMatchObject({
      id: requested.body.id,
      repeated: true,
    });
    const id = requested.body.id as string;
    const after = requested.body.position as number;
    expect((await kacho.get(`leave-requests?toDecide=true&after=${after}`)).body).toMatchObject({
      items: [
        { requestId: id, staffId: 'clerk-1', kind: 'annual', firstDay: '2026-11-30', minutes: 465, status: 'pending' },
      ],
      total: 1,
      nextCursor: null,
    });
    expect((await kacho.get(`leave/clerk-1/requests/${id}`)).body).toMatchObject({ reason: '私用', status: 'pending' });

    expect((await kacho.post(`leave/clerk-1/requests/${id}/approval`, {}, { 'if-match': '"2"' })).status).toBe(412);
    await done(kacho.post(`leave/clerk-1/requests/${id}/approval`, {}, { 'if-match': '"3"' }));
    expect((await kacho.post(`leave/clerk-1/requests/${id}/approval`)).body).toMatchObject({
      code: 'leave.not-pending',
    });

    clock.instant = '2026-11-30T14:59:59Z'; // 23:59:59 in Tokyo: the day has not ended
    const hr = await users.as('hr');
    expect((await hr.post(`leave/clerk-1/requests/${id}/cancellation`, { because: '出勤' })).body).toMatchObject({
      code: 'leave.not-taken',
    });
    clock.instant = '2026-11-30T15:00:00Z';
    await eventually(async () => (await clerk.get('leave-requests?status=taken')).body.total === 1);
    const cancelled = await done(hr.post(`leave/clerk-1/requests/${id}/cancellation`, { because: '出勤' }));
    expect((await clerk.get(`leave-requests?after=${cancelled.position}`)).body).toMatchObject({
      items: [{ status: 'cancelled' }],
    });
    expect(await available('clerk-1')).toBe(9300);
    clock.instant = '2026-11-24T01:00:00Z';
  });

  it('is refused or withdrawn, and the reason is told', async () => {
    await opened('clerk-2');
    const [clerk, kacho] = [await users.as('staff', 'clerk-2'), await users.as('manager', 'kacho')];
    const first = await done(clerk.post('leave/clerk-2/requests', ask()));
    await done(kacho.post(`leave/clerk-2/requests/${first.id}/refusal`, { because: '議会対応' }));
    const second = await done(clerk.post('leave/clerk-2/requests', ask()));
    await done(clerk.post(`leave/clerk-2/requests/${second.id}/withdrawal`));
    expect(await available('clerk-2')).toBe(9300);
  });

  it('of a part-timer is counted in the own hours', async () => {
    await opened('part-timer');
    const part = await users.as('staff', 'part-timer');
    expect((await part.get('leave/part-timer')).body).toMatchObject({ available: 20 * 279, dayMinutes: 279 });
    expect((await part.post('leave/part-timer/requests/preview', ask())).body).toMatchObject({ minutes: 279 });
  });

  it('is granted by hand with a reason, by a colleague', async () => {
    await opened('clerk-3');
    const body = { minutes: 465, reason: '転入前の残日数' };
    expect((await (await users.as('hr', 'clerk-3')).post('leave/clerk-3/grants', body)).body).toMatchObject({
      code: 'leave.own-account',
    });
    await done((await users.as('hr')).post('leave/clerk-3/grants', body));
    const { lots } = (await (await users.as('hr')).get('leave/clerk-3?on=2026-12-31')).body;
    expect(lots).toMatchObject([
      { origin: 'grant', usableThrough: '2027-12-31' },
      { origin: 'hand', minutes: 465, usableThrough: '2026-12-31' },
    ]);
  });

  it('of a kind for one sex looks at what placement registered', async () => {
    await opened('clerk-4');
    await users.registered('clerk-4', '2');
    const clerk = await users.as('staff', 'clerk-4');
    const body = ask({ kind: 'spouse-childbirth', occasionOn: '2026-11-28' });
    expect((await clerk.post('leave/clerk-4/requests', body)).body).toMatchObject({ code: 'leave.not-entitled' });
    await users.registered('clerk-4', '1');
    await done(clerk.post('leave/clerk-4/requests', body));
  });
});

it('a person who was erased leaves the days and no reason', async () => {
  await opened('clerk-12');
  const clerk = await users.as('staff', 'clerk-12');
  const { id } = await done(clerk.post('leave/clerk-12/requests', ask({ reason: '通院' })));
  await users.erased('clerk-12');
  expect((await clerk.get(`leave/clerk-12/requests/${id}`)).body).toMatchObject({
    reason: 'erased',
    entries: [{ on: '2026-11-30', minutes: 465 }],
  });
});

describe('who may', () => {
  beforeAll(async () => {
    await opened('clerk-5');
    await opened('kacho');
    await opened('bucho');
  });

  it('peers 13, 17: nobody sees or decides what is not theirs', async () => {
    const { id } = await done((await users.as('staff', 'clerk-5')).post('leave/clerk-5/requests', ask()));
    const path = `leave/clerk-5/requests/${id}`;
    const strangers = [await users.as('staff', 'clerk-6'), await users.as('manager', 'other-kacho')];
    for (const stranger of strangers) {
      expect((await stranger.get('leave/clerk-5')).status).toBe(404);
      expect((await stranger.get(path)).status).toBe(404);
      expect((await stranger.post('leave/clerk-5/requests', ask())).status).toBeGreaterThanOrEqual(403);
      expect((await stranger.post(`${path}/approval`)).status).toBeGreaterThanOrEqual(403);
      expect((await stranger.post(`${path}/withdrawal`)).status).toBe(404);
      expect((await stranger.get('leave-requests?staffId=clerk-5')).body).toMatchObject({ total: 0 });
    }
    const elsewhere = await users.as('hr', undefined, '142034');
    expect((await elsewhere.get('leave/clerk-5')).status).toBe(404);
    expect((await elsewhere.get('leave-requests')).body).toMatchObject({ total: 0 });
    expect((await (await users.as('manager', 'clerk-5')).post(`${path}/approval`)).body).toMatchObject({
      code: 'leave.own-request',
    });
    expect((await (await users.as('hr', 'clerk-7')).post(`${path}/approval`)).body).toMatchObject({
      code: 'leave.not-approver',
    });
    await done((await users.as('manager', 'bucho')).post(`${path}/approval`));
  });

  it('a head is decided on by the head above, and by HR only where nobody is above', async () => {
    const kachos = await done((await users.as('manager', 'kacho')).post('leave/kacho/requests', ask()));
    expect(
      (await (await users.as('manager', 'kacho')).post(`leave/kacho/requests/${kachos.id}/approval`)).body,
    ).toMatchObject({
      code: 'leave.own-request',
    });
    await done((await users.as('manager', 'bucho')).post(`leave/kacho/requests/${kachos.id}/approval`));
    const buchos = await done((await users.as('manager', 'bucho')).post('leave/bucho/requests', ask()));
    await done((await users.as('hr', 'clerk-7')).post(`leave/bucho/requests/${buchos.id}/approval`));
  });

  it('nobody and somebody of another city are the same to HR: not there', async () => {
    const elsewhere = await users.as('hr', undefined, '142034');
    for (const path of ['requests', 'requests/preview']) {
      const answers = [
        await elsewhere.post(`leave/nobody/${path}`, ask()),
        await elsewhere.post(`leave/clerk-5/${path}`, ask()),
        await (await users.as('hr')).post(`leave/nobody/${path}`, ask()),
      ];
      for (const { status, body } of answers) expect([status, body]).toEqual([404, answers[0].body]);
      expect(answers[0].body).toMatchObject({ code: 'leave-account.not-found' });
    }
    expect((await (await users.as('hr')).post('leave/clerk-6/requests', ask())).body).toMatchObject({
      code: 'leave.before-grant',
    });
  });

  it('who looked at somebody else’s request is told to auditors, and to nobody else', async () => {
    const [clerk, auditor] = [await users.as('staff', 'clerk-5'), await users.as('auditor')];
    const { id } = await done(clerk.post('leave/clerk-5/requests', ask({ from: '2026-12-01' })));
    const birth = { parenthood: 'partner-gave-birth', bornOn: '2026-11-01' };
    await done(clerk.post('childcare/clerk-5/births', birth));
    const path = `leave/clerk-5/requests/${id}`;
    expect((await auditor.get('leave/clerk-5/reads')).body).toMatchObject({ items: [], total: 0 });
    await clerk.get(path); // one's own look is not written down
    await (await users.as('staff', 'clerk-6')).get(path); // nor is one that was refused
    await (await users.as('manager', 'kacho')).get(path);
    await (await users.as('hr')).get('childcare/clerk-5'); // another record of the same person
    const readAt = expect.stringMatching(/Z$/);
    expect((await auditor.get('leave/clerk-5/reads')).body).toEqual({
      items: [{ subject: `${CITY}.manager.kacho`, purpose: 'leave-request', part: id, readAt }],
      total: 1,
      nextCursor: null,
    });
    expect((await auditor.get('childcare/clerk-5/reads')).body).toEqual({
      items: [{ subject: `${CITY}.hr`, purpose: 'childcare', part: null, readAt }],
      total: 1,
      nextCursor: null,
    });
    for (const role of ROLES.filter((one) => one !== 'auditor')) {
      const { status } = await (await users.as(role, 'clerk-5')).get('leave/clerk-5/reads');
      expect([role, status]).toEqual([role, 403]);
    }
    const elsewhere = await users.as('auditor', undefined, '142034');
    for (const nobodys of [auditor.get('leave/nobody/reads'), elsewhere.get('leave/clerk-5/reads')])
      expect(await nobodys).toMatchObject({ status: 404, body: { code: 'leave-account.not-found' } });
  });

  it('wrong input is named: unknown ids, kinds and fields', async () => {
    const hr = await users.as('hr');
    expect((await hr.get('leave/nobody')).body).toMatchObject({ code: 'leave-account.not-found' });
    expect((await hr.get('leave/clerk-5/requests/2026-01-01.x')).body).toMatchObject({
      code: 'leave-request.not-found',
    });
    expect((await hr.post('leave/clerk-5/requests/x/approval')).body).toMatchObject({
      code: 'leave-request.not-found',
    });
    expect((await hr.post('leave/clerk-5/years', { on: '2025-12-31' })).body).toMatchObject({
      code: 'leave.period-closed',
    });
    expect((await hr.post('leave/nobody/years', { on: '2026-11-24' })).status).toBe(404);
    expect((await hr.post('leave/clerk-5/requests', ask({ kind: 'none' }))).body).toMatchObject({
      code: 'leave-kind.unknown',
    });
    expect((await hr.post('leave/clerk-5/requests', ask({ unit: 'week' }))).status).toBe(400);
    expect((await hr.get('leave/clerk-5?on=2026-13-01')).status).toBe(400);
  });
});

describe('placement’s actions', () => {
  const appointment = {
    actionId: 'new/1',
    kind: 'appoint-on-probation',
    effectiveOn: '2026-12-01',
    until: '2027-05-31',
    post: { unitId: '1010', position: 'shuji' },
    grade: '1',
    jobCategory: 'general',
    route: 'new-graduate',
    weeklyMinutes: 2325,
  } as const;

  it('open an account with the grant of that month, once; a corrected appointment has its own', async () => {
    await users.acted('new', appointment);
    await users.acted('new', appointment);
    expect((await (await users.as('hr')).get('leave/new?on=2026-12-01')).body).toMatchObject({ available: 2 * 465 });
    expect((await (await users.as('hr')).get('leave/new?on=2026-11-30')).body).toMatchObject({ available: 0 });
    await users.voided('new', 'new/1');
    expect((await (await users.as('hr')).get('leave/new?on=2026-12-01')).body).toMatchObject({ available: 0 });
    await users.acted('new', { ...appointment, actionId: 'new/2', effectiveOn: '2026-11-30' });
    expect((await (await users.as('hr')).get('leave/new?on=2026-12-01')).body).toMatchObject({
      available: 3 * 465 - 465 + 465,
    });
  });

  it('from before the cutover open nothing', async () => {
    await users.acted('old', { ...appointment, actionId: 'old/1', effectiveOn: '2026-11-20' });
    expect((await (await users.as('hr')).get('leave/old')).status).toBe(404);
  });

  it('peers 23: a separation cuts leave at its date, its voiding restores it', async () => {
    await opened('clerk-8');
    const clerk = await users.as('staff', 'clerk-8');
    const { id } = await done(clerk.post('leave/clerk-8/requests', ask({ from: '2026-12-14', through: '2026-12-18' })));
    const separation = {
      actionId: 'clerk-8/end',
      kind: 'separate',
      effectiveOn: '2026-12-15',
      reason: 'resignation',
    } as const;
    await users.acted('clerk-8', separation);
    await users.acted('clerk-8', separation);
    expect((await clerk.get('leave/clerk-8')).body).toMatchObject({ available: 18 * 465 });
    expect((await clerk.post('leave/clerk-8/requests', ask({ from: '2026-12-21' }))).body).toMatchObject({
      code: 'leave.after-separation',
    });
    await users.voided('clerk-8', 'clerk-8/end');
    expect((await clerk.get(`leave/clerk-8/requests/${id}`)).body).toMatchObject({ status: 'pending' });
    expect((await clerk.get('leave/clerk-8')).body).toMatchObject({ available: 15 * 465 });
  });

  it('a leave of absence cuts what lies within it and refuses more', async () => {
    await opened('clerk-9');
    const clerk = await users.as('staff', 'clerk-9');
    await done(clerk.post('leave/clerk-9/requests', ask({ from: '2026-12-07' })));
    const absence = {
      actionId: 'clerk-9/absence',
      kind: 'start-leave-of-absence',
      effectiveOn: '2026-12-01',
      leaveKind: 'sickness',
    } as const;
    await users.acted('clerk-9', absence);
    expect((await clerk.get('leave/clerk-9')).body).toMatchObject({ available: 9300 });
    expect((await clerk.post('leave/clerk-9/requests', ask({ from: '2026-12-08' }))).body).toMatchObject({
      code: 'leave.on-leave-of-absence',
    });
  });
});

describe('peers 1: 200 concurrent requests against one account', () => {
  const workingDays = Array.from({ length: 330 }, (_, index) =>
    new Date(Date.UTC(2026, 0, 5 + index)).toISOString().slice(0, 10),
  ).filter((day) => ![0, 6].includes(new Date(day).getUTCDay()));

  /** 20 days there are: that many are accepted, and every other request hears why it was not. */
  const run = async (staffId: string, instances: readonly LeaveUsers[]): Promise<string[]> => {
    await opened(staffId);
    const hrs = await Promise.all(instances.map((instance) => instance.as('hr')));
    const sent = workingDays.slice(0, 200).map(async (from, index) => {
      const answer = () => hrs[index % hrs.length].post(`leave/${staffId}/requests`, ask({ from }));
      const { status, body, headers } = await eventually(async () => {
        const given = await answer();
        return given.body.code === 'service.busy' ? undefined : given; // so many at once are more than it takes in
      }, 25_000);
      if (status === 503) return `${String(body.code)}, retry after ${String(headers.get('retry-after'))}`;
      return status === 201 ? 'accepted' : String(body.code);
    });
    const outcomes = await Promise.all(sent);
    const stored = await users.sql(
      `SELECT sum((entry->>'minutes')::int)::int AS minutes FROM events, jsonb_array_elements(data::jsonb->'entries') entry
        WHERE stream = $1 AND type = 'LeaveRequested'`,
      `leave-${CITY}/${staffId}:2026-01-01`,
    );
    expect(stored).toEqual([{ minutes: 465 * outcomes.filter((outcome) => outcome === 'accepted').length }]);
    expect(await available(staffId)).toBe(9300 - (stored[0].minutes as number));
    return outcomes;
  };

  it('never overdraw it, and none only loses races', async () => {
    const outcomes = await run('clerk-10', [users]);
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(20);
    expect(new Set(outcomes)).toEqual(new Set(['accepted', 'leave.beyond-balance', 'leave.no-working-time']));
  });

  it('nor over two instances of the service: who lost every race is told when to come again', async () => {
    const second = await startWellbeing(database.url, clock);
    try {
      const outcomes = await run('clerk-14', [users, await LeaveUsers.of(second)]);
      expect(outcomes.filter((outcome) => outcome === 'accepted').length).toBeLessThanOrEqual(20);
      const known = ['accepted', 'leave.beyond-balance', 'leave.no-working-time', 'stream.busy, retry after 1'];
      expect(outcomes.filter((outcome) => !known.includes(outcome))).toEqual([]);
    } finally {
      await second.close();
    }
  });
});

describe('what no one stream knows', () => {
  it('a limit per occasion holds over the turn of the year, whichever side was asked for first', async () => {
    await opened('clerk-3');
    const hr = await users.as('hr');
    await done(hr.post('leave/clerk-3/years', { on: '2027-01-01' }));
    expect((await hr.post('leave/clerk-3/years', { on: '2028-01-01' })).body).toMatchObject({
      code: 'leave.year-too-early',
    });
    const married = { kind: 'marriage', occasionOn: '2026-12-25' };
    const days = [
      ask({ ...married, from: '2027-01-04', through: '2027-01-07' }),
      ask({ ...married, from: '2026-12-24', through: '2026-12-25' }),
    ];
    const answers = await Promise.all(days.map((each) => hr.post('leave/clerk-3/requests', each)));
    expect(new Set(answers.map(({ status, body }) => body.code ?? status))).toEqual(
      new Set([201, 'leave.beyond-balance']),
    );
  });

  it('no leave is asked for or approved within a childcare leave, once that is approved', async () => {
    const [clerk, hr] = [await users.as('staff', 'clerk-13'), await users.as('hr')];
    const within = ask({ from: '2027-01-12' });
    await done(hr.post('leave/clerk-13/years', { on: '2027-01-01' }));
    const before = await done(clerk.post('leave/clerk-13/requests', within));
    const birth = { parenthood: 'partner-gave-birth', bornOn: '2026-11-20' };
    const { id: caseId } = await done(clerk.post('childcare/clerk-13/births', birth));
    const days = { from: '2027-01-11', through: '2027-01-22' };
    const { id: periodId } = await done(clerk.post(`childcare/clerk-13/births/${caseId}/leaves`, days));
    await done(clerk.post('leave/clerk-13/requests', ask({ from: '2027-01-13' })));
    await done(hr.post(`childcare/clerk-13/leaves/${periodId}/approval`));
    const refused = { status: 409, body: { code: 'leave.during-childcare-leave', facts: days } };
    expect(await clerk.post('leave/clerk-13/requests', ask({ from: '2027-01-14' }))).toMatchObject(refused);
    expect(await clerk.post('leave/clerk-13/requests/preview', ask({ from: '2027-01-14' }))).toMatchObject(refused);
    const kacho = await users.as('manager', 'kacho');
    expect(await kacho.post(`leave/clerk-13/requests/${before.id}/approval`)).toMatchObject(refused);
    await done(hr.post(`childcare/clerk-13/leaves/${periodId}/cancellation`));
    await done(kacho.post(`leave/clerk-13/requests/${before.id}/approval`));
  });

  it('a request does not slip in beside an absence that is being recorded', async () => {
    await opened('clerk-12');
    const clerk = await users.as('staff', 'clerk-12');
    let answer: ReturnType<typeof clerk.post> | undefined;
    await users.acted(
      'clerk-12',
      { actionId: 'sick', kind: 'start-leave-of-absence', leaveKind: 'sickness', effectiveOn: '2026-11-25' },
      async () => {
        answer = clerk.post('leave/clerk-12/requests', ask());
        await eventually(async () => (await users.sql('SELECT FROM pg_locks WHERE NOT granted')).length);
      },
    );
    expect((await answer)?.body).toMatchObject({ code: 'leave.on-leave-of-absence' });
  });
});

describe('a ledger of former years', () => {
  const HEADER = '職員番号,区分,休暇種別,日付,開始,終了,分,使用期限';

  beforeAll(() => {
    app.get(StaffNumbers).holders = async (_, numbers) =>
      new Map(numbers.filter((number) => number.startsWith('N')).map((number) => [number, `clerk-${number.slice(1)}`]));
  });

  it('is loaded by person and year: past years closed, the running one open', async () => {
    const hr = await users.as('hr');
    const file = [
      HEADER,
      'N11,付与,年次有給休暇,2025-01-01,,,9300,2026-12-31',
      'N11,取得,年次有給休暇,2025/5/7,,,465,',
      'N11,取得,年次有給休暇,2025-05-08,9:00,11:00,120,',
      'N11,取得,病気休暇,2025-06-02,,,465,',
      'N11,付与,年次有給休暇,2026-01-01,,,9300,2027-12-31',
      'N11,繰越,年次有給休暇,2026-01-01,,,8715,2026-12-31',
      'N11,取得,年次有給休暇,2026-05-07,,,465,',
    ];
    expect((await hr.file('imports/leave-ledger?dryRun=true', file)).body).toMatchObject({
      rows: 7,
      accepted: 0,
      dryRun: true,
    });
    expect((await hr.file('imports/leave-ledger', file)).body).toMatchObject({ rows: 7, accepted: 7, errors: [] });
    expect((await hr.get('leave/clerk-11?on=2025-12-31')).body).toMatchObject({ status: 'closed', available: 0 });
    expect((await hr.get('leave/clerk-11')).body).toMatchObject({ status: 'open', available: 9300 + 8715 - 465 });
    expect((await hr.file('imports/leave-ledger', file)).body).toMatchObject({
      code: 'import.has-errors',
      errors: [
        { line: 2, code: 'leave.year-recorded' },
        { line: 6, code: 'leave.year-recorded' },
      ],
    });
  });

  it('names every row that is wrong and loads nothing', async () => {
    const hr = await users.as('hr');
    const { status, body } = await hr.file('imports/leave-ledger', [
      HEADER,
      'X1,取得,年次有給休暇,2025-05-07,,,465,',
      'N13,付与,年次有給休暇,2025-01-01,,,465,2026-12-31',
      'N13,取得,年次有給休暇,2025-05-07,,,465,',
      'N13,取得,年次有給休暇,2025-05-08,,,465,',
      'N13,取得,年次有給休暇,2024-05-08,,,466,',
      'N13,取得,年次有給休暇,2019-05-08,,,465,',
      'N13,付与,病気休暇,2026-01-01,,,465,2026-12-31',
      'N13,取得,夢休暇,2026-05-07,,,465,',
      'N13,取得,病気休暇,2026-12-07,,,465,',
      'N13,取得,病気休暇,2026-05-07,9:00,8:00,60,',
      'N13,取得,病気休暇,2026-05-07,9時,,60,',
      'N13,取得,病気休暇,1900-05-07,,,60,',
      'N13,取得,年次有給休暇,1970-05-07,,,60,',
    ]);
    expect(status).toBe(409);
    expect((body.errors as { line: number; code: string }[]).map(({ line, code }) => `${line} ${code}`)).toEqual([
      '2 staff-number.unknown',
      '5 leave.beyond-balance',
      '6 leave.more-than-a-day',
      '7 leave.not-in-service',
      '8 value.unknown',
      '9 value.unknown',
      '10 date.in-future',
      '11 leave.hours-backwards',
      '12 time.malformed',
      '13 policy.not-in-force',
      '14 policy.not-in-force',
    ]);
    expect((body.errors as object[]).at(-2)).toMatchObject({
      column: '日付',
      message: 'その日に適用される規程が、貴団体の設定にありません。',
    });
    expect((await hr.get('leave/clerk-13')).status).toBe(404);
  });
});
