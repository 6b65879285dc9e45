import { KafkaPort, type KafkaConsumer, type KafkaProducer } from '#libs/messaging/kafka-port';
import { readUpTo } from './topic-reader.js';

/** Brokers that are asked for the ends of a topic, and meanwhile something happens. */
class Ends extends KafkaPort {
  constructor(private readonly meanwhile: () => void) {
    super();
  }

  async endOffsets(): Promise<ReadonlyMap<number, number>> {
    this.meanwhile();
    return new Map([[0, 5]]);
  }

  producer(): KafkaProducer {
    throw new Error('nothing is sent');
  }

  consumer(): KafkaConsumer {
    throw new Error('nothing is read');
  }

  async partitionsOf(): Promise<ReadonlyMap<string, number>> {
    throw new Error('nobody asks');
  }

  async createTopics(): Promise<void> {
    throw new Error('nothing is made');
  }

  async close(): Promise<void> {}
}

const read = (kafka: KafkaPort, offset: number, signal: AbortSignal) =>
  readUpTo(kafka, 'group', [{ topic: 'topic', partition: 0, offset }], signal, async () => undefined);

describe('reading topics up to an offset', () => {
  it('ends when it is stopped before it has begun', async () => {
    const stop = new AbortController();
    const kafka = new Ends(() => stop.abort(new Error('cancelled')));
    await expect(read(kafka, 5, stop.signal)).rejects.toThrow('cancelled');
  });

  it('refuses a topic that ends before', async () => {
    const kafka = new Ends(() => undefined);
    await expect(read(kafka, 6, new AbortController().signal)).rejects.toThrow('records are lost');
  });
});
