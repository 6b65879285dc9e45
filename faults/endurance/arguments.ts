import { parseArgs } from 'node:util';
import { alone, orRefusal, whole, type Refusal } from '../arguments.js';

export const USAGE = `npm run test:endurance -- [options]

  --minutes N      length of the steady load at half the measured capacity (30)
  --staff N        people each city begins with (200)
  --plant          plants leaks, error lines and a service that takes on whatever comes: the verdicts must see them
  --busy-after MS  another BUSY_AFTER_MS than the default of the services
  --report         writes docs/endurance.md from what is kept in faults/measured, and runs nothing
  --help

Before it the capacity is measured, after it come 60 s at twice the capacity and the recovery from it. Keeps what it
found in faults/measured and writes docs/endurance.md; with --plant only what it adds to it. Exit status 0 when every verdict holds (with --plant: when
every one that should not does not), else 1; 2 wrong usage.`;

export type Settings = Readonly<{ minutes: number; staff: number; plant: boolean; busyAfter?: number }>;

export type Asked = Readonly<{ does: 'help' | 'report' }> | Refusal | (Readonly<{ does: 'run' }> & Settings);

const OPTIONS = {
  minutes: { type: 'string', default: '30' },
  staff: { type: 'string', default: '200' },
  plant: { type: 'boolean', default: false },
  'busy-after': { type: 'string' },
  report: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** What the command line asks for. */
export const asked = (args: readonly string[]): Asked =>
  orRefusal<Asked>(() => {
    const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true });
    if (values.help) return { does: 'help' };
    if (values.report) return alone(args, { does: 'report' });
    const busyAfter = values['busy-after'];
    return {
      does: 'run',
      minutes: whole('minutes', values.minutes, 1),
      staff: whole('staff', values.staff, 80),
      plant: values.plant,
      ...(busyAfter !== undefined && { busyAfter: whole('busy-after', busyAfter, 1) }),
    };
  });
