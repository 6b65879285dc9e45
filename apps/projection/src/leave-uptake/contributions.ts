import { known } from '../schema/tables.js';

/**
 * `metrics.ts` says in words what each metric counts. One person is one contribution to each side; those to the two sides
 * share the day, the last one in service within the period, and so the classes of every breakdown. Days are minutes by the
 * minutes of that day, with so many decimals that sums rounded to twelve are exact. What belongs to one person is brought
 * together by grouping, not by joins: tables without statistics, as after a load, would have them planned for one row.
 */
export const leaveContributions = (schema: string): string => `
  WITH period AS (
    SELECT first_day, next_year, least(next_year, as_of + 1) AS closed_on
      FROM (SELECT ${schema}.year_start(city, kind, fiscal_year) AS first_day, ${schema}.year_start(city, kind, fiscal_year + 1) AS next_year
              FROM (SELECT CASE WHEN metric LIKE 'al.%' THEN 'leave' ELSE 'fiscal' END AS kind) AS one) AS whole
     WHERE first_day <= as_of
  ), present AS (
    SELECT DISTINCT ON (s.staff_id) s.staff_id, least(s.valid_to, p.closed_on) AS served_to,
           (metric LIKE 'cc.rate.mic%' OR metric LIKE 'cc.duration%' OR metric LIKE 'pat.%')
             AND s.route IN (SELECT r.route FROM ${schema}.recruitment_route r
                              WHERE r.municipality = city AND r.employment = 'fiscal-year'
                                AND r.effective_from = (SELECT max(v.effective_from) FROM ${schema}.recruitment_route v
                                                         WHERE v.municipality = city AND v.effective_from <= as_of)) AS left_out
      FROM ${schema}.employment_spell s CROSS JOIN period p
     WHERE ${known('s')} AND s.valid_from < p.closed_on AND s.valid_to > p.first_day
     ORDER BY s.staff_id, s.valid_from DESC
  ), used AS (
    SELECT staff_id, sum(days) AS days
      FROM (SELECT e.staff_id, sum(e.minutes)::numeric(30, 20) / e.day_minutes AS days
              FROM ${schema}.leave_entry e CROSS JOIN period p
             WHERE ${known('e')} AND e.taken_on >= p.first_day AND e.taken_on < p.closed_on
               AND e.kind = ANY (CASE WHEN metric LIKE 'al.%' THEN '{annual}'
                                      WHEN metric = 'pat.birth_rate' THEN '{spouse-childbirth}'
                                      WHEN metric = 'pat.care_rate' THEN '{childcare-participation}'
                                      WHEN metric LIKE 'pat.%' THEN '{spouse-childbirth,childcare-participation}'
                                      WHEN metric LIKE 'care.%' THEN '{short-care,care}' END::text[])
             GROUP BY e.staff_id, e.day_minutes) AS by_day_minutes
     GROUP BY staff_id
  ), granted AS (
    SELECT staff_id, sum(days) AS days
      FROM (SELECT l.staff_id, sum(l.minutes)::numeric(30, 20) / l.day_minutes AS days
              FROM ${schema}.leave_lot l CROSS JOIN period p
             WHERE metric IN ('al.rate_granted', 'al.rate_total') AND ${known('l')} AND l.kind = 'annual'
               AND l.leave_year >= p.first_day AND l.leave_year < p.next_year AND l.granted_on < p.closed_on
               AND (metric = 'al.rate_total' OR NOT l.carried_over)
             GROUP BY l.staff_id, l.day_minutes) AS by_day_minutes
     GROUP BY staff_id
  ), whole_year AS (
    SELECT s.staff_id FROM ${schema}.stay s CROSS JOIN period p
     WHERE metric LIKE 'al.%' AND ${known('s')} AND s.valid_from <= p.first_day AND s.valid_to >= p.closed_on
       AND EXISTS (SELECT FROM ${schema}.employment_segment e
                    WHERE ${known('e')} AND e.staff_id = s.staff_id AND NOT e.concurrent
                      AND e.status NOT IN ('leave', 'seconded') AND e.valid_from < p.closed_on AND e.valid_to > p.first_day)
  ), eligible AS (
    SELECT c.staff_id, bool_or(EXISTS (
             SELECT FROM ${schema}.childcare_leave l
              WHERE ${known('l')} AND l.case_id = c.case_id AND l.status <> 'approved' AND l.valid_from <= as_of)) AS took
      FROM ${schema}.childcare_case c CROSS JOIN period p
     WHERE (metric LIKE 'cc.rate.%' OR metric LIKE 'pat.%') AND ${known('c')} AND c.eligible_fiscal_year = fiscal_year
       AND (metric <> 'cc.rate.wao' OR c.parenthood <> 'adopted') AND (metric NOT LIKE 'pat.%' OR ${isMan(schema, 'c.staff_id')})
     GROUP BY c.staff_id
  ), newly AS (
    SELECT DISTINCT ON (l.staff_id) l.staff_id, l.duration FROM ${schema}.childcare_leave l CROSS JOIN period p
     WHERE metric IN ('cc.rate.mic_v2', 'cc.duration_dist') AND ${known('l')} AND l.newly AND l.status <> 'approved'
       AND l.valid_from >= p.first_day AND l.valid_from < p.closed_on
     ORDER BY l.staff_id, l.valid_from DESC
  ), away AS (
    SELECT staff_id, range_agg(days) AS spells FROM (
        SELECT e.staff_id, daterange(e.taken_on, coalesce(o.until, e.taken_on + 1)) AS days
          FROM ${schema}.leave_entry e CROSS JOIN period p
          LEFT JOIN ${schema}.days_off o ON o.municipality = city AND o.first_day = e.taken_on + 1
           AND o.effective_from = (SELECT max(v.effective_from) FROM ${schema}.days_off v
                                    WHERE v.municipality = city AND v.effective_from <= as_of)
         WHERE metric = 'sick.long' AND ${known('e')} AND e.kind = 'sick' AND e.taken_on >= p.first_day AND e.taken_on < p.closed_on
         GROUP BY e.staff_id, e.taken_on, o.until HAVING sum(e.minutes) >= max(e.day_minutes)
        UNION ALL
        SELECT e.staff_id, daterange(e.valid_from, e.valid_to)
          FROM ${schema}.employment_segment e CROSS JOIN period p
         WHERE metric = 'sick.long' AND ${known('e')} AND NOT e.concurrent AND e.status = 'leave' AND e.leave_kind = 'sickness'
           AND e.valid_from < p.closed_on AND e.valid_to > p.first_day
      ) AS every GROUP BY staff_id
  ), long_away AS (
    SELECT a.staff_id FROM away a CROSS JOIN period p
     WHERE EXISTS (SELECT FROM unnest(a.spells * datemultirange(daterange(p.first_day, p.closed_on))) AS spell
                    WHERE upper(spell) - lower(spell) >= 30)
  ), counted AS (
    SELECT staff_id, 'counted' AS part,
           CASE metric WHEN 'al.under5_share' THEN (round(coalesce(sum(used_days), 0), 12) < 5)::integer ELSE coalesce(sum(used_days), 0) END AS numerator,
           CASE WHEN metric LIKE 'al.rate%' THEN coalesce(sum(granted_days), 0) ELSE 1 END AS denominator, NULL AS duration
      FROM (SELECT staff_id, true AS whole, NULL::numeric AS used_days, NULL::numeric AS granted_days FROM whole_year
            UNION ALL SELECT staff_id, false, days, NULL FROM used WHERE metric LIKE 'al.%'
            UNION ALL SELECT staff_id, false, NULL, days FROM granted) AS brought
     GROUP BY staff_id HAVING bool_or(whole)
    UNION ALL
    SELECT staff_id, 'eligible', CASE WHEN metric IN ('cc.rate.mic_v1', 'cc.rate.wao') THEN took::integer END, 1, NULL FROM eligible
    UNION ALL
    SELECT staff_id, 'newly', 1, NULL, CASE metric WHEN 'cc.duration_dist' THEN duration END FROM newly
    UNION ALL
    SELECT staff_id, 'took', CASE metric WHEN 'pat.5days_rate' THEN (round(days, 12) >= 5)::integer ELSE 1 END, NULL, NULL
      FROM used WHERE metric LIKE 'pat.%' AND ${isMan(schema, 'used.staff_id')}
    UNION ALL
    SELECT staff_id, 'took', CASE metric WHEN 'care.days' THEN days ELSE 1 END, CASE metric WHEN 'care.days' THEN 1 END, NULL
      FROM used WHERE metric LIKE 'care.%'
    UNION ALL
    SELECT staff_id, 'present', bool_or(NOT here)::integer, 1, NULL
      FROM (SELECT staff_id, true AS here FROM present UNION ALL SELECT staff_id, false FROM long_away) AS brought
     WHERE metric = 'sick.long' GROUP BY staff_id HAVING bool_or(here)
  ), placed AS (
    SELECT x.*, max(served_to) OVER person AS until, bool_or(left_out) OVER person AS without
      FROM (SELECT counted.*, NULL::date AS served_to, false AS left_out FROM counted
            UNION ALL SELECT staff_id, NULL, NULL, NULL, NULL, served_to, left_out FROM present) AS x
    WINDOW person AS (PARTITION BY staff_id)
  )
  SELECT x.staff_id, x.part, x.numerator, x.denominator, coalesce(x.until, p.closed_on) - 1, coalesce(x.until, p.closed_on), x.duration
    FROM placed x CROSS JOIN period p WHERE x.part IS NOT NULL AND NOT x.without`;

/** Sex as it is known; somebody unknown is not counted among the men. */
const isMan = (schema: string, staffId: string): string =>
  `EXISTS (SELECT FROM ${schema}.person m WHERE ${known('m')} AND m.staff_id = ${staffId} AND m.sex = '1')`;
