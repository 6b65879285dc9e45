/** `npm run bench`: see `--help`. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { appends } from './appends.js';
import { bulkLoad } from './bulk-load.js';
import { commands } from './commands.js';
import { growth } from './growth.js';
import { memory } from './memory.js';
import { visible } from './visible.js';
import { rebuild } from './rebuild.js';
import { national } from './national.js';
import { keep, versions, writeResults } from './report.js';
import type { Benchmark } from './stand.js';

const BENCHMARKS: readonly Benchmark[] = [
  ...appends,
  commands,
  bulkLoad,
  rebuild,
  ...visible,
  growth,
  national,
  memory,
];
const REFERENCES = 'bench/references';

const USAGE = `npm run bench -- [options]

  --only ID,…   only these figures, or all that begin so: append, visible.20
  --rounds N    rounds of each measurement, in turns with its reference (3)
  --quick       smaller sizes and shorter measurements, to see whether it works
  --report      writes the results anew from bench/measured and remarks.md, and measures nothing
  --help

Keeps what it measured in bench/measured and writes bench/results.json and bench/results.md. Exit status 0, 1 when
something could not be measured or was asked for wrongly.`;

const stop = (line: string): never => {
  console.error(line);
  process.exit(1);
};

const chosen = (only: string | undefined): ReadonlySet<string> => {
  const all = BENCHMARKS.flatMap(({ ids }) => ids);
  const asked = only?.split(',') ?? all;
  const wanted = all.filter((id) => asked.some((one) => id === one || id.startsWith(`${one}.`)));
  const unknown = asked.filter((one) => !wanted.some((id) => id === one || id.startsWith(`${one}.`)));
  if (unknown.length > 0) stop(`no such figure: ${unknown.join(', ')}; there are ${all.join(', ')}`);
  return new Set(wanted);
};

const installReferences = (): void => {
  if (existsSync(`${REFERENCES}/node_modules/.package-lock.json`)) return;
  const args = ['ci', '--prefix', REFERENCES, '--no-audit', '--no-fund', '--loglevel=error'];
  if (spawnSync('npm', args, { stdio: ['ignore', 2, 2] }).status !== 0) stop('npm ci of the references failed');
};

const OPTIONS = {
  only: { type: 'string' },
  rounds: { type: 'string', default: '3' },
  quick: { type: 'boolean', default: false },
  report: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const asked = () => {
  try {
    return parseArgs({ options: OPTIONS, strict: true }).values;
  } catch (error) {
    return stop(`bench: ${(error as Error).message}`);
  }
};

const order = BENCHMARKS.map(({ name }) => name);
const values = asked();
if (values.help || values.report) {
  if (values.help) console.error(USAGE);
  else writeResults(order);
  process.exit(0);
}
const wanted = chosen(values.only);
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) stop('--rounds takes a whole number above 0');
installReferences();

for (const { name, run } of BENCHMARKS.filter(({ ids }) => ids.some((id) => wanted.has(id)))) {
  console.error(name);
  const log = (line: string) => console.error(`  ${line}`);
  try {
    const outcome = await run({ rounds, quick: values.quick, log });
    const on = new Date().toISOString().slice(0, 10);
    keep(order, { name, on, rounds, quick: values.quick, versions: versions(), ...outcome });
  } catch (error) {
    process.exitCode = 1; // the others are measured all the same
    log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
