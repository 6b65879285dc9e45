import type { Pool } from 'pg';
import type { StoredEvent } from './event-store.js';
import { EVENT_JSON, instant, toTodaysEvent, type EventJson } from './stored-row.js';
import type { EventShapes } from './upcasting.js';

/**
 * Everything up to `position`, and everything recorded up to `decidedAt`, is committed or will never be. While appends
 * are `open` it moves on without a word when they are rolled back: look again soon.
 */
export type Ceiling = Readonly<{ position: number; decidedAt: string; open: boolean; run: string }>;

/**
 * SQL of what `run` of a ceiling is: the time of Postgres from a start or a recovery to the next. When one of its
 * processes is killed it recovers without a new start, and begins its statistics anew. Once it is another one, positions
 * up to the ceiling may be drawn again: whoever saves that he has read so far compares it.
 */
export const RUN = `concat(extract(epoch FROM pg_postmaster_start_time()), ' ', extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time()))`;

type Through = Readonly<{
  /** Everything up to this position has now been read. */
  through: number;
  /**
   * No event recorded up to this UTC instant can appear after `through`. While more decided events wait behind the page
   * nothing better than the epoch can be said: take the latest of what successive pages gave.
   */
  decidedAt: string;
}>;

/** `events`: without personal fields; types of `shapes` in today's shape, others as stored. */
export type DecidedPage = Through & Readonly<{ events: StoredEvent[] }>;

export type DecidedRows<Row> = Through & Readonly<{ rows: Row[] }>;

/** `columns` of `events e`, under the name of the prepared statement. */
export type RowsOf = Readonly<{ name: string; columns: string; types?: readonly string[] }>;

const EPOCH = '1970-01-01T00:00:00.000000Z';
const NOTHING: Ceiling = { position: 0, decidedAt: EPOCH, open: true, run: '' };

/** A fresh sequence says 1 although nothing was drawn. */
const DRAWN = '(last_value - (NOT is_called)::int)';

/** A highest position whose fate hangs on transactions that were open just after it was read. */
type Candidate = Highest & { readonly waitsFor: Set<string> };

type Highest = Omit<Ceiling, 'open'>;

/**
 * A position is drawn at INSERT and seen at COMMIT, so the newest visible position is no place to read up to. But an
 * INSERT holds a RowExclusiveLock on `events` from before it draws until after its commit is visible. Hence: read the
 * sequence (H), then who holds that lock; when none of those is left, everything up to H is decided. Nobody waits for
 * the reader, and transactions that do not append do not matter.
 *
 * The clock is read before H, and `recorded_at` is evaluated after `position`: an event recorded before the clock was
 * read has a position up to H. Primary server only.
 *
 * After a crash the sequence may draw numbers again whose transactions were not committed: what was decided before is
 * then forgotten.
 */
export class DecidedLog {
  private decided: Ceiling = NOTHING;
  private candidate: Candidate | undefined;
  private running: Promise<Ceiling> | undefined;
  private next: Promise<Ceiling> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly shapes: EventShapes = {},
  ) {}

  /** Never waits for writers. Concurrent callers share one measurement that began after they asked. */
  ceiling(): Promise<Ceiling> {
    this.next ??= (this.running ?? Promise.resolve()).then(this.startNext, this.startNext);
    return this.next;
  }

  /** The last position given out by the store: no event can be at a later one. */
  async drawn(): Promise<number> {
    const { rows } = await this.pool.query<{ position: number }>(
      `SELECT ${DRAWN}::float8 AS position FROM events_position_seq`,
    );
    return rows[0].position;
  }

  /** Decided events after a position, oldest first. */
  async read(after: number, limit: number, types?: readonly string[]): Promise<DecidedPage> {
    return this.readUpTo(await this.ceiling(), after, limit, types);
  }

  /** The same up to a ceiling that is already known, for several readers of one ceiling. */
  async readUpTo(ceiling: Ceiling, after: number, limit: number, types?: readonly string[]): Promise<DecidedPage> {
    const { rows, ...page } = await this.rowsUpTo<{ event: EventJson }>(ceiling, after, limit, {
      name: types ? 'decided-of-types' : 'decided',
      columns: `${EVENT_JSON} AS event`,
      types,
    });
    return { ...page, events: rows.map(({ event }) => toTodaysEvent(event, this.shapes)) };
  }

  /** The same for whoever needs other columns of `events e` than an event has. */
  async rowsUpTo<Row extends object>(
    { position, decidedAt }: Ceiling,
    after: number,
    limit: number,
    { name, columns, types }: RowsOf,
  ): Promise<DecidedRows<Row>> {
    if (position <= after) return { rows: [], through: after, decidedAt };
    // `e.position`, never the output column: a page must end at its highest position
    const { rows } = await this.pool.query<Row & { at: string }>({
      name,
      text: `SELECT ${columns}, e.position AS at FROM events e
             WHERE e.position > $1 AND e.position <= $2 ${types ? 'AND e.type = ANY($4)' : ''}
             ORDER BY e.position LIMIT $3`,
      values: [after, position, limit, ...(types ? [types] : [])],
    });
    const through = rows.length === limit ? Number(rows[rows.length - 1].at) : position;
    return { rows, through, decidedAt: through === position ? decidedAt : EPOCH };
  }

  private readonly startNext = (): Promise<Ceiling> => {
    this.running = this.next;
    this.next = undefined;
    return this.measure();
  };

  private async measure(): Promise<Ceiling> {
    const { appending, ...highest } = await this.look();
    const { run } = highest;
    if (run !== this.decided.run) {
      this.decided = { ...NOTHING, run };
      this.candidate = undefined;
    }
    if (this.candidate) {
      for (const holder of this.candidate.waitsFor) if (!appending.has(holder)) this.candidate.waitsFor.delete(holder);
    }
    if (appending.size === 0) {
      const { position, decidedAt } = highest;
      this.decided = { position, decidedAt, open: false, run };
      this.candidate = undefined;
      return this.decided;
    }
    const settled = this.candidate?.waitsFor.size === 0 ? this.candidate : undefined;
    if (settled) this.candidate = undefined;
    const { position, decidedAt } = settled ?? this.decided;
    this.decided = { position, decidedAt, open: true, run };
    this.candidate ??= { ...highest, waitsFor: appending };
    return this.decided;
  }

  /**
   * The statement's start is a clock reading before its scan. Who appends is looked up after the sequence was read: the
   * subquery needs its value.
   */
  private async look(): Promise<Highest & { appending: Set<string> }> {
    const { rows } = await this.pool.query<{ position: string; decidedAt: string; appending: string[]; run: string }>({
      name: 'decided-look',
      text: `WITH drawn AS MATERIALIZED (SELECT ${DRAWN} AS position FROM events_position_seq)
             SELECT position, ${instant('statement_timestamp()')} AS "decidedAt", ARRAY(
               SELECT DISTINCT virtualtransaction FROM pg_locks
               WHERE drawn.position IS NOT NULL AND locktype = 'relation' AND relation = 'events'::regclass
                 AND mode = 'RowExclusiveLock' AND granted
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
             ) AS appending,
             ${RUN} AS run FROM drawn`,
    });
    const [{ position, decidedAt, appending, run }] = rows;
    return { position: Number(position), decidedAt, appending: new Set(appending), run };
  }
}
