import { median } from '../../bench/measure.js';
import type { Outcome, Second } from './generator.js';
import type { Logged, Measure, Sample } from './watch.js';

export type Verdict = Readonly<{
  what: string;
  holds: boolean;
  found: string;
  /** Whether it must not hold with what `--plant` plants. */
  plantable?: boolean;
}>;

/** All that a run has found out. */
export type Findings = Readonly<{
  capacity: Outcome;
  steady: Outcome;
  /** Of the steady phase only. */
  samples: readonly Sample[];
  /** Looks that were not answered. */
  missed: number;
  overload: Outcome;
  recovery: Outcome;
  /** Milliseconds until nothing was under way any more; what still was, when that never came. */
  quiet: Readonly<{ steady: number | string; end: number | string }>;
  logged: Logged;
  replaced: readonly string[];
}>;

const GROWTH = 1.1;
/** What is within the noise of a collector or a pool, in MB and pieces. */
const SLACK: Readonly<Record<Measure, number>> = { heap: 4, rss: 8, handles: 4, lag: 0, connections: 2 };
const SLOWER = 5;
const RECOVERED = 2;
const RECOVERY_SECONDS = 10;
/** The share of requests that may be refused where nothing is overloaded. */
const SELDOM = 1 / 100;
const REACHED = 0.95;

/** Second and last quarter of the steady phase; the first is warm-up. */
export const quarters = (samples: readonly Sample[], name: string): readonly [number[], number[]] => {
  const values = samples.map((sample) => sample.values[name]).filter(Number.isFinite);
  const quarter = Math.floor(values.length / 4);
  return [values.slice(quarter, 2 * quarter), values.slice(-quarter)];
};

/** What is compared: of the heap what a collection leaves, of the rest what is usual. */
export const levelOf = (measure: Measure, values: readonly number[]): number =>
  measure === 'heap' ? Math.min(...values) : median(values);

export const namesOf = (samples: readonly Sample[], measure: Measure): string[] =>
  [...new Set(samples.flatMap(({ values }) => Object.keys(values)))].filter((name) => name.endsWith(`.${measure}`));

/** Postgres and Kafka fill the memory they were given, in their own time: shown, not judged. */
const JUDGED = /^(?!(postgres|kafka)\.)/;

const flat = (samples: readonly Sample[], measure: Measure, what: string): Verdict => {
  const growing = namesOf(samples, measure)
    .filter((name) => JUDGED.test(name))
    .flatMap((name) => {
      const [early, late] = quarters(samples, name).map((values) => levelOf(measure, values));
      const steady = late <= Math.max(early * GROWTH, early + SLACK[measure]);
      return steady ? [] : [`${name} ${early.toFixed(0)} → ${late.toFixed(0)}`];
    });
  const holds = growing.length === 0;
  return { what, holds, found: holds ? 'none grows' : growing.join(', '), plantable: measure !== 'connections' };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/**
 * The first second from which on it was as usual until the end: the median of the seconds' p99 near the usual one,
 * hardly anything refused; undefined when there was none.
 */
export const recoveredAfter = (seconds: readonly Second[], usualP99: number): number | undefined => {
  const usual = (rest: readonly Second[]): boolean => {
    const refused = sum(rest.map((one) => one.refused));
    const sent = refused + sum(rest.map((one) => one.accepted));
    return refused <= SELDOM * sent && median(rest.map(({ p99 }) => p99)) <= RECOVERED * usualP99;
  };
  const isUsual = ({ accepted, refused, p99 }: Second) =>
    accepted > 0 && refused <= SELDOM * (accepted + refused) && p99 <= RECOVERED * usualP99;
  const found = seconds.findIndex((second, index) => isUsual(second) && usual(seconds.slice(index)));
  return found < 0 ? undefined : found + 1;
};

const atRest = (when: string, after: number | string): Verdict => ({
  what: `lag is back to zero ${when}`,
  holds: typeof after === 'number',
  found: typeof after === 'number' ? `after ${(after / 1000).toFixed(1)} s` : after,
});

/** @param asked requests a second that the overload was meant to have */
export const verdictsOn = (found: Findings, asked: number): Verdict[] => {
  const { steady, samples, missed, overload, recovery, quiet, logged, replaced } = found;
  const again = recoveredAfter(recovery.seconds, steady.p99);
  const sent = overload.sent / overload.seconds.length;
  const slower = overload.p99 / steady.p99;
  return [
    {
      what: 'at half the capacity at most one request in a thousand is refused, none fails',
      holds: steady.refused <= steady.sent / 1000 && steady.others === 0,
      found: `${steady.accepted} accepted, ${steady.refused} refused, ${steady.others} others`,
    },
    flat(samples, 'heap', 'heap after collections, each service: last quarter within 10 % of the second'),
    flat(samples, 'rss', 'resident memory, each service: the same'),
    flat(samples, 'handles', 'file handles but for callers’ connections, each service: the same'),
    flat(samples, 'connections', 'Postgres connections, each database: the same'),
    atRest('after the steady load', quiet.steady),
    {
      what: 'twice the capacity was sent',
      holds: sent >= REACHED * asked,
      found: `${sent.toFixed(0)} of ${asked.toFixed(0)} a second, ${overload.lateP99} ms late (p99)`,
    },
    {
      what: 'under overload requests are refused, none fails',
      holds: overload.refused > 0 && overload.others === 0,
      found: `${overload.accepted} accepted, ${overload.refused} refused, ${overload.others} others`,
      plantable: true,
    },
    {
      what: 'every refusal has `Retry-After` and is `application/problem+json`',
      holds: overload.rude === 0,
      found: `${overload.rude} without`,
    },
    {
      what: `p99 of the accepted ≤ ${SLOWER}× the usual`,
      holds: slower <= SLOWER,
      found: `${overload.p99} ms, ${slower.toFixed(1)}× ${steady.p99} ms`,
      plantable: true,
    },
    {
      what: `usual again within ${RECOVERY_SECONDS} s, and until the end: p99 ≤ ${RECOVERED}× the usual, hardly anything refused`,
      holds: again !== undefined && again <= RECOVERY_SECONDS,
      found: again === undefined ? 'never' : `in second ${again}`,
      plantable: true,
    },
    atRest('at the end', quiet.end),
    {
      what: 'no error in any log, no promise rejected without a hearer',
      holds: logged.errors === 0,
      found: `${logged.errors} of ${logged.lines} lines`,
      plantable: true,
    },
    {
      what: 'every process answers when it is looked at, but for one look in a hundred',
      holds: missed * 100 <= samples.length,
      found: `${missed} of ${samples.length + missed} looks missed`,
    },
    {
      what: 'every process is still the same',
      holds: replaced.length === 0,
      found: replaced.length === 0 ? 'yes' : replaced.join(', '),
    },
  ];
};
