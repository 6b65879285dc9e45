import { Cells, readCsv, type CsvFault, type CsvRow } from '#libs/imports/csv';
import type { LocalDate } from '#libs/law/local-date';
import { minutesOf } from '#libs/law/working-day';
import type { LeaveKind } from '../domain/leave-days.js';

const HEADINGS = {
  職員番号: true,
  区分: true,
  休暇種別: true,
  日付: true,
  開始: false,
  終了: false,
  分: true,
  使用期限: false,
};
type Column = keyof typeof HEADINGS;

const ENTRIES = { 付与: 'grant', 繰越: 'carry-over', 取得: 'taken' } as const;

/** One line of a city's ledger of leave. */
export type LeaveRow = Readonly<{
  line: number;
  number: string;
  entry: (typeof ENTRIES)[keyof typeof ENTRIES];
  kind: LeaveKind;
  on: LocalDate;
  /** Minutes since midnight; absent for a whole day. */
  piece?: Readonly<{ from: number; to: number }>;
  minutes: number;
  /** Of what was granted or carried over. */
  usableThrough: LocalDate;
}>;

export type LeaveRows = Readonly<{ count: number; rows: readonly LeaveRow[]; faults: readonly CsvFault[] }>;

/** Kinds of leave of the pack on a day; undefined where the city had no rules yet. */
export type KindsOn = (day: LocalDate) => ReadonlyMap<string, LeaveKind> | undefined;

/** Reads leave-ledger.csv. */
export const readLeaveLedger = (body: Uint8Array, today: LocalDate, kindsOn: KindsOn): LeaveRows => {
  const { rows, faults } = readCsv(body, HEADINGS);
  const read = rows.map((row) => readRow(row, today, kindsOn));
  return {
    count: rows.length,
    rows: read.flatMap(({ row }) => row ?? []),
    faults: [...faults, ...read.flatMap((one) => one.faults)],
  };
};

const readRow = (
  source: CsvRow<Column>,
  today: LocalDate,
  kindsOn: KindsOn,
): { row?: LeaveRow; faults: readonly CsvFault[] } => {
  const cells = new Cells(source);
  const number = cells.text('職員番号', 40).normalize('NFKC');
  const entry = cells.requiredWord('区分', ENTRIES);
  const on = cells.date('日付');
  if (on === '') return { faults: cells.faults };
  const kinds = kindsOn(on);
  if (!kinds) {
    cells.wrong('日付', 'policy.not-in-force');
    return { faults: cells.faults };
  }
  const kind = cells.requiredWord('休暇種別', kinds);
  if (cells.optional('分') === undefined) cells.wrong('分', 'value.missing');
  const minutes = cells.minutes('分') ?? 0;
  const lot = entry !== undefined && entry !== 'taken';
  const usableThrough = lot ? cells.date('使用期限') : '';
  if (!lot && on > today) cells.wrong('日付', 'date.in-future');
  if (lot && kind && kind.limit.per !== 'lots') cells.wrong('休暇種別', 'value.unknown', kind.title);
  const piece = pieceOf(cells, minutes);
  if (cells.faults.length > 0 || !entry || !kind) return { faults: cells.faults };
  const row = { line: cells.line, number, entry, kind, on, minutes, usableThrough };
  return { row: { ...row, ...(piece && { piece }) }, faults: [] };
};

const pieceOf = (cells: Cells<Column>, minutes: number): LeaveRow['piece'] => {
  const [from, to] = [timeOf(cells, '開始'), timeOf(cells, '終了')];
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined) {
    cells.wrong(from === undefined ? '開始' : '終了', 'value.missing');
    return undefined;
  }
  if (to <= from) cells.wrong('終了', 'leave.hours-backwards');
  else if (minutes > to - from) cells.wrong('分', 'leave.more-than-a-day');
  return { from, to };
};

const timeOf = (cells: Cells<Column>, column: '開始' | '終了'): number | undefined => {
  const value = cells.optional(column)?.normalize('NFKC');
  if (value === undefined) return undefined;
  if (/^([01]?\d|2[0-3]):[0-5]\d$/.test(value)) return minutesOf(value.padStart(5, '0'));
  cells.wrong(column, 'time.malformed', value);
  return undefined;
};
