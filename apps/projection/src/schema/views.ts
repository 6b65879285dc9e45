import type { Definition } from '../definitions.js';
import { staffFacts } from '../staff/staff-facts.js';
import type { FactSource, Subject } from '../subject.js';
import { readableTables } from './base.js';
import { CITY, SAME, type View, type ViewColumn } from './tables.js';

/** Views that belong to no subject. */
const SHARED_VIEWS: readonly View[] = [
  {
    name: 'metric_definition',
    comment: '指標の定義 / definitions of the metrics',
    columns: [
      SAME('metric_id', '指標 / metric'),
      SAME('subject', '指標のあるビュー analytics.<subject> / view that has the metric'),
      SAME('version', '定義の版 / version'),
      SAME(
        'unit',
        'percent %、per-100000 10万人当たり、years 年、days 日、hours 時間、minutes 分、persons 人 / unit of the value',
      ),
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
      [
        'passed_over',
        `k.passed_over`,
        'この版が知らず、取り込まなかったイベントの数（全団体） / events of a newer release that are not included, of all municipalities',
      ],
    ],
    from: (schema) => `${schema}.progress f CROSS JOIN (
      SELECT (SELECT min(known_through) FROM ${schema}.frontier) AS known_through,
             (SELECT coalesce(sum(events), 0) FROM ${schema}.passed_over) AS passed_over) k`,
  },
];

const FIGURE: readonly ViewColumn[] = [
  ['municipality', 'm.municipality', '団体コード（6桁） / local government code'],
  ['metric_id', 'd.metric_id', '指標（定義は analytics.metric_definition） / metric'],
  ['definition_version', 'd.version', '定義の版 / version of the definition'],
  [
    'fiscal_year',
    'y.fiscal_year',
    '年度（継続率では採用年度、年次有給休暇では休暇年の始まる年） / fiscal year; of hiring for cohort metrics; of annual leave the year in which the leave year begins',
  ],
  ['years', 'n.years', '採用からの年数（継続率の一部のみ） / years since hiring, where the metric has them'],
  ['dimension', 'r.dimension', '内訳の種類（total は全体） / breakdown; total for the whole'],
  ['dimension_value', 'r.dimension_value', '内訳の区分 / class of the breakdown'],
  ['numerator', 'r.numerator', '分子 / numerator'],
  ['denominator', 'r.denominator', '分母 / denominator'],
  [
    'value',
    'r.value',
    '値（小数第1位、時間は第2位、四捨五入。分母0は空） / value, one decimal (hours two) half up; null when the denominator is 0',
  ],
  ['suppressed', 'r.suppressed', '人数が少ないため秘匿 / hidden because few people stand behind it'],
  ['as_of', 't.as_of', 'この日現在 / as of this day'],
  ['known_at', 'f.known_through', 'この時刻までの記録による / as known at this time'],
];

/** Past fiscal years in the view; the years since hiring it shows of metrics that are asked for some. */
const YEARS_BACK = 9;
const SHOWN_YEARS = [5, 10];

/** Figures as of today and as known now. */
const figuresView = ({ name, comment, contracts }: Subject): View => ({
  name,
  comment: `${comment}。今日現在・取込済みの全記録による。metric_id と fiscal_year で絞ると速い / as of today and as known now; name metric_id and fiscal_year for a quick answer`,
  columns: FIGURE,
  from: (schema) => `${schema}.municipality m
      CROSS JOIN (${knownThrough(schema, servicesOf(contracts))}) f
      CROSS JOIN (SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date AS as_of) t
      JOIN ${schema}.metric_definition d ON d.subject = '${name}'
      CROSS JOIN LATERAL generate_series(
        ${schema}.year_of(m.municipality, d.year_kind, t.as_of) - CASE d.years_ahead WHEN 0 THEN ${YEARS_BACK} ELSE 0 END,
        ${schema}.year_of(m.municipality, d.year_kind, t.as_of) + d.years_ahead) AS y (fiscal_year)
      CROSS JOIN LATERAL (
        SELECT NULL::integer AS years WHERE d.per_years IS NULL
        UNION ALL SELECT generate_series(1, ${schema}.fiscal_year_of(t.as_of) - y.fiscal_year + 1) WHERE d.per_years = 'all'
        UNION ALL SELECT unnest(ARRAY[${SHOWN_YEARS.join(', ')}]) WHERE d.per_years = 'asked') AS n
      CROSS JOIN LATERAL ${schema}.${name}_figures(m.municipality, d.metric_id, y.fiscal_year, n.years, t.as_of, f.known_through) r`,
});

/** Services whose events a subject's figures rest on: its own, and those of the breakdowns. */
export const servicesOf = (contracts: FactSource['contracts']): string[] => [
  ...new Set([...staffFacts.contracts, ...contracts].map(({ service }) => service)),
];

/** Instant up to which everything the services recorded is included; no row until all of them have one. */
export const knownThrough = (schema: string, services: readonly string[]): string => `
  SELECT min(known_through) AS known_through FROM ${schema}.frontier
   WHERE service IN (${services.map((service) => `'${service}'`).join(', ')}) HAVING count(*) = ${services.length}`;

/** All that is in `analytics`. */
export const viewsOf = ({ sources, subjects }: Pick<Definition, 'sources' | 'subjects'>): View[] => [
  ...SHARED_VIEWS,
  ...sources.flatMap(({ views }) => views),
  ...subjects.map(figuresView),
];

/** What an analyst's role may do: connect, and read the views, nothing else. */
export const grantAnalytics = (role: string): string => `
  DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO ${role}', current_database()); END $$;
  GRANT USAGE ON SCHEMA analytics TO ${role};
  ${grantViews(role)}`;

export const grantViews = (role: string): string => `GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO ${role};`;

/** The facts of a version, which the views read with the analyst's own rights. */
export const grantFacts = (role: string, schema: string, { sources }: Pick<Definition, 'sources'>): string => `
  GRANT USAGE ON SCHEMA ${schema} TO ${role};
  GRANT SELECT ON ${readableTables(sources)
    .map((table) => `${schema}.${table}`)
    .join(', ')} TO ${role};`;
