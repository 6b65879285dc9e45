import { holds, known } from '../schema/tables.js';

/**
 * `metrics.ts` says in words what each metric counts. `on_day` is the last day of the fiscal year, or `as_of` before
 * then: what happens later does not count, so that the figures of a past year stay. An assignment counts only where it
 * was made before the completion (`required`).
 */
export const trainingContributions = (schema: string): string => `
  WITH period AS (
    SELECT ${schema}.fiscal_year_start(fiscal_year) AS first_day, ${schema}.fiscal_year_start(fiscal_year + 1) - 1 AS last_day,
           least(${schema}.fiscal_year_start(fiscal_year + 1) - 1, as_of) AS on_day
     WHERE ${schema}.fiscal_year_start(fiscal_year) <= as_of
  ), required AS NOT MATERIALIZED (
    SELECT a.*, p.*, coalesce(a.completed_on <= p.on_day, false) AS completed
      FROM ${schema}.training_assignment a CROSS JOIN period p
     WHERE metric IN ('train.rate', 'train.person_compliance', 'train.overdue', 'train.due_soon', 'train.on_track')
       AND ${known('a')} AND ${holds('a', 'p.on_day')} AND (a.completed_on IS NULL OR a.completed_on >= a.assigned_on)
  ), completion AS NOT MATERIALIZED (
    SELECT c.*, p.* FROM ${schema}.training_completion c CROSS JOIN period p WHERE ${known('c')} AND c.completed_on <= p.on_day
  ), target AS (
    SELECT staff_id, course, bool_and(completed) AS completed, least(max(due_on), max(on_day)) AS day
      FROM required r
     WHERE metric = 'train.rate' AND due_on >= first_day AND due_on <= last_day AND NOT excused_when_due
       AND ${inService(schema, 'r.staff_id', 'least(r.due_on, r.on_day)')}
     GROUP BY staff_id, course
  ), compliance AS (
    SELECT staff_id, bool_and(completed) AS completed, max(on_day) AS day
      FROM required WHERE metric = 'train.person_compliance' AND excused IS NULL GROUP BY staff_id
  ), validity AS (
    SELECT staff_id, course, max(coalesce(valid_through, 'infinity')) AS through, max(on_day) AS day
      FROM completion WHERE metric IN ('train.expired', 'train.expiring') GROUP BY staff_id, course
  ), counted AS (
    SELECT staff_id, 'target' AS part, completed::integer AS numerator, 1 AS denominator, day, course FROM target
    UNION ALL
    SELECT staff_id, 'required', completed::integer, 1, day, NULL
      FROM compliance c WHERE ${inService(schema, 'c.staff_id', 'c.day')}
    UNION ALL
    SELECT staff_id, 'open',
           (metric = CASE WHEN due_on < on_day THEN 'train.overdue'
                          WHEN due_on <= on_day + interval '1 month' THEN 'train.due_soon' ELSE 'train.on_track' END)::integer,
           1, on_day, course
      FROM required r
     WHERE metric IN ('train.overdue', 'train.due_soon', 'train.on_track') AND NOT completed AND excused IS NULL
       AND ${inService(schema, 'r.staff_id', 'r.on_day')}
    UNION ALL
    SELECT staff_id, 'valid',
           (CASE metric WHEN 'train.expired' THEN through < day ELSE through >= day AND through <= day + 90 END)::integer, 1, day, course
      FROM validity v WHERE through < 'infinity' AND ${inService(schema, 'v.staff_id', 'v.day')}
    UNION ALL
    SELECT staff_id, 'completion',
           CASE WHEN metric = 'train.minutes' THEN minutes
                WHEN EXISTS (SELECT FROM ${schema}.training_assignment a
                              WHERE ${known('a')} AND a.assignment_id = c.assignment_id AND a.assigned_on <= c.completed_on) THEN 0
                ELSE 1 END, 1, completed_on, course
      FROM completion c WHERE metric IN ('train.unassigned', 'train.minutes') AND completed_on >= first_day
    UNION ALL
    SELECT staff_id, 'minutes', minutes, NULL, completed_on, NULL
      FROM completion WHERE metric = 'train.hours' AND completed_on >= first_day
    UNION ALL
    SELECT s.staff_id, 'staff', NULL, 1, p.on_day, NULL
      FROM ${schema}.stay s CROSS JOIN period p WHERE metric = 'train.hours' AND ${known('s')} AND ${holds('s', 'p.on_day')}
    UNION ALL
    SELECT t.staff_id, 'invited', t.attended::integer, 1, t.held_on, t.course
      FROM ${schema}.training_attendance t CROSS JOIN period p
     WHERE metric = 'train.attendance' AND ${known('t')} AND t.held_on >= p.first_day AND t.held_on <= p.on_day
  )
  SELECT x.staff_id, x.part, x.numerator, x.denominator, x.day, x.day,
         x.course, d.course_kind, CASE WHEN d.course IS NOT NULL THEN coalesce(d.digital_class, 'none') END
    FROM counted x LEFT JOIN ${schema}.training_course d ON ${known('d')} AND d.course = x.course`;

/**
 * Who has left is asked nothing: also where no event excused it, as with assignments that came in files. One look-up per
 * row, which the planner cannot turn into a join: a good plan also before the tables have statistics.
 */
const inService = (schema: string, staffId: string, day: string): string =>
  `(SELECT true FROM ${schema}.stay s WHERE ${known('s')} AND s.staff_id = ${staffId} AND ${holds('s', day)} LIMIT 1)`;
