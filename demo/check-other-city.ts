import { Client } from 'pg';
import type { LocalStack } from '#libs/local-stack/stack';
import { Refused, type Api } from './api.js';

/** What somebody of another city could see of this one: a line for everything that is visible though it must not be. */
export const visibleToOthers = async (stack: LocalStack, api: Api, city: string, other: string): Promise<string[]> => {
  const found: string[] = [];
  const { items } = await api.get<{ items: readonly { staffId: string }[] }>(
    `${city}-hr`,
    'placement',
    '/staff?limit=2',
  );
  for (const { staffId } of items) {
    const status = await api.get(`${other}-hr`, 'placement', `/staff/${staffId}/history`).then(
      () => 200,
      (error: unknown) => (error instanceof Refused ? error.status : Promise.reject(error as Error)),
    );
    if (status !== 404 && status !== 403) found.push(`token of ${other} reads staff of ${city}: ${status}`);
  }
  const client = new Client({ connectionString: analystUrl(stack, other) });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(READABLE);
    for (const { name } of rows) {
      const seen = await client.query(`SELECT 1 FROM ${name} WHERE municipality = $1 LIMIT 1`, [city]);
      if (seen.rowCount) found.push(`database role of ${other} reads rows of ${city} in ${name}`);
    }
    if (rows.length === 0) found.push(`database role of ${other} reads nothing at all`);
  } finally {
    await client.end();
  }
  return found;
};

/** The database URL of a city's analyst. */
export const analystUrl = (stack: LocalStack, city: string): string =>
  stack.postgres.url('projection', `analyst_${city}`, stack.analystPassword(city));

/** Every table or view with a municipality that the role may read, base tables included. */
const READABLE = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'municipality' AND NOT a.attisdropped
   WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
     AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')`;
