import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Delivered } from '#libs/contracts/public-event';
import type { PlacementEvent } from '#libs/contracts/placement';
import { Database } from '#libs/event-store/database';
import { EventStore } from '#libs/event-store/event-store';
import { ConsumerContext, handling } from '#libs/messaging/consumer-context';
import { KafkaPort } from '#libs/messaging/kafka-port';
import { Unavailable } from '#libs/messaging/unavailable';
import { start } from '#libs/platform/boot';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { tokenFor } from '#libs/testing/tokens';
import { sheet } from './domain/sheet.js';
import { phaseOf, type Sheet } from './domain/sheet-state.js';
import { CITY, EvaluationUsers, MovableClock, Placement, scoresOf } from './evaluation.fixture.js';
import { EvaluationModule } from './evaluation.module.js';
import { ReactsOnPersonErased } from './reacts/on-person-erased.js';
import { ReactsOnPersonnelActions } from './reacts/on-personnel-actions.js';

const clock = new MovableClock();
let database: TestDatabase;
let app: NestFastifyApplication;
let users: EvaluationUsers;
let placement: Placement;

/** Kafka stays away throughout: what placement says is handed to the reactions, in a transaction as the consumer does. */
const launch = async (): Promise<void> => {
  const env = {
    SERVICE_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: '127.0.0.1:9',
    OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
    OIDC_CLIENT_ID: 'service.evaluation',
    OIDC_CLIENT_SECRET: 'test',
    MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'silent',
  };
  app = await start(EvaluationModule, 'evaluation', { env, clock });
  // Nobody waits for a Kafka that will not answer.
  jest.spyOn(app.get(KafkaPort), 'endOffsets').mockRejectedValue(new Unavailable('Kafka is away'));
  users = new EvaluationUsers(`${await app.getUrl()}/evaluation`, tokenFor);
};

const react = (event: Delivered<PlacementEvent>, tx: ConsumerContext): Promise<void> => {
  const { type } = event;
  if (type === 'PersonnelActionTaken') return app.get(ReactsOnPersonnelActions).taken(event, tx);
  if (type === 'PersonnelActionVoided') return app.get(ReactsOnPersonnelActions).voided(event, tx);
  if (type === 'PersonErased') return app.get(ReactsOnPersonErased).erase(event, tx);
  return Promise.resolve();
};

/** Again where timers and followers were at the same sheets, as the consumer does. */
const deliver = (events: readonly Delivered<PlacementEvent>[]): Promise<void> =>
  app.get(EventStore).together(async (tx) => {
    await app.get(StaffDirectory).apply(events, tx);
    for (const event of events) await handling.run(true, () => react(event, new ConsumerContext(tx)));
  });

/** Events that come in one batch, as a correction's two do. */
let batch: Delivered<PlacementEvent>[] | undefined;
const together = async (work: () => Promise<unknown>): Promise<void> => {
  batch = [];
  await work();
  const events = batch;
  batch = undefined;
  await deliver(events);
};

beforeAll(async () => {
  database = await createDatabase('evaluation_int');
  await launch();
  placement = new Placement('t', async (event) => {
    if (batch) batch.push(event);
    else await deliver([event]);
  });
  // As far as anybody can know without Kafka, that is all there was on placement's topic.
  await app
    .get(Database)
    .pool.query(`INSERT INTO consumer_offsets VALUES ('jinzai.evaluation', 'jinzai.placement.events', 0, 5)`);
  await placement.organisation();
});

afterAll(async () => {
  await app?.close();
  await database?.drop();
});

afterEach(() => (clock.instant = '2026-12-01T01:00:00Z'));

const history = async (id: string) => (await app.get(EventStore).read(sheet, { municipality: CITY, id })).events;
const typesOf = async (id: string) => (await history(id)).map(({ type }) => type);
const stateOf = async (id: string) => (await history(id)).reduce(sheet.evolve, sheet.initial) as Sheet;
const stepOpened = (id: string, step: 'goals' | 'first' | 'second') =>
  eventually(async () => (await stateOf(id)).steps?.[step]);
const manager = (name: string) => users.as('manager', placement.id(name));
const hr = () => users.as('hr', placement.id('hr'));

const agreeOnGoals = async (name: string, evaluator = 'kacho'): Promise<string> => {
  const path = `sheets/${placement.sheetOf(name)}`;
  await stepOpened(placement.sheetOf(name), 'goals');
  await (await users.as('staff', placement.id(name))).does(`${path}/goals`, { goals: ['目標'] });
  await (await manager(evaluator)).does(`${path}/goals/agreement`);
  return path;
};

const meet = async (name: string, interview: string, evaluator = 'kacho'): Promise<void> => {
  const path = `sheets/${placement.sheetOf(name)}/interviews/${interview}`;
  await (await users.as('staff', placement.id(name))).does(path, { heldOn: clock.today() });
  await (await manager(evaluator)).does(`${path}/confirmation`);
};

/** The whole way to a result. */
const judged = async (name: string, outcome: string, points: number): Promise<void> => {
  const path = await agreeOnGoals(name);
  await meet(name, 'start');
  await (await manager('kacho')).does(`${path}/evaluations/first`, { scores: scoresOf(points) });
  await meet(name, 'end');
  await (await manager('bucho')).does(`${path}/evaluations/second`, { scores: scoresOf(points) });
  await (await hr()).does(`${path}/confirmation`, { outcome });
};

describe('what placement says of a probation', () => {
  it('opens the sheet in the form of the grade, and once however often it is delivered', async () => {
    await placement.appointed('a', '2026-12-01', '2027-05-31');
    await placement.appointed('a', '2026-12-01', '2027-05-31');
    const id = placement.sheetOf('a');
    await stepOpened(id, 'goals');
    expect(await typesOf(id)).toEqual(['SheetOpened', 'StepOpened']);
    expect(await stateOf(id)).toMatchObject({
      items: 'development-1@1970-04-01',
      dueOn: '2027-05-17',
      steps: { goals: { evaluator: placement.id('kacho') } },
    });
  });

  it('is nothing to act on when the probation ended before the city began', async () => {
    await placement.appointed('old', '2026-04-01', '2026-09-30');
    expect(await typesOf(placement.sheetOf('old'))).toEqual([]);
  });

  it('opens the goals on the first day of a future appointment', async () => {
    await placement.appointed('future', '2027-04-01', '2027-09-30');
    const id = placement.sheetOf('future');
    await eventually(async () => (await timers(id)).length === 2);
    const self = await users.as('staff', placement.id('future'));
    expect(await self.post(`sheets/${id}/goals`, { goals: ['目標'] })).toMatchObject({
      status: 409,
      body: { code: 'sheet.step-not-open' },
    });
    clock.instant = '2027-03-31T15:00:00Z'; // midnight of 1 April in Japan
    expect(await stepOpened(id, 'goals')).toEqual({
      evaluator: placement.id('kacho'),
      openedOn: '2027-04-01',
      done: false,
    });
  });

  it('moves the sheet with a correction, in one batch or in two', async () => {
    await placement.appointed('b', '2026-12-01', '2027-05-31');
    const path = await agreeOnGoals('b');
    await together(async () => {
      await placement.voided('b', 'appointment');
      await placement.appointed('b', '2026-12-10', '2027-06-09', 'corrected');
    });
    expect((await typesOf(placement.sheetOf('b'))).slice(4)).toEqual(['SheetDueMoved']);
    await placement.voided('b', 'corrected');
    await placement.appointed('b', '2026-12-15', '2027-06-14', 'corrected-again');
    expect((await typesOf(placement.sheetOf('b'))).slice(5)).toEqual(['SheetClosed', 'SheetReopened']);
    expect((await (await hr()).get(path)).body).toMatchObject({
      phase: 'start-interview',
      from: '2026-12-15',
      dueOn: '2027-05-31',
      goals: ['目標'],
    });
  });

  it('closes the sheet of a revoked appointment', async () => {
    await placement.appointed('c', '2026-12-01', '2027-05-31');
    await placement.voided('c', 'appointment');
    expect(await stateOf(placement.sheetOf('c'))).toMatchObject({ status: 'closed' });
  });

  it('closes the sheet of a leaver, and opens it again when the resignation is withdrawn (peers.md 23)', async () => {
    await placement.appointed('d', '2026-12-01', '2027-05-31');
    await placement.take('d', 'leaving', { kind: 'separate', effectiveOn: '2027-01-31', reason: 'resignation' });
    expect(await stateOf(placement.sheetOf('d'))).toMatchObject({ status: 'closed' });
    const self = await users.as('staff', placement.id('d'));
    expect(await self.post(`sheets/${placement.sheetOf('d')}/goals`, { goals: ['目標'] })).toMatchObject({
      status: 409,
      body: { code: 'sheet.not-open' },
    });
    await placement.voided('d', 'leaving');
    expect(await stateOf(placement.sheetOf('d'))).toMatchObject({ status: 'open', dueOn: '2027-05-17' });
  });

  it('moves the due date when the probation is extended because of a leave of absence', async () => {
    await placement.appointed('e', '2026-12-01', '2027-05-31');
    await placement.take('e', 'leave', {
      kind: 'start-leave-of-absence',
      effectiveOn: '2027-01-01',
      leaveKind: 'sickness',
    });
    expect(await stateOf(placement.sheetOf('e'))).toMatchObject({ dueOn: '2027-05-17' });
    await placement.take('e', 'extension', {
      kind: 'extend-probation',
      effectiveOn: '2027-05-31',
      until: '2027-08-31',
    });
    expect(await stateOf(placement.sheetOf('e'))).toMatchObject({ dueOn: '2027-08-17' });
    expect(await typesOf(placement.sheetOf('e', '.2'))).toEqual([]);
  });

  it('opens a sheet of its own for an extension that followed a result, and closes it with the extension', async () => {
    await placement.appointed('f', '2026-12-01', '2027-05-31');
    await judged('f', 'extended', 2);
    await placement.take('f', 'extension', {
      kind: 'extend-probation',
      effectiveOn: '2027-05-31',
      until: '2027-08-31',
    });
    expect(await stateOf(placement.sheetOf('f', '.2'))).toMatchObject({
      status: 'open',
      from: '2027-06-01',
      until: '2027-08-31',
      appointedOn: '2026-12-01',
      dueOn: '2027-08-17',
    });
    expect(await stateOf(placement.sheetOf('f'))).toMatchObject({
      status: 'confirmed',
      result: { outcome: 'extended', extendedThrough: '2027-08-31' },
    });
    await placement.voided('f', 'extension');
    expect(await stateOf(placement.sheetOf('f', '.2'))).toMatchObject({ status: 'closed' });
  });
});

const timers = async (key: string) =>
  (
    await app
      .get(Database)
      .pool.query<{ kind: string; state: string }>(`SELECT kind, state FROM timers WHERE key = $1`, [key])
  ).rows;

describe('the due date', () => {
  it('is reported once when it passes, across restarts', async () => {
    await placement.appointed('late', '2026-12-01', '2027-05-31');
    const id = placement.sheetOf('late');
    await stepOpened(id, 'goals');
    await app.close();
    clock.instant = '2027-05-17T15:00:00Z'; // midnight after 17 May in Japan
    await launch();
    await eventually(async () => (await typesOf(id)).includes('SheetOverdue'));
    await app.close();
    await launch();
    await eventually(async () => (await timers(id)).every(({ state }) => state === 'fired'));
    expect((await typesOf(id)).filter((type) => type === 'SheetOverdue')).toHaveLength(1);
    expect(await (await hr()).get(`sheets?late=true&staffId=${placement.id('late')}`)).toMatchObject({
      body: { items: [{ sheetId: id, late: true, phase: 'goals', missingInterviews: ['start', 'end'] }], total: 1 },
    });
  });

  it('is not waited for any more once there is a result', async () => {
    await placement.appointed('g', '2026-12-01', '2027-05-31');
    await judged('g', 'passed', 4);
    await eventually(async () => (await timers(placement.sheetOf('g'))).some(({ state }) => state === 'cancelled'));
  });
});

describe('evaluators', () => {
  it('who left are replaced by HR; a later transfer changes no step that is open (peers.md 20)', async () => {
    await placement.serving('kakaricho', 'section', 'kakaricho', '5');
    await placement.unit('subsection', 'section', 'department');
    await placement.serving('head', 'subsection', 'kacho', '6');
    await placement.take('h', 'appointment', {
      kind: 'appoint-on-probation',
      effectiveOn: '2026-12-01',
      until: '2027-05-31',
      post: { unitId: placement.id('subsection'), position: 'shuji' },
      grade: '1',
      jobCategory: 'general',
      route: 'new-graduate',
      weeklyMinutes: 2325,
    });
    const path = await agreeOnGoals('h', 'head');
    const head = await manager('head');
    expect(await head.get(path)).toMatchObject({ status: 200 });
    await placement.take('head', 'leaving', { kind: 'separate', effectiveOn: '2026-11-30', reason: 'resignation' });
    expect(await head.get(path)).toMatchObject({ status: 404 });
    const self = await users.as('staff', placement.id('h'));
    expect(await self.post(`${path}/interviews/start`, { heldOn: '2026-12-01' })).toMatchObject({
      status: 409,
      body: { code: 'sheet.evaluator-left' },
    });
    const office = await hr();
    expect(await office.post(`${path}/evaluator`, { reason: '' })).toMatchObject({ status: 400 });
    await office.does(`${path}/evaluator`, { reason: '退職のため' });
    expect((await stateOf(placement.sheetOf('h'))).steps.goals?.evaluator).toBe(placement.id('bucho'));
    await meet('h', 'start', 'bucho');
    await placement.take('h', 'move', {
      kind: 'transfer',
      effectiveOn: '2026-12-01',
      post: { unitId: placement.id('section'), position: 'shuji' },
    });
    await (await manager('bucho')).does(`${path}/evaluations/first`, { scores: scoresOf(3) });
    expect(await (await manager('kacho')).get(path)).toMatchObject({ status: 404 });
  });

  it('are none where nobody is above, until HR names one', async () => {
    await placement.take('i', 'appointment', {
      kind: 'appoint-on-probation',
      effectiveOn: '2026-12-01',
      until: '2027-05-31',
      post: { unitId: placement.id('department'), position: 'bucho' },
      grade: '7',
      jobCategory: 'general',
      route: 'experienced',
      weeklyMinutes: 2325,
    });
    const id = placement.sheetOf('i');
    await placement.take('bucho', 'leave', {
      kind: 'start-leave-of-absence',
      effectiveOn: '2026-11-30',
      leaveKind: 'other',
    });
    expect(await stepOpened(id, 'goals')).not.toHaveProperty('evaluator', placement.id('i'));
    await placement.take('bucho', 'return', { kind: 'return-from-leave', effectiveOn: '2026-12-01' });
    const self = await users.as('manager', placement.id('i'));
    await self.does(`sheets/${id}/goals`, { goals: ['部の目標'] });
    const office = await hr();
    const own = { evaluator: placement.id('i'), reason: '本人' };
    expect(await office.post(`sheets/${id}/evaluator`, own)).toMatchObject({
      status: 409,
      body: { code: 'sheet.own-evaluation' },
    });
    await office.does(`sheets/${id}/evaluator`, { evaluator: placement.id('kacho'), reason: '上位の職がないため' });
    expect(await self.post(`sheets/${id}/goals/agreement`)).toMatchObject({
      status: 409,
      body: { code: 'sheet.own-evaluation' },
    });
    await (await manager('kacho')).does(`sheets/${id}/goals/agreement`);
    expect(phaseOf(await stateOf(id))).toBe('start-interview');
  });
});

describe('HR', () => {
  it('sees its own sheet as everybody does, and does nothing on it (peers.md 13, 22)', async () => {
    await placement.appointed('hr-2', '2026-12-01', '2027-05-31');
    await judged('hr-2', 'passed', 4);
    const self = await users.as('hr', placement.id('hr-2'));
    const path = `sheets/${placement.sheetOf('hr-2')}`;
    expect((await self.get(path)).body).not.toHaveProperty('second');
    expect(await self.post(`${path}/disclosure`)).toMatchObject({
      status: 409,
      body: { code: 'sheet.own-evaluation' },
    });
  });
});

describe('a request', () => {
  it('that is malformed is answered with its fields, in Japanese', async () => {
    await placement.appointed('bad', '2026-12-01', '2027-05-31');
    const path = `sheets/${placement.sheetOf('bad')}`;
    const self = await users.as('staff', placement.id('bad'));
    const office = await hr();
    for (const [by, route, body, field] of [
      [self, 'goals', { goals: [''] }, 'goals'],
      [self, 'interviews/start', { heldOn: '2026-02-30' }, 'heldOn'],
      [self, 'interviews/final', { heldOn: '2026-12-01' }, 'interview'],
      [office, 'confirmation', { outcome: 'splendid' }, 'outcome'],
      [office, 'confirmation', { outcome: 'extended', months: 13 }, 'months'],
      [office, 'evaluator', {}, 'reason'],
    ] as const)
      expect(await by.post(`${path}/${route}`, body)).toMatchObject({
        status: 400,
        body: { errors: [{ field, message: expect.stringMatching(/[ぁ-ん]/) }] },
      });
  });

  it('that needs the organisation waits for a directory that is behind; one that does not is carried out', async () => {
    await placement.appointed('early', '2026-12-01', '2027-05-31');
    const path = `sheets/${placement.sheetOf('early')}`;
    await stepOpened(placement.sheetOf('early'), 'goals');
    const unread = jest.spyOn(app.get(KafkaPort), 'endOffsets').mockResolvedValue(new Map([[0, 6]]));
    const kacho = await manager('kacho');
    await eventually(async () => (await kacho.post(`${path}/goals/agreement`)).body.code === 'directory.behind');
    await (await users.as('staff', placement.id('early'))).does(`${path}/goals`, { goals: ['目標'] });
    unread.mockRejectedValue(new Unavailable('Kafka is away')); // where the topic ended is not forgotten
    await app.get(Database).pool.query('UPDATE consumer_offsets SET next_offset = 6');
    await eventually(async () => (await kacho.post(`${path}/goals/agreement`)).status === 200);
  });
});

describe('the yearly evaluation', () => {
  it('opens a sheet for everybody in post on a day, once', async () => {
    await placement.serving('away', 'section', 'shunin', '3');
    await placement.take('away', 'leave', {
      kind: 'start-leave-of-absence',
      effectiveOn: '2026-03-01',
      leaveKind: 'sickness',
    });
    await placement.serving('leaver', 'section', 'shunin', '3');
    await placement.take('leaver', 'leaving', {
      kind: 'separate',
      effectiveOn: '2026-12-31',
      reason: 'resignation',
    });
    await placement.serving('never', 'section', 'shunin', '3');
    const office = await hr();
    const body = { on: '2026-04-01', dueOn: '2027-02-28' };
    const answer = await office.post('cycles/2026', body, 'cycle-2026');
    expect(answer).toMatchObject({ status: 201, body: { fiscalYear: 2026, repeated: false } });
    expect(await office.post('cycles/2026', body, 'cycle-2026')).toMatchObject({
      body: { sheets: answer.body.sheets, repeated: true },
    });
    expect(await office.post('cycles/2026', body)).toMatchObject({
      status: 409,
      body: { code: expect.stringMatching(/^cycle\.already-opened$/) },
    });
    expect(await office.post('cycles/26', body)).toMatchObject({ status: 400 });
    const id = `${placement.id('kacho')}:2026:yearly`;
    expect(await stepOpened(id, 'goals')).toMatchObject({ evaluator: placement.id('bucho') });
    expect(await typesOf(`${placement.id('away')}:2026:yearly`)).toEqual([]);
    expect(await typesOf(`${placement.id('leaver')}:2026:yearly`)).toEqual([]);
    await placement.voided('never', 'appointment');
    expect(await stateOf(`${placement.id('never')}:2026:yearly`)).toMatchObject({ status: 'closed' });
    expect(await stateOf(id)).toMatchObject({ items: 'management-1@1970-04-01', until: '2027-03-31' });
    const end = (effectiveOn: string) => ({ kind: 'separate', effectiveOn, reason: 'retirement-age' }) as const;
    await placement.take('kacho', 'leaving', end('2026-12-31'));
    expect(await stateOf(id)).toMatchObject({ status: 'closed' });
    await placement.voided('kacho', 'leaving');
    expect(await stateOf(id)).toMatchObject({ status: 'open' });
    await placement.take('bucho', 'retirement', end('2027-03-31'));
    expect(await stateOf(`${placement.id('bucho')}:2026:yearly`)).toMatchObject({ status: 'open' });
    expect((await office.get(`sheets?kind=yearly&after=${answer.body.position as number}`)).body.total).toBe(
      answer.body.sheets,
    );
  });
});

it('forgets what was written about a person whom placement erases', async () => {
  await placement.appointed('z', '2026-12-01', '2027-05-31');
  await judged('z', 'passed', 4);
  await placement.erased('z');
  const path = `sheets/${placement.sheetOf('z')}`;
  expect((await (await hr()).get(path)).body).toMatchObject({ goals: [], second: { scores: [], points: 0 } });
});
