import { parseArgs } from 'node:util';
import { KINDS, type Kind } from './kinds.js';

export const USAGE = `npm run test:faults -- [options]

  --rounds N       faults to inject, one a round (30)
  --seed S         chooses faults, moments and load (1)
  --start-at K     number of the first round: with --rounds 1 it repeats one (1)
  --only A,B       only faults of these kinds: ${KINDS.join(', ')}
  --long           outages last 30 s, leases and sessions as in production
  --full-every M   rounds after which everything is compared, not only what has changed (10)
  --staff N        people each city begins with (90)
  --self-test      plants faults in copies of the databases and topics after the rounds: each must be complained of
  --report         keeps all reports of var/faults in faults/measured, writes docs/reliability.md from those, and runs nothing
  --help

Leaves a report in var/faults/report-<seed>-<first round>.json; exit status 0 when every round held, 1 when one did not, 2 wrong usage.`;

export type Asked =
  | Readonly<{ does: 'help' }>
  | Refusal
  | Readonly<{ does: 'report' }>
  | (Readonly<{ does: 'run' }> & Settings);

export type Refusal = Readonly<{ does: 'refuse'; why: string }>;

export type Settings = Readonly<{
  rounds: number;
  seed: number;
  startAt: number;
  only: readonly Kind[];
  long: boolean;
  fullEvery: number;
  staff: number;
  selfTest: boolean;
}>;

const OPTIONS = {
  rounds: { type: 'string', default: '30' },
  seed: { type: 'string', default: '1' },
  'start-at': { type: 'string', default: '1' },
  only: { type: 'string' },
  long: { type: 'boolean', default: false },
  'full-every': { type: 'string', default: '10' },
  staff: { type: 'string', default: '90' },
  'self-test': { type: 'boolean', default: false },
  report: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** What the command line asks for. */
export const asked = (args: readonly string[]): Asked =>
  orRefusal<Asked>(() => {
    const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true });
    if (values.help) return { does: 'help' };
    if (values.report) return alone(args, { does: 'report' });
    return {
      does: 'run',
      rounds: whole('rounds', values.rounds, 1),
      seed: whole('seed', values.seed, 0),
      startAt: whole('start-at', values['start-at'], 1),
      only: kindsOf(values.only),
      long: values.long,
      fullEvery: whole('full-every', values['full-every'], 1),
      staff: whole('staff', values.staff, 80),
      selfTest: values['self-test'],
    };
  });

/** @throws Error where something else is asked for beside it, which would be ignored */
export const alone = <Asks>(args: readonly string[], asked: Asks): Asks => {
  if (args.length > 1) throw new Error('--report takes no other option');
  return asked;
};

/** What a command line asks for, or why it is refused. */
export const orRefusal = <Asks>(read: () => Asks): Asks | Refusal => {
  try {
    return read();
  } catch (error) {
    return { does: 'refuse', why: error instanceof Error ? error.message : String(error) };
  }
};

/** @throws Error for what is no whole number from `least` */
export const whole = (name: string, value: string, least: number): number => {
  if (!/^\d{1,9}$/.test(value) || Number(value) < least) throw new Error(`--${name} needs a number from ${least}`);
  return Number(value);
};

const kindsOf = (list?: string): readonly Kind[] =>
  (list?.split(',') ?? []).map((name) => {
    const kind = KINDS.find((one) => one === name);
    if (kind === undefined) throw new Error(`no such fault: "${name}"; there are ${KINDS.join(', ')}`);
    return kind;
  });
