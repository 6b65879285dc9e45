import type { Dimension } from '../subject.js';
import { holds, known } from './tables.js';

type PersonDimension = Dimension & Readonly<{ expression: (schema: string) => string }>;

/** Known only once all units are: they are looked up together. */
const IN_DEPARTMENT = () => 'NULL::text';

/** Breakdowns by what a person was on the day of the fact; the department also by what it is now. */
export const PERSON_DIMENSIONS = [
  {
    name: 'cohort',
    title: '採用年度',
    expression: (schema) => `${schema}.fiscal_year_of(stay.valid_from)::text`,
  },
  { name: 'route', title: '採用区分', expression: () => 'stay.route' },
  { name: 'department_then', title: 'その事実の日の部（所属コード）', expression: IN_DEPARTMENT },
  {
    name: 'department_now',
    title: '最後の所属が asOf 時点で属する部（所属コード）。廃止された所属は廃止時の部',
    expression: IN_DEPARTMENT,
  },
  { name: 'job_category', title: '職種', expression: () => 'at.job_category' },
  { name: 'grade', title: '級', expression: () => 'at.grade' },
  { name: 'sex', title: '性別 ISO 5218', expression: () => 'person.sex' },
  {
    name: 'age_band',
    title: '4月1日の年齢: <=29, 30-39, 40-49, 50-59, 60+',
    order: ['<=29', '30-39', '40-49', '50-59', '60+', 'unknown'],
    expression: (schema) => `${schema}.age_band(${schema}.fiscal_year_of(c.day) - 1 - person.birth_cohort)`,
  },
  {
    name: 'tenure_band',
    title: '在職年数: <1, 1-3, 3-5, 5-10, 10-20, 20+',
    order: ['<1', '1-3', '3-5', '5-10', '10-20', '20+', 'unknown'],
    expression: (schema) => `${schema}.tenure_band(${schema}.completed_months(stay.valid_from, c.tenure_to))`,
  },
] as const satisfies readonly PersonDimension[];

const asked = (...names: string[]): string => `dimensions && '{${names.join(',')}}'`;

/**
 * Contributions of the query `c` with the classes of the dimensions asked for; the others stay null. One look-up per
 * person and table: good plans from the first row on, before the tables have statistics.
 */
export const withDimensions = (schema: string, contributions: string, dimensions: readonly Dimension[]): string => `
  WITH placed AS (
    SELECT c.*, at.unit_id AS unit_then, latest.unit_id AS unit_now,
           ${classesOf(schema, dimensions).join(', ')}
      FROM ${contributions} c
      LEFT JOIN LATERAL (
        SELECT p.sex, p.birth_cohort FROM ${schema}.person p
         WHERE ${asked('sex', 'age_band')} AND p.staff_id = c.staff_id AND ${known('p')} LIMIT 1
      ) person ON true
      LEFT JOIN LATERAL (
        SELECT s.valid_from, s.route FROM ${schema}.stay s
         WHERE ${asked('cohort', 'route', 'tenure_band')} AND s.staff_id = c.staff_id AND ${known('s')} AND ${holds('s', 'c.day')}
         LIMIT 1
      ) stay ON true
      LEFT JOIN LATERAL (
        SELECT a.unit_id, a.grade, a.job_category FROM ${schema}.employment_segment a
         WHERE ${asked('department_then', 'grade', 'job_category')} AND a.staff_id = c.staff_id AND NOT a.concurrent
           AND ${known('a')} AND ${holds('a', 'c.day')}
         ORDER BY a.valid_from DESC LIMIT 1
      ) at ON true
      LEFT JOIN LATERAL (
        SELECT l.unit_id FROM ${schema}.employment_segment l
         WHERE ${asked('department_now')} AND l.staff_id = c.staff_id AND NOT l.concurrent
           AND ${known('l')} AND l.valid_from <= as_of
         ORDER BY l.valid_from DESC LIMIT 1
      ) latest ON true
  ), then_in AS MATERIALIZED (
    SELECT d.* FROM (
        SELECT array_agg(unit_then) AS units, array_agg(day) AS days
          FROM (SELECT DISTINCT unit_then, day FROM placed WHERE ${asked('department_then')} AND unit_then IS NOT NULL) AS one
      ) AS every CROSS JOIN LATERAL ${schema}.departments(city, every.units, every.days, known_at) d
  ), now_in AS MATERIALIZED (
    SELECT d.* FROM (
        SELECT array_agg(unit_now) AS units, array_agg(last_day) AS days
          FROM (SELECT one.unit_now, least(as_of, max(u.valid_to) - 1) AS last_day
                  FROM (SELECT DISTINCT unit_now FROM placed WHERE unit_now IS NOT NULL) AS one
                  LEFT JOIN ${schema}.unit u ON u.unit_id = one.unit_now AND ${known('u')} AND u.valid_from <= as_of
                 GROUP BY one.unit_now) AS last
      ) AS every CROSS JOIN LATERAL ${schema}.departments(city, every.units, every.days, known_at) d
  )
  SELECT p.staff_id, p.part, p.numerator, p.denominator,
         ${dimensions.map(({ name }) => DEPARTMENTS[name] ?? `p.${name}`).join(', ')}
    FROM placed p
    LEFT JOIN then_in ON then_in.unit_id = p.unit_then AND then_in.day = p.day
    LEFT JOIN now_in ON now_in.unit_id = p.unit_now`;

const DEPARTMENTS: Readonly<Record<string, string>> = {
  department_then: 'then_in.department',
  department_now: 'now_in.department',
};

/** Classes that follow from the look-ups, worked out only when asked for; a subject's own dimensions are columns of its contributions already. */
const classesOf = (schema: string, dimensions: readonly Dimension[]): string[] =>
  PERSON_DIMENSIONS.filter(({ name }) => dimensions.some((one) => one.name === name)).map(
    ({ name, expression }) => `CASE WHEN ${asked(name)} THEN ${expression(schema)} END AS ${name}`,
  );

export const ownDimensions = (dimensions: readonly Dimension[]): Dimension[] =>
  dimensions.filter(({ name }) => !PERSON_DIMENSIONS.some((person) => person.name === name));

/**
 * 部 of units on days, all in one go: the nearest ancestor at that level; where there is none (消防 and the like), the
 * highest below the authority; a unit that does not exist on the day is its own.
 */
export const createDepartments = (schema: string): string => `
CREATE FUNCTION ${schema}.departments(city text, units text[], days date[], known_at timestamptz)
RETURNS TABLE (unit_id text, day date, department text) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE asked AS (
    SELECT * FROM unnest(units, days) AS a (unit_id, day)
  ), up AS (
    SELECT a.unit_id AS below, a.day, u.unit_id, u.parent_id, u.level, 0 AS depth
      FROM asked a JOIN ${schema}.unit u ON u.unit_id = a.unit_id AND ${known('u')} AND ${holds('u', 'a.day')}
    UNION ALL
    SELECT up.below, up.day, u.unit_id, u.parent_id, u.level, up.depth + 1
      FROM up JOIN ${schema}.unit u ON u.unit_id = up.parent_id AND ${known('u')} AND ${holds('u', 'up.day')}
     WHERE up.level <> 'department' AND up.depth < 10
  ), found AS (
    SELECT DISTINCT ON (below, day) below, day, unit_id FROM up WHERE level NOT IN ('city', 'authority')
     ORDER BY below, day, level = 'department' DESC, depth DESC
  )
  SELECT a.unit_id, a.day, coalesce(f.unit_id, a.unit_id) FROM asked a LEFT JOIN found f ON f.below = a.unit_id AND f.day = a.day
$$;
COMMENT ON FUNCTION ${schema}.departments IS 'ある日の所属の部 / department of units on days';`;
