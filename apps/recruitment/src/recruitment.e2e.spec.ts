import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { start } from '#libs/platform/boot';
import { ROLES } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { Database, inTransaction } from '#libs/event-store/database';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { serviceTokenFor, tokenFor } from '#libs/testing/tokens';
import { ReactsOnPersonErased } from './reacts/on-person-erased.js';
import { ReactsOnPlaced } from './reacts/on-placed.js';
import { CITY, done, RecruitmentUsers, sheet, staffEvents, terms, UNIT } from './recruitment.fixture.js';
import { RecruitmentModule } from './recruitment.module.js';

class MovableClock extends Clock {
  instant = '2026-06-01T01:00:00Z';

  now(): Date {
    return new Date(this.instant);
  }
}

const clock = new MovableClock();
let database: TestDatabase;
let app: NestFastifyApplication;
let users: RecruitmentUsers;

/** Kafka stays away throughout: commands, lists and timers do without. */
beforeAll(async () => {
  database = await createDatabase('recruitment');
  const env = {
    SERVICE_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: '127.0.0.1:9',
    OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
    OIDC_CLIENT_ID: 'service.recruitment',
    OIDC_CLIENT_SECRET: 'test',
    MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'silent',
  };
  app = await start(RecruitmentModule, 'recruitment', { env, clock });
  users = new RecruitmentUsers(`${await app.getUrl()}/recruitment`, tokenFor);
  const unit = {
    unitId: UNIT,
    name: '職員課',
    level: 'section',
    parentId: null,
    sector: null,
    appointingAuthority: 'mayor',
    abolished: false,
  };
  const changed = { municipality: CITY, type: 'UnitChanged', data: { effectiveOn: '2020-04-01', unit } };
  await inTransaction(app.get(Database).pool, async (tx) => {
    await app.get(StaffDirectory).apply([changed, ...staffEvents], tx);
    // As far as anybody can know without Kafka, that is all there was on placement's topic.
    await tx.query(`INSERT INTO consumer_offsets VALUES ('jinzai.recruitment', 'jinzai.placement.events', 0, 5)`);
  });
});

afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const sql = async (text: string, ...values: unknown[]) =>
  (await app.get(Database).pool.query(text, values)).rows as object[];

const details = async (id: string, municipality = CITY) =>
  users.send(await serviceTokenFor('placement', municipality), 'GET', `applications/${id}/hire-details`);

const statuses = (answers: readonly { status: number }[]): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);

describe('from application to post', () => {
  it('goes its whole way', async () => {
    await users.plan(2027, 1);
    const postingId = await users.openPosting(2027);
    const applicant = users.somebody();
    const id = await users.apply(postingId, applicant);
    await users.passStage(id, 'document', ['s-1']);
    await users.passStage(id, 'interview', ['s-1', 's-2']);
    await done((await users.as('recruiter')).post(`applications/${id}/offer`));
    expect((await details(id)).status).toBe(404);
    await done((await users.as('recruiter')).post(`applications/${id}/answer`, { answer: 'accepted' }));
    const hr = await users.as('hr');
    expect(
      await hr.post(`applications/${id}/hire`, { ...terms, post: { unitId: '9999', position: 'shuji' } }),
    ).toMatchObject({
      status: 409,
      body: { code: 'hire.unit-unknown' },
    });
    const hire = await done(hr.post(`applications/${id}/hire`, terms, 'hire-1'));
    expect(await hr.post(`applications/${id}/hire`, terms, 'hire-1')).toMatchObject({
      status: 200,
      body: { ...hire, repeated: true },
    });

    expect(await details(id)).toEqual({ status: 200, body: { applicationId: id, ...applicant } });
    expect((await details(id, '142034')).status).toBe(404);
    await users.statusOf(id);
    const looked = [
      { subject: 'service.placement', purpose: 'hire-details' },
      { subject: `${CITY}.recruiter`, purpose: 'selection' },
    ];
    const reads = (await (await users.as('auditor')).get(`applications/${id}/reads`)).body;
    expect(reads).toMatchObject({ items: looked, total: 2 });

    expect(await hr.get(`plans/2027/progress?after=${hire.position}`)).toMatchObject({
      body: {
        items: [
          { jobCategory: 'general', route: 'other', planned: 1, exceptions: 0, applied: 1, offered: 1, hired: 1 },
        ],
        total: 1,
      },
    });

    await registered(id, 'staff-1');
    await registered(id, 'staff-1');
    expect(await users.statusOf(id)).toBe('joined');
    await expect(registered(id, 'staff-2')).rejects.toThrow('application.not-hired');
    expect((await (await users.as('auditor', undefined, '142034')).get(`applications/${id}/reads`)).status).toBe(404);
    for (const role of ROLES.filter((one) => one !== 'auditor'))
      expect([role, (await (await users.as(role)).get(`applications/${id}/reads`)).status]).toEqual([role, 403]);
  });

  it('is erased with the member of staff who came of it, once however often that is delivered', async () => {
    await users.plan(2029, 1);
    const id = await users.accepted(await users.openPosting(2029));
    await done((await users.as('hr')).post(`applications/${id}/hire`, terms));
    await registered(id, 'staff-9');
    await erased('somebody-else');
    expect((await (await users.as('hr')).get(`applications/${id}`)).body).toMatchObject({ erased: false });
    await erased('staff-9');
    await erased('staff-9');
    const { rows } = await app.get(Database).pool.query(
      `SELECT count(*)::int AS events, bool_and(k.wrapped IS NULL) AS locked FROM events e JOIN person_keys k ON k.person_id = $1
          WHERE e.type = 'ApplicantErased' AND e.data ->> 'applicationId' = $1`,
      [id],
    );
    expect(rows).toEqual([{ events: 1, locked: true }]);
  });

  it('leads former staff back to their identity', async () => {
    await users.plan(2028, 1);
    const id = await users.accepted(await users.openPosting(2028));
    const hr = await users.as('hr');
    const hire = (formerStaffId: string) => hr.post(`applications/${id}/hire`, { ...terms, formerStaffId });
    expect(await hire('nobody')).toMatchObject({ status: 409, body: { code: 'hire.former-staff-unknown' } });
    expect(await hire('s-1')).toMatchObject({ status: 409, body: { code: 'hire.former-staff-in-service' } });
    await done(hire('s-7'));
    expect((await details(id)).body).toMatchObject({ applicationId: id, formerStaffId: 's-7' });

    const { data } = staffEvents[0];
    await placed({ type: 'PersonnelActionTaken', data: { ...data, staffId: 's-7' } } as Placed);
    expect(await users.statusOf(id)).toBe('hired');
    await placed({ type: 'PersonnelActionTaken', data: { ...data, staffId: 's-7', applicationId: id } } as Placed);
    expect(await users.statusOf(id)).toBe('joined');
  });

  const erased = (staffId: string) =>
    inTransaction(app.get(Database).pool, (tx) =>
      app
        .get(ReactsOnPersonErased)
        .erase(
          { ...placementEvent(staffId), type: 'PersonErased', data: { staffId } } as Parameters<
            ReactsOnPersonErased['erase']
          >[0],
          new ConsumerContext(tx),
        ),
    );

  const placementEvent = (staffId: string) => ({
    id: '7c1a9c3e-53a6-4f0f-9a55-0a6c0de6a001',
    municipality: CITY,
    stream: `staff-${CITY}/${staffId}`,
    ...{ streamVersion: 1, previousVersion: 0, schemaVersion: 1 },
    recordedAt: '2026-06-01T01:00:00Z',
    correlationId: 'c-1',
  });

  type Placed = Pick<Parameters<ReactsOnPlaced['markJoined']>[0], 'type' | 'data'>;
  const placed = (event: Placed) =>
    inTransaction(app.get(Database).pool, (tx) =>
      app.get(ReactsOnPlaced).markJoined(
        {
          ...placementEvent(event.data.staffId),
          ...event,
        } as Parameters<ReactsOnPlaced['markJoined']>[0],
        new ConsumerContext(tx),
      ),
    );
  const registered = (applicationId: string, staffId: string) =>
    placed({ type: 'StaffRegistered', data: { staffId, applicationId, sex: '2', birthCohort: 2001 } });
});

describe('assessors', () => {
  it('score blind until they have sent their own sheet', async () => {
    const id = await users.apply(await users.openPosting(2030));
    await users.passStage(id, 'document', ['s-1']);
    const recruiter = await users.as('recruiter');
    const path = `applications/${id}/stages/interview`;
    await done(recruiter.post(`${path}/assessors`, { assessors: ['s-1', 's-2'] }));
    const [first, second, other] = await Promise.all(
      ['s-1', 's-2', 's-3'].map((staffId) => users.as('assessor', staffId)),
    );
    await done(first.post(`${path}/sheets`, { ...sheet('interview', 20), comment: '落ち着いている' }));

    const seen = async (by: typeof first) => {
      const { stages } = (await by.get(`applications/${id}`)).body as {
        stages: { stage: string; sheets: { assessor: string }[] }[];
      };
      return stages.find(({ stage }) => stage === 'interview')?.sheets.map(({ assessor }) => assessor);
    };
    expect(await seen(second)).toEqual([]);
    expect(await seen(first)).toEqual(['s-1']);
    expect(await seen(recruiter)).toEqual(['s-1']);
    expect((await other.get(`applications/${id}`)).status).toBe(404);
    expect((await second.get(`applications/${id}`)).body).not.toHaveProperty('birthDate');
    expect(await first.post(`${path}/sheets`, sheet('interview'))).toMatchObject({
      status: 409,
      body: { code: 'sheet.already-sent' },
    });
    expect(await other.post(`${path}/sheets`, sheet('interview'))).toMatchObject({
      body: { code: 'assessor.not-assigned' },
    });
    expect(await recruiter.post(`${path}/decision`, { outcome: 'passed' })).toMatchObject({
      body: { code: 'stage.sheets-missing' },
    });

    const { position } = await done(second.post(`${path}/sheets`, sheet('interview')));
    expect(await seen(second)).toEqual(['s-1', 's-2']);
    expect(await second.get(`assessments?status=sent&after=${position}`)).toMatchObject({
      body: {
        items: expect.arrayContaining([
          expect.objectContaining({ applicationId: id, stage: 'interview', familyName: '架空' }),
        ]),
      },
    });
  });

  it('who are related take no part', async () => {
    const id = await users.apply(await users.openPosting(2030));
    await done((await users.as('assessor', 's-5')).post(`applications/${id}/relatives`, {}));
    expect(
      await (await users.as('recruiter')).post(`applications/${id}/stages/document/assessors`, { assessors: ['s-5'] }),
    ).toMatchObject({ status: 409, body: { code: 'assessor.is-relative' } });
  });

  it('are in post, and nobody decides about themselves', async () => {
    const postingId = await users.openPosting(2030);
    const id = await users.apply(postingId, users.somebody({ staffId: 's-3' }));
    const assign = { path: `applications/${id}/stages/document/assessors`, code: 'assessor.not-in-post' };
    const recruiter = await users.as('recruiter');
    for (const away of ['s-6', 'nobody'])
      expect(await recruiter.post(assign.path, { assessors: [away] })).toMatchObject({
        status: 409,
        body: { code: assign.code, facts: { assessor: away } },
      });
    const own = await users.as('recruiter', 's-3');
    for (const [path, body] of [
      [assign.path, { assessors: ['s-1'] }],
      [`applications/${id}/stages/document/decision`, { outcome: 'passed' }],
      [`applications/${id}/offer`, {}],
    ] as const)
      expect(await own.post(path, body)).toMatchObject({ status: 409, body: { code: 'application.not-impartial' } });
    expect(await (await users.as('hr', 's-3')).post(`applications/${id}/hire`, terms)).toMatchObject({
      body: { code: 'application.not-impartial' },
    });
  });

  it('need an account of staff', async () =>
    expect((await (await users.as('assessor')).get('assessments')).status).toBe(403));
});

describe('an application', () => {
  it('is received once per person and posting, also when sent twice at once', async () => {
    const [one, two] = await Promise.all([users.openPosting(2031), users.openPosting(2031)]);
    const person = users.somebody();
    const recruiter = await users.as('recruiter');
    const answers = await Promise.all(
      [1, 2, 3].map(() => recruiter.post('applications', { postingId: one, applicant: person })),
    );
    expect(statuses(answers)).toEqual([201, 409, 409]);
    expect(answers.filter(({ status }) => status === 409).map(({ body }) => body.code)).toEqual([
      'application.twice',
      'application.twice',
    ]);
    await users.apply(two, person);
  });

  it('has one effect under one key, also when it is sent twice at once', async () => {
    const body = { postingId: await users.openPosting(2031), applicant: users.somebody() };
    const recruiter = await users.as('recruiter');
    const answers = await Promise.all([1, 2, 3].map(() => recruiter.post('applications', body, 'apply-1')));
    expect(statuses(answers)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body: { id, position } }) => `${String(id)} ${String(position)}`)).size).toBe(1);
    expect(answers.filter(({ body: { repeated } }) => repeated === false)).toHaveLength(1);
  });

  it('is held to the age limit by legal age', async () => {
    const postingId = await users.openPosting(2031, { ageLimit: { max: 25, on: '2027-04-01' } });
    const recruiter = await users.as('recruiter');
    // 26 is reached on 1 April by somebody born on 2 April.
    expect(await recruiter.post('applications', { postingId, applicant: users.somebody() })).toMatchObject({
      body: { code: 'application.age-outside-limit', facts: { on: '2027-04-01' } },
    });
    await users.apply(postingId, users.somebody({ birthDate: '2001-04-03' }));
  });

  it('is listed with its name, which no table holds', async () => {
    const postingId = await users.openPosting(2031);
    const applicant = users.somebody({ familyName: '一覧' });
    const { id, position } = await done((await users.as('recruiter')).post('applications', { postingId, applicant }));
    expect(
      await (
        await users.as('recruiter')
      ).get(`applications?postingId=${postingId}&status=in-selection&after=${position}`),
    ).toMatchObject({
      body: {
        items: [{ applicationId: id, familyName: '一覧', stage: 'document', receivedOn: '2026-06-01' }],
        total: 1,
      },
    });
    expect(await (await users.as('hr', undefined, '142034')).get('applications')).toMatchObject({ body: { total: 0 } });
    expect(await sql(`SELECT applications::text FROM applications WHERE applications::text LIKE '%一覧%'`)).toEqual([]);
  });

  it('says in Japanese what is wrong with it', async () => {
    const { birthDate: _, ...without } = users.somebody({ sex: 'F', nickname: 'x' });
    const answer = await (await users.as('recruiter')).post('applications', { postingId: 'p', applicant: without });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    const fields = (answer.body.errors as { field: string }[]).map(({ field }) => field);
    expect(fields.toSorted()).toEqual(['applicant.birthDate', 'applicant.nickname', 'applicant.sex']);
  });

  it('is erased once it has ended, and every read says so', async () => {
    const postingId = await users.openPosting(2031);
    const applicant = users.somebody({ familyName: '消去', email: 'shokyo@example.jp' });
    const id = await users.apply(postingId, applicant);
    const [hr, recruiter] = await Promise.all([users.as('hr'), users.as('recruiter')]);
    const path = `applications/${id}/stages/document`;
    await done(recruiter.post(`${path}/assessors`, { assessors: ['s-1'] }));
    await done((await users.as('assessor', 's-1')).post(`${path}/sheets`, { ...sheet('document'), comment: '誠実' }));
    expect(await hr.post(`applications/${id}/erasure`)).toMatchObject({ body: { code: 'application.not-closed' } });
    await done(recruiter.post(`${path}/decision`, { outcome: 'failed' }));
    expect((await recruiter.post(`applications/${id}/erasure`)).status).toBe(403);
    expect((await (await users.as('hr', undefined, '142034')).post(`applications/${id}/erasure`)).status).toBe(404);
    const erased = await done(hr.post(`applications/${id}/erasure`, {}, 'erase-1'));
    expect(await hr.post(`applications/${id}/erasure`, {}, 'erase-1')).toMatchObject({
      body: { ...erased, repeated: true },
    });

    const gone = { familyName: 'erased', givenName: 'erased', familyNameKana: 'erased', givenNameKana: 'erased' };
    expect((await hr.get(`applications/${id}`)).body).toMatchObject({
      ...gone,
      ...{ erased: true, birthDate: 'erased', address: 'erased', email: 'erased' },
      stages: [{ stage: 'document', sheets: [{ assessor: 's-1', scores: [], comment: 'erased' }] }, {}],
    });
    expect(await hr.get(`applications?postingId=${postingId}&after=${erased.position}`)).toMatchObject({
      body: { items: [{ applicationId: id, ...gone }] },
    });
    expect((await (await users.as('assessor', 's-1')).get('assessments?status=sent')).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ applicationId: id, ...gone })]),
    });
    expect(await recruiter.post(`applications/${id}/withdrawal`)).toMatchObject({
      status: 409,
      body: { code: 'application.erased' },
    });
    expect(await recruiter.post('applications', { postingId, applicant })).toMatchObject({
      body: { code: 'application.twice' },
    });
  });

  it('is nobody else’s business', async () => {
    const id = await users.apply(await users.openPosting(2031));
    expect((await (await users.as('recruiter', undefined, '142034')).get(`applications/${id}`)).status).toBe(404);
    expect((await (await users.as('hr')).get(`applications/${id}/hire-details`)).status).toBe(403);
    expect((await (await users.as('recruiter')).post('applications/none/offer')).status).toBe(404);
  });
});

describe('a plan', () => {
  it('is never exceeded by hires at the same time', async () => {
    await users.plan(2032, 2);
    const postingId = await users.openPosting(2032);
    const ids = await Promise.all([1, 2, 3, 4].map(() => users.accepted(postingId)));
    const hr = await users.as('hr');
    const answers = await Promise.all(ids.map((id) => hr.post(`applications/${id}/hire`, terms)));
    expect(statuses(answers)).toEqual([200, 200, 409, 409]);
    expect(new Set(answers.filter(({ status }) => status === 409).map(({ body }) => body.code))).toEqual(
      new Set(['plan.exceeded']),
    );
    const left = ids[answers.findIndex(({ status }) => status === 409)];
    expect(await users.statusOf(left)).toBe('accepted');

    const exception = { jobCategory: 'general', route: 'other', hires: 1, because: '年度途中の欠員補充' };
    await done(hr.post('plans/2032/exceptions', exception));
    const { position } = await done(hr.post(`applications/${left}/hire`, terms));
    expect(await hr.get(`plans/2032/progress?after=${position}`)).toMatchObject({
      body: { items: [{ planned: 2, exceptions: 1, applied: 4, offered: 4, hired: 3 }] },
    });
  });

  it('is approved by somebody else, and kept as a draft on request', async () => {
    const lines = [{ jobCategory: 'general', route: 'other', planned: 1 }];
    const hr = await users.as('hr');
    await done(hr.post('plans/2033', { lines, submit: false }));
    expect(await hr.get('plans/2033')).toMatchObject({ body: { approved: [], draft: lines, submitted: false } });
    await done(hr.post('plans/2033/submission'));
    expect(await hr.post('plans/2033/approval')).toMatchObject({ status: 409, body: { code: 'plan.own-draft' } });
    expect((await hr.get('plans/99')).status).toBe(400);
    expect((await hr.get('plans/2090')).status).toBe(404);
  });
});

describe('an offer', () => {
  it('lapses at the end of its last day, and can be renewed', async () => {
    const postingId = await users.openPosting(2034);
    const [silent, answered] = await Promise.all([users.offered(postingId), users.offered(postingId)]);
    const recruiter = await users.as('recruiter');
    await done(recruiter.post(`applications/${answered}/answer`, { answer: 'accepted' }));
    const timers = () => sql('SELECT state FROM timers WHERE key = ANY($1) ORDER BY state', [silent, answered]);
    const set = [{ state: 'cancelled' }, { state: 'waiting' }];
    await eventually(async () => JSON.stringify(await timers()) === JSON.stringify(set));

    clock.instant = '2026-06-15T14:59:59Z'; // 23:59:59 on 15 June in Tokyo
    expect(await recruiter.post(`applications/${silent}/answer`, { answer: 'declined' })).toMatchObject({
      body: { code: 'offer.decline-reason-missing' },
    });
    clock.instant = '2026-06-15T15:00:00Z';
    await eventually(async () => (await users.statusOf(silent)) === 'lapsed');
    expect(await users.statusOf(answered)).toBe('accepted');
    expect(await sql(`SELECT count(*)::int AS times FROM events WHERE type = 'OfferLapsed'`)).toEqual([{ times: 1 }]);

    await done(recruiter.post(`applications/${silent}/offer`));
    await done(recruiter.post(`applications/${silent}/answer`, { answer: 'declined', reason: 'private-company' }));
    const { position } = await done(recruiter.post(`applications/${answered}/withdrawal`));
    expect(await recruiter.get(`applications?postingId=${postingId}&sort=status&after=${position}`)).toMatchObject({
      body: { items: [{ status: 'declined' }, { status: 'withdrawn' }] },
    });
  });

  it('closes with the posting for new applicants only', async () => {
    const postingId = await users.openPosting(2034);
    const id = await users.apply(postingId);
    const recruiter = await users.as('recruiter');
    const { position } = await done(recruiter.post(`postings/${postingId}/closing`));
    expect(await recruiter.post('applications', { postingId, applicant: users.somebody() })).toMatchObject({
      body: { code: 'posting.closed' },
    });
    await users.passStage(id, 'document', ['s-1']);
    expect(await recruiter.get(`postings?fiscalYear=2034&status=closed&after=${position}`)).toMatchObject({
      body: { items: [{ postingId, closedOn: '2026-06-16', flowVersion: 'short/1' }], total: 1 },
    });
  });
});
