import { crc32 } from 'node:zlib';
import { Rejected, type DomainEvent } from './decider.js';
import type { Metadata, StoredEvent } from './event-store.js';
import { upcastSealed, type EventShapes } from './upcasting.js';

/** The personal fields of one event as stored: which they were, and their values sealed as one. */
export type Sealed = Readonly<{ fields: readonly string[]; sealed: string }>;

/** A person's wrapped data key; `wrapped` is null once the person has been erased. */
export type WrappedKey = Readonly<{ wrapped: string | null; masterKeyId: string | null }>;

/** A row of `events`, personal fields left out. */
export type StoredRow = Readonly<{
  position: number;
  id: string;
  municipality: string;
  stream: string;
  version: number;
  type: string;
  schemaVersion: number;
  data: object;
  /** Names of the personal fields that are sealed. */
  sealedFields: readonly string[] | null;
  metadata: Metadata;
  requestId: string | null;
  fingerprint: string | null;
  effectiveOn: string | null;
  recordedAt: string;
  slice: number;
}>;

/** A row with what is needed to open it; the key is read in the same statement, so an erasure is seen at once. */
export type SealedRow = StoredRow &
  Readonly<{ personal: Sealed | null; personId: string | null; key: WrappedKey | null }>;

/** UTC instant with microseconds at fixed width, so that instants compare as text. */
export const instant = (sql: string): string => `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const STORED = `e.position, e.id, e.municipality, e.stream, e.version, e.type, e.schema_version, e.data,
  e.personal->'fields', e.metadata, e.request_id, e.fingerprint, e.effective_on, e.recorded_at AT TIME ZONE 'UTC', e.slice`;

/** One row of `events e`, for `storedRow`: Postgres writes an array in half the time of an object with names. */
export const EVENT_JSON = `json_build_array(${STORED})`;

/** The same for `sealedRow`. */
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

export const storedRow = (json: EventJson | SealedEventJson): StoredRow => ({
  position: json[0],
  id: json[1],
  municipality: json[2],
  stream: json[3],
  version: json[4],
  type: json[5],
  schemaVersion: json[6],
  data: json[7],
  sealedFields: json[8],
  metadata: json[9],
  requestId: json[10],
  fingerprint: json[11],
  effectiveOn: json[12],
  recordedAt: fixedWidth(json[13]),
  slice: json[14],
});

export const sealedRow = (json: SealedEventJson): SealedRow => ({
  ...storedRow(json),
  personal: json[15],
  personId: json[16],
  key: json[17],
});

/** As `instant` writes it; in JSON Postgres leaves out the zeros at the end of the fraction. */
const fixedWidth = (utc: string): string => {
  if (utc.length === 26) return `${utc}Z`;
  return `${(utc.length === 19 ? `${utc}.` : utc).padEnd(26, '0')}Z`;
};

/** Not opened; of a type that `shapes` name the data is in today's shape. */
export const toTodaysEvent = (row: StoredRow, shapes: EventShapes): StoredEvent => {
  if (!Object.hasOwn(shapes, row.type)) return toStoredEvent(row);
  const data = upcastSealed(shapes, row.type, row.schemaVersion, row.data, row.sealedFields ?? []);
  return toStoredEvent(row, shapes[row.type].version, data);
};

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Built in one go: every command does this for each event of its stream. */
export const toStoredEvent = (
  row: StoredRow,
  schemaVersion = row.schemaVersion,
  data = row.data as DomainEvent['data'],
): StoredEvent => {
  const event: Writable<StoredEvent> = {
    position: row.position,
    id: row.id,
    municipality: row.municipality,
    stream: row.stream,
    version: row.version,
    type: row.type,
    schemaVersion,
    data,
    metadata: row.metadata,
    recordedAt: row.recordedAt,
    slice: row.slice,
  };
  if (row.requestId !== null) event.request = { id: row.requestId, fingerprint: row.fingerprint ?? '' };
  if (row.effectiveOn !== null) event.effectiveOn = row.effectiveOn;
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
