import {
  callerOf,
  correlationIdOf,
  expectedOf,
  fingerprintOf,
  requestIdOf,
  traceparentOf,
  type HttpRequest,
} from './http-request.js';
import { Problem } from './problem.js';

const request = (given: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: '/placement/staff',
  headers: {},
  routeOptions: {},
  correlationId: 'c-1',
  ...given,
});
const body = (text: string) => Buffer.from(text);
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as Problem).code;
  }
  return 'accepted';
};

describe('the fingerprint of a request', () => {
  const first = fingerprintOf(request({ rawBody: body('{"a":1}') }), 'yamada');

  it('is the same for the same method, path, bytes and person, whatever token is sent', () => {
    const again = request({ rawBody: body('{"a":1}'), headers: { authorization: 'Bearer x' } });
    expect(fingerprintOf(again, 'yamada')).toBe(first);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
  });

  it('differs for another person', () =>
    expect(fingerprintOf(request({ rawBody: body('{"a":1}') }), 'sato')).not.toBe(first));

  it.each([
    ['another body', { rawBody: body('{"a":2}') }],
    ['another query', { rawBody: body('{"a":1}'), url: '/placement/staff?dryRun=true' }],
    ['another path', { rawBody: body('{"a":1}'), url: '/placement/units' }],
    ['another method', { rawBody: body('{"a":1}'), method: 'PUT' }],
    ['no body', {}],
  ])('differs for %s', (_, other) => expect(fingerprintOf(request(other), 'yamada')).not.toBe(first));
});

describe('the headers of a request', () => {
  it('takes a plain correlation id over and replaces anything else', () => {
    expect(correlationIdOf('screen-12.7')).toBe('screen-12.7');
    expect(correlationIdOf('山田')).toMatch(/^[0-9a-f-]{36}$/);
    expect(correlationIdOf(undefined)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('passes a trace context on and leaves a malformed one out', () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(traceparentOf(trace)).toBe(trace);
    expect(traceparentOf('00-xyz')).toBeUndefined();
  });

  it.each([
    ['"7"', 7],
    ['7', 7],
    ['W/"7"', 7],
    ['*', 'exists'],
    [undefined, undefined],
  ])('reads If-Match %s', (header, expected) => expect(expectedOf(header)).toBe(expected));

  it.each(['"x"', '', '"1", "2"', '-1'])('refuses If-Match %s', (header) =>
    expect(codeOf(() => expectedOf(header))).toBe('request.if-match-malformed'),
  );

  it('takes a key of 1 to 255 printable characters, and makes one when there is none', () => {
    expect(requestIdOf('k'.repeat(255))).toHaveLength(255);
    expect(requestIdOf(undefined)).toMatch(/^[0-9a-f-]{36}$/);
    for (const key of ['', 'k'.repeat(256), '鍵', 'a\tb'])
      expect(codeOf(() => requestIdOf(key))).toBe('request.key-malformed');
  });
});

it('makes the caller from token and headers', () => {
  const headers = { 'idempotency-key': 'k-1', 'if-match': '"3"' };
  const identity = { municipality: '142140', subject: 'yamada', staffId: 's-1', roles: ['hr'] };
  expect(callerOf(request({ headers }), identity)).toEqual({
    municipality: '142140',
    subject: 'yamada',
    staffId: 's-1',
    roles: ['hr'],
    metadata: { actor: 'yamada', correlationId: 'c-1' },
    request: { id: 'k-1', fingerprint: fingerprintOf(request(), 'yamada') },
    expected: 3,
  });
});
