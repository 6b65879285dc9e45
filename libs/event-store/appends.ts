import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { inTransaction } from './database.js';
import {
  holds,
  RequestReused,
  StreamMoved,
  type AppendResult,
  type ExpectedVersion,
  type Request,
} from './event-store.js';
import { Gatherer, type Waiting } from './gatherer.js';

/** An append ready to be sent: its rows are serialised and sealed. */
export type Append = Readonly<{
  municipality: string;
  /** Whole stream name. */
  stream: string;
  expected: ExpectedVersion;
  request?: Request;
  /** One per event: the fields of `INSERT_APPENDS` as JSON, without the opening brace and the number of the append. */
  rows: readonly string[];
}>;

/** Codes of `ExpectedVersion` in the statement; a version is its own code. */
const EXISTS = -1;
const ANY = -2;

export const expectedCode = (expected: ExpectedVersion): number => {
  if (expected === 'no-stream') return 0;
  if (expected === 'exists') return EXISTS;
  return expected === 'any' ? ANY : expected;
};

/** A gathered statement does not wait longer for one stream that somebody holds: its other members cannot wait with it. */
const PATIENCE = '500ms';

/**
 * Every append whose expected version holds and whose request is new is written whole; the others leave no row. Sorted
 * by stream against deadlocks. `$2`: whether others wait with this append. `position` and `recorded_at` are drawn per row, after the sort. The request is looked up by
 * a scalar subquery: NOT EXISTS may be planned as a hash of the whole table.
 */
const INSERT_APPENDS = `
  WITH sent AS MATERIALIZED (
    SELECT r.* FROM json_to_recordset($1::json) AS r(
      append int, ordinal int, expected int, municipality text, stream text, id uuid, type text, schema_version int,
      data json, personal json, person_id text, metadata json, request_id text, fingerprint text, effective_on date,
      slice smallint), (SELECT CASE WHEN $2 THEN set_config('lock_timeout', '${PATIENCE}', true) END) AS patience
  ), passed AS MATERIALIZED (
    SELECT r.append, coalesce(newest.version, 0) AS base
    FROM sent r LEFT JOIN LATERAL (
      SELECT e.version FROM events e WHERE e.municipality = r.municipality AND e.stream = r.stream
      ORDER BY e.version DESC LIMIT 1) newest ON true
    WHERE r.ordinal = 0
      AND CASE r.expected WHEN ${ANY} THEN true WHEN ${EXISTS} THEN newest.version > 0
          ELSE coalesce(newest.version, 0) = r.expected END
      AND (r.request_id IS NULL OR (
        SELECT true FROM events e WHERE e.municipality = r.municipality AND e.request_id = r.request_id LIMIT 1) IS NULL)
  )
  INSERT INTO events (municipality, stream, version, id, type, schema_version, data, personal, person_id, metadata,
                      request_id, fingerprint, ordinal, effective_on, slice)
  SELECT municipality, stream, base + ordinal + 1, id, type, schema_version, data, personal, person_id, metadata,
         request_id, fingerprint, ordinal, effective_on, slice
  FROM sent JOIN passed USING (append)
  ORDER BY municipality, stream, ordinal
  RETURNING stream, version, position`;

const FIND_REQUEST = `
  SELECT stream, fingerprint, version, position FROM events
  WHERE municipality = $1 AND request_id = $2 ORDER BY ordinal DESC LIMIT 1`;

const NEWEST_VERSION = `
  SELECT version FROM events WHERE municipality = $1 AND stream = $2 ORDER BY version DESC LIMIT 1`;

type Inserted = { stream: string; version: number; position: string };

const ATTEMPTS = 10;
const BATCH_ATTEMPTS = 4;
/** Rows of one statement of a batch. */
const STATEMENT_ROWS = 500;

const codeOf = (error: unknown): string | undefined => (error instanceof DatabaseError ? error.code : undefined);

/** Lost a race for a stream or a request, or the server broke a deadlock: nothing was written. */
const lostRace = (error: unknown): boolean => codeOf(error) === '23505' || codeOf(error) === '40P01';

/** A batch met somebody else's append: nothing of it was written, and its transaction is over. */
class LostRace extends StreamMoved {}

/** The connection went away under a statement: whether it was committed is unknown. */
const outcomeUnknown = (error: unknown): boolean => {
  if (error instanceof StreamMoved || error instanceof RequestReused) return false;
  const code = codeOf(error);
  return code === undefined || code.startsWith('08') || code.startsWith('57P');
};

/** Writes appends: gathered, alone, or as a batch. */
export class Appends {
  private readonly gatherer: Gatherer<Append, AppendResult>;

  constructor(private readonly pool: Pool) {
    this.gatherer = new Gatherer({ run: (batch) => this.flush(batch), keyOf: ({ stream }) => stream });
  }

  gathered(append: Append): Promise<AppendResult> {
    return this.gatherer.add(append);
  }

  /** One append by itself, which tells why it does not hold. In a caller's transaction a lost race ends it. */
  async alone(append: Append, db: Pool | PoolClient = this.pool): Promise<AppendResult> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const result = await insert([append], db).catch((error: unknown) => {
        if (!lostRace(error)) throw error;
        if (db !== this.pool) throw new StreamMoved(append.stream);
        return new Map<string, AppendResult>();
      });
      const answer = result.get(append.stream) ?? (await findRequest(append, db));
      if (answer) return answer;
      if (!holds(append.expected, await newestVersion(append, db))) break;
    }
    throw new StreamMoved(append.stream);
  }

  /** All or none. After a lost race or connection all is tried again: every append that was written is found then. */
  async batch(appends: readonly Append[], tx?: PoolClient): Promise<AppendResult[]> {
    if (tx) return this.batchIn(tx, appends);
    const repeatable = appends.every(({ request }) => request);
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTransaction(this.pool, (own) => this.batchIn(own, appends));
      } catch (error) {
        const again = error instanceof LostRace || (outcomeUnknown(error) && repeatable && attempt === 1);
        if (!again || attempt === BATCH_ATTEMPTS) throw error;
      }
    }
  }

  private async batchIn(tx: PoolClient, appends: readonly Append[]): Promise<AppendResult[]> {
    const results = new Map<Append, AppendResult>();
    for (const statement of statements(appends)) {
      const inserted = await insert(statement, tx).catch((error: unknown) => {
        throw lostRace(error) ? new LostRace(statement[0].stream) : error;
      });
      for (const append of statement) {
        const result = inserted.get(append.stream) ?? (await findRequest(append, tx));
        if (!result) throw new StreamMoved(append.stream);
        results.set(append, result);
      }
    }
    return appends.map((append) => results.get(append)!);
  }

  /** Members that left no row, or all when the statement failed, are run alone to learn the exact reason. */
  private async flush(batch: readonly Waiting<Append, AppendResult>[]): Promise<void> {
    const client = await this.pool.connect();
    let lost: Error | undefined;
    const onError = (error: Error) => (lost = error);
    client.on('error', onError);
    let results = new Map<string, AppendResult>();
    let failure: unknown;
    try {
      const appends = batch.map(({ item }) => item);
      results = await insert(appends, client, appends.length > 1);
    } catch (error) {
      failure = error;
      if (outcomeUnknown(error)) lost ??= error as Error;
    } finally {
      client.removeListener('error', onError);
      client.release(lost);
    }
    const unknown = failure !== undefined && outcomeUnknown(failure);
    const left = batch.filter(({ item, resolve }) => {
      const result = results.get(item.stream);
      if (result) resolve(result);
      return !result;
    });
    // side by side: one that waits for a stream somebody holds must not keep the others waiting
    await Promise.all(
      left.map(({ item, resolve, reject }) =>
        (unknown ? this.ask(item, failure) : this.alone(item)).then(resolve, reject),
      ),
    );
  }

  /** Never blindly again: only the request id can tell whether the lost statement was committed, or makes it safe to repeat. */
  private async ask(append: Append, failure: unknown): Promise<AppendResult> {
    if (!append.request) throw failure;
    const first = await findRequest(append, this.pool);
    return first ? { ...first, repeated: false } : this.alone(append);
  }
}

/** Statements of about 500 rows; appends to one stream come in different ones, in order. */
const statements = (appends: readonly Append[]): Append[][] => {
  const rounds: Append[][] = [];
  const seen = new Map<string, number>();
  for (const append of appends) {
    const round = seen.get(append.stream) ?? 0;
    seen.set(append.stream, round + 1);
    (rounds[round] ??= []).push(append);
  }
  return rounds.flatMap((round) => {
    const chunks: Append[][] = [];
    let rows = STATEMENT_ROWS;
    for (const append of round) {
      if (rows >= STATEMENT_ROWS) {
        chunks.push([]);
        rows = 0;
      }
      chunks[chunks.length - 1].push(append);
      rows += append.rows.length;
    }
    return chunks;
  });
};

/** The last event of each append that was written, by stream. */
const insert = async (
  appends: readonly Append[],
  db: Pool | PoolClient,
  gathered = false,
): Promise<Map<string, AppendResult>> => {
  const rows = appends.flatMap((append, index) => append.rows.map((row) => `{"append":${index},${row}`));
  const inserted = await db.query<Inserted>({
    name: 'append',
    text: INSERT_APPENDS,
    values: [`[${rows.join(',')}]`, gathered],
  });
  const results = new Map<string, AppendResult>();
  for (const { stream, version, position } of inserted.rows) {
    if ((results.get(stream)?.version ?? 0) < version) {
      results.set(stream, { version, position: Number(position), repeated: false });
    }
  }
  return results;
};

const findRequest = async (append: Append, db: Pool | PoolClient): Promise<AppendResult | undefined> => {
  if (!append.request) return undefined;
  const { rows } = await db.query<Inserted & { fingerprint: string }>({
    name: 'append-request',
    text: FIND_REQUEST,
    values: [append.municipality, append.request.id],
  });
  if (rows.length === 0) return undefined;
  const [{ stream, fingerprint, version, position }] = rows;
  if (stream !== append.stream || fingerprint !== append.request.fingerprint) throw new RequestReused();
  return { version, position: Number(position), repeated: true };
};

const newestVersion = async (append: Append, db: Pool | PoolClient): Promise<number> => {
  const { rows } = await db.query<{ version: number }>({
    name: 'append-version',
    text: NEWEST_VERSION,
    values: [append.municipality, append.stream],
  });
  return rows[0]?.version ?? 0;
};
