import { instant, parseInstant } from './instant.js';

describe('instants', () => {
  it.each([
    ['2026-04-01T00:00:00Z', '2026-04-01T00:00:00.000000Z'],
    ['2026-04-01 00:00:00.5+00', '2026-04-01T00:00:00.500000Z'],
    ['2026-04-01T00:00:00.000001+09:00', '2026-03-31T15:00:00.000001Z'],
    ['2026-03-31T19:00:00.123456-0500', '2026-04-01T00:00:00.123456Z'],
  ])('%s is %s', (text, expected) => expect([parseInstant(text), instant(text)]).toEqual([expected, expected]));

  it.each([
    '2026-04-01',
    '2026-04-01T00:00:00',
    '2026-04-31T00:00:00Z',
    '2026-04-01T25:00:00Z',
    '2026-04-01T00:00:60Z',
    '2026-04-01T00:00:00.1234567Z',
    '0000-01-01T00:00:00Z',
    '1900-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59-12:00',
    '2026-04-01T00:00:00Z ',
    'now',
  ])('%s is none', (text) => {
    expect(parseInstant(text)).toBeUndefined();
    expect(() => instant(text)).toThrow('not an instant');
  });
});
