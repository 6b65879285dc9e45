import type { PARENTHOODS } from '#libs/contracts/wellbeing';
import { Cells, readCsv, type CsvFault, type CsvRow } from '#libs/imports/csv';
import type { LocalDate } from '#libs/law/local-date';
import type { ChildDates } from '../domain/childcare-state.js';

const HEADINGS = {
  職員番号: true,
  区分: true,
  子の出生日: true,
  開始日: true,
  終了日: true,
  養子縁組日: false,
} as const;
type Column = keyof typeof HEADINGS;

type Parenthood = (typeof PARENTHOODS)[number];
const KINDS: Readonly<Record<string, Parenthood>> = {
  出産: 'gave-birth',
  配偶者出産: 'partner-gave-birth',
  養子: 'adopted',
};

export type PastLeave = Readonly<{ line: number; from: LocalDate; through: LocalDate }>;

/** One child of one member of staff, with the leaves taken for it in the order of the file. */
export type PastCase = Readonly<{
  line: number;
  number: string;
  parenthood: Parenthood;
  child: ChildDates;
  leaves: readonly PastLeave[];
}>;

/** childcare.csv: one row per leave, or one without days for a child for whom none was taken. */
export const readPastCases = (body: Uint8Array): { count: number; cases: PastCase[]; faults: CsvFault[] } => {
  const table = readCsv(body, HEADINGS);
  const cases = new Map<string, PastCase>();
  const faults: CsvFault[] = [...table.faults];
  for (const csv of table.rows) {
    const { cells, row } = rowOf(csv);
    faults.push(...cells.faults);
    if (cells.faults.length > 0 || !row) continue;
    const { number, parenthood, child } = row;
    const key = JSON.stringify([number, parenthood, child.bornOn, child.adoptedOn]);
    const known = cases.get(key);
    cases.set(key, known ? { ...known, leaves: [...known.leaves, ...row.leaves] } : row);
  }
  return { count: table.rows.length, cases: [...cases.values()], faults };
};

/** What tells something of a child is not repeated in a fault. */
const rowOf = (csv: CsvRow<Column>): { cells: Cells<Column>; row?: PastCase } => {
  const cells = new Cells(csv, true);
  const number = cells.text('職員番号', 40).normalize('NFKC');
  const parenthood = cells.requiredWord('区分', KINDS);
  const bornOn = cells.date('子の出生日');
  const [from, through, adopted] = [
    cells.optionalDate('開始日'),
    cells.optionalDate('終了日'),
    cells.optionalDate('養子縁組日'),
  ];
  if (from !== undefined && cells.optional('終了日') === undefined) cells.wrong('終了日', 'value.missing');
  if (through !== undefined && cells.optional('開始日') === undefined) cells.wrong('開始日', 'value.missing');
  if (adopted !== undefined && parenthood !== 'adopted') cells.wrong('養子縁組日', 'childcare.adoption-date-mismatch');
  if (!parenthood) return { cells };
  const leaves = from !== undefined && through !== undefined ? [{ line: cells.line, from, through }] : [];
  // Files of former years often know the birth only: the child then counts from there.
  const child = parenthood === 'adopted' ? { bornOn, adoptedOn: adopted ?? bornOn } : { bornOn };
  return { cells, row: { line: cells.line, number, parenthood, child, leaves } };
};
