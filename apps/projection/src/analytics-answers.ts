import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { stringify } from 'csv-stringify/sync';
import type { Instant } from '#libs/projections/instant';
import type { FigureRow } from './figures.js';
import { httpName, type Asked } from './metric-query.js';
import type { Unit } from './subject.js';

const nullable = (type: unknown, description: string) =>
  ApiProperty({ type: type as never, nullable: true, description });

export class MetricFigure {
  @ApiProperty() readonly municipality: string;
  @ApiProperty() readonly metricId: string;
  @ApiProperty() readonly definitionVersion: number;
  @ApiProperty({ description: '年度（採用者を追う指標では採用年度、年次有給休暇では休暇年の始まる年）' })
  readonly fiscalYear: number;
  @ApiProperty({ description: '数えた最初の日と最後の日、from/to' }) readonly period: string;
  @nullable(Number, '年数（年数を要する指標）') readonly years: number | null;
  @ApiProperty({ type: Object, description: '内訳の区分。null は計、unknown は不明' })
  readonly dimensions: Readonly<Record<string, string | null>>;
  @nullable(Number, '分子') readonly numerator: number | null;
  @nullable(Number, '分母。人数の指標では null') readonly denominator: number | null;
  @nullable(Number, '値。小数第1位（時間は第2位）、四捨五入。分母0は null') readonly value: number | null;
  @ApiProperty({ description: '人数が少ないため秘匿' }) readonly suppressed: boolean;
  @ApiProperty() readonly asOf: string;
  @ApiProperty() readonly knownAt: string;
}

export class MetricAnswer {
  @ApiProperty() readonly municipality: string;
  @ApiProperty() readonly metricId: string;
  @ApiProperty() readonly definitionVersion: number;
  @ApiProperty({ description: 'この日現在' }) readonly asOf: string;
  @ApiProperty({ description: 'この時刻までの記録による。asOf とともに渡せば同じ答えが得られる' })
  readonly knownAt: string;
  @ApiProperty({ type: [MetricFigure] }) readonly rows: readonly MetricFigure[];
}

class Title {
  @ApiProperty() readonly ja: string;
  @ApiProperty() readonly en: string;
}

export class Definition {
  @ApiProperty({ description: '指標のある analytics/<subject>' }) readonly subject: string;
  @ApiProperty() readonly metricId: string;
  @ApiProperty() readonly version: number;
  @ApiProperty({ enum: ['percent', 'per-100000', 'years', 'days', 'hours', 'minutes', 'persons'] })
  readonly unit: string;
  @ApiProperty({ type: Title }) readonly title: Title;
  @ApiProperty() readonly numerator: string;
  @nullable(String, '分母。人数の指標では null') readonly denominator: string | null;
  @ApiProperty() readonly period: string;
  @ApiProperty() readonly source: string;
  @ApiProperty({ type: [String], description: '内訳と絞り込みの名前' }) readonly dimensions: readonly string[];
}

class PassedOver {
  @ApiProperty() readonly type: string;
  @ApiProperty() readonly version: number;
  @ApiProperty({ description: '件数（全団体）' }) readonly events: number;
}

export class Freshness {
  @nullable(String, '取り込んだ最新のイベント') readonly newestEventId: string | null;
  @nullable(String, 'その記録時刻') readonly newestEventAt: string | null;
  @nullable(String, 'この時刻までの記録はすべて取込済み') readonly knownThrough: string | null;
  @ApiPropertyOptional({ type: Number, nullable: true, description: '遅れ（ミリ秒）' }) readonly lagMs: number | null;
  @ApiProperty({ type: [PassedOver], description: 'この版が知らず、取り込まなかったイベント（新しい版のもの）' })
  readonly passedOver: readonly PassedOver[];
}

/** Field names and their order are fixed: the same question gives the same bytes. */
export const jsonOf = (
  { subject, municipality, metric, asOf }: Asked,
  knownAt: Instant,
  rows: readonly FigureRow[],
): string => {
  const answer: MetricAnswer = {
    municipality,
    metricId: metric.id,
    definitionVersion: metric.version,
    asOf,
    knownAt,
    rows: rows.map((row) => ({ ...row, dimensions: classesOf(subject, row) })),
  };
  return JSON.stringify(answer);
};

/** As `metric_value` rounds. */
const DECIMALS: Readonly<Record<Unit, number>> = {
  percent: 1,
  'per-100000': 1,
  years: 1,
  days: 1,
  hours: 2,
  minutes: 1,
  persons: 0,
};

/** RFC 4180 with a byte order mark, for spreadsheets. An empty class is the total over that breakdown. */
export const csvOf = ({ subject, metric }: Asked, rows: readonly FigureRow[]): string =>
  stringify(
    rows.map((row) => ({
      municipality: row.municipality,
      metricId: row.metricId,
      definitionVersion: row.definitionVersion,
      fiscalYear: row.fiscalYear,
      period: row.period,
      years: row.years,
      ...classesOf(subject, row),
      numerator: row.numerator,
      denominator: row.denominator,
      value: row.value?.toFixed(DECIMALS[metric.unit]),
      suppressed: String(row.suppressed),
      asOf: row.asOf,
      knownAt: row.knownAt,
    })),
    { header: true, bom: true, record_delimiter: 'windows' },
  );

const classesOf = ({ dimensions: all }: Asked['subject'], { dimensions }: FigureRow): Record<string, string | null> =>
  Object.fromEntries(
    all.filter(({ name }) => name in dimensions).map((one) => [httpName(one), dimensions[one.name] ?? null]),
  );
