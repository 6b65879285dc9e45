import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePorts } from '#libs/local-stack/child';
import { freeStackPorts, type Service } from '#libs/local-stack/ports';
import { LocalPostgres } from '#libs/local-stack/postgres';
import { startReaper } from '#libs/local-stack/reaper';
import { LocalStack } from '#libs/local-stack/stack';
import type { Figure } from './measure.js';

/** What a benchmark is given. */
export type Bench = Readonly<{
  rounds: number;
  /** Smaller tables and shorter measurements, marked as such in the results. */
  quick: boolean;
  log: (line: string) => void;
}>;

/** What it gives back; `notes` are lines of Markdown on sizes, percentiles and the like. */
export type Outcome = Readonly<{ figures: readonly Figure[]; notes: readonly string[] }>;

export type Benchmark = Readonly<{
  name: string;
  /** Its figures, measured together. */
  ids: readonly string[];
  run: (bench: Bench) => Promise<Outcome>;
}>;

const FOLDER = 'var/bench';
const PASSWORD = 'bench';

/** Runs `work` in an empty folder whose processes and files are gone afterwards, even when this process is killed. */
const inFolder = async <T>(work: (folder: string) => Promise<T>, folder = FOLDER): Promise<T> => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  const reaper = startReaper(folder, true);
  try {
    return await work(folder);
  } finally {
    await reaper.finish();
  }
};

/** A Postgres with fsync on and nothing else beside it. */
export const withPostgres = <T>(work: (postgres: LocalPostgres) => Promise<T>): Promise<T> =>
  inFolder(async (folder) => {
    const [port] = await freePorts(1);
    const postgres = await LocalPostgres.start({
      folder: join(folder, 'postgres'),
      port,
      superuserPassword: PASSWORD,
      durable: true,
      log: join(folder, 'postgres.log'),
    });
    try {
      return await work(postgres);
    } finally {
      await postgres.stop();
    }
  });

type Environment = Readonly<Record<string, string>>;

/** Benchmarks ask how much gets done, not when it becomes too much for those who wait. */
const UNREFUSED: Environment = { BUSY_AFTER_MS: '600000' };

/** The whole of jinzai, of whose services only the named ones run: the others would take from the two cores. */
export const withStack = <T>(
  services: readonly Service[],
  work: (stack: LocalStack) => Promise<T>,
  { folder: home, serviceEnv = UNREFUSED }: Readonly<{ folder?: string; serviceEnv?: Environment }> = {},
): Promise<T> =>
  inFolder(async (folder) => {
    const stack = await LocalStack.start({
      folder,
      ports: await freeStackPorts(),
      durable: true,
      municipalities: ['142140', '142034'],
      services,
      serviceEnv,
    });
    try {
      return await work(stack);
    } finally {
      await stack.stop();
    }
  }, home);

/** A new database with an owner of its own. */
export const newDatabase = (postgres: LocalPostgres, name: string): Promise<string> =>
  postgres.ensureDatabase(name, PASSWORD);

/** Another empty database of a service: the roles it makes belong to the whole server, and so to its own role. */
export const siblingDatabase = async (stack: LocalStack, service: Service, name: string): Promise<string> => {
  await stack.postgres.asSuperuser('postgres', `CREATE DATABASE "${name}" OWNER "${service}" TEMPLATE template0`);
  const url = new URL(stack.databaseUrl(service));
  url.pathname = `/${name}`;
  return url.href;
};

/** Before every measurement: none pays for what the one before it wrote. */
export const checkpoint = (postgres: LocalPostgres): Promise<void> => postgres.asSuperuser('postgres', 'CHECKPOINT');

export const query = async <Row>(url: string, text: string, values: readonly unknown[] = []): Promise<Row[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows as Row[];
  } finally {
    await client.end();
  }
};
