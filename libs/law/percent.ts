type Whole = number | bigint;

/**
 * `numerator ÷ denominator` as decimal text with exactly `decimals` places, rounded half up (away from zero),
 * computed on whole numbers only. Null when the denominator is 0.
 * Source: law.md 7 (rounding of published rates), metrics.md rule 1. Throws RangeError unless both are whole numbers
 * and the denominator is not negative.
 */
export const ratio = (numerator: Whole, denominator: Whole, decimals: number): string | null => {
  const [above, below] = [BigInt(numerator), BigInt(denominator)];
  if (below < 0n) throw new RangeError(`negative denominator: ${denominator}`);
  if (below === 0n) return null;
  const size = above < 0n ? -above : above;
  const scaled = (size * 10n ** BigInt(decimals) * 2n + below) / (below * 2n);
  const digits = scaled.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
  return above < 0n && scaled > 0n ? `-${text}` : text;
};

/** A percentage with one decimal, half up, e.g. `percent(7, 12)` is `'58.3'`; null when the denominator is 0. Source: as `ratio`. */
export const percent = (numerator: Whole, denominator: Whole): string | null =>
  ratio(BigInt(numerator) * 100n, denominator, 1);
