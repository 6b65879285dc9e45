import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Delivered } from '#libs/contracts/public-event';
import type { WellbeingEvent } from '#libs/contracts/wellbeing';
import { Database, inTransaction } from '#libs/event-store/database';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { isUnavailable } from '#libs/messaging/unavailable';
import { start } from '#libs/platform/boot';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { tokenFor } from '#libs/testing/tokens';
import { CITY, done, RecruitmentUsers, staffEvents, UNIT } from '../recruitment.fixture.js';
import { RecruitmentModule } from '../recruitment.module.js';
import { ReactsOnChildcareLeave } from './on-childcare-leave.js';

let database: TestDatabase;
let app: NestFastifyApplication;
let users: RecruitmentUsers;

beforeAll(async () => {
  database = await createDatabase('on_childcare_leave');
  const env = {
    SERVICE_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: '127.0.0.1:9', // away: what is delivered is handed over below
    OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
    OIDC_CLIENT_ID: 'service.recruitment',
    OIDC_CLIENT_SECRET: 'test',
    MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'silent',
  };
  app = await start(RecruitmentModule, 'recruitment', { env });
  users = new RecruitmentUsers(`${await app.getUrl()}/recruitment`, tokenFor);
  const left = {
    municipality: CITY,
    type: 'PersonnelActionTaken',
    data: {
      staffId: 's-5',
      action: {
        actionId: 's-5/leaves',
        employmentId: 's-5/employment',
        kind: 'separate',
        effectiveOn: '2026-12-31',
        reason: 'resignation',
      },
    },
  };
  await inTransaction(app.get(Database).pool, async (tx) => {
    await app.get(StaffDirectory).apply([...staffEvents, left], tx);
    await tx.query(`INSERT INTO consumer_offsets VALUES ('jinzai.recruitment', 'jinzai.placement.events', 0, 5)`);
  });
});

afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const HANDLERS = {
  ChildcareLeaveApproved: 'approved',
  ChildcareLeaveExtended: 'moved',
  ChildcareLeaveCancelled: 'cancelled',
  ChildcareLeaveEnded: 'ended',
} as const;
type Type = keyof typeof HANDLERS;

let events = 0;

const told = (type: Type, periodId: string, data: object = {}, staffId = 's-1') =>
  ({
    type,
    id: `0a52a4b2-7d1f-4a0e-8f0a-${String(++events).padStart(12, '0')}`,
    municipality: CITY,
    stream: `childcare-${CITY}/${staffId}`,
    streamVersion: events,
    previousVersion: events - 1,
    schemaVersion: 1,
    recordedAt: '2026-12-01T01:00:00Z',
    correlationId: 'c-1',
    data: { caseId: 'case-1', periodId, staffId, ...data },
  }) as unknown as Delivered<Extract<WellbeingEvent, { type: Type }>>;

const react = (event: Delivered<Extract<WellbeingEvent, { type: Type }>>) =>
  inTransaction(app.get(Database).pool, (tx) =>
    app.get(ReactsOnChildcareLeave)[HANDLERS[event.type]](event as never, new ConsumerContext(tx)),
  );

const written = async (periodId: string) => {
  const { rows } = await app
    .get(Database)
    .pool.query<{ type: string }>(`SELECT type FROM events WHERE stream = $1 ORDER BY version`, [
      `substitute-request-${CITY}/${periodId}`,
    ]);
  return rows.map(({ type }) => type);
};

const approved = (periodId: string, staffId?: string) =>
  told('ChildcareLeaveApproved', periodId, { from: '2027-01-01', through: '2027-06-30' }, staffId);

describe('an approved childcare leave', () => {
  it('asks for a substitute in the unit, once however often it is delivered', async () => {
    const event = approved('period-1');
    await react(event);
    await react(event);
    expect(await written('period-1')).toEqual(['SubstituteRequested']);
    const { rows } = await app
      .get(Database)
      .pool.query(`SELECT data, metadata FROM events WHERE type = 'SubstituteRequested'`);
    expect(rows).toMatchObject([
      {
        data: { requestId: 'period-1', absentStaffId: 's-1', unitId: UNIT, from: '2027-01-01', through: '2027-06-30' },
        metadata: { actor: 'process:on-childcare-leave', causationId: event.id, correlationId: 'c-1' },
      },
    ]);
  });

  it('is filled by HR or a recruiter, by somebody at work', async () => {
    const [recruiter, hr] = [await users.as('recruiter'), await users.as('hr')];
    const path = 'substitute-requests/period-1/filling';
    const term = { from: '2027-01-01', through: '2027-06-30' };
    const refused = async (body: object, code: string, status = 409) =>
      expect(await recruiter.post(path, body)).toMatchObject({ status, body: { code } });
    await refused({ ...term }, 'substitute-request.one-substitute');
    await refused({ ...term, staffId: 's-1' }, 'substitute-request.absent-person');
    await refused({ ...term, staffId: 's-5' }, 'substitute-request.not-available');
    await refused({ ...term, staffId: 's-6' }, 'substitute-request.not-available'); // on leave
    await refused({ ...term, applicationId: 'none' }, 'application.not-found', 404);
    await refused({ ...term, staffId: 's-2', through: '2027-07-01' }, 'substitute-request.outside-leave');
    expect((await recruiter.post(path, { from: '2027-01-01', staffId: 's-2' })).status).toBe(400);
    expect((await (await users.as('assessor', 's-3')).post(path, { ...term, staffId: 's-2' })).status).toBe(403);
    expect((await hr.post('substitute-requests/none/filling', { ...term, staffId: 's-2' })).status).toBe(404);
    const { position } = await done(recruiter.post(path, { ...term, staffId: 's-2' }));
    expect((await hr.get(`substitute-requests?after=${position}`)).body).toMatchObject({
      items: [{ requestId: 'period-1', unitId: UNIT, status: 'filled', staffId: 's-2', filledThrough: '2027-06-30' }],
      total: 1,
    });
    await refused({ ...term, staffId: 's-3' }, 'substitute-request.not-open');
  });

  it('that is extended asks anew for the days added, and ends unfilled', async () => {
    await react(told('ChildcareLeaveExtended', 'period-1', { through: '2027-08-31' }));
    await react(told('ChildcareLeaveEnded', 'period-1', { through: '2027-08-31' }));
    expect(await written('period-1')).toEqual([
      'SubstituteRequested',
      'SubstituteRequestFilled',
      'SubstituteRequestMoved',
      'SubstituteRequestClosed',
    ]);
  });

  it('that is cancelled closes the request', async () => {
    await react(approved('period-2'));
    await react(told('ChildcareLeaveCancelled', 'period-2'));
    expect(await written('period-2')).toEqual(['SubstituteRequested', 'SubstituteRequestClosed']);
  });

  it('of somebody who has left by then needs nobody', async () => {
    await react(approved('period-3', 's-5'));
    expect(await written('period-3')).toEqual([]);
  });

  it('of somebody placement has not told of yet is waited for', async () => {
    const error: unknown = await react(approved('period-4', 's-new')).catch((thrown: unknown) => thrown);
    expect(isUnavailable(error)).toBe(true);
    expect(await written('period-4')).toEqual([]);
  });

  it('of former years concerns nobody', async () => {
    await react(told('ChildcareLeaveEnded', 'period-5', { through: '2026-12-31' }));
    expect(await written('period-5')).toEqual([]);
  });
});
