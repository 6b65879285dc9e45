import type { PoolClient } from 'pg';
import { cloudEventType, deliveredType, topicOf, type Contract, type Delivered } from '#libs/contracts/public-event';
import { answersOf } from '#libs/event-store/database';
import { OwnError } from '#libs/event-store/own-error';
import { fromCloudEvent, MalformedRecord, municipalityOf } from './cloud-event.js';
import type { ConsumerOffsets } from './consumer-offsets.js';
import type { FetchedRecord } from './kafka-port.js';
import type { ParkedKind, ParkedRecord, ParkedStreams } from './parked-streams.js';
import { isUnavailable, passesByItself, reasonOf } from './unavailable.js';

export type IntakeOptions = Readonly<{
  group: string;
  contracts: readonly Contract[];
  parked: ParkedStreams;
  unknownType: 'pass' | 'park';
  before?: (events: readonly Delivered[], tx: PoolClient) => Promise<void>;
  batch?: (events: readonly Delivered[], tx: PoolClient, service: string) => Promise<void>;
  passedOver?: (events: readonly Delivered[], tx: PoolClient) => Promise<void>;
  onError?: (error: unknown) => void;
}>;

/** Lets one event take effect by the handler of its CloudEvents type, if there is one. */
export type Handle = (cloudEventType: string, event: Delivered, tx: PoolClient) => Promise<void>;

type Fault = Readonly<{ kind: ParkedKind; reason: string }>;
type Taken = Readonly<{ at: ParkedRecord; event: Delivered; applied: number }>;
type Read = Readonly<
  { at: ParkedRecord; event: Delivered; fault?: undefined } | { at: ParkedRecord; event?: undefined; fault: Fault }
>;

const ATTEMPTS = 3;

/** What happens to records inside a transaction: duplicates fall away, streams with a fault are parked, the rest takes effect. */
export class Intake {
  private readonly contracts: ReadonlyMap<string, Contract>;
  private readonly knownTypes: ReadonlySet<string>;

  constructor(
    private readonly options: IntakeOptions,
    private readonly offsets: ConsumerOffsets,
    private readonly handle: Handle,
  ) {
    const { contracts } = options;
    this.contracts = new Map(contracts.map((contract) => [topicOf(contract.service), contract]));
    this.knownTypes = new Set(
      contracts.flatMap((contract) => Object.keys(contract.events).map((type) => cloudEventType(contract, type))),
    );
  }

  serviceOf(topic: string): string {
    const contract = this.contracts.get(topic);
    if (!contract) throw new Error(`${topic} is not consumed`);
    return contract.service;
  }

  /**
   * Records of one partition, in order. True when a stream now waits for what is missing before it. With `holdAway` what
   * needs something that is away holds its stream, instead of ending the transaction and with it the whole partition.
   */
  async take(tx: PoolClient, topic: string, records: readonly FetchedRecord[], holdAway = false): Promise<boolean> {
    const { parked: parkedStreams, group } = this.options;
    const streams = [...new Set(records.map(({ key }) => key))].sort();
    const [parked, heads] = await answersOf([
      parkedStreams.parkedOf(tx, group, topic, streams),
      this.offsets.heads(tx, topic, streams),
    ]);
    const moved = new Map<string, number>();
    const taken: Taken[] = [];
    const passed: Delivered[] = [];
    let gaps = false;
    for (const record of records) {
      const { at, event, fault: unreadable } = readRecord(topic, record);
      const head = heads.get(at.stream) ?? 0;
      if (event) {
        if (event.streamVersion <= head) continue;
        heads.set(at.stream, event.streamVersion);
        moved.set(at.stream, event.streamVersion);
      }
      const fault = event ? this.faultOf(topic, event, head) : unreadable;
      if (event && !fault) {
        taken.push({ at, event, applied: head });
        if (!this.isKnown(topic, event)) passed.push(event);
        continue;
      }
      // What came before in this stream takes effect before the stream is parked behind it.
      await this.deliver(tx, taken.splice(0), parked, holdAway);
      if (parked.has(at.stream)) await parkedStreams.keep(tx, group, at);
      else if (fault) {
        gaps ||= fault.kind === 'gap';
        await this.park(tx, at, fault, head, parked);
      }
    }
    await this.deliver(tx, taken, parked, holdAway);
    if (passed.length > 0) await this.options.passedOver?.(passed, tx);
    await this.offsets.saveHeads(tx, topic, moved);
    return gaps;
  }

  /** A parked event that is tried again. */
  async retry(topic: string, event: Delivered, tx: PoolClient): Promise<void> {
    const fault = this.unknownType(topic, event);
    if (fault) throw new Error(fault.reason);
    await this.apply(topic, [event], tx);
  }

  private async deliver(
    tx: PoolClient,
    taken: readonly Taken[],
    parked: Set<string>,
    holdAway: boolean,
  ): Promise<void> {
    const { parked: parkedStreams, group } = this.options;
    const free = taken.filter(({ at }) => !parked.has(at.stream));
    if (free.length > 1) {
      const failure = await attempts(tx, 1, () =>
        this.apply(
          free[0].at.topic,
          free.map(({ event }) => event),
          tx,
        ),
      );
      if (!failure) return this.keepAll(tx, taken, parked);
      // Something in it cannot be applied: event by event, to find out which.
    }
    for (const { at, event, applied } of taken) {
      if (parked.has(at.stream)) {
        await parkedStreams.keep(tx, group, at);
        continue;
      }
      const failure = await attempts(tx, ATTEMPTS, () => this.apply(at.topic, [event], tx), holdAway);
      if (!failure) continue;
      const passes = passesByItself(failure.error);
      if (passes && !holdAway) throw failure.error;
      const kind = passes ? 'away' : 'error';
      await this.park(tx, at, { kind, reason: reasonOf(failure.error) }, applied, parked);
    }
  }

  private async keepAll(tx: PoolClient, taken: readonly Taken[], parked: ReadonlySet<string>): Promise<void> {
    for (const { at } of taken) if (parked.has(at.stream)) await this.options.parked.keep(tx, this.options.group, at);
  }

  /** What a newer release added has no effect here, above all not a newer version of a known type taken for the older. */
  private async apply(topic: string, delivered: readonly Delivered[], tx: PoolClient): Promise<void> {
    const { before, batch } = this.options;
    const events = delivered.filter((event) => this.isKnown(topic, event));
    if (events.length === 0) return;
    await before?.(events, tx);
    if (batch) return batch(events, tx, this.serviceOf(topic));
    for (const event of events) await this.handle(this.typeOf(topic, event), event, tx);
  }

  private async park(
    tx: PoolClient,
    at: ParkedRecord,
    { kind, reason }: Fault,
    applied: number,
    parked: Set<string>,
  ): Promise<void> {
    parked.add(at.stream);
    await this.options.parked.park(tx, this.options.group, at, { kind, reason, applied });
    if (kind !== 'gap') this.options.onError?.(new Parked(`${at.stream}: ${reason}`));
  }

  private faultOf(topic: string, event: Delivered, head: number): Fault | undefined {
    if (event.previousVersion <= head) return this.unknownType(topic, event);
    return { kind: 'gap', reason: `versions after ${head} up to ${event.previousVersion} are missing` };
  }

  private unknownType(topic: string, event: Delivered): Fault | undefined {
    if (this.options.unknownType === 'pass' || this.isKnown(topic, event)) return undefined;
    return { kind: 'unknown-type', reason: `${this.typeOf(topic, event)} is not known to this release` };
  }

  private isKnown(topic: string, event: Delivered): boolean {
    return this.knownTypes.has(this.typeOf(topic, event));
  }

  private typeOf(topic: string, event: Delivered): string {
    return deliveredType(this.serviceOf(topic), event);
  }
}

/** Told, not thrown: a stream waits from here on. */
class Parked extends OwnError {}

/**
 * The error of the last attempt when none succeeded. What is only away passes and ends the transaction, unless it shall
 * be held; when it is the database itself that is away, the way back fails as well.
 */
const attempts = async (
  tx: PoolClient,
  most: number,
  work: () => Promise<void>,
  holdAway = false,
): Promise<{ error: unknown } | undefined> => {
  for (let attempt = 1; ; attempt++) {
    await tx.query('SAVEPOINT attempt');
    try {
      await work();
      await tx.query('RELEASE SAVEPOINT attempt');
      return undefined;
    } catch (error) {
      const away = isUnavailable(error);
      if (away && !holdAway) throw error;
      await tx.query('ROLLBACK TO SAVEPOINT attempt');
      if (away || attempt === most) return { error };
    }
  }
};

const readRecord = (topic: string, record: FetchedRecord): Read => {
  try {
    const event = fromCloudEvent(record);
    if (event.stream !== record.key) throw new MalformedRecord(`key ${record.key}, but ce_subject ${event.stream}`);
    return { at: { topic, stream: event.stream, municipality: event.municipality, record }, event };
  } catch (error) {
    if (!(error instanceof MalformedRecord)) throw error;
    const municipality = municipalityOf(record.key) ?? '';
    return {
      at: { topic, stream: record.key, municipality, record },
      fault: { kind: 'malformed', reason: reasonOf(error) },
    };
  }
};
