import type { Column, Table } from '../schema/tables.js';

const STAFF: Column = [
  'staff_id',
  'text NOT NULL',
  '職員の仮名ID（職員番号ではない） / pseudonym of the member of staff',
];
const COURSE: Column = ['course', 'text NOT NULL', '研修コード / course'];

/** Facts on training; field names of the events, translated, are the columns. */
export const TRAINING_TABLES: readonly Table[] = [
  {
    name: 'training_course',
    comment: '研修、一つ一行。定義は記録の時から / one row per course, as defined from the time of its record',
    columns: [
      COURSE,
      ['title', 'text NOT NULL', '研修名 / title'],
      [
        'course_kind',
        'text NOT NULL',
        'new-hire 採用時、grade 階層別、management 管理監督者、recurring 毎年度等、digital デジタル、other その他 / kind',
      ],
      ['minutes', 'integer NOT NULL', '時間（分） / length in minutes'],
      ['valid_months', 'integer', '修了の有効月数（空は無期限） / months for which a completion holds; null for ever'],
      [
        'digital_class',
        'text',
        'expert 高度専門人材、leader DX推進リーダー、general 一般。デジタル研修以外は空 / class of digital staff it is for',
      ],
    ],
  },
  {
    name: 'training_assignment',
    comment:
      '受講の割当：期限と免除が同じ期間ごとに一行 / a required course; one row per time in which due date and excuse stay the same',
    columns: [
      STAFF,
      ['assignment_id', 'text NOT NULL', '割当のID / the assignment'],
      COURSE,
      [
        'because',
        'text NOT NULL',
        '割当の理由 appointed 採用、rehired 再採用、promoted 昇任、renewed 更新、ordered 個別、imported 取込 / why it was made',
      ],
      ['assigned_on', 'date NOT NULL', '割当日 / day on which it was assigned'],
      ['due_on', 'date NOT NULL', '期限（含む） / last day on which it is in time'],
      [
        'excused',
        'text',
        '免除の理由 separated 退職、on-leave 休業、action-voided 発令取消、by-hand 個別。空は免除なし / why it is not asked for',
      ],
      [
        'excused_when_due',
        'boolean NOT NULL',
        '期限の日に免除されている（期限がこの期間より後なら、この期間に免除されている） / excused on the due date; in this time where the due date comes after it',
      ],
      [
        'completed_on',
        'date',
        '修了日（どの期間の行にもある。空は未修了） / day of completion, in the rows of all times',
      ],
      ['valid_from', 'date NOT NULL', '効力の始まる日（含む） / first day on which it is true'],
      [
        'valid_to',
        'date NOT NULL',
        '効力の終わる日（含まない。infinity は現在も有効） / first day on which it is no longer true',
      ],
    ],
  },
  {
    name: 'training_completion',
    comment: '研修の修了、一件一行。取り消された修了はない / one row per completion; none once it was voided',
    columns: [
      STAFF,
      ['completion_id', 'text NOT NULL', '修了のID / the completion'],
      ['assignment_id', 'text', '応じた割当（空は割当のない修了） / assignment it meets; null when nobody had asked'],
      COURSE,
      ['completed_on', 'date NOT NULL', '修了日 / day of completion'],
      ['minutes', 'integer NOT NULL', '受講した分 / minutes taken part'],
      ['valid_through', 'date', '有効期間の末日（含む。空は無期限） / last day on which it holds; null for ever'],
    ],
  },
  {
    name: 'training_session',
    comment: '研修の実施回、一回一行。中止された回はない / one row per session; none once it was cancelled',
    columns: [
      ['session_id', 'text NOT NULL', '実施回のID / the session'],
      COURSE,
      ['held_on', 'date NOT NULL', '実施日 / day on which it is held'],
      ['capacity', 'integer NOT NULL', '計画時の定員 / seats when it was planned'],
    ],
  },
  {
    name: 'training_attendance',
    comment: '実施回への出欠、一人一行 / one row per person invited to a session',
    columns: [
      STAFF,
      ['session_id', 'text NOT NULL', '実施回のID / the session'],
      COURSE,
      ['held_on', 'date NOT NULL', '実施日 / day on which it was held'],
      ['attended', 'boolean NOT NULL', '出席したか / whether the person came'],
      ['minutes', 'integer NOT NULL', '出席した分（欠席は0） / minutes present, 0 when absent'],
    ],
  },
];

export const TRAINING_FOLDS: readonly Table[] = [
  {
    name: 'course_definition',
    comment: 'State of the fold of one course',
    columns: [['definition', 'jsonb NOT NULL', 'newest definition']],
  },
  {
    name: 'assignment_history',
    comment: 'State of the fold of one assignment',
    columns: [
      ['made', 'jsonb NOT NULL', 'the assignment as it was made'],
      ['states', 'jsonb NOT NULL', 'due date and excuse, by the day from which they hold'],
      ['completions', 'jsonb NOT NULL', 'completions not voided'],
    ],
  },
  {
    name: 'completion_entry',
    comment: 'State of the fold of one completion that was not voided',
    columns: [['completion', 'jsonb NOT NULL', 'the completion']],
  },
  {
    name: 'session_roll',
    comment: 'State of the fold of one session that was not cancelled',
    columns: [
      ['session', 'jsonb NOT NULL', 'the session as planned'],
      ['attendances', 'jsonb NOT NULL', 'newest record of each person'],
    ],
  },
];
