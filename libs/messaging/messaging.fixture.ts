import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import { topicOf, type Contract, type Delivered } from '#libs/contracts/public-event';
import type { Aggregate } from '#libs/event-store/decider';
import { eventStoreMigrations } from '#libs/event-store/migrations';
import { parseMasterKeys, PersonKeys } from '#libs/event-store/person-keys';
import { PostgresEventStore } from '#libs/event-store/postgres-event-store';
import { Database } from '#libs/event-store/database';
import { processesMigrations } from '#libs/processes/migrations';
import { createDatabase } from '#libs/testing/databases';
import { toCloudEvent } from './cloud-event.js';
import type { KafkaRecord } from './kafka-port.js';
import { KafkajsPort } from './kafkajs-port.js';
import { messagingMigrations } from './migrations.js';
import { declareTopics } from './topics.js';

export const CITY = '142140';
export const PARTITIONS = 3;

/** A lamp that is switched: two published types, one private. */
export type LampEvent =
  | { type: 'LampBought'; data: { lampId: string } }
  | { type: 'LampDusted'; data: { lampId: string } }
  | { type: 'LampSwitched'; data: { lampId: string; on: boolean } };

export const lamp: Aggregate<null, LampEvent, LampEvent> = {
  category: 'lamp',
  initial: null,
  decide: (event) => [event],
  evolve: () => null,
  events: { LampBought: { version: 1 }, LampDusted: { version: 1 }, LampSwitched: { version: 1 } },
};

const lampData = z.object({ lampId: z.string() });

/** A contract, and so a topic, of one suite's own. */
export const lampContract = () => {
  return {
    service: `lamps-${randomBytes(4).toString('hex')}`,
    events: {
      Bought: { version: 1, schema: lampData },
      Switched: { version: 1, schema: lampData.extend({ on: z.boolean() }) },
    },
  } as const satisfies Contract;
};

export const streamOf = (id: string) => `lamp-${CITY}/${id}`;

/** The n-th event of a lamp, as a consumer gets it. */
export const switched = (id: string, version: number, parts: Partial<Delivered> = {}): Delivered => ({
  id: `${id}-${version}`,
  municipality: CITY,
  stream: streamOf(id),
  streamVersion: version,
  previousVersion: version - 1,
  type: 'Switched',
  schemaVersion: 1,
  recordedAt: '2026-04-01T00:00:00.000000Z',
  correlationId: 'c-1',
  data: { lampId: id, on: version % 2 === 0 },
  ...parts,
});

export const recordOf = (contract: Contract, event: Delivered, partition = 0): KafkaRecord => ({
  ...toCloudEvent(contract, event),
  partition,
});

export type TestMessaging = {
  database: Database;
  pool: Pool;
  url: string;
  store: PostgresEventStore;
  kafka: KafkajsPort;
  contract: ReturnType<typeof lampContract>;
  topic: string;
  close(): Promise<void>;
};

export const testKafka = (): KafkajsPort => {
  const brokers = process.env.TEST_KAFKA_BROKERS;
  if (!brokers) throw new Error('TEST_KAFKA_BROKERS is not set: run the suite through jest.config.mjs as .int.spec.ts');
  return new KafkajsPort({ brokers: brokers.split(','), clientId: 'jinzai-test' });
};

/** A migrated database and a topic of the suite's own. */
export const openTestMessaging = async (prefix: string, kafka: KafkajsPort = testKafka()): Promise<TestMessaging> => {
  const created = await createDatabase(prefix);
  const database = await Database.open(
    created.url,
    [...eventStoreMigrations, ...messagingMigrations, ...processesMigrations],
    20,
  );
  await database.migrate();
  const contract = lampContract();
  await declareTopics(kafka, [contract.service], PARTITIONS);
  const { pool } = database;
  const masterKeys = parseMasterKeys(`k1:${Buffer.alloc(32, 1).toString('base64')}`);
  return {
    database,
    pool,
    url: created.url,
    store: new PostgresEventStore(pool, new PersonKeys(pool, masterKeys)),
    kafka,
    contract,
    topic: topicOf(contract.service),
    close: async () => {
      await kafka.close();
      await database.close();
      await created.drop();
    },
  };
};
