import { createHash } from 'node:crypto';
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
  for (let i = 0; i < events.length; i++) {
    recordedAt = later(recordedAt, instant(events[i].recordedAt));
    row = projection.project(row, events[i] as AnyEvent as Event);
    const next = events[i + 1] && later(recordedAt, instant(events[i + 1].recordedAt));
    if (next !== recordedAt) changes.become(factsOf(projection, row), recordedAt);
  }
  return { row, recordedAt, opened: changes.opened, closed: changes.closed };
};

const later = (a: Instant | undefined, b: Instant): Instant => (a && a > b ? a : b);

/** Facts by what they say: table and columns as text. */
const factsOf = <Row extends object, Event extends AnyEvent>(
  projection: Projection<Row, Event> | FactProjection<Row, Event>,
  row: Row | undefined,
): ReadonlyMap<string, Fact> => {
  if (!row || !('facts' in projection)) return new Map();
  const { facts, factTables } = projection;
  return new Map(
    facts(row).map((fact) => [
      JSON.stringify([fact.table, ...factTables[fact.table].map((column) => fact.values[column] ?? null)]),
      fact,
    ]),
  );
};

/** The same statement has the same id in every run. */
const factId = (statement: string): string =>
  createHash('sha256')
    .update(statement)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

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
