import { StreamMoved } from '#libs/event-store/event-store';
import { OwnError } from '#libs/event-store/own-error';

/** Something outside is away for now: a broker, another service, a database. Whoever meets it waits and tries again. */
export class Unavailable extends OwnError {}

/** SQL states after which the same transaction may succeed later: lost connection, full disk, shutdown, serialisation, deadlock, lock. */
const RETRIABLE_SQL = /^(08|53|57|58)...$|^(40001|40P01|55P03|25P03)$/;
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'UND_ERR_SOCKET',
]);
const LOST_CONNECTION =
  /Connection terminated|connection error and is not queryable|Client has encountered a connection error|timeout expired|timeout exceeded when trying to connect|fetch failed/;

/** Infrastructure (wait for it) as against data or code (park it). */
export const isUnavailable = (error: unknown): boolean => {
  if (error instanceof Unavailable) return true;
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  if (typeof code === 'string' && (RETRIABLE_SQL.test(code) || NETWORK.has(code))) return true;
  return LOST_CONNECTION.test(String(message)) || isUnavailable(cause);
};

/** What the same event does not meet again once others are done: something is away, or somebody else appended first. */
export const passesByItself = (error: unknown): boolean => error instanceof StreamMoved || isUnavailable(error);

/** Errors whose text quotes the data they stumbled over: SQL data exceptions, and JSON that cannot be read. */
const quotesData = (name: unknown, code: unknown): boolean =>
  name === 'SyntaxError' || (typeof code === 'string' && /^2[23]...$/.test(code));

/**
 * An error in one line, for operators. It is stored and shown, so it carries no personal data: of an error that quotes
 * what it was given only the name, the code and the place in the database are kept.
 */
export const reasonOf = (error: unknown): string => {
  const { name, message, code, table, constraint } = (
    typeof error === 'object' && error !== null ? error : { message: error }
  ) as Record<string, unknown>;
  const parts = quotesData(name, code) ? [name, code, table, constraint] : [name, message || code || 'failed'];
  return parts.filter(Boolean).map(String).join(': ').slice(0, 500);
};
