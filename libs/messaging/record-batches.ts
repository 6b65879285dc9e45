import type { KafkaRecord } from './kafka-port.js';

/** Of one event, and of what goes to one partition at once: brokers refuse more than 1 MiB in one batch of a partition. */
export const LARGEST_VALUE = 900_000;

/** In order, each small enough for every partition it goes to. */
export const batchesOf = (records: readonly KafkaRecord[]): KafkaRecord[][] => {
  const batches: KafkaRecord[][] = [];
  let bytes = new Map<number, number>();
  for (const record of records) {
    const own = sizeOf(record);
    const sum = (bytes.get(record.partition) ?? 0) + own;
    if (batches.length === 0 || sum > LARGEST_VALUE) {
      batches.push([]);
      bytes = new Map();
    }
    batches[batches.length - 1].push(record);
    bytes.set(record.partition, (bytes.get(record.partition) ?? 0) + own);
  }
  return batches;
};

const sizeOf = ({ key, value, headers }: KafkaRecord): number =>
  [key, value, ...Object.entries(headers).flat()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
