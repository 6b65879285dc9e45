import { Client } from 'pg';
import { SERVICES } from '#libs/local-stack/ports';
import type { LocalStack } from '#libs/local-stack/stack';
import { analystUrl } from './check-other-city.js';

/** A database role that can log in, with the one database that is open to it. */
type Login = Readonly<{ role: string; home: string; url: (database: string) => string; city?: string }>;

/**
 * Tries every role that can log in against every database, and analysts against every table of theirs: what is not
 * their own must be closed to reading, and everything to writing. Roles, databases and tables are found, not listed.
 * @returns a line for everything that is open though it must not be
 */
export const faultsOfEveryRole = async (
  stack: LocalStack,
  municipalities: readonly string[],
): Promise<{ asked: number; faults: string[] }> => {
  const found = await query<{ kind: string; name: string }>(stack.postgres.url(), FOUND);
  const named = (kind: string) => found.filter((one) => one.kind === kind).map(({ name }) => name);
  const logins = loginsOf(stack, municipalities);
  const unknown = named('role').filter((name) => !logins.some(({ role }) => role === name));
  const faults = unknown.map((role) => `role ${role} can log in and is nobody known`);
  let asked = 0;
  for (const login of logins) {
    for (const database of named('database')) {
      asked++;
      const refused = await query(login.url(database), 'SELECT').then(() => undefined, codeOf);
      const own = database === login.home;
      if (own === (refused !== undefined)) faults.push(`${login.role} in ${database}: ${refused ?? 'let in'}`);
    }
    if (login.city === undefined) continue;
    for (const held of await query<Held>(stack.postgres.url(login.home), TABLES)) {
      asked++;
      const { table } = held;
      const fault = await openness(login.url(login.home), held, login.city);
      if (fault) faults.push(`${login.role}: ${table}: ${fault}`);
    }
  }
  return { asked, faults };
};

/** `city`: whether its rows belong to municipalities; `first`: one of its columns. */
type Held = Readonly<{ table: string; first: string; city: boolean }>;

const loginsOf = (stack: LocalStack, municipalities: readonly string[]): Login[] => {
  const at = (url: string) => (database: string) => url.replace(/\/[^/]*$/, `/${database}`);
  return [
    ...SERVICES.map((service) => ({ role: service, home: service, url: at(stack.databaseUrl(service)) })),
    ...municipalities.map((city) => ({
      ...{ role: `analyst_${city}`, home: 'projection', city },
      url: at(analystUrl(stack, city)),
    })),
  ];
};

const FOUND = `
  SELECT 'role' AS kind, rolname AS name FROM pg_roles WHERE rolcanlogin AND NOT rolsuper
  UNION ALL SELECT 'database', datname FROM pg_database WHERE datallowconn`;

const TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS table,
         (SELECT quote_ident(attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum = 1) AS first,
         EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'municipality') AS city
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

/** 42501: no right to it. */
const CLOSED = '42501';

/** What holds nothing of a city and is read by all analysts. */
const FOR_ALL = /^analytics\.|\.(metric_definition|frontier|passed_over)$/;

/** How an analyst can write to a table, or read in it what is not his city's. */
const openness = (url: string, { table, first, city }: Held, own: string): Promise<string | undefined> =>
  connected(url, async (client) => {
    await client.query('SET default_transaction_read_only = off'); // it is the role's to set
    const writes = [`DELETE FROM ${table}`, `INSERT INTO ${table} DEFAULT VALUES`, `TRUNCATE ${table}`];
    for (const write of [...writes, ...(first ? [`UPDATE ${table} SET ${first} = ${first}`] : [])]) {
      const refused = await client.query(write).then(() => 'done', codeOf);
      if (refused !== CLOSED && !TAKES_NONE.has(refused)) return `${write}: ${refused}`;
    }
    if (!city) {
      const refused = await client.query(`SELECT FROM ${table} LIMIT 1`).then(() => 'open', codeOf);
      return refused === CLOSED || FOR_ALL.test(table) ? undefined : `reading it: ${refused}`;
    }
    const foreign = `SELECT count(*)::int AS rows FROM ${table} WHERE municipality <> '${own}'`;
    const seen = await client.query<{ rows: number }>(foreign).then(({ rows }) => rows[0].rows, codeOf);
    return seen === 0 || seen === CLOSED ? undefined : `${String(seen)} rows of another city`;
  });

/** A view is no table, or not one to be written. */
const TAKES_NONE = new Set(['42809', '55000']);

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error);

const query = <Row extends object>(url: string, text: string): Promise<Row[]> =>
  connected(url, async (client) => (await client.query<Row>(text)).rows);

const connected = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};
