import type { Unit, UnitChange, UnitFault } from '../domain/organisation.js';
import { Cells, readCsv, type CsvFault, type CsvRow } from '#libs/imports/csv';

const HEADINGS = {
  所属コード: true,
  所属名: true,
  階層: true,
  上位所属コード: true,
  部門区分: true,
  任命権者: true,
  適用開始日: true,
  廃止: false,
} as const;
type Column = keyof typeof HEADINGS;

const LEVELS: Readonly<Record<string, Unit['level']>> = {
  市: 'city',
  任命権者: 'authority',
  部: 'department',
  課: 'section',
  係: 'subsection',
  担当: 'subsection',
};
const SECTORS = { 窓口: 'counter', 事業: 'project', 管理: 'administration' } as const;
const AUTHORITIES = {
  市長: 'mayor',
  教育委員会: 'education',
  消防: 'fire',
  病院: 'hospital',
  その他: 'other',
} as const;

export type UnitRow = Readonly<{ line: number; change: UnitChange }>;

/** units.csv: a unit as it is from a day on; later rows of the same code are its changes. */
export const readUnits = (body: Uint8Array): { count: number; rows: UnitRow[]; faults: CsvFault[] } => {
  const table = readCsv(body, HEADINGS);
  const read = table.rows.map(unitOf);
  const faults = [...table.faults, ...read.flatMap(({ cells }) => cells.faults)];
  return { count: table.rows.length, rows: read.map(({ cells, change }) => ({ line: cells.line, change })), faults };
};

const unitOf = (row: CsvRow<Column>): { cells: Cells<Column>; change: UnitChange } => {
  const cells = new Cells(row);
  const unit: Unit = {
    unitId: cells.text('所属コード', 40),
    name: cells.text('所属名', 100),
    level: cells.requiredWord('階層', LEVELS) ?? 'section',
    parentId: cells.optional('上位所属コード') ?? null,
    sector: cells.word('部門区分', SECTORS) ?? null,
    appointingAuthority: cells.requiredWord('任命権者', AUTHORITIES) ?? 'mayor',
    abolished: cells.word('廃止', { '1': true, '0': false }) ?? false,
  };
  return { cells, change: { effectiveOn: cells.date('適用開始日'), unit } };
};

const COLUMN_OF: Readonly<Record<UnitFault['code'], Column>> = {
  'unit.twice-a-day': '適用開始日',
  'unit.unknown': '廃止',
  'unit.parent-not-in-force': '上位所属コード',
  'unit.has-children': '廃止',
  'unit.has-staff': '廃止',
  'unit.level-not-below-parent': '階層',
  'unit.cycle': '上位所属コード',
};

/** The row of the file where the fault begins: the unit's last change until then, or else its first. */
export const placed =
  (rows: readonly UnitRow[]) =>
  ({ code, unitId, effectiveOn }: UnitFault): CsvFault => {
    const own = rows.filter(({ change }) => change.unit.unitId === unitId);
    const last = own
      .toSorted((a, b) => (a.change.effectiveOn < b.change.effectiveOn ? -1 : 1))
      .findLast(({ change }) => change.effectiveOn <= effectiveOn);
    return { line: (last ?? own[0])?.line ?? 1, column: COLUMN_OF[code], code, value: unitId };
  };
