import { DatabaseError } from 'pg';
import { isUnavailable, reasonOf, Unavailable } from './unavailable.js';

describe('what is away for now', () => {
  it.each([
    [new Unavailable('recruitment')],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    [Object.assign(new Error('deadlock detected'), { code: '40P01' })],
    [Object.assign(new Error('terminating connection'), { code: '57P01' })],
    [Object.assign(new Error('could not extend file'), { code: '53100' })],
    [new Error('Connection terminated unexpectedly')],
    [new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) })],
    [new Error('outer', { cause: new Unavailable('inner') })],
  ])('%s is waited for', (error) => expect(isUnavailable(error)).toBe(true));

  it.each([
    [new Error('no such unit')],
    [Object.assign(new Error('null value'), { code: '23502' })],
    [new TypeError('undefined is not a function')],
    ['text'],
    [undefined],
  ])('%s is a fault of data or code', (error) => expect(isUnavailable(error)).toBe(false));

  it('is said in one line', () => {
    expect(reasonOf(new TypeError('no unit'))).toBe('TypeError: no unit');
    expect(reasonOf(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toBe('Error: ECONNREFUSED');
    expect(reasonOf('text')).toBe('text');
  });

  it('is said without the data that the error quotes', () => {
    const sql = new DatabaseError('invalid input syntax for type date: "山田 花子"', 0, 'error');
    expect(reasonOf(Object.assign(sql, { code: '22007', table: 'notes' }))).toBe('error: 22007: notes');
    let json: unknown;
    try {
      JSON.parse('山田 花子');
    } catch (error) {
      json = error;
    }
    expect(reasonOf(json)).toBe('SyntaxError');
  });
});
