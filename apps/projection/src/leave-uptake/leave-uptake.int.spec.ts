import { Client } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';
import { ratio } from '#libs/law/percent';
import { analystPassword } from '#libs/projections/analyst-password';
import { ensureAnalyst } from '../analyst-roles.js';
import { answer, type Question } from '../figures.js';
import { HIRATSUKA, ISEHARA, openProjection, type TestProjection } from '../staff/story.fixture.js';
import type { MetricDefinition } from '../subject.js';
import { metricOf } from '../subjects.js';
import { LeavePlainly, ONE } from './leave-plainly.fixture.js';
import { leaveCity } from './leave-story.fixture.js';
import { leaveUptake } from './leave-uptake.js';

const definition = (id: string): MetricDefinition => metricOf(leaveUptake, id) as MetricDefinition;

const question = (parts: Partial<Question>): Question => ({
  subject: leaveUptake,
  municipality: ISEHARA,
  metric: definition('al.avg_days'),
  fiscalYears: [2024],
  years: [],
  groupBy: [],
  filters: {},
  asOf: '2026-06-30',
  knownAt: '2027-01-01T00:00:00.000000Z',
  ...parts,
});

const TIMES = { percent: 100n, 'per-100000': 100_000n } as Readonly<Record<string, bigint>>;

const valueOf = ({ unit }: MetricDefinition, numerator: bigint, denominator: bigint): string | null =>
  unit === 'persons' ? String(numerator / ONE) : ratio(numerator * (TIMES[unit] ?? 1n), denominator, 1);

/** Parts of `ONE` as the sums are shown: whole, or with up to twelve decimals. */
const shown = (sum: bigint): number => Number(ratio(sum, ONE, 12));

const inOrder = (a: readonly unknown[], b: readonly unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);

describe('metrics of leave', () => {
  const isehara = leaveCity(ISEHARA, 150, 7);
  const hiratsuka = leaveCity(HIRATSUKA, 30, 11);
  const all: readonly Delivered[] = [isehara, hiratsuka].flatMap(({ staff, leave }) => [
    ...staff.events,
    ...leave.events,
  ]);
  const now = isehara.leave.now;
  const halfway = isehara.leave.events[Math.floor(isehara.leave.events.length / 2)].recordedAt;
  let projection: TestProjection;

  beforeAll(async () => {
    projection = await openProjection('leave');
    await projection.load(all, 500);
  });
  afterAll(() => projection?.close());

  const VIEWS = [
    ['2026-06-30', now, [2022, 2024, 2025]],
    ['2026-06-30', halfway, [2024]],
    ['2024-11-15', now, [2024]],
  ] as const;
  const DIMENSIONS = [
    'sex',
    'age_band',
    'tenure_band',
    'grade',
    'route',
    'department_then',
    'department_now',
    'duration',
  ];

  it.each(leaveUptake.metrics.map(({ id }) => id))(
    '%s is what a plain calculation over the raw events gives',
    async (id) => {
      const metric = definition(id);
      let told = 0;
      for (const [asOf, knownAt, years] of VIEWS) {
        for (const fiscalYear of years) {
          const asked = { metric: id, fiscalYear, asOf, knownAt };
          const plainly = new LeavePlainly(isehara.staff.events, isehara.leave.events, ISEHARA, asked);
          for (const dimension of DIMENSIONS.filter((name) => !metric.without?.includes(name))) {
            const { rows } = await projection.pool.query<Record<string, string | null> & { keys: [string | null] }>(
              'SELECT * FROM facts_v1.leave_uptake_cells($1, $2, $3, NULL, $4, $5, $6)',
              [ISEHARA, id, fiscalYear, asOf, knownAt, [dimension]],
            );
            const found = rows.map(({ keys, numerator, denominator, value }) => [
              ...[keys[0], Number(numerator), denominator === null ? null : Number(denominator), value],
            ]);
            const expected = [...plainly.by(dimension)].map(([key, { numerator, denominator }]) => [
              ...[key, shown(numerator), metric.denominator === null ? null : shown(denominator)],
              valueOf(metric, numerator, denominator),
            ]);
            told += expected.length;
            const where = [fiscalYear, asOf, knownAt, dimension];
            expect([where, found.toSorted(inOrder)]).toEqual([where, expected.toSorted(inOrder)]);
          }
        }
      }
      expect(told).toBeGreaterThan(60);
    },
  );

  it('have something to say of every metric', async () => {
    const totals = await Promise.all(
      leaveUptake.metrics.map(async (metric) => {
        const [total] = await answer(projection.pool, question({ metric, knownAt: now }));
        return [metric.id, Number(total.numerator) > 0, (total.denominator ?? 1) > 0];
      }),
    );
    expect(totals).toEqual(leaveUptake.metrics.map(({ id }) => [id, true, true]));
  });

  it('count annual leave by leave years, all else by fiscal years', async () => {
    const periodOf = async (id: string, asOf: string) => {
      const [{ period }] = await answer(projection.pool, question({ metric: definition(id), asOf }));
      return period;
    };
    expect(await periodOf('al.avg_days', '2026-06-30')).toBe('2024-01-01/2024-12-31');
    expect(await periodOf('al.avg_days', '2024-06-30')).toBe('2024-01-01/2024-06-30');
    expect(await periodOf('care.days', '2026-06-30')).toBe('2024-04-01/2025-03-31');
  });

  it('hide what comes from few people, alike in SQL and in HTTP', async () => {
    let hidden = 0;
    for (const metric of leaveUptake.metrics) {
      const { rows: figures } = await projection.pool.query<Record<string, string | boolean | null>>(
        'SELECT * FROM facts_v1.leave_uptake_figures($1, $2, 2024, NULL, $3, $4)',
        [ISEHARA, metric.id, '2026-06-30', now],
      );
      for (const dimension of ['grade', 'job_category']) {
        const asked = { metric: { ...metric, always: [] }, groupBy: [dimension], knownAt: now };
        const rows = await answer(projection.pool, question(asked));
        for (const figure of figures.filter((row) => row.dimension === dimension)) {
          const row = rows.find(({ dimensions }) => dimensions[dimension] === figure.dimension_value);
          expect([metric.id, figure.dimension_value, row?.suppressed, row?.numerator, row?.value]).toEqual([
            ...[metric.id, figure.dimension_value, figure.suppressed],
            ...[
              figure.numerator === null ? null : Number(figure.numerator),
              figure.value === null ? null : Number(figure.value),
            ],
          ]);
          hidden += figure.suppressed === true ? 1 : 0;
        }
      }
      expect(figures.some(({ dimension }) => dimension === 'duration')).toBe(!metric.without?.includes('duration'));
    }
    expect(hidden).toBeGreaterThan(10);
  });

  it('describe every column of their views', async () => {
    const { rows } = await projection.pool.query(
      `SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = 'analytics'::regnamespace AND col_description(c.oid, a.attnum) IS NULL`,
    );
    expect(rows).toEqual([]);
  });

  it('show the analysts of a city nothing of another', async () => {
    await ensureAnalyst(projection.pool, HIRATSUKA, analystPassword('secret', HIRATSUKA));
    const url = new URL(projection.url);
    url.username = `analyst_${HIRATSUKA}`;
    url.password = analystPassword('secret', HIRATSUKA);
    const analyst = new Client({ connectionString: url.href });
    await analyst.connect();
    try {
      const names = leaveUptake.tables.map(({ name }) => `facts_v1.${name}`);
      for (const table of [...names, ...leaveUptake.views.map(({ name }) => `analytics.${name}`)]) {
        const { rows } = await analyst.query(`SELECT DISTINCT municipality FROM ${table}`);
        expect([table, rows]).toEqual([table, [{ municipality: HIRATSUKA }]]);
      }
      const { rows } = await analyst.query(
        `SELECT denominator FROM facts_v1.leave_uptake_cells($1, 'al.avg_days', 2024, NULL, '2026-06-30', $2, '{}')`,
        [ISEHARA, now],
      );
      expect(rows).toEqual([{ denominator: '0' }]);
      await expect(analyst.query('SELECT * FROM facts_v1.leave_ledger')).rejects.toMatchObject({ code: '42501' });
    } finally {
      await analyst.end();
    }
  });

  it('know only what had been recorded, and are the same after later corrections and after a rebuild', async () => {
    const asked = leaveUptake.metrics.map((metric) => question({ metric, groupBy: ['sex', 'grade'], knownAt: now }));
    const bytes = async ({ pool }: TestProjection) =>
      JSON.stringify(await Promise.all(asked.map((one) => answer(pool, one))));
    const published = await bytes(projection);
    const { leave, staff } = isehara;
    const before = leave.events.length;
    const taken = leave.events.find(({ type, data }) => type === 'LeaveTaken' && data.entries[0].on > '2024-05-01');
    const { staffId, entries } = (taken as { data: { staffId: string; entries: { entryId: string; on: string }[] } })
      .data;
    leave.cancelled(
      staffId,
      entries[0].on,
      entries.map(({ entryId }) => entryId),
    );
    for (let i = 0; i < 20; i++) {
      leave.took(`s${i}`, 'annual', ['2024-06-03', '2024-06-04']);
      leave.took(`s${i}`, 'short-care', ['2024-06-05']);
      leave.childcareLeave(`s${i}`, leave.birth(`s${i}`, 'partner-gave-birth', 2024), '2024-09-01', '2024-09-20');
    }
    await projection.load(leave.events.slice(before), 7);
    expect(await bytes(projection)).toBe(published);
    const later = question({ metric: definition('care.takers'), knownAt: leave.now });
    expect(await answer(projection.pool, later)).not.toEqual(await answer(projection.pool, { ...later, knownAt: now }));

    const rebuilt = await openProjection('rebuilt');
    try {
      await rebuilt.load([...staff.events, ...leave.events], 1000);
      expect(await bytes(rebuilt)).toBe(published);
      expect(await answer(rebuilt.pool, later)).toEqual(await answer(projection.pool, later));
    } finally {
      await rebuilt.close();
    }
  });
});
