import type { FetchedRecord, KafkaPort, Position, TopicPartition } from '#libs/messaging/kafka-port';

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/**
 * Reads partitions from their beginning up to given offsets, exclusive; waits for brokers that are away.
 * @throws whatever `work` throws, the reason of the signal, and when a topic ends before the offset it has to be read up to
 */
export const readUpTo = async (
  kafka: KafkaPort,
  group: string,
  ends: readonly Position[],
  signal: AbortSignal,
  work: (topic: string, records: readonly FetchedRecord[]) => Promise<void>,
): Promise<void> => {
  const left = new Map(ends.map((end) => [nameOf(end), { end: end.offset, next: 0 }]));
  const topics = [...new Set(ends.map(({ topic }) => topic))];
  await assertThere(kafka, topics, ends);
  signal.throwIfAborted(); // what it says from here on is listened to
  let stop = (): void => undefined;
  let fail = (_error: unknown): void => undefined;
  const done = new Promise<void>((resolve, reject) => ([stop, fail] = [resolve, reject]));
  signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  let failed = false;
  const consumer = kafka.consumer({
    group,
    topics,
    onAssigned: () => undefined,
    positions: async (assigned) =>
      assigned.flatMap((at) => {
        const part = left.get(nameOf(at));
        return part ? [{ ...at, offset: part.next }] : [];
      }),
    batch: async (batch) => {
      const part = left.get(nameOf(batch));
      if (!part || failed || signal.aborted || !batch.current()) return;
      try {
        await work(
          batch.topic,
          batch.records.filter(({ offset }) => offset < part.end),
        );
      } catch (error) {
        failed = true;
        return fail(error);
      }
      part.next = batch.records[batch.records.length - 1].offset + 1;
      if (part.next >= part.end) left.delete(nameOf(batch));
      if (left.size === 0) stop();
      await batch.heartbeat();
    },
    // It goes on by itself, whatever it was.
    onError: () => undefined,
    onCycle: () => undefined,
  });
  try {
    await done;
  } finally {
    await consumer.close();
  }
};

const assertThere = async (kafka: KafkaPort, topics: readonly string[], ends: readonly Position[]): Promise<void> => {
  for (const topic of topics) {
    const there = await kafka.endOffsets(topic);
    const short = ends.find((end) => end.topic === topic && (there.get(end.partition) ?? 0) < end.offset);
    if (short) throw new Error(`${nameOf(short)} ends before ${short.offset}, which was read: records are lost`);
  }
};
