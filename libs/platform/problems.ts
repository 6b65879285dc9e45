import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { Rejected } from '#libs/event-store/decider';
import { StreamMoved } from '#libs/event-store/event-store';
import { isUnavailable, Unavailable } from '#libs/messaging/unavailable';
import { NotInForce } from '#libs/policy/pack';
import { headerOf, type HttpReply, type HttpRequest } from './http-request.js';
import { errorFields, type Log } from './logger.js';
import { NotFound } from '#libs/event-store/not-found';
import { away, Problem, type Facts, type FieldError, type ProblemTexts } from './problem.js';
import { PLATFORM_PROBLEMS, STATUS_TITLES } from './problem-texts.js';
import { fieldErrors, Malformed } from './validation.js';

export type Language = 'ja' | 'en';

/** RFC 9457 problem details. `code` is stable and documented; `facts` and further members never carry personal data. */
export type ProblemDetails = Readonly<{
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  instance?: string;
  errors?: readonly FieldError[];
  facts?: Facts;
}>;

/**
 * What an error is to the caller. Whatever is not known here is 500 and says nothing about itself.
 * @param conditional the caller named a version (`If-Match`); whoever named none has only lost races
 */
export const problemOf = (error: unknown, conditional = true): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof StreamMoved) return conditional ? new Problem(412, 'stream.moved') : away('stream.busy');
  if (error instanceof Rejected) return rejection(error);
  if (error instanceof NotInForce) return new Problem(409, 'policy.not-in-force');
  if (error instanceof NotFound) return new Problem(404, error.message);
  if (error instanceof Malformed) return new Problem(400, 'request.invalid');
  if (error instanceof Unavailable) return away('service.away');
  if (brokenOff(error)) return new Problem(400, 'request.malformed');
  if (isUnavailable(error)) return away('database.away');
  if (error instanceof HttpException) return ofStatus(error.getStatus());
  return new Problem(500, 'internal.error');
};

/** Fastify marks a body that broke off with 400: the caller's connection was lost, none of ours. */
const brokenOff = (error: unknown): boolean =>
  error instanceof Error && (error as { statusCode?: unknown }).statusCode === 400;

/** What is behind and will catch up (`directory.behind`) says when to ask again. */
const rejection = ({ code, facts }: Rejected): Problem =>
  new Problem(409, code, { facts, ...(code.endsWith('.behind') && { headers: { 'retry-after': '1' } }) });

const STATUS_CODES: Readonly<Record<number, string>> = {
  400: 'request.malformed',
  401: 'token.missing',
  403: 'role.not-allowed',
  404: 'route.not-found',
  413: 'request.too-large',
  415: 'request.unsupported-media-type',
};

const ofStatus = (status: number): Problem => {
  const code = STATUS_CODES[status];
  if (code) return new Problem(status, code);
  return status >= 400 && status < 500 ? new Problem(400, 'request.malformed') : new Problem(500, 'internal.error');
};

/** Japanese, unless the caller prefers English. */
export const languageOf = (acceptLanguage: string | undefined): Language => {
  const weight = (language: Language): number => {
    const part = (acceptLanguage ?? '').split(',').find((range) => range.trim().toLowerCase().startsWith(language));
    return part === undefined ? 0 : Number(/;\s*q=([\d.]+)/.exec(part)?.[1] ?? 1);
  };
  return weight('en') > weight('ja') ? 'en' : 'ja';
};

export const detailsOf = (
  { status, code, parts }: Problem,
  texts: ProblemTexts,
  language: Language,
  errors?: readonly FieldError[],
): ProblemDetails => {
  const facts = parts.facts ?? {};
  const { ja, en } = STATUS_TITLES[status] ?? STATUS_TITLES[status < 500 ? 400 : 500];
  const title = language === 'ja' ? ja : en;
  return {
    ...parts.members,
    type: `urn:jinzai:problem:${code}`,
    title,
    status,
    detail: texts[code] ? detailOf(texts[code], facts, language) : title,
    code,
    ...(errors && { errors }),
    ...(Object.keys(facts).length > 0 && { facts }),
  };
};

const detailOf = ({ words = {}, ...texts }: ProblemTexts[string], facts: Facts, language: Language): string => {
  if (language === 'en') return filled(texts.en, facts);
  const japanese = Object.entries(facts).map(([name, fact]) => [
    name,
    Array.isArray(fact) ? fact.map((one: string) => words[one] ?? one).join('、') : (words[String(fact)] ?? fact),
  ]);
  return filled(texts.ja, Object.fromEntries(japanese) as Facts);
};

/** A problem as it goes over the wire. */
export const answerOf = (
  problem: Problem,
  texts: ProblemTexts,
  language: Language,
  errors?: readonly FieldError[],
): Readonly<{ headers: Readonly<Record<string, string>>; body: ProblemDetails }> => ({
  headers: {
    ...problem.parts.headers,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-language': language,
  },
  body: detailsOf(problem, texts, language, errors),
});

/** Puts the facts into the `{name}` places of a text. */
export const filled = (text: string, facts: Facts): string =>
  text.replace(/\{([\w-]+)\}/g, (_, name: string) => String(facts[name] ?? '―'));

/** Every error of a request becomes a problem; every error of an event handler goes back to the consumer as it was. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly texts: ProblemTexts;

  constructor(
    texts: ProblemTexts,
    private readonly logger: Log,
  ) {
    this.texts = { ...PLATFORM_PROBLEMS, ...texts };
  }

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    if (host.getType() !== 'http') return throwError(() => error);
    const request = host.switchToHttp().getRequest<HttpRequest>();
    const problem = problemOf(error, headerOf(request, 'if-match') !== undefined);
    if (problem.status === 500)
      this.logger.error({ ...errorFields(error), correlationId: request.correlationId }, 'request failed');
    const language = languageOf(headerOf(request, 'accept-language'));
    const errors = error instanceof Malformed ? fieldErrors(error.faults, language) : undefined;
    const answer = answerOf(problem, this.texts, language, errors);
    const reply = host.switchToHttp().getResponse<HttpReply>().status(problem.status);
    for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value);
    reply.send(answer.body);
  }
}
