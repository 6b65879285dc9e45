import { Client } from 'pg';
import { ensureAnalyst } from './analyst-roles.js';
import { advanceTo } from './frontier.js';
import { city, HIRATSUKA, ISEHARA, openProjection, type TestProjection } from './retention.fixture.js';
import { FACT_TABLES } from './schema/facts.js';

const PASSWORD = "it's a test";
const VIEWS = ['employment', 'personnel_action', 'separation', 'unit'];
const BASE = FACT_TABLES.map(({ name }) => name);

describe("an analyst's role", () => {
  let projection: TestProjection;
  let analyst: Client;

  beforeAll(async () => {
    projection = await openProjection('analysts');
    const stories = [city(ISEHARA, 40, 3), city(HIRATSUKA, 30, 4)];
    await projection.load(stories.flatMap(({ events }) => events));
    await advanceTo(projection, { recordedUpTo: stories[0].now, offsets: {} });
    for (const code of [ISEHARA, HIRATSUKA]) await ensureAnalyst(projection.pool, code, PASSWORD);
    const url = new URL(projection.url);
    url.username = `analyst_${ISEHARA}`;
    url.password = encodeURIComponent(PASSWORD);
    analyst = new Client({ connectionString: url.href });
    await analyst.connect();
  });
  afterAll(async () => {
    await analyst?.end();
    await projection?.close();
  });

  const municipalities = async (client: Pick<Client, 'query'>, table: string) =>
    (await client.query<{ municipality: string }>(`SELECT DISTINCT municipality FROM ${table} ORDER BY 1`)).rows.map(
      ({ municipality }) => municipality,
    );

  it.each([...VIEWS.map((name) => `analytics.${name}`), ...BASE.map((name) => `facts_v1.${name}`)])(
    'sees the rows of its own municipality in %s, though there are others',
    async (table) => {
      expect(await municipalities(projection.pool, table)).toEqual([HIRATSUKA, ISEHARA]);
      expect(await municipalities(analyst, table)).toEqual([ISEHARA]);
    },
  );

  it('sees figures of its own municipality only', async () => {
    const { rows } = await analyst.query(
      `SELECT DISTINCT municipality FROM retention WHERE metric_id = 'headcount' AND fiscal_year = 2024`,
    );
    expect(rows).toEqual([{ municipality: ISEHARA }]);
    expect(await municipalities(analyst, 'freshness')).toEqual([ISEHARA]);
  });

  it.each([
    'SELECT * FROM facts_v1.career',
    'SELECT * FROM facts_v1.unit_history',
    'SELECT * FROM public.consumer_offsets',
    'SELECT * FROM public.migrations',
    'DELETE FROM facts_v1.stay',
    `UPDATE facts_v1.person SET sex = '1'`,
    `INSERT INTO facts_v1.municipality VALUES ('${ISEHARA}', 'x')`,
    'CREATE TABLE facts_v1.mine (a int)',
    'CREATE TEMPORARY TABLE mine (a int)',
    `SET ROLE analyst_${HIRATSUKA}`,
    'ALTER TABLE facts_v1.stay DISABLE ROW LEVEL SECURITY',
  ])('may not: %s', async (statement) => {
    await analyst.query('SET default_transaction_read_only = off');
    await expect(analyst.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('learns nothing of others from the statistics of the planner, nor by functions with the rights of another', async () => {
    await projection.pool.query('ANALYZE');
    const { rows } = await analyst.query(
      `SELECT tablename FROM pg_stats WHERE schemaname = 'facts_v1' AND tablename NOT IN ('metric_definition', 'frontier')`,
    );
    expect(rows).toEqual([]);
    const definers = await analyst.query(`SELECT proname FROM pg_proc WHERE prosecdef AND oid >= 16384`);
    expect(definers.rows).toEqual([]);
    const foreign = await analyst.query(
      `SELECT count(*)::int AS people FROM facts_v1.retention_people($1, 'headcount', 2024, NULL, '2026-06-30', '2027-01-01')`,
      [HIRATSUKA],
    );
    expect(foreign.rows).toEqual([{ people: 0 }]);
  });

  it('is among the few that may connect', async () => {
    const { rows } = await projection.pool.query(
      `SELECT has_database_privilege('analyst_${ISEHARA}', current_database(), 'CONNECT') AS analyst,
              has_database_privilege('pg_read_all_stats', current_database(), 'CONNECT') AS anybody`,
    );
    expect(rows).toEqual([{ analyst: true, anybody: false }]);
  });

  it('reads a comment on every view and column', async () => {
    const { rows } = await analyst.query<{ missing: string }>(
      `SELECT c.relname || '.' || coalesce(a.attname, '') AS missing FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace IN ('analytics'::regnamespace) AND c.relkind = 'v'
          AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)`,
    );
    expect(rows).toEqual([]);
  });

  it('can be made again and at the same time', async () => {
    await Promise.all([1, 2, 3].map(() => ensureAnalyst(projection.pool, ISEHARA, PASSWORD)));
  });
});
