import type { EvaluationEvent } from '#libs/contracts/evaluation';
import type { Delivered } from '#libs/contracts/public-event';
import { Database, inTransaction } from '#libs/event-store/database';
import { execute } from '#libs/event-store/event-store';
import { eventStoreMigrations } from '#libs/event-store/migrations';
import { parseMasterKeys, PersonKeys } from '#libs/event-store/person-keys';
import { PostgresEventStore } from '#libs/event-store/postgres-event-store';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { isUnavailable, Unavailable } from '#libs/messaging/unavailable';
import { ServiceClient } from '#libs/platform/service-client';
import { Policies } from '#libs/policy/pack';
import { SystemClock } from '#libs/processes/clock';
import { directoryMigrations } from '#libs/staff-directory/migrations';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import type { DraftAction } from '../domain/career.js';
import { organisation, TREE, type Unit } from '../domain/organisation.js';
import { staff } from '../domain/staff.js';
import { ProbationsController } from '../http/probations.controller.js';
import { placementMigrations } from '../migrations.js';
import { Rulebook } from '../rulebook.js';
import { ReactsOnSheetConfirmed, type ProbationResult } from './on-sheet-confirmed.js';

const CITY = '142140';
const METADATA = { actor: 'hr-1', correlationId: 'c-0' };

/** Evaluation as placement's client sees it: there with a result, or away. */
class Evaluation extends ServiceClient {
  readonly asked: string[] = [];
  result?: ProbationResult;

  constructor() {
    super(undefined as never); // its settings are never looked at
  }

  override async get<T>(service: string, path: string, municipality: string): Promise<T> {
    if (!this.result) throw new Unavailable('evaluation is away');
    this.asked.push(`${municipality} ${service} ${path}`);
    return this.result as T;
  }
}

let database: TestDatabase;
let db: Database;
let store: PostgresEventStore;
let rulebook: Rulebook;
let evaluation: Evaluation;
let reaction: ReactsOnSheetConfirmed;

beforeAll(async () => {
  database = await createDatabase('on_sheet_confirmed');
  const migrations = [...eventStoreMigrations, ...directoryMigrations, ...placementMigrations];
  db = await Database.open(database.url, migrations);
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
  const changes = [{ effectiveOn: '2020-04-01', unit }];
  const command = { type: 'ChangeUnits', changes, occupied: [] } as const;
  await execute(store, organisation, { municipality: CITY, id: TREE }, command, { metadata: METADATA });
});

beforeEach(() => {
  evaluation = new Evaluation();
  reaction = new ReactsOnSheetConfirmed(store, evaluation, rulebook);
});

afterAll(async () => {
  await db?.close();
  await database?.drop();
});

/** Somebody on probation from 1 April through 30 September 2026, with further actions. */
const onProbation = async (staffId: string, ...actions: DraftAction[]): Promise<void> => {
  const appointment: DraftAction = {
    actionId: 'appointment',
    employmentId: `${staffId}/employment`,
    kind: 'appoint-on-probation',
    effectiveOn: '2026-04-01',
    post: { unitId: '1010', position: 'shuji' },
    grade: '1',
    jobCategory: 'general',
    route: 'new-graduate',
    weeklyMinutes: 2325,
  };
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
    actions: [appointment, ...actions],
    rulesOn: await rulebook.of(CITY),
    today: '2026-04-01',
  } as const;
  await execute(store, staff, { municipality: CITY, id: staffId }, command, { metadata: METADATA });
};

type SheetConfirmed = Delivered<Extract<EvaluationEvent, { type: 'SheetConfirmed' }>>;

let events = 0;

const confirmed = (staffId: string, over: Partial<SheetConfirmed['data']> = {}): SheetConfirmed => ({
  type: 'SheetConfirmed',
  id: `0a52a4b2-7d1f-4a0e-8f0a-${String(++events).padStart(12, '0')}`,
  municipality: CITY,
  stream: `sheet-${CITY}/${staffId}`,
  streamVersion: 5,
  previousVersion: 4,
  schemaVersion: 1,
  recordedAt: '2026-09-20T01:00:00Z',
  correlationId: 'c-1',
  data: {
    sheetId: `${staffId}/sheet`,
    staffId,
    kind: 'probation',
    employmentId: `${staffId}/employment`,
    confirmedOn: '2026-09-20',
    ...over,
  },
});

const react = (event: SheetConfirmed) =>
  inTransaction(db.pool, (tx) => reaction.decide(event, new ConsumerContext(tx)));

/** Actions after the appointment. */
const taken = async (staffId: string) => {
  const { events: career } = await store.read(staff, { municipality: CITY, id: staffId });
  const state = career.reduce(staff.evolve, staff.initial);
  const actions = state.status === 'none' ? [] : state.actions.slice(1);
  return actions.map(({ kind, effectiveOn, until }) => ({ kind, effectiveOn, until }));
};

const formal = { kind: 'appoint-formally', effectiveOn: '2026-10-01' };

describe('a probation that was passed', () => {
  it('leads to the formal appointment the day after, once however often it is delivered', async () => {
    await onProbation('staff-1');
    evaluation.result = { outcome: 'passed' };
    const event = confirmed('staff-1');
    await react(event);
    await react(event);
    expect(evaluation.asked[0]).toBe(`${CITY} evaluation /evaluation/sheets/staff-1%2Fsheet/probation-result`);
    expect(await taken('staff-1')).toEqual([formal]);
    const { events: career } = await store.read(staff, { municipality: CITY, id: 'staff-1' });
    expect(career.at(-1)?.metadata).toMatchObject({
      actor: 'process:on-sheet-confirmed',
      causationId: event.id,
      correlationId: 'c-1',
    });
  });

  it('waits for evaluation while it is away', async () => {
    await onProbation('staff-2');
    const error: unknown = await react(confirmed('staff-2')).catch((thrown: unknown) => thrown);
    expect(isUnavailable(error)).toBe(true);
    expect(await taken('staff-2')).toEqual([]);
  });

  it('adds nothing to what HR has decided, or to a service that ended', async () => {
    evaluation.result = { outcome: 'passed' };
    await onProbation('staff-3', { actionId: 'formal', ...formal } as DraftAction);
    await react(confirmed('staff-3'));
    expect(await taken('staff-3')).toEqual([formal]);
    await onProbation('staff-4', {
      actionId: 'resignation',
      kind: 'separate',
      effectiveOn: '2026-09-30',
      reason: 'resignation',
    });
    await react(confirmed('staff-4'));
    expect((await taken('staff-4')).map(({ kind }) => kind)).toEqual(['separate']);
  });
});

describe('a probation that is extended', () => {
  it('lasts through the day evaluation names', async () => {
    await onProbation('staff-5');
    evaluation.result = { outcome: 'extended', extendedThrough: '2026-12-31' };
    await react(confirmed('staff-5'));
    const extension = { kind: 'extend-probation', effectiveOn: '2026-09-20', until: '2026-12-31' };
    expect(await taken('staff-5')).toEqual([extension]);
    await react(confirmed('staff-5'));
    expect(await taken('staff-5')).toEqual([extension]);
    evaluation.result = { outcome: 'passed' };
    await react(confirmed('staff-5', { sheetId: 'second', confirmedOn: '2026-12-20' }));
    expect(await taken('staff-5')).toEqual([extension, { ...formal, effectiveOn: '2027-01-01' }]);
  });

  it('is within the legal limit, or an error', async () => {
    await onProbation('staff-6');
    evaluation.result = { outcome: 'extended', extendedThrough: '2027-04-01' };
    await expect(react(confirmed('staff-6'))).rejects.toMatchObject({ code: 'probation.outside-limits' });
    expect(await taken('staff-6')).toEqual([]);
  });
});

describe('a probation that was not passed', () => {
  it('changes nothing by itself and is listed for HR, until HR has decided', async () => {
    await onProbation('staff-7');
    evaluation.result = { outcome: 'failed' };
    const event = confirmed('staff-7');
    await react(event);
    await react(event);
    expect(await taken('staff-7')).toEqual([]);
    const list = (municipality: string) =>
      new ProbationsController(db).notPassed({ municipality } as never, {}).then(({ items }) => items);
    const sheet = { sheetId: 'staff-7/sheet', probationUntil: '2026-09-30', confirmedOn: '2026-09-20' };
    expect(await list(CITY)).toEqual([{ staffId: 'staff-7', ...sheet }]);
    expect(await list('142034')).toEqual([]);
    await db.pool.query(`INSERT INTO directory_actions VALUES ($1, 'staff-7', 'separation', $2)`, [
      CITY,
      JSON.stringify({ employmentId: 'staff-7/employment', kind: 'separate', effectiveOn: '2026-09-30' }),
    ]);
    expect(await list(CITY)).toEqual([]);
  });
});

it('a yearly sheet is nothing to placement', async () => {
  await onProbation('staff-8');
  await react(confirmed('staff-8', { kind: 'yearly' }));
  expect(evaluation.asked).toEqual([]);
});
