import { faultIn } from './every-route.js';

describe('an answer that must not be', () => {
  const secret = new Set(['0197a1b2-0000-7000-8000-000000000001', '架空児童相談所']);
  const operation = { roles: ['hr'], statuses: ['200', '403', '404'], named: true };
  const ok = (body: object) => ({ status: 200, text: JSON.stringify(body) });
  const problem = (status: number, code: string) => ({ status, text: `{"code":"${code}"}`, code });

  it.each<[string, Parameters<typeof faultIn>, string]>([
    ['a status that no document says', [operation, 'hr', secret, problem(409, 'staff.erased')], 'not in the document'],
    ['a fault of the server', [{ ...operation, statuses: ['500'] }, 'hr', secret, problem(500, 'internal')], '500'],
    ['an error without a problem', [operation, 'hr', secret, { status: 404, text: 'no' }], 'without a problem'],
    ['somebody let in without a token', [operation, undefined, secret, ok({})], '200'],
    ['a role let in that is not allowed', [operation, 'staff', secret, ok({})], '200'],
    [
      'a role kept out that is allowed',
      [operation, 'hr', secret, problem(403, 'role.not-allowed')],
      'role.not-allowed',
    ],
    ['a thing of the other city', [operation, 'hr', secret, ok({})], 'for a thing of the other city'],
    [
      "an id of the other city's in a list",
      [{ ...operation, named: false }, 'hr', secret, ok({ items: [{ id: '0197a1b2-0000-7000-8000-000000000001' }] })],
      'shows 0197a1b2',
    ],
    [
      "a name of the other city's in a list",
      [{ ...operation, named: false }, 'hr', secret, ok({ items: [{ name: '架空児童相談所' }] })],
      'shows 架空児童相談所',
    ],
  ])('is %s', (_, answer, fault) => expect(faultIn(...answer)).toContain(fault));

  it('is none that says nothing of the other city', () => {
    const list = { ...operation, named: false };
    expect(faultIn(list, 'hr', secret, ok({ items: [{ name: '総務課' }] }))).toBeUndefined();
    expect(faultIn(operation, 'hr', secret, problem(404, 'staff.not-found'))).toBeUndefined();
    expect(faultIn(operation, 'staff', secret, problem(403, 'role.not-allowed'))).toBeUndefined();
    expect(faultIn(operation, 'hr', new Set(), ok({ name: '架空児童相談所' }))).toBeUndefined();
  });
});
