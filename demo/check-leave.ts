import { day, Exact, fiscalYearOf, percent, quotient, read, type Expected } from './check-files.js';
import type { PlainStaff } from './check-service.js';

type Taken = Readonly<{ number: string; kind: string; on: string; minutes: number }>;
type Child = { number: string; bornOn: string; begins: string[] };

const ANNUAL = '年次有給休暇';
const OF_FATHERS = ['配偶者出産休暇', '育児参加のための休暇'];

/** Leave and childcare leave, counted again from the files. */
export class PlainLeave {
  private readonly taken: readonly Taken[];
  private readonly children: readonly Child[];
  private readonly known: ReadonlySet<string>;

  constructor(
    private readonly staff: PlainStaff,
    files: Readonly<{ 'leave-ledger': string; childcare: string }>,
  ) {
    this.taken = read(files['leave-ledger'])
      .filter((row) => row['区分'] === '取得')
      .map((row) => ({
        number: row['職員番号'],
        kind: row['休暇種別'],
        on: day(row['日付']),
        minutes: Number(row['分']),
      }));
    const children = new Map<string, Child>();
    for (const row of read(files.childcare)) {
      const [number, bornOn, begins] = [row['職員番号'], day(row['子の出生日']), day(row['開始日'])];
      const child = children.get(`${number} ${bornOn}`) ?? { number, bornOn, begins: [] };
      if (begins) child.begins.push(begins);
      children.set(`${number} ${bornOn}`, child);
    }
    this.children = [...children.values()];
    this.known = new Set(staff.services.map(({ number }) => number));
  }

  /** What a figure should say; undefined when this count knows no such metric. */
  expected(metric: string, year: number, asOf: string, sex?: string | null): Expected | undefined {
    switch (metric) {
      case 'al.avg_days':
        return this.annual(year, (used, people) =>
          quotient(
            used.reduce((sum, days) => sum.add(days), new Exact()),
            people,
          ),
        );
      case 'al.under5_share':
        return this.annual(year, (used) => percent(used.filter((days) => days.isBelow(5)).length, used.length));
      case 'cc.rate.mic_v1': {
        const eligible = this.eligible(year, sex);
        const took = new Set(
          this.children
            .filter(({ bornOn, begins }) => fiscalYearOf(bornOn) === year && begins.some((from) => from <= asOf))
            .map(({ number }) => number),
        );
        return percent(eligible.filter((number) => took.has(number)).length, eligible.length);
      }
      case 'cc.rate.mic_v2': {
        const newly = this.children.filter(
          ({ number, begins }) =>
            this.isOf(number, sex) && begins.length > 0 && fiscalYearOf(begins.toSorted()[0]) === year,
        );
        return percent(new Set(newly.map(({ number }) => number)).size, this.eligible(year, sex).length);
      }
      case 'pat.either': {
        const took = this.taken.filter(
          ({ number, kind, on }) =>
            OF_FATHERS.includes(kind) && fiscalYearOf(on) === year && on <= asOf && this.isOf(number, '1'),
        );
        return percent(new Set(took.map(({ number }) => number)).size, this.eligible(year, '1').length);
      }
      default:
        return undefined;
    }
  }

  /** Days of annual leave of everybody who was there for the whole calendar year, nought included. */
  private annual(year: number, figure: (used: readonly Exact[], people: Exact) => Expected): Expected {
    const [first, last] = [`${year}-01-01`, `${year}-12-31`];
    const used = new Map<string, Exact>();
    for (const number of this.known) if (this.staff.isCounted(number, first, last)) used.set(number, new Exact());
    for (const { number, kind, on, minutes } of this.taken) {
      const days = used.get(number);
      if (days && kind === ANNUAL && on >= first && on <= last)
        used.set(number, days.plus(minutes, this.staff.dayMinutes(number, on)));
    }
    return figure([...used.values()], new Exact().plus(used.size));
  }

  /** Parents of a child of the fiscal year, each once. */
  private eligible(year: number, sex?: string | null): string[] {
    const parents = this.children.filter(
      ({ number, bornOn }) => fiscalYearOf(bornOn) === year && this.isOf(number, sex),
    );
    return [...new Set(parents.map(({ number }) => number))];
  }

  private isOf(number: string, sex?: string | null): boolean {
    return !sex || this.staff.sexes.get(number) === sex;
  }
}
