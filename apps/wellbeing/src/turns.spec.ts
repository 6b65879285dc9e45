import { Turns } from './turns.js';

describe('turns', () => {
  it('go one after another for one key, also after a failure, and side by side for others', async () => {
    const turns = new Turns();
    const log: string[] = [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = turns.run('a', async () => {
      await held;
      log.push('a1');
      throw new Error('refused');
    });
    const second = turns.run('a', async () => void log.push('a2'));
    await turns.run('b', async () => void log.push('b'));
    expect(log).toEqual(['b']);
    release();
    await expect(first).rejects.toThrow('refused');
    await second;
    expect(log).toEqual(['b', 'a1', 'a2']);
    expect(await turns.run('a', async () => 'free')).toBe('free');
  });
});
