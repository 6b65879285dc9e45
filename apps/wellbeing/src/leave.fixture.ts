import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { PersonnelAction } from '#libs/contracts/placement';
import { Database, inTransaction } from '#libs/event-store/database';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { KafkaPort } from '#libs/messaging/kafka-port';
import { Unavailable } from '#libs/messaging/unavailable';
import { start } from '#libs/platform/boot';
import { Clock } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { tokenFor } from '#libs/testing/tokens';
import { ReactsOnPersonnelAction } from './reacts/on-personnel-action.js';
import { ReactsOnStaffRegistered } from './reacts/on-staff-registered.js';
import { WellbeingModule } from './wellbeing.module.js';

export const CITY = '142140';

export class MovableClock extends Clock {
  constructor(public instant: string) {
    super();
  }

  now(): Date {
    return new Date(this.instant);
  }
}

/** The service with a clock that can be moved. Kafka stays away throughout: commands, lists and timers do without. */
export const startWellbeing = async (databaseUrl: string, clock: Clock): Promise<NestFastifyApplication> => {
  const app = await start(WellbeingModule, 'wellbeing', {
    clock,
    env: {
      SERVICE_PORT: '0',
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: '127.0.0.1:9',
      OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
      OIDC_CLIENT_ID: 'service.wellbeing',
      OIDC_CLIENT_SECRET: 'test',
      MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      LOG_LEVEL: 'silent',
    },
  });
  // at once, instead of after a second of asking
  app.get(KafkaPort).endOffsets = () => Promise.reject(new Unavailable('Kafka is away'));
  return app;
};

const unit = (unitId: string, parentId: string | null, level: string) => ({
  municipality: CITY,
  type: 'UnitChanged',
  data: {
    effectiveOn: '2020-04-01',
    unit: { unitId, name: unitId, level, parentId, sector: null, appointingAuthority: 'mayor', abolished: false },
  },
});

/** Somebody in service since 2020. */
const appointed = (staffId: string, unitId: string, position: string, weeklyMinutes = 2325) => ({
  municipality: CITY,
  type: 'PersonnelActionTaken',
  data: {
    staffId,
    action: {
      actionId: `${staffId}/appointment`,
      employmentId: `${staffId}/1`,
      kind: 'appoint-on-probation',
      effectiveOn: '2020-04-01',
      post: { unitId, position },
      grade: '2',
      jobCategory: 'general',
      route: 'new-graduate',
      weeklyMinutes,
    },
  },
});

/** A city of two sections under one department; `clerk-…` are everybody else's people. */
export const everybody = [
  unit('1000', null, 'department'),
  unit('1010', '1000', 'section'),
  unit('1020', '1000', 'section'),
  appointed('bucho', '1000', 'bucho'),
  appointed('kacho', '1010', 'kacho'),
  appointed('other-kacho', '1020', 'kacho'),
  ...Array.from({ length: 14 }, (_, index) => appointed(`clerk-${index + 1}`, '1010', 'shuji')),
  appointed('part-timer', '1010', 'shuji', 1395),
];

export type Answer = Readonly<{
  status: number;
  body: Readonly<Record<string, unknown>>;
  headers: Headers;
}>;

/** Wellbeing as the people who work with it see it over HTTP, and placement as wellbeing hears of it. */
export class LeaveUsers {
  private told = 0;

  private constructor(
    readonly app: NestFastifyApplication,
    private readonly base: string,
  ) {}

  static async of(app: NestFastifyApplication): Promise<LeaveUsers> {
    return new LeaveUsers(app, `${await app.getUrl()}/wellbeing`);
  }

  /** What the directory has read before anything else happens. */
  async know(events: readonly { municipality: string; type: string; data: unknown }[]): Promise<void> {
    await inTransaction(this.app.get(Database).pool, async (tx) => {
      await this.app.get(StaffDirectory).apply(events, tx);
      await tx.query(
        `INSERT INTO consumer_offsets VALUES ('jinzai.wellbeing', 'jinzai.placement.events', 0, 5) ON CONFLICT DO NOTHING`,
      );
    });
  }

  async as(role: string, staffId?: string, municipality = CITY) {
    const token = await tokenFor({ municipality, roles: [role], staffId });
    return {
      post: (path: string, body?: object, headers: Record<string, string> = {}) =>
        this.send('POST', path, token, { 'content-type': 'application/json', ...headers }, JSON.stringify(body ?? {})),
      file: (path: string, lines: readonly string[]) =>
        this.send('POST', path, token, { 'content-type': 'text/csv' }, `${lines.join('\n')}\n`),
      get: (path: string) => this.send('GET', path, token, {}),
    };
  }

  /**
   * An action as it comes from placement: the directory first, the reaction after it, in one transaction.
   * @param meanwhile happens before it commits
   */
  async acted(
    staffId: string,
    action: Omit<PersonnelAction, 'employmentId'> & { employmentId?: string },
    meanwhile = async () => {},
  ): Promise<void> {
    const data = { staffId, action: { employmentId: `${staffId}/1`, ...action } };
    const event = this.delivered('PersonnelActionTaken', staffId, data);
    await this.inOrder(event, async (tx) => {
      await this.app.get(ReactsOnPersonnelAction).taken(event, new ConsumerContext(tx));
      await meanwhile();
    });
  }

  async voided(staffId: string, actionId: string): Promise<void> {
    const event = this.delivered('PersonnelActionVoided', staffId, { staffId, actionId });
    await this.inOrder(event, (tx) => this.app.get(ReactsOnPersonnelAction).voided(event, new ConsumerContext(tx)));
  }

  async registered(staffId: string, sex: '1' | '2'): Promise<void> {
    const event = this.delivered('StaffRegistered', staffId, { staffId, sex, birthCohort: 1990 });
    await this.inOrder(event, (tx) => this.app.get(ReactsOnStaffRegistered).registered(event, new ConsumerContext(tx)));
  }

  async erased(staffId: string): Promise<void> {
    const event = this.delivered('PersonErased', staffId, { staffId });
    await this.inOrder(event, (tx) => this.app.get(ReactsOnStaffRegistered).erased(event, new ConsumerContext(tx)));
  }

  async sql(text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
    return (await this.app.get(Database).pool.query<Record<string, unknown>>(text, values)).rows;
  }

  private async inOrder(
    event: { municipality: string; type: string; data: unknown },
    react: (tx: ConstructorParameters<typeof ConsumerContext>[0]) => Promise<unknown>,
  ): Promise<void> {
    await inTransaction(this.app.get(Database).pool, async (tx) => {
      await this.app.get(StaffDirectory).apply([event], tx);
      await react(tx);
    });
  }

  private delivered<Type extends string, Data>(type: Type, staffId: string, data: Data) {
    this.told += 1;
    return {
      type,
      data,
      id: `0a52a4b2-7d1f-4a0e-8f0a-${String(this.told).padStart(12, '0')}`,
      municipality: CITY,
      stream: `staff-${CITY}/${staffId}`,
      streamVersion: this.told,
      previousVersion: this.told - 1,
      schemaVersion: 1,
      recordedAt: '2026-11-24T01:00:00Z',
      correlationId: 'c-1',
    };
  }

  private async send(
    method: string,
    path: string,
    token: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Answer> {
    const response = await fetch(`${this.base}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text) as Answer['body'], headers: response.headers };
  }
}

/** A command that must succeed. */
export const done = async (answer: Promise<Answer>): Promise<{ id: string; position: number; version: number }> => {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body as { id: string; position: number; version: number };
};
