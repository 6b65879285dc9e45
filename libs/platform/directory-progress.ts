import { setTimeout as pause } from 'node:timers/promises';
import { placementContract } from '#libs/contracts/placement';
import { topicOf } from '#libs/contracts/public-event';
import { Rejected } from '#libs/event-store/decider';
import { handling } from '#libs/messaging/consumer-context';
import type { ConsumerOffsets } from '#libs/messaging/consumer-offsets';
import type { KafkaPort } from '#libs/messaging/kafka-port';
import { isUnavailable } from '#libs/messaging/unavailable';
import type { LocalDate } from '#libs/law/local-date';
import { StaffDirectory } from '#libs/staff-directory/directory';

/** Where the staff directory comes from when it comes from a topic. */
export const DIRECTORY_TOPIC = topicOf(placementContract.service);

const WAIT_MS = 2_000;
const POLL_MS = 20;
/** Questions in quick succession share one answer. */
const FRESH_MS = 250;
const ASK_KAFKA_MS = 1_000;

/** Whether a directory that is kept from placement's topic has read what lay there when it was asked. */
export class DirectoryProgress {
  private known?: Readonly<{ at: number; reached: Promise<boolean> }>;
  private lastEnds?: ReadonlyMap<number, number>;

  constructor(
    private readonly kafka: Pick<KafkaPort, 'endOffsets'>,
    private readonly offsets: Pick<ConsumerOffsets, 'of'>,
    private readonly waitMs = WAIT_MS,
  ) {}

  /** Waits a little for what is on its way. False while it has not got there. */
  reached(): Promise<boolean> {
    const now = performance.now();
    if (!this.known || now - this.known.at > FRESH_MS) this.known = { at: now, reached: this.measure() };
    return this.known.reached;
  }

  /**
   * With Kafka away nobody can know more than has been read, if ever anything was; but where the topic ended when it was
   * asked before is never forgotten, and a Kafka that is merely slow is not away.
   */
  private async measure(): Promise<boolean> {
    const ends = await this.ends();
    if (typeof ends === 'string') {
      const read = await this.offsets.of(DIRECTORY_TOPIC);
      if (this.lastEnds) return [...this.lastEnds].every(([partition, end]) => (read.get(partition) ?? 0) >= end);
      return ends === 'away' && [...read.values()].some((next) => next > 0);
    }
    this.lastEnds = ends;
    for (const deadline = performance.now() + this.waitMs; ; await pause(POLL_MS)) {
      const read = await this.offsets.of(DIRECTORY_TOPIC);
      if ([...ends].every(([partition, end]) => (read.get(partition) ?? 0) >= end)) return true;
      if (performance.now() >= deadline) return false;
    }
  }

  private async ends(): Promise<ReadonlyMap<number, number> | 'away' | 'slow'> {
    const asked = this.kafka.endOffsets(DIRECTORY_TOPIC).catch((error: unknown) => {
      if (isUnavailable(error)) return 'away' as const;
      throw error;
    });
    return Promise.race([asked, pause(ASK_KAFKA_MS, 'slow' as const)]);
  }
}

/**
 * The directory of a service that keeps it from placement's topic. Whoever decides by it is told `directory.behind`
 * instead of being answered from what has been overtaken. Handlers of events are in the order of the topic anyway, and
 * must not wait for the consumer they run in.
 */
export class TopicDirectory extends StaffDirectory {
  constructor(
    private readonly progress: DirectoryProgress,
    ...parts: ConstructorParameters<typeof StaffDirectory>
  ) {
    super(...parts);
  }

  override async units(municipality: string, on: LocalDate) {
    await this.read();
    return super.units(municipality, on);
  }

  override async positionAt(municipality: string, staffId: string, on: LocalDate) {
    await this.read();
    return super.positionAt(municipality, staffId, on);
  }

  override async everybody(municipality: string, on: LocalDate) {
    await this.read();
    return super.everybody(municipality, on);
  }

  override async historiesOf(...asked: Parameters<StaffDirectory['historiesOf']>) {
    await this.read();
    return super.historiesOf(...asked);
  }

  override async headOf(municipality: string, unitId: string, on: LocalDate) {
    await this.read();
    return super.headOf(municipality, unitId, on);
  }

  override async managedUnits(municipality: string, staffId: string, on: LocalDate) {
    await this.read();
    return super.managedUnits(municipality, staffId, on);
  }

  private async read(): Promise<void> {
    if (!handling.getStore() && !(await this.progress.reached())) throw new Rejected('directory.behind');
  }
}
