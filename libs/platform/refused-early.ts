import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { correlationIdOf, headerOf, type HttpReply, type HttpRequest } from './http-request.js';
import type { Log } from './logger.js';
import { Problem } from './problem.js';
import { PLATFORM_PROBLEMS } from './problem-texts.js';
import { answerOf, languageOf } from './problems.js';

/** A URL the router cannot read (Fastify's `frameworkErrors`): it is answered before any hook of `edge.ts` runs. */
export const answerBadUrl =
  (log: Log) =>
  ({ statusCode }: { statusCode?: number }, request: unknown, reply: unknown): void => {
    const { headers, method } = request as HttpRequest;
    const problem = new Problem(
      statusCode ?? 400,
      statusCode === 414 ? 'request.url-too-long' : 'request.url-malformed',
    );
    const language = languageOf(headerOf({ headers }, 'accept-language'));
    const answer = answerOf(problem, PLATFORM_PROBLEMS, language);
    const correlationId = correlationIdOf(headerOf({ headers }, 'x-correlation-id'));
    log.info({ method, route: 'unknown', status: problem.status, correlationId }, 'request');
    const open = (reply as HttpReply).status(problem.status).header('x-correlation-id', correlationId);
    for (const [name, value] of Object.entries(answer.headers)) open.header(name, value);
    open.send(JSON.stringify(answer.body)); // a string: this reply has no serialiser
  };

/**
 * What is no HTTP (a broken header or chunk, a head over 16 KB) makes no request, so the bytes of the answer are written
 * here: in Japanese, since no header was read, and as the last ones, since what follows cannot be understood either.
 */
export const answerBadConnection =
  (log: Log) =>
  (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy(error);
      return;
    }
    const problem = ofConnection(error.code);
    log.info({ route: 'unknown', status: problem.status }, 'request');
    const answer = answerOf(problem, PLATFORM_PROBLEMS, 'ja');
    const body = Buffer.from(JSON.stringify(answer.body));
    const headers = { ...answer.headers, 'content-length': body.length, connection: 'close' };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n`);
    socket.write(body);
    socket.destroySoon();
  };

const ofConnection = (code: string | undefined): Problem => {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem(431, 'request.header-too-large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem(408, 'request.too-slow');
  return new Problem(400, 'request.malformed');
};
