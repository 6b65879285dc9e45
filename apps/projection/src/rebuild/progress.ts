import type { Pool } from 'pg';

export type Phase = 'reading' | 'keys' | 'catching up' | 'filled';

export type Progress = Readonly<{
  version: string;
  /** `reading` the topics, making `keys` and indexes, `catching up` with the consumer, `filled`. */
  phase: Phase;
  /** Events of the topics read so far. */
  events: number;
  /** Events the topics held where the filling began. */
  total: number;
  /** Events a second, since the process that reads began; null before there is a rate. */
  perSecond: number | null;
  /** Until all are read; null before there is a rate. */
  secondsLeft: number | null;
  /** Batches the consumer has taken in meanwhile, still to be caught up with. */
  backlog: number;
  /** UTC instant of this reading. */
  at: string;
  /** Whether a process is at it. */
  underWay: boolean;
}>;

/** UTC instant with milliseconds. */
const at = `to_char(p.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Undefined where nothing was ever begun, or all was dropped. */
export const progressOf = async (pool: Pool): Promise<Progress | undefined> => {
  const { rows } = await pool.query<Progress>(
    `SELECT p.version, p.phase, p.events::float8 AS events, p.total::float8 AS total,
            round(p.per_second::numeric)::float8 AS "perSecond",
            ceil((p.total - p.events) / nullif(p.per_second, 0)) AS "secondsLeft",
            (SELECT count(*)::int FROM facts_backlog b WHERE b.version = p.version) AS backlog, ${at} AS at,
            EXISTS (SELECT FROM pg_locks WHERE relation = 'facts_turn'::regclass AND mode = 'ExclusiveLock' AND granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS "underWay"
       FROM facts_progress p JOIN facts_version v ON v.name = p.version ORDER BY v.created_at DESC LIMIT 1`,
  );
  return rows[0];
};

const EVERY_MS = 500;

/** Counts what is read, and says so in the database now and then. */
export class Meter {
  private events = 0;
  private total = 0;
  private before = 0;
  private began = 0;
  private said = 0;

  /**
   * @param onSaid told of every reading; what it throws ends the filling
   */
  constructor(
    private readonly pool: Pool,
    private readonly version: string,
    private readonly onSaid: () => Promise<void>,
  ) {}

  async begin(total: number, events: number): Promise<void> {
    [this.total, this.events, this.before, this.began] = [total, events, events, performance.now()];
    await this.enter('reading');
  }

  async count(events: number): Promise<void> {
    this.events += events;
    if (performance.now() - this.said >= EVERY_MS) await this.enter('reading');
  }

  async enter(phase: Phase): Promise<void> {
    this.said = performance.now();
    const seconds = (this.said - this.began) / 1000;
    const rate = phase === 'reading' && this.events > this.before ? (this.events - this.before) / seconds : null;
    await this.pool.query(
      `INSERT INTO facts_progress AS p (version, phase, events, total, per_second) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (version) DO UPDATE SET phase = excluded.phase, events = excluded.events, total = excluded.total,
         per_second = coalesce(excluded.per_second, p.per_second), at = clock_timestamp()`,
      [this.version, phase, this.events, this.total, rate],
    );
    await this.onSaid();
  }
}
