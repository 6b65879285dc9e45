import { FIRST_PORT_BASE, LAST_PORT_BASE, portBaseFrom } from '#libs/local-stack/ports';

export const USAGE = `npm run demo [-- --fresh] [-- --check]

  --fresh   removes the data of earlier runs and starts over
  --check   recomputes every printed figure from the input files and looks for leaks, then stops:
            exit status 0 when everything holds, 1 when not
  --help    prints this

Without a flag it keeps the data of the last run and stays up until Ctrl-C.
JINZAI_PORT_BASE=<${FIRST_PORT_BASE}–${LAST_PORT_BASE}> moves all ports (7100 unless set).`;

export type Asked =
  | Readonly<{ does: 'run'; fresh: boolean; check: boolean; portBase: number }>
  | Readonly<{ does: 'help' }>
  | Readonly<{ does: 'refuse'; why: string }>;

const FLAGS = new Set(['--fresh', '--check', '--help']);

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
