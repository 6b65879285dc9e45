import { hash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Pool } from 'pg';
import { placementContract } from '#libs/contracts/placement';
import { topicOf, type Delivered } from '#libs/contracts/public-event';
import { Database } from '#libs/event-store/database';
import { municipalityOf } from '#libs/messaging/cloud-event';
import { JinzaiConsumer } from '#libs/messaging/consumer-strategy';
import { recordOf, testKafka } from '#libs/messaging/messaging.fixture';
import { ParkedStreams } from '#libs/messaging/parked-streams';
import { declareTopics } from '#libs/messaging/topics';
import { start } from '#libs/platform/boot';
import { groupOf } from '#libs/platform/messaging-wiring';
import { Policies } from '#libs/policy/pack';
import { Clock } from '#libs/processes/clock';
import { analystPassword } from '#libs/projections/analyst-password';
import { anyProjection } from '#libs/projections/projection';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { tokenFor } from '#libs/testing/tokens';
import { Definitions, type Definition } from '../definitions.js';
import { FactsBatch } from '../facts-batch.js';
import { Frontier } from '../frontier.js';
import { leaveCity } from '../leave-uptake/leave-story.fixture.js';
import { PassedOver } from '../passed-over.js';
import { ProjectionModule } from '../projection.module.js';
import { employmentFacts } from '../staff/employment-facts.js';
import { staffFacts } from '../staff/staff-facts.js';
import { ISEHARA, Story } from '../staff/story.fixture.js';
import { unitFacts } from '../staff/unit-facts.js';
import { CONTRACTS, SERVICES, SOURCES, SUBJECTS } from '../subjects.js';
import { OwnTopics } from './own-topics.fixture.js';
import { Meter, progressOf } from './progress.js';
import { Rebuild, type FillParts } from './rebuild.js';

const PARTITIONS = 3;
const TOPIC = topicOf('placement');
const PASSWORD = 'a rebuild';

class FixedClock extends Clock {
  now = () => new Date('2026-07-01T00:00:00Z');
}

const partitionOf = (stream: string): number => parseInt(hash('sha256', stream, 'hex').slice(0, 4), 16) % PARTITIONS;

/** A later release: sexes are told the other way round, and units have new names. */
const SWAPPED: Readonly<Record<string, string>> = { '1': '2', '2': '1' };
const changedStaff = {
  ...staffFacts,
  projections: [
    anyProjection({
      ...employmentFacts,
      facts: (row) => employmentFacts.facts({ ...row, ...(row.sex && { sex: SWAPPED[row.sex] }) }),
    }),
    anyProjection({
      ...unitFacts,
      facts: (row) =>
        unitFacts.facts(row).map(({ table, values }) => ({ table, values: { ...values, name: `new ${values.name}` } })),
    }),
  ],
};
/** And one that cannot take a certain member of staff. */
const brokenStaff = {
  ...staffFacts,
  projections: [
    anyProjection({
      ...employmentFacts,
      project: (row, event) => {
        if ((event.data as { staffId?: string }).staffId === 'unbearable') throw new Error('not this one');
        return employmentFacts.project(row, event);
      },
    }),
    anyProjection(unitFacts),
  ],
};
const [, ...SUBJECT_SOURCES] = SOURCES;
const first: Definition = { number: 1, sources: SOURCES, subjects: SUBJECTS };
const changed: Definition = { number: 2, sources: [changedStaff, ...SUBJECT_SOURCES], subjects: SUBJECTS };
const broken: Definition = { number: 3, sources: [brokenStaff, ...SUBJECT_SOURCES], subjects: SUBJECTS };

describe('a rebuild', () => {
  const kafka = new OwnTopics(testKafka(), `t${randomBytes(4).toString('hex')}.`);
  const producer = kafka.producer();
  const { staff, leave } = leaveCity(ISEHARA, 40, 7);
  const later = new Story(ISEHARA, '2026-05-01T00:00:00Z');
  const watermark = { recordedUpTo: '', position: 1, offsets: {} as Record<string, number> };
  let database: TestDatabase;
  let placement: Server;
  let app: NestFastifyApplication;
  let pool: Pool;
  let consumer: JinzaiConsumer;
  let analyst: Pool;
  let token: string;
  let sent = 0;

  const rebuildOf = (...definitions: [Definition, ...Definition[]]) =>
    new Rebuild({ pool, definitions: new Definitions(definitions), group: groupOf('projection') });
  const fillParts = (parts: Partial<FillParts> = {}): FillParts => ({
    kafka,
    policies: Policies.load('policies'),
    fetchMissing: async () => [],
    ...parts,
  });

  const send = async (service: string, events: readonly Delivered[]): Promise<void> => {
    const contract = CONTRACTS.find((one) => one.service === service) ?? placementContract;
    const records = events.map((event) => {
      const stream = municipalityOf(event.stream) ? event.stream : `x-${event.municipality}/${event.stream}`;
      return recordOf(contract, { ...event, stream }, partitionOf(stream));
    });
    const ends = await producer.send(topicOf(service), records);
    sent += events.length;
    if (service !== 'placement') return;
    for (const [partition, offset] of ends) watermark.offsets[partition] = offset;
    watermark.recordedUpTo = events.at(-1)?.recordedAt ?? '';
  };
  const takenIn = () =>
    eventually(async () => {
      const { rows } = await pool.query<{ events: number }>(
        'SELECT sum(next_offset)::int AS events FROM consumer_offsets',
      );
      return rows[0].events === sent;
    }, 60_000);
  const consume = async (...definitions: [Definition, ...Definition[]]) => {
    await consumer?.close();
    const handler = new FactsBatch(app.get(Frontier), app.get(PassedOver), new Definitions(definitions));
    consumer = new JinzaiConsumer({
      ...{ group: groupOf('projection'), service: 'projection', pool, kafka, contracts: CONTRACTS },
      ...{ parked: app.get(ParkedStreams), unknownType: 'pass', fetchMissing: async () => [] },
      batch: (events, tx, service) => handler.handle(events, tx, service),
      passedOver: (events, tx) => handler.passedOver(events, tx),
    });
    consumer.listen(() => undefined);
  };

  /** Hires somebody, then takes an action back in the instant in which it was recorded. */
  let people = 0;
  const hire = async (staffId = `late${++people}`) => {
    const before = later.events.length;
    const person = later.person(staffId, '1', 1990).hired('2026-04-01', 'ka11');
    person.voided(person.take('transfer', '2026-05-01', { post: { unitId: 'ka21', position: 'shuji' } }));
    const events = later.events.slice(before);
    const [action, voided] = events.splice(-2);
    await send('placement', [...events, { ...action, recordedAt: voided.recordedAt }, voided]);
  };
  /** Events arrive until the promise is kept. */
  const whileHiring = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const finished = work.finally(() => (done = true));
    while (!done) await hire();
    return finished;
  };

  const url = (path: string) => `${base}/projection/analytics/${path}`;
  let base: string;
  const figures = async (): Promise<string> => {
    const response = await fetch(
      url(`retention?metric=headcount&fiscalYear=2024&groupBy=sex&asOf=2026-06-30&knownAt=${staff.now}`),
      { headers: { authorization: `Bearer ${token}` } },
    );
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text}`);
    return text;
  };
  /** What an analyst sees of two views in one statement: old, new, or a mixture. */
  const seen = async (): Promise<string> => {
    const { rows } = await analyst.query<{ sex: string; renamed: boolean }>(
      `SELECT (SELECT string_agg(DISTINCT sex, '') FROM employment WHERE staff_id = 's0') AS sex,
              (SELECT bool_and(name LIKE 'new %') FROM unit) AS renamed`,
    );
    return `${rows[0].sex}${rows[0].renamed}`;
  };
  /** Asks over and over until the work is done, and once more; all that was answered, once each. */
  const readers = async (work: () => Promise<unknown>): Promise<{ http: Set<string>; sql: Set<string> }> => {
    let done = false;
    const answers = { http: new Set<string>(), sql: new Set<string>() };
    const loop = async (ask: () => Promise<string>, into: Set<string>) => {
      for (let last = false; !last;) {
        last = done;
        into.add(await ask());
      }
    };
    const loops = [loop(figures, answers.http), loop(seen, answers.sql), loop(seen, answers.sql)];
    const worked = work().finally(() => (done = true));
    await Promise.all([worked, ...loops]);
    return answers;
  };
  const live = async () => (await rebuildOf(first).versions()).find(({ state }) => state === 'live')?.name;
  const schemas = async () =>
    (
      await pool.query<{ name: string }>(
        `SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'facts%' ORDER BY 1`,
      )
    ).rows.map(({ name }) => name);

  beforeAll(async () => {
    database = await createDatabase('rebuild');
    placement = createServer(({ url: path = '' }, response) =>
      response.end(JSON.stringify(path.startsWith('/placement/') ? watermark : { ...watermark, offsets: {} })),
    );
    await new Promise<void>((resolve) => placement.listen(0, '127.0.0.1', resolve));
    const env = {
      ...{ SERVICE_PORT: '0', DATABASE_URL: database.url, OIDC_ISSUER: process.env.TEST_OIDC_ISSUER },
      KAFKA_BROKERS: '127.0.0.1:1', // away for good: the suite has a consumer of its own
      ...{ OIDC_CLIENT_ID: 'service.projection', OIDC_CLIENT_SECRET: 'test', LOG_LEVEL: 'silent' },
      ...{ MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`, ANALYST_PASSWORD: PASSWORD },
      ...Object.fromEntries(
        SERVICES.map((service) => [
          `${service.toUpperCase()}_URL`,
          `http://127.0.0.1:${(placement.address() as AddressInfo).port}`,
        ]),
      ),
    };
    await declareTopics(kafka, SERVICES, PARTITIONS);
    watermark.recordedUpTo = staff.now;
    app = await start(ProjectionModule, 'projection', { env, clock: new FixedClock() });
    base = await app.getUrl();
    ({ pool } = app.get(Database));
    const own = new URL(database.url);
    [own.username, own.password] = [`analyst_${ISEHARA}`, analystPassword(PASSWORD, ISEHARA)];
    analyst = new Pool({ connectionString: own.href, max: 3 });
    token = await tokenFor({ municipality: ISEHARA, roles: ['analyst'] });
    await send('placement', staff.events);
    await send('wellbeing', leave.events);
    await consume(first, changed, broken);
    await takenIn();
    await eventually(async () => figures().then(() => true), 30_000);
  }, 120_000);
  afterAll(async () => {
    await consumer?.close();
    await producer.close();
    await kafka.close();
    await analyst?.end();
    await app?.close();
    placement?.close();
    await database?.drop();
  });

  afterEach(async () => {
    kafka.gate = async () => undefined;
    await rebuildOf(first)
      .cancel()
      .catch(() => undefined);
  });

  it('gives the same facts while events go on arriving, and the consumer fills both from then on', async () => {
    const before = await figures();
    const rebuild = rebuildOf(first);
    await expect(rebuild.compare()).rejects.toThrow('start');
    expect(await whileHiring(rebuild.start(fillParts()))).toBe('facts_v2');
    expect(await rebuild.progress()).toMatchObject({ version: 'facts_v2', phase: 'filled', backlog: 0 });
    await hire();
    await takenIn();
    const compared = await rebuild.compare();
    expect(compared.tables.filter(({ equal }) => !equal)).toEqual([]);
    expect(compared.tables.find(({ table }) => table === 'employment_segment')?.rows).toBeGreaterThan(50);
    expect((await rebuild.compare('leave_uptake')).tables.map(({ table }) => table)).not.toContain('training_course');
    expect(await live()).toBe('facts_v1');
    await rebuild.switch();
    expect([await live(), await figures()]).toEqual(['facts_v2', before]);
    await hire();
    await takenIn();
    expect(await rebuild.compare()).toMatchObject({ live: 'facts_v2', beside: 'facts_v1', equal: true });
    expect(await rebuild.back()).toBe('facts_v1');
    expect([await live(), await figures()]).toEqual(['facts_v1', before]);
  }, 120_000);

  it('finds a planted difference, and does not switch then', async () => {
    const rebuild = rebuildOf(first);
    await rebuild.start(fillParts());
    await pool.query(
      `UPDATE facts_v2.stay SET recorded_from = recorded_from - interval '1 microsecond'
        WHERE ctid = (SELECT min(ctid) FROM facts_v2.stay)`,
    );
    const { equal, tables } = await rebuild.compare();
    expect(equal).toBe(false);
    expect(tables.filter((one) => !one.equal)).toMatchObject([{ table: 'stay', onlyLive: 1, onlyBeside: 1 }]);
    await expect(rebuild.switch()).rejects.toThrow('differs');
    expect(await rebuild.cancel()).toBe('facts_v2');
    expect([await live(), await schemas()]).toEqual(['facts_v1', ['facts_v1']]);
  }, 60_000);

  it('shows a changed fold after the switch only, to everybody at once, and can be taken back as quickly', async () => {
    const rebuild = rebuildOf(first, changed);
    const [oldSql, oldHttp] = [await seen(), await figures()];
    const filling = await readers(() => rebuild.start(fillParts()));
    expect([[...filling.sql], [...filling.http]]).toEqual([[oldSql], [oldHttp]]);
    expect((await rebuild.compare()).tables.filter(({ equal }) => !equal).map(({ table }) => table)).toEqual([
      ...['person', 'unit'],
    ]);
    await expect(rebuild.switch()).rejects.toThrow('differs');
    const switched = await readers(async () => {
      await hire();
      await rebuild.switch(true);
      await hire();
    });
    const [newSql, newHttp] = [await seen(), await figures()];
    expect([newSql === oldSql, newHttp === oldHttp]).toEqual([false, false]);
    expect([...switched.sql].sort()).toEqual([newSql, oldSql].sort());
    expect([...switched.http].sort()).toEqual([newHttp, oldHttp].sort());
    const switching = await readers(async () => {
      for (let i = 0; i < 4; i++) {
        await rebuild.back();
        await hire();
      }
    });
    expect([...switching.sql].sort()).toEqual([newSql, oldSql].sort());
    expect([...switching.http].sort()).toEqual([newHttp, oldHttp].sort());
    await rebuild.back();
    expect([await seen(), await figures()]).toEqual([oldSql, oldHttp]);
    await rebuild.cancel();
  }, 120_000);

  it('says how fast it reads, and how long it will take', async () => {
    const meter = new Meter(pool, 'facts_v1', async () => undefined);
    await meter.begin(1_000, 200);
    expect(await progressOf(pool)).toMatchObject({ events: 200, total: 1_000, perSecond: null, secondsLeft: null });
    await meter.count(300);
    await meter.enter('reading');
    const { perSecond, secondsLeft, ...told } = (await progressOf(pool))!;
    expect(told).toMatchObject({ version: 'facts_v1', phase: 'reading', events: 500, total: 1_000, backlog: 0 });
    expect(secondsLeft).toBe(Math.ceil(500 / perSecond!));
    await pool.query('DELETE FROM facts_progress');
  });

  it('that is killed leaves the live version as it is, and goes on when it is started again', async () => {
    const before = await figures();
    const killed = new Pool({ connectionString: database.url, application_name: 'killed' });
    killed.on('error', () => undefined);
    kafka.gate = () =>
      pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'killed'`).then();
    const parts = { pool: killed, definitions: new Definitions([first]), group: groupOf('projection') };
    await expect(new Rebuild(parts).start(fillParts())).rejects.toThrow(/terminat|connection error/);
    kafka.gate = async () => undefined;
    await killed.end();
    expect([await live(), await figures()]).toEqual(['facts_v1', before]);
    const rebuild = rebuildOf(first);
    expect(await rebuild.versions()).toMatchObject([{ name: 'facts_v1' }, { name: 'facts_v2', state: 'filling' }]);
    await expect(rebuild.switch()).rejects.toThrow('not filled yet');
    await hire();
    expect(await rebuild.start(fillParts())).toBe('facts_v2');
    await takenIn();
    expect(await rebuild.compare()).toMatchObject({ equal: true });
    await rebuild.cancel();
  }, 120_000);

  it('that is cancelled stops, and leaves nothing behind', async () => {
    const rebuild = rebuildOf(first);
    let reached = (): void => undefined;
    const reading = new Promise<void>((resolve) => (reached = resolve));
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const filling = rebuild.start(fillParts({ onProgress: ({ phase }) => phase === 'reading' && reached() }));
    kafka.gate = () => held;
    await reading;
    await expect(rebuildOf(first).start(fillParts())).rejects.toThrow('running already');
    const cancelled = rebuild.cancel();
    await eventually(async () => (await rebuild.versions())[1]?.state === 'cancelled');
    kafka.gate = async () => undefined;
    go();
    await expect(filling).rejects.toThrow('cancelled');
    expect(await cancelled).toBe('facts_v2');
    expect([await live(), await schemas()]).toEqual(['facts_v1', ['facts_v1']]);
    const left = await pool.query('SELECT version FROM facts_backlog UNION SELECT version FROM facts_part');
    expect(left.rows).toEqual([]);
  }, 60_000);

  it('whose version cannot take an event in does not hold up the live one', async () => {
    const rebuild = rebuildOf(first, broken);
    await rebuild.start(fillParts());
    await hire('unbearable');
    await takenIn();
    await eventually(async () => {
      const { rows } = await analyst.query(`SELECT FROM employment WHERE staff_id = 'unbearable'`);
      return rows.length > 0;
    });
    await expect(rebuild.compare()).rejects.toThrow('not this one');
    await rebuild.cancel();
    await expect(rebuild.start(fillParts())).rejects.toThrow('cannot be folded: Error: not this one');
    expect([await live(), await rebuild.cancel()]).toEqual(['facts_v1', 'facts_v2']);
  }, 60_000);

  it('leaves out what is kept back, until it is retried', async () => {
    const [{ stream }] = later.events;
    const parked = app.get(ParkedStreams);
    const held = later.person('late1', '1', 1990);
    const before = later.events.length;
    held.take('promote', '2026-06-01', { grade: '2' });
    const [event] = later.events.slice(before);
    await pool.query(
      `INSERT INTO parked_streams (consumer, topic, stream, municipality, kind, reason, applied_version)
       VALUES ($1, $2, $3, $4, 'error', 'planted', $5)`,
      [groupOf('projection'), TOPIC, stream, ISEHARA, event.streamVersion - 1],
    );
    await send('placement', [event]);
    await takenIn();
    const rebuild = rebuildOf(first);
    await rebuild.start(fillParts());
    expect(await rebuild.compare()).toMatchObject({ equal: true });
    const [{ number }] = await parked.list();
    expect(await parked.retry({ number }, 'somebody')).toMatchObject({ applied: 1, left: 0 });
    const { tables } = await rebuild.compare();
    expect(tables.filter(({ equal }) => !equal)).toEqual([]);
  }, 60_000);
});
