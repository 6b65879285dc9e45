import { answer, type Question } from './figures.js';
import { createMetrics, definitionRows } from './schema/metrics.js';
import { PERSON_DIMENSIONS } from './schema/dimensions.js';
import { createView } from './schema/tables.js';
import { viewsOf } from './schema/views.js';
import { HIRATSUKA, ISEHARA, openProjection, Story, type TestProjection } from './staff/story.fixture.js';
import type { Subject } from './subject.js';

const FACTS = 'facts_v1';

/** Starts of leave by kind: a breakdown of its own, in which one person may stand in several classes. */
const leaves: Subject = {
  name: 'leaves',
  systems: ['A1'],
  summary: '休業',
  comment: '休業 / leaves of absence',
  ...{ contracts: [], tables: [], folds: [], indexes: [], projections: [], views: [] },
  dimensions: [...PERSON_DIMENSIONS.filter(({ name }) => name === 'sex'), { name: 'leave_kind', title: '休業の種別' }],
  metrics: [
    {
      id: 'leaves.days',
      version: 1,
      unit: 'days',
      title: { ja: '平均日数', en: 'Mean days' },
      numerator: '休業の日数',
      denominator: '休業を始めた件数',
      period: '年度',
      source: 'test',
    },
  ],
  contributions: (schema) => `
    SELECT staff_id, 'begun', valid_to - valid_from, 1, valid_from, valid_from, leave_kind FROM ${schema}.employment_segment
     WHERE municipality = city AND status = 'leave' AND ${schema}.fiscal_year_of(valid_from) = fiscal_year
       AND valid_from <= as_of AND recorded_from <= known_at AND known_at < recorded_to`,
};

describe('a further subject', () => {
  let projection: TestProjection;
  const story = new Story(ISEHARA);

  beforeAll(async () => {
    projection = await openProjection('subject');
    await projection.pool.query(createMetrics(FACTS, leaves));
    const [view] = viewsOf({ sources: [], subjects: [leaves] }).slice(-1);
    await projection.pool.query(createView(FACTS, view));
    await projection.pool.query(
      `INSERT INTO ${FACTS}.metric_definition SELECT * FROM json_populate_recordset(NULL::${FACTS}.metric_definition, $1)`,
      [JSON.stringify(definitionRows([leaves]))],
    );
    for (let i = 0; i < 12; i++) {
      const person = story.person(`p${i}`, i < 6 ? '1' : '2', 1990).hired('2020-04-01', 'ka1');
      const kinds = i === 0 ? (['sickness', 'other', 'study'] as const) : (['sickness'] as const);
      for (const [nth, leaveKind] of kinds.entries()) {
        person.take('start-leave-of-absence', `2024-0${5 + nth}-01`, { leaveKind });
        person.take('return-from-leave', `2024-0${5 + nth}-11`);
      }
    }
    await projection.load(story.events);
  });
  afterAll(() => projection?.close());

  const ask = async (groupBy: readonly string[], municipality = ISEHARA) => {
    const question: Question = {
      ...{ subject: leaves, municipality, metric: leaves.metrics[0], fiscalYears: [2024], years: [], filters: {} },
      ...{ groupBy, asOf: '2026-06-30', knownAt: story.now },
    };
    return (await answer(projection.pool, question)).map(({ dimensions, value, denominator, suppressed }) => [
      ...Object.values(dimensions),
      ...[denominator, value, suppressed],
    ]);
  };

  it('has figures by persons and by breakdowns of its own', async () => {
    expect(await ask(['sex'])).toEqual([
      [null, 14, 10, false],
      ['1', 8, 10, false],
      ['2', 6, 10, false],
    ]);
    expect(await ask([], HIRATSUKA)).toEqual([[0, null, false]]);
  });

  it('hides a person who stands in several classes alone: they do not count once for each', async () => {
    const classes = [
      ['other', null, null, true],
      ['sickness', null, null, true],
      ['study', null, null, true],
    ];
    expect((await ask(['leave_kind'])).slice(1)).toEqual(classes);
    const { rows } = await projection.pool.query<{ dimension_value: string; suppressed: boolean }>(
      `SELECT dimension_value, suppressed FROM ${FACTS}.leaves_figures($1, 'leaves.days', 2024, NULL, '2026-06-30', $2)
        WHERE dimension = 'leave_kind' ORDER BY 1`,
      [ISEHARA, story.now],
    );
    expect(rows.map(({ dimension_value, suppressed }) => [dimension_value, null, null, suppressed])).toEqual(classes);
  });
});
