import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

/**
 * The printed figures, counted again from the city's own files. This file shares no code with the services, on purpose:
 * what it finds may differ from what they say.
 */

/** One unbroken time in service, both days inclusive; `left` is missing while it lasts. */
type Service = { number: string; sex: string; joined: string; left?: string; why?: string };

export type Joined = Readonly<{ on: string; sexes: readonly string[] }>;

export type Expected = Readonly<{ numerator: number | null; denominator: number | null; value: number | null }>;

export class PlainCount {
  private readonly services: Service[] = [];

  constructor(files: Readonly<{ staff: string; 'personnel-actions': string }>, joined: Joined) {
    const sexes = new Map(read(files.staff).map((row) => [row['職員番号'], row['性別'] === '男' ? '1' : '2']));
    const rows = read(files['personnel-actions']).map(
      (row) => ({ ...row, day: day(row['発令日']) }) as Readonly<Record<string, string>>,
    );
    const ordered = rows
      .filter((row) => ['条件付採用', '再採用', '退職'].includes(row['発令種別']))
      .toSorted((a, b) => (a.day === b.day ? order(a) - order(b) : a.day < b.day ? -1 : 1));
    const last = new Map<string, Service>();
    for (const row of ordered) {
      const number = row['職員番号'];
      const before = last.get(number);
      if (row['発令種別'] === '退職') Object.assign(before ?? {}, { left: row.day, why: row['事由'] });
      else if (before?.left && dayAfter(before.left) === row.day)
        Object.assign(before, { left: undefined, why: undefined });
      else {
        const service: Service = { number, sex: sexes.get(number) ?? '0', joined: row.day };
        last.set(number, service);
        this.services.push(service);
      }
    }
    joined.sexes.forEach((sex, index) => this.services.push({ number: `live-${index}`, sex, joined: joined.on }));
  }

  /** What a figure should say; undefined when this count knows no such metric. */
  expected(metric: string, fiscalYear: number, sex?: string | null): Expected | undefined {
    const [first, last] = [`${fiscalYear}-04-01`, `${fiscalYear + 1}-03-31`];
    const present = this.services.filter((one) => one.joined <= first && (!one.left || one.left >= first));
    const hired = this.services.filter((one) => one.joined >= first && one.joined <= last);
    const stillThere = (end: string) => hired.filter((one) => !one.left || one.left > end).length;
    switch (metric) {
      case 'headcount': {
        const count = present.filter((one) => !sex || one.sex === sex).length;
        return { numerator: count, denominator: null, value: count };
      }
      case 'sep.rate': {
        const resigned = this.services.filter(
          ({ left, why }) => left && left >= first && left <= last && why === '普通退職',
        );
        return percent(resigned.length, present.length);
      }
      case 'retention.1y':
        return percent(stillThere(last), hired.length);
      case 'retention.3y':
        return percent(stillThere(`${fiscalYear + 3}-03-31`), hired.length);
      default:
        return undefined;
    }
  }
}

/** One decimal, half up, in whole numbers. */
const percent = (numerator: number, denominator: number): Expected => ({
  numerator,
  denominator,
  value: denominator === 0 ? null : Math.floor((2000 * numerator + denominator) / (2 * denominator)) / 10,
});

/** On one day an appointment ends before the next begins; a separation on the day of appointment would come after. */
const order = (row: Readonly<Record<string, string>>): number => (row['発令種別'] === '退職' ? 1 : 0);

const day = (written: string): string => {
  const [year, month, date] = written.split(/[-/]/);
  return `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
};

const dayAfter = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** The rows of a city's file, in whichever of the two encodings it came. */
export const read = (file: string): Record<string, string>[] => {
  const bytes = readFileSync(file);
  return parse(decode(bytes), { columns: true, bom: true }) as Record<string, string>[];
};

const decode = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('shift_jis', { fatal: true }).decode(bytes);
  }
};
