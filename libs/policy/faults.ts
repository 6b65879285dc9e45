import type { LocalDate } from '#libs/law/local-date';
import type { Kind } from './kinds.js';
import type { Fault, PackFile } from './pack-file.js';

export type File<K extends Kind> = PackFile<K>;
type JsonPath = (string | number)[];

/** Values that stand in more than one place of a list, at every place but the first. */
export const repeats = (file: File<Kind>, path: JsonPath, values: readonly string[], field: string): Fault[] =>
  values.flatMap((value, index) =>
    values.indexOf(value) < index ? [file.faultAt([...path, index, field], `${value} is there twice`)] : [],
  );

export const dangling = (
  file: File<Kind>,
  path: JsonPath,
  values: readonly string[],
  known: readonly string[],
  what: string,
): Fault[] =>
  values.flatMap((value, index) =>
    known.includes(value) ? [] : [file.faultAt([...path, index], `no ${what} ${value}`)],
  );

export const codesOf = (items: readonly Readonly<{ code: string }>[]): string[] => items.map(({ code }) => code);
const titlesOf = (items: readonly Readonly<{ title: string }>[]): string[] => items.map(({ title }) => title);

export const codedFaults = (
  file: File<Kind>,
  name: string,
  items: readonly Readonly<{ code: string; title: string }>[],
): Fault[] => [
  ...repeats(file, [name], codesOf(items), 'code'),
  // Titles are how CSV files name a position or category.
  ...repeats(file, [name], titlesOf(items), 'title'),
];

type Dated = Readonly<{ file: string; policy: Readonly<{ effectiveFrom: LocalDate }> }>;

const holdingOn = <F extends Dated>(files: readonly F[], day: LocalDate): F | undefined =>
  files.findLast(({ policy }) => policy.effectiveFrom <= day);

/** Pairs of files that hold together on some day. */
export const together = <A extends Dated, B extends Dated>(as: readonly A[], bs: readonly B[]): readonly [A, B][] => {
  const pairs = [...as, ...bs].flatMap(({ policy }): [A, B][] => {
    const [a, b] = [holdingOn(as, policy.effectiveFrom), holdingOn(bs, policy.effectiveFrom)];
    return a && b ? [[a, b]] : [];
  });
  return pairs.filter(([a, b], index) => pairs.findIndex((pair) => pair[0] === a && pair[1] === b) === index);
};
