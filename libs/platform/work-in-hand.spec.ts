import { WorkInHand } from './work-in-hand.js';

const BUSY_AFTER_MS = 100;

/** A process that gets `perSecond` done, one after the other, except in `pause`; requests come evenly. */
const simulate = (
  given: Readonly<{ perSecond: number; comes: (ms: number) => number; ms: number; pause?: readonly [number, number] }>,
) => {
  const inHand = new WorkInHand(BUSY_AFTER_MS);
  const queue: number[] = [];
  const took: { from: number; ms: number }[] = [];
  const refusedAt: number[] = [];
  let [owed, done] = [0, 0];
  for (let now = 0; now < given.ms; now++) {
    for (owed += given.comes(now) / 1000; owed >= 1; owed--) {
      if (inHand.busy(now)) {
        refusedAt.push(now);
        continue;
      }
      inHand.begun();
      queue.push(now);
    }
    const paused = given.pause && now >= given.pause[0] && now < given.pause[1];
    done = queue.length === 0 || paused ? 0 : done + given.perSecond / 1000;
    for (; done >= 1 && queue.length > 0; done--) {
      const from = queue.shift()!;
      inHand.done(now);
      took.push({ from, ms: now - from });
    }
  }
  return { took, refusedAt };
};

const share = (took: readonly { ms: number }[], within: number): number =>
  took.filter(({ ms }) => ms <= within).length / took.length;

describe.each([30, 200, 2_000])('a process that gets %i requests a second done', (perSecond) => {
  const longest = Math.max(BUSY_AFTER_MS, (10 / perSecond) * 1000);

  it('accepts all of half as many', () =>
    expect(simulate({ perSecond, comes: () => perSecond / 2, ms: 20_000 }).refusedAt).toEqual([]));

  it('keeps busy under twice as many, and nobody accepted waits long', () => {
    const { took, refusedAt } = simulate({ perSecond, comes: () => perSecond * 2, ms: 30_000 });
    expect(took.length).toBeGreaterThan(perSecond * 30 * 0.95);
    expect(refusedAt.length).toBeGreaterThan(perSecond * 30 * 0.9);
    expect(share(took, longest * 1.3)).toBeGreaterThan(0.98);
  });

  it('accepts everything again within half a second after an overload', () => {
    const comes = (ms: number) => (ms < 10_000 ? perSecond * 3 : perSecond / 2);
    const { refusedAt } = simulate({ perSecond, comes, ms: 20_000 });
    expect(Math.max(...refusedAt)).toBeGreaterThan(9_000);
    expect(Math.max(...refusedAt)).toBeLessThan(10_500);
  });

  it('takes in a short pause, and refuses in a long one', () => {
    const half = { perSecond, comes: () => perSecond / 2, ms: 20_000 };
    expect(simulate({ ...half, pause: [5_000, 5_150] }).refusedAt).toEqual([]);
    expect(simulate({ ...half, pause: [5_000, 9_000] }).refusedAt).not.toEqual([]);
  });
});

describe('an idle process', () => {
  it('takes in a burst, up to a limit', () => {
    const inHand = new WorkInHand(BUSY_AFTER_MS);
    const refused = Array.from({ length: 600 }, () => {
      const busy = inHand.busy(5_000);
      if (!busy) inHand.begun();
      return busy;
    });
    expect(refused.indexOf(true)).toBe(512);
  });

  it('refuses nobody for a few that take long', () => {
    const inHand = new WorkInHand(BUSY_AFTER_MS);
    for (let slow = 0; slow < 9; slow++) inHand.begun();
    for (let now = 0; now < 60_000; now += 500) {
      expect(inHand.busy(now)).toBe(false);
      inHand.begun();
      inHand.done(now + 10);
    }
  });
});
