import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { closedLoad } from './load.js';
import { figureOf, interleaved, median, type Sample } from './measure.js';
import { caughtUp, inventRecords, officers, Turns, writeRecords } from './records.js';
import { withStack, type Bench, type Benchmark, type Outcome } from './stand.js';

const CONNECTIONS = 64;
const OFFICERS = 50;

/** Resident memory in MB: the median of some seconds, for it breathes with the garbage collector. */
const residentOf = async (pid: number): Promise<number> => {
  const seen: number[] = [];
  for (let look = 0; look < 10; look++) {
    seen.push(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
    await pause(500);
  }
  return median(seen);
};

/** Each round is a new process of the service: 10,000 commands, a look, commands up to 100,000, a look. */
const run = ({ rounds, quick, log }: Bench): Promise<Outcome> =>
  withStack(['training'], async (stack) => {
    const few = quick ? 3_000 : 10_000;
    const many = few * 10;
    const url = stack.databaseUrl('training');
    const service = stack.services.training;
    const tokens = await officers(stack, OFFICERS);
    const { origin } = new URL(stack.url('training'));
    const later: Sample[] = [];
    const { early } = await interleaved(
      rounds,
      {
        early: async () => {
          const records = inventRecords(many / 10);
          await writeRecords(url, records);
          const turns = new Turns(records, CONNECTIONS, '/training', tokens);
          await caughtUp(url);
          await service.stop();
          await service.restart();
          const load = { origin, connections: CONNECTIONS, next: (connection: number) => turns.request(connection) };
          const resident = async (requests: number): Promise<Sample> => {
            await closedLoad(load, { requests });
            await caughtUp(url);
            return { value: await residentOf(service.pid!) };
          };
          const first = await resident(few);
          later.push(await resident(many - few));
          return first;
        },
      },
      log,
    );
    const each = (samples: readonly Sample[]) => samples.map(({ value }) => Math.round(value)).join(' · ');
    return {
      figures: [
        figureOf('memory.service', 'MB', later, { name: `after ${few.toLocaleString('en-US')}`, samples: early }),
      ],
      notes: [
        `The training service at ${CONNECTIONS} connections, started anew each round: MB after ${few.toLocaleString('en-US')} commands ${each(early)}, after ${many.toLocaleString('en-US')} ${each(later)}.`,
      ],
    };
  });

export const memory: Benchmark = { name: 'Memory of a service', ids: ['memory.service'], run };
