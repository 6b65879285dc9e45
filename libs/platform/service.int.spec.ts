import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { topicOf } from '#libs/contracts/public-event';
import { KafkaPort } from '#libs/messaging/kafka-port';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { tokenFor } from '#libs/testing/tokens';
import { start } from './boot.js';
import { Database, inTransaction } from '#libs/event-store/database';
import { execute, EventStore } from '#libs/event-store/event-store';
import { LeakingModule, notebook, NotesModule, notesContract, UNLUCKY } from './service.fixture.js';
import { environment, lineTo, Visitor, type Line } from './visitor.fixture.js';

type Operation = Readonly<{
  summary: string;
  tags: string[];
  responses: Record<string, { description: string }>;
  security?: object[];
}>;

const { service } = notesContract;
let database: TestDatabase;
let line: Line;
let app: NestFastifyApplication;
let visitor: Visitor;

beforeAll(async () => {
  database = await createDatabase('platform');
  line = await lineTo(database.url);
  app = await start(NotesModule, service, { env: environment(line.url) });
  visitor = new Visitor(`${await app.getUrl()}/${service}`, await tokenFor({ municipality: '142140', roles: ['hr'] }));
});

afterAll(async () => {
  await app?.close();
  await line?.cut();
  await database?.drop();
});

const ask = (...question: Parameters<Visitor['ask']>) => visitor.ask(...question);
const post = (...question: Parameters<Visitor['post']>) => visitor.post(...question);
const note = (title: string, weight = 1) => ({ title, weight });

describe('a command', () => {
  it('answers with id, version and position, and an ETag', async () => {
    const answer = await post('notebooks/a/notes', note('one'));
    expect(answer).toMatchObject({
      status: 201,
      body: { id: 'a', version: 1, position: expect.any(Number), repeated: false },
    });
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
    expect(await post('notebooks/c/notes', note('two'), key)).toMatchObject({
      status: 409,
      body: { code: 'request.key-reused' },
    });
  });

  it('is refused when somebody else used the key, for the same body as well', async () => {
    const key = { 'idempotency-key': 'key-3' };
    const auditor = await tokenFor({ municipality: '142140', roles: ['hr', 'auditor'] });
    await post('notebooks/c2/notes', note('one'), key);
    const other = { token: auditor, headers: key, body: JSON.stringify(note('one')) };
    expect(await ask('POST', 'notebooks/c2/notes', other)).toMatchObject({
      status: 409,
      body: { code: 'request.key-reused' },
    });
  });

  it('is refused when somebody else was first', async () => {
    await post('notebooks/d/notes', note('one'));
    expect((await post('notebooks/d/notes', note('two'), { 'if-match': '"1"' })).status).toBe(201);
    expect(await post('notebooks/d/notes', note('three'), { 'if-match': '"1"' })).toMatchObject({
      status: 412,
      body: { code: 'stream.moved' },
    });
  });

  it('is refused by a rule with its code, its facts and a text in the language of the caller', async () => {
    await post('notebooks/e/notes', note('heavy', 90));
    const refused = await post('notebooks/e/notes', note('more', 20));
    expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(refused).toMatchObject({
      status: 409,
      body: {
        type: 'urn:jinzai:problem:notebook.full',
        code: 'notebook.full',
        detail: '重さの合計は100までです。',
        facts: { limit: 100, weight: 110 },
      },
    });
    const english = await post('notebooks/e/notes', note('more', 20), { 'accept-language': 'en' });
    expect(english.body.detail).toBe('At most 100 in all.');
  });

  it('may come without a body', async () => {
    expect(await ask('POST', 'notebooks/approval')).toMatchObject({ status: 201, body: { reason: 'none' } });
    expect(await ask('POST', 'notebooks/approval', { body: '' })).toMatchObject({
      status: 201,
      body: { reason: 'none' },
    });
  });
});

describe('a list', () => {
  it('shows the own write, in pages that neither repeat nor leave out', async () => {
    const city = await tokenFor({ municipality: '142034', roles: ['hr'] });
    let position: unknown;
    for (const weight of [3, 1, 2, 2, 1]) {
      const answer = await ask('POST', 'notebooks/pages/notes', {
        token: city,
        body: JSON.stringify(note(`n${weight}`, weight)),
      });
      position = answer.body.position;
    }
    const weights: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path = `notebooks/notes?sort=-weight&limit=2&after=${String(position)}${cursor ? `&cursor=${cursor}` : ''}`;
      const { body } = await ask('GET', path, { token: city });
      expect(body.total).toBe(5);
      weights.push(...(body.items as { weight: number }[]).map(({ weight }) => weight));
      cursor = body.nextCursor as string | null;
    }
    expect(weights).toEqual([3, 2, 2, 1, 1]);
    const behindAll = Buffer.from(JSON.stringify(['-weight', '0', randomUUID()])).toString('base64url');
    expect((await ask('GET', `notebooks/notes?sort=-weight&cursor=${behindAll}`, { token: city })).body).toEqual({
      items: [],
      nextCursor: null,
      total: 5,
    });
  });

  it('says that it is behind rather than leaving out the own write', async () => {
    const { pool } = app.get(Database);
    const metadata = { actor: 'test', correlationId: 'c-1' };
    const stream = { municipality: '142140', id: 'held' };
    const behind = await inTransaction(pool, async (tx) => {
      const { position } = await execute(app.get(EventStore), notebook, stream, note('held'), { metadata, tx });
      return ask('GET', `notebooks/notes?after=${position}`);
    });
    expect(behind).toMatchObject({ status: 503, body: { code: 'list.behind' } });
    expect(behind.headers.get('retry-after')).toBe('1');
  });

  it('takes no version of a stream that it could not count', async () => {
    const token = await tokenFor({ municipality: '142140', roles: ['service'] });
    expect(await ask('GET', 'public-events?stream=x&after=4294967296', { token })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ field: 'after' }] },
    });
  });

  it('takes no position that nobody was given', async () =>
    expect(await ask('GET', 'notebooks/notes?after=999999999')).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ field: 'after' }] },
    }));
});

describe('the service', () => {
  it('is live and ready, and shows how far its followers and its relay are', async () => {
    expect(await ask('GET', 'health/live', { token: '' })).toMatchObject({ status: 200, body: { status: 'up' } });
    const settled = await eventually(async () => {
      const answer = await ask('GET', 'health/ready', { token: '' });
      const { relay, consumer } = answer.body as Record<'relay' | 'consumer', { failing: boolean }>;
      return !relay.failing && !consumer.failing && answer;
    });
    expect(settled).toMatchObject({
      status: 200,
      body: {
        status: 'ready',
        database: 'up',
        followers: expect.arrayContaining([expect.objectContaining({ name: 'notes', stalled: false })]),
        relay: { failing: false, stalled: false },
        consumer: { failing: false, stalled: false },
      },
    });
  });

  it('publishes what was recorded', async () => {
    const kafka = app.get(KafkaPort);
    await eventually(
      async () => [...(await kafka.endOffsets(topicOf(service))).values()].reduce((sum, end) => sum + end, 0) >= 10,
    );
  });

  it('hands public events to their handlers, and parks the stream of one that cannot be handled', async () => {
    const it = await tokenFor({ municipality: '142140', roles: ['it'] });
    await post('notebooks/lucky/notes', note('lucky', 77));
    await post('notebooks/unlucky/notes', note('unlucky', UNLUCKY));
    await eventually(
      async () => (await app.get(Database).pool.query('SELECT FROM weights WHERE weight = 77')).rowCount,
    );
    const parked = await eventually(async () => {
      const { body } = await ask('GET', 'parked-streams', { token: it });
      return (body.items as object[]).at(0);
    });
    expect(parked).toMatchObject({
      stream: 'notebook-142140/unlucky',
      kind: 'error',
      reason: expect.stringContaining('thirteen is not weighed'),
    });
  });

  it('counts its requests by route', async () => {
    const metrics = await (await fetch(`${visitor.base}/metrics`)).text();
    const names = metrics.split('\n').map((line) => line.replace(/service="[^"]*",?/, '').replace(/ \S+$/, ''));
    expect(names).toEqual(
      expect.arrayContaining([
        `http_request_duration_seconds_count{method="POST",route="/${service}/notebooks/:id/notes",status="201"}`,
        'jinzai_follower_lag_events{follower="notes",}',
        'jinzai_relay_lag_events{}',
        'jinzai_relay_held_events{}',
        'jinzai_failing_timers{}',
        'jinzai_parked_streams{kind="error",}',
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
    const operations = Object.values(body.paths as Record<string, Record<string, Operation>>).flatMap(Object.values);
    for (const { summary, tags, responses, security } of operations as Operation[]) {
      expect(summary).toMatch(/[ぁ-ん]/);
      expect(tags).toEqual([expect.stringMatching(/[ァ-ヶ一-龠]/)]);
      const statuses = ['400', '401', '403', '404', '409', '500', '503'];
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(security ? statuses : []));
      for (const { description } of Object.values(responses)) expect(description).toMatch(/[ぁ-んァ-ヶ一-龠]/);
    }
    const page = await (await fetch(`${visitor.base}/docs`)).text();
    expect(page).toContain('<title>jinzai メモ</title>');
    expect(page).not.toMatch(/(src|href)="(?!\/)/); // nothing from elsewhere
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
