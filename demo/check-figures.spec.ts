import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlainCount } from './check-figures.js';
import { Secrets } from './check-leaks.js';

const folder = mkdtempSync(join(tmpdir(), 'jinzai-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const staff = file(
  'staff.csv',
  '職員番号,氏,名,氏カナ,名カナ,生年月日,性別,住所\n' +
    '1,架空田,例太郎,カクウタ,レイタロウ,1980/5/6,男,神奈川県架空台1丁目2番3号\n2,見本山,試美子,ミホンヤマ,タメミコ,1990/7/8,女,神奈川県見本町4丁目5番6号\n' +
    '3,仮名川,想一郎,カメイカワ,ソウイチロウ,1963/1/9,男,神奈川県仮名町7丁目8番9号\n',
);

const actions = file(
  'personnel-actions.csv',
  '職員番号,発令日,発令種別,週勤務分,事由\n1,2010/4/1,条件付採用,2325,\n1,2025/4/1,異動,,\n2,2023/4/1,条件付採用,2325,\n' +
    '2,2024/3/31,退職,,普通退職\n3,1990/4/1,条件付採用,2325,\n3,2024/12/1,派遣,,\n3,2025/3/31,退職,,定年退職\n3,2025/4/1,再採用,1860,\n' +
    '3,2025/6/1,休職,,\n3,2026/3/31,退職,,任期満了\n',
);

const ledger = file(
  'leave-ledger.csv',
  '職員番号,区分,休暇種別,日付,開始,終了,分,使用期限\n' +
    '1,付与,年次有給休暇,2024/1/1,,,9300,2025/12/31\n1,取得,年次有給休暇,2024/2/1,,,465,\n1,取得,年次有給休暇,2024/2/2,08:30,12:00,210,\n' +
    '1,取得,夏季休暇,2024/8/1,,,465,\n1,取得,年次有給休暇,2025/2/3,,,465,\n1,取得,配偶者出産休暇,2024/6/3,,,465,\n' +
    '3,取得,年次有給休暇,2024/2/1,,,465,\n3,取得,年次有給休暇,2025/5/1,,,372,\n2,取得,年次有給休暇,2024/3/1,,,465,\n',
);
const childcare = file(
  'childcare.csv',
  '職員番号,区分,子の出生日,開始日,終了日\n1,配偶者出産,2024/3/30,2024/4/5,2024/4/30\n1,配偶者出産,2024/3/30,2024/9/1,2024/9/30\n' +
    '2,出産,2023/6/1,,\n3,配偶者出産,2024/6/1,2026/4/1,2026/4/30\n',
);
const sessions = file('sessions.csv', '回コード,研修コード,実施日,定員\ns-1,chief,2025/5/1,20\n');
const records = file(
  'records.csv',
  '職員番号,研修コード,割当日,期限,修了日,受講分,回コード,出欠\n1,harassment,2024/6/1,2024/12/28,2024/7/1,120,,\n' +
    '3,harassment,2024/6/1,2024/12/28,2025/4/1,120,,\n2,harassment,2023/6/1,2024/6/30,,,,\n1,chief,2025/4/1,2025/9/30,,,s-1,欠席\n' +
    '1,chief,2025/4/1,2025/9/30,2025/6/2,930,,\n3,dx,,,2025/6/2,60,,\n',
);

const FILES = {
  staff,
  'personnel-actions': actions,
  'leave-ledger': ledger,
  childcare,
  sessions,
  records,
};

describe('the plain count', () => {
  const people = [
    { sex: '2', completed: true },
    { sex: '1', completed: false, left: '2027-03-21' },
  ];
  const count = new PlainCount(FILES, { on: '2026-11-21', people });
  const of = (metric: string, fiscalYear: number, dimensions: Readonly<Record<string, string>> = {}) =>
    count.expected(metric, { fiscalYear, dimensions, asOf: '2027-03-31' });

  it('counts who is there on 1 April: a leaver of the day before is gone, one rehired the next day has stayed', () => {
    expect([2023, 2024, 2025, 2026].map((year) => of('headcount', year)?.value)).toEqual([3, 2, 2, 1]);
    expect(of('headcount', 2023, { sex: '2' })?.value).toBe(1);
  });

  it('counts ordinary resignations only', () => {
    expect(of('sep.rate', 2023)).toEqual({ numerator: 1, denominator: 3, value: 33.3 });
    expect(of('sep.rate', 2024)).toEqual({ numerator: 0, denominator: 2, value: 0 });
  });

  it('counts hires still there, the live ones included; nobody hired gives no value', () => {
    expect(of('retention.1y', 2023)).toEqual({ numerator: 0, denominator: 1, value: 0 });
    expect(of('retention.1y', 2026)).toEqual({ numerator: 1, denominator: 2, value: 50 });
    expect(of('retention.3y', 2024)).toEqual({ numerator: 0, denominator: 0, value: null });
  });

  it('counts days of annual leave by the hours of each day, of those who were there all year and not away all of it', () => {
    // 465/465 + 210/465 of one, 465/465 of the other; who left in March is not counted.
    expect(of('al.avg_days', 2024)).toEqual({ numerator: 2.451612903226, denominator: 2, value: 1.2 });
    // 372 minutes are a whole day after the rehiring, on leave for the rest of the year or not.
    expect(of('al.avg_days', 2025)).toEqual({ numerator: 2, denominator: 2, value: 1 });
    expect(of('al.under5_share', 2024)).toEqual({ numerator: 2, denominator: 2, value: 100 });
  });

  it('counts parents of the fiscal year and the first leave for each child', () => {
    expect(of('cc.rate.mic_v2', 2023)).toEqual({ numerator: 0, denominator: 2, value: 0 });
    expect(of('cc.rate.mic_v2', 2024)).toEqual({ numerator: 1, denominator: 1, value: 100 });
    expect(of('cc.rate.mic_v1', 2023, { sex: '1' })).toEqual({ numerator: 1, denominator: 1, value: 100 });
    const early = { fiscalYear: 2024, dimensions: {}, asOf: '2026-03-31' };
    expect(count.expected('cc.rate.mic_v1', early)).toEqual({ numerator: 0, denominator: 1, value: 0 });
    expect(of('pat.either', 2024)).toEqual({ numerator: 1, denominator: 1, value: 100 });
  });

  it('counts training by person and course, of those in service when it was due', () => {
    expect(of('train.rate', 2024)).toEqual({ numerator: 1, denominator: 2, value: 50 });
    expect(of('train.rate', 2025, { course: 'chief' })).toEqual({ numerator: 1, denominator: 1, value: 100 });
    expect(of('train.rate', 2026, { course: 'new-hire-mid-year' })).toEqual({
      numerator: 1,
      denominator: 2,
      value: 50,
    });
    expect(of('train.attendance', 2025)).toEqual({ numerator: 0, denominator: 1, value: 0 });
    expect(of('train.unassigned', 2025)).toEqual({ numerator: 1, denominator: 3, value: 33.3 });
    expect(of('train.hours', 2025)).toEqual({ numerator: 1110, denominator: 2, value: 9.25 });
  });
});

describe('the leak scan', () => {
  const secrets = new Secrets();
  secrets.addStaffFile(staff);
  const numbered = file('numbered.csv', '職員番号\n230001\n110101\n');
  secrets.addStaffNumbers(numbered, file('units.csv', '所属コード\n110101\n'));

  it.each([
    ['a name inside other text', '{"name":"職員見本山さん"}', '見本山'],
    ['a kana', 'x ソウイチロウ y', 'ソウイチロウ'],
    ['an address', '"神奈川県架空台1丁目2番3号"', '神奈川県架空台1丁目2番3号'],
    ['a birth date in any writing', '1963-01-09', '1963-1-9'],
    ['a staff number', '{"by":"230001"}', '230001'],
    ['a staff number in JSON within JSON', '{"text":"{\\"by\\":\\"230001\\"}"}', '230001'],
  ])('finds %s', (_, text, found) => {
    expect(secrets.search([text])).toEqual([found]);
  });

  it('finds nothing in what is no personal data', () => {
    expect(
      secrets.search([
        '{"effectiveOn":"2024-04-01","unit":"職員課","unitId":"110101","cohort":1980,"position":230001}',
      ]),
    ).toEqual([]);
  });
});
