import { cloudEventType, topicOf, type Contract, type Delivered } from '#libs/contracts/public-event';
import { fromCloudEvent, MalformedRecord } from '#libs/messaging/cloud-event';
import type { FetchedRecord, Position } from '#libs/messaging/kafka-port';

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

/**
 * What the consumer made of the records when it read them: duplicates fall away, what it kept back or gave up has no
 * effect, what a topic lacks it had from the service itself.
 */
export class BulkIntake {
  private readonly services: ReadonlyMap<string, Contract>;
  private readonly knownTypes: ReadonlySet<string>;
  private readonly parked: ReadonlyMap<string, number>;
  private readonly dropped: ReadonlySet<string>;
  private readonly heads = new Map<string, Map<string, number>>();

  constructor(
    contracts: readonly Contract[],
    { parked, dropped }: Start,
    private readonly fetchMissing: FetchMissing,
    private readonly take: (event: Delivered, known: boolean) => void,
  ) {
    this.services = new Map(contracts.map((contract) => [topicOf(contract.service), contract]));
    this.knownTypes = new Set(
      contracts.flatMap((contract) => Object.keys(contract.events).map((type) => cloudEventType(contract, type))),
    );
    this.parked = new Map(parked.map(({ topic, stream, applied }) => [`${topic} ${stream}`, applied]));
    this.dropped = new Set(dropped);
  }

  /** Records of one partition, in their order. */
  async read(topic: string, records: readonly FetchedRecord[]): Promise<void> {
    const heads = this.headsOf(topic);
    for (const record of records) {
      const event = readable(record);
      if (!event) continue;
      const head = heads.get(event.stream) ?? 0;
      if (event.streamVersion <= head) continue;
      if (event.previousVersion > head && !this.isKeptBack(topic, event)) await this.fill(topic, event, head);
      heads.set(event.stream, event.streamVersion);
      this.apply(topic, event, this.knownTypes.has(record.headers.ce_type));
    }
  }

  private async fill(topic: string, { stream, streamVersion }: Delivered, head: number): Promise<void> {
    const contract = this.services.get(topic);
    if (!contract) throw new Error(`${topic} is not consumed`);
    for (const event of await this.fetchMissing(contract.service, stream, head)) {
      if (event.streamVersion >= streamVersion) return;
      const type = `jinzai.${contract.service}.${event.type}.v${event.schemaVersion}`;
      this.apply(topic, event, this.knownTypes.has(type));
    }
  }

  private apply(topic: string, event: Delivered, known: boolean): void {
    if (this.dropped.has(event.id) || this.isKeptBack(topic, event)) return;
    this.take(event, known);
  }

  private isKeptBack(topic: string, { stream, streamVersion }: Delivered): boolean {
    if (this.parked.size === 0) return false;
    const applied = this.parked.get(`${topic} ${stream}`);
    return applied !== undefined && streamVersion > applied;
  }

  private headsOf(topic: string): Map<string, number> {
    let heads = this.heads.get(topic);
    if (!heads) this.heads.set(topic, (heads = new Map()));
    return heads;
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
