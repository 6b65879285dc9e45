import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Injection, Scene } from './injections.js';

const TOOL = 'dist/apps/projection/src/rebuild/cli.js';
/** Name under which the watcher in the tool's process takes its orders. */
const NAME = 'rebuild';

/**
 * The facts of the analysts are filled anew while commands go on, and the process that does it dies: half-way, just before
 * it switches, or just after. What is then beside the live version is dropped.
 */
export const killedRebuild = ({ world, random }: Scene): Injection => {
  const place = random.pick(['half-way', 'rebuild.before-switch', 'rebuild.after-switch'] as const);
  const wait = random.between(600, 3_000);
  let died = false;
  const tool = (...args: string[]) => {
    const { PATH, HOME } = process.env;
    const { env } = world.stack.services.projection.options;
    const own = { PATH, HOME, TZ: 'UTC', NODE_NO_WARNINGS: '1', ...env, FAULTS_NAME: NAME };
    const child = spawn(process.execPath, [TOOL, ...args], { env: own, stdio: 'ignore' });
    return { child, ended: new Promise<number | null>((resolve) => child.once('exit', resolve)) };
  };
  return {
    what: place === 'half-way' ? `half-way, after ${wait} ms` : `at ${place}, time 1`,
    strike: async () => {
      world.arm(NAME, place === 'half-way' ? {} : { point: place, nth: 1 });
      const { child, ended } = tool('run', 'all');
      if (place === 'half-way') {
        await Promise.race([pause(wait), ended]);
        child.kill('SIGKILL');
      }
      died = (await ended) === null;
    },
    finish: async () => {
      world.arm(NAME, {});
      await tool('cancel').ended; // refused when nothing is beside the live one
      return died;
    },
  };
};
