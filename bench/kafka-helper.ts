/** Raw kafkajs, as quick as it goes without anything of ours: the reference of latency and of rebuilding. */
import { Kafka, logLevel } from 'kafkajs';
import { percentile, type Sample } from './measure.js';
import { serveTasks } from './tasks.js';

type Topic = Readonly<{ brokers: string; topic: string }>;
type Producing = Topic & Readonly<{ perSecond: number; seconds: number; bytes: number }>;

const kafkaOf = (brokers: string): Kafka =>
  new Kafka({ brokers: [brokers], clientId: 'bench', logLevel: logLevel.NOTHING });

/** The same clock in every process of the machine, in milliseconds. */
const now = (): number => performance.timeOrigin + performance.now();

/** Records leave at their time; each carries the moment at which it was given to the client. */
const produce = async ({ brokers, topic, perSecond, seconds, bytes }: Producing): Promise<number> => {
  const producer = kafkaOf(brokers).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const filling = 'x'.repeat(bytes);
  const under: Promise<unknown>[] = [];
  const started = now();
  for (let sent = 0; sent < perSecond * seconds;) {
    const due = Math.min(perSecond * seconds, Math.floor(((now() - started) / 1000) * perSecond));
    for (; sent < due; sent++) {
      const value = JSON.stringify({ at: now(), filling });
      under.push(producer.send({ topic, acks: -1, messages: [{ key: `stream-${sent % 1000}`, value }] }));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(under);
  await producer.disconnect();
  return under.length;
};

let consuming: Readonly<{ latencies: number[]; stop: () => Promise<void> }> | undefined;

/** Begins to consume; resolves once it is a member of its group. */
const consume = async ({ brokers, topic }: Topic): Promise<void> => {
  const consumer = kafkaOf(brokers).consumer({ groupId: `bench-${now()}`, maxWaitTimeInMs: 100, minBytes: 1 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const latencies: number[] = [];
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({
    eachMessage: async ({ message }) => {
      const { at } = JSON.parse(message.value!.toString()) as { at: number };
      latencies.push(now() - at);
    },
  });
  await joined;
  consuming = { latencies, stop: () => consumer.disconnect() };
};

const consumed = async ({ count }: { count: number }): Promise<Sample> => {
  const { latencies, stop } = consuming!;
  while (latencies.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
  await stop();
  return { value: percentile(latencies, 0.99), p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
};

/** Events a second from the first batch of a topic to its last record, each parsed and nothing else. */
const readAll = async ({ brokers, topic, count }: Topic & { count: number }): Promise<Sample> => {
  const consumer = kafkaOf(brokers).consumer({
    groupId: `bench-${now()}`,
    maxWaitTimeInMs: 100,
    minBytes: 1,
    maxBytesPerPartition: 4 * 1024 * 1024,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let [read, bytes, started] = [0, 0, 0];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachBatch: async ({ batch: { messages } }) => {
          started ||= now();
          for (const { value } of messages) bytes += Object.keys(JSON.parse(value!.toString()) as object).length;
          read += messages.length;
          if (read >= count) resolve();
        },
      })
      .catch(reject);
  });
  const value = (read / (now() - started)) * 1000;
  if (bytes === 0) throw new Error('nothing was parsed');
  await consumer.disconnect();
  return { value };
};

serveTasks({ produce, consume, consumed, readAll });
