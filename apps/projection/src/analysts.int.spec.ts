import { Client } from 'pg';
import { closeTo, ensureAnalyst } from './analyst-roles.js';
import { analystPassword } from '#libs/projections/analyst-password';
import { advanceTo } from './frontier.js';
import { city, HIRATSUKA, ISEHARA, openProjection, type TestProjection } from './staff/story.fixture.js';
import { STAFF_TABLES } from './staff/tables.js';

const passwordOf = (code: string) => analystPassword("it's a test", code);
const VIEWS = ['employment', 'personnel_action', 'separation', 'unit'];
const BASE = STAFF_TABLES.map(({ name }) => name);

describe("an analyst's role", () => {
  let projection: TestProjection;
  let analyst: Client;

  beforeAll(async () => {
    projection = await openProjection('analysts');
    const stories = [city(ISEHARA, 40, 3), city(HIRATSUKA, 30, 4)];
    await projection.load(stories.flatMap(({ events }) => events));
    await advanceTo(projection, 'placement', { recordedUpTo: stories[0].now, offsets: {} });
    expect(await closeTo(projection.pool)).toBe(true);
    for (const code of [ISEHARA, HIRATSUKA]) await ensureAnalyst(projection.pool, code, passwordOf(code));
    analyst = await connect(ISEHARA);
  });
  afterAll(async () => {
    await analyst?.end();
    await projection?.close();
  });

  const connect = async (code: string, password = passwordOf(code)) => {
    const url = new URL(projection.url);
    url.username = `analyst_${code}`;
    url.password = password;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    return client;
  };
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

  it.each(BASE)('would be seen to read others, were the predicate of the policy on %s dropped', async (name) => {
    const table = `facts_v1.${name}`;
    const { rows } = await projection.pool.query<{ qual: string }>(
      `SELECT qual FROM pg_policies WHERE schemaname = 'facts_v1' AND tablename = $1 AND policyname = 'own_municipality'`,
      [name],
    );
    const using = (predicate: string) =>
      projection.pool.query(`ALTER POLICY own_municipality ON ${table} USING (${predicate})`);
    try {
      await using('true');
      expect(await municipalities(analyst, table)).toEqual([HIRATSUKA, ISEHARA]);
    } finally {
      await using(rows[0].qual);
    }
    expect(await municipalities(analyst, table)).toEqual([ISEHARA]);
  });

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
    'SELECT lo_create(0)',
    'SELECT lo_creat(-1)',
    `SELECT lo_from_bytea(0, 'x')`,
    `SELECT lo_put(1, 0, 'x')`,
    'SELECT lo_unlink(1)',
    'SELECT * FROM pg_stat_activity',
    'SELECT * FROM pg_stat_user_tables',
    'SELECT * FROM pg_statio_user_tables',
    `SELECT pg_stat_get_live_tuples('facts_v1.stay'::regclass)`,
    'SELECT pg_stat_get_activity(NULL)',
    'SET temp_file_limit = -1',
    `ALTER ROLE analyst_${ISEHARA} CONNECTION LIMIT -1`,
    `ALTER ROLE analyst_${HIRATSUKA} PASSWORD 'x'`,
    `ALTER ROLE analyst_${ISEHARA} CREATEROLE`,
  ])('may not, also when it may write: %s', async (statement) => {
    await analyst.query('SET default_transaction_read_only = off');
    await expect(analyst.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('starts read-only and within limits', async () => {
    const fresh = await connect(ISEHARA);
    try {
      const { rows } = await fresh.query(
        `SELECT name, setting FROM pg_settings WHERE name IN ('default_transaction_read_only', 'statement_timeout', 'work_mem',
           'idle_in_transaction_session_timeout', 'temp_file_limit', 'jit') ORDER BY name`,
      );
      expect(rows.map(({ name, setting }) => `${name} ${setting}`)).toEqual([
        'default_transaction_read_only on',
        'idle_in_transaction_session_timeout 60000',
        'jit off',
        'statement_timeout 60000',
        'temp_file_limit 1048576',
        'work_mem 16384',
      ]);
    } finally {
      await fresh.end();
    }
  });

  it('has a limited number of connections', async () => {
    const open: Client[] = [];
    try {
      const fill = async () => {
        for (let i = 0; i < 11; i++) open.push(await connect(HIRATSUKA));
      };
      await expect(fill()).rejects.toMatchObject({ code: '53300' });
      expect(open.length).toBeLessThanOrEqual(10);
    } finally {
      await Promise.all(open.map((client) => client.end()));
    }
  });

  it('has what it changed of itself undone when the service starts', async () => {
    const own = await connect(HIRATSUKA);
    try {
      await own.query('SET default_transaction_read_only = off');
      await own.query(`ALTER ROLE analyst_${HIRATSUKA} PASSWORD 'mine'`);
      await own.query(`ALTER ROLE analyst_${HIRATSUKA} SET statement_timeout = 0`);
    } finally {
      await own.end();
    }
    await expect(connect(HIRATSUKA)).rejects.toMatchObject({ code: '28P01' });
    await ensureAnalyst(projection.pool, HIRATSUKA, passwordOf(HIRATSUKA));
    const again = await connect(HIRATSUKA);
    try {
      const { rows } = await again.query('SHOW statement_timeout');
      expect(rows).toEqual([{ statement_timeout: '1min' }]);
    } finally {
      await again.end();
    }
  });

  it("cannot log in with another city's password", async () => {
    await expect(connect(HIRATSUKA, passwordOf(ISEHARA))).rejects.toMatchObject({ code: '28P01' });
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
      `SELECT count(*)::int AS people FROM facts_v1.retention_people($1, 'headcount', 2024, NULL, '2026-06-30', '2027-01-01', '{sex}')`,
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
    await Promise.all([1, 2, 3].map(() => ensureAnalyst(projection.pool, ISEHARA, passwordOf(ISEHARA))));
  });
});
