import { READABLE_TABLES } from './facts.js';

/** A column of a view: name, expression, comment (Japanese, then English). */
type ViewColumn = readonly [name: string, expression: string, comment: string];
type View = Readonly<{
  name: string;
  comment: string;
  columns: readonly ViewColumn[];
  from: (schema: string) => string;
}>;

const CITY: ViewColumn = ['municipality', 'f.municipality', '団体コード（6桁） / local government code'];
const STAFF: ViewColumn = [
  'staff_id',
  'f.staff_id',
  '職員の仮名ID（職員番号ではない） / pseudonym, not the staff number',
];
const VALID: readonly ViewColumn[] = [
  ['valid_from', 'f.valid_from', '効力の始まる日（含む） / first day on which it is true'],
  [
    'valid_to',
    `nullif(f.valid_to, 'infinity')`,
    '効力の終わる日（含まない。空は現在も有効） / day on which it ends, exclusive; null while open',
  ],
];
const RECORDED: readonly ViewColumn[] = [
  ['recorded_from', 'f.recorded_from', '記録された時刻 / known from'],
  [
    'recorded_to',
    `nullif(f.recorded_to, 'infinity')`,
    '訂正・取消の時刻（空は最新の記録） / known until, exclusive; null for what is known now',
  ],
];
const SAME = (name: string, comment: string): ViewColumn => [name, `f.${name}`, comment];

const VIEWS: readonly View[] = [
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
      ...RECORDED,
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
      ...RECORDED,
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
      ...RECORDED,
    ],
    from: (schema) => `${schema}.unit f`,
  },
  {
    name: 'retention',
    comment:
      '定着・離職の指標。今日現在・取込済みの全記録による。metric_id と fiscal_year で絞ると速い / retention metrics as of today and as known now; name metric_id and fiscal_year for a quick answer',
    columns: [
      ['municipality', 'm.municipality', '団体コード（6桁） / local government code'],
      ['metric_id', 'd.metric_id', '指標（定義は analytics.metric_definition） / metric'],
      ['definition_version', 'd.version', '定義の版 / version of the definition'],
      ['fiscal_year', 'y.fiscal_year', '年度（継続率では採用年度） / fiscal year; of hiring for cohort metrics'],
      ['years', 'n.years', '採用からの年数（継続率の一部のみ） / years since hiring, where the metric has them'],
      ['dimension', 'r.dimension', '内訳の種類（total は全体） / breakdown; total for the whole'],
      ['dimension_value', 'r.dimension_value', '内訳の区分 / class of the breakdown'],
      ['numerator', 'r.numerator', '分子 / numerator'],
      ['denominator', 'r.denominator', '分母 / denominator'],
      [
        'value',
        'r.value',
        '値（小数第1位、四捨五入。分母0は空） / value, one decimal half up; null when the denominator is 0',
      ],
      ['suppressed', 'r.suppressed', '人数が少ないため秘匿 / hidden because few people stand behind it'],
      ['as_of', 't.as_of', 'この日現在 / as of this day'],
      ['known_at', 'f.known_through', 'この時刻までの記録による / as known at this time'],
    ],
    from: (schema) => `${schema}.municipality m
      CROSS JOIN ${schema}.frontier f
      CROSS JOIN (SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date AS as_of) t
      CROSS JOIN ${schema}.metric_definition d
      CROSS JOIN LATERAL generate_series(
        ${schema}.fiscal_year_of(t.as_of) - CASE d.metric_id WHEN 'retirement.due' THEN 0 ELSE 9 END,
        ${schema}.fiscal_year_of(t.as_of) + CASE d.metric_id WHEN 'retirement.due' THEN 20 ELSE 0 END) AS y (fiscal_year)
      CROSS JOIN LATERAL (
        SELECT NULL::integer AS years WHERE d.metric_id NOT IN ('retention.cohort', 'retention.survival')
        UNION ALL SELECT generate_series(1, ${schema}.fiscal_year_of(t.as_of) - y.fiscal_year + 1)
         WHERE d.metric_id = 'retention.survival'
        UNION ALL SELECT unnest(ARRAY[5, 10]) WHERE d.metric_id = 'retention.cohort') AS n
      CROSS JOIN LATERAL ${schema}.retention_figures(m.municipality, d.metric_id, y.fiscal_year, n.years, t.as_of, f.known_through) r`,
  },
  {
    name: 'metric_definition',
    comment: '指標の定義 / definitions of the metrics',
    columns: [
      SAME('metric_id', '指標 / metric'),
      SAME('version', '定義の版 / version'),
      SAME('unit', 'percent %、years 年、persons 人 / unit of the value'),
      SAME('title_ja', '名称 / name in Japanese'),
      SAME('title_en', '英語名 / name in English'),
      SAME('numerator', '分子 / numerator'),
      SAME('denominator', '分母（人数の指標では空） / denominator; null for counts'),
      SAME('period', '対象期間 / period'),
      SAME('source', '出典 / source'),
    ],
    from: (schema) => `${schema}.metric_definition f`,
  },
  {
    name: 'freshness',
    comment: 'どこまで取り込んでいるか / how fresh the data are',
    columns: [
      CITY,
      ['newest_event_id', 'f.event_id', '取り込んだ最新のイベントのID / newest event included'],
      ['newest_event_at', 'f.recorded_at', 'その記録時刻 / when it was recorded'],
      [
        'known_through',
        'k.known_through',
        'この時刻までの記録はすべて取込済み / everything recorded up to here is included',
      ],
      ['lag', 'now() - k.known_through', '遅れ / lag'],
    ],
    from: (schema) => `${schema}.progress f LEFT JOIN ${schema}.frontier k ON true`,
  },
];

/**
 * Points the views of `analytics` at a schema version; in one transaction this is the switch from one version to the
 * next. The views run with the rights of whoever asks, so that row-level security of the base tables holds.
 */
export const pointViewsAt = (schema: string): string => `
  CREATE SCHEMA IF NOT EXISTS analytics;
  COMMENT ON SCHEMA analytics IS '分析者向けのビュー / views for analysts';
  ${VIEWS.map((view) => createView(schema, view)).join('\n')}`;

const createView = (schema: string, { name, comment, columns, from }: View): string => `
  CREATE OR REPLACE VIEW analytics.${name} WITH (security_invoker = true) AS
    SELECT ${columns.map(([column, expression]) => `${expression} AS ${column}`).join(', ')} FROM ${from(schema)};
  COMMENT ON VIEW analytics.${name} IS '${comment}';
  ${columns.map(([column, , text]) => `COMMENT ON COLUMN analytics.${name}.${column} IS '${text}';`).join('\n')}`;

/** What an analyst's role may do: connect, and read views and facts, nothing else. */
export const grantTo = (role: string, schema: string): string => `
  DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO ${role}', current_database()); END $$;
  GRANT USAGE ON SCHEMA analytics, ${schema} TO ${role};
  GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO ${role};
  GRANT SELECT ON ${READABLE_TABLES.map((table) => `${schema}.${table}`).join(', ')} TO ${role};`;
