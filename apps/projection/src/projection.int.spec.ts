import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { start } from '#libs/platform/boot';
import { Clock } from '#libs/processes/clock';
import type { Delivered } from '#libs/contracts/public-event';
import { Database, inTransaction } from '#libs/event-store/database';
import { BatchHandler } from '#libs/platform/batch-handler';
import { Log } from '#libs/platform/logger';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { tokenFor } from '#libs/testing/tokens';
import { advanceTo } from './frontier.js';
import { ProjectionModule } from './projection.module.js';
import { SERVICES } from './subjects.js';
import { city, HIRATSUKA, ISEHARA, loadInto } from './staff/story.fixture.js';
import { TrainingStory } from './training-coverage/training-story.fixture.js';

class FixedClock extends Clock {
  now = () => new Date('2026-07-01T00:00:00Z');
}

type Figure = {
  fiscalYear: number;
  period: string;
  dimensions: object;
  numerator: number;
  denominator: number;
  value: number;
  suppressed: boolean;
};
type Answer = { municipality: string; asOf: string; knownAt: string; rows: Figure[] };

describe('analytics over HTTP', () => {
  const isehara = city(ISEHARA, 120, 7);
  const hiratsuka = city(HIRATSUKA, 60, 8);
  const watermark = { recordedUpTo: isehara.now, position: 1, offsets: { 0: 10, 1: 0 } as Record<string, number> };
  let database: TestDatabase;
  let placement: Server;
  let app: NestFastifyApplication;
  let base: string;
  let analyst: string;

  beforeAll(async () => {
    database = await createDatabase('projection');
    // The other services have published nothing yet.
    placement = createServer(({ url = '' }, response) =>
      response.end(JSON.stringify(url.startsWith('/placement/') ? watermark : { ...watermark, offsets: {} })),
    );
    await new Promise<void>((resolve) => placement.listen(0, '127.0.0.1', resolve));
    const env = {
      SERVICE_PORT: '0',
      DATABASE_URL: database.url,
      KAFKA_BROKERS: '127.0.0.1:1', // away for good: reading goes on without it
      OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
      OIDC_CLIENT_ID: 'service.projection',
      OIDC_CLIENT_SECRET: 'test',
      MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      ...Object.fromEntries(SERVICES.map((service) => [`${service.toUpperCase()}_URL`, urlOf(placement)])),
      LOG_LEVEL: 'silent',
    };
    app = await start(ProjectionModule, 'projection', { env, clock: new FixedClock() });
    base = `${await app.getUrl()}/projection/analytics`;
    analyst = await tokenFor({ municipality: ISEHARA, roles: ['analyst'] });
    await loadInto(pool(), [...isehara.events, ...hiratsuka.events]);
  });
  afterAll(async () => {
    await app?.close();
    placement?.close();
    await database?.drop();
  });

  const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pool = () => app.get(Database).pool;
  const get = (path: string, token = analyst) =>
    fetch(`${base}/${path}`, { headers: { authorization: `Bearer ${token}` } });
  const figures = async (query: string, token?: string): Promise<Answer> => {
    const response = await get(`retention?${query}`, token);
    expect([query, response.status]).toEqual([query, 200]);
    return (await response.json()) as Answer;
  };
  const readUpTo = (offset: number) =>
    pool().query(
      `INSERT INTO consumer_offsets (consumer, topic, partition, next_offset) VALUES ('jinzai.projection', 'jinzai.placement.events', 0, $1)
       ON CONFLICT (consumer, topic, partition) DO UPDATE SET next_offset = excluded.next_offset`,
      [offset],
    );

  it('answers 503 with Retry-After until it has read as far as placement has published', async () => {
    await readUpTo(9);
    const early = await get('retention?metric=headcount');
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1']);
    await readUpTo(10);
    await eventually(async () => (await get('retention?metric=headcount')).status === 200);
  });

  it('echoes the resolved asOf and knownAt, and gives the same bytes for them', async () => {
    const first = await figures('metric=sep.rate&fiscalYear=2023-2025&groupBy=sex,ageBand');
    expect([first.municipality, first.asOf, first.knownAt]).toEqual([ISEHARA, '2026-07-01', isehara.now]);
    const again = `retention?metric=sep.rate&fiscalYear=2023-2025&groupBy=sex,ageBand&asOf=${first.asOf}&knownAt=${first.knownAt}`;
    const [one, two] = [await get(again), await get(again)];
    expect([one.headers.get('etag'), await one.text()]).toEqual([two.headers.get('etag'), await two.text()]);
    expect(first.rows.map(({ fiscalYear }) => fiscalYear)).toEqual(expect.arrayContaining([2023, 2024, 2025]));
  });

  it('filters, groups and names dimensions in camelCase', async () => {
    const { rows } = await figures('metric=headcount&fiscalYear=2024&groupBy=departmentThen&sex=1');
    expect(rows[0]).toMatchObject({ dimensions: { departmentThen: null, sex: '1' }, period: '2024-04-01/2025-03-31' });
    expect(rows.length).toBeGreaterThan(2);
  });

  it('always breaks sep.wao down by sex, and survival by years since hiring', async () => {
    const wao = await figures('metric=sep.wao&fiscalYear=2024');
    expect(wao.rows.map(({ dimensions }) => dimensions)).toEqual([{ sex: null }, { sex: '1' }, { sex: '2' }]);
    const survival = await figures('metric=retention.survival&fiscalYear=2022');
    expect(survival.rows.map((row) => (row as unknown as { years: number }).years)).toEqual([1, 2, 3, 4, 5]);
    expect((await figures('metric=retention.cohort(3)&fiscalYear=2020')).rows[0]).toMatchObject({ years: 3 });
    expect((await figures('metric=retirement.due')).rows).toHaveLength(21);
  });

  it('gives CSV with a byte order mark and CRLF', async () => {
    const response = await get('retention?metric=headcount&fiscalYear=2024&groupBy=sex&format=csv');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const lines = bytes.toString().slice(1).split('\r\n');
    expect(lines[0]).toBe(
      'municipality,metricId,definitionVersion,fiscalYear,period,years,sex,numerator,denominator,value,suppressed,asOf,knownAt',
    );
    expect(lines[1]).toMatch(/^142140,headcount,1,2024,2024-04-01\/2025-03-31,,,\d+,,\d+,false,2026-07-01,/);
    expect([response.headers.get('content-type'), lines.length]).toEqual(['text/csv; charset=utf-8', 5]);
  });

  it('keeps municipalities apart', async () => {
    const other = await tokenFor({ municipality: HIRATSUKA, roles: ['analyst'] });
    const [own, foreign] = [
      await figures('metric=headcount&fiscalYear=2024'),
      await figures('metric=headcount&fiscalYear=2024', other),
    ];
    expect(foreign.municipality).toBe(HIRATSUKA);
    expect(foreign.rows[0].numerator).not.toBe(own.rows[0].numerator);
  });

  it.each([
    ['metric=none', 'metric'],
    ['metric=headcount&metric=sep.rate', 'metric'],
    ['metric=headcount&groupBy=name', 'groupBy'],
    ['metric=headcount&groupBy=sex,grade,route,cohort', 'groupBy'],
    ['metric=headcount&wrong=1', 'wrong'],
    ['metric=headcount&sex=1&sex=2', 'sex'],
    ['metric=headcount&asOf=2026-02-30', 'asOf'],
    ['metric=headcount&asOf=0000-01-01', 'asOf'],
    ['metric=headcount&knownAt=yesterday', 'knownAt'],
    ['metric=headcount&knownAt=2026-04-01T00:00:00', 'knownAt'],
    ['metric=headcount&knownAt=0000-01-01T00:00:00Z', 'knownAt'],
    ['metric=headcount&knownAt=2030-01-01T00:00:00Z', 'knownAt'],
    ['metric=retention.cohort', 'years'],
    ['metric=retention.cohort(0)', 'years'],
    ['metric=headcount&years=3', 'years'],
    ['metric=headcount&fiscalYear=2030', 'fiscalYear'],
    ['metric=headcount&fiscalYear=0000', 'fiscalYear'],
    ['metric=headcount&fiscalYear=2025-2024', 'fiscalYear'],
    ['metric=retention.survival&fiscalYear=1950-2025', 'fiscalYear'],
    ['metric=headcount&format=xml', 'format'],
  ])('refuses %s and names %s in Japanese', async (query, field) => {
    const response = await get(`retention?${query}`);
    const problem = (await response.json()) as { code: string; errors: { field: string; message: string }[] };
    expect([response.status, problem.code, new Set(problem.errors.map((error) => error.field))]).toEqual([
      400,
      'request.invalid',
      new Set([field]),
    ]);
    expect(problem.errors[0].message).toMatch(/[ぁ-ん]/);
  });

  it('counts annual leave by leave years, and offers a breakdown only where it means something', async () => {
    const ask = (query: string) => get(`leave-uptake?${query}`);
    const answer = (await (await ask('metric=al.avg_days')).json()) as Answer;
    expect(answer.rows).toMatchObject([{ fiscalYear: 2026, period: '2026-01-01/2026-07-01', value: 0 }]);
    const rate = (await (await ask('metric=cc.rate.mic_v2')).json()) as Answer;
    expect(rate.rows).toMatchObject([
      { fiscalYear: 2026, period: '2026-04-01/2026-07-01', denominator: 0, value: null },
    ]);
    expect((await ask('metric=al.avg_days&fiscalYear=2027')).status).toBe(400);
    expect((await ask('metric=al.avg_days&groupBy=duration')).status).toBe(400);
    const csv = await (await ask('metric=cc.duration_dist&format=csv')).text();
    expect(csv.split('\r\n')[0]).toContain('years,sex,duration,numerator');
  });

  it('gives training figures by course, hours with two decimals and not by course', async () => {
    const training = new TrainingStory(ISEHARA);
    training.course('dx');
    for (let i = 0; i < 30; i++) training.completed(`s${i}`, 'dx', '2026-05-01', { minutes: 61 });
    await loadInto(pool(), training.events);
    const ask = (query: string) => get(`training-coverage?${query}`);
    const minutes = (await (await ask('metric=train.minutes&groupBy=course,digitalClass')).json()) as Answer;
    expect(minutes.rows).toMatchObject([
      { dimensions: { course: null, digitalClass: null }, numerator: 1830, denominator: 30, value: 61 },
      { dimensions: { course: 'dx', digitalClass: 'none' }, numerator: 1830, denominator: 30, value: 61 },
    ]);
    const csv = await (await ask('metric=train.hours&format=csv')).text();
    expect(csv.split('\r\n')[1]).toMatch(
      /^142140,train\.hours,1,2026,2026-04-01\/2026-07-01,,1830,\d+,\d+\.\d\d,false,2026-07-01,/,
    );
    expect((await ask('metric=train.hours&groupBy=course')).status).toBe(400);
    expect((await ask('metric=train.person_compliance&course=dx')).status).toBe(400);
  });

  it('answers 503 for a time whose records are not all there yet', async () => {
    const response = await get('retention?metric=headcount&knownAt=2026-06-30T00:00:00Z');
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([503, 'analytics.behind']);
  });

  it.each(['2026-04-01T00:10:00.5Z', '2026-04-01T09:10:00.500%2B09:00', '2026-03-31T19:10:00.500000-05:00'])(
    'takes %s for the instant it is',
    async (knownAt) => {
      const answer = await figures(`metric=headcount&fiscalYear=2024&knownAt=${knownAt}`);
      expect(answer.knownAt).toBe('2026-04-01T00:10:00.500000Z');
    },
  );

  it('answers 304 to who has the answer already', async () => {
    const path = `retention?metric=headcount&fiscalYear=2024&knownAt=${isehara.now}`;
    const tag = (await get(path)).headers.get('etag') ?? '';
    const ask = (value: string) =>
      fetch(`${base}/${path}`, { headers: { authorization: `Bearer ${analyst}`, 'if-none-match': value } });
    const same = await ask(`"other", W/${tag}`);
    expect([same.status, same.headers.get('etag'), await same.text()]).toEqual([304, tag, '']);
    expect((await ask('"other"')).status).toBe(200);
  });

  it('waits for what is just being recorded', async () => {
    const soon = '2026-05-01T00:00:00.123456Z';
    const asked = figures(`metric=headcount&fiscalYear=2024&knownAt=${soon}`);
    watermark.recordedUpTo = '2026-05-01T00:00:01Z';
    expect((await asked).knownAt).toBe(soon);
  });

  it('does not vouch for times after the first event of a parked stream', async () => {
    const parked = ['jinzai.projection', 'jinzai.placement.events', 'staff-142140/x'];
    await pool().query(
      `INSERT INTO parked_streams (consumer, topic, stream, municipality, kind, reason, applied_version) VALUES ($1, $2, $3, '142140', 'error', 'x', 0)`,
      parked,
    );
    await pool().query(`INSERT INTO parked_events (consumer, topic, stream, record) VALUES ($1, $2, $3, $4)`, [
      ...parked,
      JSON.stringify({ headers: { ce_time: '2026-05-02T00:00:00Z' } }),
    ]);
    watermark.recordedUpTo = '2026-05-03T00:00:00Z';
    await eventually(async () => (await figures('metric=headcount')).knownAt === '2026-05-01T23:59:59.999999Z');
    await pool().query('DELETE FROM parked_streams');
    await eventually(async () => (await figures('metric=headcount')).knownAt === '2026-05-03T00:00:00.000000Z');
  });

  it('stands still while a parked event does not tell when it was recorded', async () => {
    const parked = ['jinzai.projection', 'jinzai.placement.events', 'staff-142140/y'];
    await pool().query(
      `INSERT INTO parked_streams (consumer, topic, stream, municipality, kind, reason, applied_version) VALUES ($1, $2, $3, '142140', 'malformed', 'x', 0)`,
      parked,
    );
    for (const headers of [{}, { ce_time: 'soon' }]) {
      await pool().query(`INSERT INTO parked_events (consumer, topic, stream, record) VALUES ($1, $2, $3, $4)`, [
        ...parked,
        JSON.stringify({ headers }),
      ]);
      await advanceTo(app.get(Database), 'placement', { recordedUpTo: '2026-05-04T00:00:00Z', offsets: {} });
      expect((await figures('metric=headcount')).knownAt).toBe('2026-05-03T00:00:00.000000Z');
      await pool().query('DELETE FROM parked_events');
    }
    await pool().query('DELETE FROM parked_streams');
  });

  it('tells definitions and freshness', async () => {
    const definitions = (await (await get('definitions')).json()) as { metricId: string }[];
    expect(definitions.map(({ metricId }) => metricId)).toContain('sep.wao');
    const freshness = (await (await get('freshness')).json()) as { newestEventId: string; lagMs: number };
    expect(freshness).toMatchObject({ newestEventId: isehara.events.at(-1)?.id, lagMs: expect.any(Number) });
  });

  it('says what a newer release sent and it passes over: in the log once, as a number, and with the freshness', async () => {
    const newer = (type: string, schemaVersion: number, second: number) => ({
      ...isehara.events[0],
      ...{ type, schemaVersion, recordedAt: `2026-06-01T00:00:0${second}.000000Z` },
    });
    const warned: object[] = [];
    const log = app.get(Log);
    const warn = log.warn.bind(log);
    log.warn = (fields, message) =>
      void (message.includes('newer release') ? warned.push(fields) : warn(fields, message));
    const passOver = (...events: Delivered[]) =>
      inTransaction(pool(), (tx) => app.get(BatchHandler).passedOver(events, tx));
    await passOver(newer('PersonnelActionTaken', 2, 1), newer('StaffPraised', 1, 2));
    await passOver(newer('PersonnelActionTaken', 2, 3));
    const rolledBack = inTransaction(pool(), async (tx) => {
      await app.get(BatchHandler).passedOver([newer('StaffPraised', 1, 4)], tx);
      throw new Error('broken off');
    });
    await expect(rolledBack).rejects.toThrow('broken off');
    const { passedOver } = (await (await get('freshness')).json()) as { passedOver: object[] };
    expect(passedOver).toEqual([
      { type: 'PersonnelActionTaken', version: 2, events: 2 },
      { type: 'StaffPraised', version: 1, events: 1 },
    ]);
    const metrics = await (await fetch(`${base}/../metrics`)).text();
    expect(metrics).toContain(
      'jinzai_projection_passed_over_total{type="PersonnelActionTaken",version="2",service="projection"} 2',
    );
    expect(warned).toEqual([
      { type: 'PersonnelActionTaken', version: 2 },
      { type: 'StaffPraised', version: 1 },
    ]);
  });

  it('shows on its page what it can be asked', async () => {
    const page = (await (await fetch(`${base}/../openapi.json`)).json()) as {
      paths: Record<string, { get: { parameters: { name: string }[]; operationId: string } }>;
    };
    const { parameters, operationId } = page.paths['/projection/analytics/retention'].get;
    const names = parameters.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['metric', 'fiscalYear', 'asOf', 'knownAt', 'departmentThen', 'sex']));
    expect(operationId).toBe('analytics_retention');
  });

  it('is for analysts, HR and auditors', async () => {
    const staff = await tokenFor({ municipality: ISEHARA, roles: ['staff'] });
    for (const path of ['retention?metric=headcount', 'definitions', 'freshness']) {
      expect((await get(path, staff)).status).toBe(403);
    }
  });
});
