/** Emmett, as well as it can be tuned, in a process of its own. */
import { randomUUID } from 'node:crypto';
import { CommandHandler, STREAM_DOES_NOT_EXIST } from '@event-driven-io/emmett';
import {
  getPostgreSQLEventStore,
  postgreSQLRawSQLProjection,
  rebuildPostgreSQLProjections,
} from '@event-driven-io/emmett-postgresql';
import { SQL } from '@event-driven-io/dumbo';
import express from 'express';
import pg from 'pg';
import { trainingRecord } from '../../dist/apps/training/src/domain/training-record.js';
import { closedLoop } from '../../dist/bench/loop.js';
import { entered, METADATA, STREAM_LENGTH } from '../../dist/bench/samples.js';
import { serveTasks } from '../../dist/bench/tasks.js';

/** More connections than this make it slower. */
const MOST_CONNECTIONS = 32;

const stores = new Map();

const storeOf = (url, concurrency) => {
  const max = Math.min(concurrency, MOST_CONNECTIONS);
  const name = `${url} ${max}`;
  if (!stores.has(name)) {
    const pool = new pg.Pool({ connectionString: url, max });
    stores.set(
      name,
      getPostgreSQLEventStore(url, { connectionOptions: { pooled: true, pool }, schema: { autoMigration: 'None' } }),
    );
  }
  return stores.get(name);
};

const migrate = async ({ url }) => {
  const store = getPostgreSQLEventStore(url);
  await store.schema.migrate();
  await store.close();
};

const append = async ({ url, concurrency, seconds }) => {
  const store = storeOf(url, concurrency);
  const places = Array.from({ length: concurrency }, () => ({ id: randomUUID(), version: 0n }));
  return closedLoop(concurrency, seconds, async (worker) => {
    const { id, version } = places[worker];
    const { nextExpectedStreamVersion } = await store.appendToStream(
      `entries-${id}`,
      [{ ...entered(id), metadata: METADATA }],
      { expectedStreamVersion: version === 0n ? STREAM_DOES_NOT_EXIST : version },
    );
    places[worker] =
      nextExpectedStreamVersion < BigInt(STREAM_LENGTH)
        ? { id, version: nextExpectedStreamVersion }
        : { id: randomUUID(), version: 0n };
  });
};

/**
 * Streams with the events given by stream id. One writer where they are to be projected: Emmett 0.42 pages through its
 * messages by position but orders them by transaction, and so passes over some of those appended at the same time.
 */
const prepare = async ({ url, streams, writers = MOST_CONNECTIONS }) => {
  const store = storeOf(url, MOST_CONNECTIONS);
  const left = Object.entries(streams);
  const worker = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      await store.appendToStream(
        next[0],
        next[1].map((event) => ({ ...event, metadata: METADATA })),
      );
    }
  };
  await Promise.all(Array.from({ length: writers }, worker));
};

let serving;

/** The routes of the measured command with the same decider, behind Express, without token, validation or log. */
const serve = async ({ url, today }) => {
  const store = storeOf(url, MOST_CONNECTIONS);
  const handle = CommandHandler({ evolve: trainingRecord.evolve, initialState: () => trainingRecord.initial });
  const app = express();
  app.use(express.json());
  const route = (path, commandOf) =>
    app.post(`/staff/:staffId/assignments/:assignmentId/${path}`, async (request, response) => {
      const { staffId, assignmentId } = request.params;
      const command = commandOf({ staffId, assignmentId, today, ...request.body });
      const { nextExpectedStreamVersion } = await handle(store, `training-record-${staffId}`, (state) =>
        trainingRecord.decide(command, state).map((event) => ({ ...event, metadata: METADATA })),
      );
      response.json({ id: assignmentId, version: Number(nextExpectedStreamVersion) });
    });
  route('excuse', (body) => ({ type: 'ExcuseByHand', ...body }));
  route('reopening', (body) => ({ type: 'ReopenByHand', ...body }));
  const server = await new Promise((resolve) => {
    serving = app.listen(0, '127.0.0.1', () => resolve(serving));
  });
  return server.address().port;
};

/** The newest post of everybody: one upsert an event, which is how Emmett's SQL projections are written. */
const posts = postgreSQLRawSQLProjection({
  name: 'posts',
  canHandle: ['StaffRegistered', 'PersonnelActionTaken'],
  init: () => SQL`CREATE TABLE IF NOT EXISTS posts (staff_id text PRIMARY KEY, unit_id text, actions integer NOT NULL)`,
  evolve: ({ data: { staffId, action } }) => SQL`
    INSERT INTO posts (staff_id, unit_id, actions) VALUES (${staffId}, ${action?.post?.unitId ?? null}, 1)
    ON CONFLICT (staff_id) DO UPDATE
      SET unit_id = coalesce(excluded.unit_id, posts.unit_id), actions = posts.actions + 1`,
});

const rebuild = async ({ url, count }) => {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  // Its rebuild empties the table but goes on from where the one before it ended.
  await pool.query('DROP TABLE IF EXISTS posts; DELETE FROM emt_processors');
  const consumer = rebuildPostgreSQLProjections({
    connectionString: url,
    projections: [posts],
    pulling: { batchSize: 1000, pullingFrequencyInMs: 0 },
  });
  const started = performance.now();
  await consumer.start();
  const value = (count / (performance.now() - started)) * 1000;
  await consumer.close();
  const { rows } = await pool.query('SELECT sum(actions)::int AS taken FROM posts');
  await pool.end();
  if (rows[0].taken !== count) throw new Error(`Emmett projected ${rows[0].taken} of ${count} events`);
  return { value };
};

serveTasks({ migrate, append, prepare, serve, rebuild });
