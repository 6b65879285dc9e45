import type { Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { endOf, startOf } from '#libs/law/fiscal-year';
import { isLocalDate, type LocalDate } from '#libs/law/local-date';
import { Malformed } from '#libs/platform/validation';
import { parseInstant, type Instant } from '#libs/projections/instant';
import { figuresOf, MAX_DIMENSIONS, type Question } from './figures.js';
import { dimensionsOf, type Dimension, type MetricDefinition, type Subject } from './subject.js';
import { metricOf } from './subjects.js';

/** Names in HTTP are the camelCase of those in SQL. */
export const httpName = ({ name }: Pick<Dimension, 'name'>): string =>
  name.replace(/_[a-z]/g, (part) => part[1].toUpperCase());

/** What can be asked of every subject. */
export class MetricQuery {
  @ApiProperty({ description: '指標（definitions を参照）。年数を要する指標は retention.cohort(5) のようにも書ける' })
  @Matches(/^[a-z0-9._]+(\(\d{1,2}\))?$/)
  metric: string;

  @ApiPropertyOptional({
    description: '年度、または範囲（2023-2025）。年次有給休暇の指標では休暇年の始まる年。省略時は asOf の属する年度',
  })
  @IsOptional()
  @Matches(/^\d{4}(-\d{4})?$/)
  fiscalYear?: string;

  @ApiPropertyOptional({ description: '年数（年数を要する指標だけ）' })
  @IsOptional()
  @Matches(/^[1-9]\d?$/)
  years?: string;

  @ApiPropertyOptional({ description: '内訳。コンマ区切り' })
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
}

/** The query of one subject: a breakdown of each name can be filtered by. */
export const queryOf = ({ dimensions }: Subject): Type<MetricQuery> => {
  class SubjectQuery extends MetricQuery {}
  for (const dimension of dimensions) {
    const decorators = [
      ApiPropertyOptional({ description: dimension.title, type: String }),
      IsOptional(),
      IsString(),
      MaxLength(100),
    ];
    for (const decorate of decorators) decorate(SubjectQuery.prototype, httpName(dimension));
  }
  return SubjectQuery;
};

/** What is asked, apart from the time up to which it is known. */
export type Asked = Omit<Question, 'knownAt'>;

/** Postgres and JavaScript agree on all days between, and no question needs others. */
const FISCAL_YEARS = { first: 1950, last: 2149 };
const FIRST_DAY = startOf(FISCAL_YEARS.first);
const LAST_DAY = endOf(FISCAL_YEARS.last);
const MOST_FIGURES = 300;

/**
 * @param yearOf the year to which a day belongs, by the years a metric is counted by
 * @throws Malformed
 */
export const asked = async (
  subject: Subject,
  query: MetricQuery,
  municipality: string,
  today: LocalDate,
  yearOf: (metric: MetricDefinition, day: LocalDate) => Promise<number>,
): Promise<Asked> => {
  const asOf = query.asOf ?? today;
  if (!isLocalDate(asOf) || asOf < FIRST_DAY || asOf > LAST_DAY) {
    throw malformed('asOf', `暦にある日付（YYYY-MM-DD、${FIRST_DAY} から ${LAST_DAY} まで）で指定してください`);
  }
  const { metric, years } = metricAndYears(subject, query);
  const filters = filtersOf(subject, query, metric);
  const groupBy = groupsOf(subject, query, metric, filters);
  if (Object.keys(filters).length + groupBy.length > MAX_DIMENSIONS) {
    throw malformed('groupBy', `内訳と絞り込みは合わせて${MAX_DIMENSIONS}種類までです`);
  }
  const fiscalYears = fiscalYearsOf(query, metric, asOf, await yearOf(metric, asOf));
  if (figuresOf({ metric, fiscalYears, years, asOf }).length > MOST_FIGURES) {
    throw malformed('fiscalYear', '年度の範囲が広すぎます');
  }
  return { subject, municipality, metric, years, filters, groupBy, asOf, fiscalYears };
};

/** @throws Malformed */
export const knownAtOf = ({ knownAt }: MetricQuery, now: Date): Instant | undefined => {
  if (knownAt === undefined) return undefined;
  const parsed = parseInstant(knownAt);
  if (!parsed) throw malformed('knownAt', '時差を含む日時（例 2026-04-01T00:00:00Z）で指定してください');
  if (Date.parse(parsed) > now.getTime()) throw malformed('knownAt', '未来の時刻は指定できません');
  return parsed;
};

const malformed = (field: string, message: string): Malformed =>
  new Malformed([{ field, rule: 'analytics', args: [], message }]);

const metricAndYears = (
  subject: Subject,
  { metric: name, years }: MetricQuery,
): { metric: MetricDefinition; years: number[] } => {
  const [, id, inside] = /^([a-z0-9._]+?)(?:\((\d+)\))?$/.exec(name) ?? [];
  const metric = metricOf(subject, id);
  if (!metric)
    throw malformed('metric', `次のいずれかを指定してください：${subject.metrics.map((known) => known.id).join('、')}`);
  const given = inside ?? years;
  if (metric.perYears === 'asked' && !Number(given)) throw malformed('years', '年数を指定してください');
  if (metric.perYears !== 'asked' && given !== undefined) throw malformed('years', 'この指標に年数はありません');
  return { metric, years: given === undefined ? [] : [Number(given)] };
};

const filtersOf = (subject: Subject, query: MetricQuery, metric: MetricDefinition): Partial<Record<string, string>> => {
  const offered = dimensionsOf(subject, metric);
  return Object.fromEntries(
    subject.dimensions.flatMap((dimension) => {
      const value = (query as unknown as Readonly<Record<string, string | undefined>>)[httpName(dimension)];
      if (value === undefined) return [];
      if (!offered.includes(dimension)) throw malformed(httpName(dimension), 'この指標にこの内訳はありません');
      return [[dimension.name, value]];
    }),
  );
};

const groupsOf = (
  subject: Subject,
  { groupBy = '' }: MetricQuery,
  metric: MetricDefinition,
  filters: object,
): string[] => {
  const names = groupBy === '' ? [] : groupBy.split(',');
  const dimensions = dimensionsOf(subject, metric);
  const offered = dimensions.map(httpName);
  if (names.some((name) => !offered.includes(name)))
    throw malformed('groupBy', `次のいずれかを指定してください：${offered.join('、')}`);
  return dimensions
    .filter((one) => (names.includes(httpName(one)) || metric.always?.includes(one.name)) && !(one.name in filters))
    .map(({ name }) => name);
};

const fiscalYearsOf = (
  { fiscalYear }: MetricQuery,
  { yearsAhead = 0 }: MetricDefinition,
  asOf: LocalDate,
  current: number,
): number[] => {
  const [first, last = fiscalYear ? Number(fiscalYear.slice(0, 4)) : current + yearsAhead] = fiscalYear
    ? fiscalYear.split('-').map(Number)
    : [current];
  if (last < first || first < FISCAL_YEARS.first || last > FISCAL_YEARS.last) {
    throw malformed('fiscalYear', '年度の範囲が正しくありません');
  }
  if (yearsAhead === 0 && last > current)
    throw malformed('fiscalYear', `${last}年度は ${asOf} の時点でまだ始まっていません`);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
};
