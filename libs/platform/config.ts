import { z } from 'zod';

const url = z.url();
const integer = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const schema = z.object({
  SERVICE_PORT: integer(0, 65_535),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: url,
  KAFKA_BROKERS: z
    .string()
    .regex(/^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$/, 'expected host:port, separated by commas')
    .transform((list) => list.split(',')),
  KAFKA_PARTITIONS: integer(1, 1024).default(6),
  /** Copies of every topic; with three or more, two must be in step for a write to count. */
  KAFKA_REPLICATION: integer(1, 9).default(1),
  /** Silence after which a consumer counts as gone and others get its partitions; the brokers set the least there may be. */
  KAFKA_SESSION_TIMEOUT_MS: integer(1_000, 300_000).default(15_000),
  /** Silence after which another process takes over relay and followers. */
  LEASE_MS: integer(1_000, 300_000).default(10_000),
  OIDC_ISSUER: url,
  OIDC_AUDIENCE: z.string().min(1).default('jinzai'),
  OIDC_CLIENT_ID: z.string().min(1),
  OIDC_CLIENT_SECRET: z.string().min(1),
  MASTER_KEYS: z.string().min(1),
  POLICIES_DIR: z.string().min(1).default('policies'),
  /** Milliseconds a request may be expected to take; while it would be longer, requests are refused with 503 and `Retry-After`. */
  BUSY_AFTER_MS: integer(1, 600_000).default(200),
  CLOCK_OFFSET_MS: z.coerce.number().int().default(0),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
  MIGRATE_ON_START: z.enum(['true', 'false']).default('true'),
  ANALYST_PASSWORD: z.string().min(1).optional(),
  RECRUITMENT_URL: url.optional(),
  EVALUATION_URL: url.optional(),
  TRAINING_URL: url.optional(),
  PLACEMENT_URL: url.optional(),
  WELLBEING_URL: url.optional(),
  PROJECTION_URL: url.optional(),
});

type Settings = Readonly<z.infer<typeof schema>>;

/** A setting is missing or malformed; the message is one line that names the variables, never their values. */
export class ConfigFault extends Error {}

/** Everything a service is told by its environment, checked once before anything starts. */
export class Config {
  private constructor(
    readonly service: string,
    readonly env: Settings,
  ) {}

  /** @throws ConfigFault naming every variable that is missing or malformed */
  static fromEnv(service: string, env: Readonly<Record<string, string | undefined>>): Config {
    const parsed = schema.safeParse(env);
    if (parsed.success) return new Config(service, parsed.data);
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')} (${message})`);
    throw new ConfigFault(`${service}: wrong settings: ${faults.join('; ')}`);
  }

  /** Base URL of another service, from `<SERVICE>_URL`. */
  urlOf(service: string): string {
    const name = `${service.toUpperCase()}_URL`;
    const found = (this.env as Readonly<Record<string, unknown>>)[name];
    if (typeof found !== 'string') throw new ConfigFault(`${this.service}: ${name} is not set`);
    return found.replace(/\/$/, '');
  }
}
