import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import iconv from 'iconv-lite';
import type { LocalDate } from '#libs/law/local-date';
import type { Career, Row } from './career.js';
import { City, type Plan } from './city.js';
import { CLOSING, simulate } from './fiscal-years.js';
import { Random } from './random.js';

export const FILES = ['units', 'staff', 'personnel-actions'] as const;
export type FileName = (typeof FILES)[number];

/** Writes a city's three files as the city would bring them; the same plan and packs always give the same bytes. */
export const generateCity = (plan: Plan, policies: string, folder: string): Readonly<Record<FileName, string>> => {
  const city = new City(plan, policies);
  const careers = simulate(city, new Random(plan.seed)).toSorted((a, b) => (a.number < b.number ? -1 : 1));
  mkdirSync(folder, { recursive: true });
  const write = (name: FileName, rows: readonly Record<string, string>[]): string => {
    const text = stringify([...rows], { header: true, record_delimiter: '\r\n' });
    const file = join(folder, `${name}.csv`);
    writeFileSync(file, plan.encoding === 'cp932' ? iconv.encode(text, 'cp932') : `\uFEFF${text}`);
    return file;
  };
  return {
    units: write('units', unitRows(city)),
    staff: write(
      'staff',
      careers.map((career) => staffRow(plan, career)),
    ),
    'personnel-actions': write(
      'personnel-actions',
      careers
        .flatMap(({ rows }) => rows)
        .filter(({ on }) => on <= CLOSING)
        .toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
        .map((row) => actionRow(city, row)),
    ),
  };
};

const LEVEL_WORDS: Readonly<Record<string, string>> = {
  city: '市',
  authority: '任命権者',
  department: '部',
  section: '課',
};
const SECTORS: Readonly<Record<string, string>> = { counter: '窓口', project: '事業', administration: '管理' };
const AUTHORITIES: Readonly<Record<string, string>> = {
  mayor: '市長',
  education: '教育委員会',
  fire: '消防',
  hospital: '病院',
};

const written = ({ slashes }: Plan, day: LocalDate): string =>
  slashes
    ? day
        .split('-')
        .map((part, index) => (index === 0 ? part : String(Number(part))))
        .join('/')
    : day;

const unitRows = (city: City): Record<string, string>[] =>
  city.units.map((unit) => ({
    所属コード: unit.code,
    所属名: unit.name,
    階層: LEVEL_WORDS[unit.level] ?? (city.plan.code === '142034' ? '担当' : '係'),
    上位所属コード: unit.parent ?? '',
    部門区分: SECTORS[unit.sector ?? ''] ?? '',
    任命権者: AUTHORITIES[unit.authority] ?? '',
    適用開始日: written(city.plan, unit.from),
    廃止: unit.abolished ? '1' : '',
  }));

const staffRow = (plan: Plan, { number, person }: Career): Record<string, string> => ({
  職員番号: number,
  氏: person.familyName,
  名: person.givenName,
  氏カナ: person.familyNameKana,
  名カナ: person.givenNameKana,
  生年月日: written(plan, person.birthDate),
  性別: person.sex === '1' ? '男' : '女',
  住所: person.address,
});

const actionRow = (city: City, row: Row): Record<string, string> => ({
  職員番号: row.number,
  発令日: written(city.plan, row.on),
  発令種別: row.word,
  所属コード: row.unit ?? '',
  職位: row.position?.title ?? '',
  級: row.grade ?? '',
  職種: row.category ? city.title('job-categories', row.category) : '',
  採用区分: row.route ? city.title('recruitment-routes', row.route) : '',
  週勤務分: row.weekly ? String(row.weekly) : '',
  終了日: row.until ? written(city.plan, row.until) : '',
  事由: row.reason ?? '',
  休業種別: row.leave ?? '',
});
