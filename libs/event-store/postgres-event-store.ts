import type { Pool, PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterCommit, inTransaction } from './database.js';
import { AppendedSender } from './appended-signal.js';
import { Appends, expectedCode, type Append } from './appends.js';
import { ERASED, Rejected, type Aggregate, type DomainEvent } from './decider.js';
import {
  ATTEMPTS,
  EventStore,
  streamName,
  StreamMoved,
  type AppendOptions,
  type AppendResult,
  type BatchAppend,
  type ExpectedVersion,
  type StoredAggregate,
  type StoredEvent,
  type StreamId,
  type StreamSlice,
} from './event-store.js';
import { Gatherer, type Waiting } from './gatherer.js';
import type { Person, PersonKeys } from './person-keys.js';
import { AT, SEALED_EVENT_JSON, sliceOf, storable, toStoredEvent, type SealedEventJson } from './stored-row.js';
import { shapeOf, upcast } from './upcasting.js';

type Stream = Readonly<{ municipality: string; stream: string; after: number }>;

const READ_STREAMS = `
  SELECT (SELECT coalesce(json_agg(${SEALED_EVENT_JSON} ORDER BY e.version), '[]') FROM events e
          WHERE e.municipality = r.municipality AND e.stream = r.stream AND e.version > r.after) AS events
  FROM json_to_recordset($1::json) AS r(place int, municipality text, stream text, after int) ORDER BY r.place`;

const READ_EVENTS = `
  SELECT ${SEALED_EVENT_JSON} AS event FROM json_array_elements_text($1::json) AS r(id)
  JOIN events e ON e.id = r.id::uuid`;

export class PostgresEventStore extends EventStore {
  private readonly appends: Appends;
  private readonly reads: Gatherer<Stream, SealedEventJson[]>;
  private readonly appended: AppendedSender;

  constructor(
    private readonly pool: Pool,
    private readonly keys: PersonKeys,
  ) {
    super();
    this.appends = new Appends(pool);
    this.reads = new Gatherer({ run: (batch) => this.readBatch(batch) });
    this.appended = new AppendedSender(pool);
  }

  async read<S, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    stream: Omit<StreamId, 'category'>,
    tx?: PoolClient,
    after = 0,
  ): Promise<StreamSlice<E>> {
    const { municipality } = stream;
    const wanted = { municipality, stream: streamName({ ...stream, category: aggregate.category }), after };
    const rows = tx ? (await readStreams([wanted], tx))[0] : await this.reads.add(wanted);
    const events = rows.map((json) => this.opened<E>(aggregate as StoredAggregate, json));
    return { events, version: events.at(-1)?.version ?? after };
  }

  async append<S, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    stream: Omit<StreamId, 'category'>,
    expected: ExpectedVersion,
    events: readonly E[],
    options: AppendOptions,
  ): Promise<AppendResult> {
    const { tx } = options;
    const known = aggregate as StoredAggregate;
    const [append] = await this.prepared([{ aggregate: known, stream, expected, events, options }], tx);
    const result = await (tx ? this.appends.alone(append, tx) : this.appends.gathered(append));
    this.announce(tx);
    return result;
  }

  async appendBatch(batch: readonly BatchAppend[], tx?: PoolClient): Promise<AppendResult[]> {
    if (batch.length === 0) return [];
    const results = await this.appends.batch(await this.prepared(batch, tx), tx);
    this.announce(tx);
    return results;
  }

  async open<S, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    eventIds: readonly string[],
  ): Promise<Map<string, E['data']>> {
    const { rows } = await this.pool.query<{ event: SealedEventJson }>({
      name: 'read-events',
      text: READ_EVENTS,
      values: [JSON.stringify(eventIds)],
    });
    return new Map(rows.map(({ event }) => [event[AT.id], this.opened<E>(aggregate as StoredAggregate, event).data]));
  }

  async together<T>(work: (tx: PoolClient) => Promise<T>, expected?: ExpectedVersion): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTransaction(this.pool, work);
      } catch (error) {
        if (!(error instanceof StreamMoved) || expected !== undefined || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Wakes whoever follows the store, once there is something to be seen. */
  private announce(tx?: PoolClient): void {
    if (tx) afterCommit(tx, () => this.appended.send());
    else this.appended.send();
  }

  private async readBatch(batch: readonly Waiting<Stream, SealedEventJson[]>[]): Promise<void> {
    const streams = await readStreams(
      batch.map(({ item }) => item),
      this.pool,
    );
    batch.forEach(({ resolve }, index) => resolve(streams[index]));
  }

  /** Merges the personal fields back in and brings the data to today's shape. */
  private opened<E extends DomainEvent>({ events }: StoredAggregate, json: SealedEventJson): StoredEvent<E> {
    const [type, stored, own, personal] = [json[AT.type], json[AT.schemaVersion], json[AT.data], json[AT.personal]];
    const { version, personal: fields = [] } = shapeOf(events, type);
    if (personal === null) {
      return toStoredEvent(json, version, upcast(events, type, stored, own)) as StoredEvent<E>;
    }
    const person = { municipality: json[AT.municipality], personId: json[AT.personId] ?? '' };
    const values = this.keys.open(json[AT.key], person, json[AT.id], personal);
    const sealed = values ?? Object.fromEntries(personal.fields.map((field) => [field, ERASED]));
    const data: Record<string, unknown> = { ...upcast(events, type, stored, { ...own, ...sealed }) };
    if (!values) for (const field of fields) if (field in data) data[field] = ERASED;
    return toStoredEvent(json, version, data) as StoredEvent<E>;
  }

  private async prepared(batch: readonly BatchAppend[], tx?: PoolClient): Promise<Append[]> {
    const keys = await this.keysFor(batch, tx);
    return batch.map((append) => this.serialised(append, keys));
  }

  private async keysFor(batch: readonly BatchAppend[], tx?: PoolClient): Promise<ReadonlyMap<string, Buffer>> {
    const persons = batch.flatMap(({ aggregate, stream: { municipality }, events }) =>
      events.flatMap((event) => {
        const personId = personOf(aggregate, event);
        return personId === undefined ? [] : [{ municipality, personId }];
      }),
    );
    if (persons.length === 0) return new Map();
    if (persons.length > 1 || tx) return this.keys.forWriting(persons, tx);
    return new Map([[nameOf(persons[0]), await this.keys.sealer(persons[0])]]);
  }

  private serialised(
    { aggregate, stream, expected, events, options }: BatchAppend,
    keys: ReadonlyMap<string, Buffer>,
  ): Append {
    if (events.length === 0) throw new RangeError('an append needs an event');
    const { municipality } = stream;
    const name = streamName({ ...stream, category: aggregate.category });
    const { metadata, request } = options;
    const rows = events.map((event, ordinal) => {
      const { version, effectiveOn } = shapeOf(aggregate.events, event.type);
      const row = JSON.stringify({
        ordinal,
        expected: expectedCode(expected),
        municipality,
        stream: name,
        type: event.type,
        schema_version: version,
        ...this.sealed(aggregate, municipality, event, keys),
        metadata,
        request_id: request?.id,
        fingerprint: request?.fingerprint,
        effective_on: effectiveOn?.(event.data as never),
        slice: sliceOf(name),
      });
      return storable(row).slice(1);
    });
    return { municipality, stream: name, expected, request, rows };
  }

  /** Takes the personal fields out of the data. */
  private sealed(
    aggregate: StoredAggregate,
    municipality: string,
    event: DomainEvent,
    keys: ReadonlyMap<string, Buffer>,
  ) {
    const id = uuidv7();
    const personId = personOf(aggregate, event);
    if (personId === undefined) return { id, data: event.data };
    const key = keys.get(nameOf({ municipality, personId }));
    if (!key) throw new Rejected('person.erased');
    const { personal = [] } = shapeOf(aggregate.events, event.type);
    const all = Object.entries(event.data).filter(([, value]) => value !== undefined);
    const isPersonal = ([field]: [string, unknown]) => (personal as readonly string[]).includes(field);
    const data = Object.fromEntries(all.filter((entry) => !isPersonal(entry)));
    const values = Object.fromEntries(all.filter(isPersonal));
    return { id, data, person_id: personId, personal: this.keys.seal(key, { municipality, personId }, id, values) };
  }
}

const nameOf = ({ municipality, personId }: Person): string => `${municipality}/${personId}`;

/** Whose key seals the event; undefined when none of its personal fields has a value. */
const personOf = ({ events }: StoredAggregate, { type, data }: DomainEvent): string | undefined => {
  const { personal = [], person } = shapeOf(events, type);
  const present = personal.some((field) => (data as Record<string, unknown>)[field] !== undefined);
  if (!present) return undefined;
  if (!person) throw new Error(`${type} has personal fields but no person`);
  return person(data as never);
};

const readStreams = async (streams: readonly Stream[], db: Pool | PoolClient): Promise<SealedEventJson[][]> => {
  const { rows } = await db.query<{ events: SealedEventJson[] }>({
    name: 'read-streams',
    text: READ_STREAMS,
    values: [JSON.stringify(streams.map((stream, place) => ({ place, ...stream })))],
  });
  return rows.map(({ events }) => events);
};
