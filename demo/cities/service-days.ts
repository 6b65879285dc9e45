import { addDays, type LocalDate } from '#libs/law/local-date';
import { FULL_TIME, type Career } from './career.js';
import { CLOSING } from './fiscal-years.js';

const DAYS_A_WEEK = 5;

/** Days in service on which nothing changes, both inclusive. */
export type Stay = Readonly<{
  from: LocalDate;
  through: LocalDate;
  /** Neither on leave of absence nor seconded. */
  here: boolean;
  /** Kind of the leave of absence. */
  leave?: string;
  dayMinutes: number;
}>;

/** When somebody was in service up to the closing day, and how. */
export class ServiceDays {
  readonly stays: readonly Stay[];

  constructor({ rows }: Career) {
    const stays: Stay[] = [];
    let now: Omit<Stay, 'through'> | undefined;
    const end = (through: LocalDate) => {
      if (now && now.from <= through) stays.push({ ...now, through });
    };
    for (const { on, word, weekly, leave } of rows.filter((row) => row.on <= CLOSING)) {
      if (word === '退職') {
        end(on);
        now = undefined;
        continue;
      }
      end(addDays(on, -1));
      const goes = word === '休職' || word === '派遣';
      const returns = word === '復職' || word === '派遣復帰';
      now = {
        from: on,
        here: !goes && (returns || (now?.here ?? true)),
        ...(goes ? { leave } : !returns && now?.leave && { leave: now.leave }),
        dayMinutes: weekly === undefined ? (now?.dayMinutes ?? FULL_TIME / DAYS_A_WEEK) : weekly / DAYS_A_WEEK,
      };
    }
    end(CLOSING);
    this.stays = stays;
  }

  on(day: LocalDate): Stay | undefined {
    return this.stays.find(({ from, through }) => from <= day && day <= through);
  }

  isHere(day: LocalDate): boolean {
    return this.on(day)?.here ?? false;
  }

  /** The first day in service from one day through another. */
  firstWithin(from: LocalDate, through: LocalDate): LocalDate | undefined {
    const stay = this.stays.find((one) => one.through >= from);
    if (!stay || stay.from > through) return undefined;
    return stay.from > from ? stay.from : from;
  }
}
