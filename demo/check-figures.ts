import { percent, type Expected } from './check-files.js';
import { PlainLeave } from './check-leave.js';
import { PlainStaff, type Joined } from './check-service.js';
import { PlainTraining } from './check-training.js';

/** What is asked: the year, the breakdowns and the day up to which it is counted. */
export type AskedFigure = Readonly<{
  fiscalYear: number;
  dimensions: Readonly<Record<string, string | null>>;
  asOf: string;
}>;

type Files = ConstructorParameters<typeof PlainStaff>[0] &
  ConstructorParameters<typeof PlainLeave>[1] &
  ConstructorParameters<typeof PlainTraining>[1];

/**
 * The printed figures, counted again from the city's own files. What is named `check` shares no code with the services,
 * on purpose: what it finds may differ from what they say.
 */
export class PlainCount {
  private readonly staff: PlainStaff;
  private readonly leave: PlainLeave;
  private readonly training: PlainTraining;

  constructor(files: Files, joined: Joined) {
    this.staff = new PlainStaff(files, joined);
    this.leave = new PlainLeave(this.staff, files);
    this.training = new PlainTraining(this.staff, files, joined);
  }

  /** What a figure should say; undefined when this count knows no such metric. */
  expected(metric: string, { fiscalYear, dimensions, asOf }: AskedFigure): Expected | undefined {
    return (
      this.retention(metric, fiscalYear, dimensions.sex) ??
      this.leave.expected(metric, fiscalYear, asOf, dimensions.sex) ??
      this.training.expected(metric, fiscalYear, asOf, dimensions.course)
    );
  }

  private retention(metric: string, fiscalYear: number, sex?: string | null): Expected | undefined {
    const [first, last] = [`${fiscalYear}-04-01`, `${fiscalYear + 1}-03-31`];
    const { services } = this.staff;
    const hired = services.filter((one) => one.joined >= first && one.joined <= last);
    const stillThere = (end: string) => hired.filter((one) => !one.left || one.left > end).length;
    switch (metric) {
      case 'headcount': {
        const count = this.staff.present(first).filter((one) => !sex || one.sex === sex).length;
        return { numerator: count, denominator: null, value: count };
      }
      case 'sep.rate': {
        const resigned = services.filter(
          ({ left, why }) => left && left >= first && left <= last && why === '普通退職',
        );
        return percent(resigned.length, this.staff.present(first).length);
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
