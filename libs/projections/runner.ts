import type { PoolClient } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';
import { answersOf, prepared } from '#libs/event-store/database';
import { fold, type FactChanges, type Folded } from './fold.js';
import { instant, type Instant } from './instant.js';
import type { AnyProjection } from './projection.js';

type Keyed = Readonly<{ municipality: string; key: string }>;
/** `before` is the newest event that earlier batches folded. */
type Result = Keyed & Folded<object> & FactChanges & Readonly<{ before?: Instant }>;

/** What a batch of events makes of the rows and facts of a projection. */
export type Projected = Readonly<{ projection: AnyProjection; results: readonly Result[] }>;

/**
 * Folds one batch inside the caller's transaction, which also holds the offsets; rows by key in one statement for each
 * projection, all sent together.
 * @param schema version of the base schema, e.g. `facts_v1`
 */
export const project = (
  tx: PoolClient,
  schema: string,
  projections: readonly AnyProjection[],
  events: readonly Delivered[],
): Promise<Projected[]> =>
  answersOf(
    projections.map(async (projection) => {
      const concerned = byKey(projection, events);
      const rows = await load(tx, schema, projection, [...concerned.values()]);
      const results = [...concerned].map(([id, { municipality, key, events: own }]): Result => {
        const known = rows.get(id) ?? { row: undefined };
        return { municipality, key, before: known.recordedAt, ...fold(projection, known, own) };
      });
      return { projection, results };
    }),
  );

/** Writes what was folded: a few statements for each table, all sent together. */
export const write = async (tx: PoolClient, schema: string, projected: readonly Projected[]): Promise<void> => {
  await answersOf(
    projected.flatMap(({ projection, results }) => [
      save(tx, schema, projection, results),
      saveFacts(tx, schema, projection, results),
    ]),
  );
};

const idOf = ({ municipality, key }: Keyed): string => `${municipality}/${key}`;

const byKey = (projection: AnyProjection, events: readonly Delivered[]) => {
  const concerned = new Map<string, Keyed & { events: Delivered[] }>();
  for (const event of events) {
    const key = projection.key(event);
    if (key === undefined) continue;
    const id = idOf({ municipality: event.municipality, key });
    const entry = concerned.get(id) ?? { municipality: event.municipality, key, events: [] };
    entry.events.push(event);
    concerned.set(id, entry);
  }
  return concerned;
};

/** Each row is looked up by its key, here and wherever facts are closed or continued: joined, a table without statistics would be read whole for a handful of rows. */
const load = async (
  tx: PoolClient,
  schema: string,
  { table, fields }: AnyProjection,
  concerned: readonly Keyed[],
): Promise<Map<string, Folded<object>>> => {
  if (concerned.length === 0) return new Map();
  const keys = concerned.map(({ municipality, key }) => ({ municipality, key }));
  // Locked in the order of the keys: a member that was fenced off and another that took over cannot deadlock.
  const { rows } = await tx.query<{ row: Record<string, unknown> & Keyed & { recorded_at: string } }>(
    prepared(
      `SELECT row_to_json(t) AS row
         FROM (SELECT * FROM json_to_recordset($1) AS k (municipality text, key text) ORDER BY municipality, key) k
         CROSS JOIN LATERAL (
           SELECT * FROM ${schema}.${table} t WHERE t.municipality = k.municipality AND t.key = k.key OFFSET 0 FOR UPDATE
         ) t`,
      [JSON.stringify(keys)],
    ),
  );
  return new Map(
    rows.map(({ row }) => [
      idOf(row),
      {
        row: Object.fromEntries(fields.map((field) => [field, row[snake(field)] ?? undefined])),
        recordedAt: instant(row.recorded_at),
      },
    ]),
  );
};

/** One key is in one statement only: the two may go out together. */
const save = async (
  tx: PoolClient,
  schema: string,
  projection: AnyProjection,
  results: readonly Result[],
): Promise<void> => {
  const [gone, kept] = [results.filter(({ row }) => !row), results.filter(({ row }) => row)];
  await answersOf([remove(tx, `${schema}.${projection.table}`, gone), upsert(tx, schema, projection, kept)]);
};

const remove = async (tx: PoolClient, table: string, gone: readonly Keyed[]): Promise<void> => {
  if (gone.length === 0) return;
  await tx.query(
    prepared(
      `DELETE FROM ${table} t USING json_to_recordset($1) AS k (municipality text, key text)
        WHERE (t.municipality, t.key) = (k.municipality, k.key)`,
      [JSON.stringify(gone.map(({ municipality, key }) => ({ municipality, key })))],
    ),
  );
};

const upsert = async (
  tx: PoolClient,
  schema: string,
  { table, fields }: AnyProjection,
  kept: readonly Result[],
): Promise<void> => {
  if (kept.length === 0) return;
  const columns = [...fields.map(snake), 'recorded_at'];
  const records = kept.map((result) => recordOf(fields, result));
  await tx.query(
    prepared(
      `INSERT INTO ${schema}.${table} (municipality, key, ${columns.join(', ')})
       SELECT municipality, key, ${columns.join(', ')} FROM json_populate_recordset(NULL::${schema}.${table}, $1)
       ON CONFLICT (municipality, key) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`,
      [JSON.stringify(records)],
    ),
  );
};

/** A row of the fold as its table has it. */
export const recordOf = <Row extends object>(
  fields: readonly (keyof Row & string)[],
  { municipality, key, row, recordedAt }: Keyed & Folded<Row>,
): Record<string, unknown> => {
  const record: Record<string, unknown> = { municipality, key };
  for (const field of fields) record[snake(field)] = row?.[field] ?? null;
  record.recorded_at = recordedAt;
  return record;
};

type Closing = Readonly<{ municipality: string; fact_id: string; recorded_to: string }>;

const saveFacts = async (
  tx: PoolClient,
  schema: string,
  { factTables }: AnyProjection,
  results: readonly Result[],
): Promise<void> => {
  const changes = new Map(
    Object.keys(factTables).map((name) => [
      name,
      { closed: [] as Closing[], opened: [] as object[], continued: [] as object[] },
    ]),
  );
  for (const { municipality, before, closed, opened } of results) {
    for (const { table, factId, recordedTo } of closed) {
      changes.get(table)?.closed.push({ municipality, fact_id: factId, recorded_to: recordedTo });
    }
    for (const { table, values, factId, recordedFrom, recordedTo = 'infinity' } of opened) {
      const known = { municipality, fact_id: factId, recorded_from: recordedFrom, recorded_to: recordedTo };
      changes.get(table)?.[recordedFrom === before ? 'continued' : 'opened'].push({ ...known, ...values });
    }
  }
  // In this order: a fact that ends and is stated again at one instant was never gone.
  await answersOf(
    [...changes].flatMap(([name, { closed, opened, continued }]) => [
      closeFacts(tx, `${schema}.${name}`, closed),
      continueFacts(tx, `${schema}.${name}`, factTables[name], continued),
      openFacts(tx, `${schema}.${name}`, factTables[name], opened),
    ]),
  );
};

const closeFacts = async (tx: PoolClient, table: string, closed: readonly Closing[]): Promise<void> => {
  if (closed.length === 0) return;
  // A row opened by an earlier batch at this very instant was never known: it goes, rather than get an empty interval.
  const { rows } = await tx.query<{ found: number }>(
    prepared(
      `WITH open AS MATERIALIZED (
         SELECT t.ctid AS place, t.recorded_from, c.recorded_to
           FROM json_to_recordset($1) AS c (municipality text, fact_id uuid, recorded_to timestamptz)
           CROSS JOIN LATERAL (
             SELECT ctid, recorded_from FROM ${table} t
              WHERE t.municipality = c.municipality AND t.fact_id = c.fact_id AND t.recorded_to = 'infinity' OFFSET 0
           ) t
       ), never_known AS (
         DELETE FROM ${table} t USING open o WHERE t.ctid = o.place AND o.recorded_from = o.recorded_to RETURNING 1
       ), no_longer_known AS (
         UPDATE ${table} t SET recorded_to = o.recorded_to FROM open o
          WHERE t.ctid = o.place AND o.recorded_from < o.recorded_to RETURNING 1
       )
       SELECT ((SELECT count(*) FROM never_known) + (SELECT count(*) FROM no_longer_known))::int AS found`,
      [JSON.stringify(closed)],
    ),
  );
  if (rows[0].found !== closed.length)
    throw new Error(`${table}: ${closed.length - rows[0].found} facts to close are missing`);
};

const openFacts = async (
  tx: PoolClient,
  table: string,
  columns: readonly string[],
  opened: readonly object[],
): Promise<void> => {
  if (opened.length === 0) return;
  const all = ['municipality', 'fact_id', ...columns, 'recorded_from', 'recorded_to'].join(', ');
  await tx.query(
    prepared(`INSERT INTO ${table} (${all}) SELECT ${all} FROM json_populate_recordset(NULL::${table}, $1)`, [
      JSON.stringify(opened),
    ]),
  );
};

/**
 * Facts of the very instant at which an earlier batch ended: events recorded together need not come in one batch, and what
 * such a batch closed and this one states again was always known.
 */
const continueFacts = async (
  tx: PoolClient,
  table: string,
  columns: readonly string[],
  continued: readonly object[],
): Promise<void> => {
  if (continued.length === 0) return;
  const all = ['municipality', 'fact_id', ...columns, 'recorded_from', 'recorded_to'].join(', ');
  await tx.query(
    prepared(
      `WITH stated AS MATERIALIZED (
         SELECT s.*, t.ctid AS place
           FROM json_populate_recordset(NULL::${table}, $1) s
           LEFT JOIN LATERAL (
             SELECT ctid FROM ${table} t
              WHERE t.municipality = s.municipality AND t.fact_id = s.fact_id AND t.recorded_to = s.recorded_from OFFSET 0
           ) t ON true
       ), went_on AS (
         UPDATE ${table} t SET recorded_to = s.recorded_to FROM stated s WHERE t.ctid = s.place
       )
       INSERT INTO ${table} (${all}) SELECT ${all} FROM stated WHERE place IS NULL`,
      [JSON.stringify(continued)],
    ),
  );
};

export const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
