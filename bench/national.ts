import type { Service } from '#libs/local-stack/ports';
import { freePorts } from '#libs/local-stack/child';
import { NodeProcess } from '#libs/local-stack/processes';
import type { LocalStack } from '#libs/local-stack/stack';
import { Tokens } from '#libs/local-stack/tokens';
import { Connection } from './load.js';
import { figureOf, interleaved, percentile, short, type Sample } from './measure.js';
import { query, siblingDatabase, withStack, type Bench, type Benchmark, type Outcome } from './stand.js';

const CITY = '142034';
const MUNICIPALITIES = 1_788;
const STAFF = 1_570;
const CITIES_A_STATEMENT = 50;

/** What HR departments ask most, as the demo's questions do. */
const QUESTIONS = [
  'retention?metric=headcount&groupBy=departmentNow',
  'retention?metric=headcount&groupBy=sex,ageBand',
  'retention?metric=sep.rate&fiscalYear=2020-2025',
  'retention?metric=sep.opening&fiscalYear=2025&groupBy=jobCategory',
  'retention?metric=sep.wao&fiscalYear=2025',
  'retention?metric=tenure.leavers&fiscalYear=2025&groupBy=ageBand',
  'retention?metric=retention.1y&fiscalYear=2018-2024',
  'retention?metric=retention.3y&fiscalYear=2020&groupBy=route',
  'retention?metric=retirement.due',
  'training-coverage?metric=train.rate&fiscalYear=2025&groupBy=course',
  'training-coverage?metric=train.overdue&groupBy=departmentNow',
  'training-coverage?metric=train.person_compliance&groupBy=tenureBand',
] as const;

const RECORDED = `timestamptz '2026-01-01', timestamptz 'infinity'`;
const ID = (what: string) => `md5('${what}' || c || '-' || n)::uuid`;
const HIRED = `(make_date(1990 + n % 35, 4, 1))`;
/** One in nine has left. */
const LEFT = `CASE WHEN n % 9 = 0 THEN (${HIRED} + interval '4 years')::date ELSE 'infinity' END`;
const STAFF_ID = `'c' || c || '-' || n`;

/** Facts of every person, straight into the tables: columns and their values by city `c` and number `n`. */
const FACTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  person: { fact_id: ID('p'), sex: `(1 + n % 2)::text`, birth_cohort: `1966 + n % 40` },
  employment_spell: {
    ...{ fact_id: ID('e'), employment_id: `'e' || n`, kind: `'appoint'`, route: `'new-graduate'` },
    ...{ valid_from: HIRED, valid_to: LEFT },
  },
  stay: {
    ...{ fact_id: ID('s'), entry: `'appoint'`, route: `'new-graduate'`, valid_from: HIRED, valid_to: LEFT },
    reason: `CASE WHEN n % 9 = 0 THEN 'resignation' END`,
  },
  training_assignment: {
    ...{ fact_id: ID('t'), assignment_id: `'t' || n`, course: `'harassment'`, because: `'imported'` },
    ...{ assigned_on: `date '2025-04-01'`, due_on: `date '2026-03-31'`, excused_when_due: 'false' },
    completed_on: `CASE WHEN n % 3 > 0 THEN date '2025-06-01' + n % 200 END`,
    ...{ valid_from: `date '2025-04-01'`, valid_to: `date 'infinity'` },
  },
};

const SEGMENTS = {
  ...{ fact_id: `md5('g' || c || '-' || n || '-' || g)::uuid`, employment_id: `'e' || n`, concurrent: 'false' },
  ...{ status: `'regular'`, unit_id: `'ka' || (n + g) % 60`, position: `'shuji'`, grade: `(1 + n % 6)::text` },
  ...{ job_category: `CASE n % 4 WHEN 0 THEN 'childcare' ELSE 'general' END`, weekly_minutes: '2325' },
  valid_from: `(${HIRED} + make_interval(years => g))::date`,
  valid_to: `CASE WHEN g < 2 THEN (${HIRED} + make_interval(years => g + 1))::date ELSE ${LEFT} END`,
};

const insert = (facts: string, table: string, columns: Readonly<Record<string, string>>, from: string): string =>
  `INSERT INTO ${facts}.${table} (municipality, staff_id, ${Object.keys(columns).join(', ')}, recorded_from, recorded_to)
   SELECT c, ${STAFF_ID}, ${Object.values(columns).join(', ')}, ${RECORDED} FROM ${from}`;

const UNITS = (facts: string, cities: string): string => `
  INSERT INTO ${facts}.unit (municipality, fact_id, unit_id, name, level, parent_id, appointing_authority, valid_from,
                             valid_to, recorded_from, recorded_to)
  SELECT c, md5('u' || c || '-' || u)::uuid, CASE WHEN u < 60 THEN 'ka' || u ELSE 'bu' || u - 60 END, 'unit',
         CASE WHEN u < 60 THEN 'section' ELSE 'department' END, CASE WHEN u < 60 THEN 'bu' || u % 8 END, 'mayor',
         '1980-04-01', 'infinity', ${RECORDED} FROM ${cities}, generate_series(0, 67) u`;

const codeOf = (index: number): string => (index === 0 ? CITY : String(900_000 + index));

const fill = async (url: string, facts: string, cities: number, log: (line: string) => void): Promise<void> => {
  for (let from = 0; from < cities; from += CITIES_A_STATEMENT) {
    const codes = Array.from({ length: Math.min(CITIES_A_STATEMENT, cities - from) }, (_, index) =>
      codeOf(from + index),
    );
    const those = `unnest(ARRAY['${codes.join("','")}']) c`;
    const people = `${those}, generate_series(1, ${STAFF}) n`;
    for (const [table, columns] of Object.entries(FACTS)) await query(url, insert(facts, table, columns, people));
    await query(url, insert(facts, 'employment_segment', SEGMENTS, `${people}, generate_series(0, 2) g`));
    await query(url, UNITS(facts, those));
    if (from % 500 === 0) log(`${from} cities are there`);
  }
  await query(
    url,
    `INSERT INTO ${facts}.frontier SELECT s, now() FROM unnest(ARRAY['placement', 'wellbeing', 'training']) s
     ON CONFLICT (service) DO UPDATE SET known_through = excluded.known_through`,
  );
  await query(url, 'VACUUM ANALYZE');
};

/** The schema that analysts' views read. */
export const liveSchema = async (url: string): Promise<string> => {
  const [{ schema }] = await query<{ schema: string }>(
    url,
    `SELECT table_schema AS schema FROM information_schema.view_table_usage
      WHERE view_schema = 'analytics' AND table_name = 'training_assignment' LIMIT 1`,
  );
  return schema;
};

/** A second process of a service of the stack, over another database. */
const another = async (stack: LocalStack, service: Service, url: string): Promise<NodeProcess> => {
  const { options } = stack.services[service];
  const [port] = await freePorts(1);
  const process = new NodeProcess({
    ...options,
    name: `${service}-2`,
    env: { ...options.env, DATABASE_URL: url, SERVICE_PORT: String(port) },
    liveUrl: options.liveUrl.replace(/:\d+/, `:${port}`),
  });
  await process.start();
  return process;
};

const run = ({ rounds, quick, log }: Bench): Promise<Outcome> =>
  withStack(['projection'], async (stack) => {
    const cities = quick ? 60 : MUNICIPALITIES;
    const repeats = quick ? 3 : 20;
    const nation = await siblingDatabase(stack, 'projection', 'nation');
    const second = await another(stack, 'projection', nation);
    try {
      const urls = { alone: stack.databaseUrl('projection'), nation };
      await fill(urls.alone, await liveSchema(urls.alone), 1, log);
      await fill(urls.nation, await liveSchema(urls.nation), cities, log);
      const [{ size }] = await query<{ size: string }>(
        nation,
        'SELECT pg_size_pretty(pg_database_size(current_database())) AS size',
      );
      const secret = stack.account('analyst', { municipality: CITY, roles: ['analyst'] });
      const token = await new Tokens(stack.issuer).of('analyst', secret);
      const origins = {
        alone: new URL(stack.url('projection')).origin,
        nation: new URL(second.options.liveUrl).origin,
      };
      const slowest = { alone: new Map<string, number[]>(), nation: new Map<string, number[]>() };
      const ask = async (who: keyof typeof origins, times: number): Promise<Sample> => {
        const connection = await Connection.open(origins[who]);
        const latencies: number[] = [];
        for (let time = 0; time < times; time++) {
          for (const question of QUESTIONS) {
            const started = performance.now();
            await connection.send({ path: `/projection/analytics/${question}`, token });
            const ms = performance.now() - started;
            latencies.push(ms);
            slowest[who].set(question, [...(slowest[who].get(question) ?? []), ms]);
          }
        }
        connection.close();
        return {
          value: percentile(latencies, 0.95),
          p50: percentile(latencies, 0.5),
          p99: percentile(latencies, 0.99),
        };
      };
      await ask('alone', 2);
      await ask('nation', 2);
      for (const seen of Object.values(slowest)) seen.clear();
      const samples = await interleaved(
        rounds,
        { nation: () => ask('nation', repeats), alone: () => ask('alone', repeats) },
        log,
      );
      return {
        figures: [
          figureOf('national.query', 'ms', samples.nation, {
            name: 'the same with that city alone',
            samples: samples.alone,
          }),
        ],
        notes: [
          `${(cities * STAFF).toLocaleString('en-US')} staff of ${cities.toLocaleString('en-US')} municipalities, ${size}; each question ${repeats} times a round through HTTP, one after the other.`,
          '',
          '| question | alone, p95 ms | country, p95 ms |',
          '|---|---|---|',
          ...QUESTIONS.map((question) => {
            const p95 = (who: keyof typeof slowest) => short(percentile(slowest[who].get(question) ?? [], 0.95));
            return `| \`${question}\` | ${p95('alone')} | ${p95('nation')} |`;
          }),
        ],
      };
    } finally {
      await second.stop();
    }
  });

export const national: Benchmark = { name: 'One city among all', ids: ['national.query'], run };
