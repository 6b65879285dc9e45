import type { LocalDate } from '#libs/law/local-date';
import type { Position } from './city.js';
import type { InventedPerson } from './invented-people.js';

export const FULL_TIME = 2325;

/** The kinds of action as the file names them (発令種別). */
export type Word =
  | '条件付採用'
  | '正式採用'
  | '条件付延長'
  | '異動'
  | '昇任'
  | '兼務'
  | '兼務解除'
  | '派遣'
  | '派遣復帰'
  | '休職'
  | '復職'
  | '勤務時間変更'
  | '役職定年'
  | '退職'
  | '再採用';

/** One row of personnel-actions.csv, in codes; titles are put in when it is written. */
export type Row = Readonly<{
  number: string;
  on: LocalDate;
  word: Word;
  unit?: string;
  position?: Position;
  grade?: string;
  category?: string;
  route?: string;
  weekly?: number;
  until?: LocalDate;
  reason?: string;
  leave?: string;
}>;

/** One member of staff while the years go by: where they are now, and the rows that led there. */
export class Career {
  readonly rows: Row[] = [];
  unit = '';
  position!: Position;
  hired: LocalDate = '';
  weekly = FULL_TIME;
  /** Day of the formal appointment still to come. */
  formalOn?: LocalDate;
  /** On leave or on secondment until the day before. */
  away?: Readonly<{ word: '復職' | '派遣復帰'; backOn: LocalDate }>;
  /** Last day of a term, for those with one. */
  termEnds?: LocalDate;
  gone = false;

  constructor(
    readonly number: string,
    readonly person: InventedPerson,
    readonly category: string,
    readonly route: string,
  ) {}

  get here(): boolean {
    return !this.gone && !this.away && !this.formalOn;
  }

  /** Something already happens to them on that day or later; stories of one person must not cross. */
  toldFrom(day: LocalDate): boolean {
    return this.latest >= day;
  }

  appoint(on: LocalDate, unit: string, position: Position, formalOn: LocalDate): void {
    this.hired = on;
    this.formalOn = formalOn;
    this.settle(unit, position);
    this.add({ on, word: '条件付採用', unit, ...this.full(), route: this.route });
  }

  confirm(on: LocalDate): void {
    this.formalOn = undefined;
    this.add({ on, word: '正式採用' });
  }

  extendProbation(on: LocalDate, until: LocalDate, formalOn: LocalDate): void {
    this.formalOn = formalOn;
    this.add({ on, word: '条件付延長', until });
  }

  rehire(on: LocalDate, unit: string, position: Position, weekly: number, until: LocalDate): void {
    this.weekly = weekly;
    this.gone = false;
    this.termEnds = until;
    this.settle(unit, position);
    this.add({ on, word: '再採用', unit, ...this.full(), route: 'other', until });
  }

  move(on: LocalDate, word: '異動' | '昇任' | '役職定年', unit: string, position: Position): void {
    const grade = this.grade;
    this.settle(unit, position);
    this.add({ on, word, unit, position, ...(this.grade !== grade && { grade: this.grade }) });
  }

  leave(on: LocalDate, leave: string, backOn: LocalDate, until: LocalDate): void {
    this.away = { word: '復職', backOn };
    this.add({ on, word: '休職', leave, until });
  }

  second(on: LocalDate, backOn: LocalDate, until: LocalDate): void {
    this.away = { word: '派遣復帰', backOn };
    this.add({ on, word: '派遣', until });
  }

  comeBack(): void {
    if (!this.away) return;
    const { word, backOn } = this.away;
    this.away = undefined;
    this.add({ on: backOn, word });
  }

  changeHours(on: LocalDate, weekly: number): void {
    this.weekly = weekly;
    this.add({ on, word: '勤務時間変更', weekly });
  }

  concurrent(on: LocalDate, word: '兼務' | '兼務解除', unit: string, position: Position): void {
    this.add({ on, word, unit, position });
  }

  separate(on: LocalDate, reason: string): void {
    this.gone = true;
    this.away = undefined;
    this.formalOn = undefined;
    this.termEnds = undefined;
    this.add({ on, word: '退職', reason });
  }

  private grade = '1';

  private settle(unit: string, position: Position): void {
    this.unit = unit;
    this.position = position;
    this.grade = position.grades[0] ?? '1';
  }

  private full(): Pick<Row, 'position' | 'grade' | 'category' | 'weekly'> {
    return { position: this.position, grade: this.grade, category: this.category, weekly: this.weekly };
  }

  private latest: LocalDate = '';

  private add(row: Omit<Row, 'number'>): void {
    if (row.on > this.latest) this.latest = row.on;
    this.rows.push({ number: this.number, ...row });
  }
}
