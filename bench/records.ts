/** Training records of invented staff: the streams on which commands are measured. */
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '#libs/event-store/database';
import { parseMasterKeys, PersonKeys } from '#libs/event-store/person-keys';
import { PostgresEventStore } from '#libs/event-store/postgres-event-store';
import type { LocalStack } from '#libs/local-stack/stack';
import { Tokens } from '#libs/local-stack/tokens';
import { setTimeout as pause } from 'node:timers/promises';
import { trainingRecord } from '../apps/training/src/domain/training-record.js';
import type { Request } from './load.js';
import { CITY, METADATA } from './samples.js';
import { query } from './stand.js';

/** Assignments with which every stream begins; each command adds one event. */
const ASSIGNMENTS = 10;
const BATCH = 500;

export type StaffRecord = Readonly<{ staffId: string; assignmentIds: readonly string[] }>;

const DUE = '2037-03-31';

const made = ({ staffId, assignmentIds }: StaffRecord) =>
  assignmentIds.map((assignmentId, index) => ({
    type: 'AssignmentMade' as const,
    data: {
      ...({ assignmentId, staffId, course: `course-${index}`, kind: 'recurring', because: 'imported' } as const),
      ...{ assignedOn: '2026-04-01', dueOn: DUE },
    },
  }));

const invent = (): StaffRecord => ({
  staffId: randomUUID(),
  assignmentIds: Array.from({ length: ASSIGNMENTS }, () => randomUUID()),
});

export const inventRecords = (count: number): StaffRecord[] => Array.from({ length: count }, invent);

/** Writes records straight into the service's store. */
export const writeRecords = async (databaseUrl: string, records: readonly StaffRecord[]): Promise<void> => {
  const database = await Database.open(databaseUrl, []);
  const keys = new PersonKeys(database.pool, parseMasterKeys(`k:${Buffer.alloc(32).toString('base64')}`));
  const store = new PostgresEventStore(database.pool, keys);
  for (let from = 0; from < records.length; from += BATCH) {
    await store.appendBatch(
      records.slice(from, from + BATCH).map((record) => ({
        aggregate: trainingRecord,
        stream: { municipality: CITY, id: record.staffId },
        expected: 'no-stream' as const,
        events: made(record),
        options: { metadata: METADATA },
      })),
    );
  }
  await database.close();
};

/** The same streams for Emmett, by stream id. */
export const forEmmett = (records: readonly StaffRecord[]) =>
  Object.fromEntries(records.map((record) => [`training-record-${record.staffId}`, made(record)]));

/** Excuses an assignment and opens it again, in turns: always allowed, and one event each time. */
export class Turns {
  private readonly next: number[];

  constructor(
    private readonly records: readonly StaffRecord[],
    private readonly connections: number,
    private readonly prefix: string,
    private readonly tokens: readonly string[],
  ) {
    this.next = Array.from({ length: connections }, (_, index) => index);
  }

  /** A connection has records of its own, so that no command meets another's. */
  request(connection: number): Request {
    const turn = this.next[connection];
    this.next[connection] += this.connections;
    const { staffId, assignmentIds } = this.records[turn % this.records.length];
    const round = Math.floor(turn / this.records.length);
    const path = `${this.prefix}/staff/${staffId}/assignments/${assignmentIds[0]}`;
    const token = this.tokens[turn % this.tokens.length];
    const common = { token, key: token && uuidv7() };
    return round % 2 === 0
      ? { path: `${path}/excuse`, body: { reason: 'other' }, ...common }
      : { path: `${path}/reopening`, body: { dueOn: DUE }, ...common };
  }
}

/** Access tokens of as many training officers. */
export const officers = async (stack: LocalStack, count: number): Promise<string[]> => {
  const tokens = new Tokens(stack.issuer);
  const signedIn: string[] = [];
  for (let index = 0; index < count; index++) {
    const id = `officer-${index}`;
    const secret = stack.account(id, { municipality: CITY, roles: ['training-officer'], staffId: id });
    signedIn.push(await tokens.of(id, secret));
  }
  return signedIn;
};

/** Waits until everything stored has been published and listed: whoever is measured next finds an idle machine. */
export const caughtUp = async (databaseUrl: string): Promise<void> => {
  for (;;) {
    const [{ behind }] = await query<{ behind: boolean }>(
      databaseUrl,
      `SELECT (SELECT max(position) FROM events) > least(coalesce((SELECT min(position) FROM follower_checkpoints), 0),
                                                         coalesce((SELECT min(position) FROM relay_progress), 0)) AS behind`,
    );
    if (!behind) return;
    await pause(100);
  }
};
