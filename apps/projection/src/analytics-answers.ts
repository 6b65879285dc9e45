import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { stringify } from 'csv-stringify/sync';
import type { Instant } from '#libs/projections/instant';
import { httpName, type Asked } from './retention-query.js';
import type { RetentionRow } from './retention.js';
import { DIMENSIONS } from './schema/retention.js';

const nullable = (type: unknown, description: string) =>
  ApiProperty({ type: type as never, nullable: true, description });

export class RetentionFigure {
  @ApiProperty() readonly municipality: string;
  @ApiProperty() readonly metricId: string;
  @ApiProperty() readonly definitionVersion: number;
  @ApiProperty({ description: '年度（継続率では採用年度、retirement.due では退職の年度）' })
  readonly fiscalYear: number;
  @ApiProperty({ description: '数えた最初の日と最後の日、from/to' }) readonly period: string;
  @nullable(Number, '採用からの年数') readonly years: number | null;
  @ApiProperty({ type: Object, description: '内訳の区分。null は計、unknown は不明' })
  readonly dimensions: Readonly<Record<string, string | null>>;
  @nullable(Number, '分子') readonly numerator: number | null;
  @nullable(Number, '分母。人数の指標では null') readonly denominator: number | null;
  @nullable(Number, '値。小数第1位、四捨五入。分母0は null') readonly value: number | null;
  @ApiProperty({ description: '人数が少ないため秘匿' }) readonly suppressed: boolean;
  @ApiProperty() readonly asOf: string;
  @ApiProperty() readonly knownAt: string;
}

export class RetentionAnswer {
  @ApiProperty() readonly municipality: string;
  @ApiProperty() readonly metricId: string;
  @ApiProperty() readonly definitionVersion: number;
  @ApiProperty({ description: 'この日現在' }) readonly asOf: string;
  @ApiProperty({ description: 'この時刻までの記録による。asOf とともに渡せば同じ答えが得られる' })
  readonly knownAt: string;
  @ApiProperty({ type: [RetentionFigure] }) readonly rows: readonly RetentionFigure[];
}

class Title {
  @ApiProperty() readonly ja: string;
  @ApiProperty() readonly en: string;
}

export class Definition {
  @ApiProperty() readonly metricId: string;
  @ApiProperty() readonly version: number;
  @ApiProperty({ enum: ['percent', 'years', 'persons'] }) readonly unit: string;
  @ApiProperty({ type: Title }) readonly title: Title;
  @ApiProperty() readonly numerator: string;
  @nullable(String, '分母。人数の指標では null') readonly denominator: string | null;
  @ApiProperty() readonly period: string;
  @ApiProperty() readonly source: string;
}

export class Freshness {
  @nullable(String, '取り込んだ最新のイベント') readonly newestEventId: string | null;
  @nullable(String, 'その記録時刻') readonly newestEventAt: string | null;
  @nullable(String, 'この時刻までの記録はすべて取込済み') readonly knownThrough: string | null;
  @ApiPropertyOptional({ type: Number, nullable: true, description: '遅れ（ミリ秒）' }) readonly lagMs: number | null;
}

/** Field names and their order are fixed: the same question gives the same bytes. */
export const jsonOf = (
  { municipality, metric, asOf }: Asked,
  knownAt: Instant,
  rows: readonly RetentionRow[],
): string => {
  const answer: RetentionAnswer = {
    municipality,
    metricId: metric.id,
    definitionVersion: metric.version,
    asOf,
    knownAt,
    rows: rows.map((row) => ({ ...row, dimensions: classesOf(row) })),
  };
  return JSON.stringify(answer);
};

/** RFC 4180 with a byte order mark, for spreadsheets. An empty class is the total over that breakdown. */
export const csvOf = ({ metric }: Asked, rows: readonly RetentionRow[]): string =>
  stringify(
    rows.map((row) => ({
      municipality: row.municipality,
      metricId: row.metricId,
      definitionVersion: row.definitionVersion,
      fiscalYear: row.fiscalYear,
      period: row.period,
      years: row.years,
      ...classesOf(row),
      numerator: row.numerator,
      denominator: row.denominator,
      value: row.value?.toFixed(metric.unit === 'persons' ? 0 : 1),
      suppressed: String(row.suppressed),
      asOf: row.asOf,
      knownAt: row.knownAt,
    })),
    { header: true, bom: true, record_delimiter: 'windows' },
  );

const classesOf = ({ dimensions }: RetentionRow): Record<string, string | null> =>
  Object.fromEntries(
    DIMENSIONS.filter((name) => name in dimensions).map((name) => [httpName(name), dimensions[name] ?? null]),
  );
