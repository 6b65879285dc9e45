import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inTransaction } from '#libs/event-store/database';
import { DecidedLog } from '#libs/event-store/decided-log';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { HashChain } from '#libs/event-store/hash-chain';
import { Lease } from '#libs/event-store/lease';
import {
  CITY,
  lamp,
  openTestMessaging,
  recordOf,
  streamOf,
  switched,
  type TestMessaging,
} from '#libs/messaging/messaging.fixture';
import { ParkedStreams } from '#libs/messaging/parked-streams';
import { Timers } from '#libs/processes/timers';
import { HELP, run } from './commands.js';

const masterKeys = `k1:${Buffer.alloc(32, 1).toString('base64')}`;

describe('operator commands', () => {
  let world: TestMessaging;
  let service: Server;
  const requests: unknown[] = [];
  let answer: { status: number; body: object } = { status: 200, body: {} };

  /** Exit status, and what was printed. */
  const jinzai = async (line: string, env: Record<string, string> = {}) => {
    const printed: string[] = [];
    const print = (text: string) => void printed.push(text);
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/lamps`;
    const settings = {
      DATABASE_URL: world.url,
      MASTER_KEYS: masterKeys,
      JINZAI_URL: url,
      JINZAI_TOKEN: 'secret',
      ...env,
    };
    const status = await run(line.split(' ').filter(Boolean), { env: settings, out: print, err: print });
    return { status, text: printed.join('\n') };
  };

  beforeAll(async () => {
    world = await openTestMessaging('operator');
    service = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        requests.push({ url: request.url, token: request.headers.authorization, body: JSON.parse(body) as unknown });
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const parked = {
      topic: world.topic,
      stream: streamOf('a'),
      municipality: CITY,
      record: recordOf(world.contract, switched('a', 2)),
    };
    await inTransaction(world.pool, async (tx) => {
      await new ParkedStreams(world.pool).park(tx, 'lamps', parked, {
        kind: 'error',
        reason: 'Error: burnt out',
        applied: 1,
      });
      await new Timers(world.pool).schedule(tx, {
        municipality: CITY,
        kind: 'lapse',
        key: 't-1',
        dueAt: '2026-04-01T00:00:00Z',
        payload: {},
      });
      await tx.query(`UPDATE timers SET attempts = 2, last_error = 'Error: away'`);
    });
  });
  afterAll(async () => {
    service.close();
    await world.close();
  });
  beforeEach(() => {
    requests.length = 0;
    answer = { status: 200, body: {} };
  });

  it('list and show what is parked, as a table or as JSON', async () => {
    const listed = await jinzai('parked list');
    expect(listed).toEqual({
      status: 0,
      text: expect.stringMatching(/^number +stream +kind .*\n1 +lamp-142140\/a +error +1 +0 .* Error: burnt out$/),
    });
    expect(await jinzai('parked list --municipality 142034')).toEqual({ status: 0, text: '(none)' });
    const shown = JSON.parse((await jinzai('parked show 1 --json')).text) as { kept: unknown[]; audit: unknown[] };
    expect(shown).toMatchObject({
      number: 1,
      stream: streamOf('a'),
      events: 1,
      kept: [{ record: { headers: { ce_id: 'a-2' } } }],
      audit: [{ action: 'parked' }],
    });
    expect((await jinzai('parked show 1')).text).toContain('a-2');
    expect(await jinzai('parked show 9')).toEqual({ status: 4, text: 'parked-stream.not-found' });
  });

  it('retry and drop at the service, with the token', async () => {
    answer = { status: 200, body: { applied: 1, left: 0 } };
    expect((await jinzai('parked retry 1 --up-to a-2')).status).toBe(0);
    answer = { status: 200, body: { applied: 0, left: 1, reason: 'Error: burnt out' } };
    expect((await jinzai('parked retry 1')).status).toBe(1);
    answer = { status: 200, body: { dropped: 1, left: 0 } };
    expect((await jinzai('parked drop 1 --reason thrown')).status).toBe(0);
    expect(requests).toEqual([
      { url: '/lamps/parked-streams/1/retry', token: 'Bearer secret', body: { upTo: 'a-2' } },
      { url: '/lamps/parked-streams/1/retry', token: 'Bearer secret', body: {} },
      { url: '/lamps/parked-streams/1/drop', token: 'Bearer secret', body: { reason: 'thrown' } },
    ]);
    answer = { status: 403, body: { code: 'role.not-allowed', detail: '権限がありません' } };
    expect(await jinzai('parked retry 1')).toEqual({ status: 4, text: '403 role.not-allowed 権限がありません' });
  });

  it('show failing timers', async () => {
    expect((await jinzai('timers failing')).text).toMatch(/lapse +t-1 +2026-04-01T00:00:00.000Z +2 +Error: away/);
  });

  it('verify the chain, and say yes only where there is one', async () => {
    const none = `there is no event of ${CITY} in this database`;
    expect(await jinzai(`chain verify --municipality ${CITY}`)).toEqual({ status: 4, text: none });
    expect((await jinzai('chain verify --municipality isehara')).status).toBe(2);
    const stream = { municipality: CITY, id: 'a' };
    const bought = { type: 'LampBought', data: { lampId: 'a' } } as const;
    const metadata = { actor: 'tester', correlationId: 'c-1' };
    const { position } = await world.store.append(lamp, stream, 'any', [bought], { metadata });
    const { pool } = world;
    const followers = [new HashChain()];
    const parts = { log: new DecidedLog(pool), lease: new Lease(pool, 'followers', 'one'), onError: () => undefined };
    const runner = new FollowerRunner({ pool, followers, ...parts });
    runner.start();
    expect(await runner.waitFor('hash-chain', position, 10_000)).toBe(true);
    await runner.stop();
    expect(await jinzai(`chain verify --municipality ${CITY} --json`)).toMatchObject({
      status: 0,
      text: expect.stringMatching(/"events": 1,\s+"ok": true/),
    });
    const tampered = await pool.connect();
    await tampered.query('BEGIN; SET LOCAL session_replication_role = replica');
    await tampered.query(`UPDATE event_chain SET hash = sha256(hash)`);
    await tampered.query('COMMIT');
    tampered.release();
    expect((await jinzai(`chain verify --municipality ${CITY}`)).status).toBe(1);
  });

  it('re-wrap keys and erase one only when it is confirmed', async () => {
    const wrong = await jinzai('keys rewrap', { MASTER_KEYS: 'c2VjcmV0' });
    expect(wrong).toEqual({ status: 2, text: 'master key 1 must be <id>:<32 bytes in base64>' });
    expect(await jinzai('keys rewrap')).toEqual({
      status: 0,
      text: '0 keys are now wrapped with the current master key',
    });
    expect((await jinzai(`keys erase --municipality ${CITY} --person p-1`)).status).toBe(2);
    expect(await jinzai(`keys erase --municipality ${CITY} --person p-1 --confirm p-1`)).toEqual({
      status: 4,
      text: 'person-key.not-found',
    });
  });

  it('say what is wrong with the call, and what is away', async () => {
    expect(await jinzai('--help')).toEqual({ status: 0, text: HELP });
    expect((await jinzai('')).status).toBe(2);
    expect(await jinzai('parked paint')).toEqual({ status: 2, text: 'no such command: parked paint' });
    expect((await jinzai('parked list --colour red')).status).toBe(2);
    expect(await jinzai('parked retry')).toEqual({
      status: 2,
      text: 'give the number of one parked stream: see "parked list"',
    });
    expect(await jinzai('parked drop 1')).toEqual({ status: 2, text: '--reason is missing' });
    expect((await jinzai('parked list', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' })).status).toBe(3);
    expect((await jinzai('parked retry 1', { JINZAI_URL: 'http://127.0.0.1:1/x' })).status).toBe(3);
  });
});
