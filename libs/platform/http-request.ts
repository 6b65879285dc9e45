import { createHash, randomUUID } from 'node:crypto';
import type { Role, Caller } from './caller.js';
import { Problem } from './problem.js';
import type { Identity } from './token-cache.js';

/** What the platform uses of a Fastify request, with what its hooks add. */
export type HttpRequest = {
  readonly method: string;
  /** Path with the query string. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly routeOptions: Readonly<{ url?: string }>;
  readonly query?: unknown;
  /** As parsed, not yet checked. */
  readonly body?: unknown;
  /** The body before parsing; absent when there was none. */
  rawBody?: Buffer;
  correlationId: string;
  /** From the verified token, once it was asked for. */
  identity?: Identity;
  caller?: Caller;
};

/** What the platform uses of a Fastify reply. */
export type HttpReply = {
  readonly statusCode: number;
  readonly elapsedTime: number;
  status(code: number): HttpReply;
  header(name: string, value: string): HttpReply;
  send(body: unknown): HttpReply;
};

/** A header that may be sent once; several of it read as one malformed value. */
export const headerOf = (request: Pick<HttpRequest, 'headers'>, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

/** `X-Correlation-Id` when it is 1 to 64 plain characters, else a new one. */
export const correlationIdOf = (header: string | undefined): string =>
  header !== undefined && /^[\w.:-]{1,64}$/.test(header) ? header : randomUUID();

/** W3C trace context; anything malformed is left out. */
export const traceparentOf = (header: string | undefined): string | undefined =>
  header !== undefined && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(header) ? header : undefined;

/** Version from `If-Match: "<version>"`, with or without quotes; `*` is any version of something that exists. */
export const expectedOf = (header: string | undefined): number | 'exists' | undefined => {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return 'exists';
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header.trim())?.[1];
  if (version === undefined) throw new Problem(400, 'request.if-match-malformed');
  return Number(version);
};

/** The id under which a repeat of this request is recognised: `Idempotency-Key`, or a random one without it. */
export const requestIdOf = (header: string | undefined): string => {
  if (header === undefined) return randomUUID();
  if (!/^[\x20-\x7e]{1,255}$/.test(header)) throw new Problem(400, 'request.key-malformed');
  return header;
};

/**
 * Two requests with one key are the same request when method, path with query, body bytes and the person agree: a second
 * approver must not be told that his approval was recorded because somebody else used the same key.
 */
export const fingerprintOf = (
  { method, url, rawBody }: Pick<HttpRequest, 'method' | 'url' | 'rawBody'>,
  subject: string,
): string => {
  const hash = createHash('sha256').update(`${method} ${url}\n${JSON.stringify(subject)}\n`);
  return (rawBody ? hash.update(rawBody) : hash).digest('hex');
};

/** Everything a command handler is told about who calls and how. */
export const callerOf = (request: HttpRequest, identity: Identity): Caller => {
  const traceparent = traceparentOf(headerOf(request, 'traceparent'));
  const expected = expectedOf(headerOf(request, 'if-match'));
  return {
    municipality: identity.municipality,
    subject: identity.subject,
    ...(identity.staffId !== undefined && { staffId: identity.staffId }),
    roles: identity.roles as readonly Role[],
    metadata: {
      actor: identity.subject,
      correlationId: request.correlationId,
      ...(traceparent !== undefined && { traceparent }),
    },
    request: {
      id: requestIdOf(headerOf(request, 'idempotency-key')),
      fingerprint: fingerprintOf(request, identity.subject),
    },
    ...(expected !== undefined && { expected }),
  };
};
