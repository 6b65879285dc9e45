import { addDays, type LocalDate } from '#libs/law/local-date';
import { halfOf, isWorkingDay, lengthOf, stretchesOf, type Half, type Stretch } from '#libs/law/working-day';
import type { City } from './city.js';
import type { Random } from './random.js';

/** The time of a day that is taken; a whole day has no times. */
export type Piece = Readonly<{ from?: string; to?: string; minutes: number }>;

const HOUR = 60;

/** The working days of a city, and the hours of each. */
export class WorkingDays {
  readonly days: readonly LocalDate[];
  private readonly hours = new Map<string, readonly Stretch[]>();

  constructor(
    private readonly city: City,
    from: LocalDate,
    through: LocalDate,
  ) {
    const calendar = city.pack('calendar');
    const days: LocalDate[] = [];
    for (let day = from; day <= through; day = addDays(day, 1)) if (isWorkingDay(day, calendar)) days.push(day);
    this.days = days;
  }

  /** Working days from one day through another. */
  between(from: LocalDate, through: LocalDate): readonly LocalDate[] {
    const end = this.firstFrom(through);
    return this.days.slice(this.firstFrom(from), this.days[end] === through ? end + 1 : end);
  }

  /** So many working days from a day on. */
  from(day: LocalDate, count: number): readonly LocalDate[] {
    const first = this.firstFrom(day);
    return this.days.slice(first, first + count);
  }

  private firstFrom(day: LocalDate): number {
    let [low, high] = [0, this.days.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.days[middle] < day) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  wholeDay(day: LocalDate, dayMinutes: number): Piece {
    return { minutes: lengthOf(this.hoursOf(day, dayMinutes)) };
  }

  halfDay(day: LocalDate, dayMinutes: number, half: Half): Piece {
    return timed(halfOf(this.hoursOf(day, dayMinutes), half));
  }

  /** Some hours before the day ends. */
  lastHours(day: LocalDate, dayMinutes: number, random: Random): Piece {
    const last = this.hoursOf(day, dayMinutes).at(-1);
    if (!last) return { minutes: 0 };
    const hours = random.between(1, Math.min(3, Math.floor((last.to - last.from) / HOUR)));
    return timed([{ from: last.to - hours * HOUR, to: last.to }]);
  }

  private hoursOf(day: LocalDate, dayMinutes: number): readonly Stretch[] {
    const key = `${day} ${dayMinutes}`;
    const known = this.hours.get(key);
    if (known) return known;
    const hours = stretchesOf(day, this.city.pack('calendar'), this.city.pack('working-time'), dayMinutes);
    this.hours.set(key, hours);
    return hours;
  }
}

const timed = (stretches: readonly Stretch[]): Piece => ({
  from: clock(stretches[0].from),
  to: clock(stretches[stretches.length - 1].to),
  minutes: lengthOf(stretches),
});

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / HOUR)).padStart(2, '0')}:${String(minutes % HOUR).padStart(2, '0')}`;
