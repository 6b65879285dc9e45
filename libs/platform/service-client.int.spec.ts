import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { Unavailable } from '#libs/messaging/unavailable';
import { Config } from './config.js';
import { ServiceClient, ServiceRefused } from './service-client.js';

let recruitment: Server;
let client: ServiceClient;
/** Bearer tokens as they came, what was asked, and what is answered next. */
const seen: string[] = [];
let asked: { method?: string; body: string };
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  recruitment = createServer((request, response) => {
    seen.push(String(request.headers.authorization).replace('Bearer ', ''));
    asked = { method: request.method, body: '' };
    request.on('data', (part: Buffer) => (asked.body += part.toString()));
    request.on('end', () => answer(response));
  });
  await new Promise<void>((resolve) => recruitment.listen(0, '127.0.0.1', resolve));
  client = new ServiceClient(configFor((recruitment.address() as AddressInfo).port));
});

beforeEach(() => {
  seen.length = 0;
  answer = (response) => response.end('{"applicationId":"a-1"}');
});

afterAll(() => {
  recruitment.close();
  recruitment.closeAllConnections();
});

const configFor = (port: number): Config =>
  Config.fromEnv('placement', {
    SERVICE_PORT: '0',
    DATABASE_URL: String(process.env.TEST_POSTGRES_URL),
    KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS,
    OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
    OIDC_CLIENT_ID: 'service.placement',
    OIDC_CLIENT_SECRET: 'test',
    MASTER_KEYS: 'k1:x',
    RECRUITMENT_URL: `http://127.0.0.1:${port}`,
  });

const details = (municipality: string) =>
  client.get('recruitment', '/recruitment/applications/a-1/hire-details', municipality);
const status = (code: number) => (response: ServerResponse) => response.writeHead(code).end();

it('reads with its own token for the municipality, fetched once and used again', async () => {
  expect(await details('142140')).toEqual({ applicationId: 'a-1' });
  await details('142140');
  await details('142034');
  expect(seen[1]).toBe(seen[0]);
  expect(seen.map((token) => decodeJwt(token))).toMatchObject([
    { municipality: '142140', roles: ['service'], aud: 'jinzai' },
    { municipality: '142140' },
    { municipality: '142034' },
  ]);
});

it('fetches a new token when the old one is refused', async () => {
  await details('142140');
  answer = (response) => {
    answer = (next) => next.end('{}');
    status(401)(response);
  };
  expect(await details('142140')).toEqual({});
  expect(seen).toHaveLength(3);
});

it('asks what does not fit into a path, also again with a new token', async () => {
  await details('142140');
  answer = (response) => {
    answer = (next) => next.end('{"staffIds":["s-1",null]}');
    status(401)(response);
  };
  const numbers = ['100001', '100002'];
  expect(await client.post('recruitment', '/recruitment/numbers', '142140', { numbers })).toEqual({
    staffIds: ['s-1', null],
  });
  expect(asked).toEqual({ method: 'POST', body: JSON.stringify({ numbers }) });
  expect(seen).toHaveLength(3);
});

it('says that waiting helps when the service is away, and that it does not when it refuses', async () => {
  answer = status(503);
  await expect(details('142140')).rejects.toBeInstanceOf(Unavailable);
  answer = status(404);
  await expect(details('142140')).rejects.toMatchObject(new ServiceRefused('recruitment', 404));
  await expect(new ServiceClient(configFor(9)).get('recruitment', '/recruitment/x', '142140')).rejects.toBeInstanceOf(
    Unavailable,
  );
});
