import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Pool, PoolClient } from 'pg';
import { lastValueFrom } from 'rxjs';
import { topicOf, type Contract, type Delivered } from '#libs/contracts/public-event';
import { AppendedListener } from '#libs/event-store/appended-signal';
import { inTransaction } from '#libs/event-store/database';
import { ConsumerContext, handling } from './consumer-context.js';
import { ConsumerOffsets } from './consumer-offsets.js';
import { HeldStreams } from './held-streams.js';
import { Intake } from './intake.js';
import type { FetchedBatch, FetchedRecord, KafkaConsumer, KafkaPort, Position, TopicPartition } from './kafka-port.js';
import type { ParkedStreams } from './parked-streams.js';
import { reasonOf } from './unavailable.js';

export type ConsumerOptions = Readonly<{
  /** Consumer group, and the name under which offsets and parked streams are kept. */
  group: string;
  pool: Pool;
  kafka: KafkaPort;
  /** Of the services whose topics it reads. */
  contracts: readonly Contract[];
  parked: ParkedStreams;
  /** For the new events of a batch, before their handlers. */
  before?: (events: readonly Delivered[], tx: PoolClient) => Promise<void>;
  /** Instead of handlers: all new events of a batch at once, in one transaction with the offset. */
  batch?: (events: readonly Delivered[], tx: PoolClient, service: string) => Promise<void>;
  /** Public events of a stream after a version, from the service that owns it. */
  fetchMissing: (service: string, stream: string, after: number) => Promise<readonly Delivered[]>;
  /** What becomes of types and versions the contracts do not name. */
  unknownType: 'pass' | 'park';
  /** With `pass`: what was passed over, in the transaction of the offset. */
  passedOver?: (events: readonly Delivered[], tx: PoolClient) => Promise<void>;
  onError?: (error: unknown) => void;
}>;

export type ConsumerStatus = Readonly<{
  /** UTC instant of the last fetch, also an empty one: it goes on while there is nothing to read. */
  lastCycleAt?: string;
  /** Assigned partitions: `lastCycleAt` is when something of it was last taken in. */
  partitions: readonly (Position & Readonly<{ lag: number; lastCycleAt?: string }>)[];
  /** Last failure, gone after a batch that succeeded; or why a partition cannot be read. */
  error?: string;
}>;

export type PartitionLag = Position & Readonly<{ endOffset: number; lag: number }>;

type Place = TopicPartition & {
  offset: number;
  endOffset: number;
  lastCycleAt?: string;
  /** One record a transaction, after a failure. */
  careful: boolean;
  /** In a row, at this offset. */
  failures: number;
};

const EVENTS_IN_ONE_TRANSACTION = 200;
/** Of a read model, which folds streams that do not meet: while the database writes one batch, the next is made. */
const PARTITIONS_AT_ONCE = 3;
/** With the port's growing pauses about three seconds; then only the stream waits for what is away, not the partition. */
const PATIENT_FAILURES = 5;

/**
 * Nest's transport over Kafka: the offset, the inbox (newest version of each stream) and what handlers do in
 * `ConsumerContext.tx` commit together, so every event takes effect once and in the order of its stream.
 */
export class JinzaiConsumer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('jinzai.consumer');
  override readonly propagatesEventHandlerErrors = true;
  private readonly offsets: ConsumerOffsets;
  private readonly intake: Intake;
  private readonly topics: readonly string[];
  private readonly held: HeldStreams;
  private readonly listener: AppendedListener;
  private readonly places = new Map<string, Place>();
  /** Assigned partitions that cannot be read at all, and why. */
  private readonly standing = new Map<string, string>();
  private consumer?: KafkaConsumer;
  private lastCycleAt?: string;
  private error?: string;

  constructor(private readonly options: ConsumerOptions) {
    super();
    const { pool, group, contracts, parked } = options;
    this.offsets = new ConsumerOffsets(pool, group);
    this.topics = contracts.map(({ service }) => topicOf(service));
    this.intake = new Intake(options, this.offsets, (type, event, tx) => this.handle(type, event, tx));
    this.held = new HeldStreams(options);
    // Where its connection ends Postgres may have crashed, and taken back an offset whose commit had not reached the disk.
    const onConnected = () => this.consumer?.reposition();
    this.listener = new AppendedListener(pool, { onAppended: () => undefined, onConnected });
    parked.register(group, {
      apply: (topic, event, tx) => this.intake.retry(topic, event, tx),
      missing: (topic, stream, after) => options.fetchMissing(this.intake.serviceOf(topic), stream, after),
    });
  }

  /** Starts in the background: Kafka may be away, the service starts all the same. */
  listen(callback: () => void): void {
    for (const [pattern, handler] of this.getHandlers()) {
      if (handler.next) throw new Error(`two handlers for ${pattern}: they would share a transaction at the same time`);
    }
    if (this.topics.length > 0) {
      this.consumer = this.options.kafka.consumer({
        group: this.options.group,
        topics: this.topics,
        partitionsAtOnce: this.options.batch ? PARTITIONS_AT_ONCE : 1,
        onAssigned: (assigned) => this.assigned(assigned),
        positions: (assigned) => this.positions(assigned),
        batch: (batch) => this.takeIn(batch),
        onError: (error) => this.report(error),
        onCycle: () => (this.lastCycleAt = new Date().toISOString()),
      });
      this.held.start();
      if (this.options.batch) this.listener.start();
    }
    callback();
  }

  async close(): Promise<void> {
    await Promise.all([this.consumer?.close(), this.held.stop(), this.listener.stop()]);
    this.consumer = undefined;
  }

  on(): void {
    throw new Error('the consumer has no events to listen to');
  }

  unwrap<T>(): T {
    return this.consumer as T;
  }

  /** `status` is taken by Nest. */
  health(): ConsumerStatus {
    const partitions = [...this.places.values()].map(({ topic, partition, offset, endOffset, lastCycleAt }) => {
      return { topic, partition, offset, lag: Math.max(0, endOffset - offset), lastCycleAt };
    });
    const [standing] = this.standing.values();
    return { lastCycleAt: this.lastCycleAt, partitions, error: this.error ?? standing };
  }

  /** Against the ends of the topics themselves, so that a consumer that stands still is seen. @throws Unavailable */
  async lag(): Promise<PartitionLag[]> {
    const lags = this.topics.map(async (topic) => {
      const ends = await this.options.kafka.endOffsets(topic);
      const stored = await this.offsets.of(topic);
      return [...ends].map(([partition, endOffset]) => {
        const offset = stored.get(partition) ?? 0;
        return { topic, partition, offset, endOffset, lag: endOffset - offset };
      });
    });
    return (await Promise.all(lags)).flat();
  }

  private assigned(assigned: readonly TopicPartition[]): void {
    const names = new Set(assigned.map(nameOf));
    for (const known of [this.places, this.standing])
      for (const name of known.keys()) if (!names.has(name)) known.delete(name);
  }

  private async positions(assigned: readonly TopicPartition[]): Promise<Position[]> {
    const positions: Position[] = [];
    for (const topic of new Set(assigned.map((at) => at.topic))) {
      const ends = await this.options.kafka.endOffsets(topic);
      await this.offsets.begin(topic, ends.keys());
      const stored = await this.offsets.of(topic);
      for (const at of assigned.filter((one) => one.topic === topic)) {
        const position = { ...at, offset: stored.get(at.partition) ?? NaN };
        const endOffset = ends.get(at.partition) ?? 0;
        const fault = faultOf(position, endOffset);
        if (fault) {
          this.standing.set(nameOf(at), reasonOf(fault));
          this.report(fault);
          continue;
        }
        this.standing.delete(nameOf(at));
        positions.push(position);
        const { careful = false, failures = 0 } = this.places.get(nameOf(at)) ?? {};
        this.places.set(nameOf(at), { ...position, endOffset, careful, failures });
      }
    }
    return positions;
  }

  private async takeIn(batch: FetchedBatch): Promise<void> {
    const place = this.places.get(nameOf(batch));
    if (!place) return;
    place.endOffset = batch.endOffset;
    try {
      const size = this.options.batch ? batch.records.length : EVENTS_IN_ONE_TRANSACTION;
      for (let start = 0; start < batch.records.length && batch.current();) {
        // After a failure one by one, so that what comes before the failing event is not done over and over.
        const records = batch.records.slice(start, start + (place.careful ? 1 : size));
        await this.commit(place, records);
        start += records.length;
        batch.done(place.offset);
        await batch.heartbeat();
      }
      place.careful = false;
      this.error = undefined;
    } catch (error) {
      place.careful = !this.options.batch;
      place.failures++;
      throw error;
    }
  }

  private async commit(place: Place, records: readonly FetchedRecord[]): Promise<void> {
    if (records[0].offset !== place.offset)
      throw new Error(`${nameOf(place)} goes on at ${records[0].offset} instead of ${place.offset}`);
    const next = records[records.length - 1].offset + 1;
    const gaps = await inTransaction(this.options.pool, async (tx) => {
      await this.offsets.advance(tx, place, next, this.options.batch !== undefined);
      return this.intake.take(tx, place.topic, records, place.careful && place.failures >= PATIENT_FAILURES);
    });
    place.offset = next;
    place.failures = 0;
    place.lastCycleAt = new Date().toISOString();
    if (gaps) this.held.wake();
  }

  private async handle(type: string, event: Delivered, tx: PoolClient): Promise<void> {
    const handler = this.getHandlers().get(type);
    if (!handler) return;
    await handling.run(true, async () => {
      const result: unknown = await handler(event, new ConsumerContext(tx));
      await lastValueFrom(this.transformToObservable(result), { defaultValue: undefined });
    });
  }

  private report(error: unknown): void {
    this.error = reasonOf(error);
    this.options.onError?.(error);
  }
}

const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/** A position that cannot be right is never replaced by a guess: the partition stands still and says so. */
const faultOf = ({ topic, partition, offset }: Position, endOffset: number): Error | undefined => {
  if (Number.isNaN(offset)) return new Error(`no offset is stored for ${topic}/${partition}`);
  if (offset <= endOffset) return undefined;
  return new Error(`${topic}/${partition} ends at ${endOffset}, but ${offset} was read: records are lost`);
};
