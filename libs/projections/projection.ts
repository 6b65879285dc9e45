/** What runs through a projection: a public event of any type, known to this release or not. */
export type AnyEvent = Readonly<{ type: string; data: unknown }>;

/**
 * A read model as a second evolve: (row, event) → row. Pure; table, offsets and locking belong to the runner.
 *
 * Columns are the snake_case names of the row's fields; every table also has `municipality` and `key`, its primary key.
 */
export type Projection<Row extends object, Event extends AnyEvent = AnyEvent> = Readonly<{
  table: string;
  /** Fields of the row that are stored. */
  fields: readonly (keyof Row & string)[];
  /** Which row the event concerns; undefined when none, which is the answer to every type it does not know. */
  key: (event: Event) => string | undefined;
  /** The row after the event; undefined deletes it. Unknown types return the row as it is. */
  project: (row: Row | undefined, event: Event) => Row | undefined;
}>;

/** One true statement: a table and the values of its columns, without the interval in which it is known. */
export type Fact = Readonly<{ table: string; values: Readonly<Record<string, string | number | boolean | null>> }>;

/**
 * A projection that keeps every state of knowledge. `facts` says what is true by the row; when an event recorded at r
 * changes the row, facts that vanished are closed at r, new ones are opened at r, unchanged ones stay as they are.
 * Known at k therefore means: recorded_from ≤ k < recorded_to, and equals the fold of the events recorded up to k.
 *
 * Fact tables have `municipality`, `fact_id`, the columns named here, `recorded_from` and `recorded_to`.
 */
export type FactProjection<Row extends object, Event extends AnyEvent = AnyEvent> = Projection<Row, Event> &
  Readonly<{
    /** Columns of each fact table. */
    factTables: Readonly<Record<string, readonly string[]>>;
    facts: (row: Row) => readonly Fact[];
  }>;

/** A projection of whatever kind, where only the runner deals with its rows. */
export type AnyProjection = FactProjection<object>;

/** Forgets which row and events a projection is for: it gets them back from nobody but itself. */
export const anyProjection = <Row extends object, Event extends AnyEvent>(
  projection: FactProjection<Row, Event>,
): AnyProjection => projection as unknown as AnyProjection;
