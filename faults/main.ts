/** `npm run test:faults`: see `--help`. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OWNERS, SERVICES } from '#libs/local-stack/ports';
import { PLANS } from '#demo/cities/city';
import { ownVersions } from '../bench/report.js';
import { asked, USAGE, type Settings } from './arguments.js';
import type { CheckConfig } from './check/complaint.js';
import { Checking } from './checking.js';
import { prepareTowns } from './city.js';
import { Client } from './client.js';
import { Keeper } from './keeper.js';
import { Ledger } from './ledger.js';
import { TopicEnds, becomeQuiet } from './quiet.js';
import { commandOf, injectedIn, keptOf, lineOf, markdownOf, summaryOf, type Ending, type Report } from './report.js';
import { play, type Round } from './rounds.js';
import { selfTest, type Planted } from './self-test.js';
import { Stores } from './stores.js';
import { FOLDER, startWorld, type World } from './world.js';

process.stdout.on('error', () => undefined); // whoever listened has gone: the run goes on, and its report is kept
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const COMMANDS = join(FOLDER, 'commands.jsonl');
const HEALTH = join(FOLDER, 'health.jsonl');
const MEASURED = join('faults', 'measured');
const REPORT = /^report-.*\.json$/;

const obey = async (args: readonly string[]): Promise<number> => {
  const request = asked(args);
  if (request.does === 'help') say(USAGE);
  if (request.does === 'refuse') process.stderr.write(`test:faults: ${request.why}\n`);
  if (request.does === 'report') writeReport();
  if (request.does === 'run') return run(request);
  return request.does === 'refuse' ? 2 : 0;
};

const run = async (settings: Settings): Promise<number> => {
  mkdirSync(FOLDER, { recursive: true });
  const started = new Date();
  const world = await startWorld(settings.long, say);
  const keeper = new Keeper(world.stack, say);
  const stop = async () => {
    keeper.retire();
    await world.stop();
  };
  const rounds: Round[] = [];
  const planted: Planted[] = [];
  const file = join(FOLDER, `report-${started.toISOString().slice(0, 19).replaceAll(':', '')}-${settings.seed}.json`);
  const report: Report = {
    ...settings,
    asked: settings.rounds,
    started: started.toISOString(),
    jinzai: ownVersions().jinzai,
    disk: world.disk !== undefined,
    rounds,
    planted,
  };
  // After every round: a run that is stopped has its report too.
  const save = (ended?: Ending) => writeFileSync(file, `${JSON.stringify({ ...report, ended }, undefined, 2)}\n`);
  const stopAndLeave = () => {
    save('stopped');
    void stop().finally(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stopAndLeave);
  try {
    await drill(world, keeper, settings, rounds, save);
    keeper.retire();
    planted.push(...(settings.selfTest ? await selfTest(world, checkConfig(world), say) : []));
    save('complete');
  } catch (error) {
    save('broken');
    throw error;
  } finally {
    await stop();
  }
  for (const line of summaryOf(report)) say(line);
  say(`report: ${file}`);
  const held = rounds.every(({ complaints }) => complaints.length === 0) && planted.every(({ seen }) => seen);
  const missing = settings.rounds - injectedIn(rounds);
  if (missing > 0) say(`${missing} of ${settings.rounds} faults did not come about`);
  return held && missing === 0 ? 0 : 1;
};

const drill = async (
  world: World,
  keeper: Keeper,
  settings: Settings,
  rounds: Round[],
  save: () => void,
): Promise<void> => {
  const { stack } = world;
  const { seed, startAt, only, long } = settings;
  const ledger = new Ledger(COMMANDS, HEALTH);
  const stores = new Stores(stack);
  const client = new Client(stack, ledger);
  const towns = await prepareTowns(stack, stores, client, join(FOLDER, 'cities'), settings.staff);
  const ends = new TopicEnds(stack.kafka.brokers);
  const busy = await becomeQuiet(stores, ends, 120_000);
  if (busy !== undefined) throw new Error(`the cities are not loaded: ${busy}`);
  const checking = new Checking(checkConfig(world));
  const { complaints, events } = await checking.look(true);
  if (complaints.length > 0)
    throw new Error(
      `something is wrong before the first fault: ${JSON.stringify(complaints.slice(0, 5), undefined, 1)}`,
    );
  ledger.takeCounts();
  say(`both cities are loaded: ${events} events; seed ${seed}`);
  const scene = { world, keeper, stores, client, ledger, towns, long, seed, only, checking, ends };
  for (let round = startAt; wantsMore(rounds, settings); round++) {
    const last = injectedIn(rounds) + 1 === settings.rounds;
    const played = await play(scene, round, last || round % settings.fullEvery === 0);
    rounds.push(played);
    save();
    say(lineOf(played, seed));
    if (played.complaints.length > 0) keepEvidence(played, settings);
  }
  await Promise.all([checking.stop(), stores.close(), ends.close()]);
};

/** A fault that does not come about is made good by another round, within reason. */
const wantsMore = (rounds: readonly Round[], settings: Settings): boolean =>
  injectedIn(rounds) < settings.rounds && rounds.length < 2 * settings.rounds;

const checkConfig = ({ stack }: World): CheckConfig => {
  return {
    databases: Object.fromEntries(SERVICES.map((service) => [service, stack.postgres.url(service)])),
    brokers: stack.kafka.brokers,
    topics: Object.fromEntries(OWNERS.map((service) => [service, `jinzai.${service}.events`])),
    commandsFile: COMMANDS,
    healthFile: HEALTH,
    cutovers: Object.fromEntries(PLANS.map(({ code }) => [code, cutoverOf(code)])),
  };
};

/** First day on which a city's appointments have effects in other services. */
const cutoverOf = (code: string): string => {
  const packs = join('policies', code, 'cutover');
  const pack = JSON.parse(readFileSync(join(packs, readdirSync(packs)[0]), 'utf8')) as { evaluation: string };
  return pack.evaluation;
};

/** Logs and ledgers as they were when a round did not hold. */
const keepEvidence = (round: Round, settings: Settings): void => {
  const folder = join(FOLDER, `failed-${settings.seed}-${round.round}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(FOLDER, 'stack', 'log'), join(folder, 'log'), { recursive: true });
  for (const file of ['commands.jsonl', 'health.jsonl']) cpSync(join(FOLDER, file), join(folder, file));
  writeFileSync(join(folder, 'round.json'), JSON.stringify(round, undefined, 2));
  for (const { rule, harm, where, what } of round.complaints.slice(0, 12))
    say(`    ${harm} (${rule}) ${where}: ${what}`);
  const again = commandOf({ ...settings, rounds: 1, startAt: round.round, selfTest: false });
  say(`    evidence: ${folder}; again: ${again}`);
};

/** Runs of other days and machines count too: what is kept of them is part of the repository. */
const writeReport = (): void => {
  for (const report of reportsIn(FOLDER)) {
    if (report.jinzai.endsWith('-dirty')) say(`not kept, of files that are in no commit: the run of ${report.started}`);
    else
      writeFileSync(
        join(MEASURED, `report-${report.started.slice(0, 16).replaceAll(':', '')}-${report.seed}.json`),
        keptOf(report),
      );
  }
  const reports = reportsIn(MEASURED);
  if (reports.length === 0) throw new Error(`there is no report in ${FOLDER}: run the drill first`);
  const oldestFirst = reports.toSorted((a, b) => (a.started < b.started ? -1 : 1));
  writeFileSync(join('docs', 'reliability.md'), markdownOf(oldestFirst));
  say('docs/reliability.md is written');
};

const reportsIn = (folder: string): Report[] =>
  !existsSync(folder)
    ? []
    : readdirSync(folder)
        .filter((name) => REPORT.test(name))
        .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report);

obey(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(`test:faults: ${(error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 2_000)}`);
    process.exit(1);
  },
);
