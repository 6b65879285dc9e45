import { analystPassword } from './analyst-password.js';

describe("an analyst's password", () => {
  it('is what the documented shell line gives', () =>
    expect(analystPassword('secret', '142140')).toBe('4yzFloqclPeZ20GbQ4j84K3aJ0eLGsj-3vcRr3Vp4t0'));

  it('differs from city to city and from secret to secret', () => {
    const all = [analystPassword('a', '142140'), analystPassword('a', '142034'), analystPassword('b', '142140')];
    expect(new Set(all).size).toBe(3);
  });
});
