import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { correlationIdOf, headerOf, type HttpRequest } from './http-request.js';
import type { Log } from './logger.js';
import type { Metrics } from './metrics.js';
import { away, Problem } from './problem.js';
import { RouteMethods } from './route-methods.js';
import type { SignIn } from './sign-in.js';
import { WorkInHand } from './work-in-hand.js';

/** Largest JSON body, and largest file of an import, in bytes. */
export const BODY_LIMIT = 1024 * 1024;
export const IMPORT_LIMIT = 20 * 1024 * 1024;

/** Watching goes on when nothing else does, and costs next to nothing: it is never refused. */
const WATCHING = /\/(health\/(live|ready)|metrics)$/;

/** Routes that programs ask all the time. */
const QUIET = /\/(health\/.*|metrics|public-events\/watermark)$/;

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

export type EdgeOptions = Readonly<{ signIn: SignIn; logger: Log; metrics: Metrics; busyAfterMs: number }>;

/** What happens to every request before and after Nest: correlation, refusal of what is too much, sign-in, body, ETag, one log line, one metric. */
export const prepareEdge = (
  app: NestFastifyApplication,
  { signIn, logger, metrics, busyAfterMs }: EdgeOptions,
): void => {
  const fastify = app.getHttpAdapter().getInstance();
  const routes = new RouteMethods();
  const inHand = new WorkInHand(busyAfterMs);
  fastify.addHook('onRoute', (route) => routes.add(route));
  fastify.addHook('onRequest', async (raw, reply) => {
    const request = raw as unknown as HttpRequest;
    request.correlationId = correlationIdOf(headerOf(request, 'x-correlation-id'));
    reply.header('x-correlation-id', request.correlationId);
    if (inHand.busy(performance.now()) && !WATCHING.test(request.routeOptions.url ?? '')) {
      metrics.refused();
      throw away('service.busy');
    }
    const hostless = raw.headers.host === undefined && raw.raw.httpVersion !== '1.0';
    // PostgreSQL's text cannot hold U+0000.
    if (hostless || /%00/.test(raw.url)) throw new Problem(400, 'request.malformed');
    if (raw.is404) throw notFound(routes.of(raw.url.replace(/\?.*$/s, '')));
    // No body is read for nothing or for somebody unknown; routes without one are left to the guard, which knows the open ones.
    if (READS.has(raw.method)) return;
    if ((raw.headers['content-encoding'] ?? 'identity') !== 'identity') throw new UnsupportedMediaTypeException();
    request.identity = await signIn.identify(headerOf(request, 'authorization'));
  });
  fastify.addHook('preValidation', (request, reply, done) => {
    // From here, for how long a body is on its way says nothing of this process; nor do files, which take what they take.
    if (!Buffer.isBuffer(request.body)) {
      inHand.begun();
      reply.raw.once('close', () => inHand.done(performance.now())); // also when the caller goes away
    }
    done();
  });
  fastify.addHook('preSerialization', (_request, reply, payload, done) => {
    const version = versionIn(payload);
    if (version !== undefined) reply.header('etag', `"${version}"`);
    done(null, payload);
  });
  fastify.addHook('onResponse', (raw, reply, done) => {
    const request = raw as unknown as HttpRequest;
    const route = request.routeOptions.url ?? 'unknown';
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    metrics.request(raw.method, route, reply.statusCode, ms);
    logger[QUIET.test(route) && reply.statusCode < 400 ? 'debug' : 'info'](
      {
        method: raw.method,
        route,
        status: reply.statusCode,
        ms,
        municipality: request.identity?.municipality,
        subject: request.identity?.subject,
        correlationId: request.correlationId,
      },
      'request',
    );
    done();
  });
  readBodies(fastify);
  endUnusedOnClose(fastify);
};

const notFound = (methods: readonly string[]): Problem => {
  if (methods.length === 0) return new Problem(404, 'route.not-found');
  const allowed = methods.join(', ');
  return new Problem(405, 'route.method-not-allowed', { facts: { allowed }, headers: { allow: allowed } });
};

type Fastify = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

/**
 * Clients open connections ahead of their requests. Node does not count those as idle: a service that stops would wait a
 * minute for each.
 */
const endUnusedOnClose = (fastify: Fastify): void => {
  const unused = new Set<Socket>();
  fastify.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  fastify.server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket));
  fastify.addHook('preClose', (done) => {
    for (const socket of unused) socket.destroy();
    done();
  });
};

/** Bytes that are not UTF-8 are refused: they would be stored as replacement characters. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON is UTF-8; of a file the bytes say what they are. */
const OTHER_CHARSET = /charset\s*=\s*"?(?!utf-8"?\s*(;|$))/i;

/** JSON and CSV, nothing else. An empty JSON body is no body: some clients name a type for commands without one. */
const readBodies = (fastify: Fastify): void => {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    (request as unknown as HttpRequest).rawBody = body as Buffer;
    if (OTHER_CHARSET.test(request.headers['content-type'] ?? '')) return done(new UnsupportedMediaTypeException());
    if (body.length === 0) return done(null, undefined);
    try {
      done(null, JSON.parse(utf8.decode(body as Buffer)));
    } catch {
      done(new Problem(400, 'request.malformed'));
    }
  });
  fastify.addContentTypeParser('text/csv', { parseAs: 'buffer', bodyLimit: IMPORT_LIMIT }, (request, body, done) => {
    (request as unknown as HttpRequest).rawBody = body as Buffer;
    done(null, body);
  });
};

const versionIn = (payload: unknown): number | undefined => {
  const version =
    typeof payload === 'object' && payload !== null ? (payload as { version?: unknown }).version : undefined;
  return typeof version === 'number' ? version : undefined;
};
