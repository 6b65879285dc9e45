import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { topicOf, type Contract } from '#libs/contracts/public-event';
import { AppendedListener } from '#libs/event-store/appended-signal';
import type { DecidedLog } from '#libs/event-store/decided-log';
import type { StoredEvent } from '#libs/event-store/event-store';
import type { Lease } from '#libs/event-store/lease';
import { Wakeable } from '#libs/event-store/wakeable';
import type { EventShapes } from '#libs/event-store/upcasting';
import { toCloudEvent } from './cloud-event.js';
import type { KafkaPort, KafkaProducer, KafkaRecord } from './kafka-port.js';
import { PublicEvents } from './public-events.js';
import type { Publishes } from './publishes.js';
import { batchesOf, LARGEST_VALUE } from './record-batches.js';
import { RelayProgress, type Held } from './relay-progress.js';
import { reasonOf } from './unavailable.js';

export type RelayOptions = Readonly<{
  pool: Pool;
  log: DecidedLog;
  lease: Lease;
  kafka: KafkaPort;
  contract: Contract;
  publishes: Publishes;
  /** Of the service's aggregates: `publishes` gets old events in today's shape. */
  shapes?: EventShapes;
  /** Of the topic; the partition of a stream is slice % partitions. */
  partitions: number;
  onError?: (error: unknown) => void;
  retryHeldMs?: number;
}>;

export type RelayStatus = Readonly<{
  owner: boolean;
  position: number;
  /** Newest decided position it knows of. */
  ceiling: number;
  /** Number of events waiting in `relay_held`. */
  held: number;
  lastCycleAt?: string;
  /** Last failure, gone after a cycle that succeeded. */
  error?: string;
}>;

const PAGE = 1_000;
const RETRY_OWNERSHIP_MS = 1_000;
const IDLE_SAVE_MS = 200;
/** Looks while an append is open: of one that is rolled back nobody tells. */
const OPEN_MS = [5, 10, 20, 50];
/** Until the next look when nothing is undecided: only a notification that was lost waits for it. */
const CALM_MS = 200;

/**
 * Brings the decided events of one service onto its topic, in order. One owner at a time: every save carries the
 * lease's epoch, so that an owner that was frozen meanwhile cannot save. An event may be sent twice, with the same id.
 */
export class Relay {
  private readonly events: PublicEvents;
  private readonly topic: string;
  private readonly stopping = new AbortController();
  private readonly progress: RelayProgress;
  private readonly listener: AppendedListener;
  private running?: Promise<void>;
  private owner = false;
  private position = 0;
  private ceiling = 0;
  private open = true;
  private offsets = new Map<number, number>();
  private heldStreams = new Set<string>();
  private heldCount = 0;
  private readonly sleeper = new Wakeable();
  private savedAt = 0;
  private retriedHeldAt = 0;
  private lastCycleAt?: string;
  private error?: string;

  constructor(private readonly options: RelayOptions) {
    this.events = new PublicEvents(options.pool, options.contract, options.publishes, options.shapes);
    this.topic = topicOf(options.contract.service);
    this.progress = new RelayProgress(options.pool, options.contract.service);
    this.listener = new AppendedListener(options.pool, {
      onAppended: () => this.wake(),
      onConnected: () => this.wake(),
    });
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Ends at once, also while Kafka is away; what was sent but not saved is sent again by the next owner. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  /** There may be something new: looks at once instead of at the next poll. */
  wake(): void {
    this.sleeper.wake();
  }

  status(): RelayStatus {
    const { owner, position, ceiling, lastCycleAt, error } = this;
    return { owner, position, ceiling, held: this.heldCount, lastCycleAt, error };
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    this.listener.start();
    while (!this.stopped) {
      try {
        const epoch = await this.options.lease.acquire();
        if (epoch !== undefined) await this.own(epoch);
      } catch (error) {
        this.report(error);
      }
      await this.pause(RETRY_OWNERSHIP_MS);
    }
    await this.listener.stop();
  }

  private async own(epoch: number): Promise<void> {
    const producer = this.options.kafka.producer();
    const closeOnStop = () => void producer.close();
    this.stopping.signal.addEventListener('abort', closeOnStop);
    const lost = new AbortController();
    const renewal = setInterval(() => this.renew(lost), this.options.lease.ttlMs / 3);
    try {
      await this.claim(epoch);
      this.owner = true;
      await this.relay(epoch, producer, lost.signal);
    } finally {
      this.owner = false;
      clearInterval(renewal);
      this.stopping.signal.removeEventListener('abort', closeOnStop);
      await producer.close();
      await this.options.lease.release().catch(() => undefined);
    }
  }

  private renew(lost: AbortController): void {
    this.options.lease.renew().then(
      (renewed) => renewed || lost.abort(),
      (error: unknown) => this.report(error),
    );
  }

  private async claim(epoch: number): Promise<void> {
    const { position, offsets } = await this.progress.claim(epoch);
    this.position = position;
    this.offsets = new Map(offsets);
    await this.noteHeld();
    this.retriedHeldAt = -Infinity;
    this.savedAt = -Infinity;
  }

  private async relay(epoch: number, producer: KafkaProducer, lost: AbortSignal): Promise<void> {
    for (const [partition, end] of await this.options.kafka.endOffsets(this.topic)) {
      this.offsets.set(partition, Math.max(end, this.offsets.get(partition) ?? 0));
    }
    for (let idle = 0; !this.stopped && !lost.aborted;) {
      await this.retryHeld(epoch, producer);
      const moved = await this.page(epoch, producer);
      this.lastCycleAt = new Date().toISOString();
      this.error = undefined;
      if (moved) idle = 0;
      else if (await this.sleeper.pause(this.open ? (OPEN_MS[idle] ?? OPEN_MS[OPEN_MS.length - 1]) : CALM_MS)) idle = 0;
      else idle++;
    }
  }

  /** One page of decided events; true when there was something. */
  private async page(epoch: number, producer: KafkaProducer): Promise<boolean> {
    const ceiling = await this.options.log.ceiling();
    this.ceiling = ceiling.position;
    this.open = ceiling.open;
    const { events, through, decidedAt } = await this.options.log.readUpTo(
      ceiling,
      this.position,
      PAGE,
      this.events.storedTypes,
    );
    const moved = through > this.position;
    if (!moved && performance.now() - this.savedAt < IDLE_SAVE_MS) return false;
    const { records, held } = this.records(events, await this.events.previousVersions(events), this.heldStreams);
    await this.send(producer, records);
    const step = { from: this.position, to: through, run: ceiling.run };
    await this.progress.save(epoch, step, decidedAt, this.offsets, held);
    for (const { event } of held) this.heldStreams.add(event.stream);
    this.position = through;
    this.heldCount += held.length;
    this.savedAt = performance.now();
    return moved;
  }

  /** What can be published, and what cannot: an event that fails, and all that come after it in its stream. */
  private records(
    events: readonly StoredEvent[],
    previous: readonly number[],
    heldStreams: ReadonlySet<string>,
  ): { records: KafkaRecord[]; held: Held[] } {
    const records: KafkaRecord[] = [];
    const held: Held[] = [];
    const holding = new Set(heldStreams);
    events.forEach((event, index) => {
      if (holding.has(event.stream)) {
        held.push({ event, reason: 'behind a held event' });
        return;
      }
      try {
        records.push(this.record(event, previous[index]));
      } catch (error) {
        holding.add(event.stream);
        held.push({ event, reason: reasonOf(error) });
        this.options.onError?.(error);
      }
    });
    return { records, held };
  }

  private record(event: StoredEvent, previousVersion: number): KafkaRecord {
    const record = toCloudEvent(this.options.contract, this.events.publish(event, previousVersion));
    if (Buffer.byteLength(record.value) > LARGEST_VALUE) throw new Error('too large for the topic');
    return { ...record, partition: event.slice % this.options.partitions };
  }

  private async send(producer: KafkaProducer, records: readonly KafkaRecord[]): Promise<void> {
    for (const batch of batchesOf(records)) {
      for (const [partition, next] of await producer.send(this.topic, batch)) this.offsets.set(partition, next);
    }
  }

  /** Tries what is held again from time to time: after a release with a better map it goes out, in order. */
  private async retryHeld(epoch: number, producer: KafkaProducer): Promise<void> {
    if (this.heldCount === 0 || performance.now() - this.retriedHeldAt < (this.options.retryHeldMs ?? 30_000)) return;
    const holding = new Set<string>();
    for (let after = 0; ;) {
      const events = await this.events.at(await this.progress.held(after, PAGE));
      if (events.length === 0) break;
      const { records, held } = this.records(events, await this.events.previousVersions(events), holding);
      await this.send(producer, records);
      await this.progress.release(epoch, events, held);
      for (const { event } of held) holding.add(event.stream);
      after = events[events.length - 1].position;
    }
    await this.noteHeld();
    this.retriedHeldAt = performance.now();
  }

  private async noteHeld(): Promise<void> {
    const { count, streams } = await this.progress.holding();
    this.heldStreams = new Set(streams);
    this.heldCount = count;
  }

  private report(error: unknown): void {
    if (this.stopped) return;
    this.error = reasonOf(error);
    this.options.onError?.(error);
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
