import { spokenGoal, verdict } from './goals.js';

describe('a goal', () => {
  it.each([
    [{ what: '', atLeast: 8 }, 8, 'met'],
    [{ what: '', atLeast: 8 }, 6, 'missed by 25 %'],
    [{ what: '', atMost: 3 }, 2.9, 'met'],
    [{ what: '', atMost: 3 }, 3.3, 'missed by 10 %'],
    [{ what: '', atMost: 3 }, 3.001, 'missed by 1 %'],
  ])('%j at %d is %s', (goal, ratio, expected) => expect(verdict(goal, ratio)).toBe(expected));

  it('is spoken', () =>
    expect([spokenGoal({ what: '', atLeast: 2.3 }), spokenGoal({ what: '', atMost: 3 })]).toEqual(['≥ 2.3×', '≤ 3×']));
});
