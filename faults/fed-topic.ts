import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';
import { SERVICES, type Service } from '#libs/local-stack/ports';
import { PARTITIONS } from '#libs/local-stack/stack';
import type { Injection, Scene } from './injections.js';

const run = promisify(execFile);

const FEEDS = ['duplicates', 'older', 'unknown-type', 'unreadable'] as const;
type Feed = (typeof FEEDS)[number];

const PARKED_MS = 40_000;
const CITY = '142140';

type Message = Readonly<{ partition: number; key: string; value: string; headers: Record<string, string> }>;

/**
 * Records that nobody published. All carry the header `fault`, by which the checker knows them and which no consumer
 * reads. What must be parked is dropped afterwards as an operator would: one through his tool, the others over HTTP.
 */
export const feed = (scene: Scene): Injection => {
  const { world, random, round } = scene;
  const kind: Feed = random.pick(FEEDS);
  const from = random.pick(['placement', 'wellbeing', 'recruitment'] as const);
  const topic = `jinzai.${from}.events`;
  const stream = `faults-${CITY}/${round}`;
  const [wait, back] = [random.between(100, 600), random.between(1, 60)];
  const kafka = new Kafka({
    clientId: 'faults-feed',
    brokers: [world.stack.kafka.brokers],
    logLevel: logLevel.NOTHING,
  });
  let fed = 0;
  return {
    what: `${topic} with ${kind}`,
    strike: async () => {
      await pause(wait);
      const messages =
        kind === 'duplicates'
          ? await recorded(kafka, topic, 'end', back)
          : kind === 'older'
            ? await recorded(kafka, topic, 'start', 1)
            : [foreign(kind, from, stream)];
      if (messages.length > 0) await produce(kafka, topic, messages);
      fed = messages.length;
    },
    finish: async () => {
      if (kind === 'unknown-type' || kind === 'unreadable') await dropParked(scene, topic, stream, kind);
      return fed > 0;
    },
  };
};

const foreign = (kind: Feed, from: Service, stream: string): Message => ({
  partition: (crc32(stream) % 1024) % PARTITIONS,
  key: stream,
  value: kind === 'unreadable' ? '{"broken":' : '{}',
  headers: {
    ce_specversion: '1.0',
    ce_id: randomUUID(),
    ce_source: `/jinzai/${from}`,
    ce_type: `jinzai.${from}.NeverHeardOf.v1`,
    ce_subject: stream,
    ce_time: new Date().toISOString(),
    ce_municipality: CITY,
    ce_streamversion: '1',
    ce_previousversion: '0',
    ce_correlationid: 'faults',
    fault: kind,
  },
});

const produce = async (kafka: Kafka, topic: string, messages: readonly Message[]): Promise<void> => {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: [...messages] });
  await producer.disconnect();
};

/** The first or last records of a partition that has any, to be sent again as they are. */
const recorded = async (kafka: Kafka, topic: string, place: 'start' | 'end', count: number): Promise<Message[]> => {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const fullest = offsets.toSorted((a, b) => Number(b.high) - Number(a.high))[0];
  const high = Number(fullest.high);
  if (high === 0) return [];
  const first = place === 'start' ? 0 : Math.max(0, high - count);
  const consumer = kafka.consumer({ groupId: `faults-feed-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const found: Message[] = [];
  await new Promise<void>((enough, reject) => {
    const { partition } = fullest;
    const last = Math.min(first + count, high);
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition: of, message }) => {
          const offset = Number(message.offset);
          if (of === partition && offset >= first && offset < last) found.push(again(partition, message));
          if (of === partition && offset >= last - 1) enough();
        },
      })
      .catch(reject);
    consumer.seek({ topic, partition, offset: String(first) });
  });
  await consumer.disconnect();
  return found
    .filter(({ headers }) => headers.fault === undefined)
    .map((one) => ({ ...one, headers: { ...one.headers, fault: 'again' } }));
};

const again = (partition: number, { key, value, headers = {} }: KafkaMessage): Message => ({
  partition,
  key: String(key),
  value: String(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
});

type Parked = Readonly<{ number: number }>;

/** Every consumer of the topic parks the stream; a consumer that passes unknown types over does not. */
const dropParked = async (
  { world, stores, client }: Scene,
  topic: string,
  stream: string,
  kind: Feed,
): Promise<void> => {
  let byTool = true;
  for (const service of SERVICES) {
    const reads = await stores.rows(service, 'SELECT 1 FROM consumer_offsets WHERE topic = $1 LIMIT 1', [topic]);
    if (reads.length === 0 || (kind === 'unknown-type' && service === 'projection')) continue;
    const { number } = await parked(stores, service, stream);
    const token = await client.token(`${CITY}-it`);
    const reason = 'fed by the drill';
    if (byTool) {
      const env = { PATH: process.env.PATH, JINZAI_URL: world.stack.url(service), JINZAI_TOKEN: token };
      await run(process.execPath, ['dist/libs/operator/cli.js', 'parked', 'drop', String(number), '--reason', reason], {
        env,
      });
      byTool = false;
      continue;
    }
    const answer = await fetch(`${world.stack.url(service)}/parked-streams/${number}/drop`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason }),
    });
    if (!answer.ok) throw new Error(`${service} does not drop ${stream}: ${answer.status} ${await answer.text()}`);
  }
};

const parked = async (stores: Scene['stores'], service: Service, stream: string): Promise<Parked> => {
  for (const deadline = performance.now() + PARKED_MS; ; await pause(50)) {
    const sql = 'SELECT number::int AS number FROM parked_streams WHERE stream = $1';
    const [found] = await stores.rows<Parked>(service, sql, [stream]);
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`${service} has not parked ${stream}`);
  }
};
