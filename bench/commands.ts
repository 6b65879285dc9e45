import { closedLoad } from './load.js';
import { costing } from './cpu.js';
import { figureOf, interleaved, short, tableOf, type Sample } from './measure.js';
import { caughtUp, forEmmett, inventRecords, officers, Turns, writeRecords } from './records.js';
import { checkpoint, newDatabase, withStack, type Bench, type Benchmark, type Outcome } from './stand.js';
import { EMMETT, withHelpers } from './tasks.js';

const CONNECTIONS = 64;
const OFFICERS = 200;
const WARM_UP_SECONDS = 4;

/**
 * The command: a training officer excuses an assignment, or opens it again. Token, role, body, correlation and
 * idempotency are checked, the person's stream of 10 to 20 events is read and folded, the decider decides, one event is
 * appended; list, hash chain, relay and Kafka run beside it as they do in a city.
 */
const run = ({ rounds, quick, log }: Bench): Promise<Outcome> =>
  withStack(['training'], (stack) =>
    withHelpers(async (start) => {
      const seconds = quick ? 3 : 5;
      const streams = quick ? 1500 : 5000;
      const own = stack.databaseUrl('training');
      const emmettUrl = await newDatabase(stack.postgres, 'emmett');
      const emmett = start(EMMETT);
      await emmett.ask('migrate', { url: emmettUrl });
      const port = await emmett.ask<number>('serve', { url: emmettUrl, today: new Date().toISOString().slice(0, 10) });
      const tokens = await officers(stack, OFFICERS);
      const { origin } = new URL(stack.url('training'));
      /** Fresh records each time, so that streams have 10 to 20 events whatever the round. */
      const ours = async (time: number): Promise<Sample> => {
        const records = inventRecords(streams);
        await writeRecords(own, records);
        await caughtUp(own);
        return driven(origin, new Turns(records, CONNECTIONS, '/training', tokens), stack.services.training.pid, time);
      };
      const theirs = async (time: number): Promise<Sample> => {
        const records = inventRecords(streams);
        await emmett.ask('prepare', { url: emmettUrl, streams: forEmmett(records) });
        return driven(`http://127.0.0.1:${port}`, new Turns(records, CONNECTIONS, '', ['']), emmett.pid, time);
      };
      const driven = async (to: string, turns: Turns, server: number | undefined, time: number): Promise<Sample> => {
        await checkpoint(stack.postgres);
        const load = { origin: to, connections: CONNECTIONS, next: (connection: number) => turns.request(connection) };
        return costing({ Node: server, Postgres: stack.postgres.pid, Kafka: stack.kafka.pid }, () =>
          closedLoad(load, { seconds: time }),
        );
      };
      await ours(WARM_UP_SECONDS);
      await theirs(WARM_UP_SECONDS);
      await caughtUp(own);
      const waiting: number[] = [];
      const samples = await interleaved(
        rounds,
        {
          command: async () => {
            const sample = await ours(seconds);
            const before = performance.now();
            await caughtUp(own);
            waiting.push(performance.now() - before);
            return sample;
          },
          emmett: () => theirs(seconds),
          append: async () => {
            await checkpoint(stack.postgres);
            return emmett.ask<Sample>('append', { url: emmettUrl, concurrency: CONNECTIONS, seconds });
          },
        },
        log,
      );
      return {
        figures: [
          figureOf('command.c64', 'commands/s', samples.command, {
            name: 'Emmett behind Express, no token, validation or log',
            samples: samples.emmett,
          }),
          figureOf('command.c64.append', 'commands/s', samples.command, {
            name: 'Emmett, bare append',
            samples: samples.append,
          }),
        ],
        notes: [
          `${CONNECTIONS} connections, ${streams.toLocaleString('en-US')} streams of 10 events a round, ${OFFICERS} tokens, ${seconds} s a measurement after ${WARM_UP_SECONDS} s of warm-up.`,
          `Lists, hash chain and relay had caught up ${short(Math.max(...waiting))} ms after the load at the latest.`,
          '',
          ...tableOf(samples, 'a second'),
        ],
      };
    }),
  );

export const commands: Benchmark = {
  name: 'A whole command over HTTP',
  ids: ['command.c64', 'command.c64.append'],
  run,
};
