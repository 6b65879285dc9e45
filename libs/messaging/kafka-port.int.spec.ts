import { randomBytes } from 'node:crypto';
import { eventually } from '#libs/testing/eventually';
import type { FetchedBatch, KafkaConsumer, KafkaRecord, TopicPartition } from './kafka-port.js';
import { KafkajsPort } from './kafkajs-port.js';
import { testKafka } from './messaging.fixture.js';
import { declareTopics } from './topics.js';
import { Unavailable } from './unavailable.js';

const service = `port-${randomBytes(4).toString('hex')}`;
const topic = `jinzai.${service}.events`;

const record = (value: string, partition = 0): KafkaRecord => ({
  key: `k-${partition}`,
  value,
  headers: { ce_id: value },
  partition,
});

/** The contract of the port, run against a real broker: whichever client is behind it has to pass. */
describe('Kafka port', () => {
  const kafka = testKafka();
  const seen: { partition: number; offset: number; value: string; key: string; id: string }[] = [];
  const assignments: TopicPartition[][] = [];
  let start: ReadonlyMap<number, number> = new Map();
  let refuse: (batch: FetchedBatch) => void = () => undefined;

  const consume = (group: string): KafkaConsumer =>
    kafka.consumer({
      group,
      topics: [topic],
      onAssigned: (assigned) => assignments.push([...assigned]),
      positions: async (assigned) => assigned.map((at) => ({ ...at, offset: start.get(at.partition) ?? 0 })),
      batch: async (batch) => {
        refuse(batch);
        for (const { offset, value, key, headers } of batch.records)
          seen.push({ partition: batch.partition, offset, value, key, id: headers.ce_id });
      },
      onError: () => undefined,
      onCycle: () => undefined,
    });

  beforeAll(() => declareTopics(kafka, [service], 2));
  afterAll(() => kafka.close());
  beforeEach(() => {
    seen.length = 0;
    assignments.length = 0;
    start = new Map();
    refuse = () => undefined;
  });

  it('declares topics once, keeps what they have, and never changes the number of partitions', async () => {
    await declareTopics(kafka, [service], 2);
    expect(await kafka.partitionsOf([topic, 'jinzai.nobody.events'])).toEqual(new Map([[topic, 2]]));
    await expect(declareTopics(kafka, [service], 4)).rejects.toThrow(/has 2 partitions, 4 are configured/);
  });

  it('produces to the partition it is told, in order, and says where the partition goes on', async () => {
    const producer = kafka.producer();
    const before = await kafka.endOffsets(topic);
    const next = await producer.send(topic, [record('a'), record('b', 1), record('c')]);
    expect(next).toEqual(
      new Map([
        [0, (before.get(0) ?? 0) + 2],
        [1, (before.get(1) ?? 0) + 1],
      ]),
    );
    expect(await kafka.endOffsets(topic)).toEqual(next);
    await producer.close();
    await expect(producer.send(topic, [record('d')])).rejects.toThrow(Unavailable);
  });

  it('reads from the positions it is given, not from where the group was before', async () => {
    const producer = kafka.producer();
    const next = await producer.send(topic, [record('p'), record('q'), record('r')]);
    const end = next.get(0) ?? 0;
    for (const from of [end - 2, end - 3]) {
      start = new Map([
        [0, from],
        [1, 1_000_000],
      ]);
      seen.length = 0;
      const consumer = consume(`${service}-positions`);
      await eventually(() => seen.length === end - from);
      expect(seen.map(({ value }) => value)).toEqual(['p', 'q', 'r'].slice(from - end));
      expect(seen[0]).toMatchObject({ partition: 0, offset: from, key: 'k-0', id: seen[0].value });
      await consumer.close();
    }
  });

  it('delivers a refused batch again from the position asked for, while other partitions go on', async () => {
    const producer = kafka.producer();
    const ends = await kafka.endOffsets(topic);
    start = ends;
    let refused = 0;
    refuse = ({ partition }) => {
      if (partition === 0 && refused++ < 2) throw new Error('not now');
    };
    const consumer = consume(`${service}-refusal`);
    await producer.send(topic, [record('first'), record('other', 1)]);
    await eventually(() => seen.length === 2);
    expect(refused).toBe(3);
    expect(seen.map(({ value }) => value)).toEqual(['other', 'first']);
    await consumer.close();
  });

  it('asks for positions anew when a member joins and when it leaves', async () => {
    start = await kafka.endOffsets(topic);
    const one = consume(`${service}-members`);
    await eventually(() => assignments.some((assigned) => assigned.length === 2));
    const two = consume(`${service}-members`);
    await eventually(() => assignments.filter((assigned) => assigned.length === 1).length >= 2);
    await one.close();
    await eventually(() => assignments.at(-1)?.length === 2);
    await two.close();
  });

  it('ends at once while the brokers are away, and says Unavailable', async () => {
    const away = new KafkajsPort({ brokers: ['127.0.0.1:1'], clientId: 'away' });
    const errors: unknown[] = [];
    const consumer = away.consumer({
      group: 'g',
      topics: [topic],
      onAssigned: () => undefined,
      positions: async () => [],
      batch: async () => undefined,
      onError: (error) => errors.push(error),
      onCycle: () => undefined,
    });
    await expect(away.endOffsets(topic)).rejects.toThrow(Unavailable);
    const sending = away.producer().send(topic, [record('x')]);
    const refused = sending.catch((error: unknown) => error);
    const closing = performance.now();
    await away.close();
    await consumer.close();
    expect(await refused).toBeInstanceOf(Unavailable);
    expect(performance.now() - closing).toBeLessThan(10_000); // not until the brokers are back
  });
});
