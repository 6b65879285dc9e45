import { KafkaPort, type ConsumeOptions, type KafkaConsumer, type KafkaProducer } from '#libs/messaging/kafka-port';

/** A Kafka in which the topics of the services are one suite's own: other suites write to topics of the same names. */
export class OwnTopics extends KafkaPort {
  /** Asked before every batch: a suite can hold readers up. */
  gate: () => Promise<void> = async () => undefined;

  constructor(
    private readonly kafka: KafkaPort,
    private readonly prefix: string,
  ) {
    super();
  }

  producer(): KafkaProducer {
    const producer = this.kafka.producer();
    return {
      send: (topic, records) => producer.send(this.own(topic), records),
      close: () => producer.close(),
    };
  }

  consumer(options: ConsumeOptions): KafkaConsumer {
    const named = <At extends { topic: string }>(at: At): At => ({ ...at, topic: at.topic.slice(this.prefix.length) });
    return this.kafka.consumer({
      ...options,
      group: `${this.prefix}${options.group}`,
      topics: options.topics.map((topic) => this.own(topic)),
      onAssigned: (assigned) => options.onAssigned(assigned.map(named)),
      positions: async (assigned) =>
        (await options.positions(assigned.map(named))).map((at) => ({ ...at, topic: this.own(at.topic) })),
      batch: async (batch) => {
        await this.gate();
        await options.batch(named(batch));
      },
    });
  }

  endOffsets(topic: string): Promise<ReadonlyMap<number, number>> {
    return this.kafka.endOffsets(this.own(topic));
  }

  async partitionsOf(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const found = await this.kafka.partitionsOf(topics.map((topic) => this.own(topic)));
    return new Map([...found].map(([topic, partitions]) => [topic.slice(this.prefix.length), partitions]));
  }

  createTopics(topics: readonly string[], partitions: number, replicationFactor: number): Promise<void> {
    return this.kafka.createTopics(
      topics.map((topic) => this.own(topic)),
      partitions,
      replicationFactor,
    );
  }

  close(): Promise<void> {
    return this.kafka.close();
  }

  private own(topic: string): string {
    return `${this.prefix}${topic}`;
  }
}
