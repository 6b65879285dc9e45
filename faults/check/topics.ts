import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel, type Consumer } from 'kafkajs';
import type { Data } from './store.js';

/** A record as it lies on a topic. */
export type TopicRecord = Readonly<{
  partition: number;
  offset: number;
  key: string;
  id: string;
  type: string;
  version: number;
  previous: number;
  municipality: string;
  data: Data;
  /** Fed by the drill. */
  fed: boolean;
}>;

const PATIENCE_MS = 60_000;
/** A member of a group that the broker remembers from before it died waits long: another group reads on at once. */
const STUCK_MS = 3_000;

/** All records of the topics, each offset once, in the order of its partition. */
export class Topics {
  readonly records = new Map<string, TopicRecord[]>();
  private readonly next = new Map<string, number>();
  private readonly kafka: Kafka;
  private consumer?: Consumer;

  constructor(
    brokers: string,
    private readonly topics: readonly string[],
  ) {
    this.kafka = new Kafka({
      clientId: 'faults-check',
      brokers: [brokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: Number.MAX_SAFE_INTEGER, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    for (const topic of topics) this.records.set(topic, []);
  }

  /** Reads up to the ends of now. */
  async load(): Promise<void> {
    this.consumer ??= await this.start();
    const ends = await this.ends();
    let stuckAt = performance.now() + STUCK_MS;
    for (const deadline = performance.now() + PATIENCE_MS; ; await pause(20)) {
      const behind = [...ends].find(([at, end]) => (this.next.get(at) ?? 0) < end);
      if (!behind) return;
      if (performance.now() > stuckAt) {
        void this.consumer.disconnect().catch(() => undefined);
        this.consumer = await this.start();
        stuckAt = performance.now() + 2 * STUCK_MS;
      }
      if (performance.now() > deadline) throw new Error(`${behind[0]} cannot be read up to ${behind[1]}`);
    }
  }

  async ends(): Promise<ReadonlyMap<string, number>> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const ends = new Map<string, number>();
      for (const topic of this.topics)
        for (const { partition, high } of await admin.fetchTopicOffsets(topic))
          ends.set(`${topic}/${partition}`, Number(high));
      return ends;
    } finally {
      await admin.disconnect();
    }
  }

  private async start(): Promise<Consumer> {
    const consumer = this.kafka.consumer({ groupId: `faults-check-${randomUUID()}`, maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.topics], fromBeginning: true });
    await consumer.run({
      eachBatch: async ({ batch }) => {
        const at = `${batch.topic}/${batch.partition}`;
        for (const { offset: text, key, value, headers = {} } of batch.messages) {
          const offset = Number(text);
          if (offset < (this.next.get(at) ?? 0)) continue;
          this.next.set(at, offset + 1);
          const header = (name: string) => String(headers[name] ?? '');
          const fed = headers.fault !== undefined;
          this.records.get(batch.topic)?.push({
            ...{ partition: batch.partition, offset, key: String(key), fed },
            ...{ id: header('ce_id'), type: header('ce_type'), municipality: header('ce_municipality') },
            ...{ version: Number(header('ce_streamversion')), previous: Number(header('ce_previousversion')) },
            data: fed ? {} : (JSON.parse(String(value)) as Data),
          });
        }
      },
    });
    for (const [at, offset] of this.next) {
      const slash = at.indexOf('/');
      consumer.seek({ topic: at.slice(0, slash), partition: Number(at.slice(slash + 1)), offset: String(offset) });
    }
    return consumer;
  }
}
