import type { FactSource } from '../subject.js';
import {
  createFactTable,
  createFoldTable,
  createKeyedTable,
  keyFactTable,
  keyFoldTable,
  type Table,
} from './tables.js';

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
      [
        'employment',
        'text NOT NULL',
        '任用の種類 regular、fixed-term、fiscal-year 会計年度任用、re-employed-short、re-employed-interim / kind of employment',
      ],
    ],
    key: 'municipality, effective_from, route',
  },
  {
    name: 'leave_year',
    comment: '休暇年の始まり / beginning of the leave year',
    columns: [
      ['effective_from', 'date NOT NULL', '適用開始日 / in force from'],
      ['starts', 'text NOT NULL', '始まりの月日（MM-DD） / month and day on which it begins'],
    ],
    key: 'municipality, effective_from',
  },
  {
    name: 'days_off',
    comment: '週休日・休日の続き / days in a row on which nobody works',
    columns: [
      ['effective_from', 'date NOT NULL', '適用開始日 / in force from'],
      ['first_day', 'date NOT NULL', '初日 / first of them'],
      ['until', 'date NOT NULL', '次の勤務日 / working day after them'],
    ],
    key: 'municipality, effective_from, first_day',
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

/** What belongs to no municipality: readable by every analyst. */
const createShared = (schema: string): string => `
  CREATE TABLE ${schema}.frontier (service text PRIMARY KEY, known_through timestamptz NOT NULL);
  COMMENT ON TABLE ${schema}.frontier IS 'この時刻までにそのサービスで記録された事実はすべて取り込み済み / every event the service recorded up to this instant is included';
  CREATE TABLE ${schema}.passed_over (
    type text, version integer, events bigint NOT NULL, first_recorded_at timestamptz NOT NULL, PRIMARY KEY (type, version)
  );
  COMMENT ON TABLE ${schema}.passed_over IS 'この版が知らず、取り込まなかったイベント / events of a newer release that are not included';
  CREATE TABLE ${schema}.metric_definition (
    metric_id text PRIMARY KEY, subject text NOT NULL, version integer NOT NULL, number integer NOT NULL, unit text NOT NULL,
    title_ja text NOT NULL, title_en text NOT NULL, numerator text NOT NULL, denominator text,
    period text NOT NULL, source text NOT NULL, per_years text, years_ahead integer NOT NULL, year_kind text NOT NULL
  );
  COMMENT ON TABLE ${schema}.metric_definition IS '指標の定義 / definitions of the metrics';`;

const SHARED_TABLES = ['frontier', 'passed_over', 'metric_definition'];

/** The tables every subject stands on. A rebuild fills the same tables under another schema name beside it. */
export const createBase = (schema: string): string => `
  CREATE SCHEMA ${schema};
  ${REFERENCE_TABLES.map((table) => createKeyedTable(schema, table, table.key)).join('\n')}
  ${createShared(schema)}
  ${calendar(schema)}`;

export const createFacts = (schema: string, { tables, folds }: FactSource): string => `
  ${tables.map((table) => createFactTable(schema, table)).join('\n')}
  ${folds.map((table) => createFoldTable(schema, table)).join('\n')}`;

/** Keys, indexes and the last of the policies of those tables, apart from them: rows that are all there come quickest. */
export const createKeys = (schema: string, { tables, folds, indexes }: FactSource): string => `
  ${tables.map((table) => keyFactTable(schema, table)).join('\n')}
  ${folds.map((table) => keyFoldTable(schema, table)).join('\n')}
  ${indexes.map((index) => `CREATE INDEX ON ${schema}.${index};`).join('\n')}`;

/** Tables analysts may read, under row-level security where they belong to a municipality. */
export const readableTables = (sources: readonly FactSource[]): string[] => [
  ...sources.flatMap(({ tables }) => tables.map(({ name }) => name)),
  ...REFERENCE_TABLES.map(({ name }) => name),
  ...SHARED_TABLES,
];

const calendar = (schema: string): string => `
CREATE FUNCTION ${schema}.fiscal_year_of(day date) RETURNS integer LANGUAGE sql IMMUTABLE
  RETURN extract(year FROM day - interval '3 months')::integer;
CREATE FUNCTION ${schema}.fiscal_year_start(fiscal_year integer) RETURNS date LANGUAGE sql IMMUTABLE
  RETURN make_date(fiscal_year, 4, 1);
CREATE FUNCTION ${schema}.year_start(city text, year_kind text, year integer) RETURNS date LANGUAGE sql STABLE
  RETURN CASE year_kind WHEN 'leave' THEN (
    SELECT to_date(year || '-' || y.starts, 'YYYY-MM-DD') FROM ${schema}.leave_year y
     WHERE y.municipality = city AND y.effective_from <= to_date(year || '-' || y.starts, 'YYYY-MM-DD')
     ORDER BY y.effective_from DESC LIMIT 1) ELSE make_date(year, 4, 1) END;
COMMENT ON FUNCTION ${schema}.year_start IS '年度（fiscal）または団体の休暇年（leave）の初日 / first day of a fiscal year or of a leave year of the city';
CREATE FUNCTION ${schema}.year_of(city text, year_kind text, day date) RETURNS integer LANGUAGE sql STABLE
  RETURN (SELECT max(y) FROM generate_series(extract(year FROM day)::integer - 1, extract(year FROM day)::integer) AS y
           WHERE ${schema}.year_start(city, year_kind, y) <= day);
COMMENT ON FUNCTION ${schema}.year_of IS 'その日の属する年度または休暇年 / fiscal year or leave year of a day';
CREATE FUNCTION ${schema}.completed_months(since date, until date) RETURNS integer LANGUAGE sql IMMUTABLE
  RETURN (extract(year FROM age(until, since)) * 12 + extract(month FROM age(until, since)))::integer;
CREATE FUNCTION ${schema}.tenure_band(months integer) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN months < 12 THEN '<1' WHEN months < 36 THEN '1-3' WHEN months < 60 THEN '3-5'
              WHEN months < 120 THEN '5-10' WHEN months < 240 THEN '10-20' WHEN months >= 240 THEN '20+' END;
CREATE FUNCTION ${schema}.age_band(age integer) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN age <= 29 THEN '<=29' WHEN age <= 39 THEN '30-39' WHEN age <= 49 THEN '40-49'
              WHEN age <= 59 THEN '50-59' WHEN age >= 60 THEN '60+' END;
CREATE FUNCTION ${schema}.metric_value(unit text, numerator numeric, denominator numeric) RETURNS numeric
  LANGUAGE sql IMMUTABLE
  RETURN CASE unit WHEN 'percent' THEN round(numerator * 100 / nullif(denominator, 0), 1)
                   WHEN 'per-100000' THEN round(numerator * 100000 / nullif(denominator, 0), 1)
                   WHEN 'years' THEN round(numerator / (12 * nullif(denominator, 0)), 1)
                   WHEN 'hours' THEN round(numerator / (60 * nullif(denominator, 0)), 2)
                   WHEN 'persons' THEN numerator
                   ELSE round(numerator / nullif(denominator, 0), 1) END;
COMMENT ON FUNCTION ${schema}.metric_value IS '小数第1位（時間は第2位）まで四捨五入。分母0は空 / one decimal, of hours two, half up; null when the denominator is 0';`;
