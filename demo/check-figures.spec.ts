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
  '職員番号,発令日,発令種別,事由\n1,2010/4/1,条件付採用,\n1,2025/4/1,異動,\n2,2023/4/1,条件付採用,\n2,2024/3/31,退職,普通退職\n' +
    '3,1990/4/1,条件付採用,\n3,2025/3/31,退職,定年退職\n3,2025/4/1,再採用,\n3,2026/3/31,退職,任期満了\n',
);

describe('the plain count', () => {
  const count = new PlainCount({ staff, 'personnel-actions': actions }, { on: '2026-11-21', sexes: ['2'] });

  it('counts who is there on 1 April: a leaver of the day before is gone, one rehired the next day has stayed', () => {
    expect([2023, 2024, 2025, 2026].map((year) => count.expected('headcount', year)?.value)).toEqual([3, 2, 2, 1]);
    expect(count.expected('headcount', 2023, '2')?.value).toBe(1);
  });

  it('counts ordinary resignations only', () => {
    expect(count.expected('sep.rate', 2023)).toEqual({ numerator: 1, denominator: 3, value: 33.3 });
    expect(count.expected('sep.rate', 2024)).toEqual({ numerator: 0, denominator: 2, value: 0 });
  });

  it('counts hires still there, the live ones included; nobody hired gives no value', () => {
    expect(count.expected('retention.1y', 2023)).toEqual({ numerator: 0, denominator: 1, value: 0 });
    expect(count.expected('retention.1y', 2026)).toEqual({ numerator: 1, denominator: 1, value: 100 });
    expect(count.expected('retention.3y', 2024)).toEqual({ numerator: 0, denominator: 0, value: null });
  });
});

describe('the leak scan', () => {
  const secrets = new Secrets();
  secrets.addStaffFile(staff);

  it.each([
    ['a name inside other text', '{"name":"職員見本山さん"}', '見本山'],
    ['a kana', 'x ソウイチロウ y', 'ソウイチロウ'],
    ['an address', '"神奈川県架空台1丁目2番3号"', '神奈川県架空台1丁目2番3号'],
    ['a birth date in any writing', '1963-01-09', '1963-1-9'],
  ])('finds %s', (_, text, found) => {
    expect(secrets.search([text])).toEqual([found]);
  });

  it('finds nothing in what is no personal data', () => {
    expect(secrets.search(['{"effectiveOn":"2024-04-01","unit":"職員課","cohort":1980}'])).toEqual([]);
  });
});
