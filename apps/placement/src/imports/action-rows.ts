import { randomUUID } from 'node:crypto';
import type { PersonnelAction } from '#libs/contracts/placement';
import type { LocalDate } from '#libs/law/local-date';
import type { DraftAction } from '../domain/career.js';
import { Cells, readCsv, type CsvFault, type CsvRow } from '#libs/imports/csv';

const HEADINGS = {
  職員番号: true,
  発令日: true,
  発令種別: true,
  所属コード: false,
  職位: false,
  級: false,
  職種: false,
  採用区分: false,
  週勤務分: false,
  終了日: false,
  事由: false,
  休業種別: false,
} as const;
type Column = keyof typeof HEADINGS;

export const KIND_WORDS: Readonly<Record<string, PersonnelAction['kind']>> = {
  条件付採用: 'appoint-on-probation',
  正式採用: 'appoint-formally',
  条件付延長: 'extend-probation',
  異動: 'transfer',
  昇任: 'promote',
  降任: 'demote',
  兼務: 'give-concurrent-post',
  兼務解除: 'end-concurrent-post',
  派遣: 'second',
  派遣復帰: 'return-from-secondment',
  休職: 'start-leave-of-absence',
  復職: 'return-from-leave',
  勤務時間変更: 'change-hours',
  役職定年: 'retire-from-role',
  退職: 'separate',
  再採用: 'rehire',
};

const REASON_WORDS: Readonly<Record<string, NonNullable<PersonnelAction['reason']>>> = {
  普通退職: 'resignation',
  定年退職: 'retirement-age',
  早期退職: 'early-retirement',
  死亡: 'death',
  任期満了: 'term-expired',
  分限免職: 'status-dismissal',
  懲戒免職: 'disciplinary-dismissal',
  失職: 'disqualified',
  帰任: 'returned-to-home-body',
};

const LEAVE_WORDS: Readonly<Record<string, NonNullable<PersonnelAction['leaveKind']>>> = {
  育児休業: 'childcare',
  介護休暇: 'care',
  病気休職: 'sickness',
  自己啓発等休業: 'study',
  配偶者同行休業: 'spouse-abroad',
  起訴休職: 'indictment',
  その他: 'other',
};

/** Codes of the city's pack on a day, by title as well as by code. */
export type Titles = Readonly<Record<'positions' | 'grades' | 'jobCategories' | 'routes', ReadonlyMap<string, string>>>;

export type ActionRow = Readonly<{ line: number; number: string; draft: DraftAction }>;

type ActionRows = Readonly<{
  count: number;
  rows: readonly ActionRow[];
  faults: readonly CsvFault[];
  /** Whether all rows of this number could be read: a history with holes is not worth judging. */
  isWhole: (number: string) => boolean;
}>;

/** personnel-actions.csv: one action per row, in any order. Appointments get an employment of their own. */
export const readActions = (body: Uint8Array, titlesOn: (day: LocalDate) => Titles): ActionRows => {
  const table = readCsv(body, HEADINGS);
  const read = table.rows.map((row) => actionOf(row, titlesOn));
  const faults = [...table.faults, ...read.flatMap(({ cells }) => cells.faults)];
  const rows = read.flatMap(({ cells, row }) => (row && cells.faults.length === 0 ? [row] : []));
  const broken = new Set(read.flatMap(({ cells, number }) => (cells.faults.length > 0 ? [number] : [])));
  const isWhole = (number: string) => table.faults.length === 0 && !broken.has(number);
  return { count: table.rows.length, rows, faults, isWhole };
};

const actionOf = (
  csv: CsvRow<Column>,
  titlesOn: (day: LocalDate) => Titles,
): { cells: Cells<Column>; number: string; row?: ActionRow } => {
  const cells = new Cells(csv);
  const number = cells.text('職員番号', 40).normalize('NFKC');
  const effectiveOn = cells.date('発令日');
  const kind = cells.requiredWord('発令種別', KIND_WORDS);
  if (!effectiveOn || !kind) return { cells, number };
  const titles = titlesOn(effectiveOn);
  const unitId = cells.optional('所属コード');
  const position = cells.word('職位', titles.positions);
  if ((unitId === undefined) !== (cells.optional('職位') === undefined)) {
    cells.wrong(unitId ? '職位' : '所属コード', 'value.missing');
  }
  const optional = {
    until: cells.optionalDate('終了日'),
    post: unitId && position ? { unitId, position } : undefined,
    grade: cells.word('級', titles.grades),
    jobCategory: cells.word('職種', titles.jobCategories),
    route: cells.word('採用区分', titles.routes),
    weeklyMinutes: cells.minutes('週勤務分'),
    reason: cells.word('事由', REASON_WORDS),
    leaveKind: cells.word('休業種別', LEAVE_WORDS),
    employmentId: kind === 'appoint-on-probation' || kind === 'rehire' ? randomUUID() : undefined,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  const draft = { actionId: randomUUID(), kind, effectiveOn, ...given };
  return { cells, number, row: { line: cells.line, number, draft } };
};

/** The heading under which a field of an action stands. */
export const COLUMN_OF_FIELD: Readonly<Partial<Record<keyof PersonnelAction, Column>>> = {
  kind: '発令種別',
  effectiveOn: '発令日',
  until: '終了日',
  post: '所属コード',
  grade: '級',
  jobCategory: '職種',
  route: '採用区分',
  weeklyMinutes: '週勤務分',
  reason: '事由',
  leaveKind: '休業種別',
};
