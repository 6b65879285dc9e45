import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { Client } from 'pg';
import { serviceTokenFor, tokenFor } from '#libs/testing/tokens';
import { assertFree, Child, endStale, freePorts } from './child.js';
import { LocalPostgres } from './postgres.js';

describe('the local stack', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jinzai-stack-'));
    chmodSync(folder, 0o755);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps the data of a Postgres that was killed, and starts it again', async () => {
    const [port] = await freePorts(1);
    const options = {
      folder: join(folder, 'pg'),
      port,
      superuserPassword: 'secret',
      durable: true,
      log: join(folder, 'pg.log'),
    };
    const postgres = await LocalPostgres.start(options);
    try {
      const url = await postgres.ensureDatabase('placement', 'owner');
      await query(url, 'CREATE TABLE kept AS SELECT 1 AS one');
      await postgres.kill();
      await expect(query(url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
      await postgres.restart();
      expect(await query(url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      expect(await postgres.ensureDatabase('placement', 'owner')).toBe(url);
    } finally {
      await postgres.stop();
    }
  });

  it('ends what an earlier start left behind', async () => {
    const options = {
      name: 'sleeper',
      command: 'sleep',
      args: ['600'],
      log: join(folder, 'sleeper.log'),
      pidFile: join(folder, 'pid'),
    };
    const left = await Child.start(options);
    expect(left.running).toBe(true);
    await endStale(options.pidFile);
    expect(await left.ended).toBe('SIGTERM');
  });

  it('tells why a process did not get ready', async () => {
    const failing = await Child.start({
      ...{ name: 'failing', command: 'sh', args: ['-c', 'echo no disk; exit 3'] },
      ...{ log: join(folder, 'failing.log'), pidFile: join(folder, 'failing.pid') },
    });
    await expect(failing.until(() => Promise.resolve(false))).rejects.toThrow(
      /failing ended \(code 3\); see .*failing\.log, which ends:\nno disk/,
    );
  });

  it('names a taken port', async () => {
    const postgres = Number(new URL(String(process.env.TEST_POSTGRES_URL)).port);
    await expect(assertFree({ kafka: postgres })).rejects.toThrow(`port ${postgres} (for kafka) is taken`);
  });

  it('gives accounts and services real tokens with the claims they rely on', async () => {
    const issuer = String(process.env.TEST_OIDC_ISSUER);
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
    const verify = async (token: string) => (await jwtVerify(token, keys, { issuer, audience: 'jinzai' })).payload;
    const account = await tokenFor({ municipality: '142140', roles: ['hr', 'manager'], staffId: 'staff-1' });
    expect(await verify(account)).toMatchObject({
      municipality: '142140',
      roles: ['hr', 'manager'],
      staff_id: 'staff-1',
    });
    expect(await verify(await serviceTokenFor('placement', '142034'))).toMatchObject({
      sub: 'service.placement',
      municipality: '142034',
      roles: ['service'],
    });
  });

  it('gives a service no claim to a municipality the provider does not serve', async () => {
    const claims = decodeJwt(await serviceTokenFor('placement', '999999'));
    expect(claims).not.toHaveProperty('municipality');
    expect(claims).not.toHaveProperty('roles');
  });
});

const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};
