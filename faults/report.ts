import { median } from '../bench/measure.js';
import type { Settings } from './arguments.js';
import type { Harm } from './check/complaint.js';
import { FOUND } from './found.js';
import { KINDS, MEANINGS } from './kinds.js';
import type { Round } from './rounds.js';
import { RULES } from './plants.js';
import type { Planted } from './self-test.js';

/** How a run ended; undefined while it goes on, and when it was killed. */
export type Ending = 'complete' | 'stopped' | 'broken';

export type Report = Omit<Settings, 'rounds'> &
  Readonly<{
    started: string;
    /** Faults asked for; a round whose fault did not come about is followed by another. */
    asked: number;
    ended?: Ending;
    /** The commit that ran. */
    jinzai: string;
    /** Whether the topic log lay on a disk of its own. */
    disk: boolean;
    rounds: readonly Round[];
    planted: readonly Planted[];
  }>;

/** A report as it is kept: a line a round. */
export const keptOf = ({ rounds, planted, ...rest }: Report): string => {
  const lines = (items: readonly object[]) => items.map((item) => JSON.stringify(item)).join(',\n');
  const head = JSON.stringify(rest).slice(0, -1);
  return `${head},\n"rounds":[\n${lines(rounds)}\n],\n"planted":[\n${lines(planted)}\n]}\n`;
};

const HARMS: readonly Harm[] = ['lost', 'doubled', 'order', 'wrong'];

export const lineOf = (round: Round, seed: number): string => {
  const { kind, what, injected, sent, acknowledged, retried, seconds, quietSeconds, checkSeconds, full, complaints } =
    round;
  const verdict =
    complaints.length > 0 ? `✗ ${complaints.length} complaints` : injected ? '✓' : '✓ (the fault did not come about)';
  const times = `${seconds.toFixed(1)} s (${quietSeconds.toFixed(1)} until quiet, ${checkSeconds.toFixed(1)} ${full ? 'full ' : ''}check)`;
  return `${seed}/${round.round} ${kind}: ${what} · ${sent} commands, ${acknowledged} acknowledged, ${retried} sent again · ${times} · ${verdict}`;
};

const sum = (rounds: readonly Round[], count: (round: Round) => number): number =>
  rounds.reduce((total, round) => total + count(round), 0);

const complaintsOf = (rounds: readonly Round[], harm: Harm): number =>
  sum(rounds, ({ complaints }) => complaints.filter((one) => one.harm === harm).length);

type Row = readonly (string | number)[];

const tableOf = (rounds: readonly Round[]): Row[] => [
  ['fault', 'injected', 'commands', 'acknowledged', 'sent again', 'median s', ...HARMS],
  ...KINDS.flatMap((kind): Row[] => {
    const own = rounds.filter((round) => round.kind === kind);
    return own.length === 0 ? [] : [[kind, ...figuresOf(own)]];
  }),
  ['all', ...figuresOf(rounds)],
];

const figuresOf = (rounds: readonly Round[]): Row => [
  injectedIn(rounds),
  sum(rounds, ({ sent }) => sent),
  sum(rounds, ({ acknowledged }) => acknowledged),
  sum(rounds, ({ retried }) => retried),
  rounds.length === 0 ? '-' : median(rounds.map(({ seconds }) => seconds)).toFixed(1),
  ...HARMS.map((harm) => complaintsOf(rounds, harm)),
];

export const summaryOf = (report: Report): string[] => {
  const rows = tableOf(report.rounds);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const planted = report.planted.map(({ fault, seen }) => `${seen ? '✓' : '✗'} planted: ${fault}`);
  return [
    '',
    ...rows.map((row) => row.map((cell, column) => String(cell).padEnd(widths[column])).join('  ')),
    ...planted,
  ];
};

const markdownTable = ([head, ...rows]: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cellOf).join(' | ')} |`).join('\n');

const cellOf = (cell: string | number): string => String(cell).replaceAll('|', '/').slice(0, 160);

/** The command line that runs so. */
export const commandOf = ({ rounds, seed, startAt, staff, long, only, selfTest }: Settings): string =>
  [
    `npm run test:faults -- --rounds ${rounds} --seed ${seed}`,
    ...(staff === 90 ? [] : [`--staff ${staff}`]),
    ...(startAt > 1 ? [`--start-at ${startAt}`] : []),
    ...(only.length > 0 ? [`--only ${only.join()}`] : []),
    ...(long ? ['--long'] : []),
    ...(selfTest ? ['--self-test'] : []),
  ].join(' ');

export const injectedIn = (rounds: readonly Round[]): number => rounds.filter(({ injected }) => injected).length;

const runOf = (report: Report): string => {
  const { started, jinzai, asked, ended = 'killed', rounds } = report;
  const end = ended === 'complete' ? '' : `, ${ended} after ${injectedIn(rounds)}`;
  return `- ${started.slice(0, 10)}, commit ${jinzai}: \`${commandOf({ ...report, rounds: asked })}\`${end}`;
};

/** docs/reliability.md: everything in it comes from the runs, the oldest first. */
export const markdownOf = (reports: readonly Report[]): string => {
  const rounds = reports.flatMap((report) => report.rounds);
  const [first] = reports;
  const planted = reports.findLast((report) => report.planted.length > 0)?.planted ?? [];
  const disk = reports.some((report) => report.disk);
  const injected = injectedIn(rounds);
  const [lost, doubled, order, wrong] = HARMS.map((harm) => complaintsOf(rounds, harm));
  const failed = rounds.filter(({ complaints }) => complaints.length > 0);
  return `# Reliability

Generated by \`npm run test:faults -- --report\` from the reports of ${reports.length === 1 ? 'one run' : `${reports.length} runs`}; not written by hand.

**${injected} faults injected: ${lost} lost, ${doubled} doubled, ${order} out of order, ${wrong} otherwise wrong.**

${reports.map(runOf).join('\n')}

One round's fault and load again: the same with \`--rounds 1 --start-at <round>\`, on cities that the rounds before have not touched.

Real processes: Postgres with \`fsync\` on, Kafka, an OIDC provider and the six services, started once; two cities of about ${first.staff} people at the beginning. In each round people are registered, hired, moved, corrected, trained, evaluated, imported, erased, and ask for more leave than they have, at once and in both cities, over HTTP; the client sends a command again with the same key until it has an answer. One fault is injected; then everything comes to rest and is looked at. A seed fixes the faults, their moments and the load; what the operating system does in between it cannot fix.

## Faults

${markdownTable(tableOf(rounds))}

${KINDS.map((kind) => `- **${kind}**: ${MEANINGS[kind]}.`).join('\n')}

${placesOf(rounds)}
${missingFrom(rounds)}
${disk ? '' : 'The topic log had no disk of its own in this run (making one takes the right to mount): no full disk.\n'}
${failed.length === 0 ? 'No round had a complaint.' : `Rounds with complaints: ${failed.map(({ round, kind }) => `${round} (${kind})`).join(', ')}.`}

## What it has found

Mended, each with a test of its own.

${markdownTable([['round', 'fault', 'commit', 'found', 'test'], ...FOUND.map(({ seed, round, fault, commit, what, test }) => [`${seed}/${round}`, fault, commit, what, `\`${test}\``])])}

## What is looked at

By a program that shares no code with the product (\`faults/check\`: SQL and the topics), after every round what has changed, every ${first.fullEvery} rounds and at the end everything:

${RULES.map(([rule, text]) => `- **${rule}**: ${text}`).join('\n')}

## How the checker itself was checked

Each fault was planted in copies of the databases and topics of a run; the checker had to complain of it, by the right rule, and of nothing before.

${planted.length === 0 ? 'Not in this run: `--self-test`.' : markdownTable([['planted', 'rule', 'complaint', 'seen'], ...planted.map(({ fault, rule, complaint, seen }) => [fault, rule, complaint ?? '-', seen ? 'yes' : 'NO'])])}

Other checkers were seen to fail elsewhere, in \`npm test\`: a predicate of row-level security dropped (\`apps/projection/src/analysts.int.spec.ts\`), a suppressed cell shown (\`apps/projection/src/suppression.spec.ts\`), a difference between a rebuilt table and the live one (\`apps/projection/src/rebuild/rebuild.int.spec.ts\`), an answer that names the other city (\`demo/every-route.spec.ts\`). Memory and files that leak, errors in a log and services that refuse nothing are planted by \`npm run test:endurance -- --plant\` ([endurance.md](endurance.md)).

## What it does not show

- Sealed personal data is compared only as ciphertext (the chain), not opened.
- One broker and one Postgres: no failover to a replica, no lost disk.
- Of the read models those named above are recomputed, of sheets only which there are; the other facts of \`projection\` are in the property and figure tests.
- The load comes to no childcare leave that begins, so not to its effects on careers; \`projection\` is killed but never a zombie; readiness is judged while Postgres is away, as services go on without Kafka.
- A stale write that the rightful owner has written over by the time of rest is seen only by what it did.
- A place that a round's load did not reach is not counted as a fault.
`;
};

/** Kinds of faults that these runs did not come to. */
const missingFrom = (rounds: readonly Round[]): string => {
  const missing = KINDS.filter((kind) => !rounds.some((round) => round.kind === kind && round.injected));
  return missing.length === 0 ? '' : `Not injected in these runs: ${missing.join(', ')}.\n`;
};

/** How often each named place was hit, and how often it was waited for in vain. */
const placesOf = (rounds: readonly Round[]): string => {
  const places = new Map<string, { hit: number; missed: number }>();
  for (const { what, injected } of rounds) {
    const place = /at ([a-z.-]+), time/.exec(what)?.[1];
    if (!place) continue;
    const { hit, missed } = places.get(place) ?? { hit: 0, missed: 0 };
    places.set(place, injected ? { hit: hit + 1, missed } : { hit, missed: missed + 1 });
  }
  if (places.size === 0) return '';
  return `Places at which a process was killed: ${[...places]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([place, { hit, missed }]) => `\`${place}\` ${hit}${missed > 0 ? ` (not reached ${missed} times)` : ''}`)
    .join(', ')}.\n`;
};
