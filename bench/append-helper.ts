/** Appends through the store exactly as a service does: its pool, its session settings, one gatherer a process. */
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '#libs/event-store/database';
import { eventStoreMigrations } from '#libs/event-store/migrations';
import { parseMasterKeys, PersonKeys } from '#libs/event-store/person-keys';
import { PostgresEventStore } from '#libs/event-store/postgres-event-store';
import { closedLoop } from './loop.js';
import type { Sample } from './measure.js';
import { CITY, entered, METADATA, plainEntries, sealedEntries, STREAM_LENGTH } from './samples.js';
import { serveTasks } from './tasks.js';

type Appending = Readonly<{ url: string; concurrency: number; seconds: number; sealed: boolean }>;
type Reading = Readonly<{ url: string; concurrency: number; seconds: number; streams: number }>;

const stores = new Map<string, Promise<PostgresEventStore>>();

const open = async (url: string): Promise<PostgresEventStore> => {
  const { pool } = await migrated(url);
  return new PostgresEventStore(
    pool,
    new PersonKeys(pool, parseMasterKeys(`k1:${Buffer.alloc(32, 1).toString('base64')}`)),
  );
};

const migrated = async (url: string): Promise<Database> => {
  const database = await Database.open(url, eventStoreMigrations);
  await database.migrate();
  return database;
};

const storeOf = (url: string): Promise<PostgresEventStore> => {
  const store = stores.get(url) ?? open(url);
  stores.set(url, store);
  return store;
};

const append = async ({ url, concurrency, seconds, sealed }: Appending): Promise<Sample> => {
  const store = await storeOf(url);
  const aggregate = sealed ? sealedEntries : plainEntries;
  const places = Array.from({ length: concurrency }, () => ({ id: randomUUID(), version: 0 }));
  return closedLoop(concurrency, seconds, async (worker) => {
    const place = places[worker];
    const { id, version } = place;
    await store.append(aggregate, { municipality: CITY, id }, version || 'no-stream', [entered(id)], {
      metadata: METADATA,
      request: { id: uuidv7(), fingerprint: 'f' },
    });
    if (version + 1 < STREAM_LENGTH) place.version++;
    else places[worker] = { id: randomUUID(), version: 0 };
  });
};

/** Streams named by number, as growth.ts makes them. */
const read = async ({ url, concurrency, seconds, streams }: Reading): Promise<Sample> => {
  const store = await storeOf(url);
  return closedLoop(concurrency, seconds, async () => {
    const id = String(Math.floor(Math.random() * streams));
    const { version } = await store.read(plainEntries, { municipality: CITY, id });
    if (version !== STREAM_LENGTH) throw new Error(`stream ${id} has ${version} events`);
  });
};

serveTasks({ append, read, migrate: ({ url }: { url: string }) => storeOf(url).then(() => undefined) });
