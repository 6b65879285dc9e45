import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { Kafka, logLevel, type Message } from 'kafkajs';
import type { CheckConfig, Complaint } from './check/complaint.js';
import { Checking } from './checking.js';
import { PLANTS, type Plant, type PlantedRecord } from './plants.js';
import { PARTITIONS } from '#libs/local-stack/stack';
import { FOLDER, type World } from './world.js';

export type Planted = Readonly<{ fault: string; rule: string; seen: boolean; complaint?: string }>;

const COPY = 'faults_copy';

/**
 * Plants one fault after the other in a copy of what it concerns, and looks at everything with a fresh checker: nothing to
 * complain of before, the right complaint after. The services are stopped meanwhile: a database that is in use cannot be
 * copied.
 */
export const selfTest = async (world: World, config: CheckConfig, say: (line: string) => void): Promise<Planted[]> => {
  await Promise.all(Object.values(world.stack.services).map((service) => service.stop()));
  const sound = await look(config);
  if (sound.length > 0) throw new Error(`the checker complains before anything is planted: ${sound[0].what}`);
  const planted: Planted[] = [];
  for (const plant of PLANTS) {
    const changed = await planting(plant, world, config);
    const complaints = await look(changed);
    const right = complaints.find(({ rule, what }) => rule === plant.rule && plant.complaint.test(what));
    planted.push({
      fault: plant.fault,
      rule: plant.rule,
      seen: right !== undefined,
      ...(right && { complaint: right.what }),
    });
    say(`  ${right ? '✓' : '✗'} planted: ${plant.fault} → ${right?.what ?? JSON.stringify(complaints.slice(0, 3))}`);
  }
  await superuser(world, `DROP DATABASE IF EXISTS ${COPY} WITH (FORCE)`);
  return planted;
};

const look = async (config: CheckConfig): Promise<readonly Complaint[]> => {
  const checking = new Checking(config);
  try {
    return (await checking.look(true)).complaints;
  } finally {
    await checking.stop();
  }
};

/** The configuration of a checker that sees the copy instead of the original. */
const planting = async (plant: Plant, world: World, config: CheckConfig): Promise<CheckConfig> => {
  if (plant.in === 'ledger') {
    const file = join(FOLDER, 'planted.jsonl');
    const original = plant.file === 'commands' ? config.commandsFile : config.healthFile;
    writeFileSync(file, plant.change(original));
    return plant.file === 'commands' ? { ...config, commandsFile: file } : { ...config, healthFile: file };
  }
  if (plant.in === 'topic') {
    const topic = `faults.${plant.service}.${PLANTS.indexOf(plant)}`;
    await copyTopic(config.brokers, config.topics[plant.service], topic, plant.change);
    return { ...config, topics: { ...config.topics, [plant.service]: topic } };
  }
  await superuser(world, `DROP DATABASE IF EXISTS ${COPY} WITH (FORCE)`);
  await superuser(world, `CREATE DATABASE ${COPY} TEMPLATE ${plant.service} STRATEGY FILE_COPY`);
  const url = world.stack.postgres.url(COPY);
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET session_replication_role = replica'); // past the triggers that refuse it
    const { rowCount } = await client.query(plant.sql.replaceAll('{facts}', await factsSchema(client)));
    if (rowCount === 0) throw new Error(`nothing to plant in: ${plant.fault}`);
  } finally {
    await client.end();
  }
  return { ...config, databases: { ...config.databases, [plant.service]: url } };
};

const factsSchema = async (client: Client): Promise<string> => {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT table_schema AS schema FROM information_schema.view_table_usage
      WHERE view_schema = 'analytics' AND view_name = 'personnel_action'`,
  );
  return rows[0]?.schema ?? 'public';
};

const superuser = (world: World, statement: string): Promise<void> =>
  world.stack.postgres.asSuperuser('postgres', statement);

const copyTopic = async (
  brokers: string,
  from: string,
  to: string,
  change: (records: readonly PlantedRecord[]) => readonly PlantedRecord[],
): Promise<void> => {
  const kafka = new Kafka({ clientId: 'faults-plant', brokers: [brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: to, numPartitions: PARTITIONS, replicationFactor: 1 }],
  });
  const ends = new Map((await admin.fetchTopicOffsets(from)).map(({ partition, high }) => [partition, Number(high)]));
  await admin.disconnect();
  const records: PlantedRecord[] = [];
  const consumer = kafka.consumer({ groupId: `plant-${to}` });
  await consumer.connect();
  await consumer.subscribe({ topic: from, fromBeginning: true });
  const wanted = [...ends.values()].reduce((sum, end) => sum + end, 0);
  await new Promise<void>((all, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition, message: { key, value, headers } }) => {
          records.push({ partition, key, value, headers });
          if (records.length === wanted) all();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  const producer = kafka.producer({
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  await producer.connect();
  await producer.send({ topic: to, acks: -1, messages: change(records) as Message[] });
  await producer.disconnect();
};
