import { Client } from 'pg';
import { analystPassword } from '#libs/projections/analyst-password';
import { ensureAnalyst } from '../analyst-roles.js';
import { answer, type Question } from '../figures.js';
import { advanceTo } from '../frontier.js';
import { city, HIRATSUKA, ISEHARA, openProjection, Story, type TestProjection } from '../staff/story.fixture.js';
import { dimensionsOf, type MetricDefinition } from '../subject.js';
import { metricOf } from '../subjects.js';
import { trainingCoverage } from './training-coverage.js';
import { TrainingPlainly } from './training-plainly.fixture.js';
import { TrainingStory, trainings } from './training-story.fixture.js';

const METRICS = trainingCoverage.metrics;

const definition = (id: string): MetricDefinition => metricOf(trainingCoverage, id) as MetricDefinition;

/** Value from whole numbers, half up: one decimal, of hours two. */
const valueOf = ({ unit }: MetricDefinition, numerator: number, denominator: number): string | null => {
  if (denominator === 0) return null;
  const [scale, per] = { percent: [1000n, 1n], hours: [100n, 60n], minutes: [10n, 1n] }[
    unit as 'percent' | 'hours' | 'minutes'
  ];
  const [above, below] = [BigInt(numerator) * scale, BigInt(denominator) * per];
  const digits = unit === 'hours' ? 2 : 1;
  const text = String((2n * above + below) / (2n * below)).padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
};

const question = (parts: Partial<Question>): Question => ({
  subject: trainingCoverage,
  municipality: ISEHARA,
  metric: definition('train.rate'),
  fiscalYears: [2024],
  years: [],
  groupBy: [],
  filters: {},
  asOf: '2026-06-30',
  knownAt: '2027-01-01T00:00:00.000000Z',
  ...parts,
});

describe('training metrics', () => {
  const isehara = city(ISEHARA, 250, 17);
  const hiratsuka = city(HIRATSUKA, 60, 18);
  const people = Array.from({ length: 254 }, (_, i) => `s${i}`); // four of them unknown to placement
  const training = trainings(ISEHARA, people, 19);
  const others = trainings(HIRATSUKA, people.slice(0, 60), 20);
  const events = [...isehara.events, ...hiratsuka.events, ...training.events, ...others.events];
  const now = isehara.now > training.now ? isehara.now : training.now;
  let projection: TestProjection;

  beforeAll(async () => {
    projection = await openProjection('training');
    await projection.load(events, 200);
  });
  afterAll(() => projection?.close());

  /** Everything is known; some is; before the corrections at the end; and a day in the middle of a year. */
  const at = (share: number) => training.events[Math.floor(training.events.length * share)].recordedAt;
  const VIEWS = [
    ['2026-06-30', now, 2026],
    ['2026-06-30', now, 2024],
    ['2026-06-30', at(0.9), 2023],
    ['2025-01-31', at(0.5), 2024],
    ['2024-11-15', now, 2024],
  ] as const;

  it.each(METRICS.map(({ id }) => id))('%s is what a plain calculation over the raw events gives', async (id) => {
    let counted = 0;
    for (const [asOf, knownAt, fiscalYear] of VIEWS) {
      const asked = { metric: id, fiscalYear, asOf, knownAt };
      const plainly = new TrainingPlainly(isehara.events, training.events, ISEHARA, asked);
      for (const { name } of dimensionsOf(trainingCoverage, definition(id))) {
        const { rows } = await projection.pool.query<{ keys: [string | null] } & Record<string, string | null>>(
          'SELECT * FROM facts_v1.training_coverage_cells($1, $2, $3, NULL, $4, $5, $6)',
          [ISEHARA, id, fiscalYear, asOf, knownAt, [name]],
        );
        const found = rows.map(({ keys, numerator, denominator, value }) => [
          keys[0],
          Number(numerator),
          Number(denominator),
          value,
        ]);
        const expected = [...plainly.by(name)].map(([key, { numerator, denominator }]) => [
          key,
          numerator,
          denominator,
          valueOf(definition(id), numerator, denominator),
        ]);
        const inOrder = (a: unknown[], b: unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
        expect([asked, name, found.toSorted(inOrder)]).toEqual([asked, name, expected.toSorted(inOrder)]);
        counted += plainly.by(name).get(null)?.numerator ?? 0;
      }
    }
    expect(counted).toBeGreaterThan(0);
  });

  it('has states of what is open that add up', async () => {
    const parts = await Promise.all(
      ['train.overdue', 'train.due_soon', 'train.on_track'].map((id) =>
        answer(projection.pool, question({ metric: definition(id), fiscalYears: [2025], knownAt: now })),
      ),
    );
    const [{ denominator }] = parts[0];
    expect(parts.reduce((sum, [{ numerator }]) => sum + Number(numerator), 0)).toBe(denominator);
  });

  it('hides small cells alike in SQL and in HTTP, and shows what is not small', async () => {
    let [hidden, shown] = [0, 0];
    for (const metric of METRICS) {
      const { rows: figures } = await projection.pool.query<Record<string, string | boolean | null>>(
        'SELECT * FROM facts_v1.training_coverage_figures($1, $2, 2024, NULL, $3, $4)',
        [ISEHARA, metric.id, '2026-06-30', now],
      );
      const dimensions = dimensionsOf(trainingCoverage, metric).map(({ name }) => name);
      expect(new Set(figures.map(({ dimension }) => dimension))).toEqual(new Set(['total', ...dimensions]));
      for (const dimension of dimensions) {
        const rows = await answer(projection.pool, question({ metric, groupBy: [dimension], knownAt: now }));
        for (const { dimension_value, suppressed, numerator, value } of figures.filter(
          (figure) => figure.dimension === dimension,
        )) {
          const row = rows.find(({ dimensions: keys }) => keys[dimension] === dimension_value);
          const number = (text: unknown) => (text === null ? null : Number(text));
          expect([metric.id, dimension, dimension_value, row?.suppressed, row?.numerator, row?.value]).toEqual([
            ...[metric.id, dimension, dimension_value, suppressed, number(numerator), number(value)],
          ]);
          if (suppressed) {
            expect([row?.numerator, row?.denominator, row?.value]).toEqual([null, null, null]);
            hidden += 1;
          } else shown += 1;
        }
      }
    }
    expect([hidden > 20, shown > 100]).toEqual([true, true]);
  });

  it('gives the same bytes for the same asOf and knownAt, after later corrections and after a rebuild', async () => {
    const views = METRICS.map((metric) =>
      question({ metric, fiscalYears: [2023, 2024, 2025], groupBy: ['department_then', 'sex'], knownAt: now }),
    );
    const answers = async ({ pool }: TestProjection, knownAt: string) =>
      JSON.stringify(await Promise.all(views.map((view) => answer(pool, { ...view, knownAt }))));
    const published = await answers(projection, now);
    const corrected = new TrainingStory(ISEHARA, '2026-09-01T00:00:00Z');
    for (const { type, data } of training.events) {
      if (type !== 'CourseCompleted' || data.completedOn < '2024-04-01') continue;
      const { completionId, assignmentId, staffId } = data;
      corrected.add(`late/${staffId}`, { type: 'CompletionVoided', data: { completionId, assignmentId, staffId } });
    }
    expect(corrected.events.length).toBeGreaterThan(50);
    await projection.load(corrected.events);
    expect(await answers(projection, now)).toBe(published);
    const later = await answers(projection, corrected.now);
    expect(later).not.toBe(published.replaceAll(now, corrected.now));
    const rebuilt = await openProjection('rebuilt');
    try {
      await rebuilt.load([...events, ...corrected.events], 1000);
      expect(await answers(rebuilt, now)).toBe(published);
      expect(await answers(rebuilt, corrected.now)).toBe(later);
    } finally {
      await rebuilt.close();
    }
  });

  it("shows an analyst's role its own municipality only, in every view and fact", async () => {
    for (const service of ['placement', 'training'])
      await advanceTo(projection, service, { recordedUpTo: now, offsets: {} });
    await ensureAnalyst(projection.pool, ISEHARA, analystPassword('secret', ISEHARA));
    const url = new URL(projection.url);
    [url.username, url.password] = [`analyst_${ISEHARA}`, analystPassword('secret', ISEHARA)];
    const analyst = new Client({ connectionString: url.href });
    await analyst.connect();
    try {
      const seen = async (client: Pick<Client, 'query'>, table: string) =>
        (await client.query(`SELECT DISTINCT municipality FROM ${table} ORDER BY 1`)).rows.map(
          (row) => row.municipality,
        );
      const views = trainingCoverage.views.map(({ name }) => `analytics.${name}`);
      for (const table of [...views, ...trainingCoverage.tables.map(({ name }) => `facts_v1.${name}`)]) {
        expect([table, await seen(projection.pool, table)]).toEqual([table, [HIRATSUKA, ISEHARA]]);
        expect([table, await seen(analyst, table)]).toEqual([table, [ISEHARA]]);
      }
      for (const { name } of trainingCoverage.folds) {
        await expect(analyst.query(`SELECT FROM facts_v1.${name}`)).rejects.toMatchObject({ code: '42501' });
      }
      const { rows } = await analyst.query(
        `SELECT DISTINCT municipality FROM training_coverage WHERE metric_id = 'train.rate' AND fiscal_year = 2024`,
      );
      expect(rows).toEqual([{ municipality: ISEHARA }]);
      const bare = await analyst.query(
        `SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
          WHERE c.relnamespace IN ('analytics'::regnamespace, 'facts_v1'::regnamespace) AND c.relkind IN ('v', 'r')
            AND c.relname LIKE 'training%' AND col_description(c.oid, a.attnum) IS NULL AND a.attname <> 'fact_id'`,
      );
      expect(bare.rows).toEqual([]);
    } finally {
      await analyst.end();
    }
  });
});

describe('worked examples of training', () => {
  let projection: TestProjection;
  const story = new Story(ISEHARA);
  const training = new TrainingStory(ISEHARA);

  beforeAll(async () => {
    projection = await openProjection('examples');
    training.course('harassment');
    training.course('returner');
    for (let i = 0; i < 430; i++) {
      story.person(`s${i}`, '1', 1980).hired('2020-04-01', 'ka1');
      const asked = training.assigned(`s${i}`, 'harassment', '2024-04-01', '2025-01-31');
      if (i < 412) asked.completed('2024-10-01', { minutes: i < 387 ? 15 : 0 });
    }
    for (let i = 0; i < 20; i++) {
      const on = '2025-05-01';
      const { made } = training.assigned(`s${i}`, 'returner', i < 10 ? on : '2025-05-02', '2026-05-31');
      // Nobody had asked for it before: neither where there is no assignment, nor where it was made on the day after.
      training.completed(`s${i}`, 'returner', on, i % 10 === 0 ? {} : { assignmentId: made.assignmentId });
    }
    await projection.load([...story.events, ...training.events], 500);
  });
  afterAll(() => projection?.close());

  const one = async (metric: string, fiscalYear = 2024, asOf = '2026-06-30') => {
    const asked = question({ metric: definition(metric), fiscalYears: [fiscalYear], asOf });
    return (await answer(projection.pool, asked)).map(({ numerator, denominator, value }) => [
      numerator,
      denominator,
      value,
    ]);
  };

  it('412 of 430 are 95.8 %; 5,805 minutes of 430 staff are 0.23 hours (law.md 12, 38)', async () => {
    expect(await one('train.rate')).toEqual([[412, 430, 95.8]]);
    expect(await one('train.hours')).toEqual([[5805, 430, 0.23]]);
  });

  it('counts a completion nobody had asked for apart, and gives null where nobody was asked', async () => {
    expect(await one('train.unassigned', 2025)).toEqual([[11, 20, 55]]);
    expect(await one('train.rate', 2025)).toEqual([[0, 0, null]]);
    expect(await one('train.rate', 2026)).toEqual([[9, 11, 81.8]]);
    expect(await one('train.hours', 2019)).toEqual([[0, 0, null]]);
  });

  it('takes the states as of the day: on track, due within a month, overdue', async () => {
    const states = async (asOf: string) =>
      Promise.all(['on_track', 'due_soon', 'overdue'].map(async (id) => (await one(`train.${id}`, 2024, asOf))[0]));
    const open = (count: number, ...[onTrack, soon, late]: number[]) =>
      [onTrack, soon, late].map((n) => [n, count, n === 0 ? 0 : 100]);
    expect(await states('2024-12-30')).toEqual(open(18, 18, 0, 0));
    expect(await states('2024-12-31')).toEqual(open(18, 0, 18, 0));
    expect(await states('2025-01-31')).toEqual(open(18, 0, 18, 0));
    expect(await states('2025-02-01')).toEqual(open(18, 0, 0, 18));
    expect((await one('train.person_compliance', 2024, '2024-09-30'))[0]).toEqual([0, 430, 0]);
    expect((await one('train.person_compliance'))[0]).toEqual([412, 430, 95.8]);
  });
});
