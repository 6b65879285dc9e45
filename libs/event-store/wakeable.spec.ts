import { Wakeable } from './wakeable.js';

const LONG_MS = 60_000;

describe('a pause', () => {
  it('ends by itself', async () => {
    expect(await new Wakeable().pause(1)).toBe(false);
  });

  it('is called off, by whoever calls first', async () => {
    const sleeper = new Wakeable();
    const pause = sleeper.pause(LONG_MS);
    sleeper.wake();
    sleeper.wake();
    expect(await pause).toBe(true);
  });

  it('ends at once when the call came before it, and the next one does not', async () => {
    const sleeper = new Wakeable();
    sleeper.wake();
    expect(await sleeper.pause(LONG_MS)).toBe(true);
    expect(await sleeper.pause(1)).toBe(false);
  });
});
