import type { LoggerService } from '@nestjs/common';
import pino from 'pino';

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

const fieldsOf = (rest: readonly unknown[]) => ({ context: String(rest.at(-1) ?? 'Nest') });

/**
 * An error as log fields. Database errors quote values (`detail: Key (name)=(…)`) and so may JSON errors; only name, code
 * and the place in the code are kept of anything but our own errors.
 */
export const errorFields = (error: unknown): Readonly<Record<string, unknown>> => {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code, table, constraint } = error as Error & { code?: unknown; table?: unknown; constraint?: unknown };
  const place = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return { error: error.name, code, table, constraint, stack: place.slice(0, 8).map((line) => line.trim()) };
};
