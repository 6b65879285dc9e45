import type { Pool } from 'pg';
import { Database } from './database.js';
import { createDatabase } from '#libs/testing/databases';
import type { Aggregate } from './decider.js';
import type { Metadata } from './event-store.js';
import { eventStoreMigrations } from './migrations.js';
import { parseMasterKeys, PersonKeys } from './person-keys.js';
import { PostgresEventStore } from './postgres-event-store.js';

/** A notebook of a person: the smallest aggregate with an effective date, personal fields and an older version. */
export type NotebookEvent =
  | { type: 'NotebookOpened'; data: { ownerId: string; name: string; nickname?: string; shelf: string; on: string } }
  | { type: 'NoteWritten'; data: { text: string } };

export type NotebookCommand = { type: 'Write'; text: string };

export const notebook: Aggregate<{ notes: readonly string[] }, NotebookCommand, NotebookEvent> = {
  category: 'notebook',
  initial: { notes: [] },
  decide: ({ text }) => [{ type: 'NoteWritten', data: { text } }],
  evolve: (state, event) => {
    switch (event.type) {
      case 'NotebookOpened':
        return state;
      case 'NoteWritten':
        return { notes: [...state.notes, event.data.text] };
    }
  },
  events: {
    NotebookOpened: {
      version: 2,
      personal: ['name', 'nickname'],
      person: ({ ownerId }) => ownerId,
      effectiveOn: ({ on }) => on,
      upcasts: [(old) => ({ ...old, shelf: 'none' })],
    },
    NoteWritten: { version: 1 },
  },
};

export const CITY = '142140';
export const OTHER_CITY = '142034';
export const metadata: Metadata = { actor: 'tester', correlationId: 'c-1' };
export const MASTER_KEY = `k1:${Buffer.alloc(32, 1).toString('base64')}`;

export const note = (text: string): NotebookEvent => ({ type: 'NoteWritten', data: { text } });
export const opening = (ownerId: string, name = '伊勢原 花子'): NotebookEvent => ({
  type: 'NotebookOpened',
  data: { ownerId, name, shelf: 'A', on: '2026-04-01' },
});

export type TestStore = {
  database: Database;
  pool: Pool;
  keys: PersonKeys;
  store: PostgresEventStore;
  close(): Promise<void>;
};

/** A store in a database of its own. */
export const openTestStore = async (prefix: string): Promise<TestStore> => {
  const created = await createDatabase(prefix);
  const database = await Database.open(created.url, eventStoreMigrations);
  await database.migrate();
  const { pool } = database;
  const keys = new PersonKeys(pool, parseMasterKeys(MASTER_KEY));
  const close = async () => {
    await database.close();
    await created.drop();
  };
  return { database, pool, keys, store: new PostgresEventStore(pool, keys), close };
};
