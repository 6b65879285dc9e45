import { asked } from './arguments.js';

describe('the command line of the drill', () => {
  it('has a default for everything', () => {
    expect(asked([])).toMatchObject({
      does: 'run',
      rounds: 30,
      seed: 1,
      startAt: 1,
      only: [],
      long: false,
      selfTest: false,
    });
  });

  it('repeats one round', () => {
    expect(asked(['--seed', '7', '--rounds', '1', '--start-at', '12'])).toMatchObject({
      rounds: 1,
      seed: 7,
      startAt: 12,
    });
  });

  it('takes kinds of faults by name', () => {
    expect(asked(['--only', 'zombie,kill-kafka'])).toMatchObject({ only: ['zombie', 'kill-kafka'] });
  });

  it.each([
    [['--only', 'flood'], 'no such fault: "flood"'],
    [['--only', ''], 'no such fault: ""'],
    [['--rounds', 'many'], '--rounds needs a number from 1'],
    [['--report', '--rounds', '3'], '--report takes no other option'],
    [['--start-at', '0'], '--start-at needs a number from 1'],
    [['--what'], "Unknown option '--what'"],
  ])('refuses %j', (args, why) => {
    expect(asked(args)).toMatchObject({ does: 'refuse', why: expect.stringContaining(why) });
  });
});
