import { determined, type Equation } from './determined.js';

/**
 * A figure of a table: the class of each breakdown, `null` where it is the total over that breakdown, and how many
 * people stand behind it.
 */
export type Cell = Readonly<{ keys: Keys; people: number }>;
export type Keys = readonly (string | null)[];

/**
 * Which figures of a table, of all its totals included, are hidden. First those of fewer people than `floor`; then as
 * many others (the smallest first) as it takes that neither a hidden figure nor the sum of fewer people than `floor`
 * follows from the shown ones by adding and subtracting. Totals are decided before their parts and without them: a
 * figure is hidden in every answer or in none, so that answers with fewer and with more breakdowns do not give each
 * other away. Source: metrics.md, rule 6.
 *
 * @param cells the cube: every combination of classes and totals; combinations left out have nobody
 */
export const suppress = (cells: readonly Cell[], floor: number): Suppression => {
  const cube = new Cube(cells);
  const hidden = new Set<string>();
  for (const dimensions of subsets(cube.classes.length)) {
    const table = cube.table(dimensions);
    for (const cell of table) if (cell.people > 0 && cell.people < floor) hidden.add(idOf(cell.keys));
    if (!table.some(({ keys }) => hidden.has(idOf(keys))) && !cube.anyTotalHidden(dimensions, hidden)) continue;
    // An empty cell that is shown takes part in no exchange: beside hidden ones it is not told apart from them.
    for (const cell of table) if (cell.people === 0) hidden.add(idOf(cell.keys));
    for (let more = partners(cube, dimensions, hidden, floor); more.length > 0;) {
      more.forEach((id) => hidden.add(id));
      more = partners(cube, dimensions, hidden, floor);
    }
    // What follows from shown totals whatever else is hidden, and is large enough, need not be hidden.
    for (const id of determined(cube.lines(dimensions).map((line) => equation(line, hidden)))) {
      const { keys, people } = cube.of(JSON.parse(id) as Keys);
      if (levelOf(keys) === dimensions.length && (people === 0 || people >= floor)) hidden.delete(id);
    }
  }
  return { classes: cube.classes, isHidden: (keys) => hidden.has(idOf(keys)) };
};

export type Suppression = Readonly<{
  /** The classes there are of each breakdown, in order. */
  classes: readonly (readonly string[])[];
  isHidden: (keys: Keys) => boolean;
}>;

const idOf = (keys: Keys): string => JSON.stringify(keys);

/** Sets of breakdowns, the smaller ones first. */
const subsets = (count: number): number[][] =>
  Array.from({ length: 2 ** count }, (_, mask) =>
    Array.from({ length: count }, (_value, i) => i).filter((i) => mask & (1 << i)),
  ).toSorted((a, b) => a.length - b.length);

class Cube {
  readonly classes: readonly (readonly string[])[];
  private readonly people: ReadonlyMap<string, number>;

  constructor(cells: readonly Cell[]) {
    this.people = new Map(cells.map(({ keys, people }) => [idOf(keys), people]));
    this.classes = (cells[0]?.keys ?? []).map((_, i) =>
      [...new Set(cells.flatMap(({ keys }) => keys[i] ?? []))].toSorted((a, b) => (a < b ? -1 : 1)),
    );
  }

  of(keys: Keys): Cell {
    return { keys, people: this.people.get(idOf(keys)) ?? 0 };
  }

  /** All cells with a class in exactly these breakdowns. */
  table(dimensions: readonly number[]): Cell[] {
    return this.within(
      this.classes.map(() => null),
      dimensions,
    );
  }

  /** The parts of a total along further breakdowns. */
  within(total: Keys, dimensions: readonly number[]): Cell[] {
    const split = (all: Keys[], i: number) =>
      all.flatMap((keys) => (keys[i] === null ? this.classes[i].map((value) => keys.with(i, value)) : [keys]));
    return dimensions.reduce(split, [total]).map((keys) => this.of(keys));
  }

  /** Every total along one breakdown, in the table and in the tables of its totals. */
  lines(dimensions: readonly number[]): { total: Cell; parts: Cell[] }[] {
    return subsets(dimensions.length).flatMap((chosen) =>
      chosen.flatMap((index) => {
        const rest = chosen.filter((other) => other !== index).map((other) => dimensions[other]);
        return this.table(rest).map((total) => ({ total, parts: this.within(total.keys, [dimensions[index]]) }));
      }),
    );
  }

  anyTotalHidden(dimensions: readonly number[], hidden: ReadonlySet<string>): boolean {
    return this.lines(dimensions).some(({ total }) => hidden.has(idOf(total.keys)));
  }
}

/** Further cells of the table to hide, because something hidden can still be worked out; none when nothing can. */
const partners = (cube: Cube, dimensions: readonly number[], hidden: ReadonlySet<string>, floor: number): string[] => {
  const lines = cube.lines(dimensions);
  const chosen = new Set<string>();
  const choose = (candidates: readonly Cell[]): boolean => {
    const shown = candidates.filter(({ keys }) => !hidden.has(idOf(keys)));
    const [next] = shown.toSorted(smallestFirst);
    if (next) chosen.add(idOf(next.keys));
    return next !== undefined;
  };
  for (const { total, parts } of lines) {
    if (levelOf(total.keys) !== dimensions.length - 1 || hidden.has(idOf(total.keys))) continue;
    const people = behindHidden(total, parts, hidden);
    if (people > 0 && people < floor) choose(parts);
  }
  if (chosen.size > 0) return [...chosen];
  const found = determined(lines.map((line) => equation(line, hidden))).map((id) => JSON.parse(id) as Keys);
  const totals = found.filter((keys) => levelOf(keys) < dimensions.length);
  for (const keys of totals) choose(cube.within(keys, dimensions));
  if (chosen.size > 0) return [...chosen];
  for (const keys of found) {
    const siblings = dimensions.flatMap((i) => cube.within(keys.with(i, null), [i]));
    if (!choose(siblings)) choose(cube.table(dimensions));
  }
  return [...chosen];
};

/**
 * How many people there are at least behind the hidden parts of a total. Who is in several parts (somebody with two
 * courses) is behind each of them, but only once behind the total: adding up the hidden parts would count too many.
 */
const behindHidden = (total: Cell, parts: readonly Cell[], hidden: ReadonlySet<string>): number => {
  const isHidden = ({ keys }: Cell) => hidden.has(idOf(keys));
  const shown = parts.filter((cell) => !isHidden(cell)).reduce((sum, cell) => sum + cell.people, 0);
  return Math.max(total.people - shown, ...parts.filter(isHidden).map((cell) => cell.people));
};

/** How many breakdowns a cell has a class in. */
const levelOf = (keys: Keys): number => keys.filter((key) => key !== null).length;

/** total − parts = 0, over what is hidden of them. */
const equation = ({ total, parts }: { total: Cell; parts: readonly Cell[] }, hidden: ReadonlySet<string>): Equation =>
  new Map(
    [...parts.map(({ keys }) => [idOf(keys), 1] as const), [idOf(total.keys), -1] as const].filter(([id]) =>
      hidden.has(id),
    ),
  );

const smallestFirst = (a: Cell, b: Cell): number => a.people - b.people || (idOf(a.keys) < idOf(b.keys) ? -1 : 1);
