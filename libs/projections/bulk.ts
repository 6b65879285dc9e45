import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { from, type CopyStreamQuery } from 'pg-copy-streams';
import type { PoolClient } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';
import { factId, later, statementTextOf } from './fold.js';
import { instant, type Instant } from './instant.js';
import type { AnyProjection, Fact } from './projection.js';
import { recordOf, snake } from './runner.js';

/** A fact that is known, until `isOver`; `turn` is the newest settling that still stated it. */
type Open = { readonly table: string; readonly statement: string; readonly recordedFrom: Instant } & {
  turn: number;
  isOver: boolean;
};

type State = {
  municipality: string;
  key: string;
  row: object | undefined;
  recordedAt?: Instant;
  turn: number;
  /** What was known after the newest instant that is over, by what it says. */
  readonly known: Map<string, Open>;
  /** Objects met before: a projection gives the same ones again for what did not change. */
  readonly met: Map<Fact, Open>;
};

/**
 * Folds whole streams in memory, one after the other, to the same rows as the runner does batch by batch. A fact is
 * handed on when it ceases to be known, the rest at the end: the tables are only ever added to.
 */
export class BulkFold {
  private readonly states = new Map<string, State>();
  private readonly columns: readonly string[];
  private readonly factColumns: ReadonlyMap<string, readonly string[]>;

  constructor(
    private readonly projection: AnyProjection,
    private readonly rows: BulkRows,
  ) {
    this.columns = ['municipality', 'key', ...projection.fields.map(snake), 'recorded_at'];
    this.factColumns = new Map(
      Object.entries(projection.factTables).map(([table, columns]) => [
        table,
        ['municipality', 'fact_id', ...columns, 'recorded_from', 'recorded_to'],
      ]),
    );
  }

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

  /** The stream ends: hands everything on. */
  end(): void {
    if (this.states.size === 0) return;
    const { table, fields } = this.projection;
    for (const state of this.states.values()) {
      this.settle(state);
      for (const open of state.known.values()) this.handOn(state, open, 'infinity');
      if (!state.row) continue;
      const record = recordOf(fields as readonly never[], state);
      this.rows.add(table, this.columns, this.columns.map((column) => cellOf(record[column])).join('\t'));
    }
    this.states.clear();
  }

  private stateOf(municipality: string, key: string): State {
    let state = this.states.get(key);
    if (!state) {
      state = { municipality, key, row: undefined, turn: 0, known: new Map(), met: new Map() };
      this.states.set(key, state);
    }
    return state;
  }

  private settle(state: State): void {
    const { known, met, row, recordedAt } = state;
    if (recordedAt === undefined) return;
    const turn = ++state.turn;
    for (const fact of row ? this.projection.facts(row) : []) {
      let open = met.get(fact);
      if (!open || open.isOver) met.set(fact, (open = this.opened(state, fact, recordedAt)));
      open.turn = turn;
    }
    for (const open of known.values()) {
      if (open.turn === turn) continue;
      known.delete(open.statement);
      open.isOver = true;
      this.handOn(state, open, recordedAt);
    }
  }

  private opened({ known, turn }: State, fact: Fact, recordedFrom: Instant): Open {
    const { table } = fact;
    const statement = statementTextOf(fact, this.projection.factTables[table]);
    let open = known.get(statement);
    if (!open) known.set(statement, (open = { table, statement, recordedFrom, turn, isOver: false }));
    return open;
  }

  private handOn({ municipality }: State, { table, statement, recordedFrom }: Open, recordedTo: string): void {
    const cells = cellsOf(statement.slice(table.length));
    const line = `${municipality}\t${factId(statement)}${cells}\t${recordedFrom}\t${recordedTo}`;
    this.rows.add(table, this.factColumns.get(table)!, line);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Text for COPY, in which a backslash, tab or new line of a value would end it. */
const escaped = (text: string): string =>
  /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]) : text;

/** The columns of a statement, each with a tab before it. */
const cellsOf = (columns: string): string => escaped(columns).replaceAll('\0=', '\t').replaceAll('\0', '\t\\N');

const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return '\\N';
  return escaped(typeof value === 'string' ? value : JSON.stringify(value));
};

/** Characters of one COPY. */
const CHUNK = 512 * 1024;
/** So many may wait for their turn while the next rows are made. */
const CHUNKS_AHEAD = 8;

type Chunk = { readonly table: string; readonly columns: readonly string[]; text: string };

/** Rows for the tables of a schema, copied one chunk after the other while the fold goes on. */
export class BulkRows {
  private readonly filling = new Map<string, Chunk>();
  private readonly queue: Chunk[] = [];
  private running?: Promise<void>;
  private failure?: Error;

  constructor(
    private readonly tx: PoolClient,
    private readonly schema: string,
  ) {}

  /**
   * @param line cells in the text format of COPY
   */
  add(table: string, columns: readonly string[], line: string): void {
    let chunk = this.filling.get(table);
    if (!chunk) this.filling.set(table, (chunk = { table, columns, text: '' }));
    chunk.text += `${line}\n`;
    if (chunk.text.length < CHUNK) return;
    this.filling.delete(table);
    this.queue.push(chunk);
    this.next();
  }

  /** Gives the connection its turn, and waits until Postgres has come near. @throws whatever a statement failed with */
  async ready(): Promise<void> {
    await turn();
    while (this.queue.length > CHUNKS_AHEAD && this.running) await this.running;
    if (this.failure) throw this.failure;
  }

  /** Writes the rest. @throws whatever a statement failed with */
  async end(): Promise<void> {
    this.queue.push(...this.filling.values());
    this.filling.clear();
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
    const chunk = this.queue.shift();
    if (!chunk) return;
    this.running = this.copy(chunk)
      .catch((error: Error) => void (this.failure = error))
      .then(() => {
        this.running = undefined;
        this.next();
      });
  }

  private async copy({ table, columns, text }: Chunk): Promise<void> {
    const stream: CopyStreamQuery = this.tx.query(
      from(`COPY ${this.schema}.${table} (${columns.join(', ')}) FROM STDIN`),
    );
    stream.end(text);
    await once(stream, 'finish');
  }
}
