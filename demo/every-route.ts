import { Client } from 'pg';
import { SERVICES, type Service } from '#libs/local-stack/ports';
import type { LocalStack } from '#libs/local-stack/stack';
import { ROLES } from '#libs/platform/caller';
import type { Api } from './api.js';

type Schema = Readonly<{
  $ref?: string;
  type?: string;
  enum?: readonly unknown[];
  example?: unknown;
  properties?: Readonly<Record<string, Schema>>;
  items?: Schema;
  allOf?: readonly Schema[];
  required?: readonly string[];
}>;
type Parameter = Readonly<{ name: string; in: string; required?: boolean; schema?: Schema }>;
type Described = Readonly<{
  parameters?: readonly Parameter[];
  requestBody?: Readonly<{ content: Readonly<Record<string, Readonly<{ schema?: Schema }>>> }>;
  responses: Readonly<Record<string, unknown>>;
  'x-roles'?: readonly string[];
}>;
type Document = Readonly<{
  paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  components: Readonly<{ schemas: Readonly<Record<string, Schema>> }>;
}>;

/** A route as its service's OpenAPI document describes it, with a request that is made of what the city has. */
type Operation = Readonly<{
  service: Service;
  /** Method and path as in the document. */
  name: string;
  method: string;
  /** Undefined: open to everybody. */
  roles?: readonly string[];
  statuses: readonly string[];
  url: string;
  /** Things of the city are named in the path. */
  named: boolean;
  body?: Readonly<{ type: string; text: string }>;
}>;

/** Values that occur in a city's events, by the name of the field. */
type Values = ReadonlyMap<string, string>;

/**
 * Asks every operation of every OpenAPI document, with things of the city in path and body, as every role of that city
 * and of another one, and without a token. The documents are the list: a route that is added is asked.
 * @returns a line for every answer that must not be
 */
export const faultsOfEveryRoute = async (
  stack: LocalStack,
  api: Api,
  city: string,
  other: string,
): Promise<{ asked: number; faults: string[] }> => {
  const values = await valuesOf(stack, city);
  const secret = await idsOf(stack, city);
  const operations = (await Promise.all(SERVICES.map((service) => operationsOf(stack, service, values)))).flat();
  const faults: string[] = [];
  let asked = 0;
  const staffId = values.get('staffId');
  for (const [municipality, foreign] of [
    [other, true],
    [city, false],
  ] as const) {
    const before = await eventsOf(stack, city);
    for (const role of [undefined, ...ROLES]) {
      const account = role && `${municipality}-every-${role}`;
      // Also the token of the other city names a member of this one's staff.
      if (account) api.register(account, { municipality, roles: [role], ...(staffId && { staffId }) });
      for (const operation of operations) {
        const answer = await ask(operation, account && (await api.token(account)));
        asked++;
        const fault = faultIn(operation, role, foreign, answer, secret);
        if (fault) faults.push(`${role ?? 'nobody'} of ${municipality}: ${operation.name}: ${fault}`);
      }
    }
    if (foreign && (await eventsOf(stack, city)) !== before) faults.push(`${other} changed something of ${city}`);
  }
  return { asked, faults };
};

type Answer = Readonly<{ status: number; text: string; code?: string }>;

const ask = async ({ method, url, body }: Operation, token: string | undefined): Promise<Answer> => {
  const answer = await fetch(url, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': body.type }) },
    ...(body && { body: body.text }),
  });
  const text = await answer.text();
  const problem = answer.headers.get('content-type')?.startsWith('application/problem+json');
  return { status: answer.status, text, ...(problem && { code: (JSON.parse(text) as { code: string }).code }) };
};

const faultIn = (
  { roles, statuses, named, url, body }: Operation,
  role: string | undefined,
  foreign: boolean,
  { status, text, code }: Answer,
  secret: ReadonlySet<string>,
): string | undefined => {
  const said = `${status} ${code ?? ''}`;
  if (!statuses.includes(String(status))) return `${said} is not in the document`;
  if (status >= 500) return said;
  if (status >= 400 && code === undefined) return `${said}without a problem`;
  if (!roles) return undefined;
  if (role === undefined) return status === 401 ? undefined : said;
  if (!roles.includes(role)) return code === 'role.not-allowed' ? undefined : said;
  if (status === 401 || code === 'role.not-allowed') return said;
  if (!foreign) return undefined;
  if (named && status < 400) return `${said}for a thing of the other city`;
  const sent = url + (body?.text ?? '');
  const shown = (text.match(ID) ?? []).find((id) => secret.has(id) && !sent.includes(id));
  return shown && `shows ${shown}`;
};

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

const operationsOf = async (stack: LocalStack, service: Service, values: Values): Promise<Operation[]> => {
  const base = stack.url(service);
  const document = (await (await fetch(`${base}/openapi.json`)).json()) as Document;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const { parameters = [], requestBody, responses, 'x-roles': roles } = described;
      const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
      const [[type, { schema }] = ['', {}]] = Object.entries(requestBody?.content ?? {});
      return {
        ...{ service, method: method.toUpperCase(), roles, statuses: Object.keys(responses) },
        name: `${method.toUpperCase()} ${path}`,
        url:
          new URL(base).origin +
          path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(name, values))) +
          (query.length > 0
            ? `?${new URLSearchParams(Object.fromEntries(query.map(({ name }) => [name, valueOf(name, values)]))).toString()}`
            : ''),
        named: /\{\w*Id\}/.test(path),
        ...(type && {
          body: { type, text: type === 'text/csv' ? '列\n値' : JSON.stringify(sample(schema, '', document, values)) },
        }),
      };
    }),
  );
};

/** For what no event has under that name. */
const OTHERWISE: Readonly<Record<string, string>> = {
  ...{ number: '1', metric: 'headcount', stream: 'none', after: '0' },
  ...{ interview: 'start', step: 'first', fiscalYear: '2026' },
};

const valueOf = (name: string, values: Values): string => OTHERWISE[name] ?? values.get(name) ?? 'none';

/** A value of the shape: what the city's events have under the name, else an example. */
const sample = (schema: Schema | undefined, name: string, document: Document, values: Values): unknown => {
  if (!schema) return {};
  if (schema.$ref) {
    const target = document.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
    return sample(target, name, document, values);
  }
  if (schema.allOf) return sample(schema.allOf[0], name, document, values);
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'array') return [sample(schema.items, name.replace(/s$/, ''), document, values)];
  if (schema.properties) {
    const wanted = Object.entries(schema.properties).filter(([key]) => schema.required?.includes(key));
    return Object.fromEntries(wanted.map(([key, part]) => [key, sample(part, key, document, values)]));
  }
  const known = values.get(name) ?? schema.example;
  if (schema.type === 'integer' || schema.type === 'number') return Number(known ?? 1);
  return schema.type === 'boolean' ? true : (known ?? (/(On|from|through|until)$/.test(name) ? '2026-04-01' : 'x'));
};

const inEveryStore = async <T extends object>(stack: LocalStack, query: string, city: string): Promise<T[]> =>
  (
    await Promise.all(
      SERVICES.filter((service) => service !== 'projection').map(async (service) => {
        const client = new Client({ connectionString: stack.databaseUrl(service) });
        await client.connect();
        try {
          return (await client.query<T>(query, [city])).rows;
        } finally {
          await client.end();
        }
      }),
    )
  ).flat();

/** The newest value of every field, the names of streams' things among them. */
const valuesOf = async (stack: LocalStack, city: string): Promise<Values> => {
  const newest = `SELECT DISTINCT ON (f.key) f.key, f.value FROM events e, json_each_text(e.data) f
                   WHERE e.municipality = $1 AND f.value IS NOT NULL AND json_typeof(e.data -> f.key) <> 'object'
                   ORDER BY f.key, e.position DESC`;
  const rows = await inEveryStore<{ key: string; value: string }>(stack, newest, city);
  return new Map(rows.map(({ key, value }) => [key, value]));
};

const idsOf = async (stack: LocalStack, city: string): Promise<ReadonlySet<string>> => {
  const all = 'SELECT e.stream || e.id || e.data::text AS text FROM events e WHERE e.municipality = $1';
  const rows = await inEveryStore<{ text: string }>(stack, all, city);
  return new Set(rows.flatMap(({ text }) => text.match(ID) ?? []));
};

const eventsOf = async (stack: LocalStack, city: string): Promise<number> =>
  (
    await inEveryStore<{ n: number }>(stack, 'SELECT count(*)::int AS n FROM events WHERE municipality = $1', city)
  ).reduce((sum, { n }) => sum + n, 0);
