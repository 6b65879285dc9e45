import iconv from 'iconv-lite';
import { tokenFor } from '#libs/testing/tokens';
import { appointed, CITY, done, type Answer } from '../training.fixture.js';
import { items, TrainingService, type Row } from '../training-service.fixture.js';

const training = new TrainingService();

beforeAll(async () => {
  await training.start('training_imports');
  await training.known(...['s-71', 's-72', 's-73'].map((staffId) => appointed(staffId, '2020-04-01')));
});

afterAll(() => training.stop());

describe('files of past years', () => {
  const COURSES = ['研修コード,研修名,区分,時間分,有効月数,デジタル区分', 'K-1,情報研修,デジタル,60,12,一般'];
  const SESSIONS = ['回コード,研修コード,実施日,定員', 'K-1-2025,K-1,2025-06-10,2', 'R-1,returner,2025/6/11,30'];
  const HEAD = '職員番号,研修コード,割当日,期限,修了日,受講分,回コード,出欠';
  const lineErrors = ({ body }: Answer) => (body.errors as Row[]).map(({ line, column, code }) => [line, column, code]);

  it('are judged without loading anything', async () => {
    const officer = await training.users.as('training-officer');
    expect((await officer.load('courses?dryRun=true', COURSES)).body).toMatchObject({
      rows: 1,
      accepted: 0,
      dryRun: true,
    });
    expect(lineErrors(await officer.load('sessions', SESSIONS))).toEqual([[2, '研修コード', 'course.unknown']]);
  });

  // peers.md, edge case 27: a BOM, as Excel writes it
  it('load courses with a BOM, and sessions in Shift_JIS (27)', async () => {
    const officer = await training.users.as('training-officer');
    const withBom = [`\uFEFF${COURSES[0]}`, COURSES[1]];
    expect((await officer.load('courses', withBom, 'courses-1')).body).toMatchObject({ accepted: 1, repeated: false });
    expect((await officer.load('courses', withBom, 'courses-1')).body).toMatchObject({ accepted: 1, repeated: true });
    const token = await tokenFor({ municipality: CITY, roles: ['training-officer'] });
    const response = await fetch(`${training.address}/training/imports/sessions`, {
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
    const officer = await training.users.as('training-officer');
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
    const officer = await training.users.as('training-officer');
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

  it('name what is above a limit, with the limit', async () => {
    const officer = await training.users.as('training-officer');
    const messages = ({ body }: Answer) =>
      (body.errors as Row[]).map(({ line, column, message }) => [line, column, message]);
    const courses = await officer.load('courses', [
      COURSES[0],
      'x,永久研修,その他,60,99999,',
      'y,長い研修,その他,999999,,',
    ]);
    expect(messages(courses)).toEqual([
      [2, '有効月数', '600以下の整数で指定してください。（99999）'],
      [3, '時間分', '99999以下の整数で指定してください。（999999）'],
    ]);
    const sessions = await officer.load('sessions', [SESSIONS[0], 'K-1-2026,K-1,2026-06-10,10000']);
    expect(messages(sessions)).toEqual([[2, '定員', '9999以下の整数で指定してください。（10000）']]);
  });

  it('name the rows of days before the city’s first rules', async () => {
    const officer = await training.users.as('training-officer');
    const sessions = [
      SESSIONS[0],
      'K-1-1900,K-1,1900/7/1,10',
      'R-1900,senior,1900/7/1,10',
      'R-2,returner,2025/6/12,10',
    ];
    expect(lineErrors(await officer.load('sessions', sessions))).toEqual([
      [2, '実施日', 'policy.not-in-force'],
      [3, '実施日', 'policy.not-in-force'],
    ]);
    const records = await officer.load('records', [HEAD, '71,K-1,,,1900/7/1,,,', '71,K-1,,,2024/7/1,,,']);
    expect(records).toMatchObject({ status: 409, body: { code: 'import.has-errors' } });
    expect(lineErrors(records)).toEqual([[2, '修了日', 'policy.not-in-force']]);
  });

  it('load assignments, completions and attendance; what was not asked for is kept apart', async () => {
    const officer = await training.users.as('training-officer');
    const lines = [
      HEAD,
      '71,K-1,2025-04-01,2025-09-30,2025-06-10,50,K-1-2025,出席',
      '72,K-1,2025-04-01,2025-09-30,,,K-1-2025,欠席',
      '73,K-1,,,2025-06-10,,K-1-2025,出席',
      '73,returner,,,2025-06-11,,,',
      '74,K-1,2025-04-01,2025-09-30,,,,',
    ];
    const { body } = await officer.load('records', lines, 'records-1');
    expect(body).toMatchObject({ rows: 5, accepted: 5 });
    expect((await officer.load('records', lines, 'records-1')).body).toMatchObject({ accepted: 5, repeated: true });
    expect(lineErrors(await officer.load('records', lines, 'records-2')).map(([, , code]) => code)).toEqual([
      'completion.already-recorded',
      'completion.already-recorded',
      'completion.already-recorded',
    ]);
    expect(await training.assignmentsOf('s-71')).toEqual([['K-1', 'imported', '2025-09-30', 'done']]);
    expect(await training.assignmentsOf('s-72')).toEqual([['K-1', 'imported', '2025-09-30', 'overdue']]);
    // Who has left is asked nothing.
    expect(await training.assignmentsOf('s-74')).toEqual([['K-1', 'imported', '2025-09-30', 'excused']]);
    const open = await items(officer.get(`assignments?course=K-1&state=open&after=${String(body.position)}`));
    expect(open.map(({ staffId }) => staffId)).toEqual(['s-72']);
    expect(
      (await training.record('s-73')).completions.map((one) => [one.course, one.assignmentId, one.minutes]),
    ).toEqual([
      ['K-1', undefined, 60],
      ['returner', undefined, 465],
    ]);
    expect(await items(officer.get(`sessions?course=K-1&after=${String(body.position)}`))).toEqual([
      expect.objectContaining({ sessionId: 'K-1-2025', status: 'held', present: 2 }),
    ]);
  });

  it('of many people ask placement in pieces, and are listed in a few statements', async () => {
    const officer = await training.users.as('training-officer');
    await done(officer.load('courses', [COURSES[0], 'B-1,一斉研修,定期,60,12,']) as never);
    const years = [2023, 2024];
    const rows = Array.from({ length: 1_200 }, (_, person) =>
      years.map((year) => `${100_000 + person},B-1,${year}-04-01,${year}-12-31,${year}-10-10,60,,`),
    ).flat();
    training.placement.asked.length = 0;
    const { body } = await officer.load('records', [HEAD, ...rows]);
    expect(body).toMatchObject({ rows: 2_400, accepted: 2_400 });
    expect(training.placement.asked).toEqual([1000, 200]);
    await training.settled();
    expect((await officer.get('assignments?course=B-1&state=done&limit=1')).body.total).toBe(2_400);
  });

  it('are not asked for again here where their renewal was due before this system took over', async () => {
    await training.settled();
    await training.restartAt('2028-03-25T00:00:00Z');
    expect(await training.assignmentsOf('s-71')).toEqual([['K-1', 'imported', '2025-09-30', 'done']]);
  });
});
