/** A linear equation over named unknowns: coefficients by name. What is known of it does not matter here. */
export type Equation = ReadonlyMap<string, number>;

/** Largest prime below 2^26: products stay exact in a double. Coefficients are sums of ±1, far below it. */
const PRIME = 67_108_859;

const modulo = (value: number): number => ((value % PRIME) + PRIME) % PRIME;

const inverse = (value: number): number => {
  let [result, base] = [1, value];
  for (let exponent = PRIME - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
  }
  return result;
};

/**
 * The unknowns that a system of equations determines: in its reduced row echelon form they stand alone in a row.
 * Computed modulo a prime, so that there are no roundings.
 */
export const determined = (equations: readonly Equation[]): string[] => {
  const rows = new Map<string, Map<string, number>>();
  for (const equation of equations) {
    const row = new Map([...equation].map(([name, coefficient]) => [name, modulo(coefficient)]));
    for (const name of equation.keys()) eliminate(row, name, rows.get(name));
    const [pivot] = row.keys();
    if (pivot === undefined) continue;
    const scale = inverse(row.get(pivot) as number);
    for (const [name, coefficient] of row) row.set(name, (coefficient * scale) % PRIME);
    for (const other of rows.values()) eliminate(other, pivot, row);
    rows.set(pivot, row);
  }
  return [...rows].filter(([, row]) => row.size === 1).map(([name]) => name);
};

/** Takes `name` out of `row` by the row whose pivot it is. */
const eliminate = (row: Map<string, number>, name: string, by: ReadonlyMap<string, number> | undefined): void => {
  const factor = row.get(name);
  if (factor === undefined || !by) return;
  for (const [other, coefficient] of by) {
    const value = modulo((row.get(other) ?? 0) - factor * coefficient);
    if (value === 0) row.delete(other);
    else row.set(other, value);
  }
};
