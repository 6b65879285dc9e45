import { hash } from 'node:crypto';
import type { Delivered } from '#libs/contracts/public-event';
import { instant, type Instant } from './instant.js';
import type { AnyEvent, Fact, FactProjection, Projection } from './projection.js';

/** A fact with its recorded interval; `recordedTo` is undefined while it is known to be true. */
export type RecordedFact = Fact & Readonly<{ factId: string; recordedFrom: Instant; recordedTo?: Instant }>;

/** What a batch does to the facts of one key. */
export type FactChanges = Readonly<{
  /** Rows first known in this batch; already closed when a later event of the batch took them back. */
  opened: readonly RecordedFact[];
  /** Rows of earlier batches that stop being known. */
  closed: readonly Readonly<{ table: string; factId: string; recordedTo: Instant }>[];
}>;

export type Folded<Row> = Readonly<{ row: Row | undefined; recordedAt?: Instant }>;

/**
 * Folds the events of one key, in their order. Events recorded at the same instant become known together. A recorded
 * time before the previous one of the key (a database clock set back) counts as that previous one.
 */
export const fold = <Row extends object, Event extends AnyEvent>(
  projection: Projection<Row, Event> | FactProjection<Row, Event>,
  before: Folded<Row>,
  events: readonly Delivered[],
): Folded<Row> & FactChanges => {
  let { row, recordedAt } = before;
  const changes = new Changes(factsOf(projection, row));
  for (const [index, event] of events.entries()) {
    const at = later(recordedAt, instant(event.recordedAt));
    if (index > 0 && recordedAt !== undefined && at !== recordedAt)
      changes.become(factsOf(projection, row), recordedAt);
    row = projection.project(row, event as AnyEvent as Event);
    recordedAt = at;
  }
  if (recordedAt !== undefined) changes.become(factsOf(projection, row), recordedAt);
  return { row, recordedAt, opened: changes.opened, closed: changes.closed };
};

/** A recorded time before the previous one counts as that one. */
export const later = (a: Instant | undefined, b: Instant): Instant => (a && a > b ? a : b);

/** Facts by what they say. */
const factsOf = <Row extends object, Event extends AnyEvent>(
  projection: Projection<Row, Event> | FactProjection<Row, Event>,
  row: Row | undefined,
): ReadonlyMap<string, Fact> => {
  if (!row || !('facts' in projection)) return new Map();
  const { facts, factTables } = projection;
  return new Map(facts(row).map((fact) => [statementOf(fact, factTables[fact.table]), fact]));
};

/** Statements of facts that were met before: a projection may give the same object again. */
const statements = new WeakMap<Fact, string>();

const statementOf = (fact: Fact, columns: readonly string[]): string => {
  let statement = statements.get(fact);
  if (statement === undefined) statements.set(fact, (statement = statementTextOf(fact, columns)));
  return statement;
};

/** Table and columns as text. Postgres knows no text with a zero character: it parts the columns, null from all else. */
export const statementTextOf = ({ table, values }: Fact, columns: readonly string[]): string => {
  let statement = table;
  for (const column of columns) {
    const value = values[column] ?? null;
    statement += value === null ? '\0' : `\0=${value}`;
  }
  return statement;
};

/** The same statement has the same id in every run: half a SHA-256, as Postgres reads a uuid. */
export const factId = (statement: string): string => hash('sha256', statement, 'hex').slice(0, 32);

class Changes {
  private readonly news = new Map<string, RecordedFact>();
  private readonly gone: RecordedFact[] = [];
  readonly closed: { table: string; factId: string; recordedTo: Instant }[] = [];

  constructor(private known: ReadonlyMap<string, Fact>) {}

  get opened(): readonly RecordedFact[] {
    return [...this.gone, ...this.news.values()];
  }

  become(facts: ReadonlyMap<string, Fact>, at: Instant): void {
    for (const [statement, { table }] of this.known) if (!facts.has(statement)) this.close(statement, table, at);
    for (const [statement, fact] of facts) {
      if (!this.known.has(statement)) {
        this.news.set(statement, { ...fact, factId: factId(statement), recordedFrom: at });
      }
    }
    this.known = facts;
  }

  private close(statement: string, table: string, at: Instant): void {
    const opened = this.news.get(statement);
    this.news.delete(statement);
    if (opened) this.gone.push({ ...opened, recordedTo: at });
    else this.closed.push({ table, factId: factId(statement), recordedTo: at });
  }
}
