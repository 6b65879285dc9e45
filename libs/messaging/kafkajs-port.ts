import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { BRIEFLY, CuttableKafka, type KafkajsOptions } from './cuttable-kafka.js';
import { KafkajsConsumer } from './kafkajs-consumer.js';
import {
  KafkaPort,
  type ConsumeOptions,
  type KafkaConsumer,
  type KafkaProducer,
  type KafkaRecord,
} from './kafka-port.js';
import { reasonOf, Unavailable } from './unavailable.js';

/** The Kafka port over kafkajs 2. */
export class KafkajsPort extends KafkaPort {
  private readonly opened = new Set<{ close(): Promise<void> }>();
  private admin?: Readonly<{ client: CuttableKafka; admin: Admin; connected: Promise<void> }>;

  constructor(private readonly options: KafkajsOptions) {
    super();
  }

  producer(): KafkaProducer {
    return this.track(new KafkajsProducer(this.options));
  }

  consumer(options: ConsumeOptions): KafkaConsumer {
    return this.track(
      new KafkajsConsumer(() => new CuttableKafka(this.options), options, this.options.sessionTimeoutMs),
    );
  }

  async endOffsets(topic: string): Promise<ReadonlyMap<number, number>> {
    const offsets = await this.administer((admin) => admin.fetchTopicOffsets(topic));
    return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
  }

  async partitionsOf(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.administer(async (admin) => {
      const existing = new Set(await admin.listTopics());
      const asked = topics.filter((topic) => existing.has(topic));
      if (asked.length === 0) return new Map();
      const metadata = await admin.fetchTopicMetadata({ topics: asked });
      return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
    });
  }

  async createTopics(topics: readonly string[], partitions: number, replicationFactor: number): Promise<void> {
    const configEntries = [
      { name: 'retention.ms', value: '-1' },
      { name: 'retention.bytes', value: '-1' },
      { name: 'cleanup.policy', value: 'delete' },
      ...(replicationFactor > 2 ? [{ name: 'min.insync.replicas', value: '2' }] : []),
    ];
    await this.administer((admin) =>
      admin.createTopics({
        waitForLeaders: true,
        topics: topics.map((topic) => ({ topic, numPartitions: partitions, replicationFactor, configEntries })),
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.opened].map((part) => part.close()));
    this.dropAdmin();
  }

  private track<Part extends { close(): Promise<void> }>(part: Part): Part {
    this.opened.add(part);
    const close = part.close.bind(part);
    part.close = async () => {
      this.opened.delete(part);
      await close();
    };
    return part;
  }

  /** One shared connection for questions; after a failure the next question opens a new one. */
  private async administer<Answer>(ask: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    this.admin ??= this.openAdmin();
    const { admin, connected, client } = this.admin;
    try {
      await connected;
      return await ask(admin);
    } catch (error) {
      if (this.admin?.client === client) this.dropAdmin();
      throw new Unavailable(`Kafka: ${reasonOf(error)}`, { cause: error });
    }
  }

  private openAdmin() {
    const client = new CuttableKafka(this.options, BRIEFLY);
    const admin = client.kafka.admin({ retry: BRIEFLY });
    return { client, admin, connected: admin.connect() };
  }

  private dropAdmin(): void {
    this.admin?.client.cut();
    this.admin = undefined;
  }
}

/** After these the broker and the producer disagree about what was written; only a new producer gets on. */
const OUT_OF_SEQUENCE = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'DUPLICATE_SEQUENCE_NUMBER',
]);

class KafkajsProducer implements KafkaProducer {
  private current?: ReturnType<KafkajsProducer['open']>;
  private readonly closing = new AbortController();

  constructor(private readonly options: KafkajsOptions) {}

  async send(topic: string, records: readonly KafkaRecord[]): Promise<ReadonlyMap<number, number>> {
    for (;;) {
      if (this.closing.signal.aborted) throw new Unavailable('the producer is closed');
      try {
        return await this.sendOnce(topic, records);
      } catch (error) {
        this.drop();
        if (this.closing.signal.aborted) throw new Unavailable('the producer is closed');
        if (!isOutOfSequence(error)) throw new Unavailable(`Kafka: ${reasonOf(error)}`, { cause: error });
        await sleep(100, undefined, { signal: this.closing.signal }).catch(() => undefined);
      }
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    const opened = this.current;
    this.drop();
    await opened?.connected.catch(() => undefined);
  }

  private async sendOnce(topic: string, records: readonly KafkaRecord[]): Promise<ReadonlyMap<number, number>> {
    this.current ??= this.open();
    const { producer, connected } = this.current;
    await connected;
    const messages = records.map(({ partition, key, value, headers }) => ({ partition, key, value, headers }));
    const answers = await producer.send({ topic, acks: -1, messages });
    const written = new Map<number, number>();
    for (const { partition } of records) written.set(partition, (written.get(partition) ?? 0) + 1);
    return new Map(
      answers.map(({ partition, baseOffset }) => [partition, Number(baseOffset) + (written.get(partition) ?? 0)]),
    );
  }

  private open() {
    const client = new CuttableKafka(this.options);
    const producer = client.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
    });
    return { client, producer, connected: producer.connect() };
  }

  private drop(): void {
    this.current?.client.cut();
    this.current = undefined;
  }
}

const isOutOfSequence = (error: unknown): boolean =>
  error instanceof Error &&
  (OUT_OF_SEQUENCE.has((error as { type?: string }).type ?? '') || isOutOfSequence(error.cause));
