import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { evaluationContract } from '#libs/contracts/evaluation';
import { placementContract } from '#libs/contracts/placement';
import { topicOf, type Delivered } from '#libs/contracts/public-event';
import { sliceOf } from '#libs/event-store/stored-row';
import { fromCloudEvent, toCloudEvent } from '#libs/messaging/cloud-event';
import { KafkaPort } from '#libs/messaging/kafka-port';
import { start } from '#libs/platform/boot';
import { ROLES } from '#libs/platform/caller';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { serviceTokenFor, tokenFor } from '#libs/testing/tokens';
import { CITY, EvaluationUsers, MovableClock, Placement, scoresOf } from './evaluation.fixture.js';
import { EvaluationModule } from './evaluation.module.js';

const PARTITIONS = 6;
const clock = new MovableClock();
let database: TestDatabase;
let app: NestFastifyApplication;
let users: EvaluationUsers;
let placement: Placement;

beforeAll(async () => {
  database = await createDatabase('evaluation');
  const env = {
    SERVICE_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS,
    KAFKA_PARTITIONS: String(PARTITIONS),
    OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
    OIDC_CLIENT_ID: 'service.evaluation',
    OIDC_CLIENT_SECRET: 'test',
    MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'silent',
  };
  app = await start(EvaluationModule, 'evaluation', { env, clock });
  users = new EvaluationUsers(`${await app.getUrl()}/evaluation`, tokenFor);
  const kafka = app.get(KafkaPort);
  await eventually(async () => (await kafka.partitionsOf([topicOf('placement')])).size);
  const producer = kafka.producer();
  // The topic is shared with other suites, so every id is this suite's own.
  placement = new Placement(database.url.slice(-10), async (event) => {
    const { key, value, headers } = toCloudEvent(placementContract, event);
    await producer.send(topicOf('placement'), [{ key, value, headers, partition: sliceOf(event.stream) % PARTITIONS }]);
  });
  await placement.organisation();
});

afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const person = (name: string) => users.as('staff', placement.id(name));
const manager = (name: string) => users.as('manager', placement.id(name));
const hr = () => users.as('hr', placement.id('hr'));

/** The sheet as HR sees it, once it waits for this. */
const waitsFor = (id: string, phase: string, evaluator?: string) =>
  eventually(async () => {
    const { body } = await (await hr()).get(`sheets?staffId=${id.split(':')[0]}`);
    const rows = body.items as { sheetId: string; phase: string; evaluator: string | null }[];
    return rows?.find(
      (row) => row.sheetId === id && row.phase === phase && (evaluator === undefined || row.evaluator === evaluator),
    );
  });

const meet = async (path: string, interview: string, heldOn: string): Promise<number> => {
  await (await person('new')).does(`${path}/interviews/${interview}`, { heldOn });
  return (await manager('kacho')).does(`${path}/interviews/${interview}/confirmation`);
};

/** All evaluation has told the others of a person, as it lies on the topic. */
const toldOf = (staffId: string): Promise<{ events: Delivered[]; text: string }> =>
  new Promise((resolve, reject) => {
    const events: Delivered[] = [];
    let text = '';
    const consumer = app.get(KafkaPort).consumer({
      group: `spec-${staffId}`,
      topics: [topicOf('evaluation')],
      onAssigned: () => undefined,
      positions: (assigned) => Promise.resolve(assigned.map((at) => ({ ...at, offset: 0 }))),
      batch: async (batch) => {
        for (const record of batch.records) {
          if (!record.key.includes(staffId)) continue;
          events.push(fromCloudEvent(record));
          text += `${record.value}${JSON.stringify(record.headers)}`;
        }
        batch.done(batch.endOffset);
        if (events.some(({ type }) => type === 'SheetDisclosed')) {
          setImmediate(() => void consumer.close().then(() => resolve({ events, text }), reject));
        }
      },
      onError: reject,
      onCycle: () => undefined,
    });
  });

describe('from appointment to formal appointment', () => {
  const path = () => `sheets/${placement.sheetOf('new')}`;

  it('goes its whole way', async () => {
    const id = placement.sheetOf('new');
    await placement.appointed('new', '2026-12-01', '2027-05-31');
    await waitsFor(id, 'goals', placement.id('kacho'));

    const self = await person('new');
    const kacho = await manager('kacho');
    const bucho = await manager('bucho');
    const office = await hr();

    // nobody else learns that the sheet is there
    expect(await kacho.get(path())).toMatchObject({ status: 200 });
    for (const other of [bucho, await person('kacho-2'), await users.as('evaluator', placement.id('x'))])
      expect(await other.get(path())).toMatchObject({ status: 404, body: { code: 'sheet.not-found' } });
    expect(await (await users.as('hr', undefined, '142034')).get(path())).toMatchObject({ status: 404 });
    expect(await (await users.as('analyst')).get(path())).toMatchObject({ status: 403 });
    expect(await (await users.as('auditor')).get(path())).toMatchObject({ status: 403 });

    // goals
    expect(await self.post(`${path()}/goals`, { goals: [] })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'goals' }] },
    });
    await self.does(`${path()}/goals`, { goals: ['窓口の手続を一人で案内する'] });
    expect(await bucho.post(`${path()}/goals/agreement`)).toMatchObject({ status: 404 });
    expect(await self.post(`${path()}/goals/agreement`)).toMatchObject({ status: 403 });
    const agreed = await kacho.does(`${path()}/goals/agreement`);

    // the interview is a gate
    expect(await kacho.post(`${path()}/evaluations/first`, { scores: scoresOf(4) })).toMatchObject({
      status: 409,
      body: {
        code: 'interview.missing',
        detail: '必要な期首面談の実施が双方で確認されていないため、評価に進めません。',
        facts: { interview: 'start' },
      },
    });
    expect(await office.get(`missing-interviews?evaluator=${placement.id('kacho')}&after=${agreed}`)).toMatchObject({
      body: { items: [{ interview: 'end' }, { interview: 'start' }], total: 2 },
    });
    const met = await meet(path(), 'start', '2026-12-01');

    // first evaluation
    expect(await kacho.get(`evaluations?status=to-do&after=${met}`)).toMatchObject({
      body: { items: [{ sheetId: id, step: 'first', phase: 'first', late: false }] },
    });
    expect(await kacho.post(`${path()}/evaluations/first`, { scores: scoresOf(6) })).toMatchObject({
      status: 409,
      body: { code: 'sheet.points-out-of-range', facts: { max: 5 } },
    });
    await kacho.does(`${path()}/evaluations/first`, { scores: scoresOf(4), comment: '着実に務めている' });
    expect((await self.get(path())).body).not.toHaveProperty('first');

    // second evaluation
    await meet(path(), 'end', '2026-12-01');
    expect((await bucho.get(path())).body).toMatchObject({ first: { points: 60, comment: '着実に務めている' } });
    expect(await bucho.post(`${path()}/evaluations/second`, { scores: scoresOf(3) })).toMatchObject({
      status: 409,
      body: { code: 'sheet.difference-unexplained' },
    });
    await bucho.does(`${path()}/evaluations/second`, { scores: scoresOf(3), reason: '他課との比較' });
    expect((await kacho.get(path())).body).not.toHaveProperty('second');

    // result, and who may read it when (peers.md 17, 22)
    const service = users.with(await serviceTokenFor('placement', CITY));
    expect(await service.get(`${path()}/probation-result`)).toMatchObject({ status: 404 });
    const first = await office.post(`${path()}/confirmation`, { outcome: 'passed' }, 'confirm-1');
    expect(await office.post(`${path()}/confirmation`, { outcome: 'passed' }, 'confirm-1')).toMatchObject({
      status: 200,
      body: { ...first.body, repeated: true },
    });
    expect(await service.get(`${path()}/probation-result`)).toEqual({
      status: 200,
      body: { sheetId: id, staffId: placement.id('new'), employmentId: `${placement.id('new')}-e`, outcome: 'passed' },
    });
    for (const other of [self, kacho, office])
      expect(await other.get(`${path()}/probation-result`)).toMatchObject({ status: 403 });
    expect(
      await users.with(await serviceTokenFor('placement', '142034')).get(`${path()}/probation-result`),
    ).toMatchObject({ status: 404 });
    for (const hidden of ['first', 'second', 'result'])
      expect((await self.get(path())).body).not.toHaveProperty(hidden);
    const position = await office.does(`${path()}/disclosure`);
    expect((await self.get(path())).body).toMatchObject({
      phase: 'disclosed',
      first: { points: 60 },
      second: { points: 45, reason: '他課との比較' },
      result: { outcome: 'passed', confirmedOn: '2026-12-01' },
    });
    expect(await self.get(`own-sheets?after=${position}`)).toMatchObject({
      body: { items: [{ sheetId: id, phase: 'disclosed', late: false, missingInterviews: [] }], total: 1 },
    });
    const reads = (await (await users.as('auditor')).get(`${path()}/reads`)).body.items as { purpose: string }[];
    expect(new Set(reads.map(({ purpose }) => purpose))).toEqual(new Set(['evaluator', 'probation-result']));
    const elsewhere = (await users.as('auditor', undefined, '142034')).get(`${path()}/reads`);
    for (const notThere of [elsewhere, (await users.as('auditor')).get('sheets/nothing/reads')])
      expect(await notThere).toMatchObject({ status: 404, body: { code: 'sheet.not-found' } });
    for (const role of ROLES.filter((one) => one !== 'auditor'))
      expect([role, (await (await users.as(role)).get(`${path()}/reads`)).status]).toEqual([role, 403]);
  });

  it('is hidden on every one of its routes from whoever has no part in it (peers.md 17)', async () => {
    const stranger = users.with(
      await tokenFor({
        municipality: CITY,
        roles: ['staff', 'manager', 'evaluator'],
        staffId: placement.id('stranger'),
      }),
    );
    const elsewhere = await users.as('hr', placement.id('hr'), '142034');
    const scores = scoresOf(3);
    const forStaff: [string, object?][] = [
      ['goals', { goals: ['他人の目標'] }],
      ['goals/agreement'],
      ['interviews/end', { heldOn: '2026-12-01' }],
      ['interviews/end/confirmation'],
      ['evaluations/second', { scores }],
    ];
    const forHr: [string, object?][] = [
      ['evaluator', { reason: '交代' }],
      ['confirmation', { outcome: 'failed' }],
      ['disclosure'],
    ];
    for (const [route, body] of forStaff)
      expect({ route, ...(await stranger.post(`${path()}/${route}`, body)) }).toMatchObject({ route, status: 404 });
    for (const [route, body] of forHr) {
      expect({ route, ...(await stranger.post(`${path()}/${route}`, body)) }).toMatchObject({ route, status: 403 });
      expect({ route, ...(await elsewhere.post(`${path()}/${route}`, body)) }).toMatchObject({ route, status: 404 });
    }
    for (const list of ['sheets', 'missing-interviews']) expect((await stranger.get(list)).status).toBe(403);
    for (const list of ['own-sheets', 'evaluations'])
      expect(await stranger.get(list)).toMatchObject({ status: 200, body: { items: [], total: 0 } });
  });

  it('is told of without a point or a word (peers.md 17)', async () => {
    const { events, text } = await toldOf(placement.id('new'));
    expect(events.map(({ type }) => type)).toEqual([
      'SheetOpened',
      'StepCompleted',
      'InterviewHeld',
      'StepCompleted',
      'InterviewHeld',
      'StepCompleted',
      'SheetConfirmed',
      'SheetDisclosed',
    ]);
    for (const { type, data } of events)
      expect(
        evaluationContract.events[type as keyof typeof evaluationContract.events].schema.strict().parse(data),
      ).toEqual(data);
    for (const word of ['窓口', '着実', '比較', 'passed', 'points', 'scores', placement.id('kacho')])
      expect(text).not.toContain(word);
  });
});

it.each(['health/live', 'health/ready', 'openapi.json', 'docs', 'metrics'])('serves %s', async (path) =>
  expect((await fetch(`${await app.getUrl()}/evaluation/${path}`)).status).toBe(200),
);
