import iconv from 'iconv-lite';
import { tokenFor } from '#libs/testing/tokens';
import {
  ACTIONS,
  ACTIONS_HEADER,
  appointed,
  CITY,
  Placement,
  STAFF,
  UNITS,
  type Answer,
  type Body,
} from '../placement.fixture.js';

const placement = new Placement('placement_imports');
const { ask, get, post, load, list, count } = placement;

let auditor: string;

beforeAll(async () => {
  await placement.start();
  auditor = await tokenFor({ municipality: CITY, roles: ['auditor'] });
});

afterAll(() => placement.stop());

const positionOf = (answers: readonly Answer[]): unknown => answers.find(({ status }) => status === 200)?.body.position;

describe('imports', () => {
  it('checks without loading', async () => {
    const { status, body } = await load('units?dryRun=true', UNITS);
    expect({ status, body }).toEqual({
      status: 200,
      body: { rows: 5, accepted: 0, errors: [], dryRun: true, repeated: false },
    });
    expect(await count('UnitChanged')).toBe(0);
  });

  it('loads units, staff and actions, Shift_JIS too', async () => {
    expect((await load('units', UNITS)).body).toMatchObject({ rows: 5, accepted: 5 });
    expect((await load('staff', iconv.encode(STAFF, 'cp932') as Uint8Array<ArrayBuffer>)).body).toMatchObject({
      rows: 4,
      accepted: 4,
    });
    expect((await load('personnel-actions', ACTIONS, 'actions-1')).body).toMatchObject({
      rows: 9,
      accepted: 9,
      repeated: false,
    });
    expect([await count('UnitChanged'), await count('StaffRegistered'), await count('PersonnelActionTaken')]).toEqual([
      5, 4, 9,
    ]);
  });

  it('answers a repeat of the request as before and loads nothing twice', async () => {
    const again = await load('personnel-actions', ACTIONS, 'actions-1');
    expect(again).toMatchObject({
      status: 200,
      body: { rows: 9, accepted: 9, repeated: true, position: expect.any(Number) },
    });
    expect(await count('PersonnelActionTaken')).toBe(9);
    expect((await load('personnel-actions', `${ACTIONS}\n`, 'actions-1')).body.code).toBe('request.key-reused');
  });

  it('reports every row with line, column, code and a Japanese reason, and loads nothing', async () => {
    const broken = [
      ACTIONS_HEADER,
      '200001,2026/2/30,異動,111,部長,,,,,,,',
      '999999,2026/4/1,異動,111,主事,,,,,,,',
      '200002,2026/4/1,異動,999,課長,,,,,,,',
      '200003,2026/4/1,復職,,,,,,,,,',
      '200004,2026/5/1,異動,111,主事,,,,,,,',
    ].join('\n');
    const { status, body } = await load('personnel-actions', broken);
    expect(status).toBe(409);
    expect(body.code).toBe('import.has-errors');
    const errors = body.errors as { line: number; column: string; code: string; message: string }[];
    expect(errors.map(({ line, column, code }) => `${line} ${column} ${code}`)).toEqual([
      '2 発令日 date.not-existing',
      '3 職員番号 staff-number.unknown',
      '4 所属コード unit.not-in-force',
      '5 発令日 timeline.return-without-leave',
      '6 発令日 timeline.after-separation',
    ]);
    expect(errors[3].message).toContain('休職');
    expect(errors.map(({ message }) => message).join()).not.toMatch(/[{}]/);
    expect(await count('PersonnelActionTaken')).toBe(9);
  });

  it('judges rows of days to come like single commands, and names the row', async () => {
    // today is 10 April 2026
    const file = (...rows: string[]) => [ACTIONS_HEADER, ...rows].join('\n');
    const late = await load(
      'personnel-actions',
      file('200003,2026/4/10,異動,111,主事,,,,,,,', '200003,2026/5/1,昇任,,,1級,,,,,,'),
    );
    expect(late.body.errors).toMatchObject([{ line: 3, column: '発令日', code: 'promotion.not-higher' }]);
    const past = await load('personnel-actions?dryRun=true', file('200003,2026/4/9,昇任,,,1級,,,,,,'));
    expect(past).toMatchObject({ status: 200, body: { rows: 1 } });
    expect(await count('PersonnelActionTaken')).toBe(9);
  });

  it('refuses a staff number that is taken, and the whole file with it', async () => {
    const { body } = await load('staff', `${STAFF}\n200009,新,人,シン,ジン,2003/1/1,男,架空町`);
    expect((body.errors as Body[]).map(({ line, code }) => [line, code])).toEqual(
      [2, 3, 4, 5].map((line) => [line, 'staff-number.taken']),
    );
    expect(await count('StaffRegistered')).toBe(4);
  });

  it('takes two sendings of one file at the same moment as one, and the loser of two requests reads why', async () => {
    const file = (number: string) => `${STAFF.split('\n')[0]}\n${number},同時,人,ﾄﾞｳｼﾞ,ジン,2003/1/1,男,架空町`;
    const same = await Promise.all([1, 2, 3].map(() => load('staff', file('200101'), 'same-moment')));
    expect(same.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(same.filter(({ body }) => body.repeated === false)).toHaveLength(1);
    expect(new Set(same.map(({ body }) => body.position)).size).toBe(1);

    expect(await count('StaffRegistered')).toBe(5);

    const other = await Promise.all([1, 2].map(() => load('staff', file('200102'))));
    expect(other.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(other.find(({ status }) => status === 409)?.body.errors).toMatchObject([
      { line: 2, column: '職員番号', code: 'staff-number.taken' },
    ]);
    const [person] = await list(`status=out&staffNumber=200102&after=${String(positionOf(other))}`);
    expect((await get(`staff/${person.staffId}`)).body).toMatchObject({ familyNameKana: 'ドウジ' });
  });

  it('says nothing of a history with rows it cannot read but what is wrong with those rows', async () => {
    const rows = [appointed('200101', '2024/4/31', '111', '主事', '1級'), '200101,2024/10/1,正式採用,,,,,,,,,'];
    const { body } = await load('personnel-actions', [ACTIONS_HEADER, ...rows].join('\n'));
    expect((body.errors as Body[]).map(({ line, code }) => [line, code])).toEqual([[2, 'date.not-existing']]);
  });

  it('lists the first 500 errors of a hopeless file and counts all', async () => {
    const rows = Array.from({ length: 600 }, (_, row) => `x#${row},,,,,,,`);
    const { body } = await load('staff', [STAFF.split('\n')[0], ...rows].join('\n'));
    expect(body.errors).toHaveLength(500);
    expect((body.facts as { errors: number }).errors).toBeGreaterThan(600);
  });

  it('wants text/csv and the role', async () => {
    expect((await post('imports/units', {})).status).toBe(415);
    expect(
      (
        await ask('POST', 'imports/units', {
          token: auditor,
          body: UNITS,
          headers: { 'content-type': 'text/csv' },
        })
      ).status,
    ).toBe(403);
  });
});
