import type { Pool } from 'pg';
import { endOf, fiscalYearOf, startOf } from '#libs/law/fiscal-year';
import { minDate, type LocalDate } from '#libs/law/local-date';
import type { Instant } from '#libs/projections/instant';
import type { MetricDefinition } from './metric-definitions.js';
import { FACTS } from './migrations.js';
import { DIMENSIONS, type Dimension } from './schema/retention.js';
import { suppress, type Keys } from './suppression.js';

export type RetentionQuestion = Readonly<{
  municipality: string;
  metric: MetricDefinition;
  fiscalYears: readonly number[];
  /** Years since hiring, for `retention.cohort`; the survival curve has all of them. */
  years: readonly number[];
  groupBy: readonly Dimension[];
  /** One class of a breakdown; small cells are decided before filtering. */
  filters: Readonly<Partial<Record<Dimension, string>>>;
  /** Local date: what happens later is left out. */
  asOf: LocalDate;
  /** What was recorded later is left out. */
  knownAt: Instant;
}>;

/** One figure with all that is needed to quote and to reproduce it. */
export type RetentionRow = Readonly<{
  municipality: string;
  metricId: string;
  definitionVersion: number;
  fiscalYear: number;
  /** First and last day counted, `from/to`. */
  period: string;
  years: number | null;
  /** Class per breakdown, `null` for the total, `unknown` where the class is not known. */
  dimensions: Readonly<Partial<Record<Dimension, string | null>>>;
  numerator: number | null;
  denominator: number | null;
  value: number | null;
  suppressed: boolean;
  asOf: LocalDate;
  knownAt: Instant;
}>;

/** Filters and breakdowns together; every further one multiplies cells and empties them. */
export const MAX_DIMENSIONS = 3;

type FigureKey = Readonly<{ fiscal_year: number; years: number | null }>;
type CellRow = FigureKey &
  Readonly<{ keys: Keys; numerator: string; denominator: string | null; value: string | null; people: string }>;

/** Answers a question on retention: cells by SQL, small ones hidden, in a fixed order. */
export const answer = async (pool: Pool, question: RetentionQuestion): Promise<RetentionRow[]> => {
  const { municipality, metric, filters, groupBy, asOf, knownAt } = question;
  const dimensions = DIMENSIONS.filter((name) => name in filters || groupBy.includes(name));
  const figures = figuresOf(question);
  const { rows: cells } = await pool.query<CellRow>(
    `SELECT f.fiscal_year, f.years, c.* FROM json_to_recordset($1) AS f (fiscal_year integer, years integer)
      CROSS JOIN LATERAL ${FACTS}.retention_cells($2, $3, f.fiscal_year, f.years, $4, $5, $6) c`,
    [JSON.stringify(figures), municipality, metric.id, asOf, knownAt, dimensions],
  );
  const floor = await floorOf(pool, municipality, asOf);
  return figures.flatMap((figure) => {
    const own = cells.filter(({ fiscal_year, years }) => fiscal_year === figure.fiscal_year && years === figure.years);
    return rowsOf(question, dimensions, figure, own, floor);
  });
};

/** The figures a question asks for, apart from their breakdowns. */
export const figuresOf = ({
  metric,
  fiscalYears,
  years,
  asOf,
}: Pick<RetentionQuestion, 'metric' | 'fiscalYears' | 'years' | 'asOf'>): FigureKey[] =>
  fiscalYears.flatMap((fiscalYear) => {
    const curve = metric.id === 'retention.survival' ? fiscalYearOf(asOf) - fiscalYear + 1 : 0;
    const points = curve > 0 ? Array.from({ length: curve }, (_, index) => index + 1) : years;
    return (metric.perYears ? points : [null]).map((n) => ({ fiscal_year: fiscalYear, years: n }));
  });

const floorOf = async (pool: Pool, municipality: string, asOf: LocalDate): Promise<number> => {
  const { rows } = await pool.query<{ floor: number }>(
    `SELECT floor FROM ${FACTS}.small_cell_floor WHERE municipality = $1 AND effective_from <= $2
      ORDER BY effective_from DESC LIMIT 1`,
    [municipality, asOf],
  );
  if (!rows[0]) throw new Error(`no floor for small cells of ${municipality}`);
  return rows[0].floor;
};

const rowsOf = (
  { municipality, metric, filters, groupBy, asOf, knownAt }: RetentionQuestion,
  dimensions: readonly Dimension[],
  { fiscal_year: fiscalYear, years }: FigureKey,
  cells: readonly CellRow[],
  floor: number,
): RetentionRow[] => {
  const byKeys = new Map(cells.map((cell) => [JSON.stringify(cell.keys), cell]));
  const { classes, isHidden } = suppress(
    cells.map(({ keys, people }) => ({ keys, people: Number(people) })),
    floor,
  );
  const shown = (dimension: Dimension, index: number) => [...(classes[index] ?? [])].toSorted(inOrder(dimension));
  const axes = dimensions.map((name, i) => (name in filters ? [filters[name] ?? null] : shown(name, i)));
  const total = dimensions.map((name) => filters[name] ?? null);
  const parts = groupBy.length === 0 ? [] : product(axes);
  return [total, ...parts].map((keys) => {
    const cell = byKeys.get(JSON.stringify(keys));
    const suppressed = isHidden(keys);
    const number = (text: string | null | undefined) => (suppressed || text === null ? null : Number(text ?? 0));
    return {
      municipality,
      metricId: metric.id,
      definitionVersion: metric.version,
      fiscalYear,
      period: `${startOf(fiscalYear)}/${metric.id === 'retirement.due' ? endOf(fiscalYear) : minDate(endOf(fiscalYear), asOf)}`,
      years,
      dimensions: Object.fromEntries(dimensions.map((name, i) => [name, keys[i]])),
      numerator: number(cell?.numerator),
      denominator: metric.denominator === null ? null : number(cell?.denominator),
      value: cell ? number(cell.value) : metric.denominator === null && !suppressed ? 0 : null,
      suppressed,
      asOf,
      knownAt,
    };
  });
};

const product = (axes: readonly Keys[]): Keys[] =>
  axes.reduce<Keys[]>((soFar, axis) => soFar.flatMap((keys) => axis.map((value) => [...keys, value])), [[]]);

/** Bands from low to high; everything else by its code. */
const BANDS: Readonly<Partial<Record<Dimension, readonly string[]>>> = {
  age_band: ['<=29', '30-39', '40-49', '50-59', '60+', 'unknown'],
  tenure_band: ['<1', '1-3', '3-5', '5-10', '10-20', '20+', 'unknown'],
};

const inOrder = (dimension: Dimension) => (a: string, b: string) => {
  const bands = BANDS[dimension];
  return bands ? bands.indexOf(a) - bands.indexOf(b) : Number(a > b) - Number(a < b);
};
