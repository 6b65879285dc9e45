import type { Column, Table } from '../schema/tables.js';

const STAFF: Column = [
  'staff_id',
  'text NOT NULL',
  '職員の仮名ID（職員番号ではない） / pseudonym of the member of staff',
];
const EMPLOYMENT: Column = ['employment_id', 'text NOT NULL', '在職（採用から退職まで）のID / one employment'];
const VALID: readonly Column[] = [
  ['valid_from', 'date NOT NULL', '効力の始まる日（含む） / first day on which it is true'],
  [
    'valid_to',
    'date NOT NULL',
    '効力の終わる日（含まない。infinity は現在も有効） / first day on which it is no longer true',
  ],
];

/** Facts on staff and organisation; field names of the events, translated, are the columns. */
export const STAFF_TABLES: readonly Table[] = [
  {
    name: 'person',
    comment: '職員の統計用の属性 / attributes of a member of staff, for statistics',
    columns: [
      STAFF,
      ['sex', 'text NOT NULL', '性別 ISO 5218（1 男、2 女、0 不明、9 適用外） / sex'],
      ['birth_cohort', 'integer NOT NULL', '生まれ年度（4月2日〜翌4月1日） / fiscal year of birth, 2 April to 1 April'],
    ],
  },
  {
    name: 'personnel_action',
    comment: '人事発令、一件一行 / one row per personnel action',
    columns: [
      STAFF,
      ['action_id', 'text NOT NULL', '発令のID / the action'],
      EMPLOYMENT,
      ['kind', 'text NOT NULL', '発令種別 / kind of action'],
      [
        'effective_on',
        'date NOT NULL',
        '発令日。退職では在職最終日 / effective day; for separate the last day in service',
      ],
      ['until', 'date', '予定された終わりの日（含む） / last day of something with a foreseen end'],
      ['unit_id', 'text', '所属コード / unit'],
      ['position', 'text', '職位 / position'],
      ['grade', 'text', '級 / grade'],
      ['job_category', 'text', '職種 / job category'],
      ['route', 'text', '採用区分 / recruitment route'],
      ['weekly_minutes', 'integer', '週の勤務時間（分） / weekly working time in minutes'],
      ['leave_kind', 'text', '休業の種別 / kind of leave of absence'],
      ['reason', 'text', '離職事由 / reason of separation'],
    ],
  },
  {
    name: 'employment_spell',
    comment: '在職期間（採用から退職まで） / one employment from appointment to separation',
    columns: [
      STAFF,
      EMPLOYMENT,
      ['kind', 'text NOT NULL', 'appoint 採用、rehire 再採用・再任用 / how it began'],
      ['route', 'text NOT NULL', '採用区分 / recruitment route'],
      ...VALID,
    ],
  },
  {
    name: 'employment_segment',
    comment: '所属・職・級などが同じ期間 / a time in which post, grade and status stay the same',
    columns: [
      STAFF,
      EMPLOYMENT,
      ['concurrent', 'boolean NOT NULL', '兼務か（本務は偽） / a concurrent post; false for the main post'],
      [
        'status',
        'text',
        'probation 条件付、regular 正式、leave 休職・休業、seconded 派遣。兼務は空 / status of the main post',
      ],
      ['unit_id', 'text NOT NULL', '所属コード / unit'],
      ['position', 'text NOT NULL', '職位 / position'],
      ['grade', 'text', '級 / grade'],
      ['job_category', 'text', '職種 / job category'],
      ['weekly_minutes', 'integer', '週の勤務時間（分） / weekly working time in minutes'],
      ['leave_kind', 'text', '休業の種別 / kind of leave of absence'],
      ...VALID,
    ],
  },
  {
    name: 'stay',
    comment:
      '切れ目のない在職。退職の翌日に再採用された場合は一続き / service without a break; a rehire on the next day continues it',
    columns: [
      STAFF,
      ['entry', 'text NOT NULL', '始まりの種別 appoint / rehire / how it began'],
      ['route', 'text NOT NULL', '採用区分（始まり） / recruitment route at the beginning'],
      ['reason', 'text', '離職事由（在職中は空） / reason of leaving'],
      ...VALID,
    ],
  },
  {
    name: 'separation',
    comment: '退職、一件一行 / one row per separation',
    columns: [
      STAFF,
      EMPLOYMENT,
      ['last_day', 'date NOT NULL', '在職最終日 / last day in service'],
      ['reason', 'text', '離職事由 / reason'],
      [
        'continued',
        'boolean NOT NULL',
        '翌日に再採用された（離職に数えない） / rehired on the next day: not counted as leaving',
      ],
    ],
  },
  {
    name: 'unit',
    comment: '組織。廃止後の行はない / a unit of the organisation as it is in a time; none after its abolition',
    columns: [
      ['unit_id', 'text NOT NULL', '所属コード / unit'],
      ['name', 'text NOT NULL', '所属名 / name'],
      [
        'level',
        'text NOT NULL',
        '階層 city 市、authority 任命権者、department 部、section 課、subsection 係・担当 / level',
      ],
      ['parent_id', 'text', '上位の所属コード / parent unit'],
      ['sector', 'text', 'counter 窓口、project 事業、administration 管理 / sector'],
      ['appointing_authority', 'text NOT NULL', '任命権者 / appointing authority'],
      ...VALID,
    ],
  },
];

export const STAFF_FOLDS: readonly Table[] = [
  {
    name: 'career',
    comment: 'State of the fold of one member of staff',
    columns: [
      ['staff_id', 'text NOT NULL', 'as in the facts'],
      ['sex', 'text', 'as in the facts'],
      ['birth_cohort', 'integer', 'as in the facts'],
      ['actions', 'jsonb NOT NULL', 'actions not voided'],
      ['settled', 'jsonb', 'newest actions that formed a history, while actions do not'],
    ],
  },
  {
    name: 'unit_history',
    comment: 'State of the fold of one unit',
    columns: [
      ['unit_id', 'text NOT NULL', 'as in the facts'],
      ['changes', 'jsonb NOT NULL', 'changes of the unit by day'],
    ],
  },
];
