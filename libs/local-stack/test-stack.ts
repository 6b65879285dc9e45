import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './child.js';
import { LocalKafka } from './kafka.js';
import { startOidc, type Client } from './oidc.js';
import { LocalPostgres } from './postgres.js';
import { startReaper } from './reaper.js';
import { TEST_SECRET } from './tokens.js';

/**
 * Clients of the test provider are named by what they are, so that suites need not register any:
 * `142140.hr`, `142140.manager+staff.<staffId>` for accounts, `service.placement` for services.
 */
const testClient = (id: string): Client | undefined => {
  const [first, roles, staffId] = id.split('.');
  if (first === 'service') return { kind: 'service', secret: TEST_SECRET };
  return /^\d{6}$/.test(first) && roles
    ? { kind: 'account', secret: TEST_SECRET, municipality: first, roles: roles.split('+'), staffId }
    : undefined;
};

/** Starts whatever `env` does not name yet, and names it there. */
export const startTestStack = async (env: NodeJS.ProcessEnv): Promise<{ stop(): Promise<void> }> => {
  const folder = mkdtempSync(join(tmpdir(), 'jinzai-test-'));
  chmodSync(folder, 0o755); // the postgres user must be able to enter it
  const reaper = startReaper(folder, true);
  const [postgresPort, kafkaPort, controllerPort, oidcPort] = await freePorts(4);
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.allSettled(stops.map((stopOne) => stopOne()));
    await reaper.finish();
  };
  const postgres = async () => {
    const server = await LocalPostgres.start({
      folder: join(folder, 'postgres'),
      port: postgresPort,
      superuserPassword: 'postgres',
      durable: false,
      log: join(folder, 'postgres.log'),
    });
    stops.push(() => server.stop());
    env.TEST_POSTGRES_URL = server.url();
  };
  const kafka = async () => {
    const log = join(folder, 'kafka.log');
    const broker = await LocalKafka.start({ folder: join(folder, 'kafka'), port: kafkaPort, controllerPort, log });
    stops.push(() => broker.stop());
    env.TEST_KAFKA_BROKERS = broker.brokers;
  };
  const oidc = async () => {
    const municipalities = ['142140', '142034', '131016'];
    const provider = await startOidc({ port: oidcPort, audience: 'jinzai', municipalities, client: testClient });
    stops.push(() => provider.stop());
    env.TEST_OIDC_ISSUER = provider.issuer;
  };
  const results = await Promise.allSettled([
    env.TEST_POSTGRES_URL ? undefined : postgres(),
    env.TEST_KAFKA_BROKERS ? undefined : kafka(),
    env.TEST_OIDC_ISSUER ? undefined : oidc(),
  ]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { stop };
};
