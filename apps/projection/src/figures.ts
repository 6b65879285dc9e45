import type { Pool } from 'pg';
import { fiscalYearOf } from '#libs/law/fiscal-year';
import { minDate, type LocalDate } from '#libs/law/local-date';
import type { Instant } from '#libs/projections/instant';
import type { Dimension, MetricDefinition, Subject } from './subject.js';
import { suppress, type Keys } from './suppression.js';
import { onLiveFacts } from './versions.js';

export type Question = Readonly<{
  subject: Subject;
  municipality: string;
  metric: MetricDefinition;
  fiscalYears: readonly number[];
  /** For a metric that is asked for a number of years. */
  years: readonly number[];
  groupBy: readonly string[];
  /** One class of a breakdown; small cells are decided before filtering. */
  filters: Readonly<Partial<Record<string, string>>>;
  /** Local date: what happens later is left out. */
  asOf: LocalDate;
  /** What was recorded later is left out. */
  knownAt: Instant;
}>;

/** One figure with all that is needed to quote and to reproduce it. */
export type FigureRow = Readonly<{
  municipality: string;
  metricId: string;
  definitionVersion: number;
  fiscalYear: number;
  /** First and last day counted, `from/to`. */
  period: string;
  years: number | null;
  /** Class per breakdown, `null` for the total, `unknown` where the class is not known. */
  dimensions: Readonly<Record<string, string | null>>;
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

/** Answers a question: cells by SQL, small ones hidden, in a fixed order; all from one version of the facts. */
export const answer = (pool: Pool, question: Question): Promise<FigureRow[]> =>
  onLiveFacts(pool, (facts) => answerFrom(pool, facts, question));

const answerFrom = async (pool: Pool, facts: string, question: Question): Promise<FigureRow[]> => {
  const { subject, municipality, metric, filters, groupBy, asOf, knownAt } = question;
  const dimensions = subject.dimensions.filter(({ name }) => name in filters || groupBy.includes(name));
  const figures = figuresOf(question);
  const { rows: cells } = await pool.query<CellRow>(
    `SELECT f.fiscal_year, f.years, c.* FROM json_to_recordset($1) AS f (fiscal_year integer, years integer)
      CROSS JOIN LATERAL ${facts}.${subject.name}_cells($2, $3, f.fiscal_year, f.years, $4, $5, $6) c`,
    [JSON.stringify(figures), municipality, metric.id, asOf, knownAt, dimensions.map(({ name }) => name)],
  );
  const floor = await floorOf(pool, facts, municipality, asOf);
  const periods = await periodsOf(pool, facts, question);
  return figures.flatMap((figure) => {
    const own = cells.filter(({ fiscal_year, years }) => fiscal_year === figure.fiscal_year && years === figure.years);
    return rowsOf(question, dimensions, figure, own, floor, periods[figure.fiscal_year]);
  });
};

/** The figures a question asks for, apart from their breakdowns. */
export const figuresOf = ({
  metric,
  fiscalYears,
  years,
  asOf,
}: Pick<Question, 'metric' | 'fiscalYears' | 'years' | 'asOf'>): FigureKey[] =>
  fiscalYears.flatMap((fiscalYear) => {
    const curve = Math.max(0, fiscalYearOf(asOf) - fiscalYear + 1);
    const points = metric.perYears === 'all' ? Array.from({ length: curve }, (_, index) => index + 1) : years;
    return (metric.perYears ? points : [null]).map((n) => ({ fiscal_year: fiscalYear, years: n }));
  });

const floorOf = async (pool: Pool, facts: string, municipality: string, asOf: LocalDate): Promise<number> => {
  const { rows } = await pool.query<{ floor: number }>(
    `SELECT floor FROM ${facts}.small_cell_floor WHERE municipality = $1 AND effective_from <= $2
      ORDER BY effective_from DESC LIMIT 1`,
    [municipality, asOf],
  );
  if (!rows[0]) throw new Error(`no floor for small cells of ${municipality}`);
  return rows[0].floor;
};

type Period = Readonly<{ from: LocalDate; through: LocalDate }>;

/** First and last day of each year asked about. */
const periodsOf = async (
  pool: Pool,
  facts: string,
  { municipality, metric: { yearKind = 'fiscal' }, fiscalYears }: Question,
): Promise<Readonly<Record<number, Period>>> => {
  const { rows } = await pool.query<Period & { year: number }>(
    `SELECT year, ${facts}.year_start($1, $2, year)::text AS from, (${facts}.year_start($1, $2, year + 1) - 1)::text AS through
       FROM unnest($3::integer[]) AS year`,
    [municipality, yearKind, fiscalYears],
  );
  return Object.fromEntries(rows.map(({ year, ...period }) => [year, period]));
};

/** The year a day belongs to, by the years the metric is counted by. */
export const yearOf = async (
  pool: Pool,
  municipality: string,
  { yearKind = 'fiscal' }: MetricDefinition,
  day: LocalDate,
): Promise<number> => {
  const { rows } = await onLiveFacts(pool, (facts) =>
    pool.query<{ year: number }>(`SELECT ${facts}.year_of($1, $2, $3) AS year`, [municipality, yearKind, day]),
  );
  return rows[0].year;
};

const rowsOf = (
  { municipality, metric, filters, groupBy, asOf, knownAt }: Question,
  dimensions: readonly Dimension[],
  { fiscal_year: fiscalYear, years }: FigureKey,
  cells: readonly CellRow[],
  floor: number,
  { from, through }: Period,
): FigureRow[] => {
  const byKeys = new Map(cells.map((cell) => [JSON.stringify(cell.keys), cell]));
  const { classes, isHidden } = suppress(
    cells.map(({ keys, people }) => ({ keys, people: Number(people) })),
    floor,
  );
  const shown = (dimension: Dimension, index: number) => (classes[index] ?? []).toSorted(inOrder(dimension));
  const axes = dimensions.map((one, i) => (one.name in filters ? [filters[one.name] ?? null] : shown(one, i)));
  const total = dimensions.map(({ name }) => filters[name] ?? null);
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
      period: `${from}/${metric.yearsAhead ? through : minDate(through, asOf)}`,
      years,
      dimensions: Object.fromEntries(dimensions.map(({ name }, i) => [name, keys[i]])),
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

const inOrder =
  ({ order }: Dimension) =>
  (a: string, b: string) =>
    order ? order.indexOf(a) - order.indexOf(b) : Number(a > b) - Number(a < b);
