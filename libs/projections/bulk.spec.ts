import type { Delivered } from '#libs/contracts/public-event';
import { BulkFold, type BulkRows } from './bulk.js';
import { anyProjection, type Fact, type FactProjection } from './projection.js';

type Names = Readonly<{ facts: readonly Fact[] }>;
type Named = Readonly<{ type: 'Named'; data: readonly (string | null)[] }>;

/** The same object whenever the same is said, as projections do for what did not change. */
const remembered = new Map<string | null, Fact>();
const factOf = (name: string | null): Fact => {
  const fact = remembered.get(name) ?? { table: 'name', values: { name, long: (name ?? '').length > 3 } };
  remembered.set(name, fact);
  return fact;
};

const names: FactProjection<Names, Named> = {
  table: 'names',
  fields: ['facts'],
  factTables: { name: ['name', 'long'] },
  key: () => 'k',
  project: (_row, { data }) => ({ facts: data.map(factOf) }),
  facts: ({ facts }) => facts,
};

const event = (second: number, ...data: (string | null)[]): Delivered => ({
  ...{ id: `e${second}`, municipality: '142140', stream: 'x-142140/k', streamVersion: second, previousVersion: 0 },
  ...{ type: 'Named', schemaVersion: 1, recordedAt: `2026-04-01T00:00:0${second}.000000Z`, correlationId: 'c', data },
});

/** Cells of the facts without their ids, recorded instants as seconds. */
const folded = (...events: Delivered[]): string[] => {
  const lines: string[] = [];
  const rows = { add: (table: string, _columns: readonly string[], line: string) => lines.push(`${table}\t${line}`) };
  const one = new BulkFold(anyProjection(names), rows as unknown as BulkRows);
  for (const each of events) one.take(each);
  one.end();
  return lines
    .filter((line) => line.startsWith('name\t'))
    .map((line) =>
      line
        .split('\t')
        .slice(3)
        .join(' ')
        .replaceAll(/\S+:0(\d)\.0+Z/g, '$1'),
    );
};

describe('a stream folded as a whole', () => {
  it('keeps what each instant knew', () =>
    expect(folded(event(1, 'a'), event(2, 'a', 'b'), event(3, 'b'))).toEqual(['a false 1 3', 'b false 2 infinity']));

  it('knows again what it had ceased to know', () =>
    expect(folded(event(1, 'a'), event(2), event(3, 'a'))).toEqual(['a false 1 2', 'a false 3 infinity']));

  it('states once what is said twice, and never what an event of the same instant took back', () => {
    expect(folded(event(1, 'a', 'a'))).toEqual(['a false 1 infinity']);
    expect(folded(event(1, 'a'), event(1, 'b'))).toEqual(['b false 1 infinity']);
  });

  it('writes every text so that COPY reads it back', () =>
    expect(folded(event(1, 'a\tb\\c\nd\re', null))).toEqual([
      'a\\tb\\\\c\\nd\\re true 1 infinity',
      '\\N false 1 infinity',
    ]));
});
