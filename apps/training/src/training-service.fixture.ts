import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { PlacementEvent } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import { Database, inTransaction } from '#libs/event-store/database';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { start } from '#libs/platform/boot';
import { Clock } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { tokenFor } from '#libs/testing/tokens';
import { ReactsOnPersonnelActions } from './reacts/on-personnel-actions.js';
import {
  appointed,
  CITY,
  delivered,
  PlacementOverHttp,
  TrainingUsers,
  unitChanged,
  type Answer,
} from './training.fixture.js';
import { TrainingModule } from './training.module.js';

export type Row = Readonly<Record<string, unknown>>;
type Action = Extract<PlacementEvent, { type: 'PersonnelActionTaken' }>;

class SetClock extends Clock {
  at = '2027-04-05T00:00:00Z';

  now(): Date {
    return new Date(this.at);
  }
}

/** Training in this process. Kafka stays away: commands, lists, reactions and timers do without. */
export class TrainingService {
  readonly clock = new SetClock();
  readonly placement = new PlacementOverHttp();
  readonly users = new TrainingUsers(() => this.address, tokenFor);
  address = '';
  private database: TestDatabase;
  private app: NestFastifyApplication;
  private env: Record<string, string | undefined>;

  /** A city of a department, its section and another one, with somebody in each. */
  async start(name: string): Promise<void> {
    this.database = await createDatabase(name);
    this.env = {
      SERVICE_PORT: '0',
      DATABASE_URL: this.database.url,
      KAFKA_BROKERS: '127.0.0.1:9',
      OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
      OIDC_CLIENT_ID: 'service.training',
      OIDC_CLIENT_SECRET: 'test',
      MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      PLACEMENT_URL: await this.placement.start(),
      LOG_LEVEL: 'silent',
    };
    await this.boot();
    await this.known(
      unitChanged('department', null),
      unitChanged('section', 'department'),
      unitChanged('other', null),
      appointed('head', '2020-04-01', 'department', { post: { unitId: 'department', position: 'bucho' }, grade: '7' }),
      ...['s-1', 's-2', 's-3', 's-4'].map((staffId) => appointed(staffId, '2020-04-01')),
      appointed('s-5', '2020-04-01', 'other'),
    );
    // As far as anybody can know without Kafka, that is all there was on placement's topic.
    await this.rows(`INSERT INTO consumer_offsets VALUES ('jinzai.training', 'jinzai.placement.events', 0, 5)`);
  }

  async stop(): Promise<void> {
    await this.app?.close();
    this.placement.stop();
    await this.database?.drop();
  }

  /** Comes up again at an instant, and does what is due by then. */
  async restartAt(instant: string): Promise<void> {
    this.clock.at = instant;
    await this.app.close();
    await this.boot();
    const due = `SELECT FROM timers WHERE state = 'waiting' AND due_at <= $1`;
    await eventually(async () => (await this.rows(due, [instant])).length === 0, 20_000);
  }

  /** The directory learns of it. */
  known(...events: PlacementEvent[]): Promise<void> {
    const inCity = events.map((event) => ({ municipality: CITY, ...event }));
    return inTransaction(this.app.get(Database).pool, (tx) => this.app.get(StaffDirectory).apply(inCity, tx));
  }

  /** What the consumer does with an event: the directory learns of it, then the reaction. */
  async happens(action: Action, recordedAt = '2027-03-01T00:00:00Z'): Promise<Delivered<Action>> {
    const event = delivered(action, recordedAt);
    await this.known(action);
    await this.again(event);
    return event;
  }

  again(event: Delivered<Action>): Promise<void> {
    return inTransaction(this.app.get(Database).pool, (tx) =>
      this.app.get(ReactsOnPersonnelActions).taken(event, new ConsumerContext(tx)),
    );
  }

  async voided(staffId: string, actionId: string): Promise<void> {
    const event = { type: 'PersonnelActionVoided', data: { staffId, actionId } } as const;
    await this.known(event);
    await inTransaction(this.app.get(Database).pool, (tx) =>
      this.app.get(ReactsOnPersonnelActions).voided(delivered(event, '2027-03-01T00:00:00Z'), new ConsumerContext(tx)),
    );
  }

  async record(staffId: string): Promise<{ assignments: Row[]; completions: Row[] }> {
    return (await (await this.users.as('hr')).get(`staff/${staffId}/record`)).body as never;
  }

  async assignmentsOf(staffId: string): Promise<unknown[][]> {
    const { assignments } = await this.record(staffId);
    return assignments.map(({ course, because, dueOn, state }) => [course, because, dueOn, state]);
  }

  events(staffId: string): Promise<Row[]> {
    return this.rows(`SELECT type, data, metadata FROM events WHERE stream = $1 ORDER BY version`, [
      `training-record-${CITY}/${staffId}`,
    ]);
  }

  /** All lists contain what was written so far. */
  async settled(): Promise<void> {
    const [{ newest }] = await this.rows('SELECT max(position) AS newest FROM events');
    for (const name of ['training-lists', 'completion-renewal']) {
      const there = await this.app.get(FollowerRunner).waitFor(name, Number(newest), 60_000);
      if (!there) throw new Error(`${name} has not got to ${String(newest)}`);
    }
  }

  async rows(sql: string, params: unknown[] = []): Promise<Row[]> {
    return (await this.app.get(Database).pool.query<Row>(sql, params)).rows;
  }

  private async boot(): Promise<void> {
    this.app = await start(TrainingModule, 'training', { env: this.env, clock: this.clock });
    this.address = await this.app.getUrl();
  }
}

export const codeOf = async (answer: Promise<Answer>): Promise<unknown> => (await answer).body.code;
export const items = async (answer: Promise<Answer>): Promise<Row[]> => (await answer).body.items as Row[];
