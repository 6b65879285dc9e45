/**
 * `npm run demo`: both cities on this machine. Stays until Ctrl-C; with `--check` it examines what it shows, stops
 * everything and exits 0 or 1.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { alreadyRunning, claim, endStale } from '#libs/local-stack/child';
import { portsFrom, SERVICES, type Service } from '#libs/local-stack/ports';
import { wipePostgres } from '#libs/local-stack/postgres';
import { startReaper } from '#libs/local-stack/reaper';
import { LocalStack } from '#libs/local-stack/stack';
import { SystemClock } from '#libs/processes/clock';
import { Api } from './api.js';
import { asked, USAGE, type Asked } from './arguments.js';
import { analystUrl } from './check-other-city.js';
import { check, type Shown } from './check.js';
import { City, PLANS, type Plan } from './cities/city.js';
import { generateCity } from './cities/generate.js';
import { askFigures, lineOf, pathOf, type Figure } from './figures.js';
import { FirstMonths, joinersOf, type Accounts } from './first-months.js';
import { applicantsOf, LiveCohort, type CohortPlace } from './live-cohort.js';
import { cityFiles, loadCity } from './load-city.js';
import { ProgressBars } from './progress.js';

const FOLDER = join('var', 'demo');
const POLICIES = 'policies';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Run = Extract<Asked, { does: 'run' }>;

const obey = async (args: readonly string[]): Promise<number> => {
  const request = asked(args, process.env.JINZAI_PORT_BASE);
  if (request.does === 'run') return run(request);
  if (request.does === 'refuse') process.stderr.write(`demo: ${request.why}\n`);
  else say(USAGE);
  return request.does === 'refuse' ? 2 : 0;
};

const run = async ({ fresh, check: checking, portBase }: Run): Promise<number> => {
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  const lock = join(FOLDER, 'demo.pid');
  const other = alreadyRunning(lock);
  if (other) throw new Error(`the demo is already running (process ${other}); stop it with Ctrl-C first`);
  if (fresh) await wipe();
  mkdirSync(FOLDER, { recursive: true });
  claim(lock);
  startReaper(FOLDER, false);
  try {
    return await present(checking, portBase, seconds);
  } finally {
    rmSync(lock, { force: true });
  }
};

const present = async (checking: boolean, portBase: number, seconds: () => string): Promise<number> => {
  for (const plan of PLANS) prepareFiles(plan);
  const stack = await startStoppable(portBase, seconds);
  try {
    stack.supervise(say);
    const api = new Api(stack);
    for (const { code } of PLANS)
      for (const [role, roles] of Object.entries(ROLES)) api.register(`${code}-${role}`, { municipality: code, roles });
    const bars = new ProgressBars();
    const shown = await Promise.all(PLANS.map((plan) => bring(stack, api, plan, bars, checking)));
    bars.stop();
    for (const city of shown) await print(stack, api, city);
    say(`\nready after ${seconds()} s; data is kept in ${FOLDER}`);
    if (checking) return (await check(stack, api, shown, say)) ? 0 : 1;
    say('Ctrl-C stops everything');
    await new Promise((forever) => process.once('beforeExit', forever));
    return 0;
  } finally {
    await stack.stop();
  }
};

const ROLES = { hr: ['hr'], recruiter: ['recruiter'], analyst: ['analyst'], it: ['it'] } as const;

const wipe = async (): Promise<void> => {
  const log = join(FOLDER, 'log');
  for (const name of [...SERVICES, 'oidc', 'kafka']) await endStale(join(log, `${name}.log.pid`));
  await endStale(join(log, 'postgres.log.pid'), 10_000, 'SIGINT');
  wipePostgres(join(FOLDER, 'postgres'));
  rmSync(FOLDER, { recursive: true, force: true });
};

/** Files are made once: with other packs they would differ, and no longer be those that were loaded. */
const prepareFiles = (plan: Plan): void => {
  const folder = join(FOLDER, 'cities', plan.code);
  if (!Object.values(cityFiles(folder)).every(existsSync)) generateCity(plan, POLICIES, folder);
};

/** From here on Ctrl-C stops everything in order, also while it is still starting. */
const startStoppable = async (portBase: number, seconds: () => string): Promise<LocalStack> => {
  const options = {
    folder: FOLDER,
    ports: portsFrom(portBase),
    durable: true,
    municipalities: PLANS.map(({ code }) => code),
  };
  const starting = LocalStack.start(options, (line) => say(`${line}, ${seconds()} s since the start`));
  let asked = false;
  const stop = () => {
    if (asked) return;
    asked = true;
    say('\nstopping …');
    starting
      .then((stack) => stack.stop())
      .catch(() => undefined)
      .finally(() => {
        rmSync(join(FOLDER, 'demo.pid'), { force: true });
        process.exit(130);
      });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return starting;
};

/**
 * Loads a city, lets its cohort go through, and asks for the figures once everything has arrived. A check asks for them
 * as known when the load was complete: what somebody did by hand since then is not in the files.
 */
const bring = async (
  stack: LocalStack,
  api: Api,
  plan: Plan,
  bars: ProgressBars,
  checking: boolean,
): Promise<Shown> => {
  const folder = join(FOLDER, 'cities', plan.code);
  const files = cityFiles(folder);
  const place = cohortPlace(plan);
  const complete = join(folder, 'complete');
  const accounts = join(folder, 'accounts.json');
  const loaded = existsSync(complete);
  if (!loaded) {
    await loadCity(api, plan, files, bars);
    const hired = await new LiveCohort(api, plan, place).run(bars);
    await appointed(stack, plan.code, place.joinsOn, hired.length);
  }
  if (!existsSync(accounts))
    writeFileSync(accounts, JSON.stringify(await new FirstMonths(api, new City(plan, POLICIES), place).run(bars)));
  if (!loaded) writeFileSync(complete, await databaseNow(stack));
  // The OIDC provider knows only what this run tells it.
  const given = JSON.parse(readFileSync(accounts, 'utf8')) as Accounts;
  for (const [id, account] of Object.entries(given)) api.register(id, account);
  const knownAt = checking ? readFileSync(complete, 'utf8') : await databaseNow(stack);
  const figures = await askFigures(api, plan.code, place.joinsOn, knownAt);
  const joined = { on: place.joinsOn, people: joinersOf(plan, place.joinsOn) };
  return { plan, files, figures, joined, applicants: applicantsOf(plan) };
};

/** Where and when the cohort joins: decided on the first run and kept, so that a later run repeats the same requests. */
const cohortPlace = (plan: Plan): CohortPlace => {
  const file = join(FOLDER, 'cities', plan.code, 'cohort.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as CohortPlace;
  const joinsOn = new SystemClock().today();
  const city = new City(plan, POLICIES);
  const [position] = city.ladder.slice(1);
  const place = { unitId: city.leavesOn(joinsOn)[0].code, position: position.code, grade: position.grades[0], joinsOn };
  writeFileSync(file, JSON.stringify(place));
  return place;
};

/** Placement has appointed the cohort and the city's analyst can see it. */
const appointed = async (stack: LocalStack, city: string, joinsOn: string, people: number): Promise<void> => {
  const deadline = performance.now() + 300_000;
  for (;;) {
    const seen = await newEmployments(stack, city, joinsOn).catch(() => 0);
    if (seen >= people) return;
    if (performance.now() > deadline) throw new Error(`${city}: ${seen} of ${people} hires have reached analytics`);
    await new Promise((later) => setTimeout(later, 100));
  }
};

const newEmployments = async (stack: LocalStack, city: string, joinsOn: string): Promise<number> => {
  const client = new Client({ connectionString: analystUrl(stack, city) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ n: number }>(
      'SELECT count(DISTINCT employment_id)::int AS n FROM analytics.employment WHERE hired_on = $1',
      [joinsOn],
    );
    return rows[0].n;
  } finally {
    await client.end();
  }
};

/** The clock that records events. */
const databaseNow = async (stack: LocalStack): Promise<string> => {
  const client = new Client({ connectionString: stack.databaseUrl('placement') });
  await client.connect();
  try {
    const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    return rows[0].now.toISOString();
  } finally {
    await client.end();
  }
};

const SQL_EXAMPLES = [
  ['retention', 'sep.rate'],
  ['leave_uptake', 'al.avg_days'],
  ['training_coverage', 'train.rate'],
] as const;

/** Accounts with which a reader can try the steps of each part, and something each of them may look at. */
const SIGN_INS: readonly { role: string; account: string; look: readonly [Service, string] }[] = [
  { role: 'HR', account: 'hr', look: ['placement', '/staff?limit=3'] },
  { role: 'staff', account: 'live-0', look: ['wellbeing', '/leave-requests'] },
  { role: 'manager (of that staff)', account: 'head', look: ['wellbeing', '/leave-requests?toDecide=true'] },
  { role: 'evaluator', account: 'first-evaluator', look: ['evaluation', '/evaluations'] },
  { role: 'second evaluator', account: 'second-evaluator', look: ['evaluation', '/evaluations'] },
  { role: 'training officer', account: 'training-officer', look: ['training', '/sessions?limit=3'] },
];

const print = async (stack: LocalStack, api: Api, { plan, figures }: Shown): Promise<void> => {
  const { code, name } = plan;
  const [first]: readonly Figure[] = figures;
  say(`\n■ ${name} (${code})`);
  for (const figure of figures) {
    say(`  ${figure.title}  [/projection${pathOf(figure)}]`);
    for (const row of figure.rows) say(`    ${lineOf(figure.metric, row)}`);
  }
  for (const [subject, metric] of SQL_EXAMPLES)
    say(
      `  SQL:  psql "${analystUrl(stack, code)}" -c "SELECT * FROM analytics.${subject} WHERE metric_id = '${metric}' AND fiscal_year = 2025"`,
    );
  const url = stack.url('projection') + pathOf(first);
  say(`  HTTP: curl -H "Authorization: Bearer ${await api.token(`${code}-analyst`)}" "${url}"`);
  for (const {
    role,
    account,
    look: [service, path],
  } of SIGN_INS) {
    say(`  As ${role}: TOKEN=$(${api.signIn(`${code}-${account}`)})`);
    say(`      curl -H "Authorization: Bearer $TOKEN" "${stack.url(service)}${path}"`);
  }
  say(
    `  As IT: DATABASE_URL='${stack.databaseUrl('placement')}' npm run jinzai -- chain verify --municipality ${code}`,
  );
  if (plan !== PLANS[PLANS.length - 1]) return;
  const projection = `DATABASE_URL='${stack.databaseUrl('projection')}' KAFKA_BROKERS=${stack.kafka.brokers}`;
  say(`  As IT: ${projection} npm run rebuild -- all`);
  for (const service of SERVICES) say(`  API:  ${stack.url(service)}/docs`);
};

obey(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(`demo: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
