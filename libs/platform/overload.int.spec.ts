import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { tokenFor } from '#libs/testing/tokens';
import { start } from './boot.js';
import { NotesModule, notesContract } from './service.fixture.js';
import { environment, Visitor } from './visitor.fixture.js';

const { service } = notesContract;
/** More than are never refused. */
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

/** Questions that take two seconds each, for they wait for a change that never comes, asked again and again. */
const crowd = () => {
  const leaving = new AbortController();
  const { signal } = leaving;
  const headers = { authorization: `Bearer ${visitor.token}` };
  const codes: string[] = [];
  const one = async (): Promise<void> => {
    while (!signal.aborted) {
      const answer = await fetch(`${visitor.base}/notebooks/notes?after=2000000000`, { headers, signal });
      codes.push(((await answer.json()) as { code: string }).code);
    }
  };
  const gone = Promise.allSettled(Array.from({ length: WAITING }, one));
  return {
    codes,
    leave: async () => {
      leaving.abort();
      await gone;
    },
  };
};

describe('a process that gets less done than comes', () => {
  it('refuses before it looks at a request, goes on answering those who watch, and takes in again afterwards', async () => {
    const { codes, leave } = crowd();
    const refused = await eventually(async () => {
      const answers = await Promise.all([
        ask('GET', 'notebooks/notes', { headers: { 'x-correlation-id': 'c-1' } }),
        ask('POST', 'notebooks/a/notes', { token: '', headers: { 'accept-language': 'en' }, body: '{}' }),
        ask('POST', 'notebooks/a/notes', { body: '{"title":' }),
        ask('GET', 'nothing'),
      ]);
      return answers.every(({ status }) => status === 503) ? answers : undefined;
    }, 20_000);
    for (const { headers, body } of refused) {
      expect(body).toMatchObject({ code: 'service.busy', status: 503 });
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    }
    const [reading, stranger] = refused;
    expect(reading.headers.get('x-correlation-id')).toBe('c-1');
    expect(reading.body).toMatchObject({ detail: expect.stringContaining('アクセスが集中') });
    expect(stranger.body).toMatchObject({ detail: expect.stringContaining('Too many requests') });

    for (const path of ['health/live', 'health/ready'])
      expect(await ask('GET', path, { token: '' })).toMatchObject({ status: 200 });
    const metrics = await (await fetch(`${visitor.base}/metrics`)).text();
    expect(Number(/^jinzai_refused_requests_total\{.*\} (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(4);

    await eventually(() => codes.includes('request.invalid')); // who was taken in is answered as without a crowd
    await leave();
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
