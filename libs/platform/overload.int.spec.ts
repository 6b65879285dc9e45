import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { tokenFor } from '#libs/testing/tokens';
import { start } from './boot.js';
import { NotesModule, notesContract } from './service.fixture.js';
import { environment, Visitor } from './visitor.fixture.js';

const { service } = notesContract;
/** More than have a connection each; every one waits two seconds for a change that never comes. */
const WAITING = 14;

let database: TestDatabase;
let app: NestFastifyApplication;
let visitor: Visitor;

beforeAll(async () => {
  database = await createDatabase('platform_overload');
  app = await start(NotesModule, service, { env: environment(database.url) });
  visitor = new Visitor(`${await app.getUrl()}/${service}`, await tokenFor({ municipality: '142140', roles: ['hr'] }));
  await ask('GET', 'notebooks/notes'); // the keys of the identity provider are there
});

afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const ask = (...question: Parameters<Visitor['ask']>) => visitor.ask(...question);

describe('a process that gets less done than comes', () => {
  it('refuses before it looks at a request, goes on answering those who watch, and takes in again afterwards', async () => {
    const waiting = Array.from({ length: WAITING }, () => ask('GET', 'notebooks/notes?after=2000000000'));
    await eventually(async () => (await ask('GET', 'notebooks/notes')).status === 503);

    const [reading, stranger, broken, nowhere, live, ready] = await Promise.all([
      ask('GET', 'notebooks/notes', { headers: { 'x-correlation-id': 'c-1' } }),
      ask('POST', 'notebooks/a/notes', { token: '', headers: { 'accept-language': 'en' }, body: '{}' }),
      ask('POST', 'notebooks/a/notes', { body: '{"title":' }),
      ask('GET', 'nothing'),
      ask('GET', 'health/live', { token: '' }),
      ask('GET', 'health/ready', { token: '' }),
    ]);
    for (const { status, headers, body } of [reading, stranger, broken, nowhere]) {
      expect({ status, body }).toMatchObject({ status: 503, body: { code: 'service.busy', status: 503 } });
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    }
    expect(reading.headers.get('x-correlation-id')).toBe('c-1');
    expect(reading.body).toMatchObject({ detail: expect.stringContaining('アクセスが集中') });
    expect(stranger.body).toMatchObject({ detail: expect.stringContaining('Too many requests') });
    expect([live.status, ready.status]).toEqual([200, 200]);
    const metrics = await (await fetch(`${visitor.base}/metrics`)).text();
    expect(Number(/^jinzai_refused_requests_total\{.*\} (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(5);

    // The position was never given out; some may have come when it was busy already.
    const codes = (await Promise.all(waiting)).map(({ body }) => String(body.code));
    const answered = codes.filter((code) => code !== 'service.busy');
    expect(new Set(answered)).toEqual(new Set(['request.invalid']));
    expect(answered.length).toBeGreaterThanOrEqual(10);
    expect((await ask('GET', 'notebooks/notes')).status).toBe(200);
  });

  it('forgets those who went away', async () => {
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${visitor.token}` };
    const left = Array.from({ length: WAITING }, () =>
      fetch(`${visitor.base}/notebooks/notes?after=2000000000`, { headers, signal: leaving.signal }).catch(
        () => 'left',
      ),
    );
    await eventually(async () => (await ask('GET', 'notebooks/notes')).status === 503);
    leaving.abort();
    expect(await Promise.all(left)).toEqual(left.map(() => 'left'));
    await eventually(async () => (await ask('GET', 'notebooks/notes')).status === 200);
  });

  it('waits for a slow body without being busy', async () => {
    const slow = Array.from({ length: WAITING }, () => {
      let finish: () => void = () => undefined;
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => {
          finish = () => {
            stream.enqueue(Buffer.from('{}'));
            stream.close();
          };
        },
      });
      const headers = { authorization: `Bearer ${visitor.token}`, 'content-type': 'application/json' };
      const sending = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
      return { answer: fetch(`${visitor.base}/notebooks/approval`, sending), finish: () => finish() };
    });
    const until = performance.now() + 600; // well beyond the grace
    await eventually(async () => {
      expect((await ask('GET', 'notebooks/notes')).status).toBe(200);
      return performance.now() > until;
    });
    for (const { finish } of slow) finish();
    for (const { answer } of slow) expect((await answer).status).toBe(201);
  });
});
