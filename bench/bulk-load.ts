import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { LocalStack } from '#libs/local-stack/stack';
import { Api } from '#demo/api';
import { PLANS, type Plan } from '#demo/cities/city';
import { generateCity, type FileName } from '#demo/cities/generate';
import { figureOf, median, short, type Sample } from './measure.js';
import { caughtUp } from './records.js';
import { checkpoint, newDatabase, query, withStack, type Bench, type Benchmark, type Outcome } from './stand.js';
import { withHelpers } from './tasks.js';

/** Rows of one request, at least: all rows of a person go together. */
const ROWS = 1_000;
const AT_ONCE = 2;
const MEASURED = ['staff', 'personnel-actions', 'leave-ledger'] as const;
const SERVICE = {
  units: 'placement',
  staff: 'placement',
  'personnel-actions': 'placement',
  'leave-ledger': 'wellbeing',
} as const;
type Loaded = keyof typeof SERVICE;

type Piece = Readonly<{ body: Buffer; rows: number }>;

/** A file in pieces of about a thousand rows. */
const pieces = (file: string): Piece[] => {
  const records = parse(readFileSync(file), { bom: true, columns: true }) as Record<string, string>[];
  const people = new Map<string, Record<string, string>[]>();
  for (const record of records) {
    const own = people.get(record['職員番号']);
    if (own) own.push(record);
    else people.set(record['職員番号'], [record]);
  }
  const gathered: Record<string, string>[][] = [[]];
  for (const own of people.values()) {
    if (gathered[gathered.length - 1].length >= ROWS) gathered.push([]);
    gathered[gathered.length - 1].push(...own);
  }
  return gathered.map((rows) => ({ body: Buffer.from(stringify(rows, { header: true })), rows: rows.length }));
};

type Loading = Readonly<{ rows: number; ms: number }>;

const loadFile = async (api: Api, name: Loaded, parts: readonly Piece[]): Promise<Loading> => {
  const left = [...parts.entries()];
  const started = performance.now();
  const drive = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [index, { body, rows }] = next;
      const path = `/imports/${name}`;
      const { accepted } = await api.post<{ accepted: number }>('hr', SERVICE[name], path, body, `${name}-${index}`);
      if (accepted !== rows) throw new Error(`${name}: ${accepted} of ${rows} rows`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drive));
  return { rows: parts.reduce((sum, { rows }) => sum + rows, 0), ms: performance.now() - started };
};

/** Wellbeing has read what placement has published: else its import would wait for it. */
const known = async (stack: LocalStack): Promise<void> => {
  await caughtUp(stack.databaseUrl('placement'));
  const [{ published }] = await query<{ published: number }>(
    stack.databaseUrl('placement'),
    'SELECT sum(value::int)::int AS published FROM relay_progress, jsonb_each_text(offsets)',
  );
  for (;;) {
    const [{ taken }] = await query<{ taken: number | null }>(
      stack.databaseUrl('wellbeing'),
      `SELECT sum(next_offset)::int AS taken FROM consumer_offsets WHERE topic = 'jinzai.placement.events'`,
    );
    if ((taken ?? 0) >= published) return;
    await pause(100);
  }
};

type City = Readonly<{ plan: Plan; files: Readonly<Record<FileName, string>> }>;

const load = async (stack: LocalStack, { plan, files }: City): Promise<Record<string, Loading>> => {
  const api = new Api(stack, 0);
  api.register('hr', { municipality: plan.code, roles: ['hr'] });
  const units = { body: readFileSync(files.units), rows: parse(readFileSync(files.units), { bom: true }).length - 1 };
  await loadFile(api, 'units', [units]);
  const loaded: Record<string, Loading> = {};
  for (const name of MEASURED) {
    if (SERVICE[name] === 'wellbeing') await known(stack);
    await checkpoint(stack.postgres);
    loaded[name] = await loadFile(api, name, pieces(files[name]));
  }
  return loaded;
};

const totals = (loaded: Readonly<Record<string, Loading>>): Loading =>
  Object.values(loaded).reduce((sum, { rows, ms }) => ({ rows: sum.rows + rows, ms: sum.ms + ms }), { rows: 0, ms: 0 });

const run = async ({ rounds, quick, log }: Bench): Promise<Outcome> => {
  const plan = { ...PLANS[1], headcount: quick ? 250 : PLANS[1].headcount };
  const folder = 'var/bench-city';
  const files = generateCity(plan, 'policies', folder);
  const [ours, copies]: Sample[][] = [[], []];
  const seen: Record<string, Loading>[] = [];
  for (let round = 1; round <= rounds; round++) {
    await withStack(['placement', 'wellbeing'], (stack) =>
      withHelpers(async (start) => {
        const loaded = await load(stack, { plan, files });
        const { rows, ms } = totals(loaded);
        seen.push(loaded);
        ours.push({ value: (rows / ms) * 1000 });
        const url = await newDatabase(stack.postgres, 'copied');
        await start('dist/bench/append-helper.js').ask('migrate', { url });
        await checkpoint(stack.postgres);
        copies.push(await start('bench/references/copy.mjs').ask<Sample>('copy', { url, count: rows }));
      }),
    );
    log(`round ${round}: ${short(ours[round - 1].value)} rows a second, COPY ${short(copies[round - 1].value)}`);
  }
  rmSync(folder, { recursive: true, force: true });
  return {
    figures: [figureOf('bulk.load', 'rows/s', ours, { name: 'COPY of bare events from Node', samples: copies })],
    notes: [
      `The files of a city of ${plan.headcount.toLocaleString('en-US')} staff, made by the demo's generator, each round into an empty city; CSV in pieces of ${ROWS.toLocaleString('en-US')} rows, ${AT_ONCE} requests at once.`,
      '',
      '| file | rows | rows a second |',
      '|---|---|---|',
      ...MEASURED.map((name) => {
        const rate = median(seen.map((loaded) => (loaded[name].rows / loaded[name].ms) * 1000));
        return `| ${name} | ${seen[0][name].rows.toLocaleString('en-US')} | ${short(rate)} |`;
      }),
    ],
  };
};

export const bulkLoad: Benchmark = { name: 'Loading a city through HTTP', ids: ['bulk.load'], run };
