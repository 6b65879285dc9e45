import { cloudEventType, type Contract, type Delivered } from '#libs/contracts/public-event';
import type { KafkaRecord } from './kafka-port.js';

/** What of a record does not depend on where it lies. */
export type CloudEventRecord = Pick<KafkaRecord, 'key' | 'value' | 'headers'>;

/** The record is no event of ours: it cannot be read, by whoever tries. */
export class MalformedRecord extends Error {}

const TYPE = /^jinzai\.([a-z0-9-]+)\.([A-Za-z]+)\.v(\d+)$/;

/** Of a stream `<category>-<municipality>/<id>`; undefined when it has no such name. */
export const municipalityOf = (stream: string): string | undefined => /^[^/]*-(\d{6})\//.exec(stream)?.[1];

/** A public event in CloudEvents 1.0 binary mode. */
export const toCloudEvent = (contract: Contract, event: Delivered): CloudEventRecord => ({
  key: event.stream,
  value: JSON.stringify(event.data),
  headers: {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_source: `/jinzai/${contract.service}`,
    ce_type: cloudEventType(contract, event.type),
    ce_subject: event.stream,
    ce_time: event.recordedAt,
    ce_municipality: event.municipality,
    ce_streamversion: String(event.streamVersion),
    ce_previousversion: String(event.previousVersion),
    ce_correlationid: event.correlationId,
    ...(event.effectiveOn === undefined ? {} : { ce_effectiveon: event.effectiveOn }),
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
    'content-type': 'application/json',
  },
});

/** Reads a record back. @throws MalformedRecord */
export const fromCloudEvent = ({ value, headers }: CloudEventRecord): Delivered => {
  const [, , type, schemaVersion] = TYPE.exec(required(headers, 'ce_type')) ?? [];
  if (type === undefined) throw new MalformedRecord(`ce_type ${headers.ce_type}`);
  const stream = required(headers, 'ce_subject');
  const municipality = required(headers, 'ce_municipality');
  if (municipalityOf(stream) !== municipality) throw new MalformedRecord(`${stream} is not of ${municipality}`);
  return {
    id: required(headers, 'ce_id'),
    municipality,
    stream,
    streamVersion: whole(headers, 'ce_streamversion'),
    previousVersion: whole(headers, 'ce_previousversion'),
    type,
    schemaVersion: Number(schemaVersion),
    recordedAt: required(headers, 'ce_time'),
    correlationId: headers.ce_correlationid ?? '',
    ...(headers.ce_effectiveon === undefined ? {} : { effectiveOn: headers.ce_effectiveon }),
    ...(headers.traceparent === undefined ? {} : { traceparent: headers.traceparent }),
    data: parsed(value),
  };
};

const required = (headers: CloudEventRecord['headers'], name: string): string => {
  const value = headers[name];
  if (!value) throw new MalformedRecord(`${name} is missing`);
  return value;
};

const whole = (headers: CloudEventRecord['headers'], name: string): number => {
  const value = Number(required(headers, name));
  if (!Number.isSafeInteger(value) || value < 0) throw new MalformedRecord(`${name} ${headers[name]}`);
  return value;
};

const parsed = (value: string): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    throw new MalformedRecord('the value is not JSON');
  }
};
