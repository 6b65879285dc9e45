import { randomUUID } from 'node:crypto';
import { Pool, type PoolClient } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';
import { inTransaction } from '#libs/event-store/database';
import type { KafkaPort, Position } from '#libs/messaging/kafka-port';
import { reasonOf } from '#libs/messaging/unavailable';
import { BulkFold, BulkRows } from '#libs/projections/bulk';
import type { Definition } from '../definitions.js';
import { Newest, takeIn } from '../facts-batch.js';
import { notePassedOver } from '../passed-over.js';
import { createKeysOf } from '../schema/version.js';
import { holdConsumer } from '../versions.js';
import { BulkIntake, type FetchMissing, type Start } from './bulk-intake.js';
import type { Meter } from './progress.js';
import { readUpTo } from './topic-reader.js';

export type Filling = Readonly<{
  pool: Pool;
  kafka: KafkaPort;
  /** Consumer group of the projection. */
  group: string;
  /** Name of the version, whose tables are there without keys. */
  version: string;
  definition: Definition;
  start: Start;
  fetchMissing: FetchMissing;
  meter: Meter;
  /** Ends the filling. */
  signal: AbortSignal;
}>;

/**
 * Records of whole partitions are laid by up to so many, then folded stream by stream and written in one transaction: a
 * kilobyte or two of memory each. A filling that was killed begins with the next such part; a single partition that has
 * more is a part of its own.
 */
const EVENTS_IN_A_PART = 1_000_000;
/** Between two turns that the connection gets. */
const RECORDS_IN_A_TURN = 200;

/** Takes in the topics from their beginning up to where the consumer was, then what it has taken in since. */
export const fill = async (filling: Filling): Promise<void> => {
  const { pool, version, definition, meter } = filling;
  for (const part of await partsLeft(filling)) await fillPart(filling, part);
  await meter.enter('keys');
  if (!(await hasKeys(pool, `${version}.${tablesOf(definition)[0]}`))) {
    await inTransaction(pool, async (tx) => {
      await tx.query(`SET LOCAL maintenance_work_mem = '256MB'`);
      await tx.query(createKeysOf(version, definition));
    });
  }
  for (const table of tablesOf(definition)) await pool.query(`ANALYZE ${version}.${table}`);
  await meter.enter('catching up');
  while ((await inTransaction(pool, (tx) => takeBacklog(tx, filling, BATCHES_AT_ONCE))) === BATCHES_AT_ONCE);
  await handOver(filling);
};

const BATCHES_AT_ONCE = 50;

/** Tables of facts and folds. */
export const tablesOf = ({ sources }: Pick<Definition, 'sources'>): string[] =>
  sources.flatMap(({ tables, folds }) => [...tables, ...folds].map(({ name }) => name));

const partsLeft = async ({ pool, version, start, meter }: Filling): Promise<Position[][]> => {
  const { rows } = await pool.query<{ topic: string; partition: number }>(
    'SELECT topic, partition FROM facts_part WHERE version = $1',
    [version],
  );
  const done = new Set(rows.map(({ topic, partition }) => `${topic}/${partition}`));
  const isDone = ({ topic, partition }: Position) => done.has(`${topic}/${partition}`);
  const sum = (positions: readonly Position[]) => positions.reduce((total, { offset }) => total + offset, 0);
  await meter.begin(sum(start.offsets), sum(start.offsets.filter(isDone)));
  const parts: Position[][] = [];
  for (const position of start.offsets.filter((one) => !isDone(one))) {
    const part = parts.at(-1);
    if (part && sum(part) + position.offset <= EVENTS_IN_A_PART) part.push(position);
    else parts.push([position]);
  }
  return parts;
};

const fillPart = async (filling: Filling, part: readonly Position[]): Promise<void> => {
  const { kafka, group, version, definition, start, fetchMissing, meter, signal } = filling;
  const contracts = [...new Set(definition.sources.flatMap((source) => source.contracts))];
  await whereCopyGoes(filling, async (tx) => {
    // Brokers may be away for long, and nobody waits for these tables.
    await tx.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    const rows = new BulkRows(tx, version);
    const folds = definition.sources.flatMap(({ projections }) =>
      projections.map((projection) => new BulkFold(projection, rows)),
    );
    const newest = new Newest();
    const passed: Delivered[] = [];
    const intake = new BulkIntake(contracts, start, fetchMissing);
    try {
      await readUpTo(kafka, `${group}.${version}.${randomUUID()}`, part, signal, async (topic, records) => {
        intake.add(topic, records);
        await meter.count(0);
      });
      let taken = 0;
      for await (const stream of intake.streams()) {
        for (const event of stream.known) {
          newest.take(event);
          foldInto(folds, event);
        }
        for (const one of folds) one.end();
        passed.push(...stream.passed);
        taken += stream.records;
        if (taken < RECORDS_IN_A_TURN) continue;
        await rows.ready();
        await meter.count(taken);
        taken = 0;
      }
      await rows.end();
      await meter.count(taken);
    } finally {
      await rows.stop();
    }
    await newest.save(tx, version);
    await notePassedOver(tx, version, passed);
    await tx.query(
      'INSERT INTO facts_part (version, topic, partition) SELECT $1, * FROM unnest($2::text[], $3::int[])',
      [version, part.map(({ topic }) => topic), part.map(({ partition }) => partition)],
    );
  });
};

/** In a transaction on a connection of its own: while rows stream in, no other statement may go out on it. */
const whereCopyGoes = async (
  { pool }: Pick<Filling, 'pool'>,
  work: (tx: PoolClient) => Promise<void>,
): Promise<void> => {
  const copying = new Pool({ ...pool.options, pipeline: false, max: 1 });
  copying.on('error', () => undefined); // whoever uses the connection hears of it
  try {
    await inTransaction(copying, work);
  } finally {
    await copying.end();
  }
};

const foldInto = (folds: readonly BulkFold[], event: Delivered): void => {
  try {
    for (const one of folds) one.take(event);
  } catch (error) {
    throw new Error(`event ${event.id} of ${event.stream} cannot be folded: ${reasonOf(error)}`, { cause: error });
  }
};

/** All tables get theirs together. */
const hasKeys = async (pool: Pool, table: string): Promise<boolean> =>
  (await pool.query('SELECT FROM pg_index WHERE indrelid = $1::regclass', [table])).rows.length > 0;

/** Takes in, in their order, batches the consumer has kept for the version; how many there were. */
const takeBacklog = async (
  tx: PoolClient,
  { version, definition }: Pick<Filling, 'version' | 'definition'>,
  most?: number,
): Promise<number> => {
  const { rows } = await tx.query<{ number: string; known: boolean; events: Delivered[] }>(
    // A filling that has lost its turn without noticing may be at it still: nothing is folded twice.
    'SELECT number, known, events FROM facts_backlog WHERE version = $1 ORDER BY facts_backlog.number LIMIT $2 FOR UPDATE',
    [version, most ?? null],
  );
  const known = rows.filter((row) => row.known).flatMap(({ events }) => events);
  const passed = rows.filter((row) => !row.known).flatMap(({ events }) => events);
  if (known.length > 0) await takeIn(tx, version, definition, known);
  if (passed.length > 0) await notePassedOver(tx, version, passed);
  await tx.query('DELETE FROM facts_backlog WHERE version = $1 AND number = ANY($2)', [
    version,
    rows.map(({ number }) => number),
  ]);
  return rows.length;
};

/** The rest of the backlog while the consumer waits; from here on the consumer fills both versions together. */
const handOver = ({ pool, version, definition, meter }: Filling): Promise<void> =>
  inTransaction(pool, async (tx) => {
    await holdConsumer(tx);
    await takeBacklog(tx, { version, definition });
    await tx.query(
      `DO $$ BEGIN EXECUTE format('INSERT INTO ${version}.frontier SELECT * FROM %I.frontier',
         (SELECT name FROM facts_version WHERE state = 'live')); END $$`,
    );
    const { rowCount } = await tx.query(
      `UPDATE facts_version SET state = 'following', filled_at = clock_timestamp() WHERE name = $1 AND state = 'filling'`,
      [version],
    );
    if (rowCount !== 1) throw new Error(`${version} is not to be filled any more`);
    await tx.query('DELETE FROM facts_part WHERE version = $1', [version]);
  }).then(() => meter.enter('filled'));
