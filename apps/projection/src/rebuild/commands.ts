import { parseArgs } from 'node:util';
import { Database } from '#libs/event-store/database';
import { OwnError } from '#libs/event-store/own-error';
import { KafkajsPort } from '#libs/messaging/kafkajs-port';
import type { KafkaPort } from '#libs/messaging/kafka-port';
import { isUnavailable, reasonOf } from '#libs/messaging/unavailable';
import { table } from '#libs/operator/table';
import { Config } from '#libs/platform/config';
import { groupOf, missing } from '#libs/platform/messaging-wiring';
import { ServiceClient } from '#libs/platform/service-client';
import { Policies } from '#libs/policy/pack';
import { DEFINITIONS } from '../definitions.js';
import { SUBJECTS } from '../subjects.js';
import type { FetchMissing } from './bulk-intake.js';
import type { Progress } from './progress.js';
import { Rebuild, type Comparison } from './rebuild.js';

export const HELP = `npm run jinzai -- rebuild <command> [options]

  start <all|subject>     makes a new version of the facts beside the live one and fills it from the beginning of the
                          topics; goes on with one that was broken off. Subjects share the staff facts: the version is
                          made as a whole, whichever subject is named
  progress                versions, events read, events a second, seconds left
  compare [subject]       compares it with the live one table by table, recorded intervals included
  switch [--different]    reads it in place of the live one, which goes on being filled; refused where they were found to
                          differ, unless they have to
  back                    reads again what was read before the switch
  cancel                  drops the version beside the live one: half filled, unwanted, or left after a switch
  run <all|subject>       start, compare and, where nothing differs, switch (npm run rebuild -- <all|subject>)

  --json   prints one JSON value instead of a table
  --help   prints this

DATABASE_URL names the database of projection; start and run also need KAFKA_BROKERS and read POLICIES_DIR (policies).
Where a topic lacks events they are fetched from the service, which needs the settings projection itself runs with.
Subjects: ${SUBJECTS.map(({ name }) => name).join(', ')}.

Exit status: 0 done, 1 the versions differ, 2 wrong usage, 3 something is away, 4 refused or failed.`;

export type Surroundings = Readonly<{
  env: Readonly<Record<string, string | undefined>>;
  out: (text: string) => void;
  err: (text: string) => void;
}>;

class Usage extends OwnError {}

type Answer = Readonly<{ value: unknown; text: string; ok?: boolean }>;
type Call = Readonly<{ rebuild: Rebuild; subject?: string; different: boolean; surroundings: Surroundings }>;

const OPTIONS = { different: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } } as const;

/** Runs one command and answers the exit status. */
export const run = async (argv: readonly string[], surroundings: Surroundings): Promise<number> => {
  const { env, out, err } = surroundings;
  try {
    const { values, positionals } = parsed(argv);
    if (values.help || positionals.length === 0) {
      out(HELP);
      return values.help ? 0 : 2;
    }
    const [name, subject] = positionals;
    const command = COMMANDS[name];
    if (!command || positionals.length > 2) throw new Usage(`no such command: rebuild ${positionals.join(' ')}`);
    const call = { subject: subjectOf(name, subject), different: values.different ?? false, surroundings };
    const { value, text, ok = true } = await onDatabase(env, (rebuild) => command({ ...call, rebuild }));
    out(values.json ? JSON.stringify(value, null, 2) : text);
    return ok ? 0 : 1;
  } catch (error) {
    err(error instanceof OwnError ? error.message : reasonOf(error));
    if (error instanceof Usage) return 2;
    return isUnavailable(error) ? 3 : 4;
  }
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : String(error));
  }
};

/** The subject a command is limited to; undefined for all. */
const subjectOf = (command: string, subject: string | undefined): string | undefined => {
  const names = SUBJECTS.map(({ name }) => name);
  const given = subject?.replaceAll('-', '_');
  if (given === undefined && ['start', 'run'].includes(command))
    throw new Usage(`rebuild ${command} what? all, ${names.join(', ')}`);
  if (given !== undefined && !['all', ...names].includes(given)) throw new Usage(`no such subject: ${subject}`);
  return given === 'all' ? undefined : given;
};

const onDatabase = async (env: Surroundings['env'], work: (rebuild: Rebuild) => Promise<Answer>): Promise<Answer> => {
  const database = await Database.open(required(env, 'DATABASE_URL'), [], 5);
  try {
    return await work(new Rebuild({ pool: database.pool, definitions: DEFINITIONS, group: groupOf('projection') }));
  } finally {
    await database.close();
  }
};

const COMMANDS: Readonly<Record<string, (call: Call) => Promise<Answer>>> = {
  start: async ({ rebuild, surroundings }) => {
    const version = await start(rebuild, surroundings);
    return { value: { version }, text: `${version} is filled, and is filled on: compare it` };
  },
  progress: async ({ rebuild }) => {
    const [versions, progress] = [await rebuild.versions(), await rebuild.progress()];
    const left = progress && progress.phase !== 'filled' && !progress.underWay ? [leftBehind(progress.version)] : [];
    const text = [table(versions), ...(progress ? [table([progress])] : []), ...left].join('\n\n');
    return { value: { versions, progress: progress ?? null }, text };
  },
  compare: async ({ rebuild, subject }) => compared(await rebuild.compare(subject)),
  switch: async ({ rebuild, different }) => switched(await rebuild.switch(different)),
  back: async ({ rebuild }) => switched(await rebuild.back()),
  cancel: async ({ rebuild }) => {
    const dropped = await rebuild.cancel();
    return { value: { dropped }, text: `${dropped} is dropped` };
  },
  run: async ({ rebuild, different, surroundings }) => {
    const version = await start(rebuild, surroundings);
    const comparison = await rebuild.compare();
    const { text, ok } = compared(comparison);
    if (!ok && !different) return { value: { version, comparison, switched: false }, text, ok };
    await rebuild.switch(different);
    return { value: { version, comparison, switched: true }, text: `${text}\n\n${version} is read now` };
  },
};

const compared = (comparison: Comparison): Answer => {
  const { live, beside, equal, tables } = comparison;
  const verdict = `${live} and ${beside} ${equal ? 'hold the same' : 'differ'}`;
  return { value: comparison, text: `${table(tables)}\n\n${verdict}`, ok: equal };
};

const switched = (live: string): Answer => ({ value: { live }, text: `${live} is read now` });

const leftBehind = (version: string): string =>
  `${version} is half filled, and nobody fills it: "rebuild run" or "start" goes on with it, "cancel" drops it`;

const start = async (rebuild: Rebuild, { env, err }: Surroundings): Promise<string> => {
  const brokers = required(env, 'KAFKA_BROKERS').split(',');
  const policies = Policies.load(env.POLICIES_DIR ?? 'policies');
  const kafka: KafkaPort = new KafkajsPort({ brokers, clientId: 'projection-rebuild' });
  const interrupted = async () => {
    const beside = (await rebuild.versions().catch(() => [])).find(({ state }) => state === 'filling');
    if (beside) err(leftBehind(beside.name));
    process.exit(130);
  };
  const onInterrupt = () => void interrupted();
  process.once('SIGINT', onInterrupt);
  try {
    return await rebuild.start({ kafka, policies, fetchMissing: fetchBy(env), onProgress: teller(err) });
  } finally {
    process.off('SIGINT', onInterrupt);
    await kafka.close();
  }
};

/** Its settings are only looked at when a topic lacks something. */
const fetchBy = (env: Surroundings['env']): FetchMissing => {
  let client: ServiceClient | undefined;
  return (service, stream, after) => {
    client ??= new ServiceClient(Config.fromEnv('projection', env));
    return missing(client, service, stream, after);
  };
};

const SAY_EVERY_MS = 2_000;

const teller = (say: (line: string) => void) => {
  let said: { phase?: string; at: number } = { at: 0 };
  return ({ version, phase, events, total, perSecond, secondsLeft, backlog }: Progress): void => {
    if (said.phase === phase && performance.now() - said.at < SAY_EVERY_MS) return;
    said = { phase, at: performance.now() };
    const rate = perSecond === null ? '' : `, ${Math.round(perSecond)} a second`;
    const left = phase === 'reading' && secondsLeft !== null ? `, ${secondsLeft} s left` : '';
    say(
      `${version} ${phase}: ${events} of ${total} events${rate}${left}${backlog > 0 ? `, ${backlog} batches behind` : ''}`,
    );
  };
};

const required = (env: Surroundings['env'], name: string): string => {
  const value = env[name];
  if (!value) throw new Usage(`${name} is missing`);
  return value;
};
