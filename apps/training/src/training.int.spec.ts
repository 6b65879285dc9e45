import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import iconv from 'iconv-lite';
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
import { ReactsOnPersonnelActionTaken } from './reacts/on-personnel-action-taken.js';
import { ReactsOnPersonnelActionVoided } from './reacts/on-personnel-action-voided.js';
import {
  appointed,
  CITY,
  delivered,
  done,
  PlacementOverHttp,
  taken,
  TrainingUsers,
  unitChanged,
  type Answer,
} from './training.fixture.js';
import { TrainingModule } from './training.module.js';

class SetClock extends Clock {
  at = '2027-04-05T00:00:00Z';

  now(): Date {
    return new Date(this.at);
  }
}

type Row = Readonly<Record<string, unknown>>;
type Action = Extract<PlacementEvent, { type: 'PersonnelActionTaken' }>;

const clock = new SetClock();
const placement = new PlacementOverHttp();
let database: TestDatabase;
let app: NestFastifyApplication;
let address: string;
let env: Record<string, string | undefined>;
const users = new TrainingUsers(() => address, tokenFor);

const startApp = async (): Promise<void> => {
  app = await start(TrainingModule, 'training', { env, clock });
  address = await app.getUrl();
};

/** Kafka stays away: commands, lists, reactions and timers do without. */
beforeAll(async () => {
  database = await createDatabase('training');
  env = {
    SERVICE_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: '127.0.0.1:9',
    OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
    OIDC_CLIENT_ID: 'service.training',
    OIDC_CLIENT_SECRET: 'test',
    MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    PLACEMENT_URL: await placement.start(),
    LOG_LEVEL: 'silent',
  };
  await startApp();
  await known(
    unitChanged('department', null),
    unitChanged('section', 'department'),
    unitChanged('other', null),
    appointed('head', '2020-04-01', 'department', { post: { unitId: 'department', position: 'bucho' }, grade: '7' }),
    ...['s-1', 's-2', 's-3', 's-4'].map((staffId) => appointed(staffId, '2020-04-01')),
    appointed('s-5', '2020-04-01', 'other'),
  );
  // As far as anybody can know without Kafka, that is all there was on placement's topic.
  await app
    .get(Database)
    .pool.query(`INSERT INTO consumer_offsets VALUES ('jinzai.training', 'jinzai.placement.events', 0, 5)`);
});

afterAll(async () => {
  await app?.close();
  placement.stop();
  await database?.drop();
});

const known = (...events: PlacementEvent[]): Promise<void> =>
  inTransaction(app.get(Database).pool, (tx) =>
    app.get(StaffDirectory).apply(
      events.map((event) => ({ municipality: CITY, ...event })),
      tx,
    ),
  );

/** What the consumer does with an event: the directory learns of it, then the reaction. */
const happens = async (action: Action, recordedAt = '2027-03-01T00:00:00Z'): Promise<Delivered<Action>> => {
  const event = delivered(action, recordedAt);
  await known(action);
  await again(event);
  return event;
};
const again = (event: Delivered<Action>): Promise<void> =>
  inTransaction(app.get(Database).pool, (tx) =>
    app.get(ReactsOnPersonnelActionTaken).follow(event, new ConsumerContext(tx)),
  );
const voided = (staffId: string, actionId: string): Promise<void> =>
  inTransaction(app.get(Database).pool, (tx) =>
    app
      .get(ReactsOnPersonnelActionVoided)
      .undo(
        delivered({ type: 'PersonnelActionVoided', data: { staffId, actionId } }, '2027-03-01T00:00:00Z'),
        new ConsumerContext(tx),
      ),
  );

const record = async (staffId: string): Promise<{ assignments: Row[]; completions: Row[] }> =>
  (await (await users.as('hr')).get(`staff/${staffId}/record`)).body as never;
const assignmentsOf = async (staffId: string) =>
  (await record(staffId)).assignments.map(({ course, because, dueOn, state }) => [course, because, dueOn, state]);
const events = async (staffId: string): Promise<Row[]> =>
  (
    await app
      .get(Database)
      .pool.query<Row>(`SELECT type, data, metadata FROM events WHERE stream = $1 ORDER BY version`, [
        `training-record-${CITY}/${staffId}`,
      ])
  ).rows;
const codeOf = async (answer: Promise<Answer>) => (await answer).body.code;
const items = async (answer: Promise<Answer>): Promise<Row[]> => (await answer).body.items as Row[];
/** All lists contain what was written so far. */
const settled = async (): Promise<void> => {
  const { rows } = await app.get(Database).pool.query<{ newest: string }>('SELECT max(position) AS newest FROM events');
  for (const name of ['training-lists', 'completion-renewal']) {
    await app.get(FollowerRunner).waitFor(name, Number(rows[0].newest), 10_000);
  }
};

describe('what placement tells', () => {
  const newcomer = appointed('n-1', '2027-04-01');

  it('asks a new member of staff for the courses of the rules, before anything is completed', async () => {
    const event = await happens(newcomer);
    expect(await assignmentsOf('n-1')).toEqual([
      ['new-hire', 'appointed', '2027-06-30', 'on-track'],
      ['harassment', 'appointed', '2027-09-30', 'on-track'],
      ['digital-general', 'appointed', '2028-03-31', 'on-track'],
    ]);
    expect((await events('n-1'))[0]).toMatchObject({
      type: 'AssignmentMade',
      data: { rule: { id: 'new-hire', system: 'T3', version: '1970-04-01' }, actionId: 'n-1/appointment' },
      metadata: { actor: 'process:on-personnel-action-taken', causationId: event.id, correlationId: 'c-1' },
    });
  });

  // peers.md, edge case 11: done once, however often it is delivered
  it('is followed once (11)', async () => {
    const event = await happens(appointed('n-2', '2027-10-01'));
    await again(event);
    expect(await events('n-2')).toHaveLength(3);
  });

  it('defines the courses of the pack when they are first used', async () => {
    await settled();
    const courses = await items((await users.as('staff', 's-1')).get('courses?kind=new-hire'));
    expect(courses.map(({ course }) => course)).toEqual(['new-hire', 'new-hire-mid-year']);
  });

  it('of before the day this system took over asks nothing: it comes in files', async () => {
    await happens(appointed('n-3', '2026-11-20'));
    await happens(taken('n-3', { actionId: 'n-3/gone', kind: 'separate', effectiveOn: '2026-11-20' }));
    expect(await events('n-3')).toEqual([]);
  });

  it('of a promotion asks for the course of the grade', async () => {
    await happens(appointed('n-4', '2020-04-01'));
    await happens(
      taken('n-4', {
        actionId: 'n-4/promotion',
        kind: 'promote',
        effectiveOn: '2027-04-01',
        grade: '5',
        post: { unitId: 'section', position: 'kakaricho' },
      }),
    );
    expect(await assignmentsOf('n-4')).toEqual([['chief', 'promoted', '2027-09-30', 'on-track']]);
  });

  it('of a leave excuses, of the return asks again, and of both voided takes it back', async () => {
    await happens(
      taken('n-1', {
        actionId: 'n-1/leave',
        kind: 'start-leave-of-absence',
        effectiveOn: '2027-04-02',
        leaveKind: 'childcare',
      }),
    );
    expect((await assignmentsOf('n-1')).map(([, , , state]) => state)).toEqual(['excused', 'excused', 'excused']);
    await happens(taken('n-1', { actionId: 'n-1/return', kind: 'return-from-leave', effectiveOn: '2027-08-01' }));
    expect((await assignmentsOf('n-1')).map(([course, , dueOn]) => [course, dueOn])).toEqual([
      ['new-hire', '2027-10-31'],
      ['harassment', '2027-10-31'],
      ['digital-general', '2028-03-31'],
    ]);
    await voided('n-1', 'n-1/return');
    await voided('n-1', 'n-1/leave');
    expect((await assignmentsOf('n-1')).map(([, , , state]) => state)).toEqual(['on-track', 'on-track', 'on-track']);
  });

  it('of a separation excuses everything from the day after the last', async () => {
    await happens(taken('n-2', { actionId: 'n-2/gone', kind: 'separate', effectiveOn: '2027-12-31' }));
    expect((await events('n-2')).at(-1)).toMatchObject({
      type: 'AssignmentExcused',
      data: { because: 'separated', from: '2028-01-01' },
    });
    // Until then it is asked for: the last day lies ahead.
    expect((await assignmentsOf('n-2')).map(([, , , state]) => state)).not.toContain('excused');
  });

  it('of an appointment that was never true takes its courses back', async () => {
    await happens(appointed('n-6', '2027-04-01'));
    await voided('n-6', 'n-6/appointment');
    expect((await record('n-6')).assignments.map(({ excused }) => excused)).toEqual(
      Array.from({ length: 3 }, () => 'action-voided'),
    );
  });
});

describe('a session', () => {
  let sessionId: string;

  it('is planned, fills, and moves who waits up', async () => {
    const officer = await users.as('training-officer');
    const body = { course: 'harassment', heldOn: '2027-04-20', capacity: 2 };
    ({ id: sessionId } = await done(officer.post('sessions', body, 'session-1')));
    expect((await officer.post('sessions', body, 'session-1')).body).toMatchObject({ id: sessionId, repeated: true });
    expect(await codeOf(officer.post('sessions', { ...body, course: 'sailing' }))).toBe('course.unknown');
    expect(await codeOf(officer.post('sessions', { ...body, heldOn: '2027-04-04' }))).toBe('session.in-past');
    await done((await users.as('staff', 's-1')).post(`sessions/${sessionId}/enrolments`));
    await done((await users.as('staff', 's-2')).post(`sessions/${sessionId}/enrolments`));
    await done(officer.post(`sessions/${sessionId}/enrolments`, { staffId: 'n-1' }));
    expect(await codeOf((await users.as('staff', 's-1')).post(`sessions/${sessionId}/enrolments`))).toBe(
      'session.already-enrolled',
    );
    const { position } = await done((await users.as('staff', 's-2')).post(`sessions/${sessionId}/withdrawals`));
    expect((await officer.get(`sessions/${sessionId}`)).body.participants).toEqual([
      { staffId: 's-1', place: 'seat' },
      { staffId: 'n-1', place: 'seat' },
    ]);
    expect(await items(officer.get(`sessions?course=harassment&after=${position}`))).toEqual([
      expect.objectContaining({ sessionId, seats: 2, waiting: 0, present: 0, status: 'planned' }),
    ]);
  });

  // peers.md, edge case 17: no route lets anybody act for or look at somebody else
  it('is entered for oneself only (17)', async () => {
    const staff = await users.as('staff', 's-3');
    expect((await staff.post(`sessions/${sessionId}/enrolments`, { staffId: 's-4' })).status).toBe(403);
    expect((await staff.post(`sessions/${sessionId}/withdrawals`, { staffId: 's-1' })).status).toBe(403);
    expect((await staff.post(`sessions/${sessionId}/holding`)).status).toBe(403);
    expect((await staff.get(`sessions/${sessionId}`)).status).toBe(403);
    const elsewhere = await users.as('training-officer', undefined, '142034');
    expect((await elsewhere.get(`sessions/${sessionId}`)).status).toBe(404);
  });

  it('is entered by people in service', async () =>
    expect(await codeOf((await users.as('hr')).post(`sessions/${sessionId}/enrolments`, { staffId: 'nobody' }))).toBe(
      'staff.not-in-service',
    ));

  it('is held: who came has completed the course, asked or not', async () => {
    const officer = await users.as('training-officer');
    const attendance = (...entries: object[]) => officer.post(`sessions/${sessionId}/attendance`, { entries });
    expect(await codeOf(attendance({ staffId: 'n-1', attended: true }))).toBe('session.not-yet');
    clock.at = '2027-04-20T06:00:00Z';
    const present = ['n-1', 's-1', 's-4'].map((staffId) => ({ staffId, attended: true }));
    expect(await codeOf(attendance(...present))).toBe('session.above-capacity');
    expect((await officer.get(`sessions/${sessionId}`)).body.participants).toHaveLength(2);
    await done(attendance({ staffId: 'n-1', attended: true, minutes: 100 }, { staffId: 's-4', attended: true }));
    await done(officer.post(`sessions/${sessionId}/holding`, {}, 'holding-1'));
    expect((await officer.post(`sessions/${sessionId}/holding`, {}, 'holding-1')).body.repeated).toBe(true);
    expect(await codeOf(officer.post(`sessions/${sessionId}/holding`))).toBe('session.already-held');
    expect((await officer.get(`sessions/${sessionId}`)).body.participants).toEqual([
      { staffId: 's-1', place: 'seat', attended: false, minutes: 0 },
      { staffId: 'n-1', place: 'seat', attended: true, minutes: 100 },
      { staffId: 's-4', place: 'walk-in', attended: true, minutes: 120 },
    ]);
    expect(await assignmentsOf('n-1')).toContainEqual(['harassment', 'appointed', '2027-09-30', 'done']);
    expect((await record('s-4')).completions).toEqual([
      {
        completionId: expect.any(String),
        course: 'harassment',
        completedOn: '2027-04-20',
        minutes: 120,
        validThrough: '2028-04-19',
        sessionId,
        voided: false,
      },
    ]);
  });
});

describe('by hand', () => {
  it('is ordered, completed, voided and excused', async () => {
    const officer = await users.as('training-officer');
    const order = { course: 'digital-general', dueOn: '2027-05-31' };
    const { id } = await done(officer.post('staff/s-1/assignments', order));
    expect(await codeOf(officer.post('staff/s-1/assignments', order))).toBe('assignment.already-open');
    expect(await codeOf(officer.post('staff/nobody/assignments', order))).toBe('staff.not-in-service');
    const completion = { course: 'digital-general', completedOn: '2027-04-20' };
    const completed = await done(officer.post('staff/s-1/completions', completion));
    expect(await assignmentsOf('s-1')).toEqual([['digital-general', 'ordered', '2027-05-31', 'done']]);
    await done(officer.post(`staff/s-1/completions/${completed.id}/voiding`));
    expect(await assignmentsOf('s-1')).toEqual([['digital-general', 'ordered', '2027-05-31', 'on-track']]);
    await done(officer.post(`staff/s-1/assignments/${id}/excuse`, { reason: 'equivalent' }));
    expect(await codeOf(officer.post(`staff/s-1/assignments/${id}/excuse`, { reason: 'other' }))).toBe(
      'assignment.already-excused',
    );
    expect((await officer.post(`staff/s-1/assignments/${id}/excuse`, { reason: '病気' })).status).toBe(400);
    await done(officer.post(`staff/s-1/assignments/${id}/reopening`, { dueOn: '2027-05-10' }));
    expect(await assignmentsOf('s-1')).toEqual([['digital-general', 'ordered', '2027-05-10', 'due-within-30']]);
    expect((await officer.post(`staff/s-1/completions/c-9/voiding`)).status).toBe(404);
  });

  it('needs somebody who runs training', async () => {
    const staff = await users.as('staff', 's-1');
    for (const path of ['assignments', 'completions', 'assignments/a-1/excuse', 'completions/c-1/voiding']) {
      expect((await staff.post(`staff/s-1/${path}`)).status).toBe(403);
    }
  });
});

describe('who sees what', () => {
  beforeAll(async () => {
    await done((await users.as('hr')).post('staff/s-5/assignments', { course: 'senior', dueOn: '2027-05-31' }));
    await settled();
  });
  const staffIds = async (role: 'staff' | 'manager' | 'hr', staffId: string | undefined, query = '') => {
    const found = await items((await users.as(role, staffId)).get(`assignments?limit=100&${query}`));
    return [...new Set(found.map((row) => String(row.staffId)))].toSorted((a, b) => a.localeCompare(b));
  };

  it('is everybody to those who run training, the units below to a manager, oneself to staff', async () => {
    expect(await staffIds('hr', undefined)).toEqual(expect.arrayContaining(['n-1', 's-1', 's-5']));
    expect(await staffIds('manager', 'head')).toEqual(expect.arrayContaining(['n-1', 's-1']));
    expect(await staffIds('manager', 'head')).not.toContain('s-5');
    expect(await staffIds('manager', 's-5')).toEqual(['s-5']);
    expect(await staffIds('staff', 's-1')).toEqual(['s-1']);
    expect(await staffIds('staff', 's-1', 'staffId=s-5')).toEqual([]);
  });

  // peers.md, edge case 17: one route checks whose record it is, its siblings do too
  it('holds for a single record as well (17)', async () => {
    const statusOf = async (role: 'staff' | 'manager', as: string, of: string) =>
      (await (await users.as(role, as)).get(`staff/${of}/record`)).status;
    expect(await statusOf('staff', 's-1', 's-1')).toBe(200);
    expect(await statusOf('staff', 's-1', 's-5')).toBe(404);
    expect(await statusOf('manager', 'head', 's-1')).toBe(200);
    expect(await statusOf('manager', 'head', 's-5')).toBe(404);
  });

  it('is found by state, course and unit', async () => {
    const open = await items((await users.as('hr')).get('assignments?state=open&unitId=other'));
    expect(open.map(({ staffId, course, state }) => [staffId, course, state])).toEqual([['s-5', 'senior', 'on-track']]);
    const soon = await items((await users.as('hr')).get('assignments?state=due-within-30'));
    expect(soon.map(({ staffId }) => staffId)).toEqual(['s-1']);
    clock.at = '2027-05-11T00:00:00Z';
    const late = await items((await users.as('manager', 'head')).get('assignments?state=overdue'));
    expect(late.map(({ staffId, course }) => [staffId, course])).toEqual([['s-1', 'digital-general']]);
    const finished = await items((await users.as('hr')).get('assignments?state=done&course=harassment'));
    expect(finished.map(({ staffId, completedOn }) => [staffId, completedOn])).toEqual([['n-1', '2027-04-20']]);
  });
});

describe('the plan of a year', () => {
  it('is drafted, approved by somebody else, and compared with what was done', async () => {
    const officer = await users.as('training-officer');
    const hr = await users.as('hr');
    const lines = [{ course: 'harassment', sessions: 2, minutes: 240 }];
    expect(await codeOf(officer.post('plans/2027', { lines: [{ ...lines[0], course: 'sailing' }] }))).toBe(
      'course.unknown',
    );
    expect((await officer.get('plans/2027')).status).toBe(404);
    await done(officer.post('plans/2027', { lines }));
    expect((await officer.post('plans/2027/approval')).status).toBe(403);
    await done(hr.post('plans/2027/approval'));
    expect((await officer.get('plans/2027')).body).toMatchObject({ approved: lines, submitted: false });
    await settled();
    const coverage = await items(officer.get('plans/2027/coverage'));
    expect(coverage.find(({ course }) => course === 'harassment')).toEqual({
      course: 'harassment',
      plannedSessions: 2,
      plannedMinutes: 240,
      sessions: 1,
      heldSessions: 1,
      required: 1, // n-1; n-2's is due the year after, n-6's was never true
      completed: 1,
      overdue: 0,
      unassigned: 1,
    });
  });
});

describe('files', () => {
  const COURSES = ['研修コード,研修名,区分,時間分,有効月数,デジタル区分', 'K-1,情報研修,デジタル,60,12,一般'];
  const SESSIONS = ['回コード,研修コード,実施日,定員', 'K-1-2025,K-1,2025-06-10,2', 'R-1,returner,2025/6/11,30'];
  const HEAD = '職員番号,研修コード,割当日,期限,修了日,受講分,回コード,出欠';
  const lineErrors = ({ body }: Answer) => (body.errors as Row[]).map(({ line, column, code }) => [line, column, code]);

  it('are judged without loading anything', async () => {
    const officer = await users.as('training-officer');
    expect((await officer.load('courses?dryRun=true', COURSES)).body).toMatchObject({
      rows: 1,
      accepted: 0,
      dryRun: true,
    });
    expect(lineErrors(await officer.load('sessions', SESSIONS))).toEqual([[2, '研修コード', 'course.unknown']]);
  });

  // peers.md, edge case 27: a BOM, as Excel writes it
  it('load courses with a BOM, and sessions in Shift_JIS (27)', async () => {
    const officer = await users.as('training-officer');
    const withBom = [`\uFEFF${COURSES[0]}`, COURSES[1]];
    expect((await officer.load('courses', withBom, 'courses-1')).body).toMatchObject({ accepted: 1, repeated: false });
    expect((await officer.load('courses', withBom, 'courses-1')).body).toMatchObject({ accepted: 1, repeated: true });
    const token = await tokenFor({ municipality: CITY, roles: ['training-officer'] });
    const response = await fetch(`${address}/training/imports/sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
      body: new Uint8Array(iconv.encode(SESSIONS.join('\n'), 'cp932')),
    });
    expect(await response.json()).toMatchObject({ rows: 2, accepted: 2 });
    expect(lineErrors(await officer.load('sessions', SESSIONS))).toEqual([
      [2, '回コード', 'session.already-planned'],
      [3, '回コード', 'session.already-planned'],
    ]);
  });

  it('name every row that is wrong, and load nothing', async () => {
    const officer = await users.as('training-officer');
    const answer = await officer.load('records', [
      HEAD,
      '0,K-1,2025-04-01,2025-09-30,,,,',
      '1,sailing,2025-04-01,2025-09-30,,,,',
      '1,K-1,2025-04-01,,,,,',
      '1,K-1,,,,,,',
      '1,K-1,,,2025-06-10,,K-1-2025,欠席',
      '1,K-1,,,2025-06-10,,K-9,出席',
      '1,returner,,,2025-06-10,,K-1-2025,出席',
    ]);
    expect(answer).toMatchObject({ status: 409, body: { code: 'import.has-errors', accepted: 0 } });
    expect(lineErrors(answer)).toEqual([
      [2, '職員番号', 'staff-number.unknown'],
      [3, '研修コード', 'course.unknown'],
      [4, '期限', 'value.missing'],
      [5, '修了日', 'record.nothing'],
      [6, '修了日', 'record.absent-completed'],
      [7, '回コード', 'session.not-found'],
      [8, '研修コード', 'session.other-course'],
    ]);
  });

  // peers.md, edge cases 12 and 15: days in order, and the rules of the single path
  it('obey the rules of the single path (12, 15)', async () => {
    const officer = await users.as('training-officer');
    const answer = await officer.load('records', [
      HEAD,
      '1,K-1,2025-04-01,2025-03-31,,,,',
      '2,K-1,2025-04-01,2025-09-30,2025-03-10,60,,',
      '1,K-1,,,2025-06-10,60,K-1-2025,出席',
      '2,K-1,,,2025-06-10,60,K-1-2025,出席',
      '3,K-1,,,2025-06-10,60,K-1-2025,出席',
    ]);
    expect(lineErrors(answer)).toEqual([
      [2, '割当日', 'assignment.due-before-assigned'],
      [3, '修了日', 'completion.before-assignment'],
      [4, '回コード', 'session.above-capacity'],
    ]);
  });

  it('load assignments, completions and attendance; what was not asked for is kept apart', async () => {
    const officer = await users.as('training-officer');
    const lines = [
      HEAD,
      '71,K-1,2025-04-01,2025-09-30,2025-06-10,50,K-1-2025,出席',
      '72,K-1,2025-04-01,2025-09-30,,,K-1-2025,欠席',
      '73,K-1,,,2025-06-10,,K-1-2025,出席',
      '73,returner,,,2025-06-11,,,',
    ];
    const { body } = await officer.load('records', lines, 'records-1');
    expect(body).toMatchObject({ rows: 4, accepted: 4 });
    expect((await officer.load('records', lines, 'records-1')).body).toMatchObject({ accepted: 4, repeated: true });
    expect(lineErrors(await officer.load('records', lines, 'records-2')).map(([, , code]) => code)).toEqual([
      'completion.already-recorded',
      'completion.already-recorded',
      'completion.already-recorded',
    ]);
    expect(await assignmentsOf('s-71')).toEqual([['K-1', 'imported', '2025-09-30', 'done']]);
    expect(await assignmentsOf('s-72')).toEqual([['K-1', 'imported', '2025-09-30', 'overdue']]);
    expect((await record('s-73')).completions.map((one) => [one.course, one.assignmentId, one.minutes])).toEqual([
      ['K-1', undefined, 60],
      ['returner', undefined, 465],
    ]);
    expect(await items(officer.get(`sessions?course=K-1&after=${String(body.position)}`))).toEqual([
      expect.objectContaining({ sessionId: 'K-1-2025', status: 'held', present: 2 }),
    ]);
  });

  it('of many people ask placement in pieces, and are listed in a few statements', async () => {
    const officer = await users.as('training-officer');
    await done(officer.load('courses', [COURSES[0], 'B-1,一斉研修,定期,60,12,']) as never);
    const years = [2023, 2024];
    const rows = Array.from({ length: 1_200 }, (_, person) =>
      years.map((year) => `${100_000 + person},B-1,${year}-04-01,${year}-12-31,${year}-10-10,60,,`),
    ).flat();
    placement.asked.length = 0;
    const { body } = await officer.load('records', [HEAD, ...rows]);
    expect(body).toMatchObject({ rows: 2_400, accepted: 2_400 });
    expect(placement.asked).toEqual([1000, 200]);
    await settled();
    expect((await officer.get('assignments?course=B-1&state=done&limit=1')).body.total).toBe(2_400);
  });
});

describe('a completion that ends', () => {
  const harassment = async (staffId: string) =>
    (await record(staffId)).assignments.filter(({ course }) => course === 'harassment');
  const restart = async (): Promise<void> => {
    await app.close();
    await startApp();
  };
  const timersLeft = async (): Promise<number> => {
    const { rows } = await app
      .get(Database)
      .pool.query<{ due: number }>(`SELECT count(*)::int AS due FROM timers WHERE state = 'waiting' AND due_at <= $1`, [
        clock.at,
      ]);
    return rows[0].due;
  };
  const firedAll = () => eventually(async () => (await timersLeft()) === 0, 20_000);

  // peers.md, edge case 11: a day that was missed is made up for, once
  it('is asked for again exactly once, over restarts and missed days (11)', async () => {
    await settled();
    await known(
      taken('s-4', {
        actionId: 's-4/leave',
        kind: 'start-leave-of-absence',
        effectiveOn: '2028-01-01',
        leaveKind: 'other',
      }),
    );
    clock.at = '2028-03-19T14:59:00Z'; // one minute before the renewal is due, in Japan
    await restart();
    await firedAll();
    expect(await harassment('n-1')).toHaveLength(1);
    clock.at = '2028-03-25T00:00:00Z'; // the day itself was missed
    await restart();
    await firedAll();
    const [, renewed] = await harassment('n-1');
    expect(renewed).toMatchObject({ because: 'renewed', assignedOn: '2028-03-20', dueOn: '2028-04-19' });
    // Asked or not the first time, and away now: it waits for the return.
    expect(await harassment('s-4')).toEqual([
      expect.objectContaining({ because: 'renewed', state: 'excused', excused: 'on-leave' }),
    ]);
    await restart();
    await firedAll();
    expect(await harassment('n-1')).toHaveLength(2);
    expect(await harassment('s-4')).toHaveLength(1);
  });

  it('of before this system took over is left to the files', async () =>
    expect(await assignmentsOf('s-71')).toEqual([['K-1', 'imported', '2025-09-30', 'done']]));
});
