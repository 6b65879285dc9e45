import type { Delivered } from '#libs/contracts/public-event';
import type { RecruitmentEvent } from '#libs/contracts/recruitment';
import { ERASED } from '#libs/event-store/decider';
import { execute } from '#libs/event-store/event-store';
import { eventStoreMigrations } from '#libs/event-store/migrations';
import { parseMasterKeys, PersonKeys } from '#libs/event-store/person-keys';
import { PostgresEventStore } from '#libs/event-store/postgres-event-store';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { isUnavailable, Unavailable } from '#libs/messaging/unavailable';
import { SystemClock } from '#libs/processes/clock';
import { Database, inTransaction } from '#libs/event-store/database';
import { ServiceClient, ServiceRefused } from '#libs/platform/service-client';
import { Policies } from '#libs/policy/pack';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { organisation, TREE, type Unit } from '../domain/organisation.js';
import { staff } from '../domain/staff.js';
import { placementMigrations } from '../migrations.js';
import { Rulebook } from '../rulebook.js';
import { ReactsOnHireConfirmed } from './on-hire-confirmed.js';

const CITY = '142140';
const applicant = {
  familyName: '架空',
  givenName: '花子',
  familyNameKana: 'カクウ',
  givenNameKana: 'ハナコ',
  birthDate: '2001-04-02',
  address: '架空市1-1',
};

/** Recruitment as placement's client sees it: there with the details of everybody, or away. */
class Recruitment extends ServiceClient {
  readonly asked: string[] = [];
  away = false;
  refuses = false;
  details: object = { ...applicant, sex: '2' };

  constructor() {
    super(undefined as never); // its settings are never looked at
  }

  override async get<T>(service: string, path: string, municipality: string): Promise<T> {
    if (this.away) throw new Unavailable('recruitment is away');
    if (this.refuses) throw new ServiceRefused(service, 404);
    this.asked.push(`${municipality} ${service} ${path}`);
    return this.details as T;
  }
}

let database: TestDatabase;
let db: Database;
let store: PostgresEventStore;
let recruitment: Recruitment;
let rulebook: Rulebook;
let reaction: ReactsOnHireConfirmed;

beforeAll(async () => {
  database = await createDatabase('on_hire_confirmed');
  db = await Database.open(database.url, [...eventStoreMigrations, ...placementMigrations]);
  await db.migrate();
  const keys = new PersonKeys(db.pool, parseMasterKeys(`k1:${Buffer.alloc(32, 1).toString('base64')}`));
  store = new PostgresEventStore(db.pool, keys);
  rulebook = new Rulebook(store, Policies.load('policies'), new SystemClock());
  const unit: Unit = {
    unitId: '1010',
    name: '職員課',
    level: 'section',
    parentId: null,
    sector: null,
    appointingAuthority: 'mayor',
    abolished: false,
  };
  await execute(
    store,
    organisation,
    { municipality: CITY, id: TREE },
    {
      type: 'ChangeUnits',
      changes: [
        { effectiveOn: '2020-04-01', unit },
        { effectiveOn: '2020-04-01', unit: { ...unit, unitId: '1020' } },
        { effectiveOn: '2027-04-01', unit: { ...unit, unitId: '1020', abolished: true } },
      ],
      occupied: [],
    },
    { metadata: { actor: 'hr-1', correlationId: 'c-0' } },
  );
});

beforeEach(() => {
  recruitment = new Recruitment();
  reaction = new ReactsOnHireConfirmed(store, recruitment, rulebook, new SystemClock());
});

afterAll(async () => {
  await db?.close();
  await database?.drop();
});

type HireConfirmed = Delivered<Extract<RecruitmentEvent, { type: 'HireConfirmed' }>>;

const hired = (id: string, over: Partial<HireConfirmed['data']> = {}): HireConfirmed => ({
  type: 'HireConfirmed',
  id,
  municipality: CITY,
  stream: `application-${CITY}/application-1`,
  streamVersion: 9,
  previousVersion: 8,
  schemaVersion: 1,
  recordedAt: '2026-06-01T01:00:00Z',
  effectiveOn: '2027-04-01',
  correlationId: 'c-1',
  data: {
    applicationId: 'application-1',
    postingId: 'posting-1',
    joinsOn: '2027-04-01',
    jobCategory: 'general',
    route: 'new-graduate',
    grade: '1',
    post: { unitId: '1010', position: 'shuji' },
    weeklyMinutes: 2325,
    ...over,
  },
});

const react = (event: HireConfirmed) =>
  inTransaction(db.pool, (tx) => reaction.appoint(event, new ConsumerContext(tx)));

/** What was written because of the event, as stored. */
const written = async (eventId: string) => {
  const { rows } = await db.pool.query<{ id: string; municipality: string; events: number }>(
    `SELECT split_part(stream, '/', 2) AS id, municipality, count(*)::int AS events FROM events
     WHERE metadata->>'causationId' = $1 GROUP BY 1, 2`,
    [eventId],
  );
  return rows;
};

describe('a confirmed hire', () => {
  it('registers the person and appoints on probation from the agreed day', async () => {
    const event = hired('0a52a4b2-7d1f-4a0e-8f0a-000000000001');
    await react(event);
    expect(recruitment.asked).toEqual([`${CITY} recruitment /recruitment/applications/application-1/hire-details`]);
    const [{ id, events }] = await written(event.id);
    expect(events).toBe(2);
    const { events: history } = await store.read(staff, { municipality: CITY, id });
    expect(history.map(({ type, data }) => ({ type, data }))).toEqual([
      {
        type: 'StaffRegistered',
        data: { staffId: id, sex: '2', birthCohort: 2001, applicationId: 'application-1', ...applicant },
      },
      {
        type: 'PersonnelActionTaken',
        data: {
          staffId: id,
          action: {
            actionId: expect.any(String),
            employmentId: expect.any(String),
            kind: 'appoint-on-probation',
            effectiveOn: '2027-04-01',
            until: '2027-09-30', // six months by the pack
            post: { unitId: '1010', position: 'shuji' },
            grade: '1',
            jobCategory: 'general',
            route: 'new-graduate',
            weeklyMinutes: 2325,
          },
          policy: expect.anything(),
        },
      },
    ]);
    expect(history[0].metadata).toMatchObject({
      actor: 'process:on-hire-confirmed',
      causationId: event.id,
      correlationId: 'c-1',
    });
  });

  it('is appointed once however often it is delivered', async () => {
    const event = hired('0a52a4b2-7d1f-4a0e-8f0a-000000000002');
    await react(event);
    await react(event);
    expect(await written(event.id)).toMatchObject([{ events: 2 }]);
  });

  it('waits for recruitment while it is away', async () => {
    const event = hired('0a52a4b2-7d1f-4a0e-8f0a-000000000003');
    recruitment.away = true;
    const error: unknown = await react(event).catch((thrown: unknown) => thrown);
    expect(isUnavailable(error)).toBe(true);
    expect(await written(event.id)).toEqual([]);
    recruitment.away = false;
    await react(event);
    expect(await written(event.id)).toMatchObject([{ events: 2 }]);
  });

  it('appoints from a day that has passed as well', async () => {
    const event = hired('0a52a4b2-7d1f-4a0e-8f0a-000000000006', { joinsOn: '2021-04-01' });
    await react(event);
    expect(await written(event.id)).toMatchObject([{ events: 2 }]);
  });

  it('is an error, and nothing is written, when recruitment does not give the details', async () => {
    recruitment.refuses = true;
    const event = hired('0a52a4b2-7d1f-4a0e-8f0a-000000000007');
    const error: unknown = await react(event).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ServiceRefused);
    expect(isUnavailable(error)).toBe(false);
    expect(await written(event.id)).toEqual([]);
  });

  it.each([
    ['was never there', '0a52a4b2-7d1f-4a0e-8f0a-000000000004', '9999'],
    ['is abolished by then', '0a52a4b2-7d1f-4a0e-8f0a-000000000008', '1020'],
  ])('is an error, and nothing is written, when the unit %s', async (_, id, unitId) => {
    const event = hired(id, { post: { unitId, position: 'shuji' } });
    const error: unknown = await react(event).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unit.not-in-force' });
    expect(isUnavailable(error)).toBe(false);
    expect(await written(event.id)).toEqual([]);
  });

  it('is an error when the applicant was erased', async () => {
    recruitment.details = { ...applicant, birthDate: ERASED, sex: '2' };
    await expect(react(hired('0a52a4b2-7d1f-4a0e-8f0a-000000000005'))).rejects.toThrow('erased');
  });
});

describe('a confirmed hire of former staff', () => {
  /** Somebody who was hired on the day of the event and left on 31 March 2023. */
  const left = async (id: string): Promise<string> => {
    await react(hired(id, { joinsOn: '2020-04-01' }));
    const [{ id: staffId }] = await written(id);
    const rulesOn = await rulebook.of(CITY);
    const actions = [
      { actionId: `${id}/left`, kind: 'separate', effectiveOn: '2023-03-31', reason: 'resignation' },
    ] as const;
    await execute(
      store,
      staff,
      { municipality: CITY, id: staffId },
      { type: 'TakeActions', actions, rulesOn },
      { metadata: { actor: 'hr-1', correlationId: 'c-0' } },
    );
    return staffId;
  };
  const events = async (staffId: string) =>
    (await store.read(staff, { municipality: CITY, id: staffId })).events.map(({ type, data }) => ({ type, data }));

  it('takes them back under their identity, on probation, and tells which application led there', async () => {
    const formerStaffId = await left('0a52a4b2-7d1f-4a0e-8f0a-000000000011');
    recruitment.details = { ...applicant, familyName: '再来', sex: '2', formerStaffId };
    const event = hired('0a52a4b2-7d1f-4a0e-8f0a-000000000012', { route: 'comeback' });
    await react(event);
    await react(event);
    expect((await events(formerStaffId)).slice(3)).toMatchObject([
      { type: 'StaffDetailsCorrected', data: { staffId: formerStaffId, familyName: '再来' } },
      {
        type: 'PersonnelActionTaken',
        data: {
          applicationId: 'application-1',
          action: { kind: 'appoint-on-probation', effectiveOn: '2027-04-01', until: '2027-09-30', route: 'comeback' },
        },
      },
    ]);
    expect(await written(event.id)).toEqual([{ id: formerStaffId, municipality: CITY, events: 2 }]);
  });

  it.each([
    ['nobody of that id', 'staff.not-found', () => Promise.resolve('nobody'), {}],
    [
      'somebody born on another day',
      'staff.not-the-same-person',
      () => left('0a52a4b2-7d1f-4a0e-8f0a-000000000013'),
      { birthDate: '2001-04-03' },
    ],
  ])('is an error, and nothing is written, for %s', async (_, code, former, over) => {
    recruitment.details = { ...applicant, sex: '2', formerStaffId: await former(), ...over };
    const event = hired('0a52a4b2-7d1f-4a0e-8f0a-000000000014');
    const error: unknown = await react(event).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect(isUnavailable(error)).toBe(false);
    expect(await written(event.id)).toEqual([]);
  });
});
