import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** A database of one suite's own. `url` is a superuser's; `drop` also ends connections still open. */
export type TestDatabase = { url: string; drop(): Promise<void> };

const serverUrl = (): string => {
  const url = process.env.TEST_POSTGRES_URL;
  if (!url)
    throw new Error(
      'TEST_POSTGRES_URL is not set: run the suite through jest.config.mjs as .int.spec.ts or .e2e.spec.ts',
    );
  return url;
};

const onServer = async (statement: string): Promise<void> => {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

/** Creates an empty database named after `prefix` (letters, digits, underscore), unique on the server. */
export const createDatabase = async (prefix: string): Promise<TestDatabase> => {
  const name = `${prefix.toLowerCase().replace(/[^a-z0-9]+/g, '_')}_${randomBytes(5).toString('hex')}`;
  await onServer(`CREATE DATABASE "${name}" TEMPLATE template0`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`) };
};
