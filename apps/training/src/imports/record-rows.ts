import { Cells, readCsv, type CsvFault, type CsvRow } from '#libs/imports/csv';
import type { LocalDate } from '#libs/law/local-date';
import { MOST_MINUTES } from '../domain/course.js';
import { codeIn } from './plan-rows.js';

const HEADINGS = {
  職員番号: true,
  研修コード: true,
  割当日: false,
  期限: false,
  修了日: false,
  受講分: false,
  回コード: false,
  出欠: false,
} as const;
type Column = keyof typeof HEADINGS;

const ATTENDANCE_WORDS: Readonly<Record<string, boolean>> = { 出席: true, 欠席: false };

/** What was asked of somebody, what the person completed, and whether the person came: each where the row has it. */
export type RecordRow = Readonly<{
  line: number;
  number: string;
  course: string;
  assigned?: Readonly<{ on: LocalDate; dueOn: LocalDate }>;
  completedOn?: LocalDate;
  minutes?: number;
  attendance?: Readonly<{ sessionId: string; attended: boolean }>;
}>;

export type RecordRows = Readonly<{ count: number; rows: readonly RecordRow[]; faults: readonly CsvFault[] }>;

/** records.csv: one row per assignment, completion or attendance, or for all three of them. */
export const readRecords = (body: Uint8Array): RecordRows => {
  const table = readCsv(body, HEADINGS);
  const read = table.rows.map(recordOf);
  return {
    count: table.rows.length,
    rows: read.flatMap(({ cells, row }) => (cells.faults.length === 0 ? [row] : [])),
    faults: [...table.faults, ...read.flatMap(({ cells }) => cells.faults)],
  };
};

const recordOf = (csv: CsvRow<Column>): { cells: Cells<Column>; row: RecordRow } => {
  const cells = new Cells(csv);
  const number = cells.text('職員番号', 40).normalize('NFKC');
  const course = codeIn(cells, '研修コード');
  const [on, dueOn] = [cells.optionalDate('割当日'), cells.optionalDate('期限')];
  together(cells, '割当日', '期限');
  const completedOn = cells.optionalDate('修了日');
  const minutes = cells.minutes('受講分', MOST_MINUTES);
  const sessionId = cells.optional('回コード') && codeIn(cells, '回コード');
  const attended = cells.word('出欠', ATTENDANCE_WORDS);
  together(cells, '回コード', '出欠');
  if (!cells.optional('割当日') && !cells.optional('修了日') && !sessionId) cells.wrong('修了日', 'record.nothing');
  if (attended === false && completedOn) cells.wrong('修了日', 'record.absent-completed');
  if (attended === false && minutes) cells.wrong('受講分', 'attendance.minutes-disagree');
  const row = {
    line: csv.line,
    number,
    course,
    ...(on && dueOn && { assigned: { on, dueOn } }),
    ...(completedOn && { completedOn }),
    ...(minutes && { minutes }),
    ...(sessionId && attended !== undefined && { attendance: { sessionId, attended } }),
  };
  return { cells, row };
};

/** Two columns that say something only together. */
const together = (cells: Cells<Column>, one: Column, other: Column): void => {
  if (cells.optional(one) && !cells.optional(other)) cells.wrong(other, 'value.missing');
  if (cells.optional(other) && !cells.optional(one)) cells.wrong(one, 'value.missing');
};
