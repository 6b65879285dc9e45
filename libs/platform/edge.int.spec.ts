import { once } from 'node:events';
import { connect } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { tokenFor } from '#libs/testing/tokens';
import { start } from './boot.js';
import { IMPORT_LIMIT } from './edge.js';
import { NotesModule, notesContract } from './service.fixture.js';
import { Database } from '#libs/event-store/database';
import { environment, sendBytes, Visitor } from './visitor.fixture.js';

const { service } = notesContract;
let database: TestDatabase;

let app: NestFastifyApplication;
let visitor: Visitor;

beforeAll(async () => {
  database = await createDatabase('platform');
  app = await start(NotesModule, service, { env: environment(database.url) });
  visitor = new Visitor(`${await app.getUrl()}/${service}`, await tokenFor({ municipality: '142140', roles: ['hr'] }));
});

afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const ask = (...question: Parameters<Visitor['ask']>) => visitor.ask(...question);
const post = (...question: Parameters<Visitor['post']>) => visitor.post(...question);
const note = (title: string, weight = 1) => ({ title, weight });

describe('a caller', () => {
  it('without a valid token is asked to sign in, before the body is read', async () => {
    const unknown = await ask('POST', 'notebooks/a/notes', { token: '', body: 'x'.repeat(2_000_000) });
    expect(unknown).toMatchObject({ status: 401, body: { code: 'token.missing' } });
    expect(unknown.headers.get('www-authenticate')).toBe('Bearer realm="jinzai"');
    expect(await ask('GET', 'notebooks/notes', { token: 'a.b.c' })).toMatchObject({
      status: 401,
      body: { code: 'token.invalid' },
    });
  });

  it('has no body read at an unknown URL either', async () => {
    const body = JSON.stringify({ title: 'x'.repeat(1_100_000) }); // would be 413
    expect(await ask('POST', 'nothing', { token: '', body })).toMatchObject({ status: 404 });
  });

  it('of another role is refused whether or not the thing exists', async () => {
    const staff = await tokenFor({ municipality: '142140', roles: ['staff'] });
    for (const path of ['notebooks/notes', 'notebooks/missing']) {
      expect(await ask('GET', path, { token: staff })).toMatchObject({
        status: 403,
        body: { code: 'role.not-allowed', title: '権限がありません' },
      });
    }
    expect((await ask('GET', 'notebooks/recruiting')).status).toBe(403);
  });

  it('is refused while the system is not in force in the city', async () =>
    expect(await ask('GET', 'notebooks/future')).toMatchObject({
      status: 409,
      body: { code: 'system.not-in-force', facts: { systems: 'X9' } },
    }));

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
          { field: 'title', message: '1～20文字で指定してください' },
          { field: 'weight', message: '整数で指定してください' },
        ],
      },
    }));

  it.each<[string, number, string, Parameters<typeof ask>]>([
    ['broken JSON', 400, 'request.malformed', ['POST', 'notebooks/a/notes', { body: '{"title":' }]],
    [
      'no JSON at all',
      415,
      'request.unsupported-media-type',
      ['POST', 'notebooks/a/notes', { body: 'x', headers: { 'content-type': 'text/plain' } }],
    ],
    [
      'text that is not UTF-8',
      400,
      'request.malformed',
      ['POST', 'notebooks/a/notes', { body: Buffer.from('{"title":"\x93\xfa","weight":1}', 'latin1') }],
    ],
    [
      'a file where JSON is declared',
      415,
      'request.unsupported-media-type',
      ['POST', 'notebooks/a/notes', { body: 'title,weight', headers: { 'content-type': 'text/csv' } }],
    ],
    [
      'JSON where a file is declared',
      415,
      'request.unsupported-media-type',
      ['POST', 'notebooks/imports', { body: '{"length":1}' }],
    ],
    [
      'JSON that says it is not UTF-8',
      415,
      'request.unsupported-media-type',
      [
        'POST',
        'notebooks/a/notes',
        { body: '{"title":"a","weight":1}', headers: { 'content-type': 'application/json; charset=shift_jis' } },
      ],
    ],
    [
      'a compressed body',
      415,
      'request.unsupported-media-type',
      ['POST', 'notebooks/a/notes', { body: '{"title":"a","weight":1}', headers: { 'content-encoding': 'gzip' } }],
    ],
    ['a body where none is taken', 400, 'request.body-not-taken', ['POST', 'notebooks/closing', { body: '{"all":1}' }]],
    ['a list where no body is taken', 400, 'request.body-not-taken', ['POST', 'notebooks/closing', { body: '[]' }]],
    ['null where no body is taken', 400, 'request.body-not-taken', ['POST', 'notebooks/closing', { body: 'null' }]],
    [
      'a file where no body is taken',
      415,
      'request.unsupported-media-type',
      ['POST', 'notebooks/closing', { body: 'a,b', headers: { 'content-type': 'text/csv' } }],
    ],
    [
      'a body over 1 MB',
      413,
      'request.too-large',
      ['POST', 'notebooks/a/notes', { body: JSON.stringify({ title: 'x'.repeat(1_100_000) }) }],
    ],
    [
      'a malformed key',
      400,
      'request.key-malformed',
      [
        'POST',
        'notebooks/a/notes',
        { body: '{"title":"a","weight":1}', headers: { 'idempotency-key': 'k'.repeat(256) } },
      ],
    ],
    [
      'a malformed If-Match',
      400,
      'request.if-match-malformed',
      ['POST', 'notebooks/a/notes', { body: '{"title":"a","weight":1}', headers: { 'if-match': 'new' } }],
    ],
    ['a forged cursor', 400, 'cursor.malformed', ['GET', 'notebooks/notes?cursor=abc']],
    [
      'a forged cursor of the right form',
      400,
      'cursor.malformed',
      ['GET', `notebooks/notes?cursor=${Buffer.from('["recordedAt","x","y"]').toString('base64url')}`],
    ],
    ['a sort that is not offered', 400, 'request.invalid', ['GET', 'notebooks/notes?sort=title']],
    ['a filter that is not offered', 400, 'request.invalid', ['GET', 'notebooks/notes?colour=red']],
    [
      'the own municipality, which no request need name',
      400,
      'request.invalid',
      ['GET', 'notebooks/notes?municipality=142140'],
    ],
    ['a filter called __proto__', 400, 'request.invalid', ['GET', 'notebooks/notes?__proto__=x']],
    ['a limit beyond 100', 400, 'request.invalid', ['GET', 'notebooks/notes?limit=101']],
    ['an unknown URL', 404, 'route.not-found', ['GET', 'nothing']],
    ['an unknown URL, writing', 404, 'route.not-found', ['POST', 'nothing', { token: '', body: '{}' }]],
    ['a wrong method', 405, 'route.method-not-allowed', ['DELETE', 'notebooks/a/notes']],
    ['reading where only writing is possible', 405, 'route.method-not-allowed', ['GET', 'notebooks/a/notes']],
    ['a path that cannot be decoded', 400, 'request.url-malformed', ['GET', 'notebooks/%zz']],
    ['an id that is too long', 414, 'request.url-too-long', ['GET', `notebooks/${'x'.repeat(301)}`]],
    ['a list where an object is wanted', 400, 'request.not-an-object', ['POST', 'notebooks/a/notes', { body: '[]' }]],
    ['a text', 400, 'request.not-an-object', ['POST', 'notebooks/a/notes', { body: '"x"' }]],
    ['a number', 400, 'request.not-an-object', ['POST', 'notebooks/approval', { body: '1' }]],
    ['null', 400, 'request.not-an-object', ['POST', 'notebooks/approval', { body: 'null' }]],
    [
      'a body without end',
      400,
      'request.malformed',
      ['POST', 'notebooks/approval', { body: `{"reason":${'['.repeat(200_000)}${']'.repeat(200_000)}}` }],
    ],
    ['a U+0000 in the path', 400, 'request.malformed', ['GET', 'notebooks/%00']],
    ['something that is not there', 404, 'notebook.not-found', ['GET', 'notebooks/missing']],
  ])('%s is %i %s', async (_, status, code, request) =>
    expect(await ask(...request)).toMatchObject({ status, body: { code } }),
  );

  it('with a wrong method is told the right ones', async () => {
    const refused = await ask('PUT', 'notebooks/a/notes', { token: '', body: '{}' });
    expect(refused).toMatchObject({ status: 405, body: { detail: 'このURLは POST で利用してください。' } });
    expect(refused.headers.get('allow')).toBe('POST');
    expect((await ask('DELETE', 'notebooks/notes')).headers.get('allow')).toBe('GET, HEAD');
  });

  it.each<[string, string, string, string]>([
    ['U+0000', '{"title":"a\\u0000","weight":1}', 'title', '使用できない文字'],
    ['half a pair', '{"title":"a","weight":1,"place":{"shelf":"\\ud800"}}', 'place.shelf', '使用できない文字'],
    ['a key __proto__', '{"title":"a","weight":1,"__proto__":{"x":1}}', '__proto__', 'この項目はありません'],
    [
      'a key constructor',
      '{"title":"a","weight":1,"place":{"shelf":"a","constructor":1}}',
      'place.constructor',
      'この項目はありません',
    ],
    ['only spaces', '{"title":" \u3000","weight":1}', 'title', '空にはできません'],
    [
      'only something unseen',
      '{"title":"a","weight":1,"copies":[{"shelf":"a"},{"shelf":"\\u200b"}]}',
      'copies.1.shelf',
      '空にはできません',
    ],
    ['a list for an object', '{"title":"a","weight":1,"place":[]}', 'place', 'オブジェクト'],
    ['a list in a list of objects', '{"title":"a","weight":1,"copies":[[]]}', 'copies.0', 'オブジェクト'],
    ['null instead of nothing', '{"title":"a","weight":1,"place":null}', 'place', 'null は指定できません'],
  ])('with %s is refused by the name of the field, and changes nothing', async (_, body, field, message) => {
    const refused = await ask('POST', 'notebooks/untouched/notes', { body });
    expect(refused).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(refused.body.errors).toEqual([{ field, message: expect.stringContaining(message) }]);
    const stored = await app.get(Database).pool.query("SELECT FROM events WHERE stream LIKE '%/untouched'");
    expect(stored.rowCount).toBe(0);
  });

  it('that breaks something of ours says nothing about it', async () => {
    const broken = await ask('GET', 'notebooks/broken');
    expect(broken).toMatchObject({ status: 500, body: { code: 'internal.error' } });
    expect(JSON.stringify(broken.body)).not.toContain('山田');
    expect(broken.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('what is hardly HTTP', () => {
  const host = 'host: jinzai\r\n';
  const post = `POST /${service}/notebooks/approval HTTP/1.1\r\n${host}content-type: application/json\r\n`;

  it.each<[string, number, string, () => string]>([
    ['a URL over 16 KB', 431, 'request.header-too-large', () => `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`],
    ['a malformed header', 400, 'request.malformed', () => `GET / HTTP/1.1\r\n${host}no header\r\n\r\n`],
    ['an unknown method', 400, 'request.malformed', () => `FETCH / HTTP/1.1\r\n${host}\r\n`],
    ['no host', 400, 'request.malformed', () => 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n'],
    [
      'a broken chunk',
      400,
      'request.malformed',
      () => `${post}authorization: Bearer ${visitor.token}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
    ],
  ])('%s is %i %s', async (_, status, code, bytes) => {
    const answer = await sendBytes(visitor.base, bytes());
    expect(answer).toMatchObject({ status, body: { status, code, detail: expect.stringMatching(/[ぁ-ん]/) } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers.get('content-language')).toBe('ja');
  });

  it('is answered in the language of the caller as soon as headers were read', async () => {
    const answer = await ask('GET', 'notebooks/%zz', {
      headers: { 'accept-language': 'en', 'x-correlation-id': 'c-1' },
    });
    expect(answer.body).toMatchObject({ title: 'Malformed request' });
    expect(answer.headers.get('x-correlation-id')).toBe('c-1');
  });
});

describe('another municipality', () => {
  it('is refused when it is named, whether or not there is such a one', async () => {
    const named: [string, string, string?][] = [
      ['GET', 'notebooks/notes?municipality=142034'],
      ['GET', 'notebooks/notes?municipalityCode=999999'],
      ['GET', 'notebooks/notes?municipality=142140&municipality=142034'],
      ['POST', 'notebooks/named/notes', '{"title":"a","weight":1,"municipality":"142034"}'],
      ['POST', 'notebooks/named/notes', '{"title":"a","weight":1,"municipalityCode":999999}'],
    ];
    const answers = await Promise.all(named.map(([method, path, body]) => ask(method, path, { body })));
    for (const { status, body } of answers) {
      expect(status).toBe(403);
      expect(body).toEqual(answers[0].body);
    }
    expect(answers[0].body).toMatchObject({ code: 'municipality.not-allowed', title: '権限がありません' });
  });

  it('has things that look like things that do not exist', async () => {
    await post('notebooks/theirs/notes', note('theirs'));
    expect((await ask('GET', 'notebooks/theirs')).status).toBe(200);
    const token = await tokenFor({ municipality: '142034', roles: ['hr'] });
    const there = await ask('GET', 'notebooks/theirs', { token });
    expect(there).toMatchObject({ status: 404, body: { code: 'notebook.not-found' } });
    expect(there.body).toEqual((await ask('GET', 'notebooks/nowhere', { token })).body);
  });
});

describe('an import', () => {
  const csv = { 'content-type': 'text/csv; charset=shift_jis' };

  it('arrives as the bytes that were sent', async () =>
    expect(await ask('POST', 'notebooks/imports', { body: Buffer.alloc(2_000_000), headers: csv })).toMatchObject({
      status: 201,
      body: { bytes: 2_000_000 },
    }));

  it('is refused beyond 20 MB', async () =>
    expect(
      await ask('POST', 'notebooks/imports', { body: Buffer.alloc(IMPORT_LIMIT + 1), headers: csv }),
    ).toMatchObject({ status: 413 }));
});

it('stops at once although somebody has opened a connection and asked nothing yet', async () => {
  const stopping = await start(NotesModule, service, { env: environment(database.url) });
  const socket = connect(Number(new URL(await stopping.getUrl()).port), '127.0.0.1');
  const ended = once(socket, 'close');
  await once(socket, 'connect');
  expect((await fetch(`${await stopping.getUrl()}/${service}/health/live`)).status).toBe(200);
  await stopping.close(); // Node would wait for a minute, jest does not
  await ended;
});
