import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import iconv from 'iconv-lite';
import type { LocalDate } from '#libs/law/local-date';
import type { Career, Row } from './career.js';
import { City, type Plan } from './city.js';
import { birthsOf, type Birth } from './families.js';
import { CLOSING, simulate } from './fiscal-years.js';
import { ledgersOf, type LedgerRow } from './leave-ledger.js';
import { Random } from './random.js';
import { ServiceDays } from './service-days.js';
import { trainingOf, type Course, type Session, type TrainingRecord } from './training.js';

/** In the order in which they rest on each other. */
export const FILES = [
  'units',
  'staff',
  'personnel-actions',
  'leave-ledger',
  'childcare',
  'courses',
  'sessions',
  'records',
] as const;
export type FileName = (typeof FILES)[number];

/** Writes a city's files as the city would bring them; the same plan and packs always give the same bytes. */
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
  const members = careers.map((career) => ({ career, days: new ServiceDays(career) }));
  const births = birthsOf(members, new Random(plan.seed + 2));
  const training = trainingOf(city, members);
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
    'leave-ledger': write(
      'leave-ledger',
      ledgersOf(city, members, births).map((row) => ledgerRow(plan, row)),
    ),
    childcare: write(
      'childcare',
      births.flatMap((birth) => childcareRows(plan, birth)),
    ),
    courses: write('courses', training.courses.map(courseRow)),
    sessions: write(
      'sessions',
      training.sessions.map((session) => sessionRow(plan, session)),
    ),
    records: write(
      'records',
      training.records.map((record) => recordRow(plan, record)),
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

const ledgerRow = (plan: Plan, row: LedgerRow): Record<string, string> => ({
  職員番号: row.number,
  区分: row.entry,
  休暇種別: row.kind,
  日付: written(plan, row.on),
  開始: row.from ?? '',
  終了: row.to ?? '',
  分: String(row.minutes),
  使用期限: row.usableThrough ? written(plan, row.usableThrough) : '',
});

/** One row per leave; one without days for a child for whom none was taken. */
const childcareRows = (plan: Plan, { number, mother, bornOn, leaves }: Birth): Record<string, string>[] => {
  const child = { 職員番号: number, 区分: mother ? '出産' : '配偶者出産', 子の出生日: written(plan, bornOn) };
  if (leaves.length === 0) return [{ ...child, 開始日: '', 終了日: '' }];
  return leaves.map(({ from, through }) => ({ ...child, 開始日: written(plan, from), 終了日: written(plan, through) }));
};

const COURSE_KINDS: Readonly<Record<Course['kind'], string>> = {
  'new-hire': '採用時',
  grade: '階層別',
  management: '管理監督者',
  recurring: '定期',
  digital: 'デジタル',
  other: 'その他',
};
const DIGITAL_CLASSES = { expert: '高度専門', leader: '推進リーダー', general: '一般' } as const;

const courseRow = (course: Course): Record<string, string> => ({
  研修コード: course.code,
  研修名: course.title,
  区分: COURSE_KINDS[course.kind],
  時間分: String(course.minutes),
  有効月数: course.validMonths ? String(course.validMonths) : '',
  デジタル区分: course.digitalClass ? DIGITAL_CLASSES[course.digitalClass] : '',
});

const sessionRow = (plan: Plan, { code, course, heldOn, capacity }: Session): Record<string, string> => ({
  回コード: code,
  研修コード: course,
  実施日: written(plan, heldOn),
  定員: String(capacity),
});

const recordRow = (plan: Plan, record: TrainingRecord): Record<string, string> => ({
  職員番号: record.number,
  研修コード: record.course,
  割当日: record.assignedOn ? written(plan, record.assignedOn) : '',
  期限: record.dueOn ? written(plan, record.dueOn) : '',
  修了日: record.completedOn ? written(plan, record.completedOn) : '',
  受講分: record.minutes ? String(record.minutes) : '',
  回コード: record.session ?? '',
  出欠: record.attended === undefined ? '' : record.attended ? '出席' : '欠席',
});
