import type { Outcome, Second } from './generator.js';
import { recoveredAfter, verdictsOn, type Findings } from './verdicts.js';

const outcome = (part: Partial<Outcome>): Outcome => ({
  ...{ seconds: [], sent: 0, accepted: 0, refused: 0, rude: 0, others: 0, examples: [], kinds: [] },
  ...{ p50: 5, p99: 20, max: 40, perSecond: 100, lateP99: 1, connections: 10 },
  ...part,
});

const second = (part: Partial<Second> = {}): Second => ({ accepted: 50, refused: 0, p99: 20, ...part });

const samples = (of: (index: number) => Record<string, number>) =>
  Array.from({ length: 100 }, (_, index) => ({ at: index, values: of(index) }));

const STEADY = { 'training.heap': 60, 'training.rss': 200, 'training.handles': 50, 'training.connections': 10 };

const good: Findings = {
  capacity: outcome({}),
  steady: outcome({ sent: 9_000, accepted: 9_000 }),
  samples: samples((index) => ({ ...STEADY, 'training.heap': 60 + (index % 7) * 5, 'postgres.rss': 100 + index })),
  overload: outcome({ seconds: [second()], sent: 200, accepted: 100, refused: 100, p99: 90 }),
  recovery: outcome({ seconds: [second({ refused: 1 }), second()] }),
  quiet: { steady: 500, end: 500 },
  logged: { lines: 1_000, errors: 0, examples: [] },
  replaced: [],
  missed: 0,
};

const failing = (changed: Partial<Findings>): string[] =>
  verdictsOn({ ...good, ...changed }, 200).flatMap(({ what, holds }) => (holds ? [] : [what]));

describe('the verdicts of the endurance drill', () => {
  it('all hold when nothing grows and the overload is refused', () => expect(failing({})).toEqual([]));

  it.each<[string, Partial<Findings>, string]>([
    [
      'a refusal in 500 at half the capacity',
      { steady: outcome({ sent: 9_000, refused: 18 }) },
      'at half the capacity',
    ],
    ['a failure at half the capacity', { steady: outcome({ sent: 9_000, others: 1 }) }, 'at half the capacity'],
    ['a leaking heap', { samples: samples((index) => ({ ...STEADY, 'training.heap': 60 + index / 5 })) }, 'heap'],
    ['growing memory', { samples: samples((index) => ({ ...STEADY, 'training.rss': 200 + index })) }, 'resident'],
    [
      'handles left open',
      { samples: samples((index) => ({ ...STEADY, 'training.handles': 50 + index })) },
      'file handles',
    ],
    [
      'connections left open',
      { samples: samples((index) => ({ ...STEADY, 'training.connections': index })) },
      'Postgres',
    ],
    ['a lag that stays', { quiet: { steady: 'the relay is at 1 of 2', end: 1 } }, 'lag is back to zero after'],
    ['too little load', { overload: outcome({ seconds: [second()], sent: 150, refused: 50 }) }, 'twice the capacity'],
    ['an overload taken in', { overload: outcome({ seconds: [second()], sent: 200 }) }, 'under overload'],
    ['a refusal without Retry-After', { overload: { ...good.overload, rude: 1 } }, 'every refusal'],
    ['slow answers under overload', { overload: { ...good.overload, p99: 101 } }, 'p99 of the accepted'],
    [
      'no recovery',
      { recovery: outcome({ seconds: Array.from({ length: 30 }, () => second({ p99: 41 })) }) },
      'usual again',
    ],
    ['an error line', { logged: { lines: 1_000, errors: 1, examples: [] } }, 'no error in any log'],
    ['a process that does not answer', { missed: 2 }, 'every process answers'],
    ['a process that was restarted', { replaced: ['training'] }, 'every process'],
  ])('see %s', (_, changed, what) => expect(failing(changed)).toEqual([expect.stringContaining(what)]));

  it('count the seconds until all are as usual', () => {
    const before = [second({ p99: 50 }), second({ refused: 1 }), second({ accepted: 0 })];
    expect(recoveredAfter([...before, second(), second({ p99: 50 }), second(), second()], 20)).toBe(4);
    const slow = [1, 2, 3].map(() => second({ p99: 50 }));
    expect(recoveredAfter([second(), ...before, ...slow], 20)).toBeUndefined();
    expect(recoveredAfter([second({ p99: 50 })], 20)).toBeUndefined();
  });
});
