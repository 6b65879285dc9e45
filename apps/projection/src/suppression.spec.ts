import fc from 'fast-check';
import { determined } from './determined.js';
import { suppress, type Cell, type Keys } from './suppression.js';

const FLOOR = 5;

/** The cube of a table given by its innermost cells: all totals over all sets of breakdowns. */
const cubeOf = (leaves: readonly Cell[]): Cell[] => {
  const sums = new Map<string, Cell>();
  for (const { keys, people } of leaves) {
    for (let mask = 0; mask < 2 ** keys.length; mask++) {
      const total = keys.map((key, i) => (mask & (1 << i) ? key : null));
      const id = JSON.stringify(total);
      sums.set(id, { keys: total, people: (sums.get(id)?.people ?? 0) + people });
    }
  }
  return [...sums.values()];
};

const leaves = (people: Readonly<Record<string, number>>): Cell[] =>
  Object.entries(people).map(([keys, count]) => ({ keys: keys.split(' '), people: count }));

const hiddenOf = (cells: readonly Cell[]): string[] => {
  const { isHidden } = suppress(cells, FLOOR);
  return cells.filter(({ keys }) => isHidden(keys)).map(({ keys }) => keys.map((key) => key ?? '*').join(' '));
};

describe('suppression of small cells', () => {
  it('shows everything when every cell has enough people', () =>
    expect(hiddenOf(cubeOf(leaves({ a: 5, b: 12 })))).toEqual([]));

  it('hides a small cell and the next smallest, which would give it away', () =>
    expect(hiddenOf(cubeOf(leaves({ a: 3, b: 12, c: 7 })))).toEqual(['a', 'c']));

  it('hides until the hidden ones together are enough people', () =>
    expect(hiddenOf(cubeOf(leaves({ a: 1, b: 1, c: 9, d: 20 })))).toEqual(['a', 'b', 'c']));

  it('hides the total of too few people too', () =>
    expect(hiddenOf(cubeOf(leaves({ a: 1, b: 2 })))).toEqual(['*', 'a', 'b']));

  it('hides four cells of a table by two breakdowns', () =>
    expect(hiddenOf(cubeOf(leaves({ 'a m': 3, 'a f': 9, 'b m': 8, 'b f': 20 }))).toSorted()).toEqual([
      'a f',
      'a m',
      'b f',
      'b m',
    ]));

  it('keeps a total hidden when its parts are asked for', () => {
    const cells = cubeOf(leaves({ 'a m': 1, 'a f': 2, 'b m': 10, 'b f': 11, 'c m': 30, 'c f': 31 }));
    const hidden = hiddenOf(cells);
    expect(hidden).toEqual(expect.arrayContaining(['a *', 'b *', 'a m', 'a f']));
    expect(['b m', 'b f'].some((part) => hidden.includes(part))).toBe(true);
  });

  it('hides an empty cell where nothing else protects', () => {
    const { isHidden } = suppress(cubeOf(leaves({ 'a m': 3, 'a f': 7, 'b m': 7 })), FLOOR);
    expect([isHidden(['a', 'm']), isHidden(['b', 'f'])]).toEqual([true, true]);
  });

  const table = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2 }))
    .chain(([rows, columns, layers]) =>
      fc
        .array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 5, max: 60 })), {
          minLength: rows * columns * layers,
          maxLength: rows * columns * layers,
        })
        .map((counts) =>
          counts
            .map((people, i) => ({
              keys: [`r${i % rows}`, `c${Math.floor(i / rows) % columns}`, `l${Math.floor(i / rows / columns)}`],
              people,
            }))
            .filter(({ people }) => people > 0),
        ),
    )
    .filter((cells) => cells.length > 0);

  it('never lets a hidden cell be worked out from the shown ones, and hides every small one', () =>
    fc.assert(
      fc.property(table, (cells) => {
        const cube = cubeOf(cells);
        const { isHidden, classes } = suppress(cube, FLOOR);
        const small = cube.filter(({ people }) => people < FLOOR);
        expect(small.every(({ keys }) => isHidden(keys))).toBe(true);
        expect(workedOut(classes, isHidden)).toEqual([]);
      }),
      { numRuns: 300, seed: 5 },
    ));

  it('would be seen to fail, were a hidden cell shown or nothing hidden beside a small one', () => {
    const { isHidden, classes } = suppress(cubeOf(leaves({ a: 3, b: 12, c: 7 })), FLOOR);
    const shown = (cell: string) => (keys: Keys) => isHidden(keys) && keys[0] !== cell;
    expect(workedOut(classes, isHidden)).toEqual([]);
    expect(workedOut(classes, shown('c'))).toEqual(['["a"]']);
    expect(workedOut(classes, ([key]) => key === 'a')).toEqual(['["a"]']);
  });

  it('does not let answers by different breakdowns give each other away', () => {
    const population = fc.array(
      fc.tuple(
        ...[2, 3, 4, 3].map((classes) => fc.nat({ max: classes * classes - 1 }).map((n) => Math.floor(Math.sqrt(n)))),
      ),
      { minLength: 20, maxLength: 120 },
    );
    fc.assert(
      fc.property(population, (people) => {
        const hidden = new Map<string, boolean>();
        const lines: [total: string, parts: string[]][] = [];
        for (const left of [0, 1, 2, 3]) {
          const leaf = (person: readonly number[]) => ({ keys: person.toSpliced(left, 1).map(String), people: 1 });
          const { classes, isHidden } = suppress(cubeOf(people.map(leaf)), FLOOR);
          const all = classes.reduce<Keys[]>(
            (soFar, values) => soFar.flatMap((keys) => [null, ...values].map((value) => [...keys, value])),
            [[]],
          );
          const idOf = (keys: Keys) => JSON.stringify(keys.toSpliced(left, 0, null));
          for (const keys of all) {
            expect(isHidden(keys)).toBe(hidden.get(idOf(keys)) ?? isHidden(keys));
            hidden.set(idOf(keys), isHidden(keys));
            for (const [i, key] of keys.entries())
              if (key === null) lines.push([idOf(keys), classes[i].map((value) => idOf(keys.with(i, value)))]);
          }
        }
        const unknown = ([id]: readonly [string, number]) => hidden.get(id);
        const equations = lines.map(([total, parts]) => {
          const terms = [[total, -1] as const, ...parts.map((part) => [part, 1] as const)];
          return new Map(terms.filter(unknown));
        });
        const somebody = (id: string) => {
          const keys = JSON.parse(id) as Keys;
          return people.some((person) => keys.every((key, i) => key === null || key === String(person[i])));
        };
        expect(determined(equations).filter(somebody)).toEqual([]);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('decides a total without regard to its parts', () =>
    fc.assert(
      fc.property(table, (cells) => {
        const whole = suppress(cubeOf(cells), FLOOR);
        const coarse = suppress(cubeOf(cells.map(({ keys, people }) => ({ keys: keys.slice(0, 1), people }))), FLOOR);
        for (const value of coarse.classes[0]) {
          expect(whole.isHidden([value, null, null])).toBe(coarse.isHidden([value]));
        }
      }),
      { numRuns: 200, seed: 6 },
    ));
});

/**
 * An attacker of another build than the code: exact fractions, dense matrix. A hidden cell is worked out when changing
 * it while all totals and shown cells stay the same is impossible.
 */
const workedOut = (classes: readonly (readonly string[])[], isHidden: (keys: Keys) => boolean): string[] => {
  const options = classes.map((values) => [null, ...values]);
  const all = options.reduce<Keys[]>(
    (soFar, values) => soFar.flatMap((keys) => values.map((value) => [...keys, value])),
    [[]],
  );
  const unknown = all.filter(isHidden).map((keys) => JSON.stringify(keys));
  const column = new Map(unknown.map((id, i) => [id, i]));
  const matrix = all.flatMap((keys) =>
    keys.flatMap((key, dimension) => {
      if (key !== null) return [];
      const row = unknown.map(() => [0n, 1n] as Fraction);
      const put = (cell: Keys, coefficient: bigint) => {
        const index = column.get(JSON.stringify(cell));
        if (index !== undefined) row[index] = [coefficient, 1n];
      };
      put(keys, -1n);
      for (const value of classes[dimension]) put(keys.with(dimension, value), 1n);
      return [row];
    }),
  );
  const reduced = echelon(matrix);
  return unknown.filter((_, index) => reduced.some((row) => row.every(([n], i) => (i === index) === (n !== 0n))));
};

type Fraction = [bigint, bigint];
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));
const fraction = (n: bigint, d: bigint): Fraction => {
  const factor = gcd(n, d) * (d < 0n ? -1n : 1n);
  return [n / factor, d / factor];
};

const echelon = (matrix: Fraction[][]): Fraction[][] => {
  const width = matrix[0]?.length ?? 0;
  let rank = 0;
  for (let column = 0; column < width && rank < matrix.length; column++) {
    const found = matrix.findIndex((row, i) => i >= rank && row[column][0] !== 0n);
    if (found < 0) continue;
    [matrix[rank], matrix[found]] = [matrix[found], matrix[rank]];
    const [n, d] = matrix[rank][column];
    matrix[rank] = matrix[rank].map(([a, b]) => fraction(a * d, b * n));
    for (const [i, row] of matrix.entries()) {
      const [fn, fd] = row[column];
      if (i === rank || fn === 0n) continue;
      matrix[i] = row.map(([a, b], j) => {
        const [pn, pd] = matrix[rank][j];
        return fraction(a * fd * pd - fn * pn * b, b * fd * pd);
      });
    }
    rank++;
  }
  return matrix;
};
