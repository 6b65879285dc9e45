import { answer, type Question } from '../figures.js';
import { PERSON_DIMENSIONS } from '../schema/dimensions.js';
import { city, HIRATSUKA, ISEHARA, openProjection, Story, type TestProjection } from '../staff/story.fixture.js';
import type { MetricDefinition } from '../subject.js';
import { metricOf } from '../subjects.js';
import { Plainly } from './retention-plainly.fixture.js';
import { retention } from './retention.js';

const METRICS = retention.metrics;
const DIMENSIONS = PERSON_DIMENSIONS.map(({ name }) => name);

/** value of a metric from whole numbers (halves doubled), one decimal, half up. */
const valueOf = ({ unit }: MetricDefinition, numerator: number, denominator: number): string | null => {
  if (unit === 'persons') return String(numerator);
  if (denominator === 0) return null;
  const above = BigInt(numerator * 2) * (unit === 'percent' ? 1000n : 10n);
  const below = BigInt(denominator * 2) * (unit === 'percent' ? 1n : 12n);
  const tenths = (2n * above + below) / (2n * below);
  return `${tenths / 10n}.${tenths % 10n}`;
};

const definition = (id: string): MetricDefinition => metricOf(retention, id) as MetricDefinition;

const question = (parts: Partial<Question>): Question => ({
  subject: retention,
  municipality: ISEHARA,
  metric: definition('sep.rate'),
  fiscalYears: [2024],
  years: [],
  groupBy: [],
  filters: {},
  asOf: '2026-06-30',
  knownAt: '2027-01-01T00:00:00.000000Z',
  ...parts,
});

describe('retention metrics', () => {
  const isehara = city(ISEHARA, 150, 7);
  const hiratsuka = city(HIRATSUKA, 60, 11);
  const events = [...isehara.events, ...hiratsuka.events];
  let projection: TestProjection;

  beforeAll(async () => {
    projection = await openProjection('retention');
    await projection.load(events);
  });
  afterAll(() => projection?.close());

  const cells = async (
    metric: string,
    fiscalYear: number,
    years: number | undefined,
    asOf: string,
    knownAt: string,
    dimension: string,
  ) => {
    const { rows } = await projection.pool.query<{
      keys: [string | null];
      numerator: string;
      denominator: string | null;
      value: string | null;
    }>('SELECT * FROM facts_v1.retention_cells($1, $2, $3, $4, $5, $6, $7)', [
      ISEHARA,
      metric,
      fiscalYear,
      years ?? null,
      asOf,
      knownAt,
      [dimension],
    ]);
    return rows;
  };

  /** Everything is known; half of the people are; and a day in the middle of a year, known and not. */
  const halfway = isehara.events[Math.floor(isehara.events.length / 2)].recordedAt;
  const VIEWS = [
    ['2026-06-30', isehara.now, [2016, 2021, 2024]],
    ['2026-06-30', halfway, [2023]],
    ['2024-11-15', isehara.now, [2024]],
  ] as const;

  it.each(METRICS.map(({ id }) => id))('%s is what a plain calculation over the raw events gives', async (id) => {
    for (const [asOf, knownAt, past] of VIEWS) {
      for (const fiscalYear of id === 'retirement.due' ? past.map((year) => year + 12) : past) {
        const years = definition(id).perYears ? 2 : undefined;
        const plainly = new Plainly(isehara.events, ISEHARA, { metric: id, fiscalYear, years, asOf, knownAt });
        for (const dimension of DIMENSIONS) {
          const found = await cells(id, fiscalYear, years, asOf, knownAt, dimension);
          const expected = [...plainly.by(dimension)].map(([key, { numerator, denominator }]) => [
            key,
            numerator,
            definition(id).denominator === null ? null : denominator,
            valueOf(definition(id), numerator, denominator),
          ]);
          const rows = found.map(({ keys, numerator, denominator, value }) => [
            keys[0],
            Number(numerator),
            denominator === null ? null : Number(denominator),
            value,
          ]);
          const inOrder = (a: unknown[], b: unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
          expect([id, fiscalYear, asOf, dimension, rows.toSorted(inOrder)]).toEqual([
            id,
            fiscalYear,
            asOf,
            dimension,
            expected.toSorted(inOrder),
          ]);
        }
      }
    }
  });

  describe('answers', () => {
    it('hide small cells alike in SQL and in HTTP, and show what is not small', async () => {
      const knownAt = isehara.now;
      let hidden = 0;
      for (const { id, perYears } of METRICS) {
        const years = perYears ? 3 : null;
        const fiscalYear = id === 'retirement.due' ? 2030 : 2021;
        const { rows: figures } = await projection.pool.query<Record<string, string | boolean | null>>(
          'SELECT * FROM facts_v1.retention_figures($1, $2, $3, $4, $5, $6)',
          [ISEHARA, id, fiscalYear, years, '2026-06-30', knownAt],
        );
        for (const dimension of DIMENSIONS) {
          const asked = {
            metric: definition(id),
            fiscalYears: [fiscalYear],
            years: [3],
            groupBy: [dimension],
            knownAt,
          };
          const rows = await answer(projection.pool, question({ ...asked, metric: { ...definition(id), always: [] } }));
          const own = rows.filter((row) => row.years === years);
          const shown = new Map(own.map((row) => [row.dimensions[dimension], row]));
          for (const figure of figures.filter((row) => row.dimension === dimension)) {
            const row = shown.get(String(figure.dimension_value));
            expect([id, dimension, figure.dimension_value, row?.suppressed, row?.numerator, row?.value]).toEqual([
              id,
              dimension,
              figure.dimension_value,
              figure.suppressed,
              figure.numerator === null ? null : Number(figure.numerator),
              figure.value === null ? null : Number(figure.value),
            ]);
            hidden += figure.suppressed === true ? 1 : 0;
          }
        }
      }
      expect(hidden).toBeGreaterThan(20);
    });

    it('do not show by a filter what they hide in a breakdown', async () => {
      const asked = { metric: definition('headcount'), knownAt: isehara.now };
      const broken = await answer(projection.pool, question({ ...asked, groupBy: ['grade'] }));
      for (const { dimensions, suppressed, numerator } of broken.filter((row) => row.dimensions.grade !== null)) {
        const [filtered] = await answer(
          projection.pool,
          question({ ...asked, filters: { grade: String(dimensions.grade) } }),
        );
        expect([filtered.suppressed, filtered.numerator]).toEqual([suppressed, numerator]);
      }
      expect(broken.some(({ suppressed }) => suppressed)).toBe(true);
    });

    it('add up to their total', async () => {
      const asked = { metric: definition('headcount'), groupBy: ['sex'] as const, knownAt: isehara.now };
      const [total, ...parts] = await answer(projection.pool, question(asked));
      expect([total.dimensions, parts.map(({ dimensions }) => dimensions)]).toEqual([
        { sex: null },
        [{ sex: '1' }, { sex: '2' }],
      ]);
      expect(parts.reduce((sum, { numerator }) => sum + Number(numerator), 0)).toBe(total.numerator);
    });

    it('know only what had been recorded, and are the same after a retroactive correction and after a rebuild', async () => {
      const view = question({
        metric: definition('sep.opening'),
        groupBy: ['department_then', 'sex'],
        knownAt: isehara.now,
      });
      const published = JSON.stringify(await answer(projection.pool, view));
      const leaver = isehara.events.findLast(
        ({ type, data }) =>
          type === 'PersonnelActionTaken' && data.action.kind === 'separate' && data.action.effectiveOn > '2024-04-01',
      ) as { data: { staffId: string; action: { actionId: string } } };
      const corrected = [...isehara.events];
      const { staffId, action } = leaver.data;
      isehara.person(staffId, '1', 1990).voided(action.actionId);
      for (let i = 0; i < 12; i++) {
        const person = isehara.person(`late${i}`, '2', 1999);
        person.hired('2023-04-01', 'ka11');
        person.left('2024-09-30');
      }
      await projection.load(isehara.events.slice(corrected.length));
      expect(JSON.stringify(await answer(projection.pool, view))).toBe(published);
      const later = await answer(projection.pool, { ...view, knownAt: isehara.now });
      expect(JSON.stringify(later)).not.toBe(published.replaceAll(view.knownAt, isehara.now));

      const rebuilt = await openProjection('rebuilt');
      try {
        await rebuilt.load([...isehara.events, ...hiratsuka.events], 1000);
        expect(JSON.stringify(await answer(rebuilt.pool, view))).toBe(published);
        expect(await answer(rebuilt.pool, { ...view, knownAt: isehara.now })).toEqual(later);
        expect(await checksum(rebuilt)).toEqual(await checksum(projection));
      } finally {
        await rebuilt.close();
      }
    });
  });
});

/** Facts do not depend on how the events were cut into batches. */
const checksum = async ({ pool }: TestProjection) => {
  const { rows } = await pool.query(
    `SELECT count(*), md5(string_agg(md5(s::text), '' ORDER BY s::text COLLATE "C")) FROM facts_v1.employment_segment s`,
  );
  return rows;
};

/** Further cities with the parameters of the first, so that examples do not meet. */
const TOWNS = ['132012', '132021', '132039'] as const;

describe('worked examples', () => {
  let projection: TestProjection;
  beforeAll(async () => {
    projection = await openProjection('examples');
    for (const table of ['small_cell_floor', 'retirement_year', 'recruitment_route']) {
      await projection.pool.query(
        `INSERT INTO facts_v1.${table} SELECT (json_populate_record(r, json_build_object('municipality', town))).*
           FROM facts_v1.${table} r, unnest($2::text[]) AS town WHERE r.municipality = $1`,
        [ISEHARA, TOWNS],
      );
    }
  });
  afterAll(() => projection?.close());

  const one = async (parts: Partial<Question>) =>
    (await answer(projection.pool, question(parts))).map(({ numerator, denominator, value }) => [
      numerator,
      denominator,
      value,
    ]);

  it('普通退職 18 of 1,200 is 1.5 %; 29歳以下 7 of 210 is 3.3 % (law.md 12, 25)', async () => {
    const story = new Story(ISEHARA);
    for (let i = 0; i < 1200; i++) {
      const person = story.person(`s${i}`, '1', i < 210 ? 1996 : 1970);
      person.hired('2020-04-01', 'ka1');
      if (i < 7 || (i >= 210 && i < 221)) person.left('2024-12-31');
    }
    await projection.load(story.events, 500);
    expect(await one({ groupBy: [] })).toEqual([[18, 1200, 1.5]]);
    expect(await one({ filters: { age_band: '<=29' } })).toEqual([[7, 210, 3.3]]);
  });

  it('leave, secondment, change of hours and rehire on the next day are not leaving; going back to the home body neither', async () => {
    const story = new Story(HIRATSUKA);
    const people = Array.from({ length: 10 }, (_, i) => story.person(`p${i}`, '2', 1980).hired('2020-04-01', 'ka1'));
    people[0].take('start-leave-of-absence', '2024-05-01', { leaveKind: 'childcare' });
    people[1].take('second', '2024-05-01', { post: { unitId: 'other', position: 'shuji' } });
    people[2].take('change-hours', '2024-05-01', { weeklyMinutes: 1200 });
    people[3].left('2024-06-30', 'retirement-age');
    people[3].hired('2024-07-01', 'ka1', { route: 'other' });
    people[4].left('2024-06-30', 'returned-to-home-body');
    people[5].left('2025-03-31', 'resignation');
    people[6].left('2025-04-01', 'resignation');
    people[7].left('2024-03-31', 'resignation');
    await projection.load(story.events);
    const of = (id: string, fiscalYear = 2024) =>
      one({ municipality: HIRATSUKA, metric: definition(id), fiscalYears: [fiscalYear] });
    expect(await of('headcount')).toEqual([[9, null, 9]]);
    expect(await of('headcount', 2025)).toEqual([[7, null, 7]]);
    expect(await of('sep.rate')).toEqual([[1, 9, 11.1]]);
    expect(await of('sep.opening')).toEqual([[1, 9, 11.1]]);
    expect(await of('sep.average')).toEqual([[1, 8, 12.5]]);
    expect(await of('retention.3y', 2020)).toEqual([[10, 10, 100]]);
    expect(await of('sep.rate', 2023)).toEqual([[1, 10, 10]]);
  });

  it('a person who serves twice in a year, or in two posts, is one person', async () => {
    const story = new Story(TOWNS[0]);
    const people = Array.from({ length: 9 }, (_, i) => story.person(`q${i}`, '1', 1980).hired('2020-04-01', 'ka1'));
    people[0].take('give-concurrent-post', '2024-04-01', { post: { unitId: 'ka2', position: 'shuji' } });
    people[1].left('2024-05-31');
    people[1].hired('2024-10-01', 'ka1', { route: 'comeback' });
    people[1].left('2024-12-31');
    await projection.load(story.events);
    const of = (id: string) => one({ municipality: TOWNS[0], metric: definition(id) });
    expect(await of('headcount')).toEqual([[9, null, 9]]);
    expect(await of('sep.wao')).toEqual([[1, 9, 11.1]]);
    expect(await of('sep.opening')).toEqual([[2, 9, 22.2]]);
  });

  it('who went back to the home body is on neither side of a cohort; a later employment for a term does not hide who retires', async () => {
    const story = new Story(TOWNS[1]);
    const people = Array.from({ length: 8 }, (_, i) => story.person(`r${i}`, '1', 1964).hired('2022-04-01', 'ka1'));
    people[0].left('2024-03-31', 'returned-to-home-body');
    people[1].left('2024-03-31');
    people[2].left('2027-03-31', 'retirement-age');
    people[2].hired('2027-04-01', 'ka1', { route: 'fixed-term' });
    await projection.load(story.events);
    const of = (id: string, fiscalYear: number) =>
      one({ municipality: TOWNS[1], metric: definition(id), fiscalYears: [fiscalYear] });
    expect(await of('retention.3y', 2022)).toEqual([[6, 7, 85.7]]);
    expect(await of('retirement.due', 2026)).toEqual([[6, null, 6]]);
  });

  it('the department is that of the day, or the one to which the last unit belongs now', async () => {
    const story = new Story(TOWNS[2]);
    for (const unitId of ['bu1', 'bu2']) story.unit(unitId, 'department', null);
    story.unit('ka1', 'section', 'bu1');
    story.unit('ka2', 'section', 'bu1');
    for (let i = 0; i < 12; i++) {
      const person = story.person(`t${i}`, '1', 1980).hired('2020-04-01', i < 6 ? 'ka1' : 'ka2');
      if (i === 0) person.left('2024-05-31');
      if (i === 6) person.take('transfer', '2024-04-01', { post: { unitId: 'ka1', position: 'shuji' } });
    }
    story.unit('ka1', 'section', 'bu2', '2025-04-01');
    story.abolish('ka2', '2025-04-01');
    await projection.load(story.events);
    const by = async (dimension: 'department_then' | 'department_now', asOf: string) => {
      const asked = { municipality: TOWNS[2], metric: definition('sep.opening'), groupBy: [dimension], asOf };
      const rows = await answer(projection.pool, question(asked));
      return rows.slice(1).map((row) => [row.dimensions[dimension], row.numerator, row.denominator]);
    };
    expect(await by('department_then', '2026-06-30')).toEqual([['bu1', 1, 12]]);
    expect(await by('department_now', '2025-03-31')).toEqual([['bu1', 1, 12]]);
    expect(await by('department_now', '2026-06-30')).toEqual([
      ['bu1', 0, 5],
      ['bu2', 1, 7],
    ]);
  });

  it('more leavers than there were at the start are more than 100 %; halves are rounded up', async () => {
    const { rows } = await projection.pool.query<{ value: string }>(
      `SELECT facts_v1.metric_value('percent', n, d)::text AS value FROM (VALUES (3, 2), (1, 800), (0, 7)) AS v (n, d)`,
    );
    expect(rows.map(({ value }) => value)).toEqual(['150.0', '0.1', '0.0']);
  });

  it('a zero denominator gives null, and nothing is known before the first record', async () => {
    expect(await one({ knownAt: '2020-01-01T00:00:00.000000Z' })).toEqual([[0, 0, null]]);
  });
});
