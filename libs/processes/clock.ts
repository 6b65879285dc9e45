/** Now, as a UTC instant; and today's local date in Asia/Tokyo. Injected, so that tests and drills can move it. */
export abstract class Clock {
  abstract now(): Date;

  /** Local date `YYYY-MM-DD` in Asia/Tokyo. */
  today(): string {
    return localDateOf(this.now());
  }
}

/** Local date `YYYY-MM-DD` in Asia/Tokyo (UTC+9, no summer time) of a UTC instant. */
export const localDateOf = (instant: string | Date): string =>
  new Date(new Date(instant).getTime() + 9 * 3_600_000).toISOString().slice(0, 10);

/** Midnight after the local date in Asia/Tokyo (UTC+9, no summer time), as a UTC instant. */
export const endOfDay = (localDate: string): string => `${localDate}T15:00:00.000Z`;

export class SystemClock extends Clock {
  /** `offsetMs` moves the clock for drills and demonstrations; 0 in production. */
  constructor(private readonly offsetMs = 0) {
    super();
  }

  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }
}
