import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { topicOf } from '#libs/contracts/public-event';
import { KafkaPort } from '#libs/messaging/kafka-port';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { tokenFor } from '#libs/testing/tokens';
import { start } from './boot.js';
import { IMPORT_LIMIT } from './edge.js';
import { LeakingModule, NotesModule, notesContract } from './service.fixture.js';

const { service } = notesContract;
let database: TestDatabase;
let line: Line;
let app: NestFastifyApplication;
let base: string;
let hr: string;

type Line = Readonly<{ url: string; cut(): Promise<void>; mend(): Promise<void> }>;

/** A line to the database that can be cut. */
const lineTo = async (url: string): Promise<Line> => {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    near.pipe(far).pipe(near);
  });
  const mend = (at = 0): Promise<void> => new Promise((resolve) => server.listen(at, '127.0.0.1', resolve));
  const cut = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await mend();
  const own = (server.address() as AddressInfo).port;
  const through = new URL(url);
  through.host = `127.0.0.1:${own}`;
  return { url: through.href, cut, mend: () => mend(own) };
};

const environment = (url: string) => ({
  SERVICE_PORT: '0',
  DATABASE_URL: url,
  KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS,
  OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
  OIDC_CLIENT_ID: 'service.notes',
  OIDC_CLIENT_SECRET: 'test',
  MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
  LOG_LEVEL: 'silent',
});

beforeAll(async () => {
  database = await createDatabase('platform');
  line = await lineTo(database.url);
  app = await start(NotesModule, service, { env: environment(line.url) });
  base = `${await app.getUrl()}/${service}`;
  hr = await tokenFor({ municipality: '142140', roles: ['hr'] });
});

afterAll(async () => {
  await app?.close();
  await line?.cut();
  await database?.drop();
});

type Answer = Readonly<{ status: number; headers: Headers; body: Record<string, unknown> }>;

const ask = async (method: string, path: string, options: Readonly<{ token?: string; headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> }> = {}): Promise<Answer> => {
  const { token = hr, headers = {}, body } = options;
  const response = await fetch(`${base}/${path}`, {
    method,
    body,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
};
const post = (path: string, body: object, headers: Record<string, string> = {}) => ask('POST', path, { headers, body: JSON.stringify(body) });
const note = (title: string, weight = 1) => ({ title, weight });

describe('a command', () => {
  it('answers with id, version and position, and an ETag', async () => {
    const answer = await post('notebooks/a/notes', note('one'));
    expect(answer).toMatchObject({ status: 201, body: { id: 'a', version: 1, position: expect.any(Number), repeated: false } });
    expect(answer.headers.get('etag')).toBe('"1"');
  });

  it('has one effect under one key, and the same answer for the repeat', async () => {
    const key = { 'idempotency-key': 'key-1' };
    const first = await post('notebooks/b/notes', note('one'), key);
    const again = await post('notebooks/b/notes', note('one'), key);
    expect(again).toMatchObject({ status: 201, body: { ...first.body, repeated: true } });
    expect((await post('notebooks/b/notes', note('two'))).body.version).toBe(2);
  });

  it('is refused when the key was used for another body', async () => {
    const key = { 'idempotency-key': 'key-2' };
    await post('notebooks/c/notes', note('one'), key);
    expect(await post('notebooks/c/notes', note('two'), key)).toMatchObject({ status: 409, body: { code: 'request.key-reused' } });
  });

  it('is refused when somebody else was first', async () => {
    await post('notebooks/d/notes', note('one'));
    expect((await post('notebooks/d/notes', note('two'), { 'if-match': '"1"' })).status).toBe(201);
    expect(await post('notebooks/d/notes', note('three'), { 'if-match': '"1"' })).toMatchObject({ status: 412, body: { code: 'stream.moved' } });
  });

  it('is refused by a rule with its code, its facts and a text in the language of the caller', async () => {
    await post('notebooks/e/notes', note('heavy', 90));
    const refused = await post('notebooks/e/notes', note('more', 20));
    expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(refused).toMatchObject({
      status: 409,
      body: { type: 'urn:jinzai:problem:notebook.full', code: 'notebook.full', detail: '重さの合計は100までです。', facts: { limit: 100, weight: 110 } },
    });
    const english = await post('notebooks/e/notes', note('more', 20), { 'accept-language': 'en' });
    expect(english.body.detail).toBe('At most 100 in all.');
  });

  it('may come without a body', async () => {
    expect(await ask('POST', 'notebooks/approval')).toMatchObject({ status: 201, body: { reason: 'none' } });
    expect(await ask('POST', 'notebooks/approval', { body: '' })).toMatchObject({ status: 201, body: { reason: 'none' } });
  });
});

describe('a caller', () => {
  it('without a valid token is asked to sign in, before the body is read', async () => {
    const unknown = await ask('POST', 'notebooks/a/notes', { token: '', body: 'x'.repeat(2_000_000) });
    expect(unknown).toMatchObject({ status: 401, body: { code: 'token.missing' } });
    expect(unknown.headers.get('www-authenticate')).toBe('Bearer realm="jinzai"');
    expect(await ask('GET', 'notebooks/notes', { token: 'a.b.c' })).toMatchObject({ status: 401, body: { code: 'token.invalid' } });
  });

  it('of another role is refused whether or not the thing exists', async () => {
    const staff = await tokenFor({ municipality: '142140', roles: ['staff'] });
    for (const path of ['notebooks/notes', 'notebooks/missing']) {
      expect(await ask('GET', path, { token: staff })).toMatchObject({ status: 403, body: { code: 'role.not-allowed', title: '権限がありません' } });
    }
    expect((await ask('GET', 'notebooks/recruiting')).status).toBe(403);
  });

  it('is refused while the system is not in force in the city', async () =>
    expect(await ask('GET', 'notebooks/future')).toMatchObject({ status: 409, body: { code: 'system.not-in-force', facts: { systems: 'X9' } } }));

  it('sees its own municipality only', async () => {
    const { body } = await post('notebooks/f/notes', note('ours'));
    const other = await tokenFor({ municipality: '142034', roles: ['hr'] });
    const path = `notebooks/notes?title=ours&after=${String(body.position)}`;
    expect((await ask('GET', path)).body).toMatchObject({ total: 1, items: [{ title: 'ours', weight: 1 }] });
    expect((await ask('GET', path, { token: other })).body).toEqual({ items: [], nextCursor: null, total: 0 });
  });
});

describe('a malformed request', () => {
  it('gets its wrong fields named in Japanese', async () =>
    expect(await post('notebooks/a/notes', { title: '', weight: 1.5, colour: 'red' })).toMatchObject({
      status: 400,
      body: {
        code: 'request.invalid',
        title: 'リクエストの形式が正しくありません',
        errors: [
          { field: 'colour', message: 'この項目はありません' },
          { field: 'title', message: '1～20 文字で指定してください' },
          { field: 'weight', message: '整数で指定してください' },
        ],
      },
    }));

  it.each<[string, number, string, Parameters<typeof ask>]>([
    ['broken JSON', 400, 'request.malformed', ['POST', 'notebooks/a/notes', { body: '{"title":' }]],
    ['no JSON at all', 415, 'request.unsupported-media-type', ['POST', 'notebooks/a/notes', { body: 'x', headers: { 'content-type': 'text/plain' } }]],
    ['a body over 1 MB', 413, 'request.too-large', ['POST', 'notebooks/a/notes', { body: JSON.stringify({ title: 'x'.repeat(1_100_000) }) }]],
    ['a malformed key', 400, 'request.key-malformed', ['POST', 'notebooks/a/notes', { body: '{"title":"a","weight":1}', headers: { 'idempotency-key': 'k'.repeat(256) } }]],
    ['a malformed If-Match', 400, 'request.if-match-malformed', ['POST', 'notebooks/a/notes', { body: '{"title":"a","weight":1}', headers: { 'if-match': 'new' } }]],
    ['a forged cursor', 400, 'cursor.malformed', ['GET', 'notebooks/notes?cursor=abc']],
    ['a forged cursor of the right form', 400, 'cursor.malformed', ['GET', `notebooks/notes?cursor=${Buffer.from('["recordedAt","x","y"]').toString('base64url')}`]],
    ['a sort that is not offered', 400, 'request.invalid', ['GET', 'notebooks/notes?sort=title']],
    ['a filter that is not offered', 400, 'request.invalid', ['GET', 'notebooks/notes?municipality=142034']],
    ['a limit beyond 100', 400, 'request.invalid', ['GET', 'notebooks/notes?limit=101']],
    ['an unknown URL', 404, 'route.not-found', ['GET', 'nothing']],
    ['an unknown URL, writing', 404, 'route.not-found', ['POST', 'nothing', { token: '', body: '{}' }]],
    ['something that is not there', 404, 'notebook.not-found', ['GET', 'notebooks/missing']],
  ])('%s is %i %s', async (_, status, code, request) => expect(await ask(...request)).toMatchObject({ status, body: { code } }));

  it('that breaks something of ours says nothing about it', async () => {
    const broken = await ask('GET', 'notebooks/broken');
    expect(broken).toMatchObject({ status: 500, body: { code: 'internal.error' } });
    expect(JSON.stringify(broken.body)).not.toContain('山田');
    expect(broken.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('an import', () => {
  const csv = { 'content-type': 'text/csv; charset=shift_jis' };

  it('arrives as the bytes that were sent', async () =>
    expect(await ask('POST', 'notebooks/imports', { body: Buffer.alloc(2_000_000), headers: csv })).toMatchObject({ status: 201, body: { bytes: 2_000_000 } }));

  it('is refused beyond 20 MB', async () =>
    expect(await ask('POST', 'notebooks/imports', { body: Buffer.alloc(IMPORT_LIMIT + 1), headers: csv })).toMatchObject({ status: 413 }));
});

describe('a list', () => {
  it('shows the own write, in pages that neither repeat nor leave out', async () => {
    const city = await tokenFor({ municipality: '142034', roles: ['hr'] });
    let position: unknown;
    for (const weight of [3, 1, 2, 2, 1]) {
      const answer = await ask('POST', 'notebooks/pages/notes', { token: city, body: JSON.stringify(note(`n${weight}`, weight)) });
      position = answer.body.position;
    }
    const weights: number[] = [];
    for (let cursor: unknown = ''; cursor !== null; ) {
      const path = `notebooks/notes?sort=-weight&limit=2&after=${String(position)}${cursor ? `&cursor=${String(cursor)}` : ''}`;
      const { body } = await ask('GET', path, { token: city });
      expect(body.total).toBe(5);
      weights.push(...(body.items as { weight: number }[]).map(({ weight }) => weight));
      cursor = body.nextCursor;
    }
    expect(weights).toEqual([3, 2, 2, 1, 1]);
  });

  it('says that it is behind rather than leaving out the own write', async () => {
    const behind = await ask('GET', 'notebooks/notes?after=999999999');
    expect(behind).toMatchObject({ status: 503, body: { code: 'list.behind' } });
    expect(behind.headers.get('retry-after')).toBe('1');
  });
});

describe('the service', () => {
  it('is live and ready, and shows how far its followers and its relay are', async () => {
    expect(await ask('GET', 'health/live', { token: '' })).toMatchObject({ status: 200, body: { status: 'up' } });
    expect(await ask('GET', 'health/ready', { token: '' })).toMatchObject({
      status: 200,
      body: { status: 'ready', database: 'up', followers: expect.arrayContaining([expect.objectContaining({ name: 'notes', stalled: false })]) },
    });
  });

  it('publishes what was recorded', async () => {
    const kafka = app.get(KafkaPort);
    await eventually(async () => [...(await kafka.endOffsets(topicOf(service))).values()].reduce((sum, end) => sum + end, 0) >= 10);
  });

  it('counts its requests by route', async () => {
    const metrics = await (await fetch(`${base}/metrics`)).text();
    const names = metrics.split('\n').map((line) => line.replace(/service="[^"]*",?/, '').replace(/ \S+$/, ''));
    expect(names).toEqual(
      expect.arrayContaining([
        `http_request_duration_seconds_count{method="POST",route="/${service}/notebooks/:id/notes",status="201"}`,
        'jinzai_follower_lag_events{follower="notes",}',
        'jinzai_relay_lag_events{}',
        'jinzai_relay_held_events{}',
        'jinzai_failing_timers{}',
      ]),
    );
    expect(names.filter((name) => name.startsWith('nodejs_eventloop_lag'))).not.toEqual([]);
  });

  it('describes itself in OpenAPI 3.1', async () => {
    const { body } = await ask('GET', 'openapi.json', { token: '' });
    expect(body).toMatchObject({
      openapi: '3.1.0',
      paths: {
        [`/${service}/notebooks/{id}/notes`]: {
          post: { 'x-system': ['R1'], 'x-roles': ['hr'], security: [{ bearer: [] }], responses: { 201: {}, 409: {} } },
        },
      },
      components: {
        securitySchemes: { bearer: { scheme: 'bearer' } },
        schemas: { TakeNoteBody: { additionalProperties: false }, ProblemDetails: {}, NoteRowPage: {} },
      },
    });
    expect((await fetch(`${base}/docs`)).status).toBe(200);
  });

  it('does not start with a route that says nothing about who may call it', async () => {
    const other = await createDatabase('platform_leaks');
    await expect(start(LeakingModule, 'leaks', { env: environment(other.url) })).rejects.toThrow(
      'routes without @Allow or @Public: LeakingController.leak (GET /leaks)',
    );
    await other.drop();
  });

  it('answers 503 while the database is away, and the same key has one effect afterwards', async () => {
    const key = { 'idempotency-key': 'key-away' };
    await line.cut();
    const away = await post('notebooks/away/notes', note('one'), key);
    expect(away).toMatchObject({ status: 503, body: { code: 'database.away' } });
    expect(away.headers.get('retry-after')).toBe('1');
    expect((await ask('GET', 'health/ready', { token: '' })).status).toBe(503);
    expect((await ask('GET', 'health/live', { token: '' })).status).toBe(200);
    await line.mend();
    await eventually(async () => (await post('notebooks/away/notes', note('one'), key)).status === 201);
    expect((await post('notebooks/away/notes', note('one'), key)).body).toMatchObject({ version: 1, repeated: true });
  });
});
