import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_PORT_BASE, LAST_PORT_BASE, portBaseFrom } from '#libs/local-stack/ports';

/** Read from a file that can be shown before anything is installed or built. */
export const USAGE = readFileSync(join('demo', 'usage.txt'), 'utf8').trimEnd();

export type Asked =
  | Readonly<{ does: 'run'; fresh: boolean; check: boolean; portBase: number }>
  | Readonly<{ does: 'help' }>
  | Readonly<{ does: 'refuse'; why: string }>;

const FLAGS = new Set([...USAGE.matchAll(/^ {2}(--[a-z]+) /gm)].map(([, flag]) => flag));

/** What the command line asks for; anything unknown is refused, for a mistyped flag must not start something else. */
export const asked = (args: readonly string[], portSetting?: string): Asked => {
  const unknown = args.find((arg) => !FLAGS.has(arg));
  if (unknown !== undefined) return { does: 'refuse', why: `no such flag: ${unknown}\n\n${USAGE}` };
  if (args.includes('--help')) return { does: 'help' };
  const portBase = portBaseFrom(portSetting);
  if (portBase === undefined) {
    const why = `JINZAI_PORT_BASE must be a whole number from ${FIRST_PORT_BASE} to ${LAST_PORT_BASE}, not "${portSetting}"`;
    return { does: 'refuse', why };
  }
  return { does: 'run', fresh: args.includes('--fresh'), check: args.includes('--check'), portBase };
};
