import { readActions, type Titles } from './action-rows.js';
import { readStaff } from './staff-rows.js';
import { placed, readUnits } from './unit-rows.js';

const file = (...lines: string[]) => Buffer.from(`${lines.join('\n')}\n`);

describe('units.csv', () => {
  const HEADER = '所属コード,所属名,階層,上位所属コード,部門区分,任命権者,適用開始日,廃止';
  const { rows, faults, count } = readUnits(
    file(
      HEADER,
      '100,伊勢原市,市,,,市長,2020/4/1,',
      '110,土木部,部,100,事業,市長,2020/4/1,',
      '110,土木部,部,100,,市長,2026/4/1,1',
    ),
  );

  it('reads units and their changes', () => {
    expect(faults).toEqual([]);
    expect(count).toBe(3);
    expect(rows[1]).toEqual({
      line: 3,
      change: {
        effectiveOn: '2020-04-01',
        unit: {
          unitId: '110',
          name: '土木部',
          level: 'department',
          parentId: '100',
          sector: 'project',
          appointingAuthority: 'mayor',
          abolished: false,
        },
      },
    });
    expect(rows[2].change.unit).toMatchObject({ sector: null, abolished: true });
  });

  it('names the row where a fault of the tree begins', () => {
    const at = placed(rows);
    expect(at({ code: 'unit.has-children', unitId: '110', effectiveOn: '2026-04-01' })).toMatchObject({
      line: 4,
      column: '廃止',
    });
    expect(at({ code: 'unit.cycle', unitId: '110', effectiveOn: '2025-04-01' })).toMatchObject({
      line: 3,
      column: '上位所属コード',
    });
  });

  it('reports words it does not know', () =>
    expect(
      readUnits(file(HEADER, '110,土木部,局,100,裏方,知事,2020/4/31,x')).faults.map(({ column }) => column),
    ).toEqual(['階層', '部門区分', '任命権者', '廃止', '適用開始日']));
});

describe('staff.csv', () => {
  const HEADER = '職員番号,氏,名,氏カナ,名カナ,生年月日,性別,住所';
  const ROW = '100001,試験,一郎,シケン,イチロウ,1990/4/2,男,架空町1番';

  it('reads the master data', () =>
    expect(readStaff(file(HEADER, ROW), '2026-04-01').rows).toEqual([
      {
        line: 2,
        number: '100001',
        sex: '1',
        details: {
          staffNumber: '100001',
          familyName: '試験',
          givenName: '一郎',
          familyNameKana: 'シケン',
          givenNameKana: 'イチロウ',
          birthDate: '1990-04-02',
          address: '架空町1番',
        },
      },
    ]));

  it('reports a malformed number and a day that does not exist without repeating what is personal', () => {
    const { faults } = readStaff(file(HEADER, '100#1,試験,一郎,シケン,イチロウ,1990/2/30,漢,架空町'), '2026-04-01');
    expect(faults).toEqual([
      { line: 2, column: '職員番号', code: 'staff-number.malformed' },
      { line: 2, column: '生年月日', code: 'date.not-existing' },
      { line: 2, column: '性別', code: 'value.unknown' },
    ]);
  });

  it('reports a number twice, a birth in the future, and what is missing', () =>
    expect(
      readStaff(file(HEADER, ROW, ROW, '100002,,花子,シケン,ハナコ,2026/4/2,女,架空町'), '2026-04-01').faults,
    ).toEqual([
      { line: 3, column: '職員番号', code: 'staff-number.twice' },
      { line: 4, column: '生年月日', code: 'date.in-future' },
      { line: 4, column: '氏', code: 'value.missing' },
    ]));
});

describe('personnel-actions.csv', () => {
  const HEADER = '職員番号,発令日,発令種別,所属コード,職位,級,職種,採用区分,週勤務分,終了日,事由,休業種別';
  const titles: Titles = {
    positions: new Map([['主事', 'shuji']]),
    grades: new Map([
      ['1級', '1'],
      ['1', '1'],
    ]),
    jobCategories: new Map([['一般事務', 'general']]),
    routes: new Map([['新卒', 'new-graduate']]),
  };
  const read = (...lines: string[]) => readActions(file(HEADER, ...lines), () => titles);

  it('reads an appointment into an employment of its own', () => {
    const [{ line, number, draft }] = read(
      '100001,2024/4/1,条件付採用,110,主事,1級,一般事務,新卒,2325,2024/9/30,,',
    ).rows;
    expect({ line, number }).toEqual({ line: 2, number: '100001' });
    expect(draft).toEqual({
      actionId: expect.any(String),
      employmentId: expect.any(String),
      kind: 'appoint-on-probation',
      effectiveOn: '2024-04-01',
      until: '2024-09-30',
      post: { unitId: '110', position: 'shuji' },
      grade: '1',
      jobCategory: 'general',
      route: 'new-graduate',
      weeklyMinutes: 2325,
    });
  });

  it('reads a leave and a separation without what they do not need', () => {
    const { rows, faults } = read(
      '100001,2025/4/1,休職,,,,,,,2026/3/31,,育児休業',
      '100001,2026/3/31,退職,,,,,,,,普通退職,',
    );
    expect(faults).toEqual([]);
    expect(rows.map(({ draft }) => draft)).toEqual([
      {
        actionId: expect.any(String),
        kind: 'start-leave-of-absence',
        effectiveOn: '2025-04-01',
        until: '2026-03-31',
        leaveKind: 'childcare',
      },
      { actionId: expect.any(String), kind: 'separate', effectiveOn: '2026-03-31', reason: 'resignation' },
    ]);
  });

  it('knows whose rows could not all be read', () => {
    const { isWhole } = read('100001,2024/2/30,異動,110,主事,,,,,,,', '100002,2024/4/1,復職,,,,,,,,,');
    expect([isWhole('100001'), isWhole('100002')]).toEqual([false, true]);
    expect(read('100002,2024/4/1,復職,,,,,,,,,', 'x').isWhole('100002')).toBe(false);
  });

  it('reports every fault of every row', () =>
    expect(
      read(
        '100001,2024/2/30,異動,110,主事,,,,,,,',
        '100001,2024/4/1,栄転,,,,,,,,,',
        '100001,2024/4/1,異動,110,,9級,,,,,,',
      ).faults.map(({ line, column, code }) => `${line} ${column} ${code}`),
    ).toEqual([
      '2 発令日 date.not-existing',
      '3 発令種別 value.unknown',
      '4 職位 value.missing',
      '4 級 value.unknown',
    ]));
});
