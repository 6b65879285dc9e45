/** A column: name, type, comment (Japanese, then English). */
type Column = readonly [name: string, type: string, comment: string];
export type Table = Readonly<{ name: string; comment: string; columns: readonly Column[] }>;

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

/** Tables of facts. Each also has the columns of `RECORDED`; field names of the events, translated, are the columns. */
export const FACT_TABLES: readonly Table[] = [
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

const MUNICIPALITY: Column = ['municipality', 'text NOT NULL', '団体コード（6桁） / local government code'];
const RECORDED: readonly Column[] = [
  ['recorded_from', 'timestamptz NOT NULL', '記録された時刻 / known from'],
  [
    'recorded_to',
    'timestamptz NOT NULL',
    '訂正・取消の時刻（含まない。infinity は今も有効な記録） / known until, exclusive',
  ],
];

/** State of the folds; not for analysts. */
const FOLD_TABLES: readonly Table[] = [
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

/** What the metrics need besides facts, written by the service from policy packs and its own progress. */
const REFERENCE_TABLES: readonly (Table & { key: string })[] = [
  {
    name: 'municipality',
    comment: '対象の団体 / municipalities served',
    columns: [['name', 'text NOT NULL', '団体名 / name']],
    key: 'municipality',
  },
  {
    name: 'small_cell_floor',
    comment: '秘匿の基準人数 / smallest number of people of whom a figure is shown',
    columns: [
      ['effective_from', 'date NOT NULL', '適用開始日 / in force from'],
      ['floor', 'integer NOT NULL', '基準人数 / people'],
    ],
    key: 'municipality, effective_from',
  },
  {
    name: 'retirement_year',
    comment: '生まれ年度ごとの定年退職の年度 / fiscal year of retirement by fiscal birth cohort',
    columns: [
      ['effective_from', 'date NOT NULL', '適用開始日 / in force from'],
      ['birth_cohort', 'integer NOT NULL', '生まれ年度 / fiscal year of birth'],
      ['fiscal_year', 'integer NOT NULL', '定年退職の年度 / fiscal year at whose end the cohort retires'],
    ],
    key: 'municipality, effective_from, birth_cohort',
  },
  {
    name: 'recruitment_route',
    comment: '採用区分 / routes by which people are hired',
    columns: [
      ['effective_from', 'date NOT NULL', '適用開始日 / in force from'],
      ['route', 'text NOT NULL', '採用区分コード / code'],
      ['fixed_term', 'boolean NOT NULL', '任期付きか / whether it leads to an employment for a term'],
    ],
    key: 'municipality, effective_from, route',
  },
  {
    name: 'progress',
    comment: '取り込んだ最新の事実 / newest event taken in',
    columns: [
      ['event_id', 'text NOT NULL', '最新のイベントのID / its id'],
      ['recorded_at', 'timestamptz NOT NULL', 'その記録時刻 / when it was recorded'],
    ],
    key: 'municipality',
  },
];

/** The base tables of one version. A rebuild fills the same tables under another name beside it. */
export const createFacts = (schema: string): string => `
  CREATE SCHEMA ${schema};
  ${FACT_TABLES.map((table) => createFactTable(schema, table)).join('\n')}
  ${FOLD_TABLES.map((table) => createFoldTable(schema, table)).join('\n')}
  ${REFERENCE_TABLES.map((table) => createTable(schema, { ...table, columns: [MUNICIPALITY, ...table.columns] }, `PRIMARY KEY (${table.key})`)).join('\n')}
  ${[...FACT_TABLES, ...FOLD_TABLES, ...REFERENCE_TABLES].map(({ name }) => holdToRows(`${schema}.${name}`)).join('\n')}
  CREATE INDEX ON ${schema}.employment_segment (municipality, staff_id, valid_from) WHERE NOT concurrent;
  CREATE INDEX ON ${schema}.employment_spell (municipality, staff_id);
  CREATE INDEX ON ${schema}.person (municipality, staff_id);
  CREATE INDEX ON ${schema}.unit (municipality, unit_id, valid_from);
  CREATE TABLE ${schema}.frontier (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    known_through timestamptz NOT NULL
  );
  COMMENT ON TABLE ${schema}.frontier IS 'この時刻までに記録された事実はすべて取り込み済み / every event recorded up to this instant is included';
  CREATE TABLE ${schema}.metric_definition (
    metric_id text PRIMARY KEY, version integer NOT NULL, number integer NOT NULL, unit text NOT NULL,
    title_ja text NOT NULL, title_en text NOT NULL, numerator text NOT NULL, denominator text,
    period text NOT NULL, source text NOT NULL
  );
  COMMENT ON TABLE ${schema}.metric_definition IS '指標の定義 / definitions of the metrics';`;

/** Tables analysts may read, under row-level security. */
export const READABLE_TABLES: readonly string[] = [
  ...FACT_TABLES.map(({ name }) => name),
  ...REFERENCE_TABLES.map(({ name }) => name),
  'frontier',
  'metric_definition',
];

const createTable = (schema: string, { name, comment, columns }: Table, constraint: string): string => `
  CREATE TABLE ${schema}.${name} (${columns.map(([column, type]) => `${column} ${type}`).join(', ')}, ${constraint});
  COMMENT ON TABLE ${schema}.${name} IS '${comment}';
  ${columns.map(([column, , text]) => `COMMENT ON COLUMN ${schema}.${name}.${column} IS '${text}';`).join('\n')}`;

const createFactTable = (schema: string, { name, comment, columns }: Table): string => {
  const id: Column = ['fact_id', 'uuid NOT NULL', '内容から定まるID / id derived from what the row says'];
  const all = [MUNICIPALITY, id, ...columns, ...RECORDED];
  return createTable(
    schema,
    { name, comment, columns: all },
    'PRIMARY KEY (municipality, fact_id, recorded_from), CHECK (recorded_from < recorded_to)',
  );
};

const createFoldTable = (schema: string, { name, comment, columns }: Table): string => {
  const key: Column = ['key', 'text NOT NULL', 'key of the fold'];
  const recordedAt: Column = ['recorded_at', 'timestamptz NOT NULL', 'newest event folded'];
  const all = [MUNICIPALITY, key, ...columns, recordedAt];
  return createTable(schema, { name, comment, columns: all }, 'PRIMARY KEY (municipality, key)');
};

/** An analyst's role sees the rows of its own municipality only; the service that owns the tables sees all. */
const holdToRows = (table: string): string => `
  ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
  ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
  CREATE POLICY own_municipality ON ${table} FOR SELECT
    USING (current_user LIKE 'analyst\\_%' AND municipality = substr(current_user, length('analyst_') + 1));
  CREATE POLICY service ON ${table} TO CURRENT_USER USING (true) WITH CHECK (true);`;
