import type { LocalDate } from '#libs/law/local-date';
import type { StaffAttributes, StaffDetails } from '../domain/staff-state.js';
import { STAFF_NUMBER } from '../domain/staff-number.js';
import { Cells, readCsv, type CsvFault, type CsvRow } from '#libs/imports/csv';

const HEADINGS = {
  職員番号: true,
  氏: true,
  名: true,
  氏カナ: true,
  名カナ: true,
  生年月日: true,
  性別: true,
  住所: true,
} as const;
type Column = keyof typeof HEADINGS;

const SEXES: Readonly<Record<string, StaffAttributes['sex']>> = { 男: '1', 女: '2', 不明: '0', その他: '9' };

export type StaffRow = Readonly<{
  line: number;
  number: string;
  details: StaffDetails;
  sex: StaffAttributes['sex'];
}>;

/** staff.csv: the master data of each person; their actions come in another file. */
export const readStaff = (
  body: Uint8Array,
  today: LocalDate,
): { count: number; rows: StaffRow[]; faults: CsvFault[] } => {
  const table = readCsv(body, HEADINGS);
  const seen = new Set<string>();
  const read = table.rows.map((row) => staffOf(row, seen, today));
  const faults = [...table.faults, ...read.flatMap(({ cells }) => cells.faults)];
  return { count: table.rows.length, rows: read.map(({ row }) => row), faults };
};

const staffOf = (csv: CsvRow<Column>, seen: Set<string>, today: LocalDate): { cells: Cells<Column>; row: StaffRow } => {
  const cells = new Cells(csv, true);
  const number = cells.text('職員番号', 40).normalize('NFKC');
  if (number && !STAFF_NUMBER.test(number)) cells.wrong('職員番号', 'staff-number.malformed');
  if (number && seen.has(number)) cells.wrong('職員番号', 'staff-number.twice');
  seen.add(number);
  const birthDate = cells.date('生年月日');
  if (birthDate > today) cells.wrong('生年月日', 'date.in-future');
  const details: StaffDetails = {
    staffNumber: number,
    familyName: cells.text('氏', 100),
    givenName: cells.text('名', 100),
    familyNameKana: cells.text('氏カナ', 100),
    givenNameKana: cells.text('名カナ', 100),
    birthDate,
    address: cells.text('住所', 300),
  };
  return { cells, row: { line: cells.line, number, details, sex: cells.requiredWord('性別', SEXES) ?? '0' } };
};
