import type { Delivered } from '#libs/contracts/public-event';
import type { WellbeingEvent } from '#libs/contracts/wellbeing';
import { Database, inTransaction } from '#libs/event-store/database';
import { execute } from '#libs/event-store/event-store';
import { eventStoreMigrations } from '#libs/event-store/migrations';
import { parseMasterKeys, PersonKeys } from '#libs/event-store/person-keys';
import { PostgresEventStore } from '#libs/event-store/postgres-event-store';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { Policies } from '#libs/policy/pack';
import { SystemClock } from '#libs/processes/clock';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import type { DraftAction } from '../domain/career.js';
import { organisation, TREE, type Unit } from '../domain/organisation.js';
import { staff } from '../domain/staff.js';
import { placementMigrations } from '../migrations.js';
import { Rulebook } from '../rulebook.js';
import { ReactsOnChildcareLeave } from './on-childcare-leave.js';

const CITY = '142140';
const METADATA = { actor: 'hr-1', correlationId: 'c-0' };

let database: TestDatabase;
let db: Database;
let store: PostgresEventStore;
let rulebook: Rulebook;
let reaction: ReactsOnChildcareLeave;

beforeAll(async () => {
  database = await createDatabase('on_childcare_leave');
  db = await Database.open(database.url, [...eventStoreMigrations, ...placementMigrations]);
  await db.migrate();
  const keys = new PersonKeys(db.pool, parseMasterKeys(`k1:${Buffer.alloc(32, 1).toString('base64')}`));
  store = new PostgresEventStore(db.pool, keys);
  rulebook = new Rulebook(store, Policies.load('policies'), new SystemClock());
  reaction = new ReactsOnChildcareLeave(store, rulebook);
  const unit: Unit = {
    unitId: '1010',
    name: '職員課',
    level: 'section',
    parentId: null,
    sector: null,
    appointingAuthority: 'mayor',
    abolished: false,
  };
  const changes = [{ effectiveOn: '2020-04-01', unit }];
  const command = { type: 'ChangeUnits', changes, occupied: [] } as const;
  await execute(store, organisation, { municipality: CITY, id: TREE }, command, { metadata: METADATA });
});

afterAll(async () => {
  await db?.close();
  await database?.drop();
});

const APPOINTED: DraftAction = {
  actionId: 'appointment',
  employmentId: 'employment-1',
  kind: 'appoint-on-probation',
  effectiveOn: '2024-04-01',
  post: { unitId: '1010', position: 'shuji' },
  grade: '1',
  jobCategory: 'general',
  route: 'new-graduate',
  weeklyMinutes: 2325,
};

/** Somebody in service since 2024, with further actions. */
const inService = async (staffId: string, ...actions: DraftAction[]): Promise<void> => {
  const command = {
    type: 'RegisterStaff',
    staffId,
    details: {
      familyName: '架空',
      givenName: '花子',
      familyNameKana: 'カクウ',
      givenNameKana: 'ハナコ',
      birthDate: '2001-04-02',
      address: '架空市1-1',
    },
    sex: '2',
    actions: [APPOINTED, { actionId: 'formal', kind: 'appoint-formally', effectiveOn: '2024-10-01' }, ...actions],
    rulesOn: await rulebook.of(CITY),
    today: '2026-12-01',
  } as const;
  await execute(store, staff, { municipality: CITY, id: staffId }, command, { metadata: METADATA });
};

const HANDLERS = {
  ChildcareLeaveStarted: 'started',
  ChildcareLeaveExtended: 'extended',
  ChildcareLeaveEnded: 'ended',
} as const;
type Type = keyof typeof HANDLERS;

let events = 0;

const told = (type: Type, staffId: string, data: object) =>
  ({
    type,
    id: `0a52a4b2-7d1f-4a0e-8f0a-${String(++events).padStart(12, '0')}`,
    municipality: CITY,
    stream: `childcare-${CITY}/${staffId}`,
    streamVersion: events,
    previousVersion: events - 1,
    schemaVersion: 1,
    recordedAt: '2026-12-01T01:00:00Z',
    correlationId: 'c-1',
    data: { caseId: 'case-1', periodId: 'period-1', staffId, ...data },
  }) as unknown as Delivered<Extract<WellbeingEvent, { type: Type }>>;

const react = (event: Delivered<Extract<WellbeingEvent, { type: Type }>>) =>
  inTransaction(db.pool, (tx) => reaction[HANDLERS[event.type]](event as never, new ConsumerContext(tx)));

/** What was written after the formal appointment, and what counts of it. */
const after = async (staffId: string) => {
  const { events: career } = await store.read(staff, { municipality: CITY, id: staffId });
  const state = career.reduce(staff.evolve, staff.initial);
  const counting = state.status === 'none' ? [] : state.actions.slice(2);
  return {
    written: career.slice(3).map(({ type }) => type),
    counting: counting.map(({ kind, effectiveOn, until, leaveKind }) => ({ kind, effectiveOn, until, leaveKind })),
    last: career.at(-1),
  };
};

const LEAVE = { from: '2026-12-01', through: '2027-03-31' };
const onLeave = (until: string) => ({
  kind: 'start-leave-of-absence',
  effectiveOn: '2026-12-01',
  until,
  leaveKind: 'childcare',
});
const back = (effectiveOn: string) => ({ kind: 'return-from-leave', effectiveOn });

describe('a childcare leave', () => {
  it('starts, is extended and ends in the career, each once however often it is delivered', async () => {
    await inService('staff-1');
    const [started, extended, ended] = [
      told('ChildcareLeaveStarted', 'staff-1', LEAVE),
      told('ChildcareLeaveExtended', 'staff-1', { through: '2027-06-30' }),
      told('ChildcareLeaveEnded', 'staff-1', { through: '2027-06-30' }),
    ];
    await react(started);
    await react(started);
    expect((await after('staff-1')).counting).toEqual([onLeave('2027-03-31')]);
    await react(extended);
    await react(extended);
    expect((await after('staff-1')).counting).toEqual([onLeave('2027-06-30')]);
    await react(ended);
    await react(ended);
    const { written, counting, last } = await after('staff-1');
    expect(counting).toEqual([onLeave('2027-06-30'), back('2027-07-01')]);
    expect(written).toEqual([
      'PersonnelActionTaken',
      'PersonnelActionVoided',
      'PersonnelActionTaken',
      'PersonnelActionTaken',
    ]);
    expect(last?.metadata).toMatchObject({
      actor: 'process:on-childcare-leave',
      causationId: ended.id,
      correlationId: 'c-1',
    });
  });

  it('cut short ends the day after its last day', async () => {
    await inService('staff-2');
    await react(told('ChildcareLeaveStarted', 'staff-2', LEAVE));
    await react(told('ChildcareLeaveExtended', 'staff-2', { through: '2026-12-31' }));
    await react(told('ChildcareLeaveEnded', 'staff-2', { through: '2026-12-31' }));
    expect((await after('staff-2')).counting).toEqual([onLeave('2026-12-31'), back('2027-01-01')]);
  });

  it('moved before it began has no action to correct', async () => {
    await inService('staff-3');
    await react(told('ChildcareLeaveExtended', 'staff-3', { through: '2027-06-30' }));
    expect((await after('staff-3')).written).toEqual([]);
  });

  it('HR has entered by hand is not entered twice', async () => {
    const start = { actionId: 'by-hand', ...onLeave('2027-03-31') } as DraftAction;
    await inService('staff-4', start);
    await react(told('ChildcareLeaveStarted', 'staff-4', LEAVE));
    expect((await after('staff-4')).counting).toEqual([onLeave('2027-03-31')]);
    await react(told('ChildcareLeaveEnded', 'staff-4', { through: '2027-03-31' }));
    expect((await after('staff-4')).counting).toEqual([onLeave('2027-03-31'), back('2027-04-01')]);
  });

  it('that ended with the service has nobody to return', async () => {
    await inService('staff-5');
    await react(told('ChildcareLeaveStarted', 'staff-5', LEAVE));
    const actions: DraftAction[] = [
      { actionId: 'resignation', kind: 'separate', effectiveOn: '2026-12-31', reason: 'resignation' },
    ];
    const command = { type: 'TakeActions', actions, rulesOn: await rulebook.of(CITY) } as const;
    await execute(store, staff, { municipality: CITY, id: 'staff-5' }, command, { metadata: METADATA });
    await react(told('ChildcareLeaveEnded', 'staff-5', { through: '2026-12-31' }));
    expect((await after('staff-5')).counting.map(({ kind }) => kind)).toEqual(['start-leave-of-absence', 'separate']);
  });

  it('of somebody on another leave is an error, and nothing is written', async () => {
    await inService('staff-6', {
      actionId: 'sick',
      kind: 'start-leave-of-absence',
      effectiveOn: '2026-11-01',
      leaveKind: 'sickness',
    });
    await expect(react(told('ChildcareLeaveStarted', 'staff-6', LEAVE))).rejects.toMatchObject({
      code: 'timeline.already-on-leave',
    });
    await expect(react(told('ChildcareLeaveStarted', 'nobody', LEAVE))).rejects.toThrow('not registered');
    expect((await after('staff-6')).counting).toHaveLength(1);
  });
});
