import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalPostgres } from '#libs/local-stack/postgres';
import { costing } from './cpu.js';
import { figureOf, interleaved, tableOf, type Sample } from './measure.js';
import { CITY, entered, METADATA } from './samples.js';
import { checkpoint, newDatabase, withPostgres, type Bench, type Benchmark, type Outcome } from './stand.js';
import { EMMETT, withHelpers, type Helper } from './tasks.js';

const CONCURRENCIES = [1, 8, 64, 256] as const;
const INSERT = 'append.c64.insert';
const WARM_UP_SECONDS = 4;

/** One row as the store writes it, with version-7 ids like the store's. */
const PGBENCH = `INSERT INTO events (municipality, stream, version, id, type, schema_version, data, metadata, request_id,
  fingerprint, ordinal, slice) VALUES ('${CITY}', 'entries-${CITY}/' || uuidv7()::text, 1, uuidv7(), 'Entered', 1,
  '${JSON.stringify(entered('0197a0c2-7d1e-7c11-9a35-5f0c8a5e2f6f').data)}', '${JSON.stringify(METADATA)}',
  uuidv7()::text, 'f', 0, 7);\n`;

const hasPgbench = (): boolean => spawnSync('pgbench', ['--version']).status === 0;

/** One prepared single-row INSERT from 64 clients: what Postgres does when nothing is decided. */
const pgbench = (url: string, script: string, seconds: number): Sample => {
  const args = ['-n', '-M', 'prepared', '-c', '64', '-j', '2', '-T', String(seconds), '-f', script, url];
  const { stdout, stderr, status } = spawnSync('pgbench', args, { encoding: 'utf8' });
  const tps = Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1]);
  if (status !== 0 || Number.isNaN(tps)) throw new Error(`pgbench: ${stderr}`);
  return { value: tps };
};

const run = (concurrency: number, bench: Bench): Promise<Outcome> =>
  withPostgres((postgres) => withHelpers((start) => measure(concurrency, bench, postgres, start)));

const measure = async (
  concurrency: number,
  { rounds, quick, log }: Bench,
  postgres: LocalPostgres,
  start: (file: string) => Helper,
): Promise<Outcome> => {
  const seconds = quick ? 3 : 8;
  const [jinzai, emmett] = [start('dist/bench/append-helper.js'), start(EMMETT)];
  const [ownUrl, emmettUrl, insertUrl] = [
    await newDatabase(postgres, 'own'),
    await newDatabase(postgres, 'emmett'),
    await newDatabase(postgres, 'inserts'),
  ];
  for (const url of [ownUrl, insertUrl]) await jinzai.ask('migrate', { url });
  await emmett.ask('migrate', { url: emmettUrl });
  const script = join('var/bench', 'insert.sql');
  writeFileSync(script, PGBENCH);
  const measured = async (helper: Helper, argument: object, time = seconds) => {
    await checkpoint(postgres);
    return costing({ Node: helper.pid, Postgres: postgres.pid }, () =>
      helper.ask<Sample>('append', { concurrency, seconds: time, ...argument }),
    );
  };
  const plain = { url: ownUrl, sealed: false };
  const sealed = { url: ownUrl, sealed: true };
  await measured(jinzai, plain, WARM_UP_SECONDS);
  await measured(jinzai, sealed, WARM_UP_SECONDS);
  await measured(emmett, { url: emmettUrl }, WARM_UP_SECONDS);

  const withInsert = concurrency === 64 && hasPgbench();
  const contenders: Record<string, () => Promise<Sample>> = {
    plain: () => measured(jinzai, plain),
    emmett: () => measured(emmett, { url: emmettUrl }),
    sealed: () => measured(jinzai, sealed),
  };
  if (withInsert) {
    contenders.insert = async () => {
      await checkpoint(postgres);
      return pgbench(insertUrl, script, seconds);
    };
  }
  const samples = await interleaved(rounds, contenders, log);
  const id = `append.c${concurrency}`;
  const reference = { name: 'Emmett', samples: samples.emmett };
  const figures = [
    figureOf(id, 'appends/s', samples.plain, reference),
    figureOf(`${id}.sealed`, 'appends/s', samples.sealed, reference),
  ];
  if (withInsert) {
    const insert = { name: 'pgbench, one prepared INSERT', samples: samples.insert };
    figures.push(figureOf(INSERT, 'appends/s', samples.plain, insert));
  }
  const notes = tableOf(samples, 'appends a second');
  if (concurrency === 64 && !withInsert) notes.push('', `\`${INSERT}\` was not measured: pgbench is not installed.`);
  return { figures, notes };
};

export const appends: readonly Benchmark[] = CONCURRENCIES.map((concurrency) => ({
  name: `Appends through the store, ${concurrency} at once`,
  ids: [`append.c${concurrency}`, ...(concurrency === 64 ? [INSERT] : [])],
  run: (bench) => run(concurrency, bench),
}));
