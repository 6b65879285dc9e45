import { day, dayAfter, read, type Line } from './check-files.js';

/** One unbroken time in service, both days inclusive; `left` is missing while it lasts. */
export type Service = { number: string; sex: string; joined: string; left?: string; why?: string };

/** Somebody of the live cohort, whose data is in no file. */
export type Joiner = Readonly<{ sex: string; left?: string; completed: boolean }>;
/** The cohort and the day on which it joined. */
export type Joined = Readonly<{ on: string; people: readonly Joiner[] }>;

type Away = Readonly<{ from: string; back?: string }>;

/** Who was in service when, as the personnel actions of a city's files say. */
export class PlainStaff {
  readonly services: Service[] = [];
  readonly sexes: ReadonlyMap<string, string>;
  private readonly away = new Map<string, Away[]>();
  private readonly hours = new Map<string, { from: string; weekly: number }[]>();

  constructor(files: Readonly<{ staff: string; 'personnel-actions': string }>, { on, people }: Joined) {
    this.sexes = new Map(read(files.staff).map((row) => [row['職員番号'], row['性別'] === '男' ? '1' : '2']));
    const rows = read(files['personnel-actions'])
      .map((row) => ({ ...row, day: day(row['発令日']) }) as Line)
      .toSorted((a, b) => (a.day === b.day ? order(a) - order(b) : a.day < b.day ? -1 : 1));
    const last = new Map<string, Service>();
    for (const row of rows) {
      this.serve(row, last);
      this.absent(row);
    }
    people.forEach(({ sex, left }, index) =>
      this.services.push({ number: `live-${index}`, sex, joined: on, ...(left && { left, why: '普通退職' }) }),
    );
  }

  isInService(number: string, date: string): boolean {
    return this.of(number).some(({ joined, left }) => joined <= date && (!left || left >= date));
  }

  present(date: string): Service[] {
    return this.services.filter(({ joined, left }) => joined <= date && (!left || left >= date));
  }

  /** In service all the time from one day through another, and not away all of it. */
  isCounted(number: string, from: string, through: string): boolean {
    const stayed = this.of(number).some(({ joined, left }) => joined <= from && (!left || left >= through));
    return stayed && !this.isAwayAll(number, from, through);
  }

  dayMinutes(number: string, date: string): number {
    const weekly = this.hours.get(number)?.findLast(({ from }) => from <= date)?.weekly ?? 0;
    return Math.round(weekly / 5);
  }

  private readonly byNumber = new Map<string, Service[]>();

  private of(number: string): readonly Service[] {
    if (this.byNumber.size === 0)
      for (const one of this.services) this.byNumber.set(one.number, [...(this.byNumber.get(one.number) ?? []), one]);
    return this.byNumber.get(number) ?? [];
  }

  private isAwayAll(number: string, from: string, through: string): boolean {
    let reached = from;
    for (const { from: since, back } of this.away.get(number) ?? []) {
      if (since > reached) return false;
      if (back === undefined || back > through) return true;
      if (back > reached) reached = back;
    }
    return false;
  }

  private serve(row: Line, last: Map<string, Service>): void {
    const number = row['職員番号'];
    if (!['条件付採用', '再採用', '退職'].includes(row['発令種別'])) return;
    const before = last.get(number);
    if (row['発令種別'] === '退職') Object.assign(before ?? {}, { left: row.day, why: row['事由'] });
    else if (before?.left && dayAfter(before.left) === row.day)
      Object.assign(before, { left: undefined, why: undefined });
    else {
      const service: Service = { number, sex: this.sexes.get(number) ?? '0', joined: row.day };
      last.set(number, service);
      this.services.push(service);
    }
  }

  private absent(row: Line): void {
    const number = row['職員番号'];
    if (row['週勤務分'])
      this.hours.set(number, [...(this.hours.get(number) ?? []), { from: row.day, weekly: Number(row['週勤務分']) }]);
    const spells = this.away.get(number) ?? [];
    if (['休職', '派遣'].includes(row['発令種別'])) this.away.set(number, [...spells, { from: row.day }]);
    // Who leaves is not away any more, should he be taken on again.
    const back = { 復職: row.day, 派遣復帰: row.day, 退職: dayAfter(row.day) }[row['発令種別']];
    const last = spells.at(-1);
    if (back && last && !last.back) this.away.set(number, [...spells.slice(0, -1), { ...last, back }]);
  }
}

/** On one day an appointment ends before the next begins; a separation on the day of appointment would come after. */
const order = (row: Line): number => (row['発令種別'] === '退職' ? 1 : 0);
