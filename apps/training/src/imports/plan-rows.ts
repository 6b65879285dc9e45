import { COURSE_KINDS, DIGITAL_CLASSES } from '#libs/contracts/training';
import { Cells, readCsv, type CsvFault } from '#libs/imports/csv';
import type { LocalDate } from '#libs/law/local-date';
import { CODE, MOST_MINUTES, MOST_VALID_MONTHS, type Course } from '../domain/course.js';
import { MOST_SEATS } from '../domain/session.js';

const KIND_WORDS: Readonly<Record<string, (typeof COURSE_KINDS)[number]>> = {
  採用時: 'new-hire',
  階層別: 'grade',
  管理監督者: 'management',
  定期: 'recurring',
  デジタル: 'digital',
  その他: 'other',
};

const CLASS_WORDS: Readonly<Record<string, (typeof DIGITAL_CLASSES)[number]>> = {
  高度専門: 'expert',
  推進リーダー: 'leader',
  一般: 'general',
};

const COURSE_HEADINGS = {
  研修コード: true,
  研修名: true,
  区分: true,
  時間分: true,
  有効月数: false,
  デジタル区分: false,
} as const;

export type Rows<Row> = Readonly<{ count: number; rows: readonly Row[]; faults: readonly CsvFault[] }>;
export type CourseRow = Readonly<{ line: number; course: Course }>;
export type SessionRow = Readonly<{
  line: number;
  session: Readonly<{ sessionId: string; course: string; heldOn: LocalDate; capacity: number }>;
}>;

/** A code of a course or session as text of a cell. */
export const codeIn = <Column extends string>(cells: Cells<Column>, column: Column): string => {
  const code = cells.text(column, 40).normalize('NFKC');
  if (code && !CODE.test(code)) cells.wrong(column, 'code.malformed', code);
  return code;
};

const required = <Column extends string>(cells: Cells<Column>, column: Column, most: number): number => {
  if (cells.optional(column) === undefined) cells.wrong(column, 'value.missing');
  return cells.minutes(column, most) ?? 0;
};

/** Rows without fault, each key once. */
const distinct = <Column extends string, Row>(
  read: readonly Readonly<{ cells: Cells<Column>; key: string; row: Row }>[],
  column: Column,
): Pick<Rows<Row>, 'rows' | 'faults'> => {
  const seen = new Set<string>();
  for (const { cells, key } of read) {
    if (key && seen.has(key)) cells.wrong(column, 'code.twice', key);
    seen.add(key);
  }
  return {
    rows: read.flatMap(({ cells, row }) => (cells.faults.length === 0 ? [row] : [])),
    faults: read.flatMap(({ cells }) => cells.faults),
  };
};

/** courses.csv: one course per row. */
export const readCourses = (body: Uint8Array): Rows<CourseRow> => {
  const table = readCsv(body, COURSE_HEADINGS);
  const read = table.rows.map((row) => {
    const cells = new Cells(row);
    const validMonths = cells.minutes('有効月数', MOST_VALID_MONTHS);
    const digitalClass = cells.word('デジタル区分', CLASS_WORDS);
    const course: Course = {
      course: codeIn(cells, '研修コード'),
      title: cells.text('研修名'),
      kind: cells.requiredWord('区分', KIND_WORDS) ?? 'other',
      minutes: required(cells, '時間分', MOST_MINUTES),
      ...(validMonths && { validMonths }),
      ...(digitalClass && { digitalClass }),
    };
    return { cells, key: course.course, row: { line: row.line, course } };
  });
  const { rows, faults } = distinct(read, '研修コード');
  return { count: table.rows.length, rows, faults: [...table.faults, ...faults] };
};

const SESSION_HEADINGS = { 回コード: true, 研修コード: true, 実施日: true, 定員: true } as const;

/** sessions.csv: one session per row, past or to come. */
export const readSessions = (body: Uint8Array): Rows<SessionRow> => {
  const table = readCsv(body, SESSION_HEADINGS);
  const read = table.rows.map((row) => {
    const cells = new Cells(row);
    const session = {
      sessionId: codeIn(cells, '回コード'),
      course: codeIn(cells, '研修コード'),
      heldOn: cells.date('実施日'),
      capacity: required(cells, '定員', MOST_SEATS),
    };
    return { cells, key: session.sessionId, row: { line: row.line, session } };
  });
  const { rows, faults } = distinct(read, '回コード');
  return { count: table.rows.length, rows, faults: [...table.faults, ...faults] };
};
