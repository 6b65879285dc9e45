import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

/** What the recalculations of `--check` share: reading a city's files and arithmetic without rounding errors. */

export type Line = Readonly<Record<string, string>>;

/** A figure as it should be answered. */
export type Expected = Readonly<{ numerator: number | null; denominator: number | null; value: number | null }>;

/** The rows of a city's file, in whichever of the two encodings it came. */
export const read = (file: string): Line[] =>
  parse(decode(readFileSync(file)), { columns: true, bom: true }) as Record<string, string>[];

const decode = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('shift_jis', { fatal: true }).decode(bytes);
  }
};

/** `2023/4/1` and `2023-04-01` are the same day; an empty cell stays empty. */
export const day = (written: string): string => {
  if (written === '') return '';
  const [year, month, date] = written.split(/[-/]/);
  return `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
};

export const dayAfter = (date: string, days = 1): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

export const fiscalYearOf = (date: string): number => Number(date.slice(0, 4)) - (date.slice(5) < '04-01' ? 1 : 0);

/** A sum of quotients, kept exact. */
export class Exact {
  constructor(
    private readonly top = 0n,
    private readonly bottom = 1n,
  ) {}

  plus(numerator: number, denominator = 1): Exact {
    const [top, bottom] = [BigInt(numerator), BigInt(denominator)];
    return new Exact(this.top * bottom + top * this.bottom, this.bottom * bottom).reduced();
  }

  add({ top, bottom }: Exact): Exact {
    return new Exact(this.top * bottom + top * this.bottom, this.bottom * bottom).reduced();
  }

  over({ top, bottom }: Exact): Exact | undefined {
    return top === 0n ? undefined : new Exact(this.top * bottom, this.bottom * top);
  }

  times(factor: number): Exact {
    return new Exact(this.top * BigInt(factor), this.bottom);
  }

  isBelow(limit: number): boolean {
    return this.top < BigInt(limit) * this.bottom;
  }

  /** With so many decimals, half up. */
  rounded(decimals: number): number {
    const scaled = 2n * this.top * 10n ** BigInt(decimals) + this.bottom;
    const digits = String(scaled / (2n * this.bottom)).padStart(decimals + 1, '0');
    const whole = digits.slice(0, digits.length - decimals);
    return Number(decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`);
  }

  private reduced(): Exact {
    let [a, b] = [this.top, this.bottom];
    while (b) [a, b] = [b, a % b];
    return a > 1n ? new Exact(this.top / a, this.bottom / a) : this;
  }
}

/** Decimals that sums of days are answered with. */
const DAYS_DECIMALS = 12;

/** The answer for a sum over a sum; times 100 for percent, over 60 for hours. */
export const quotient = (numerator: Exact, denominator: Exact, decimals = 1, factor = 1, divisor = 1): Expected => ({
  numerator: numerator.rounded(DAYS_DECIMALS),
  denominator: denominator.rounded(DAYS_DECIMALS),
  value: numerator.times(factor).over(denominator.times(divisor))?.rounded(decimals) ?? null,
});

export const percent = (numerator: number, denominator: number): Expected =>
  quotient(new Exact().plus(numerator), new Exact().plus(denominator), 1, 100);
