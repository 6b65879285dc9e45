import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { endOf, fiscalYearOf, startOf } from '#libs/law/fiscal-year';
import { isLocalDate, type LocalDate } from '#libs/law/local-date';
import { Malformed } from '#libs/platform/validation';
import { parseInstant, type Instant } from '#libs/projections/instant';
import { metricOf, METRICS, type MetricDefinition } from './metric-definitions.js';
import { figuresOf, MAX_DIMENSIONS, type RetentionQuestion } from './retention.js';
import { DIMENSIONS, type Dimension } from './schema/retention.js';

/** Names in HTTP are the camelCase of those in SQL. */
export const httpName = (dimension: Dimension): string => dimension.replace(/_[a-z]/g, (part) => part[1].toUpperCase());

const NAMES = DIMENSIONS.map(httpName);
const ClassOf = (description: string) => (target: object, property: string) => {
  for (const decorate of [ApiPropertyOptional({ description }), IsOptional(), IsString(), MaxLength(100)]) {
    decorate(target, property);
  }
};

export class RetentionQuery {
  @ApiProperty({ description: `指標: ${METRICS.map(({ id }) => id).join(', ')}. retention.cohort(5) も可` })
  @Matches(/^[a-z0-9.]+(\(\d{1,2}\))?$/)
  metric: string;

  @ApiPropertyOptional({ description: '年度、または範囲（2023-2025）。省略時は asOf の年度' })
  @IsOptional()
  @Matches(/^\d{4}(-\d{4})?$/)
  fiscalYear?: string;

  @ApiPropertyOptional({ description: '採用からの年数（retention.cohort）' })
  @IsOptional()
  @Matches(/^[1-9]\d?$/)
  years?: string;

  @ApiPropertyOptional({ description: `内訳。コンマ区切り: ${NAMES.join(', ')}` })
  @IsOptional()
  @Matches(/^[A-Za-z]+(,[A-Za-z]+)*$/)
  groupBy?: string;

  @ApiPropertyOptional({ description: 'この日現在（YYYY-MM-DD）。省略時は今日' })
  @IsOptional()
  @IsString()
  asOf?: string;

  @ApiPropertyOptional({ description: 'この時刻までの記録による（ISO 8601）。省略時は取込済みの最新' })
  @IsOptional()
  @IsString()
  knownAt?: string;

  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format?: 'json' | 'csv';

  @ClassOf('採用年度')
  cohort?: string;
  @ClassOf('採用区分')
  route?: string;
  @ClassOf('その事実の日の部（所属コード）')
  departmentThen?: string;
  @ClassOf('最後の所属が asOf 時点で属する部（所属コード）。廃止された所属は廃止時の部')
  departmentNow?: string;
  @ClassOf('職種')
  jobCategory?: string;
  @ClassOf('級')
  grade?: string;
  @ClassOf('性別 ISO 5218')
  sex?: string;
  @ClassOf('4月1日の年齢: <=29, 30-39, 40-49, 50-59, 60+')
  ageBand?: string;
  @ClassOf('在職年数: <1, 1-3, 3-5, 5-10, 10-20, 20+')
  tenureBand?: string;
}

/** What is asked, apart from the time up to which it is known. */
export type Asked = Omit<RetentionQuestion, 'knownAt'>;

/** Postgres and JavaScript agree on all days between, and no question needs others. */
const FISCAL_YEARS = { first: 1950, last: 2149 };
const FIRST_DAY = startOf(FISCAL_YEARS.first);
const LAST_DAY = endOf(FISCAL_YEARS.last);
const MOST_FIGURES = 300;
const DUE_YEARS = 20;

/** @throws Malformed */
export const asked = (query: RetentionQuery, municipality: string, today: LocalDate): Asked => {
  const asOf = query.asOf ?? today;
  if (!isLocalDate(asOf) || asOf < FIRST_DAY || asOf > LAST_DAY) {
    throw malformed('asOf', `暦にある日付（YYYY-MM-DD、${FIRST_DAY} から ${LAST_DAY} まで）で指定してください`);
  }
  const { metric, years } = metricAndYears(query);
  const filters = filtersOf(query);
  const groupBy = groupsOf(query, metric, filters);
  if (Object.keys(filters).length + groupBy.length > MAX_DIMENSIONS) {
    throw malformed('groupBy', `内訳と絞り込みは合わせて${MAX_DIMENSIONS}種類までです`);
  }
  const fiscalYears = fiscalYearsOf(query, metric, asOf);
  if (figuresOf({ metric, fiscalYears, years, asOf }).length > MOST_FIGURES) {
    throw malformed('fiscalYear', '年度の範囲が広すぎます');
  }
  return { municipality, metric, years, filters, groupBy, asOf, fiscalYears };
};

/** @throws Malformed */
export const knownAtOf = ({ knownAt }: RetentionQuery, now: Date): Instant | undefined => {
  if (knownAt === undefined) return undefined;
  const parsed = parseInstant(knownAt);
  if (!parsed) throw malformed('knownAt', '時差を含む日時（例 2026-04-01T00:00:00Z）で指定してください');
  if (Date.parse(parsed) > now.getTime()) throw malformed('knownAt', '未来の時刻は指定できません');
  return parsed;
};

const malformed = (field: string, message: string): Malformed =>
  new Malformed([{ field, rule: 'analytics', args: [], message }]);

const metricAndYears = ({ metric: name, years }: RetentionQuery): { metric: MetricDefinition; years: number[] } => {
  const [, id, inside] = /^([a-z0-9.]+?)(?:\((\d+)\))?$/.exec(name) ?? [];
  const metric = metricOf(id);
  if (!metric)
    throw malformed('metric', `次のいずれかを指定してください：${METRICS.map((known) => known.id).join('、')}`);
  const given = inside ?? years;
  if (metric.id === 'retention.cohort' && !Number(given)) throw malformed('years', '採用からの年数を指定してください');
  if (metric.id !== 'retention.cohort' && given !== undefined) throw malformed('years', 'この指標に年数はありません');
  return { metric, years: given === undefined ? [] : [Number(given)] };
};

const filtersOf = (query: RetentionQuery): Partial<Record<Dimension, string>> =>
  Object.fromEntries(
    DIMENSIONS.flatMap((dimension) => {
      const value = (query as unknown as Readonly<Record<string, string | undefined>>)[httpName(dimension)];
      return value === undefined ? [] : [[dimension, value]];
    }),
  );

const groupsOf = (
  { groupBy = '' }: RetentionQuery,
  { always = [] }: MetricDefinition,
  filters: object,
): Dimension[] => {
  const names = groupBy === '' ? [] : groupBy.split(',');
  const wrong = names.find((name) => !NAMES.includes(name));
  if (wrong !== undefined) throw malformed('groupBy', `次のいずれかを指定してください：${NAMES.join('、')}`);
  return DIMENSIONS.filter((name) => (names.includes(httpName(name)) || always.includes(name)) && !(name in filters));
};

const fiscalYearsOf = ({ fiscalYear }: RetentionQuery, { id }: MetricDefinition, asOf: LocalDate): number[] => {
  const current = fiscalYearOf(asOf);
  const due = id === 'retirement.due';
  const [first, last = fiscalYear ? Number(fiscalYear.slice(0, 4)) : current + (due ? DUE_YEARS : 0)] = fiscalYear
    ? fiscalYear.split('-').map(Number)
    : [current];
  if (last < first || first < FISCAL_YEARS.first || last > FISCAL_YEARS.last) {
    throw malformed('fiscalYear', '年度の範囲が正しくありません');
  }
  if (!due && startOf(last) > asOf) throw malformed('fiscalYear', `${last}年度は ${asOf} の時点でまだ始まっていません`);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
};
