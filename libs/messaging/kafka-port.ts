/** A record to be produced. The partition is chosen by us, never by the client. */
export type KafkaRecord = Readonly<{
  key: string;
  value: string;
  headers: Readonly<Record<string, string>>;
  partition: number;
}>;

/** A record as it comes from a topic. */
export type FetchedRecord = Readonly<{
  offset: number;
  key: string;
  value: string;
  headers: Readonly<Record<string, string>>;
}>;

export type TopicPartition = Readonly<{ topic: string; partition: number }>;

/** Where to read on: offset of the next record. */
export type Position = TopicPartition & Readonly<{ offset: number }>;

/** Records of one partition in offset order, none below the position last given for it. */
export type FetchedBatch = TopicPartition &
  Readonly<{
    records: readonly FetchedRecord[];
    /** Offset the next record written to the partition will get, as of this fetch. */
    endOffset: number;
    /** False once the partition was taken away, repositioned or the consumer stops: commit nothing more. */
    current(): boolean;
    /** Everything below `offset` is done; reading goes on there. */
    done(offset: number): void;
    /** Keeps the membership alive in long batches; call it outside transactions and let its errors pass. */
    heartbeat(): Promise<void>;
  }>;

export type ConsumeOptions = Readonly<{
  group: string;
  topics: readonly string[];
  /** So many partitions may have a batch in hand at the same time, one unless given. */
  partitionsAtOnce?: number;
  /** Told of every new assignment, before anything of it is read. */
  onAssigned(assigned: readonly TopicPartition[]): void;
  /** Asked after every assignment and every failed batch. A partition it leaves out stays paused and is asked for again. */
  positions(assigned: readonly TopicPartition[]): Promise<readonly Position[]>;
  /** When it throws, the partition waits a little, is positioned anew, and the others go on. */
  batch(batch: FetchedBatch): Promise<void>;
  onError(error: unknown): void;
  /** After every fetch, also an empty one: the sign of life. */
  onCycle(): void;
}>;

/** Produces in the order of the calls and records; a repeat by the client itself is not written twice. */
export interface KafkaProducer {
  /** Waits for all replicas, for as long as the brokers are away. Returns the next offset of each partition written to. */
  send(topic: string, records: readonly KafkaRecord[]): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

export interface KafkaConsumer {
  /** Asks for the positions of all that is assigned anew, as after an assignment, and reads on from there. */
  reposition(): void;
  /** Stops fetching, lets the batch in hand end, leaves the group. */
  close(): Promise<void>;
}

/** All that jinzai needs of Kafka; the contract is kafka-port.int.spec.ts. Abstract class: it is the injection token. */
export abstract class KafkaPort {
  abstract producer(): KafkaProducer;
  /** Returns at once; joins in the background and, after whatever failure, again, until it is closed. */
  abstract consumer(options: ConsumeOptions): KafkaConsumer;
  /** Offset of the next record of every partition. @throws Unavailable */
  abstract endOffsets(topic: string): Promise<ReadonlyMap<number, number>>;
  /** Number of partitions of each topic that exists. @throws Unavailable */
  abstract partitionsOf(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Creates topics that keep everything for ever. A topic that exists is left as it is. @throws Unavailable */
  abstract createTopics(topics: readonly string[], partitions: number, replicationFactor: number): Promise<void>;
  /** Ends what was opened by it, waiting for nothing that is away. */
  abstract close(): Promise<void>;
}
