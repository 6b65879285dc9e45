import type { LoggerService } from '@nestjs/common';
import pino from 'pino';
import { OwnError } from '#libs/event-store/own-error';

/** Where log lines go: chosen fields and one message. Abstract class: it is the injection token. */
export abstract class Log {
  abstract debug(fields: object, message: string): void;
  abstract info(fields: object, message: string): void;
  abstract warn(fields: object, message: string): void;
  abstract error(fields: object, message: string): void;
}

/**
 * JSON lines to standard output, written asynchronously. What is logged is chosen field by field: never a body, a token,
 * a query string value or a personal field.
 */
export const createLogger = (service: string, level: string): Log =>
  pino(
    { level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 1, sync: false }),
  );

/** Nest's own messages through pino; its start-up chatter is debug. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Log) {}

  log = (message: unknown, ...rest: unknown[]): void => this.logger.debug(fieldsOf(rest), String(message));
  debug = (message: unknown, ...rest: unknown[]): void => this.logger.debug(fieldsOf(rest), String(message));
  verbose = (message: unknown, ...rest: unknown[]): void => this.logger.debug(fieldsOf(rest), String(message));
  warn = (message: unknown, ...rest: unknown[]): void => this.logger.warn(fieldsOf(rest), String(message));
  error = (message: unknown, ...rest: unknown[]): void => this.logger.error(fieldsOf(rest), String(message));
  fatal = (message: unknown, ...rest: unknown[]): void => this.logger.error(fieldsOf(rest), String(message));
}

/** Nest passes the name of who speaks last, and sometimes a stack before it. */
const fieldsOf = (rest: readonly unknown[]) => {
  const last = rest.at(-1);
  return { context: typeof last === 'string' && /^\w+$/.test(last) ? last : 'Nest' };
};

/**
 * An error as log fields. Database errors quote values (`detail: Key (name)=(…)`) and so may JSON errors; only name, code
 * and the place in the code are kept of anything but our own errors, which say their reason.
 */
export const errorFields = (error: unknown): Readonly<Record<string, unknown>> => {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code, table, constraint } = error as Error & { code?: unknown; table?: unknown; constraint?: unknown };
  const place = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const reason = error instanceof OwnError ? error.message : undefined;
  return { error: error.name, reason, code, table, constraint, stack: place.slice(0, 8).map((line) => line.trim()) };
};

const REPEAT_MS = 10_000;

/**
 * Tells of failures of background work, and of whose; the same one, tried again and again while something is away, once
 * in 10 s.
 */
export const reportTo = (log: Log, message: string) => {
  const told = new Set<string>();
  return (error: unknown, of?: string): void => {
    const fields = errorFields(error);
    const kind = [fields.error, fields.code, fields.reason, of].join(' ');
    if (told.has(kind)) return;
    told.add(kind);
    setTimeout(() => told.delete(kind), REPEAT_MS).unref();
    log.error({ ...fields, of }, message);
  };
};
