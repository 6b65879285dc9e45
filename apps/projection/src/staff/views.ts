import { CITY, KNOWN, SAME, STAFF, VALID, type View } from '../schema/tables.js';

/** Views on the facts on staff and organisation. */
export const STAFF_VIEWS: readonly View[] = [
  {
    name: 'employment',
    comment:
      '在職の事実：所属・職・級などが同じ期間ごとに一行（兼務は別の行） / where and as what a member of staff served; concurrent posts in rows of their own',
    columns: [
      CITY,
      STAFF,
      ['sex', 'p.sex', '性別 ISO 5218（1 男、2 女、0 不明、9 適用外） / sex'],
      ['birth_cohort', 'p.birth_cohort', '生まれ年度（4月2日〜翌4月1日） / fiscal year of birth'],
      SAME('employment_id', '在職（採用から退職まで）のID / one employment'),
      ['employment_kind', 's.kind', 'appoint 採用、rehire 再採用・再任用 / how the employment began'],
      ['route', 's.route', '採用区分 / recruitment route'],
      ['hired_on', 's.valid_from', '採用日 / first day of the employment'],
      SAME('concurrent', '兼務か / concurrent post'),
      SAME('status', 'probation 条件付、regular 正式、leave 休職・休業、seconded 派遣 / status of the main post'),
      SAME('unit_id', '所属コード（名称は analytics.unit） / unit'),
      SAME('position', '職位 / position'),
      SAME('grade', '級 / grade'),
      SAME('job_category', '職種 / job category'),
      SAME('weekly_minutes', '週の勤務時間（分） / weekly working time in minutes'),
      SAME('leave_kind', '休業の種別 / kind of leave of absence'),
      ...VALID,
      ['recorded_from', 'greatest(f.recorded_from, s.recorded_from, p.recorded_from)', '記録された時刻 / known from'],
      [
        'recorded_to',
        `nullif(least(f.recorded_to, s.recorded_to, p.recorded_to), 'infinity')`,
        '訂正・取消の時刻（空は最新の記録） / known until, exclusive; null for what is known now',
      ],
    ],
    from: (schema) => `${schema}.employment_segment f
      JOIN ${schema}.employment_spell s ON s.municipality = f.municipality AND s.staff_id = f.staff_id AND s.employment_id = f.employment_id
       AND s.recorded_from < f.recorded_to AND f.recorded_from < s.recorded_to
      LEFT JOIN ${schema}.person p ON p.municipality = f.municipality AND p.staff_id = f.staff_id
       AND p.recorded_from < least(f.recorded_to, s.recorded_to) AND greatest(f.recorded_from, s.recorded_from) < p.recorded_to`,
  },
  {
    name: 'personnel_action',
    comment: '人事発令、一件一行 / one row per personnel action',
    columns: [
      CITY,
      STAFF,
      SAME('action_id', '発令のID / the action'),
      SAME('employment_id', '在職のID / one employment'),
      SAME('kind', '発令種別 / kind of action'),
      SAME('effective_on', '発令日。退職では在職最終日 / effective day; for separate the last day in service'),
      SAME('until', '予定された終わりの日（含む） / foreseen last day'),
      SAME('unit_id', '所属コード / unit'),
      SAME('position', '職位 / position'),
      SAME('grade', '級 / grade'),
      SAME('job_category', '職種 / job category'),
      SAME('route', '採用区分 / recruitment route'),
      SAME('weekly_minutes', '週の勤務時間（分） / weekly working time in minutes'),
      SAME('leave_kind', '休業の種別 / kind of leave of absence'),
      SAME('reason', '離職事由 / reason of separation'),
      ...KNOWN,
    ],
    from: (schema) => `${schema}.personnel_action f`,
  },
  {
    name: 'separation',
    comment: '退職、一件一行 / one row per separation',
    columns: [
      CITY,
      STAFF,
      SAME('employment_id', '在職のID / one employment'),
      SAME('last_day', '在職最終日 / last day in service'),
      [
        'fiscal_year',
        `extract(year FROM f.last_day - interval '3 months')::integer`,
        '退職の年度 / fiscal year of the last day',
      ],
      SAME('reason', '離職事由 / reason'),
      SAME('continued', '翌日に再採用された（離職に数えない） / rehired on the next day: not counted as leaving'),
      ...KNOWN,
    ],
    from: (schema) => `${schema}.separation f`,
  },
  {
    name: 'unit',
    comment: '組織：名称・階層・上位が同じ期間ごとに一行 / units of the organisation as they are in a time',
    columns: [
      CITY,
      SAME('unit_id', '所属コード / unit'),
      SAME('name', '所属名 / name'),
      SAME('level', 'city 市、authority 任命権者、department 部、section 課、subsection 係・担当 / level'),
      SAME('parent_id', '上位の所属コード / parent unit'),
      SAME('sector', 'counter 窓口、project 事業、administration 管理 / sector'),
      SAME('appointing_authority', '任命権者 / appointing authority'),
      ...VALID,
      ...KNOWN,
    ],
    from: (schema) => `${schema}.unit f`,
  },
];
