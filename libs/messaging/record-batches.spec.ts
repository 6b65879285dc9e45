import type { KafkaRecord } from './kafka-port.js';
import { batchesOf, LARGEST_VALUE } from './record-batches.js';

const record = (key: string, partition: number, bytes: number): KafkaRecord => ({
  key,
  partition,
  value: 'x'.repeat(bytes),
  headers: {},
});
const keysOf = (...records: readonly KafkaRecord[]): string[] =>
  batchesOf(records).map((batch) => batch.map(({ key }) => key).join(''));
const HALF = LARGEST_VALUE / 2;

describe('records are sent in batches', () => {
  it('in order, none larger than a partition takes', () => {
    expect(keysOf(record('a', 0, HALF), record('b', 0, HALF - 2), record('c', 0, 1))).toEqual(['ab', 'c']);
  });

  it('of which every partition has its own measure', () => {
    expect(keysOf(record('a', 0, HALF), record('b', 1, HALF), record('c', 0, HALF))).toEqual(['ab', 'c']);
  });

  it('where bytes count, also those of key and headers', () => {
    const japanese = { ...record('a', 0, 0), value: '架'.repeat(HALF / 3) };
    const headed = { ...record('b', 0, HALF - 10), headers: { city: '142140' } };
    expect(keysOf(japanese, headed)).toEqual(['a', 'b']);
  });

  it('one that is too large goes alone, none makes none', () => {
    expect(keysOf(record('a', 0, 1), record('b', 0, LARGEST_VALUE), record('c', 0, 1))).toEqual(['a', 'b', 'c']);
    expect(keysOf()).toEqual([]);
  });
});
