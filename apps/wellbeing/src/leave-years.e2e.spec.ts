import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { CITY, done, everybody, LeaveUsers, MovableClock, startWellbeing } from './leave.fixture.js';

const clock = new MovableClock('2026-12-21T01:00:00Z');
const running: NestFastifyApplication[] = [];
let database: TestDatabase;
let users: LeaveUsers;

/** One more instance of the service on the same database. */
const startOne = async (): Promise<LeaveUsers> => {
  const app = await startWellbeing(database.url, clock);
  running.push(app);
  return LeaveUsers.of(app);
};

const stopAll = async (): Promise<void> => {
  await Promise.all(running.splice(0).map((app) => app.close()));
};

beforeAll(async () => {
  database = await createDatabase('leave_years');
  users = await startOne();
  await users.know(everybody);
});

afterAll(async () => {
  await stopAll();
  await database?.drop();
});

/** How often each type of event stands in somebody's leave year. */
const counted = async (staffId: string, year: number) => {
  const rows = await users.sql(
    `SELECT type, count(*)::int AS count FROM events WHERE stream = $1 GROUP BY type`,
    `leave-${CITY}/${staffId}:${year}-01-01`,
  );
  return Object.fromEntries(rows.map(({ type, count }) => [type, count]));
};

/** Seconds pass while it waits: a timer that failed, as on a busy machine, is tried again by the clock. */
const settled = () =>
  eventually(async () => {
    clock.instant = new Date(Date.parse(clock.instant) + 1_000).toISOString();
    const waiting = await users.sql(`SELECT 1 FROM timers WHERE state = 'waiting' AND due_at <= $1`, clock.instant);
    const behind = await users.sql(
      `SELECT 1 FROM events e WHERE e.type = 'LeaveYearOpened' AND NOT EXISTS (
         SELECT FROM events c WHERE c.stream = e.stream AND c.type = 'LeaveYearClosed') AND NOT EXISTS (
         SELECT FROM timers t WHERE t.kind = 'leave-year-ends' AND e.stream LIKE '%/' || t.key)`,
    );
    return waiting.length + behind.length === 0;
  }, 30_000);

const day = (from: string) => ({ kind: 'annual', from, unit: 'day' });

it('turn once for everybody, with the process down over New Year and two instances after it', async () => {
  const clerks = Array.from({ length: 12 }, (_, index) => `clerk-${index + 1}`);
  const [hr, kacho] = [await users.as('hr'), await users.as('manager', 'kacho')];
  for (const clerk of clerks) await done(hr.post(`leave/${clerk}/years`, { on: '2026-12-21' }));
  const taken = await done((await users.as('staff', 'clerk-1')).post('leave/clerk-1/requests', day('2026-12-25')));
  await done(kacho.post(`leave/clerk-1/requests/${taken.id}/approval`));
  const pending = await done((await users.as('staff', 'clerk-2')).post('leave/clerk-2/requests', day('2026-12-28')));
  await users.acted('clerk-3', {
    actionId: 'clerk-3/end',
    kind: 'separate',
    effectiveOn: '2026-12-31',
    reason: 'resignation',
  });
  await users.acted('clerk-4', {
    actionId: 'clerk-4/end',
    kind: 'separate',
    effectiveOn: '2027-03-31',
    reason: 'retirement-age',
  });
  await settled();

  await stopAll();
  clock.instant = '2027-01-05T01:00:00Z';
  users = await startOne();
  await startOne();
  await settled();

  for (const clerk of clerks.filter((one) => one !== 'clerk-3')) {
    expect(await counted(clerk, 2027)).toMatchObject({ LeaveYearOpened: 1, LeaveGranted: 2 });
    expect(await counted(clerk, 2026)).toMatchObject({ LeaveYearClosed: 1 });
  }
  await eventually(async () => (await counted('clerk-1', 2026)).LeaveTaken === 1);
  expect(await counted('clerk-3', 2026)).toMatchObject({ LeaveExpired: 1, LeaveYearClosed: 1 });
  expect(await counted('clerk-3', 2027)).toEqual({});
  expect(await counted('clerk-4', 2027)).toMatchObject({ LeaveCut: 1 });

  const balance = async (clerk: string) => (await (await users.as('hr')).get(`leave/${clerk}?on=2027-01-05`)).body;
  expect(await balance('clerk-1')).toMatchObject({ available: 39 * 465 });
  expect(await balance('clerk-5')).toMatchObject({ available: 40 * 465 });

  // the day that still waited when the year was closed is refused: its minutes pass on as well
  expect(await balance('clerk-2')).toMatchObject({ available: 39 * 465 });
  const refusal = { because: '公務' };
  await done((await users.as('manager', 'kacho')).post(`leave/clerk-2/requests/${pending.id}/refusal`, refusal));
  expect(await balance('clerk-2')).toMatchObject({ available: 40 * 465 });
});

it('are not turned again by a restart, and are turned for each year that was slept through', async () => {
  const before = await users.sql('SELECT count(*)::int AS count FROM events');
  await stopAll();
  users = await startOne();
  await settled();
  expect(await users.sql('SELECT count(*)::int AS count FROM events')).toEqual(before);

  await stopAll();
  clock.instant = '2029-02-01T01:00:00Z';
  users = await startOne();
  await settled();
  await eventually(async () => (await counted('clerk-5', 2029)).LeaveYearOpened === 1, 30_000);
  await settled();
  for (const year of [2027, 2028])
    expect(await counted('clerk-5', year)).toMatchObject({ LeaveYearOpened: 1, LeaveGranted: 2, LeaveYearClosed: 1 });
  expect(await counted('clerk-5', 2029)).toEqual({ LeaveYearOpened: 1, LeaveGranted: 2 });
  expect(await counted('clerk-4', 2027)).toMatchObject({ LeaveYearClosed: 1 });
  expect(await counted('clerk-4', 2028)).toEqual({});
});
