const CANONICAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const SHAPE = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}(?::?\d{2})?)$/;

/** A UTC instant with microseconds and a fixed width, so that comparing the texts compares the instants. */
export type Instant = string;

/**
 * Reads an ISO 8601 instant with an offset.
 * @returns undefined when the text is no such instant, or one before 1900 or after 9999
 */
export const parseInstant = (text: string): Instant | undefined => {
  const found = SHAPE.exec(text);
  if (!found) return undefined;
  const [, date, time, fraction = '', offset] = found;
  const zone = offset.length === 3 ? `${offset}:00` : offset;
  const seconds = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(seconds) || !isCalendarDate(date)) return undefined;
  const utc = new Date(seconds).toISOString();
  if (!/^\d{4}-/.test(utc) || utc < '1900') return undefined; // in UTC: with its offset it can lie in another year
  return `${utc.slice(0, 19)}.${fraction.padEnd(6, '0')}Z`;
};

/** The same for an instant that must be one, such as the recorded time of an event, mostly in the right shape already. */
export const instant = (text: string): Instant => {
  if (CANONICAL.test(text)) return text;
  const parsed = parseInstant(text);
  if (!parsed) throw new Error(`not an instant: ${text}`);
  return parsed;
};

/** `Date.parse` takes 31 April for 1 May. */
const isCalendarDate = (date: string): boolean => {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
};
