import { crc32 } from 'node:zlib';
import { Rejected, type DomainEvent } from './decider.js';
import type { Metadata, StoredEvent } from './event-store.js';
import { upcastSealed, type EventShapes } from './upcasting.js';

/** The personal fields of one event as stored: which they were, and their values sealed as one. */
export type Sealed = Readonly<{ fields: readonly string[]; sealed: string }>;

/** A person's wrapped data key; `wrapped` is null once the person has been erased. */
export type WrappedKey = Readonly<{ wrapped: string | null; masterKeyId: string | null }>;

/** UTC instant with microseconds at fixed width, so that instants compare as text. */
export const instant = (sql: string): string => `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const STORED = `e.position, e.id, e.municipality, e.stream, e.version, e.type, e.schema_version, e.data,
  e.personal->'fields', e.metadata, e.request_id, e.fingerprint, e.effective_on, e.recorded_at AT TIME ZONE 'UTC', e.slice`;

/** One row of `events e`, personal fields left out: Postgres writes an array in half the time of an object with names. */
export const EVENT_JSON = `json_build_array(${STORED})`;

/** With what is needed to open it; the key is read in the same statement, so an erasure is seen at once. */
export const SEALED_EVENT_JSON = `json_build_array(${STORED}, e.personal, e.person_id,
  CASE WHEN e.person_id IS NOT NULL THEN (
    SELECT json_build_object('wrapped', k.wrapped, 'masterKeyId', k.master_key_id)
    FROM person_keys k WHERE k.municipality = e.municipality AND k.person_id = e.person_id) END)`;

/** What `EVENT_JSON` gives. */
export type EventJson = readonly [
  position: number,
  id: string,
  municipality: string,
  stream: string,
  version: number,
  type: string,
  schemaVersion: number,
  data: object,
  sealedFields: readonly string[] | null,
  metadata: Metadata,
  requestId: string | null,
  fingerprint: string | null,
  effectiveOn: string | null,
  recordedAt: string,
  slice: number,
];

/** What `SEALED_EVENT_JSON` gives. */
export type SealedEventJson = readonly [
  ...EventJson,
  personal: Sealed | null,
  personId: string | null,
  key: WrappedKey | null,
];

/** Places that others than `toStoredEvent` read. */
export const AT = {
  id: 1,
  municipality: 2,
  type: 5,
  schemaVersion: 6,
  data: 7,
  sealedFields: 8,
  personal: 15,
  personId: 16,
  key: 17,
} as const;

/** As `instant` writes it; in JSON Postgres leaves out the zeros at the end of the fraction. */
const fixedWidth = (utc: string): string => {
  if (utc.length === 26) return `${utc}Z`;
  return `${(utc.length === 19 ? `${utc}.` : utc).padEnd(26, '0')}Z`;
};

/** Not opened; of a type that `shapes` name the data is in today's shape. */
export const toTodaysEvent = (json: EventJson, shapes: EventShapes): StoredEvent => {
  const type = json[AT.type];
  if (!Object.hasOwn(shapes, type)) return toStoredEvent(json);
  const data = upcastSealed(shapes, type, json[AT.schemaVersion], json[AT.data], json[AT.sealedFields] ?? []);
  return toStoredEvent(json, shapes[type].version, data);
};

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Built in one go, without a row in between: every command does this for each event of its stream. */
export const toStoredEvent = (
  json: EventJson | SealedEventJson,
  schemaVersion = json[AT.schemaVersion],
  data = json[AT.data] as DomainEvent['data'],
): StoredEvent => {
  const event: Writable<StoredEvent> = {
    position: json[0],
    id: json[1],
    municipality: json[2],
    stream: json[3],
    version: json[4],
    type: json[5],
    schemaVersion,
    data,
    metadata: json[9],
    recordedAt: fixedWidth(json[13]),
    slice: json[14],
  };
  if (json[10] !== null) event.request = { id: json[10], fingerprint: json[11] ?? '' };
  if (json[12] !== null) event.effectiveOn = json[12];
  return event;
};

const SLICES = 1024;

/** Fixed for ever: partitions, worker ranges and rebuilds rest on it. */
export const sliceOf = (stream: string): number => crc32(stream) % SLICES;

/** What PostgreSQL's text and JSON cannot hold: U+0000 and lone surrogates, as `JSON.stringify` escapes them. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** @throws Rejected `text.not-storable`, for what is sealed as well: it would come out again where it cannot be held */
export const storable = (json: string): string => {
  if (UNSTORABLE.test(json)) throw new Rejected('text.not-storable');
  return json;
};
