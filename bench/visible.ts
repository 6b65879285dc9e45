import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { v7 as uuidv7 } from 'uuid';
import { PARTITIONS, type LocalStack } from '#libs/local-stack/stack';
import { openLoad } from './load.js';
import { figureOf, interleaved, percentile, short, tableOf, type Sample } from './measure.js';
import { liveSchema } from './national.js';
import { caughtUp, inventRecords, officers, writeRecords, type StaffRecord } from './records.js';
import { query, withStack, type Bench, type Benchmark, type Outcome } from './stand.js';
import { withHelpers } from './tasks.js';

const RATES = [20, 500] as const;
const CONNECTIONS = 64;
const TOPIC = 'bench-latency';
/** V8 compiles what has run often: at 20 a second that takes most of a minute, in which latencies are three times as long. */
const WARM_UP = { rate: 200, seconds: 15 };
const BYTES = 350;

/** Postgres keeps the instant of every commit: both ends are read afterwards, and nobody polls meanwhile. */
const stampCommits = async (stack: LocalStack): Promise<void> => {
  const { training, projection } = stack.services;
  await stack.postgres.asSuperuser('postgres', 'ALTER SYSTEM SET track_commit_timestamp = on');
  await Promise.all([training.stop(), projection.stop()]);
  await stack.postgres.stop();
  await stack.postgres.restart();
  await Promise.all([training.restart(), projection.restart()]);
};

type Stamp = Readonly<{ assignment: string; at: number }>;
const COMMITTED = `extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000`;

const appended = (url: string, after: number): Promise<Stamp[]> =>
  query(
    url,
    `SELECT data->>'assignmentId' AS assignment, (${COMMITTED})::float8 AS at FROM events
      WHERE position > $1 AND type = 'AssignmentExcused'`,
    [after],
  );

/** Rows of the view of analysts' base table that were opened by an excuse. */
const shown = async (url: string, assignments: readonly string[]): Promise<Stamp[]> =>
  query(
    url,
    `SELECT assignment_id AS assignment, (${COMMITTED})::float8 AS at FROM ${await liveSchema(url)}.training_assignment
      WHERE assignment_id = ANY($1) AND excused IS NOT NULL AND recorded_to = 'infinity'`,
    [assignments],
  );

/** Every assignment is excused once: its row in `analytics` is written once, and its commit is the one looked for. */
const excuses = (records: readonly StaffRecord[], tokens: readonly string[]) => {
  let turn = 0;
  return () => {
    const index = turn++;
    const { staffId, assignmentIds } = records[index % records.length];
    const assignmentId = assignmentIds[Math.floor(index / records.length)];
    return {
      path: `/training/staff/${staffId}/assignments/${assignmentId}/excuse`,
      token: tokens[index % tokens.length],
      key: uuidv7(),
      body: { reason: 'other' },
    };
  };
};

const run = (perSecond: number, { rounds, quick, log }: Bench): Promise<Outcome> =>
  withStack(['training', 'projection'], (stack) =>
    withHelpers(async (start) => {
      await stampCommits(stack);
      const [own, analytics] = [stack.databaseUrl('training'), stack.databaseUrl('projection')];
      const { brokers } = stack.kafka;
      await createTopic(brokers);
      const tokens = await officers(stack, 50);
      const { origin } = new URL(stack.url('training'));

      const ours = async ({ rate, seconds }: typeof WARM_UP): Promise<Sample> => {
        const records = inventRecords(Math.max(100, Math.ceil((rate * seconds) / 9)));
        await writeRecords(own, records);
        await caughtUp(own);
        await folded(own, analytics);
        const [{ after }] = await query<{ after: number }>(own, 'SELECT max(position)::int AS after FROM events');
        const load = { origin, connections: CONNECTIONS, next: excuses(records, tokens) };
        const reached = await openLoad(load, rate, seconds);
        if (reached < rate * 0.95) log(`only ${short(reached)} of ${rate} a second were reached`);
        await caughtUp(own);
        await folded(own, analytics);
        const from = await appended(own, after);
        const to = await shown(
          analytics,
          from.map(({ assignment }) => assignment),
        );
        if (from.length !== to.length) throw new Error(`${from.length} appended, but ${to.length} shown`);
        const shownAt = new Map(to.map(({ assignment, at }) => [assignment, at]));
        const latencies = from.map(({ assignment, at }) => shownAt.get(assignment)! - at);
        return {
          value: percentile(latencies, 0.99),
          p50: percentile(latencies, 0.5),
          p99: percentile(latencies, 0.99),
        };
      };
      const [producing, consuming] = [start('dist/bench/kafka-helper.js'), start('dist/bench/kafka-helper.js')];
      const raw = async ({ rate, seconds }: typeof WARM_UP): Promise<Sample> => {
        await consuming.ask('consume', { brokers, topic: TOPIC });
        const count = await producing.ask<number>('produce', {
          brokers,
          topic: TOPIC,
          perSecond: rate,
          seconds,
          bytes: BYTES,
        });
        const sample = await consuming.ask<Sample>('consumed', { count });
        await createTopic(brokers); // an empty one for the next round
        return sample;
      };
      await ours(WARM_UP);
      await raw(WARM_UP);
      const seconds = (quick ? 0.3 : 1) * (perSecond < 100 ? 60 : 20);
      const asked = { rate: perSecond, seconds };
      const samples = await interleaved(rounds, { visible: () => ours(asked), kafka: () => raw(asked) }, log);
      const reference = { name: 'kafkajs, produce to consume', samples: samples.kafka };
      return {
        figures: [figureOf(`visible.${perSecond}.p99`, 'ms', samples.visible, reference)],
        notes: [
          `${perSecond} commands a second for ${seconds} s, after ${WARM_UP.seconds} s of ${WARM_UP.rate} a second: training command → store → relay → Kafka → projection → row of \`analytics.training_assignment\`; both instants are Postgres commit timestamps. Reference: one record of ${BYTES} bytes a send, acks of all replicas, another process consumes.`,
          '',
          ...tableOf(samples, 'p99 ms'),
        ],
      };
    }),
  );

const createTopic = async (brokers: string): Promise<void> => {
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  if ((await admin.listTopics()).includes(TOPIC)) {
    await admin.deleteTopics({ topics: [TOPIC] });
    while ((await admin.listTopics()).includes(TOPIC)) await pause(50);
  }
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }], waitForLeaders: true });
  await admin.disconnect();
};

/** Waits until the projection has taken in everything the service has published. */
const folded = async (own: string, analytics: string): Promise<void> => {
  const published = async () => {
    const [{ offsets }] = await query<{ offsets: Readonly<Record<string, number>> }>(
      own,
      'SELECT offsets FROM relay_progress',
    );
    return Object.values(offsets).reduce((sum, offset) => sum + Number(offset), 0);
  };
  const taken = async () => {
    const [{ sum }] = await query<{ sum: number | null }>(
      analytics,
      `SELECT sum(next_offset)::int AS sum FROM consumer_offsets WHERE topic = 'jinzai.training.events'`,
    );
    return sum ?? 0;
  };
  const wanted = await published();
  while ((await taken()) < wanted) await pause(50);
};

export const visible: readonly Benchmark[] = RATES.map((rate) => ({
  name: `From the append to the analysts, ${rate} a second`,
  ids: [`visible.${rate}.p99`],
  run: (bench) => run(rate, bench),
}));
