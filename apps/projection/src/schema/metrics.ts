import type { MetricDefinition, Subject } from '../subject.js';
import { ownDimensions, withDimensions } from './dimensions.js';

/**
 * Parameters of a metric: `as_of` cuts off what happens after that day, `known_at` what was recorded later; `years` is
 * null where a metric has none.
 */
const METRIC_PARAMETERS =
  'city text, metric text, fiscal_year integer, years integer, as_of date, known_at timestamptz';
const ARGUMENTS = 'city, metric, fiscal_year, years, as_of, known_at';

/**
 * What one person adds. A denominator in two parts (means of beginning and end) has its second under part `closing`.
 * `day` is the day of the fact, on which department, grade and so on are taken; `tenure_to` the day before which tenure
 * is counted.
 */
const CONTRIBUTION = 'staff_id text, part text, numerator numeric, denominator numeric, day date, tenure_to date';

/** The metrics of a subject as SQL over the facts of one schema version. */
export const createMetrics = (schema: string, subject: Subject): string => `
${contributions(schema, subject)}
${people(schema, subject)}
${cells(schema, subject)}
${figures(schema, subject)}`;

const columns = (names: readonly string[]): string => names.map((name) => `, ${name} text`).join('');
const namesOf = ({ dimensions }: Subject): string[] => dimensions.map(({ name }) => name);

const contributions = (schema: string, subject: Subject): string => `
CREATE FUNCTION ${schema}.${subject.name}_contributions(${METRIC_PARAMETERS})
RETURNS TABLE (${CONTRIBUTION}${columns(ownDimensions(subject.dimensions).map(({ name }) => name))}) LANGUAGE sql STABLE AS $$
${subject.contributions(schema)}
$$;
COMMENT ON FUNCTION ${schema}.${subject.name}_contributions IS '指標の分子・分母への一人ごとの寄与 / what every person adds to numerator and denominator of a metric';`;

const people = (schema: string, subject: Subject): string => `
CREATE FUNCTION ${schema}.${subject.name}_people(${METRIC_PARAMETERS}, dimensions text[])
RETURNS TABLE (staff_id text, part text, numerator numeric, denominator numeric${columns(namesOf(subject))}) LANGUAGE sql STABLE AS $$
${withDimensions(schema, `${schema}.${subject.name}_contributions(${ARGUMENTS})`, subject.dimensions)}
$$;
COMMENT ON FUNCTION ${schema}.${subject.name}_people IS '寄与に、求められた内訳の区分を付けたもの / contributions with the breakdowns asked for';`;

/** Quotients such as days of leave carry more decimals than count: so rounded, thirds of a day make a whole one. */
const exact = (sum: string): string =>
  `CASE WHEN scale(${sum}) > 12 THEN trim_scale(round(${sum}, 12)) ELSE ${sum} END`;

/**
 * Sums per cell, and how many people stand behind it: those of the denominator, of the smaller part where it has two;
 * nobody twice. First by person, so that nothing has to be sorted. The total is there also when nobody is: a row without
 * a person stands for it.
 */
const summed = (schema: string, keyed: string, keys: string): string => `
  per_person AS (
    SELECT ${keys}, staff_id, sum(numerator) AS numerator, sum(denominator) AS denominator,
           bool_or(denominator > 0 AND part <> 'closing') AS counted, bool_or(denominator > 0 AND part = 'closing') AS closing
      FROM ${keyed} GROUP BY ${keys}, staff_id
  ), summed AS (
    SELECT ${keys}, coalesce(${exact('sum(p.numerator)')}, 0) AS numerator,
           CASE WHEN min(d.denominator) IS NOT NULL THEN coalesce(${exact('sum(p.denominator)')}, 0) END AS denominator,
           coalesce(least(nullif(count(*) FILTER (WHERE counted), 0), nullif(count(*) FILTER (WHERE closing), 0)), count(p.staff_id)) AS people
      FROM per_person p JOIN ${schema}.metric_definition d ON d.metric_id = metric GROUP BY ${keys}
  )`;

const cells = (schema: string, subject: Subject): string => `
CREATE FUNCTION ${schema}.${subject.name}_cells(${METRIC_PARAMETERS}, dimensions text[])
RETURNS TABLE (keys text[], numerator numeric, denominator numeric, value numeric, people bigint) LANGUAGE sql STABLE AS $$
  WITH classed AS (
    SELECT p.staff_id, p.part, sum(p.numerator) AS numerator, sum(p.denominator) AS denominator,
           ${PLACES.map((place) => `${classAt(place, namesOf(subject))} AS class_${place}`).join(', ')}
      FROM ${schema}.${subject.name}_people(${ARGUMENTS}, dimensions) p
     GROUP BY p.staff_id, p.part, ${PLACES.map((place) => `class_${place}`).join(', ')}
  ), keyed AS (
    SELECT c.staff_id, c.part, c.numerator, c.denominator,
           (ARRAY[${PLACES.map(keyAt).join(', ')}])[1:cardinality(dimensions)] AS keys
      FROM classed c
     CROSS JOIN generate_series(0, (1 << cardinality(dimensions)) - 1) AS totals
     UNION ALL SELECT NULL, NULL, NULL, NULL, array_fill(NULL::text, ARRAY[cardinality(dimensions)])
  ), ${summed(schema, 'keyed', 'keys')}
  SELECT s.keys, s.numerator, s.denominator, ${schema}.metric_value(d.unit, s.numerator, s.denominator), s.people
    FROM summed s JOIN ${schema}.metric_definition d ON d.metric_id = metric
$$;
COMMENT ON FUNCTION ${schema}.${subject.name}_cells IS '内訳（3つまで）のすべての組合せと小計。秘匿前 / all combinations of up to three breakdowns with their totals, before suppression';`;

/** Breakdowns of one answer, see `MAX_DIMENSIONS`. */
const PLACES = [1, 2, 3];

/** The class of the n-th breakdown. */
const classAt = (place: number, names: readonly string[]): string =>
  `coalesce(CASE dimensions[${place}] ${names.map((name) => `WHEN '${name}' THEN p.${name}`).join(' ')} END, 'unknown')`;

/** The same as a key; null in the totals over the breakdown, which are those with its bit. */
const keyAt = (place: number): string => `CASE WHEN totals & ${1 << (place - 1)} = 0 THEN c.class_${place} END`;

/**
 * One breakdown at a time, with the suppression of `suppression.ts` in its one-dimensional form: the smallest classes,
 * at least two, until those who can only be behind hidden ones are enough.
 */
const figures = (schema: string, subject: Subject): string => `
CREATE FUNCTION ${schema}.${subject.name}_figures(${METRIC_PARAMETERS})
RETURNS TABLE (dimension text, dimension_value text, numerator numeric, denominator numeric, value numeric, suppressed boolean)
LANGUAGE sql STABLE AS $$
  WITH floor AS (
    SELECT f.floor AS least_people FROM ${schema}.small_cell_floor f
     WHERE f.municipality = city AND f.effective_from <= as_of ORDER BY f.effective_from DESC LIMIT 1
  ), keyed AS (
    SELECT b.dimension, b.key, p.staff_id, p.part, p.numerator, p.denominator
      FROM ${schema}.${subject.name}_people(${ARGUMENTS}, '{${namesOf(subject).join(',')}}') p
      CROSS JOIN LATERAL (VALUES ('total', 'all'), ${namesOf(subject)
        .map((name) => `('${name}', coalesce(p.${name}, 'unknown'))`)
        .join(', ')}) AS b (dimension, key)
     WHERE ${withoutBreakdowns(subject)}
     UNION ALL SELECT 'total', 'all', NULL, NULL, NULL, NULL
  ), ${summed(schema, 'keyed', 'dimension, key')}, ordered AS (
    SELECT s.*, row_number() OVER smallest_first AS place, lag(people) OVER smallest_first AS largest_before,
           (SELECT t.people FROM summed t WHERE t.dimension = 'total')
             - sum(people) OVER (smallest_first ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS only_before,
           min(people) OVER (PARTITION BY s.dimension) < least_people AS any_small
      FROM summed s CROSS JOIN floor
    WINDOW smallest_first AS (PARTITION BY s.dimension ORDER BY people, s.key COLLATE "C")
  ), judged AS (
    SELECT o.*, people < least_people OR (any_small AND o.dimension <> 'total'
                AND (place <= 2 OR greatest(largest_before, only_before) < least_people)) AS hidden
      FROM ordered o CROSS JOIN floor
  )
  SELECT j.dimension, j.key, CASE WHEN NOT hidden THEN j.numerator END, CASE WHEN NOT hidden THEN j.denominator END,
         CASE WHEN NOT hidden THEN ${schema}.metric_value(d.unit, j.numerator, j.denominator) END, hidden
    FROM judged j JOIN ${schema}.metric_definition d ON d.metric_id = metric
$$;
COMMENT ON FUNCTION ${schema}.${subject.name}_figures IS '指標の値（全体と内訳ごと、秘匿済み） / figures of a metric in total and by each breakdown, small cells suppressed';`;

/** Not the breakdowns a metric does not have. */
const withoutBreakdowns = ({ metrics }: Subject): string =>
  [
    'true',
    ...metrics.flatMap(({ id, without = [] }) =>
      without.map((name) => `NOT (metric = '${id}' AND b.dimension = '${name}')`),
    ),
  ].join(' AND ');

/** As the table `metric_definition` has them. */
export const definitionRows = (subjects: readonly Subject[]): object[] =>
  subjects
    .flatMap(({ name, metrics }) => metrics.map((metric): [string, MetricDefinition] => [name, metric]))
    .map(([subject, { id, title, perYears = null, yearsAhead = 0, yearKind = 'fiscal', ...rest }], number) => ({
      metric_id: id,
      subject,
      number,
      title_ja: title.ja,
      title_en: title.en,
      per_years: perYears,
      years_ahead: yearsAhead,
      year_kind: yearKind,
      version: rest.version,
      unit: rest.unit,
      numerator: rest.numerator,
      denominator: rest.denominator,
      period: rest.period,
      source: rest.source,
    }));
