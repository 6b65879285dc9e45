import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import iconv from 'iconv-lite';
import type { Api } from './api.js';
import { FILES, type FileName } from './cities/generate.js';
import type { Plan } from './cities/city.js';
import type { ProgressBars } from './progress.js';

export type CityFiles = Readonly<Record<FileName, string>>;

export const cityFiles = (folder: string): CityFiles =>
  Object.fromEntries(FILES.map((name) => [name, join(folder, `${name}.csv`)])) as CityFiles;

/** People per request: small enough to show progress and to resume from, large enough to be quick. */
const PEOPLE = 100;
const BY: Readonly<Record<FileName, string | undefined>> = {
  units: undefined,
  staff: '職員番号',
  'personnel-actions': '職員番号',
};

type Report = Readonly<{ rows: number; accepted: number; errors: readonly unknown[] }>;

/**
 * Loads the files of a city through placement's imports, in the order in which they rest on each other. Every request
 * has a key made from its content, so that a load that was killed goes on where it stopped and nothing counts twice.
 */
export const loadCity = async (api: Api, plan: Plan, files: CityFiles, bars: ProgressBars): Promise<void> => {
  for (const name of FILES) {
    const parts = split(readFileSync(files[name]), plan, BY[name]);
    const progress = bars.start(
      `${plan.name} ${basename(files[name])}`,
      parts.reduce((sum, { rows }) => sum + rows, 0),
    );
    for (const { body, rows } of parts) {
      const key = `demo-${name}-${createHash('sha256').update(body).digest('hex').slice(0, 40)}`;
      const report = await api.post<Report>(`${plan.code}-hr`, 'placement', `/imports/${name}`, body, key);
      if (report.accepted !== rows) throw new Error(`${files[name]}: ${JSON.stringify(report)}`);
      progress.advance(rows);
    }
    progress.done();
  }
};

/** A whole file, or pieces of it that keep all rows of a person together; in the file's own encoding. */
const split = (file: Buffer, { encoding }: Plan, by: string | undefined): { body: Buffer; rows: number }[] => {
  const records = parse(iconv.decode(file, encoding), { bom: true, columns: true }) as Record<string, string>[];
  if (by === undefined) return [{ body: file, rows: records.length }];
  const people = new Map<string, Record<string, string>[]>();
  for (const record of records) people.set(record[by], [...(people.get(record[by]) ?? []), record]);
  const groups = [...people.values()];
  return Array.from({ length: Math.ceil(groups.length / PEOPLE) }, (_, index) => {
    const rows = groups.slice(index * PEOPLE, (index + 1) * PEOPLE).flat();
    return { body: iconv.encode(stringify(rows, { header: true }), encoding), rows: rows.length };
  });
};
