/** `npm run test:endurance`: see `--help`. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { SERVICES, type Service } from '#libs/local-stack/ports';
import type { LocalStack } from '#libs/local-stack/stack';
import { withStack } from '../../bench/stand.js';
import { withHelpers } from '../../bench/tasks.js';
import { Client } from '../client.js';
import { Ledger } from '../ledger.js';
import { becomeQuiet, TopicEnds } from '../quiet.js';
import { Stores } from '../stores.js';
import { asked, USAGE, type Settings } from './arguments.js';
import type { Outcome, Phase, Preparation } from './generator.js';
import { preparePeople } from './people.js';
import { keep, writeDocument } from './report.js';
import { verdictsOn, type Findings } from './verdicts.js';
import { logged, Watch } from './watch.js';

const FOLDER = join('var', 'endurance');
const CONNECTIONS = 64;
const CAPACITY_SECONDS = 20;
const OVERLOAD_SECONDS = 60;
const RECOVERY_SECONDS = 30;
const QUIET_MS = 180_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const obey = async (args: readonly string[]): Promise<number> => {
  const request = asked(args);
  if (request.does === 'help') say(USAGE);
  if (request.does === 'refuse') process.stderr.write(`test:endurance: ${request.why}\n`);
  if (request.does === 'report') writeDocument();
  if (request.does === 'run') return run(request);
  return request.does === 'refuse' ? 2 : 0;
};

const run = async (settings: Settings): Promise<number> => {
  const started = new Date().toISOString();
  mkdirSync(FOLDER, { recursive: true });
  const planting = `--import ${pathToFileURL(resolve('dist/faults/endurance/plant.js')).href}`;
  const busyAfter = settings.busyAfter ?? (settings.plant ? 600_000 : undefined);
  const serviceEnv = {
    ...(settings.plant && { NODE_OPTIONS: planting }),
    ...(busyAfter !== undefined && { BUSY_AFTER_MS: String(busyAfter) }),
  };
  const folder = join(FOLDER, 'stack');
  const found = await withStack(SERVICES, (stack) => drill(stack, folder, settings), { folder, serviceEnv });
  const verdicts = verdictsOn(found, 2 * found.capacity.perSecond);
  keep({ started, settings, ...found, verdicts });
  for (const { what, holds, found: seen } of verdicts) say(`${holds ? '✓' : '✗'} ${what}: ${seen}`);
  for (const line of [...found.logged.examples, ...found.steady.examples, ...found.overload.examples]) say(`  ${line}`);
  const asItShould = settings.plant
    ? verdicts.every(({ holds, plantable }) => !plantable || !holds)
    : verdicts.every(({ holds }) => holds);
  return asItShould ? 0 : 1;
};

const drill = async (stack: LocalStack, folder: string, settings: Settings): Promise<Findings> => {
  const stores = new Stores(stack);
  const ends = new TopicEnds(stack.kafka.brokers);
  const client = new Client(stack, new Ledger(join(FOLDER, 'commands.jsonl'), join(FOLDER, 'health.jsonl')));
  const people = await preparePeople(stack, stores, client, join(FOLDER, 'cities'), settings);
  const atRest = async (): Promise<number | string> => {
    const began = performance.now();
    return (await becomeQuiet(stores, ends, QUIET_MS)) ?? performance.now() - began;
  };
  const origins = Object.fromEntries(SERVICES.map((service) => [service, new URL(stack.url(service)).origin]));
  const preparation: Preparation = { origins: origins as Record<Service, string>, people };
  try {
    return await withHelpers(async (start) => {
      const generator = start('dist/faults/endurance/generator.js');
      await generator.ask('prepare', preparation);
      const open = (...phases: Phase[]) => generator.ask<Outcome[]>('open', { phases });
      const told = (what: string, outcome: Outcome): Outcome => {
        say(`${what}: ${spoken(outcome)}`);
        return outcome;
      };
      say(`prepared; at rest: ${await atRest()}`);
      const since = new Date().toISOString();
      const asking = { concurrency: CONNECTIONS, seconds: CAPACITY_SECONDS, warmUp: CAPACITY_SECONDS / 2 };
      const capacity = told('capacity', await generator.ask<Outcome>('closed', asking));
      await atRest();
      const half = capacity.perSecond / 2;
      const seconds = settings.minutes * 60;
      const watch = new Watch(stack, stores, settings.minutes < 10 ? 1_000 : 5_000);
      const [steady] = await open({ perSecond: half, seconds, warmUp: seconds / 4 });
      told('half of it', steady);
      await watch.stop();
      const quietAfterSteady = await atRest();
      const [overload, recovery] = await open(
        { perSecond: 2 * capacity.perSecond, seconds: OVERLOAD_SECONDS, warmUp: 0 },
        { perSecond: half, seconds: RECOVERY_SECONDS, warmUp: 0 },
      );
      told('twice', overload);
      told('half again', recovery);
      const quiet = { steady: quietAfterSteady, end: await atRest() };
      await generator.ask('close');
      await pause(1_000); // logs are written behind
      const { samples, missed } = watch;
      const looks = { samples, missed, replaced: watch.replaced(), logged: await logged(folder, since) };
      return { capacity, steady, overload, recovery, quiet, ...looks };
    });
  } finally {
    await Promise.all([stores.close(), ends.close()]);
  }
};

const spoken = ({ perSecond, accepted, refused, others, p50, p99, max, lateP99, connections }: Outcome): string =>
  `${perSecond} a second, ${accepted} accepted, ${refused} refused, ${others} others, p50 ${p50} ms, p99 ${p99} ms, max ${max} ms, sent ${lateP99} ms late (p99), ${connections} connections`;

obey(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(`test:endurance: ${(error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 2_000)}`);
    process.exit(1);
  },
);
