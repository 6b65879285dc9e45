import { holds, known } from '../schema/tables.js';

/**
 * `metrics.ts` says in words what each metric counts. Intervals are half-open throughout; a person who leaves counts the
 * last day, so their tenure is taken up to the day after it.
 */
export const retentionContributions = (schema: string): string => `
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
    SELECT DISTINCT ON (staff_id) staff_id, valid_from, least(valid_to, closed_on) AS served_to
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
  ), due AS MATERIALIZED ( -- first by birth cohort: most years concern few people
    SELECT person.staff_id FROM ${schema}.retirement_year r
      JOIN ${schema}.person person ON ${known('person')} AND person.birth_cohort = r.birth_cohort
     WHERE r.municipality = city AND r.fiscal_year = retention_contributions.fiscal_year
       AND r.effective_from = (SELECT max(v.effective_from) FROM ${schema}.retirement_year v
                                WHERE v.municipality = city AND v.effective_from <= as_of)
  )
  SELECT staff_id, 'opening', CASE metric WHEN 'headcount' THEN 1 END,
         CASE metric WHEN 'headcount' THEN NULL WHEN 'sep.average' THEN 0.5 ELSE 1 END,
         first_day, first_day
    FROM s WHERE metric IN ('headcount', 'sep.rate', 'sep.opening', 'sep.average', 'sep.futsu')
             AND first_day <= as_of AND ${holds('s', 'first_day')}
  UNION ALL
  SELECT staff_id, 'closing', NULL, 0.5, closed_on - 1, closed_on
    FROM s WHERE metric = 'sep.average' AND first_day <= as_of AND valid_from < closed_on AND valid_to > closed_on
  UNION ALL
  SELECT staff_id, 'present', NULL, 1, served_to - 1, served_to FROM present
  UNION ALL
  SELECT staff_id, 'leaving', CASE metric WHEN 'tenure.leavers' THEN ${schema}.completed_months(valid_from, valid_to) ELSE 1 END,
         CASE metric WHEN 'tenure.leavers' THEN 1 END, valid_to - 1, valid_to
    FROM leaving WHERE metric <> 'sep.wao' OR nth_last = 1
  UNION ALL
  SELECT staff_id, 'cohort', (valid_to > tested_on)::integer, 1, valid_from, valid_from
    FROM cohort WHERE tested_on <= as_of + 1 AND (valid_to > tested_on OR reason IS DISTINCT FROM 'returned-to-home-body')
  UNION ALL
  SELECT s.staff_id, 'due', 1, NULL, as_of, as_of
    FROM due JOIN s ON s.staff_id = due.staff_id AND ${holds('s', 'as_of')}
             JOIN ${schema}.employment_spell spell ON spell.staff_id = s.staff_id AND ${known('spell')} AND ${holds('spell', 'as_of')}
   WHERE metric = 'retirement.due'
     AND NOT EXISTS (SELECT FROM ${schema}.recruitment_route t
                      WHERE t.municipality = city AND t.route = spell.route AND t.fixed_term
                        AND t.effective_from = (SELECT max(v.effective_from) FROM ${schema}.recruitment_route v
                                                 WHERE v.municipality = city AND v.effective_from <= as_of))`;
