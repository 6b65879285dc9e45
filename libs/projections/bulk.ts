import type { PoolClient } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';
import { factId, later, statementOf } from './fold.js';
import { instant, type Instant } from './instant.js';
import type { AnyProjection, Fact } from './projection.js';
import { recordOf } from './runner.js';

type Open = Readonly<{ fact: Fact; recordedFrom: Instant }>;

type State = {
  municipality: string;
  key: string;
  row: object | undefined;
  recordedAt?: Instant;
  /** What was known after the newest instant that is over. */
  known: ReadonlyMap<string, Open>;
};

/**
 * Folds whole streams from their first event in memory, to the same rows as the runner does batch by batch. A fact is
 * handed on when it ceases to be known, the rest at the end: the tables are only ever added to.
 */
export class BulkFold {
  private readonly states = new Map<string, State>();

  constructor(
    private readonly projection: AnyProjection,
    private readonly rows: BulkRows,
  ) {}

  take(event: Delivered): void {
    const key = this.projection.key(event);
    if (key === undefined) return;
    const state = this.stateOf(event.municipality, key);
    const at = later(state.recordedAt, instant(event.recordedAt));
    // Events recorded at one instant become known together: only then is it worth knowing what they say.
    if (at !== state.recordedAt) this.settle(state);
    state.row = this.projection.project(state.row, event);
    state.recordedAt = at;
  }

  /** Hands everything on; the fold is empty after it. */
  async end(): Promise<void> {
    const { table, fields } = this.projection;
    for (const [id, state] of this.states) {
      this.settle(state);
      for (const [statement, open] of state.known) this.handOn(state, statement, open, 'infinity');
      if (state.row) this.rows.add(table, recordOf(fields as readonly never[], state));
      this.states.delete(id);
      if (this.rows.waiting) await this.rows.ready();
    }
  }

  private stateOf(municipality: string, key: string): State {
    const id = `${municipality}/${key}`;
    let state = this.states.get(id);
    if (!state) this.states.set(id, (state = { municipality, key, row: undefined, known: NOTHING }));
    return state;
  }

  private settle(state: State): void {
    const { known, recordedAt } = state;
    if (recordedAt === undefined) return;
    const { facts, factTables } = this.projection;
    const next = new Map<string, Open>();
    for (const fact of state.row ? facts(state.row) : []) {
      const statement = statementOf(fact, factTables[fact.table]);
      next.set(statement, known.get(statement) ?? { fact, recordedFrom: recordedAt });
    }
    for (const [statement, open] of known) {
      if (!next.has(statement)) this.handOn(state, statement, open, recordedAt);
    }
    state.known = next;
  }

  private handOn({ municipality }: State, statement: string, { fact, recordedFrom }: Open, recordedTo: string): void {
    const interval = { recorded_from: recordedFrom, recorded_to: recordedTo };
    this.rows.add(fact.table, { municipality, fact_id: factId(statement), ...fact.values, ...interval });
  }
}

const NOTHING: ReadonlyMap<string, Open> = new Map();
const ROWS_IN_ONE_STATEMENT = 2_000;
/** So many statements may wait for their turn while the next rows are made. */
const STATEMENTS_AHEAD = 4;

/** Rows for the tables of a schema, written one statement after the other while the fold goes on. */
export class BulkRows {
  private readonly tables = new Map<string, object[]>();
  private readonly queue: Readonly<{ table: string; rows: readonly object[] }>[] = [];
  private running?: Promise<void>;
  private failure?: Error;

  constructor(
    private readonly tx: PoolClient,
    private readonly schema: string,
  ) {}

  get waiting(): boolean {
    return this.queue.length > STATEMENTS_AHEAD;
  }

  add(table: string, row: object): void {
    let rows = this.tables.get(table);
    if (!rows) this.tables.set(table, (rows = []));
    if (rows.push(row) < ROWS_IN_ONE_STATEMENT) return;
    this.tables.delete(table);
    this.queue.push({ table, rows });
    this.next();
  }

  /** Waits until Postgres has come near. @throws whatever a statement failed with */
  async ready(): Promise<void> {
    while (this.waiting && this.running) await this.running;
    if (this.failure) throw this.failure;
  }

  /** Writes the rest. @throws whatever a statement failed with */
  async end(): Promise<void> {
    for (const [table, rows] of this.tables) this.queue.push({ table, rows });
    this.tables.clear();
    this.next();
    while (this.running) await this.running;
    if (this.failure) throw this.failure;
  }

  /** Writes nothing more; the connection is free after it. */
  async stop(): Promise<void> {
    this.queue.length = 0;
    await this.running;
  }

  private next(): void {
    if (this.running || this.failure) return;
    const next = this.queue.shift();
    if (!next) return;
    const name = `${this.schema}.${next.table}`;
    this.running = this.tx
      .query(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, $1)`, [
        JSON.stringify(next.rows),
      ])
      .catch((error: Error) => void (this.failure = error))
      .then(() => {
        this.running = undefined;
        this.next();
      });
  }
}
