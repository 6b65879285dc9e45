/** Breakdowns of the retention metrics, by the names of their columns in SQL. */
export const DIMENSIONS = [
  'cohort',
  'route',
  'department_then',
  'department_now',
  'job_category',
  'grade',
  'sex',
  'age_band',
  'tenure_band',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const known = (alias: string): string =>
  `${alias}.municipality = city AND ${alias}.recorded_from <= known_at AND known_at < ${alias}.recorded_to`;
const holds = (alias: string, day: string): string => `${alias}.valid_from <= ${day} AND ${day} < ${alias}.valid_to`;

/**
 * The retention metrics as SQL over the facts of one schema version. `metric-definitions.ts` says in words what each
 * metric counts; `as_of` cuts off what happens after that day, `known_at` what was recorded later.
 */
export const createRetention = (schema: string): string => `
${calendar(schema)}
${departments(schema)}
${contributions(schema)}
${people(schema)}
${cells(schema)}
${figures(schema)}`;

const calendar = (schema: string): string => `
CREATE FUNCTION ${schema}.fiscal_year_of(day date) RETURNS integer LANGUAGE sql IMMUTABLE
  RETURN extract(year FROM day - interval '3 months')::integer;
CREATE FUNCTION ${schema}.fiscal_year_start(fiscal_year integer) RETURNS date LANGUAGE sql IMMUTABLE
  RETURN make_date(fiscal_year, 4, 1);
CREATE FUNCTION ${schema}.completed_months(since date, until date) RETURNS integer LANGUAGE sql IMMUTABLE
  RETURN (extract(year FROM age(until, since)) * 12 + extract(month FROM age(until, since)))::integer;
CREATE FUNCTION ${schema}.tenure_band(months integer) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN months < 12 THEN '<1' WHEN months < 36 THEN '1-3' WHEN months < 60 THEN '3-5'
              WHEN months < 120 THEN '5-10' WHEN months < 240 THEN '10-20' ELSE '20+' END;
CREATE FUNCTION ${schema}.age_band(age integer) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN age <= 29 THEN '<=29' WHEN age <= 39 THEN '30-39' WHEN age <= 49 THEN '40-49'
              WHEN age <= 59 THEN '50-59' WHEN age >= 60 THEN '60+' END;
CREATE FUNCTION ${schema}.metric_value(unit text, numerator numeric, denominator numeric) RETURNS numeric
  LANGUAGE sql IMMUTABLE
  RETURN CASE unit WHEN 'percent' THEN round(numerator * 100 / nullif(denominator, 0), 1)
                   WHEN 'years' THEN round(numerator / (12 * nullif(denominator, 0)), 1)
                   WHEN 'persons' THEN numerator END;
COMMENT ON FUNCTION ${schema}.metric_value IS '小数第1位まで四捨五入。分母0は空 / one decimal, half up; null when the denominator is 0';`;

/** 部: the nearest ancestor at that level; where there is none (消防 and the like), the highest below the authority. */
const departments = (schema: string): string => `
CREATE FUNCTION ${schema}.department_of(city text, unit text, day date, known_at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE up AS (
    SELECT u.unit_id, u.parent_id, u.level, 0 AS depth FROM ${schema}.unit u
     WHERE u.unit_id = unit AND ${known('u')} AND ${holds('u', 'day')}
    UNION ALL
    SELECT u.unit_id, u.parent_id, u.level, up.depth + 1 FROM up JOIN ${schema}.unit u ON u.unit_id = up.parent_id
     WHERE ${known('u')} AND ${holds('u', 'day')} AND up.depth < 10
  )
  SELECT coalesce(
    (SELECT unit_id FROM up WHERE level = 'department' ORDER BY depth LIMIT 1),
    (SELECT unit_id FROM up WHERE level NOT IN ('city', 'authority') ORDER BY depth DESC LIMIT 1),
    unit)
$$;
CREATE FUNCTION ${schema}.last_day_of(city text, unit text, as_of date, known_at timestamptz) RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT least(as_of, max(u.valid_to) - 1) FROM ${schema}.unit u
   WHERE u.unit_id = unit AND ${known('u')} AND u.valid_from <= as_of
$$;
COMMENT ON FUNCTION ${schema}.last_day_of IS '所属がある最後の日（asOf まで） / last day up to as_of on which there is the unit';
COMMENT ON FUNCTION ${schema}.department_of IS 'ある日の所属の部 / department of a unit on a day';`;

/**
 * What every person adds to numerator and denominator. `day` is the day of the fact, on which department, grade and so
 * on are taken; `served_to` the day before which the tenure is counted. Intervals are half-open throughout.
 */
const contributions = (schema: string): string => `
CREATE FUNCTION ${schema}.retention_contributions(
  city text, metric text, fiscal_year integer, years integer, as_of date, known_at timestamptz)
RETURNS TABLE (staff_id text, part text, numerator numeric, denominator numeric, day date, stay_from date, served_to date, route text)
LANGUAGE sql STABLE AS $$
  WITH period AS (
    SELECT ${schema}.fiscal_year_start(fiscal_year) AS first_day, ${schema}.fiscal_year_start(fiscal_year + 1) AS next_year,
           least(${schema}.fiscal_year_start(fiscal_year + 1), as_of + 1) AS closed_on
  ), s AS (
    SELECT s.*, p.* FROM ${schema}.stay s CROSS JOIN period p WHERE ${known('s')} AND s.valid_from <= as_of
  ), cohort AS (
    SELECT s.*, CASE metric WHEN 'retention.1y' THEN next_year
                            WHEN 'retention.3y' THEN (next_year + interval '2 years')::date
                            ELSE (valid_from + make_interval(years => years))::date END AS tested_on
      FROM s WHERE metric LIKE 'retention.%' AND valid_from >= first_day AND valid_from < next_year
  ), present AS (
    SELECT DISTINCT ON (staff_id) staff_id, valid_from, least(valid_to, closed_on) AS served_to, route
      FROM s WHERE metric = 'sep.wao' AND valid_from < closed_on AND valid_to > first_day
     ORDER BY staff_id, valid_from DESC
  ), leaving AS (
    SELECT s.*, row_number() OVER (PARTITION BY staff_id ORDER BY valid_from DESC) AS nth_last
      FROM s WHERE valid_to > first_day AND valid_to <= closed_on AND reason IS DISTINCT FROM 'returned-to-home-body'
       AND CASE WHEN metric IN ('sep.opening', 'sep.average', 'tenure.leavers') THEN true
                WHEN metric IN ('sep.rate', 'sep.wao') THEN reason = 'resignation'
                WHEN metric = 'sep.futsu' THEN coalesce(reason, '') NOT IN
                  ('retirement-age', 'early-retirement', 'status-dismissal', 'disciplinary-dismissal', 'death', 'term-expired')
                ELSE false END
  )
  SELECT staff_id, 'opening', CASE metric WHEN 'headcount' THEN 1 END,
         CASE metric WHEN 'headcount' THEN NULL WHEN 'sep.average' THEN 0.5 ELSE 1 END,
         first_day, valid_from, first_day, route
    FROM s WHERE metric IN ('headcount', 'sep.rate', 'sep.opening', 'sep.average', 'sep.futsu')
             AND first_day <= as_of AND ${holds('s', 'first_day')}
  UNION ALL
  SELECT staff_id, 'closing', NULL, 0.5, closed_on - 1, valid_from, closed_on, route
    FROM s WHERE metric = 'sep.average' AND first_day <= as_of AND valid_from < closed_on AND valid_to > closed_on
  UNION ALL
  SELECT staff_id, 'present', NULL, 1, served_to - 1, valid_from, served_to, route FROM present
  UNION ALL
  SELECT staff_id, 'leaving', CASE metric WHEN 'tenure.leavers' THEN ${schema}.completed_months(valid_from, valid_to) ELSE 1 END,
         CASE metric WHEN 'tenure.leavers' THEN 1 END, valid_to - 1, valid_from, valid_to, route
    FROM leaving WHERE metric <> 'sep.wao' OR nth_last = 1
  UNION ALL
  SELECT staff_id, 'cohort', (valid_to > tested_on)::integer, 1, valid_from, valid_from, valid_from, route
    FROM cohort WHERE tested_on <= as_of + 1 AND (valid_to > tested_on OR reason IS DISTINCT FROM 'returned-to-home-body')
  UNION ALL
  SELECT s.staff_id, 'due', 1, NULL, as_of, s.valid_from, as_of, s.route
    FROM s JOIN ${schema}.person person ON person.staff_id = s.staff_id AND ${known('person')}
           JOIN ${schema}.employment_spell spell ON spell.staff_id = s.staff_id AND ${known('spell')} AND ${holds('spell', 'as_of')}
           JOIN ${schema}.retirement_year r ON r.municipality = city AND r.birth_cohort = person.birth_cohort
            AND r.effective_from = (SELECT max(v.effective_from) FROM ${schema}.retirement_year v
                                     WHERE v.municipality = city AND v.effective_from <= as_of)
   WHERE metric = 'retirement.due' AND ${holds('s', 'as_of')} AND r.fiscal_year = retention_contributions.fiscal_year
     AND NOT EXISTS (SELECT FROM ${schema}.recruitment_route t
                      WHERE t.municipality = city AND t.route = spell.route AND t.fixed_term
                        AND t.effective_from = (SELECT max(v.effective_from) FROM ${schema}.recruitment_route v
                                                 WHERE v.municipality = city AND v.effective_from <= as_of))
$$;
COMMENT ON FUNCTION ${schema}.retention_contributions IS '定着・離職指標の分子・分母への一人ごとの寄与 / what every person adds to numerator and denominator of a metric';`;

/**
 * One look-up per person and table: good plans from the first row on, before the tables have statistics. The department
 * now is that to which the person's last unit belongs as of the day, or belonged on the unit's last day.
 */
const people = (schema: string): string => `
CREATE FUNCTION ${schema}.retention_people(
  city text, metric text, fiscal_year integer, years integer, as_of date, known_at timestamptz)
RETURNS TABLE (staff_id text, part text, numerator numeric, denominator numeric, cohort text, route text, department_then text,
               department_now text, job_category text, grade text, sex text, age_band text, tenure_band text)
LANGUAGE sql STABLE AS $$
  WITH placed AS (
    SELECT c.*, at.unit_id AS unit_then, at.grade, at.job_category, latest.unit_id AS unit_now,
           person.sex, person.birth_cohort
      FROM ${schema}.retention_contributions(city, metric, fiscal_year, years, as_of, known_at) c
      LEFT JOIN LATERAL (
        SELECT p.sex, p.birth_cohort FROM ${schema}.person p WHERE p.staff_id = c.staff_id AND ${known('p')} LIMIT 1
      ) person ON true
      LEFT JOIN LATERAL (
        SELECT a.unit_id, a.grade, a.job_category FROM ${schema}.employment_segment a
         WHERE a.staff_id = c.staff_id AND NOT a.concurrent AND ${known('a')} AND ${holds('a', 'c.day')}
         ORDER BY a.valid_from DESC LIMIT 1
      ) at ON true
      LEFT JOIN LATERAL (
        SELECT l.unit_id FROM ${schema}.employment_segment l
         WHERE l.staff_id = c.staff_id AND NOT l.concurrent AND ${known('l')} AND l.valid_from <= as_of
         ORDER BY l.valid_from DESC LIMIT 1
      ) latest ON true
  ), then_in AS MATERIALIZED (
    SELECT unit_then, day, ${schema}.department_of(city, unit_then, day, known_at) AS department
      FROM (SELECT DISTINCT unit_then, day FROM placed WHERE unit_then IS NOT NULL) AS asked
  ), now_in AS MATERIALIZED (
    SELECT unit_now, ${schema}.department_of(city, unit_now, ${schema}.last_day_of(city, unit_now, as_of, known_at), known_at) AS department
      FROM (SELECT DISTINCT unit_now FROM placed WHERE unit_now IS NOT NULL) AS asked
  )
  SELECT p.staff_id, p.part, p.numerator, p.denominator, ${schema}.fiscal_year_of(p.stay_from)::text, p.route,
         then_in.department, now_in.department, p.job_category, p.grade, p.sex,
         ${schema}.age_band(${schema}.fiscal_year_of(p.day) - 1 - p.birth_cohort),
         ${schema}.tenure_band(${schema}.completed_months(p.stay_from, p.served_to))
    FROM placed p
    LEFT JOIN then_in USING (unit_then, day)
    LEFT JOIN now_in USING (unit_now)
$$;
COMMENT ON FUNCTION ${schema}.retention_people IS '寄与に内訳の区分を付けたもの / contributions with their breakdowns';`;

/** How many people stand behind a figure: those of the denominator, of the smaller one where there are two. */
const PEOPLE = `coalesce(nullif(CASE metric
           WHEN 'sep.average' THEN least(count(*) FILTER (WHERE part = 'opening'), count(*) FILTER (WHERE part = 'closing'))
           WHEN 'headcount' THEN count(*) WHEN 'retirement.due' THEN count(*)
           ELSE count(*) FILTER (WHERE denominator > 0) END, 0), count(*))`;
const SUMS = `coalesce(sum(numerator), 0) AS numerator,
           CASE WHEN metric IN ('headcount', 'retirement.due') THEN NULL ELSE coalesce(sum(denominator), 0) END AS denominator`;

const cells = (schema: string): string => `
CREATE FUNCTION ${schema}.retention_cells(
  city text, metric text, fiscal_year integer, years integer, as_of date, known_at timestamptz, dimensions text[])
RETURNS TABLE (keys text[], numerator numeric, denominator numeric, value numeric, people bigint)
LANGUAGE sql STABLE AS $$
  WITH keyed AS (
    SELECT p.*, coalesce(to_jsonb(p) ->> dimensions[1], 'unknown') AS k1, coalesce(to_jsonb(p) ->> dimensions[2], 'unknown') AS k2,
           coalesce(to_jsonb(p) ->> dimensions[3], 'unknown') AS k3
      FROM ${schema}.retention_people(city, metric, fiscal_year, years, as_of, known_at) p
  ), summed AS (
    SELECT (ARRAY[k1, k2, k3])[1:cardinality(dimensions)] AS keys, ${SUMS}, ${PEOPLE} AS people
      FROM keyed GROUP BY CUBE (k1, k2, k3)
    HAVING (cardinality(dimensions) > 0 OR grouping(k1) = 1) AND (cardinality(dimensions) > 1 OR grouping(k2) = 1)
       AND (cardinality(dimensions) > 2 OR grouping(k3) = 1)
  )
  SELECT s.keys, s.numerator, s.denominator, ${schema}.metric_value(d.unit, s.numerator, s.denominator), s.people
    FROM summed s JOIN ${schema}.metric_definition d ON d.metric_id = metric
$$;
COMMENT ON FUNCTION ${schema}.retention_cells IS '内訳（3つまで）のすべての組合せと小計。秘匿前 / all combinations of up to three breakdowns with their totals, before suppression';`;

/** One breakdown at a time, with the suppression of `suppression.ts` in its one-dimensional form. */
const figures = (schema: string): string => `
CREATE FUNCTION ${schema}.retention_figures(
  city text, metric text, fiscal_year integer, years integer, as_of date, known_at timestamptz)
RETURNS TABLE (dimension text, dimension_value text, numerator numeric, denominator numeric, value numeric, suppressed boolean)
LANGUAGE sql STABLE AS $$
  WITH floor AS (
    SELECT f.floor AS least_people FROM ${schema}.small_cell_floor f
     WHERE f.municipality = city AND f.effective_from <= as_of ORDER BY f.effective_from DESC LIMIT 1
  ), summed AS (
    SELECT b.dimension, b.key, ${SUMS}, ${PEOPLE} AS people
      FROM ${schema}.retention_people(city, metric, fiscal_year, years, as_of, known_at) p
      CROSS JOIN LATERAL (VALUES ('total', 'all'), ${DIMENSIONS.map((name) => `('${name}', coalesce(p.${name}, 'unknown'))`).join(', ')}) AS b (dimension, key)
     GROUP BY b.dimension, b.key
  ), ordered AS (
    SELECT s.*, row_number() OVER smallest_first AS place,
           coalesce(sum(people) OVER (smallest_first ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS smaller,
           min(people) OVER (PARTITION BY s.dimension) < least_people AS any_small
      FROM summed s CROSS JOIN floor
    WINDOW smallest_first AS (PARTITION BY s.dimension ORDER BY people, s.key COLLATE "C")
  ), judged AS (
    SELECT o.*, people < least_people OR (any_small AND o.dimension <> 'total' AND (place <= 2 OR smaller < least_people)) AS hidden
      FROM ordered o CROSS JOIN floor
  )
  SELECT j.dimension, j.key, CASE WHEN NOT hidden THEN j.numerator END, CASE WHEN NOT hidden THEN j.denominator END,
         CASE WHEN NOT hidden THEN ${schema}.metric_value(d.unit, j.numerator, j.denominator) END, hidden
    FROM judged j JOIN ${schema}.metric_definition d ON d.metric_id = metric
$$;
COMMENT ON FUNCTION ${schema}.retention_figures IS '指標の値（全体と内訳ごと、秘匿済み） / figures of a metric in total and by each breakdown, small cells suppressed';`;
