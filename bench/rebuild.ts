import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { KafkajsPort } from '#libs/messaging/kafkajs-port';
import type { LocalStack } from '#libs/local-stack/stack';
import { CAREER_LENGTH, careerOf, careerRecords } from './careers.js';
import { figureOf, interleaved, short, type Sample } from './measure.js';
import { checkpoint, newDatabase, query, withStack, type Bench, type Benchmark, type Outcome } from './stand.js';
import { EMMETT, withHelpers } from './tasks.js';

const TOPIC = 'jinzai.placement.events';
const PRODUCE_AT_ONCE = 2_000;

/** Fills placement's topic as its relay would have. */
const publish = async (stack: LocalStack, staff: number): Promise<number> => {
  const kafka = new KafkajsPort({ brokers: [stack.kafka.brokers], clientId: 'bench', onLog: () => undefined });
  const partitions = (await kafka.partitionsOf([TOPIC])).get(TOPIC);
  if (!partitions) throw new Error(`${TOPIC} is missing`);
  const records = careerRecords(staff, partitions);
  const producer = kafka.producer();
  for (let from = 0; from < records.length; from += PRODUCE_AT_ONCE)
    await producer.send(TOPIC, records.slice(from, from + PRODUCE_AT_ONCE));
  await kafka.close();
  return records.length;
};

const takenIn = async (url: string): Promise<number> => {
  const [{ taken }] = await query<{ taken: number }>(
    url,
    'SELECT coalesce(sum(next_offset), 0)::int AS taken FROM consumer_offsets WHERE topic = $1',
    [TOPIC],
  );
  return taken;
};

/** The operator's own command, in a process of its own beside the running projection; 1 would say that versions differ. */
const operator = async (stack: LocalStack, ...args: string[]): Promise<void> => {
  const env = { ...stack.services.projection.options.env, PATH: process.env.PATH };
  await promisify(execFile)(process.execPath, ['dist/libs/operator/cli.js', 'rebuild', ...args], { env });
};

const run = ({ rounds, quick, log }: Bench): Promise<Outcome> =>
  withStack(['projection'], (stack) =>
    withHelpers(async (start) => {
      const staff = quick ? 2_000 : 20_000;
      const forEmmett = quick ? 300 : 3_000;
      const { projection } = stack.services;
      await topicsDeclared(stack);
      await projection.stop();
      const count = await publish(stack, staff);
      const [kafka, emmett] = [start('dist/bench/kafka-helper.js'), start(EMMETT)];
      const emmettUrl = await newDatabase(stack.postgres, 'emmett');
      await emmett.ask('migrate', { url: emmettUrl });
      const careers = Array.from({ length: forEmmett }, (_, number) => [`staff-${number}`, careerOf(number)]);
      await emmett.ask('prepare', { url: emmettUrl, streams: Object.fromEntries(careers) as object, writers: 1 });
      const url = stack.databaseUrl('projection');
      await projection.restart();
      while ((await takenIn(url)) < count) await pause(100);

      const readings: Sample[] = [];
      /** From the begin of the version to the moment at which it follows: reading, folding, writing, keys and indexes. */
      const ours = async (): Promise<Sample> => {
        await checkpoint(stack.postgres);
        await operator(stack, 'start', 'retention');
        const [{ seconds, reading }] = await query<{ seconds: number; reading: number }>(
          url,
          `SELECT extract(epoch FROM v.filled_at - v.created_at)::float8 AS seconds, p.per_second AS reading
             FROM facts_version v JOIN facts_progress p ON p.version = v.name WHERE v.state = 'following'`,
        );
        readings.push({ value: reading });
        await operator(stack, 'compare', 'retention');
        await operator(stack, 'cancel');
        return { value: count / seconds };
      };
      const samples = await interleaved(
        rounds,
        {
          rebuild: ours,
          kafkajs: () => kafka.ask<Sample>('readAll', { brokers: stack.kafka.brokers, topic: TOPIC, count }),
          emmett: async () => {
            await checkpoint(stack.postgres);
            return emmett.ask<Sample>('rebuild', { url: emmettUrl, count: forEmmett * CAREER_LENGTH });
          },
        },
        log,
      );
      const each = (taken: readonly Sample[]) => taken.map(({ value }) => short(value)).join(' · ');
      return {
        figures: [
          figureOf('rebuild', 'events/s', samples.rebuild, {
            name: 'kafkajs eachBatch, JSON.parse',
            samples: samples.kafkajs,
          }),
          figureOf('rebuild.emmett', 'events/s', samples.rebuild, {
            name: 'Emmett, SQL projection, batches of 1,000, no pull delay',
            samples: samples.emmett,
          }),
        ],
        notes: [
          `${count.toLocaleString('en-US')} events of ${staff.toLocaleString('en-US')} staff, ${CAREER_LENGTH} each, folded into careers and tables of facts with two clocks by \`rebuild start\`, keys and indexes included, and found by \`rebuild compare\` to hold the same as the live version; Emmett: ${(forEmmett * CAREER_LENGTH).toLocaleString('en-US')} of the same events, one upsert each.`,
          '',
          `Events a second: ours ${each(samples.rebuild)}, of which reading and folding alone ${each(readings)}; kafkajs ${each(samples.kafkajs)}; Emmett ${each(samples.emmett)}.`,
        ],
      };
    }),
  );

/** The projection declares the topics it reads; placement itself does not run here. */
const topicsDeclared = async (stack: LocalStack): Promise<void> => {
  const kafka = new KafkajsPort({ brokers: [stack.kafka.brokers], clientId: 'bench', onLog: () => undefined });
  while (!(await kafka.partitionsOf([TOPIC])).has(TOPIC)) await pause(100);
  await kafka.close();
};

export const rebuild: Benchmark = {
  name: 'Rebuilding a subject',
  ids: ['rebuild', 'rebuild.emmett'],
  run,
};
