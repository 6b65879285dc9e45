import { crc32 } from 'node:zlib';
import { Rejected, type DomainEvent } from './decider.js';
import type { Metadata, StoredEvent } from './event-store.js';
import { upcastSealed, type EventShapes } from './upcasting.js';

/** The personal fields of one event as stored: which they were, and their values sealed as one. */
export type Sealed = Readonly<{ fields: readonly string[]; sealed: string }>;

/** A person's wrapped data key; `wrapped` is null once the person has been erased. */
export type WrappedKey = Readonly<{ wrapped: string | null; masterKeyId: string | null }>;

/** A row of `events` as `EVENT_JSON` gives it. */
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

const STORED = `'position', e.position, 'id', e.id, 'municipality', e.municipality, 'stream', e.stream,
  'version', e.version, 'type', e.type, 'schemaVersion', e.schema_version, 'data', e.data, 'sealedFields', e.personal->'fields', 'metadata', e.metadata,
  'requestId', e.request_id, 'fingerprint', e.fingerprint, 'effectiveOn', to_char(e.effective_on, 'YYYY-MM-DD'),
  'recordedAt', ${instant('e.recorded_at')}, 'slice', e.slice`;

/** One `StoredRow` of `events e`. */
export const EVENT_JSON = `json_build_object(${STORED})`;

/** One `SealedRow` of `events e`. */
export const SEALED_EVENT_JSON = `json_build_object(${STORED}, 'personal', e.personal, 'personId', e.person_id,
  'key', CASE WHEN e.person_id IS NOT NULL THEN (
    SELECT json_build_object('wrapped', k.wrapped, 'masterKeyId', k.master_key_id)
    FROM person_keys k WHERE k.municipality = e.municipality AND k.person_id = e.person_id) END)`;

/** Not opened; of a type that `shapes` name the data is in today's shape. */
export const toTodaysEvent = (row: StoredRow, shapes: EventShapes): StoredEvent => {
  if (!Object.hasOwn(shapes, row.type)) return toStoredEvent(row);
  const data = upcastSealed(shapes, row.type, row.schemaVersion, row.data, row.sealedFields ?? []);
  return toStoredEvent({ ...row, data, schemaVersion: shapes[row.type].version });
};

export const toStoredEvent = (row: StoredRow): StoredEvent => ({
  position: row.position,
  id: row.id,
  municipality: row.municipality,
  stream: row.stream,
  version: row.version,
  type: row.type,
  schemaVersion: row.schemaVersion,
  data: row.data as DomainEvent['data'],
  metadata: row.metadata,
  ...(row.requestId !== null && { request: { id: row.requestId, fingerprint: row.fingerprint ?? '' } }),
  ...(row.effectiveOn !== null && { effectiveOn: row.effectiveOn }),
  recordedAt: row.recordedAt,
  slice: row.slice,
});

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
