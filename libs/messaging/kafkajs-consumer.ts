import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, IHeaders } from 'kafkajs';
import type { CuttableKafka } from './cuttable-kafka.js';
import type { ConsumeOptions, FetchedBatch, FetchedRecord, KafkaConsumer, TopicPartition } from './kafka-port.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const REJOIN_MS = 1_000;
/** Time to leave the group in order; when the brokers are away it could take for ever. */
const LEAVE_MS = 900;

type Place = { state: 'asked' } | { state: 'reading'; offset: number };

const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/**
 * One membership in a group after another, for ever. Offsets are never kept in Kafka: whatever was assigned is paused
 * before its first fetch, positioned by the caller, and only then read.
 */
export class KafkajsConsumer implements KafkaConsumer {
  private readonly closing = new AbortController();
  private readonly places = new Map<string, Place>();
  private readonly failures = new Map<string, number>();
  private readonly running: Promise<void>;
  private crashed: () => void = () => undefined;
  private again: () => void = () => undefined;

  constructor(
    private readonly connectClient: () => CuttableKafka,
    private readonly options: ConsumeOptions,
    private readonly sessionTimeoutMs = 15_000,
  ) {
    this.running = this.run();
  }

  reposition(): void {
    this.again();
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.crashed();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.closing.signal.aborted) {
      const client = this.connectClient();
      let joined = false;
      let cutting: NodeJS.Timeout | undefined;
      const cutSoon = () => (cutting = setTimeout(() => client.cut(), joined ? LEAVE_MS : 0));
      this.closing.signal.addEventListener('abort', cutSoon, { once: true });
      try {
        const consumer = this.consumerOf(client);
        await consumer.connect();
        joined = true;
        await this.member(consumer);
      } catch (error) {
        if (!this.closing.signal.aborted) this.options.onError(error);
      }
      this.closing.signal.removeEventListener('abort', cutSoon);
      clearTimeout(cutting);
      this.again = () => undefined;
      this.places.clear();
      client.cut();
      await this.pause(REJOIN_MS);
    }
  }

  private consumerOf({ kafka }: CuttableKafka): Consumer {
    return kafka.consumer({
      groupId: this.options.group,
      sessionTimeout: this.sessionTimeoutMs,
      heartbeatInterval: Math.min(2_000, Math.ceil(this.sessionTimeoutMs / 6)),
      rebalanceTimeout: 30_000,
      maxWaitTimeInMs: 100,
      minBytes: 1,
      maxBytesPerPartition: 4 * 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: {
        retries: Number.MAX_SAFE_INTEGER,
        initialRetryTime: 100,
        maxRetryTime: 1_000,
        restartOnFailure: async () => false,
      },
    });
  }

  private async member(consumer: Consumer): Promise<void> {
    const crash = new Promise<void>((resolve) => (this.crashed = resolve));
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
      this.options.onError(error);
      this.crashed();
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) =>
      this.joined(consumer, memberAssignment),
    );
    consumer.on(consumer.events.FETCH, () => this.options.onCycle());
    await consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.options.partitionsAtOnce ?? 1,
      eachBatch: (payload) => this.eachBatch(consumer, payload),
    });
    if (!this.closing.signal.aborted) await crash;
    await consumer.disconnect();
  }

  /** Synchronous up to the pause: kafkajs fetches as soon as the listeners return. */
  private joined(consumer: Consumer, assignment: Readonly<Record<string, number[]>>): void {
    const assigned = Object.entries(assignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    this.places.clear();
    this.failures.clear();
    this.options.onAssigned(assigned);
    this.again = () => this.placeAnew(consumer, assigned);
    this.again();
  }

  private placeAnew(consumer: Consumer, partitions: readonly TopicPartition[]): void {
    if (partitions.length === 0) return;
    const asked = partitions.map((at) => ({ at, place: { state: 'asked' } as Place }));
    for (const { at, place } of asked) this.places.set(nameOf(at), place);
    consumer.pause(partitions.map(({ topic, partition }) => ({ topic, partitions: [partition] })));
    // Fails only when the membership ended meanwhile; the next one asks anew.
    void this.position(consumer, asked).catch(() => undefined);
  }

  private async position(consumer: Consumer, asked: readonly { at: TopicPartition; place: Place }[]): Promise<void> {
    await this.pause(Math.max(...asked.map(({ at }) => this.pauseFor(at))));
    const positions = await this.options.positions(asked.map(({ at }) => at)).catch((error: unknown) => {
      this.options.onError(error);
      return [];
    });
    if (this.closing.signal.aborted) return;
    const offsets = new Map(positions.map((position) => [nameOf(position), position.offset]));
    const still = asked.filter(({ at, place }) => this.places.get(nameOf(at)) === place);
    for (const { at } of still) {
      const offset = offsets.get(nameOf(at));
      if (offset === undefined) continue;
      this.places.set(nameOf(at), { state: 'reading', offset });
      consumer.seek({ ...at, offset: String(offset) });
      consumer.resume([{ topic: at.topic, partitions: [at.partition] }]);
    }
    const unknown = still.map(({ at }) => at).filter((at) => !offsets.has(nameOf(at)));
    for (const at of unknown) this.failed(at);
    this.placeAnew(consumer, unknown);
  }

  private async eachBatch(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const at = { topic: batch.topic, partition: batch.partition };
    const place = this.places.get(nameOf(at));
    const current = () =>
      payload.isRunning() && !payload.isStale() && place !== undefined && this.places.get(nameOf(at)) === place;
    if (place?.state !== 'reading' || !current()) return;
    const records = batch.messages.map(toRecord).filter(({ offset }) => offset >= place.offset);
    const next = Number(batch.lastOffset()) + 1;
    try {
      if (records.length > 0) await this.options.batch(this.fetched(at, records, place, current, payload));
      if (!current()) return;
      place.offset = Math.max(place.offset, next);
      payload.resolveOffset(batch.lastOffset());
      this.failures.delete(nameOf(at));
    } catch (error) {
      // An error of the membership itself must reach kafkajs, which then joins again.
      if (isKafkajsError(error)) throw error;
      this.options.onError(error);
      if (!current()) return;
      this.failed(at);
      this.placeAnew(consumer, [at]);
    }
  }

  private fetched(
    at: TopicPartition,
    records: readonly FetchedRecord[],
    place: { offset: number },
    current: () => boolean,
    payload: EachBatchPayload,
  ): FetchedBatch {
    const done = (offset: number) => {
      if (!current()) return;
      place.offset = offset;
      payload.resolveOffset(String(offset - 1));
    };
    return {
      ...at,
      records,
      endOffset: Number(payload.batch.highWatermark),
      current,
      done,
      heartbeat: () => payload.heartbeat(),
    };
  }

  private failed(at: TopicPartition): void {
    this.failures.set(nameOf(at), (this.failures.get(nameOf(at)) ?? 0) + 1);
  }

  private pauseFor(at: TopicPartition): number {
    const failures = this.failures.get(nameOf(at)) ?? 0;
    return failures === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  }

  private async pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }
}

const toRecord = ({ offset, key, value, headers }: EachBatchPayload['batch']['messages'][number]): FetchedRecord => ({
  offset: Number(offset),
  key: key?.toString() ?? '',
  value: value?.toString() ?? '',
  headers: textsOf(headers ?? {}),
});

/** A loop: there are a dozen to every record, and rebuilding reads millions of those. */
const textsOf = (headers: IHeaders): Record<string, string> => {
  const texts: Record<string, string> = {};
  for (const name of Object.keys(headers)) texts[name] = String(headers[name]);
  return texts;
};

const isKafkajsError = (error: unknown): boolean =>
  String((error as { name?: unknown } | undefined)?.name).startsWith('KafkaJS');
