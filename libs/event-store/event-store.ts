import type { PoolClient } from 'pg';
import { Rejected, type Aggregate, type DomainEvent, type EventType } from './decider.js';
import { OwnError } from './own-error.js';

/** A stream of one municipality: `<category>-<municipality>/<id>`. */
export type StreamId = Readonly<{ municipality: string; category: string; id: string }>;

export const streamName = ({ municipality, category, id }: StreamId): string => `${category}-${municipality}/${id}`;

/** Exact meanings: a number is the version of the newest event; `no-stream` is 0; `exists` any version above 0. */
export type ExpectedVersion = number | 'no-stream' | 'exists' | 'any';

/** Who did it and why; stored with every event, never with personal data. */
export type Metadata = Readonly<{
  /** Subject of the token, or `process:<name>` for process managers and timers. */
  actor: string;
  /** Subject for whom a proxy (庶務担当者) acted. */
  onBehalfOf?: string;
  correlationId: string;
  /** Event id that caused this one, for reactions. */
  causationId?: string;
  traceparent?: string;
}>;

/** What makes a repeat recognisable: the key is unique per municipality, the fingerprint is that of the request. */
export type Request = Readonly<{ id: string; fingerprint: string }>;

export type AppendOptions = Readonly<{
  metadata: Metadata;
  request?: Request;
  /** Append inside this transaction instead of through the gatherer (reactions and timers). */
  tx?: PoolClient;
}>;

/** What the store has to know of an aggregate to write its events; every `Aggregate` is one. */
export type StoredAggregate = Readonly<{ category: string; events: Readonly<Record<string, EventType<never>>> }>;

/** One append of a batch; the streams and aggregates of a batch may differ. */
export type BatchAppend = Readonly<{
  aggregate: StoredAggregate;
  stream: Omit<StreamId, 'category'>;
  expected: ExpectedVersion;
  events: readonly DomainEvent[];
  options: Omit<AppendOptions, 'tx'>;
}>;

/** The place of the last event of an append: `version` in its stream, `position` in the service's store. */
export type AppendResult = Readonly<{ version: number; position: number; repeated: boolean }>;

export type StoredEvent<Event extends DomainEvent = DomainEvent> = Readonly<{
  position: number;
  id: string;
  municipality: string;
  /** Whole stream name, `<category>-<municipality>/<id>`. */
  stream: string;
  version: number;
  schemaVersion: number;
  metadata: Metadata;
  request?: Request;
  /** Local date, where the event has one. */
  effectiveOn?: string;
  /** UTC instant of the append, by the database's clock. */
  recordedAt: string;
  /** 0–1023, hash of the stream name. */
  slice: number;
}> &
  Event;

export type StreamSlice<Event extends DomainEvent> = Readonly<{ events: StoredEvent<Event>[]; version: number }>;

/** Abstract class, not interface: Nest uses it as the injection token. */
export abstract class EventStore {
  /**
   * Events of one stream, oldest first, upcast to today's shape, personal fields opened or `erased`.
   * @param after version up to which the caller has the events already
   */
  abstract read<S, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    stream: Omit<StreamId, 'category'>,
    tx?: PoolClient,
    after?: number,
  ): Promise<StreamSlice<E>>;

  /**
   * Appends all events or none.
   * @throws StreamMoved when the expected version does not hold
   * @throws RequestReused when the request id was used for another request
   */
  abstract append<S, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    stream: Omit<StreamId, 'category'>,
    expected: ExpectedVersion,
    events: readonly E[],
    options: AppendOptions,
  ): Promise<AppendResult>;

  /**
   * All appends of all streams or none, in one transaction and set-based statements (imports, bulk actions). Results
   * come in the order of the appends; a repeated request id gives its first result.
   * @throws StreamMoved, RequestReused as `append` does, for the first append that does not hold
   */
  abstract appendBatch(appends: readonly BatchAppend[], tx?: PoolClient): Promise<AppendResult[]>;

  /** Data of chosen events by event id, upcast and opened (or `erased`): for lists that show names. */
  abstract open<S, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    eventIds: readonly string[],
  ): Promise<Map<string, E['data']>>;

  /**
   * Commands on several streams, all or none: `work` passes its transaction on to every `execute`. Whoever loses a race
   * for one of the streams decides anew from the start, unless the caller named the version it had seen.
   */
  abstract together<T>(work: (tx: PoolClient) => Promise<T>, expected?: ExpectedVersion): Promise<T>;
}

/** Somebody else appended first (HTTP 412). */
export class StreamMoved extends OwnError {
  constructor(readonly stream: string) {
    super(`stream moved: ${stream}`);
  }
}

/** The same request id came with another request (HTTP 409 `request.key-reused`). */
export class RequestReused extends Rejected {
  constructor() {
    super('request.key-reused');
  }
}

/** Thrown when a stored event is of a type or version this build does not know: the write stops, nothing is corrupted. */
export class UnknownEvent extends OwnError {}

export type ExecuteOptions = AppendOptions & Readonly<{ expected?: ExpectedVersion }>;

/** How often a lost race is decided anew before it is said to be lost. */
export const ATTEMPTS = 4;

/** A command, or what makes it by looking things up; it does so after the stream was read, whenever it is decided. */
export type CommandOf<C> = C | (() => Promise<C>);

/**
 * One command: read the stream, fold, decide, append. A repeat of a request returns the first result without deciding
 * again. Without `expected` a lost race is decided anew a few times; with it, it is StreamMoved at once.
 */
export const execute = async <S, C, E extends DomainEvent>(
  store: EventStore,
  aggregate: Aggregate<S, C, E>,
  stream: Omit<StreamId, 'category'>,
  command: CommandOf<C>,
  options: ExecuteOptions,
): Promise<AppendResult & { events: readonly E[] }> => {
  for (let attempt = 1; ; attempt++) {
    const { events: history, version } = await store.read(aggregate, stream, options.tx);
    const first = firstResult(history, options.request);
    if (first) return first;
    if (!holds(options.expected, version))
      throw new StreamMoved(streamName({ ...stream, category: aggregate.category }));
    const state = history.reduce<S>((soFar, event) => aggregate.evolve(soFar, event), aggregate.initial);
    const events = aggregate.decide(isLate(command) ? await command() : command, state);
    if (events.length === 0) {
      return { version, position: history.at(-1)?.position ?? 0, repeated: false, events };
    }
    try {
      return { ...(await store.append(aggregate, stream, version, events, options)), events };
    } catch (error) {
      const retry = error instanceof StreamMoved && options.expected === undefined && !options.tx && attempt < ATTEMPTS;
      if (!retry) throw error;
    }
  }
};

const isLate = <C>(command: CommandOf<C>): command is () => Promise<C> => typeof command === 'function';

const firstResult = <E extends DomainEvent>(history: readonly StoredEvent<E>[], request?: Request) => {
  const start = request ? history.findIndex((event) => event.request?.id === request.id) : -1;
  if (start < 0) return undefined;
  if (history[start].request?.fingerprint !== request?.fingerprint) throw new RequestReused();
  const next = history.findIndex((event, index) => index > start && event.request?.id !== request?.id);
  const events = history.slice(start, next < 0 ? undefined : next);
  const last = events[events.length - 1];
  return { version: last.version, position: last.position, repeated: true, events };
};

/** Whether the expected version is true of a stream whose newest event has this version (0: no events). */
export const holds = (expected: ExpectedVersion | undefined, version: number): boolean => {
  if (expected === undefined || expected === 'any') return true;
  if (expected === 'exists') return version > 0;
  return version === (expected === 'no-stream' ? 0 : expected);
};
