import type { PersonnelAction } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import { answer, type Question } from '../figures.js';
import { HIRATSUKA, ISEHARA, openProjection, Story, type TestProjection } from '../staff/story.fixture.js';
import type { MetricDefinition } from '../subject.js';
import { metricOf } from '../subjects.js';
import { LeaveStory } from './leave-story.fixture.js';
import { leaveUptake } from './leave-uptake.js';

const WEEK = ['2025-06-02', '2025-06-03', '2025-06-04', '2025-06-05', '2025-06-06'] as const;
const working = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `2025-${String(Math.floor(i / 5) + 1).padStart(2, '0')}-${10 + (i % 5)}`);

/** Further cities with the parameters of the first, so that examples do not meet. */
const TOWNS = ['132012', '132021', '132039', '132047', '132055', '132063'] as const;

describe('worked examples of leave', () => {
  let projection: TestProjection;
  beforeAll(async () => {
    projection = await openProjection('leave_examples');
    for (const table of ['small_cell_floor', 'recruitment_route', 'leave_year', 'days_off']) {
      await projection.pool.query(
        `INSERT INTO facts_v1.${table} SELECT (json_populate_record(r, json_build_object('municipality', town))).*
           FROM facts_v1.${table} r, unnest($2::text[]) AS town WHERE r.municipality = $1`,
        [ISEHARA, TOWNS],
      );
    }
  });
  afterAll(() => projection?.close());

  /** Before suppression: the examples are of few people. */
  const of = async (municipality: string, metric: string, year: number, asOf = '2026-06-30') => {
    const { rows } = await projection.pool.query<Record<'numerator' | 'denominator' | 'value', string | null>>(
      `SELECT c.*, round(c.numerator, 2) AS numerator FROM facts_v1.leave_uptake_cells($1, $2, $3, NULL, $4, '2027-01-01', '{}') c`,
      [municipality, metric, year, asOf],
    );
    return [rows[0].numerator, rows[0].denominator, rows[0].value];
  };
  const load = (...stories: (Story | LeaveStory)[]) =>
    projection.load(stories.flatMap(({ events }): readonly Delivered[] => events));
  const hired = (staff: Story, staffId: string, on = '2020-04-01', parts: Partial<PersonnelAction> = {}) =>
    staff.person(staffId, '1', 1985).hired(on, 'ka1', parts);

  it('11: 8 days and 12.5 hours are 4,470 minutes, 9.61 days; 14: 9d4:45, 14 and 20 days are 14.5 on average without the mid-year hire', async () => {
    const [staff, leave] = [new Story(ISEHARA), new LeaveStory(ISEHARA)];
    hired(staff, 'a');
    leave.took('a', 'annual', working(8));
    leave.took('a', 'annual', ['2025-09-01'], 360);
    leave.took('a', 'annual', ['2025-09-02'], 390);
    await load(staff, leave);
    const { rows } = await projection.pool.query('SELECT sum(minutes)::integer AS minutes FROM analytics.leave_entry');
    expect(rows).toEqual([{ minutes: 4470 }]);
    expect(await of(ISEHARA, 'al.avg_days', 2025)).toEqual(['9.61', '1', '9.6']);

    const [more, taken] = [new Story(ISEHARA, '2026-05-01T00:00:00Z'), new LeaveStory(ISEHARA, '2026-05-01T00:00:00Z')];
    for (const [staffId, days, on] of [
      ['b', 14],
      ['c', 20],
      ['d', 15, '2025-04-01'],
    ] as const) {
      hired(more, staffId, on);
      taken.took(staffId, 'annual', working(days));
    }
    await load(more, taken);
    expect(await of(ISEHARA, 'al.avg_days', 2025)).toEqual(['43.61', '3', '14.5']);
  });

  it('17: of 12 men newly eligible 7 took childcare leave, and 3 more for earlier births: 83.3 % and 58.3 %', async () => {
    const [staff, leave] = [new Story(HIRATSUKA), new LeaveStory(HIRATSUKA)];
    for (let i = 0; i < 12; i++) {
      hired(staff, `m${i}`);
      const caseId = leave.birth(`m${i}`, 'partner-gave-birth', 2025);
      if (i < 7) leave.childcareLeave(`m${i}`, caseId, '2025-06-01', '2025-06-30');
    }
    for (let i = 20; i < 23; i++) {
      hired(staff, `m${i}`);
      leave.childcareLeave(`m${i}`, leave.birth(`m${i}`, 'partner-gave-birth', 2024), '2025-05-01', '2025-05-31', true);
    }
    await load(staff, leave);
    expect(await of(HIRATSUKA, 'cc.rate.mic_v2', 2025)).toEqual(['10.00', '12', '83.3']);
    expect(await of(HIRATSUKA, 'cc.rate.mic_v1', 2025)).toEqual(['7.00', '12', '58.3']);
    expect(await of(HIRATSUKA, 'cc.rate.wao', 2025)).toEqual(['7.00', '12', '58.3']);
    const question: Question = {
      ...{
        subject: leaveUptake,
        municipality: HIRATSUKA,
        fiscalYears: [2025],
        years: [],
        groupBy: ['sex'],
        filters: {},
      },
      ...{
        metric: metricOf(leaveUptake, 'cc.rate.mic_v2') as MetricDefinition,
        asOf: '2026-06-30',
        knownAt: leave.now,
      },
    };
    const rows = await answer(projection.pool, question);
    expect(rows.map(({ dimensions, value }) => [dimensions.sex, value])).toEqual([
      [null, 83.3],
      ['1', 83.3],
    ]);
  });

  it.each([
    [856, 55_418, '1.5'],
    [36_039, 38_684, '93.2'],
    [224, 45_148, '0.5'],
    [35_066, 36_863, '95.1'],
    [29_002, 60_929, '47.6'],
  ])('19, 22: %i of %i are the published %s %%', async (numerator, denominator, published) => {
    const { rows } = await projection.pool.query<{ value: string; implied: string }>(
      `SELECT facts_v1.metric_value('percent', $1, $2)::text AS value, round($1 * 100 / $3::numeric)::text AS implied`,
      [numerator, denominator, published],
    );
    expect(rows[0].value).toBe(published);
    if (denominator === 60_929) expect(rows[0].implied).toBe('60929');
  });

  it('thirds of a day make whole ones: exactly five days are not fewer than five', async () => {
    const [town, staff, leave] = [TOWNS[0], new Story(TOWNS[0]), new LeaveStory(TOWNS[0])];
    for (const staffId of ['e', 'f']) hired(staff, staffId);
    leave.took('e', 'annual', working(15), 155);
    leave.took('f', 'annual', working(14), 155);
    leave.granted('e', 2025, 20);
    leave.granted('f', 2025, 15, { dayMinutes: 372 });
    leave.granted('f', 2025, 5, { carriedOver: true });
    leave.granted('f', 2024, 20);
    await load(staff, leave);
    expect(await of(town, 'al.under5_share', 2025)).toEqual(['1.00', '2', '50.0']);
    expect(await of(town, 'al.avg_days', 2025)).toEqual(['9.67', '2', '4.8']);
    expect(await of(town, 'al.rate_granted', 2025)).toEqual(['9.67', '35', '27.6']);
    expect(await of(town, 'al.rate_total', 2025)).toEqual(['9.67', '40', '24.2']);
    expect(await of(town, 'al.rate_total', 2023)).toEqual(['0.00', '0', null]);
  });

  it('who was away the whole year is not counted, who was for a part of it is', async () => {
    const [town, staff] = [TOWNS[1], new Story(TOWNS[1])];
    for (const [staffId, from, back] of [
      ['g', '2024-12-01', '2026-01-02'],
      ['h', '2025-01-01', '2025-12-31'],
      ['i', '2025-01-01'],
    ] as const) {
      const person = hired(staff, staffId);
      person.take('start-leave-of-absence', from, { leaveKind: 'childcare' });
      if (back) person.take('return-from-leave', back);
    }
    hired(staff, 'j').take('second', '2024-06-01', { post: { unitId: 'other', position: 'shuji' } });
    hired(staff, 'k').left('2025-12-31');
    hired(staff, 'l').left('2025-12-30');
    await load(staff);
    expect((await of(town, 'al.avg_days', 2025))[1]).toBe('2');
  });

  it('away sick for 30 calendar days: weekends between count, a day of work ends it', async () => {
    const [town, staff, leave] = [TOWNS[2], new Story(TOWNS[2]), new LeaveStory(TOWNS[2])];
    for (const staffId of ['n', 'o', 'p', 'q']) hired(staff, staffId);
    const days = Array.from({ length: 30 }, (_, i) => `2025-06-${String(i + 1).padStart(2, '0')}`);
    const worked = days.filter((day) => ![0, 6].includes(new Date(day).getUTCDay()));
    leave.took('n', 'sick', [...worked, '2025-07-01']);
    leave.took(
      'o',
      'sick',
      worked.filter((day) => day !== '2025-06-17'),
    );
    leave.took('p', 'sick', worked, 200);
    const person = staff.person('q', '1', 1985);
    person.take('start-leave-of-absence', '2025-06-02', { leaveKind: 'sickness' });
    person.take('return-from-leave', '2025-07-01');
    leave.took('q', 'sick', ['2025-07-01']);
    await load(staff, leave);
    expect(await of(town, 'sick.long', 2025)).toEqual(['2.00', '4', '50000.0']);
  });

  it('men’s leaves around a birth, and those appointed for a fiscal year left out', async () => {
    const [town, staff, leave] = [TOWNS[3], new Story(TOWNS[3]), new LeaveStory(TOWNS[3])];
    for (const staffId of ['r', 's', 't']) hired(staff, staffId);
    hired(staff, 'u', '2025-04-01', { route: 'fiscal-year' });
    for (const staffId of ['r', 's', 't', 'u']) {
      const caseId = leave.birth(staffId, 'partner-gave-birth', 2025);
      leave.took(staffId, 'spouse-childbirth', WEEK.slice(0, 2));
      leave.childcareLeave(staffId, caseId, '2025-07-01', '2025-07-07');
    }
    leave.took('r', 'childcare-participation', WEEK.slice(2));
    leave.took('s', 'childcare-participation', WEEK.slice(2, 4));
    leave.took('r', 'care', WEEK, 155);
    await load(staff, leave);
    expect(await of(town, 'pat.birth_rate', 2025)).toEqual(['3.00', '3', '100.0']);
    expect(await of(town, 'pat.care_rate', 2025)).toEqual(['2.00', '3', '66.7']);
    expect(await of(town, 'pat.either', 2025)).toEqual(['3.00', '3', '100.0']);
    expect(await of(town, 'pat.5days_rate', 2025)).toEqual(['1.00', '3', '33.3']);
    expect(await of(town, 'cc.rate.mic_v1', 2025)).toEqual(['3.00', '3', '100.0']);
    expect(await of(town, 'cc.rate.wao', 2025)).toEqual(['4.00', '4', '100.0']);
    expect(await of(town, 'care.takers', 2025)).toEqual(['1.00', null, '1']);
    expect(await of(town, 'care.days', 2025)).toEqual(['1.67', '1', '1.7']);
  });

  it('a year closes with opening and grant without what expired and was taken, and the next opens with it', async () => {
    const [town, staff, leave] = [TOWNS[4], new Story(TOWNS[4]), new LeaveStory(TOWNS[4])];
    hired(staff, 'v');
    const carried = leave.granted('v', 2024, 5, { carriedOver: true });
    leave.granted('v', 2024, 20);
    const entries = leave.took('v', 'annual', ['2024-05-01', '2024-05-02', '2024-05-07', '2024-05-08']);
    leave.took('v', 'sick', ['2024-05-09']);
    leave.cancelled('v', '2024-05-08', entries.slice(3));
    leave.expired('v', carried, 2 * 465, '2024-12-31');
    leave.granted('v', 2025, 20, { carriedOver: true });
    await load(staff, leave);
    const { rows } = await projection.pool.query(
      `SELECT leave_year::text, opening::integer, granted::integer, expired::integer, taken::integer, closing::integer
         FROM analytics.leave_balance WHERE municipality = $1 ORDER BY 1`,
      [town],
    );
    expect(rows).toEqual([
      { leave_year: '2024-01-01', opening: 2325, granted: 9300, expired: 930, taken: 1395, closing: 9300 },
      { leave_year: '2025-01-01', opening: 9300, granted: 0, expired: 0, taken: 0, closing: 9300 },
    ]);
  });

  it('a city whose leave year is the fiscal year is counted by it', async () => {
    const [town, staff, leave] = [TOWNS[5], new Story(TOWNS[5]), new LeaveStory(TOWNS[5])];
    hired(staff, 'w');
    leave.took('w', 'annual', ['2025-02-03', '2025-05-01', '2025-05-02']);
    leave.took('w', 'annual', ['2026-03-31']);
    await load(staff, leave);
    expect(await of(town, 'al.avg_days', 2025)).toEqual(['3.00', '1', '3.0']);
    await projection.pool.query(`UPDATE facts_v1.leave_year SET starts = '04-01' WHERE municipality = $1`, [town]);
    expect(await of(town, 'al.avg_days', 2025)).toEqual(['3.00', '1', '3.0']);
    expect(await of(town, 'al.avg_days', 2024)).toEqual(['1.00', '1', '1.0']);
    const { rows } = await projection.pool.query(
      `SELECT facts_v1.year_of($1, 'leave', '2026-03-31') AS fiscal, facts_v1.year_of($2, 'leave', '2026-03-31') AS calendar`,
      [town, ISEHARA],
    );
    expect(rows).toEqual([{ fiscal: 2025, calendar: 2026 }]);
  });
});
