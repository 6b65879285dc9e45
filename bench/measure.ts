/** What one measurement of one contender gave. */
export type Sample = Readonly<{
  /** Per second, or whatever the benchmark's unit is. */
  value: number;
  /** Milliseconds. */
  p50?: number;
  p99?: number;
  /** Calls that were measured. */
  count?: number;
  /** Microseconds of CPU a call, by process: what it costs whatever else the machine does. */
  cpu?: Readonly<Record<string, number>>;
}>;

/** One line of results.json. */
export type Figure = Readonly<{
  id: string;
  value: number;
  unit: string;
  reference: string;
  referenceValue: number;
  /** Median of the rounds' ratios; a round's two measurements are minutes apart at most. */
  ratio: number;
  rounds: number;
  /** Lowest and highest ratio of a round. */
  range: readonly [number, number];
}>;

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Nearest rank. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
};

export type Samples<Name extends string> = Readonly<Record<Name, readonly Sample[]>>;

/**
 * Measures every contender once a round, forwards in odd rounds and backwards in even ones, so that whatever drifts
 * (table sizes, temperature, neighbours) meets all of them alike.
 */
export const interleaved = async <Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, (round: number) => Promise<Sample>>>,
  log: (line: string) => void,
): Promise<Samples<Name>> => {
  const names = Object.keys(contenders) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Sample[]>;
  for (let round = 1; round <= rounds; round++) {
    for (const name of round % 2 === 1 ? names : names.toReversed()) {
      const sample = await contenders[name](round);
      samples[name].push(sample);
      log(`round ${round}, ${name}: ${spoken(sample)}`);
    }
  }
  return samples;
};

const spoken = ({ value, p50, p99 }: Sample): string =>
  `${short(value)}${p50 === undefined ? '' : `, p50 ${short(p50)} ms, p99 ${short(p99 ?? p50)} ms`}`;

/** Markdown: what each contender gave in each round. */
export const tableOf = (samples: Readonly<Record<string, readonly Sample[]>>, unit: string): string[] => [
  `| | ${unit} | p50 ms | p99 ms | CPU µs a call |`,
  '|---|---|---|---|---|',
  ...Object.entries(samples).map(([name, taken]) => {
    const each = (of: (sample: Sample) => number | undefined) =>
      taken.map((one) => (of(one) === undefined ? '–' : short(of(one) ?? 0))).join(' · ');
    const cpu = Object.keys(taken[0].cpu ?? {}).map(
      (who) => `${who} ${short(median(taken.map((one) => one.cpu?.[who] ?? 0)))}`,
    );
    return `| ${name} | ${each(({ value }) => value)} | ${each(({ p50 }) => p50)} | ${each(({ p99 }) => p99)} | ${cpu.join(', ')} |`;
  }),
];

/** Three digits that mean something. */
export const short = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

/** @param of what of a sample is compared */
export const figureOf = (
  id: string,
  unit: string,
  ours: readonly Sample[],
  reference: Readonly<{ name: string; samples: readonly Sample[] }>,
  of: (sample: Sample) => number = ({ value }) => value,
): Figure => {
  const [values, referenceValues] = [ours.map(of), reference.samples.map(of)];
  const ratios = values.map((value, round) => value / referenceValues[round]);
  return {
    id,
    value: rounded(median(values)),
    unit,
    reference: reference.name,
    referenceValue: rounded(median(referenceValues)),
    ratio: rounded(median(ratios)),
    rounds: ratios.length,
    range: [rounded(Math.min(...ratios)), rounded(Math.max(...ratios))],
  };
};

const rounded = (value: number): number => Number(value.toPrecision(4));
