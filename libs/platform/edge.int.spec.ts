import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { tokenFor } from '#libs/testing/tokens';
import { start } from './boot.js';
import { IMPORT_LIMIT } from './edge.js';
import { NotesModule, notesContract } from './service.fixture.js';
import { environment, Visitor } from './visitor.fixture.js';

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
    ['a filter that is not offered', 400, 'request.invalid', ['GET', 'notebooks/notes?municipality=142034']],
    ['a limit beyond 100', 400, 'request.invalid', ['GET', 'notebooks/notes?limit=101']],
    ['an unknown URL', 404, 'route.not-found', ['GET', 'nothing']],
    ['an unknown URL, writing', 404, 'route.not-found', ['POST', 'nothing', { token: '', body: '{}' }]],
    ['a U+0000 in the path', 400, 'request.malformed', ['GET', 'notebooks/%00']],
    ['something that is not there', 404, 'notebook.not-found', ['GET', 'notebooks/missing']],
  ])('%s is %i %s', async (_, status, code, request) =>
    expect(await ask(...request)).toMatchObject({ status, body: { code } }),
  );

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
    expect(await ask('POST', 'notebooks/imports', { body: Buffer.alloc(2_000_000), headers: csv })).toMatchObject({
      status: 201,
      body: { bytes: 2_000_000 },
    }));

  it('is refused beyond 20 MB', async () =>
    expect(
      await ask('POST', 'notebooks/imports', { body: Buffer.alloc(IMPORT_LIMIT + 1), headers: csv }),
    ).toMatchObject({ status: 413 }));
});
