import { Client } from 'pg';
import { OWNERS, SERVICES, type Service } from '#libs/local-stack/ports';
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
  /** Things of the city are named in the path; by codes that other cities have too they are not. */
  named: boolean;
  /** All of them are there, and belong together. */
  there: boolean;
  body?: Readonly<{ type: string; text: string }>;
}>;

/** Values that occur in a city's events, by the name of the field. */
type Values = ReadonlyMap<string, string>;

/** Fields of one event. */
type Example = Readonly<{ service: Service; category: string; fields: Values }>;

/** What a city has: the newest value of every field, and events whose values belong together, the newest first. */
type Knowledge = Readonly<{ newest: Values; examples: readonly Example[] }>;

type Found = Readonly<{ asked: number; faults: string[] }>;

/**
 * Asks every operation of every OpenAPI document, with things of the city in path and body, as every role of that city
 * and of another one, and without a token. The documents are the list: a route that is added is asked. Nothing is
 * proved by a thing that nobody finds: what is named in a path has to be there for somebody of its own city.
 * @returns a line for every answer that must not be
 */
export const faultsOfEveryRoute = async (stack: LocalStack, api: Api, city: string, other: string): Promise<Found> => {
  const foreign = await faultsForOthers(stack, api, city, other);
  const known = await knowledgeOf(stack, city);
  const operations = await everyOperation(stack, known);
  const own = await askAll(api, operations, city, known, new Set());
  const seen = new Set(own.answers.filter(({ answer }) => answer.status < 300).map(({ operation }) => operation));
  const never = operations.filter(
    (one) => one.method === 'GET' && one.there && one.roles && !seen.has(one) && one.name !== NOT_YET,
  );
  const faults = never.map(({ name }) => `nobody of ${city} is shown ${name}`);
  return { asked: foreign.asked + own.answers.length, faults: [...foreign.faults, ...own.faults, ...faults] };
};

/** No probation has ended where the load has only begun. */
const NOT_YET = 'GET /evaluation/sheets/{sheetId}/probation-result';

/** The part of it in which somebody of another city asks for things of this one. */
export const faultsForOthers = async (stack: LocalStack, api: Api, city: string, other: string): Promise<Found> => {
  const known = await knowledgeOf(stack, city);
  const before = await eventsOf(stack, city);
  const operations = await everyOperation(stack, known);
  const sent = operations.map(({ url, body }) => decodeURIComponent(url) + (body?.text ?? '')).join('\n');
  // What was sent may come back: it is then in what the other city has said itself.
  const secret = new Set([...(await textsOf(stack, city, other))].filter((text) => !sent.includes(text)));
  const { answers, faults } = await askAll(api, operations, other, known, secret);
  const changed = (await eventsOf(stack, city)) === before ? [] : [`${other} changed something of ${city}`];
  return { asked: answers.length, faults: [...faults, ...changed] };
};

const everyOperation = async (stack: LocalStack, known: Knowledge): Promise<Operation[]> =>
  (await Promise.all(SERVICES.map((service) => operationsOf(stack, service, known)))).flat();

/** @param secret what nobody who asks may see; empty for those of the same city */
const askAll = async (
  api: Api,
  operations: readonly Operation[],
  municipality: string,
  { newest }: Knowledge,
  secret: ReadonlySet<string>,
): Promise<{ answers: { operation: Operation; answer: Answer }[]; faults: string[] }> => {
  const answers: { operation: Operation; answer: Answer }[] = [];
  const faults: string[] = [];
  const staffId = newest.get('staffId');
  for (const role of [undefined, ...ROLES]) {
    const account = role && `${municipality}-every-${role}`;
    // Also the token of the other city names a member of this one's staff.
    if (account) api.register(account, { municipality, roles: [role], ...(staffId && { staffId }) });
    for (const operation of operations) {
      const answer = await ask(operation, account && (await api.token(account)));
      answers.push({ operation, answer });
      const fault = faultIn(operation, role, secret, answer);
      if (fault) faults.push(`${role ?? 'nobody'} of ${municipality}: ${operation.name}: ${fault}`);
    }
  }
  return { answers, faults };
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

/** @param secret texts of another city than the asker's; empty when he asks for things of his own */
export const faultIn = (
  { roles, statuses, named }: Pick<Operation, 'roles' | 'statuses' | 'named'>,
  role: string | undefined,
  secret: ReadonlySet<string>,
  { status, text, code }: Answer,
): string | undefined => {
  const said = `${status} ${code ?? ''}`;
  if (!statuses.includes(String(status))) return `${said} is not in the document`;
  if (status >= 500) return said;
  if (status >= 400 && code === undefined) return `${said}without a problem`;
  if (!roles) return undefined;
  if (role === undefined) return status === 401 ? undefined : said;
  if (!roles.includes(role)) return code === 'role.not-allowed' ? undefined : said;
  if (status === 401 || code === 'role.not-allowed') return said;
  if (secret.size === 0) return undefined;
  if (named && status < 400) return `${said}for a thing of the other city`;
  const shown = stringsIn(text).find((one) => secret.has(one));
  return shown && `shows ${shown}`;
};

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Strings in an answer, and the ids in them. */
const stringsIn = (text: string): string[] => {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') found.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  try {
    walk(JSON.parse(text));
  } catch {
    found.push(...text.split(/[\s,]+/));
  }
  return [...found, ...(text.match(ID) ?? [])];
};

const operationsOf = async (stack: LocalStack, service: Service, known: Knowledge): Promise<Operation[]> => {
  const base = stack.url(service);
  const document = (await (await fetch(`${base}/openapi.json`)).json()) as Document;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const things = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).filter((name) => !SHARED.has(name));
      const example = exampleFor(known, service, path, things);
      const values = new Map([...known.newest, ...(example?.fields ?? [])]);
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
        named: things.length > 0,
        there: example !== undefined,
        ...(type && {
          body: { type, text: type === 'text/csv' ? '列\n値' : JSON.stringify(sample(schema, '', document, values)) },
        }),
      };
    }),
  );
};

/** Names of path parameters that are codes, not things of one city. */
const SHARED = new Set(['course', 'metric', 'fiscalYear', 'interview', 'stage', 'step']);

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

const inEveryStore = async <T extends object>(
  stack: LocalStack,
  query: string,
  city: string,
): Promise<(T & { service: Service })[]> =>
  (
    await Promise.all(
      OWNERS.map(async (service) => {
        const client = new Client({ connectionString: stack.databaseUrl(service) });
        await client.connect();
        try {
          return (await client.query<T>(query, [city])).rows.map((row) => ({ ...row, service }));
        } finally {
          await client.end();
        }
      }),
    )
  ).flat();

/** An event that names all the things of a path, best of a stream that the path is about. */
const exampleFor = (
  { examples }: Knowledge,
  service: Service,
  path: string,
  things: readonly string[],
): Example | undefined => {
  if (things.length === 0) return undefined;
  const [, , about] = path.split('/');
  const found = examples.filter((one) => one.service === service && things.every((name) => one.fields.has(name)));
  return found.find(({ category }) => about.startsWith(category)) ?? found[0];
};

const EXAMPLES = `
  SELECT split_part(e.stream, '-' || e.municipality || '/', 1) AS category, f.fields FROM (
    SELECT *, row_number() OVER (PARTITION BY type ORDER BY position DESC) AS n FROM events WHERE municipality = $1
  ) e, LATERAL (
    SELECT json_object_agg(key, value) AS fields FROM json_each_text(e.data)
     WHERE value IS NOT NULL AND json_typeof(e.data -> key) <> 'object'
  ) f WHERE n <= 3 AND f.fields IS NOT NULL ORDER BY e.position DESC`;

const knowledgeOf = async (stack: LocalStack, city: string): Promise<Knowledge> => {
  const rows = await inEveryStore<{ category: string; fields: Readonly<Record<string, string>> }>(
    stack,
    EXAMPLES,
    city,
  );
  const examples = rows.map(({ service, category, fields }) => ({
    ...{ service, category },
    fields: new Map(Object.entries(fields)),
  }));
  // The first that names a field has the last word.
  const newest = new Map(examples.toReversed().flatMap(({ fields }) => [...fields]));
  return { newest, examples };
};

/** What the city's events say and the other's do not: ids, and texts that are no codes and no times. */
const textsOf = async (stack: LocalStack, city: string, other: string): Promise<ReadonlySet<string>> => {
  const all = `SELECT DISTINCT v #>> '{}' AS text
                 FROM events e, jsonb_path_query(jsonb_build_array(e.stream, e.id, e.data::jsonb), 'strict $.**') v
                WHERE e.municipality = $1 AND jsonb_typeof(v) = 'string'`;
  const texts = async (of: string) =>
    (await inEveryStore<{ text: string }>(stack, all, of)).flatMap(({ text }) => [text, ...(text.match(ID) ?? [])]);
  const common = new Set(await texts(other));
  return new Set((await texts(city)).filter((text) => !common.has(text) && text.length > 5 && !CODE.test(text)));
};
const CODE = /^[a-z-]+$|^\d{4}-\d{2}-\d{2}(T\S+)?$/;

const eventsOf = async (stack: LocalStack, city: string): Promise<number> =>
  (
    await inEveryStore<{ n: number }>(stack, 'SELECT count(*)::int AS n FROM events WHERE municipality = $1', city)
  ).reduce((sum, { n }) => sum + n, 0);
