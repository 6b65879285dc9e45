import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { importJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import { startOidc, type LocalOidc } from '#libs/local-stack/oidc';
import { eventually } from '#libs/testing/eventually';
import { Tokens } from '#libs/local-stack/tokens';
import type { Problem } from './problem.js';
import { SignIn } from './sign-in.js';

const folder = mkdtempSync(join(tmpdir(), 'jinzai-sign-in-'));
const keyFile = join(folder, 'key.json');
let provider: LocalOidc;
let signIn: SignIn;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const started = (port: number, key?: string): Promise<LocalOidc> =>
  startOidc({
    port,
    audience: 'jinzai',
    municipalities: ['142140'],
    client: (id) =>
      id === 'yamada'
        ? { kind: 'account', secret: 's', municipality: '142140', roles: ['hr'], staffId: 'staff-1' }
        : undefined,
    keyFile: key,
  });

beforeAll(async () => {
  provider = await started(await freePort(), keyFile);
  signIn = new SignIn(provider.issuer, 'jinzai');
});

afterAll(async () => {
  await provider.stop();
  rmSync(folder, { recursive: true });
});

/** What a thief of the provider's own key, or a provider with other ideas, could send. */
const signed = async (claims: JWTPayload, seconds = 600): Promise<string> => {
  const key = JSON.parse(readFileSync(keyFile, 'utf8')) as JWK;
  return new SignJWT({
    iss: provider.issuer,
    aud: 'jinzai',
    sub: 'yamada',
    municipality: '142140',
    roles: ['hr'],
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid: key.kid })
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(await importJWK(key, 'ES256'));
};

const refusal = async (authorization: string | undefined, by = signIn): Promise<Problem> => {
  const error: unknown = await by.identify(authorization).catch((thrown: unknown) => thrown);
  return error as Problem;
};

const unsigned = (claims: object): string =>
  [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.';

it('knows the caller by a token of the provider', async () => {
  const token = await new Tokens(provider.issuer).of('yamada', 's');
  const identity = { municipality: '142140', subject: 'yamada', staffId: 'staff-1', roles: ['hr'] };
  expect(await signIn.identify(`Bearer ${token}`)).toEqual(identity);
  expect(await signIn.identify(`bearer ${token}`)).toEqual(identity);
});

it('takes what is signed with the published key, so that the refusals below are for their own reason', async () =>
  expect(await signIn.identify(`Bearer ${await signed({})}`)).toMatchObject({ municipality: '142140' }));

it.each<[string, () => Promise<string> | string]>([
  ['an expired token', () => signed({}, -60)],
  ['a token of another issuer', () => signed({ iss: 'http://127.0.0.1:1' })],
  ['a token for another audience', () => signed({ aud: 'payroll' })],
  ['a token without a municipality', () => signed({ municipality: undefined })],
  ['a municipality that is no code', () => signed({ municipality: '142140/x' })],
  ['roles that are no list', () => signed({ roles: 'hr' })],
  [
    'a token without a signature',
    () => unsigned({ iss: provider.issuer, aud: 'jinzai', sub: 'x', municipality: '142140', roles: ['hr'] }),
  ],
  ['a changed token', async () => `${await signed({})}x`],
  ['something else', () => 'abc'],
])('refuses %s', async (_, token) => {
  const problem = await refusal(`Bearer ${await token()}`);
  expect(problem).toMatchObject({ status: 401, code: 'token.invalid' });
  expect(problem.parts.headers).toEqual({ 'www-authenticate': 'Bearer realm="jinzai", error="invalid_token"' });
});

it('says that a token is missing', async () => {
  const problem = await refusal(undefined);
  expect(problem).toMatchObject({ status: 401, code: 'token.missing' });
  expect(problem.parts.headers).toEqual({ 'www-authenticate': 'Bearer realm="jinzai"' });
});

it('says that the provider is away, rather than blaming the token', async () =>
  expect(await refusal(`Bearer ${await signed({})}`, new SignIn('http://127.0.0.1:9', 'jinzai'))).toMatchObject({
    status: 503,
    code: 'identity.away',
  }));

it('follows the provider to another key, and takes no token of the withdrawn one any more', async () => {
  const port = await freePort();
  const before = await started(port);
  const rotated = new SignIn(before.issuer, 'jinzai');
  const token = () => new Tokens(before.issuer).of('yamada', 's');
  const [seen, kept] = [await token(), await token()];
  expect(await rotated.identify(`Bearer ${seen}`)).toMatchObject({ subject: 'yamada' });
  await before.stop();
  const after = await started(port);
  const fresh = await eventually(token); // the first try may meet a connection to the provider that was stopped
  const now = Date.now();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 6_000); // the published keys are asked for every 5 s at most
  try {
    expect(await rotated.identify(`Bearer ${fresh}`)).toMatchObject({ subject: 'yamada' });
    expect(await refusal(`Bearer ${kept}`, rotated)).toMatchObject({ status: 401, code: 'token.invalid' });
    clock.mockReturnValue(now + 60_000 + 6_000);
    expect(await refusal(`Bearer ${seen}`, rotated)).toMatchObject({ status: 401, code: 'token.invalid' });
  } finally {
    clock.mockRestore();
    await after.stop();
  }
});
