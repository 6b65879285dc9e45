import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { analystPassword } from '#libs/projections/analyst-password';
import { closedDatabase } from '#libs/projections/closed-database';
import { assertFree, endStale } from './child.js';
import { LocalKafka } from './kafka.js';
import type { Client } from './oidc.js';
import type { OidcSettings } from './oidc-main.js';
import { SERVICES, type Ports, type Service } from './ports.js';
import { LocalPostgres } from './postgres.js';
import { NodeProcess } from './processes.js';

export type StackOptions = Readonly<{
  /** Holds data, logs and secrets between runs. */
  folder: string;
  ports: Ports;
  /** false: fsync off, for tests. */
  durable: boolean;
  municipalities: readonly string[];
  /** Moves the clock of every service. */
  clockOffsetMs?: number;
  logLevel?: string;
  policies?: string;
  /** Services that start with it, all unless named; the others can be started later. */
  services?: readonly Service[];
  /** Further environment of every service, for drills. */
  serviceEnv?: Readonly<Record<string, string>>;
}>;

type Secrets = Readonly<{ postgres: string; client: string; database: string; analyst: string; masterKeys: string }>;

/** Of every topic. */
export const PARTITIONS = 6;
const AUDIENCE = 'jinzai';

/** What can be stopped, killed and started again. */
type Part = {
  restart(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  readonly ended: Promise<string>;
  readonly pid?: number;
};

/** The whole of jinzai on one machine: Postgres, Kafka, OIDC provider and the six services, each a process of its own. */
export class LocalStack {
  private stopping = false;

  private constructor(
    readonly options: StackOptions,
    private readonly secrets: Secrets,
    private readonly clients: Record<string, Client>,
    readonly postgres: LocalPostgres,
    readonly kafka: LocalKafka,
    readonly oidc: NodeProcess,
    readonly services: Readonly<Record<Service, NodeProcess>>,
  ) {}

  /** Starts everything; on failure whatever had started is stopped again. */
  static async start(options: StackOptions, report: (line: string) => void = () => undefined): Promise<LocalStack> {
    const { folder, ports } = options;
    mkdirSync(folder, { recursive: true });
    await endLeftovers(folder);
    await assertFree(ports);
    const secrets = secretsOf(folder);
    const logs = join(folder, 'log');
    const started: { stop(): Promise<void> }[] = [];
    const up = async <P extends { stop(): Promise<void> }>(name: string, starting: Promise<P>): Promise<P> => {
      const begun = performance.now();
      const part = await starting;
      started.push(part);
      report(`${name} is up (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
      return part;
    };
    try {
      const clients = serviceClients(secrets);
      const database = up(
        'Postgres',
        LocalPostgres.start({
          folder: join(folder, 'postgres'),
          port: ports.postgres,
          superuserPassword: secrets.postgres,
          durable: options.durable,
          log: join(logs, 'postgres.log'),
        }),
      );
      // Services need only Postgres to start; Kafka's topics they declare themselves as soon as it is there.
      const serving = database.then(async (postgres) => {
        const services = {} as Record<Service, NodeProcess>;
        for (const service of SERVICES) {
          const url = await postgres.ensureDatabase(service, secrets.database);
          if (service === 'projection') await postgres.asSuperuser(service, closedDatabase(service));
          services[service] = serviceProcess(service, options, secrets, url, logs);
        }
        await settled((options.services ?? SERVICES).map((service) => up(service, running(services[service]))));
        return services;
      });
      const [postgres, kafka, oidc, services] = await settled([
        database,
        up(
          'Kafka',
          LocalKafka.start({
            folder: join(resolve(folder), 'kafka'),
            port: ports.kafka,
            controllerPort: ports['kafka-controller'],
            log: join(logs, 'kafka.log'),
          }),
        ),
        up('OIDC provider', running(oidcProcess(options, clients, logs))),
        serving,
      ]);
      return new LocalStack(options, secrets, clients, postgres, kafka, oidc, services);
    } catch (error) {
      await Promise.allSettled(started.map((part) => part.stop()));
      throw error;
    }
  }

  get issuer(): string {
    return issuerOf(this.options);
  }

  /** Of the database role of a city's analysts. */
  analystPassword(municipality: string): string {
    return analystPassword(this.secrets.analyst, municipality);
  }

  /** Every part by name, for the one who kills or watches them. */
  get parts(): Readonly<Record<string, Part>> {
    return { postgres: this.postgres, kafka: this.kafka, oidc: this.oidc, ...this.services };
  }

  /** Base URL of a service, its prefix included: `…/placement`. */
  url(service: Service): string {
    return `http://127.0.0.1:${this.options.ports[service]}/${service}`;
  }

  /** URL of a service's database, as its owner. */
  databaseUrl(service: Service): string {
    return this.postgres.url(service, service, this.secrets.database);
  }

  /** Makes an account known to the OIDC provider, or changes its claims; returns its secret. */
  account(id: string, claims: Readonly<{ municipality: string; roles: readonly string[]; staffId?: string }>): string {
    const secret = secretOf(this.secrets, id);
    this.clients[id] = { kind: 'account', secret, ...claims };
    writeClients(this.options.folder, this.clients);
    return secret;
  }

  /** Starts again whatever ends by itself, until the stack is stopped. */
  supervise(report: (line: string) => void): void {
    for (const [name, part] of Object.entries(this.parts)) void this.watch(name, part, report);
  }

  /** Services first, so that they can finish what they have in hand. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.allSettled([...Object.values(this.services), this.oidc].map((part) => part.stop()));
    await Promise.allSettled([this.postgres.stop(), this.kafka.stop()]);
  }

  private async watch(name: string, part: Part, report: (line: string) => void): Promise<void> {
    while (!this.stopping) {
      const how = await part.ended;
      if (this.stopping) return;
      report(`${name} ended (${how}) and is started again`);
      await part.restart().then(
        () => {
          if (!this.stopping) report(`${name} is back`);
        },
        (error: unknown) => {
          if (!this.stopping) report(`${name} does not start: ${String(error)}`);
        },
      );
    }
  }
}

const running = async (process: NodeProcess): Promise<NodeProcess> => {
  try {
    await process.start();
    return process;
  } catch (error) {
    await process.stop();
    throw error;
  }
};

/** Like Promise.all, but fails only when all have settled: nothing is left starting behind a failure. */
const settled = async <T extends readonly unknown[]>(starting: { [K in keyof T]: Promise<T[K]> }): Promise<T> => {
  await Promise.allSettled(starting);
  return Promise.all(starting) as unknown as Promise<T>;
};

const endLeftovers = async (folder: string): Promise<void> => {
  const names = [...SERVICES, 'oidc', 'kafka'];
  await Promise.all(names.map((name) => endStale(join(folder, 'log', `${name}.log.pid`))));
  await endStale(join(folder, 'log', 'postgres.log.pid'), 10_000, 'SIGINT');
};

const secretsOf = (folder: string): Secrets => {
  const file = join(folder, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  const secret = () => randomBytes(18).toString('base64url');
  const made = {
    ...{ postgres: secret(), client: secret(), database: secret(), analyst: secret() },
    masterKeys: `local:${randomBytes(32).toString('base64')}`,
  };
  writeFileSync(file, JSON.stringify(made, undefined, 2), { mode: 0o600 });
  return made;
};

const issuerOf = ({ ports }: StackOptions): string => `http://127.0.0.1:${ports.oidc}`;

/** Every account and service has a secret of its own. */
const secretOf = ({ client }: Secrets, id: string): string =>
  createHmac('sha256', client).update(id).digest('base64url');

const serviceClients = (secrets: Secrets): Record<string, Client> =>
  Object.fromEntries(
    SERVICES.map((service) => `service.${service}`).map((id) => [
      id,
      { kind: 'service', secret: secretOf(secrets, id) },
    ]),
  );

const writeClients = (folder: string, clients: Readonly<Record<string, Client>>): void =>
  writeFileSync(join(folder, 'oidc-clients.json'), JSON.stringify(clients, undefined, 2), { mode: 0o600 });

const oidcProcess = (options: StackOptions, clients: Record<string, Client>, logFolder: string): NodeProcess => {
  const { folder, ports, municipalities } = options;
  const settings: OidcSettings = {
    port: ports.oidc,
    audience: AUDIENCE,
    municipalities,
    keyFile: join(folder, 'oidc-key.json'),
    clientsFile: join(folder, 'oidc-clients.json'),
  };
  const file = join(folder, 'oidc.json');
  writeFileSync(file, JSON.stringify(settings));
  writeClients(folder, clients);
  return new NodeProcess({
    name: 'oidc',
    entry: 'dist/libs/local-stack/oidc-main.js',
    args: [file],
    env: {},
    liveUrl: `${issuerOf(options)}/.well-known/openid-configuration`,
    logFolder,
  });
};

const serviceProcess = (
  service: Service,
  options: StackOptions,
  secrets: Secrets,
  databaseUrl: string,
  logFolder: string,
): NodeProcess => {
  const { ports } = options;
  const origin = (of: Service) => `http://127.0.0.1:${ports[of]}`;
  return new NodeProcess({
    name: service,
    entry: `dist/apps/${service}/src/main.js`,
    preload: 'dist/libs/platform/boot.js',
    env: {
      SERVICE_PORT: String(ports[service]),
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
      KAFKA_PARTITIONS: String(PARTITIONS),
      OIDC_ISSUER: issuerOf(options),
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_CLIENT_ID: `service.${service}`,
      OIDC_CLIENT_SECRET: secretOf(secrets, `service.${service}`),
      MASTER_KEYS: secrets.masterKeys,
      POLICIES_DIR: options.policies ?? 'policies',
      CLOCK_OFFSET_MS: String(options.clockOffsetMs ?? 0),
      LOG_LEVEL: options.logLevel ?? 'info',
      ...(service === 'projection' && { ANALYST_PASSWORD: secrets.analyst }),
      ...Object.fromEntries(SERVICES.map((other) => [`${other.toUpperCase()}_URL`, origin(other)])),
      ...options.serviceEnv,
    },
    liveUrl: `${origin(service)}/${service}/health/live`,
    logFolder,
  });
};
