import { spawnSync } from 'node:child_process';
import { FIRST_PORT_BASE, LAST_PORT_BASE } from '#libs/local-stack/ports';
import { asked, USAGE } from './arguments.js';

describe('the command line of the demo', () => {
  it('keeps the data and stays up when nothing is asked for', () => {
    expect(asked([])).toEqual({ does: 'run', fresh: false, check: false, portBase: 7100 });
  });

  it('takes flags in any order and the ports from their setting', () => {
    expect(asked(['--check', '--fresh'], '8300')).toEqual({ does: 'run', fresh: true, check: true, portBase: 8300 });
  });

  it('is told in the text that is shown, ports included', () => {
    expect(USAGE.match(/^ {2}--[a-z]+/gm)).toEqual(['  --fresh', '  --check', '  --help']);
    expect(USAGE).toContain(`JINZAI_PORT_BASE=<${FIRST_PORT_BASE}–${LAST_PORT_BASE}>`);
  });

  it.each([
    [['--help'], 0],
    [['--chek'], 2],
  ])('is answered before set-up for %p, with status %i', (args, status) => {
    const done = spawnSync(process.execPath, ['scripts/demo.mjs', ...args], { encoding: 'utf8', env: {} });
    expect([done.status, (done.stdout + done.stderr).includes(USAGE)]).toEqual([status, true]);
  });

  it('helps whatever else is said', () => {
    expect(asked(['--fresh', '--help'], 'abc')).toEqual({ does: 'help' });
  });

  it.each(['--chek', 'fresh', '-h', ''])('refuses %p by name and tells what there is', (flag) => {
    expect(asked(['--fresh', flag])).toEqual({ does: 'refuse', why: `no such flag: ${flag}\n\n${USAGE}` });
  });

  it.each(['abc', '', '80', '1023', '65001', '99999', '7100.5', '-7100', '1e4'])(
    'refuses %p as the base of all ports',
    (setting) => {
      expect(asked([], setting)).toEqual({
        does: 'refuse',
        why: `JINZAI_PORT_BASE must be a whole number from 1024 to 65000, not "${setting}"`,
      });
    },
  );

  it.each(['1024', '65000'])('takes %s as the base of all ports', (setting) => {
    expect(asked([], setting)).toMatchObject({ does: 'run', portBase: Number(setting) });
  });
});
