/** A column: name, type, comment (Japanese, then English). */
export type Column = readonly [name: string, type: string, comment: string];
export type Table = Readonly<{ name: string; comment: string; columns: readonly Column[] }>;

/** A column of a view: name, expression, comment (Japanese, then English). */
export type ViewColumn = readonly [name: string, expression: string, comment: string];
export type View = Readonly<{
  name: string;
  comment: string;
  columns: readonly ViewColumn[];
  from: (schema: string) => string;
}>;

const MUNICIPALITY: Column = ['municipality', 'text NOT NULL', '団体コード（6桁） / local government code'];
const RECORDED: readonly Column[] = [
  ['recorded_from', 'timestamptz NOT NULL', '記録された時刻 / known from'],
  [
    'recorded_to',
    'timestamptz NOT NULL',
    '訂正・取消の時刻（含まない。infinity は今も有効な記録） / known until, exclusive',
  ],
];

export const createFactTable = (schema: string, { name, comment, columns }: Table): string => {
  const id: Column = ['fact_id', 'uuid NOT NULL', '内容から定まるID / id derived from what the row says'];
  const all = [MUNICIPALITY, id, ...columns, ...RECORDED];
  return createTable(schema, { name, comment, columns: all }, 'CHECK (recorded_from < recorded_to)');
};

export const keyFactTable = (schema: string, { name }: Table): string =>
  `ALTER TABLE ${schema}.${name} ADD PRIMARY KEY (municipality, fact_id, recorded_from);
  ${holdOwner(`${schema}.${name}`)}`;

export const createFoldTable = (schema: string, { name, comment, columns }: Table): string => {
  const key: Column = ['key', 'text NOT NULL', 'key of the fold'];
  const recordedAt: Column = ['recorded_at', 'timestamptz NOT NULL', 'newest event folded'];
  const all = [MUNICIPALITY, key, ...columns, recordedAt];
  return createTable(schema, { name, comment, columns: all });
};

export const keyFoldTable = (schema: string, { name }: Table): string =>
  `ALTER TABLE ${schema}.${name} ADD PRIMARY KEY (municipality, key);
  ${holdOwner(`${schema}.${name}`)}`;

export const createKeyedTable = (schema: string, { name, comment, columns }: Table, key: string): string => `
  ${createTable(schema, { name, comment, columns: [MUNICIPALITY, ...columns] }, `PRIMARY KEY (${key})`)}
  ${holdOwner(`${schema}.${name}`)}`;

const createTable = (schema: string, { name, comment, columns }: Table, ...constraints: string[]): string => `
  CREATE TABLE ${schema}.${name} (${[...columns.map(([column, type]) => `${column} ${type}`), ...constraints].join(', ')});
  COMMENT ON TABLE ${schema}.${name} IS '${comment}';
  ${columns.map(([column, , text]) => `COMMENT ON COLUMN ${schema}.${name}.${column} IS '${text}';`).join('\n')}
  ${holdToRows(`${schema}.${name}`)}`;

/** An analyst's role sees the rows of its own municipality only; the service that owns the tables sees all. */
const holdToRows = (table: string): string => `
  ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own_municipality ON ${table} FOR SELECT
    USING (current_user LIKE 'analyst\\_%' AND municipality = substr(current_user, length('analyst_') + 1));
  CREATE POLICY service ON ${table} TO CURRENT_USER USING (true) WITH CHECK (true);`;

/** The owner as well, who has a policy of its own: apart from the others, since Postgres refuses COPY under a policy. */
const holdOwner = (table: string): string => `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;`;

/** The view runs with the rights of whoever asks, so that row-level security of the base tables holds. */
export const createView = (schema: string, { name, comment, columns, from }: View): string => `
  CREATE OR REPLACE VIEW analytics.${name} WITH (security_invoker = true) AS
    SELECT ${columns.map(([column, expression]) => `${expression} AS ${column}`).join(', ')} FROM ${from(schema)};
  COMMENT ON VIEW analytics.${name} IS '${comment}';
  ${columns.map(([column, , text]) => `COMMENT ON COLUMN analytics.${name}.${column} IS '${text}';`).join('\n')}`;

/** Conditions on a fact, as SQL: known at `known_at`, and true on a day. */
export const known = (alias: string): string =>
  `${alias}.municipality = city AND ${alias}.recorded_from <= known_at AND known_at < ${alias}.recorded_to`;
export const holds = (alias: string, day: string): string =>
  `${alias}.valid_from <= ${day} AND ${day} < ${alias}.valid_to`;

/** Columns that many views share; `f` is the fact. */
export const SAME = (name: string, comment: string): ViewColumn => [name, `f.${name}`, comment];
export const CITY = SAME('municipality', '団体コード（6桁） / local government code');
export const STAFF = SAME('staff_id', '職員の仮名ID（職員番号ではない） / pseudonym, not the staff number');
export const VALID: readonly ViewColumn[] = [
  SAME('valid_from', '効力の始まる日（含む） / first day on which it is true'),
  [
    'valid_to',
    `nullif(f.valid_to, 'infinity')`,
    '効力の終わる日（含まない。空は現在も有効） / day on which it ends, exclusive; null while open',
  ],
];
export const KNOWN: readonly ViewColumn[] = [
  SAME('recorded_from', '記録された時刻 / known from'),
  [
    'recorded_to',
    `nullif(f.recorded_to, 'infinity')`,
    '訂正・取消の時刻（空は最新の記録） / known until, exclusive; null for what is known now',
  ],
];
