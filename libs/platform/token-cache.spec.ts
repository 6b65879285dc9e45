import { TokenCache, type Identity } from './token-cache.js';

const identity: Identity = { municipality: '142140', subject: 'yamada', roles: ['hr'] };
const now = Date.parse('2026-04-01T00:00:00Z');
const inSeconds = (seconds: number) => now / 1000 + seconds;

describe('the cache of verified tokens', () => {
  it('gives back what was verified', () => {
    const cache = new TokenCache();
    cache.put('a', identity, inSeconds(600), now);
    expect(cache.get('a', now + 1)).toEqual(identity);
    expect(cache.get('b', now + 1)).toBeUndefined();
  });

  it('never outlives the token', () => {
    const cache = new TokenCache();
    cache.put('a', identity, inSeconds(10), now);
    expect(cache.get('a', now + 9_999)).toEqual(identity);
    expect(cache.get('a', now + 10_000)).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('has every token verified again after a while, so that a withdrawn key takes effect', () => {
    const cache = new TokenCache(10, 60_000);
    cache.put('a', identity, inSeconds(28_800), now);
    expect(cache.get('a', now + 60_000)).toBeUndefined();
  });

  it('is bounded: the oldest goes first', () => {
    const cache = new TokenCache(2);
    for (const token of ['a', 'b', 'c']) cache.put(token, identity, inSeconds(600), now);
    expect(cache.size).toBe(2);
    expect(cache.get('a', now)).toBeUndefined();
    expect(cache.get('c', now)).toEqual(identity);
  });
});
