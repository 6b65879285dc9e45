import type { Contract } from '#libs/contracts/public-event';
import type { AnyProjection } from '#libs/projections/projection';
import type { Table, View } from './schema/tables.js';

/** Facts that are kept, and the folds that make them. */
export type FactSource = Readonly<{
  /** Of the services whose events it folds. */
  contracts: readonly Contract[];
  /** One row per fact; the columns of municipality and recorded interval are added to each. */
  tables: readonly Table[];
  /** State of the folds, by key; not for analysts. */
  folds: readonly Table[];
  /** Indexes beside the primary keys: `table (columns)`. */
  indexes: readonly string[];
  /** Every key of a fold has its events in one stream: only those come in an order that is always the same. */
  projections: readonly AnyProjection[];
  /** Views on the facts, in `analytics`. */
  views: readonly View[];
}>;

export type Unit = 'percent' | 'per-100000' | 'years' | 'days' | 'hours' | 'minutes' | 'persons';

/** Fiscal years, or the leave years of the city, each named by the calendar year in which it begins. */
export type YearKind = 'fiscal' | 'leave';

/** What a metric counts, in words; its SQL is in the subject's `contributions`. A changed definition gets a higher version. */
export type MetricDefinition = Readonly<{
  id: string;
  version: number;
  unit: Unit;
  title: Readonly<{ ja: string; en: string }>;
  numerator: string;
  /** Null for counts of people. */
  denominator: string | null;
  period: string;
  source: string;
  /** The years it is counted by; fiscal years where it does not say. */
  yearKind?: YearKind;
  /** Breakdowns that are always made. */
  always?: readonly string[];
  /** Breakdowns of the subject that mean nothing here: one side of the quotient has no class of them. */
  without?: readonly string[];
  /** Takes a number of years, n: named in the question, or all from 1 up to those that have passed. */
  perYears?: 'asked' | 'all';
  /** Looks this many fiscal years ahead of `asOf` instead of back. */
  yearsAhead?: number;
}>;

/** A breakdown. `unknown` is the class of whoever has none. */
export type Dimension = Readonly<{
  /** Column in SQL; its camelCase in HTTP. */
  name: string;
  title: string;
  /** Classes in their order, where that is not the one of their codes. */
  order?: readonly string[];
}>;

/**
 * What analysts ask about, with its metrics. All but its facts and `contributions` is the same for every subject: path,
 * parameters, breakdowns by person, both clocks, small cells, CSV, views and roles.
 */
export type Subject = FactSource &
  Readonly<{
    /** `GET analytics/<name>`, view `analytics.<name>` and prefix of its SQL functions. */
    name: string;
    /** Rows of docs/systems.md. */
    systems: readonly string[];
    summary: string;
    /** Comment of the view, Japanese, then English. */
    comment: string;
    /** From `PERSON_DIMENSIONS`, and its own, which are then further columns of the contributions. */
    dimensions: readonly Dimension[];
    metrics: readonly MetricDefinition[];
    /**
     * What every person adds to numerator and denominator: a query with the columns `CONTRIBUTION`, then one text column
     * per dimension of its own, over the parameters of `METRIC_PARAMETERS`.
     */
    contributions: (schema: string) => string;
  }>;

/** The breakdowns a metric of the subject has. */
export const dimensionsOf = ({ dimensions }: Subject, { without = [] }: MetricDefinition): Dimension[] =>
  dimensions.filter(({ name }) => !without.includes(name));
