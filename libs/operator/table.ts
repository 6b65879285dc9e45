/** Rows as aligned columns for people; the columns are those of the first row. */
export const table = (rows: readonly Readonly<Record<string, unknown>>[]): string => {
  if (rows.length === 0) return '(none)';
  const columns = Object.keys(rows[0]);
  const cells = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => widthOf(line[index]))));
  return cells
    .map((line) =>
      line
        .map((text, index) => text + ' '.repeat(widths[index] - widthOf(text)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const cell = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Japanese characters take two columns of a terminal. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/gu;
const widthOf = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0);
