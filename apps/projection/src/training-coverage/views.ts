import { CITY, KNOWN, SAME, STAFF, VALID, type View } from '../schema/tables.js';

const COURSE = SAME('course', '研修コード（名称は analytics.training_course） / course');

/** Views on the facts on training. */
export const TRAINING_VIEWS: readonly View[] = [
  {
    name: 'training_course',
    comment: '研修、一つ一行 / one row per course',
    columns: [
      CITY,
      COURSE,
      SAME('title', '研修名 / title'),
      SAME('course_kind', '区分 new-hire、grade、management、recurring、digital、other / kind'),
      SAME('minutes', '時間（分） / length in minutes'),
      SAME('valid_months', '修了の有効月数（空は無期限） / months for which a completion holds; null for ever'),
      SAME('digital_class', 'デジタル人材の区分 expert、leader、general / class of digital staff it is for'),
      ...KNOWN,
    ],
    from: (schema) => `${schema}.training_course f`,
  },
  {
    name: 'training_assignment',
    comment:
      '受講の割当：期限と免除が同じ期間ごとに一行 / a required course; one row per time in which due date and excuse stay the same',
    columns: [
      CITY,
      STAFF,
      SAME('assignment_id', '割当のID / the assignment'),
      COURSE,
      SAME('because', '割当の理由 appointed、rehired、promoted、renewed、ordered、imported / why it was made'),
      SAME('assigned_on', '割当日 / day on which it was assigned'),
      SAME('due_on', '期限（含む） / last day on which it is in time'),
      [
        'due_fiscal_year',
        `extract(year FROM f.due_on - interval '3 months')::integer`,
        '期限の年度 / fiscal year of the due date',
      ],
      SAME('excused', '免除の理由（空は免除なし） / why it is not asked for; null when it is'),
      SAME(
        'excused_when_due',
        '期限の日に免除されている（期限がこの期間より後なら、この期間に免除されている） / excused on the due date; in this time where the due date comes after it',
      ),
      SAME('completed_on', '修了日（どの期間の行にもある。空は未修了） / day of completion, in the rows of all times'),
      ...VALID,
      ...KNOWN,
    ],
    from: (schema) => `${schema}.training_assignment f`,
  },
  {
    name: 'training_completion',
    comment: '研修の修了、一件一行 / one row per completion',
    columns: [
      CITY,
      STAFF,
      SAME('completion_id', '修了のID / the completion'),
      SAME('assignment_id', '応じた割当（空は割当のない修了） / assignment it meets; null when nobody had asked'),
      COURSE,
      SAME('completed_on', '修了日 / day of completion'),
      SAME('minutes', '受講した分 / minutes taken part'),
      SAME('valid_through', '有効期間の末日（含む。空は無期限） / last day on which it holds; null for ever'),
      ...KNOWN,
    ],
    from: (schema) => `${schema}.training_completion f`,
  },
  {
    name: 'training_session',
    comment: '研修の実施回、一回一行 / one row per session',
    columns: [
      CITY,
      SAME('session_id', '実施回のID / the session'),
      COURSE,
      SAME('held_on', '実施日 / day on which it is held'),
      SAME('capacity', '計画時の定員 / seats when it was planned'),
      ...KNOWN,
    ],
    from: (schema) => `${schema}.training_session f`,
  },
  {
    name: 'training_attendance',
    comment: '実施回への出欠、一人一行 / one row per person invited to a session',
    columns: [
      CITY,
      STAFF,
      SAME('session_id', '実施回のID / the session'),
      COURSE,
      SAME('held_on', '実施日 / day on which it was held'),
      SAME('attended', '出席したか / whether the person came'),
      SAME('minutes', '出席した分（欠席は0） / minutes present, 0 when absent'),
      ...KNOWN,
    ],
    from: (schema) => `${schema}.training_attendance f`,
  },
];
