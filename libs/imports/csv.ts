import { parse } from 'csv-parse/sync';
import type { Rejected } from '#libs/event-store/decider';
import { isLocalDate, type LocalDate } from '#libs/law/local-date';
import { EARLIEST, LATEST } from '#libs/platform/local-date.validator';

/** One thing wrong in a file; `line` counts from 1, the header included; `column` is the heading, or the place of an unknown one. */
export type CsvFault = Readonly<{
  line: number;
  column: string;
  code: string;
  value?: string;
  facts?: Rejected['facts'];
}>;

export type CsvRow<Column extends string> = Readonly<{ line: number; values: Readonly<Record<Column, string>> }>;
export type CsvTable<Column extends string> = Readonly<{
  rows: readonly CsvRow<Column>[];
  faults: readonly CsvFault[];
}>;

/** Headings a file may have: true when it must. */
export type Headings<Column extends string> = Readonly<Record<Column, boolean>>;

const faultOf = (line: number, column: string, code: string, value?: string): CsvFault => ({
  line,
  column,
  code,
  ...(value !== undefined && { value: value.slice(0, 40) }),
});

/** Reads a table with a Japanese header row, UTF-8 with or without BOM or Shift_JIS; every row with a fault is named. */
export const readCsv = <Column extends string>(body: Uint8Array, headings: Headings<Column>): CsvTable<Column> => {
  const text = decoded(body);
  if (text === undefined) return failed('csv.encoding-unknown');
  const { records, faults } = recordsOf(text);
  const [header, ...rows] = records;
  if (!header) return faults.length > 0 ? { rows: [], faults } : failed('csv.empty');
  const names = header.values.map((name) => name.normalize('NFKC').trim());
  const headingFaults = checkHeadings(names, headings);
  if (headingFaults.length > 0) return { rows: [], faults: headingFaults };
  if (rows.length === 0 && faults.length === 0) return failed('csv.no-rows');
  const uneven = rows.filter(({ values }) => values.length !== names.length);
  const columns = (Object.keys(headings) as Column[]).map((name) => [name, names.indexOf(name)] as const);
  return {
    rows: rows
      .filter(({ values }) => values.length === names.length)
      .map(({ line, values }) => ({ line, values: rowOf(columns, values) })),
    faults: [...faults, ...uneven.map(({ line }) => faultOf(line, '', 'csv.uneven-row'))],
  };
};

const failed = <Column extends string>(code: string): CsvTable<Column> => ({
  rows: [],
  faults: [faultOf(1, '', code)],
});

/** A decoder that refuses what is not its encoding tells the two apart without guessing. */
const decoded = (body: Uint8Array): string | undefined => {
  for (const encoding of ['utf-8', 'shift_jis']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(body);
    } catch {
      // Not this encoding.
    }
  }
  return undefined;
};

type Parsed = Readonly<{ line: number; values: string[] }>;

/** A record's line is its last one. The parser costs most of reading a file, and one without quotes does not need it. */
const recordsOf = (text: string): { records: Parsed[]; faults: CsvFault[] } =>
  text.includes('"') ? quoted(text) : { records: unquoted(text), faults: [] };

const unquoted = (text: string): Parsed[] =>
  text.split(/\r\n|\n|\r/).flatMap((record, index) => {
    if (record.trim() === '') return [];
    return { line: index + 1, values: record.split(',').map((value) => value.trim()) };
  });

const quoted = (text: string): { records: Parsed[]; faults: CsvFault[] } => {
  const faults: CsvFault[] = [];
  const records = parse(text, {
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
    on_skip: (error) => {
      faults.push(faultOf(Number((error as { lines?: number } | undefined)?.lines ?? 1), '', 'csv.malformed'));
      return undefined;
    },
  }) as unknown as { record: string[]; info: { lines: number } }[];
  return { records: records.map(({ record, info }) => ({ line: info.lines, values: record })), faults };
};

const checkHeadings = (names: readonly string[], headings: Headings<string>): CsvFault[] => [
  ...Object.entries(headings).flatMap(([name, required]) =>
    required && !names.includes(name) ? [faultOf(1, name, 'csv.column-missing')] : [],
  ),
  ...names.flatMap((name, index) => {
    if (!Object.hasOwn(headings, name)) return [unknownHeading(index + 1)];
    return names.indexOf(name) === index ? [] : [faultOf(1, name, 'csv.column-twice')];
  }),
];

/** Told by its place: where the header row is missing, what stands there are somebody's data. */
const unknownHeading = (place: number): CsvFault => ({
  ...faultOf(1, `${place}列目`, 'csv.column-unknown'),
  facts: { place },
});

const rowOf = <Column extends string>(columns: readonly (readonly [Column, number])[], values: readonly string[]) => {
  const row = {} as Record<Column, string>;
  for (const [name, index] of columns) row[name] = values[index] ?? '';
  return row;
};

const ownOf = <T>(meanings: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(meanings, word) ? meanings[word] : undefined;

const CONTROL = /[^\P{Cc}\t\n\r]/u;

/** Reads the cells of one row and gathers what is wrong with them; what is `personal` is not repeated in a fault. */
export class Cells<Column extends string> {
  readonly faults: CsvFault[] = [];

  constructor(
    private readonly row: CsvRow<Column>,
    private readonly personal = false,
  ) {}

  get line(): number {
    return this.row.line;
  }

  /** The cell as it stands; undefined when empty. */
  optional(column: Column): string | undefined {
    return this.row.values[column] || undefined;
  }

  text(column: Column, most = 200): string {
    const value = this.optional(column);
    if (value === undefined) this.wrong(column, 'value.missing');
    else if (value.length > most) this.wrong(column, 'value.too-long');
    else if (CONTROL.test(value)) this.wrong(column, 'value.control-character');
    return value ?? '';
  }

  /** `YYYY-MM-DD`, `YYYY/M/D`; a day that does not exist is a fault. */
  optionalDate(column: Column): LocalDate | undefined {
    const value = this.optional(column);
    if (value === undefined) return undefined;
    const [, year, month, day] = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(value.normalize('NFKC')) ?? [];
    const date = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
    const exists = isLocalDate(date);
    if (exists && EARLIEST <= date && date <= LATEST) return date;
    this.wrong(column, exists ? 'date.out-of-range' : 'date.not-existing', value);
    return undefined;
  }

  date(column: Column): LocalDate {
    if (this.optional(column) === undefined) this.wrong(column, 'value.missing');
    return this.optionalDate(column) ?? '';
  }

  /** The meaning of a word of a fixed list. */
  word<T>(column: Column, meanings: Readonly<Record<string, T>> | ReadonlyMap<string, T>): T | undefined {
    const value = this.optional(column)?.normalize('NFKC');
    if (value === undefined) return undefined;
    const meaning = meanings instanceof Map ? meanings.get(value) : ownOf(meanings as Record<string, T>, value);
    if (meaning === undefined) this.wrong(column, 'value.unknown', value);
    return meaning as T | undefined;
  }

  requiredWord<T>(column: Column, meanings: Readonly<Record<string, T>> | ReadonlyMap<string, T>): T | undefined {
    if (this.optional(column) === undefined) this.wrong(column, 'value.missing');
    return this.word(column, meanings);
  }

  /** A whole number from 1 to `most`. */
  minutes(column: Column, most = 99_999): number | undefined {
    const value = this.optional(column)?.normalize('NFKC');
    if (value === undefined) return undefined;
    const count = /^[1-9]\d*$/.test(value) ? Number(value) : undefined;
    if (count !== undefined && count <= most) return count;
    if (count === undefined) this.wrong(column, 'number.malformed', value);
    else this.wrong(column, 'number.above-limit', value, { most });
    return undefined;
  }

  wrong(column: Column, code: string, value?: string, facts?: CsvFault['facts']): void {
    this.faults.push({
      ...faultOf(this.line, column, code, this.personal ? undefined : value),
      ...(facts && { facts }),
    });
  }
}
