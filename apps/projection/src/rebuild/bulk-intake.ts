import { cloudEventType, deliveredType, topicOf, type Contract, type Delivered } from '#libs/contracts/public-event';
import { fromCloudEvent, MalformedRecord } from '#libs/messaging/cloud-event';
import type { FetchedRecord, Position } from '#libs/messaging/kafka-port';
import { gapBefore } from '#libs/messaging/parked-attempt';

/** What the consumer had taken in when a filling began, and what of that had no effect. */
export type Start = Readonly<{
  offsets: readonly Position[];
  /** Streams kept back, with the newest version that took effect; the later events come through the backlog. */
  parked: readonly Readonly<{ topic: string; stream: string; applied: number }>[];
  /** Ids of events an operator has given up for good. */
  dropped: readonly string[];
}>;

/** Public events of a stream after a version, from the service that owns it. */
export type FetchMissing = (service: string, stream: string, after: number) => Promise<readonly Delivered[]>;

/** What took effect of a stream, in its order; `passed` are of types the release does not know. */
export type Taken = Readonly<{ records: number; known: readonly Delivered[]; passed: readonly Delivered[] }>;

/**
 * What the consumer made of the records when it read them: duplicates fall away, what it kept back or gave up has no
 * effect, what a topic lacks it had from the service itself.
 */
export class BulkIntake {
  private readonly services: ReadonlyMap<string, Contract>;
  private readonly knownTypes: ReadonlySet<string>;
  private readonly parked: ReadonlyMap<string, number>;
  private readonly dropped: ReadonlySet<string>;
  private readonly topics = new Map<string, Map<string, FetchedRecord[]>>();

  constructor(
    contracts: readonly Contract[],
    { parked, dropped }: Start,
    private readonly fetchMissing: FetchMissing,
  ) {
    this.services = new Map(contracts.map((contract) => [topicOf(contract.service), contract]));
    this.knownTypes = new Set(
      contracts.flatMap((contract) => Object.keys(contract.events).map((type) => cloudEventType(contract, type))),
    );
    this.parked = new Map(parked.map(({ topic, stream, applied }) => [`${topic} ${stream}`, applied]));
    this.dropped = new Set(dropped);
  }

  /** Lays records of one partition by, in their order. */
  add(topic: string, records: readonly FetchedRecord[]): void {
    let streams = this.topics.get(topic);
    if (!streams) this.topics.set(topic, (streams = new Map()));
    for (const record of records) {
      const stream = streams.get(record.key);
      if (stream) stream.push(record);
      else streams.set(record.key, [record]);
    }
  }

  /** Gives the streams laid by back, one after the other, and forgets them: whatever is made of one lives shortly. */
  async *streams(): AsyncGenerator<Taken> {
    for (const [topic, streams] of this.topics) {
      for (const [stream, records] of streams) {
        yield await this.taken(topic, records);
        streams.delete(stream);
      }
      this.topics.delete(topic);
    }
  }

  private async taken(topic: string, records: readonly FetchedRecord[]): Promise<Taken> {
    const taken = { records: records.length, known: [] as Delivered[], passed: [] as Delivered[] };
    const apply = (event: Delivered, type: string): void => {
      // Of an unknown type it has passed when it came, whatever became of its stream.
      if (!this.knownTypes.has(type)) taken.passed.push(event);
      else if (!this.dropped.has(event.id) && !this.isKeptBack(topic, event)) taken.known.push(event);
    };
    let head = 0;
    for (const record of records) {
      const event = readable(record);
      if (!event || event.streamVersion <= head) continue;
      // What was missing before an event that an operator gave up was given up with it.
      if (event.previousVersion > head && !this.dropped.has(event.id) && !this.isKeptBack(topic, event)) {
        const { service } = this.contractOf(topic);
        const missingAfter = (version: number) => this.fetchMissing(service, event.stream, version);
        for await (const missing of gapBefore(event, head, missingAfter))
          apply(missing, deliveredType(service, missing));
      }
      head = event.streamVersion;
      apply(event, record.headers.ce_type);
    }
    return taken;
  }

  private contractOf(topic: string): Contract {
    const contract = this.services.get(topic);
    if (!contract) throw new Error(`${topic} is not consumed`);
    return contract;
  }

  private isKeptBack(topic: string, { stream, streamVersion }: Delivered): boolean {
    if (this.parked.size === 0) return false;
    const applied = this.parked.get(`${topic} ${stream}`);
    return applied !== undefined && streamVersion > applied;
  }
}

/** The consumer has parked what cannot be read, or an operator has dropped it: it never had an effect. */
const readable = (record: FetchedRecord): Delivered | undefined => {
  try {
    const event = fromCloudEvent(record);
    return event.stream === record.key ? event : undefined;
  } catch (error) {
    if (error instanceof MalformedRecord) return undefined;
    throw error;
  }
};
