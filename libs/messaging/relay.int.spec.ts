import { DecidedLog } from '#libs/event-store/decided-log';
import type { Metadata } from '#libs/event-store/event-store';
import { Lease } from '#libs/event-store/lease';
import { eventually } from '#libs/testing/eventually';
import { fromCloudEvent } from './cloud-event.js';
import type { FetchedRecord, KafkaConsumer, KafkaPort, KafkaProducer } from './kafka-port.js';
import { KafkajsPort } from './kafkajs-port.js';
import {
  CITY,
  lamp,
  openTestMessaging,
  PARTITIONS,
  streamOf,
  type LampEvent,
  type TestMessaging,
} from './messaging.fixture.js';
import { PublicEvents } from './public-events.js';
import { definePublishes, type Publishes } from './publishes.js';
import { Ousted, RelayProgress } from './relay-progress.js';
import { Relay } from './relay.js';

const metadata: Metadata = { actor: 'tester', correlationId: 'c-1', traceparent: '00-1-2-01' };

describe('relay', () => {
  let world: TestMessaging;
  let consumer: KafkaConsumer;
  let publishes: Publishes;
  let faulty: (data: LampEvent['data']) => boolean = () => false;
  const records: (FetchedRecord & { partition: number })[] = [];
  const running: Relay[] = [];

  const relay = (
    name: string,
    kafka: KafkaPort = world.kafka,
    map: Publishes = publishes,
    retryHeldMs = 30_000,
  ): Relay => {
    const { pool, contract } = world;
    const lease = new Lease(pool, 'relay', name, 2_000);
    const made = new Relay({
      pool,
      log: new DecidedLog(pool),
      lease,
      kafka,
      contract,
      publishes: map,
      partitions: PARTITIONS,
      retryHeldMs,
    });
    running.push(made);
    made.start();
    return made;
  };
  const append = (id: string, ...events: LampEvent[]) =>
    world.store.append(lamp, { municipality: CITY, id }, 'any', events, { metadata });
  const bought = (lampId: string): LampEvent => ({ type: 'LampBought', data: { lampId } });
  const dusted = (lampId: string): LampEvent => ({ type: 'LampDusted', data: { lampId } });
  const turned = (lampId: string, on: boolean): LampEvent => ({ type: 'LampSwitched', data: { lampId, on } });
  const versionsOf = (id: string) =>
    records.filter(({ key }) => key === streamOf(id)).map(({ headers }) => Number(headers.ce_streamversion));
  const eventsOf = (id: string) => new PublicEvents(world.pool, world.contract, publishes).of(CITY, streamOf(id), 0);

  beforeAll(async () => {
    world = await openTestMessaging('relay');
    publishes = definePublishes(world.contract, {
      LampBought: { as: 'Bought', data: ({ data }) => data },
      LampSwitched: {
        as: 'Switched',
        data: ({ data }) => {
          if (faulty(data as LampEvent['data'])) throw new Error('cannot be mapped');
          return data;
        },
      },
    });
    consumer = world.kafka.consumer({
      group: world.contract.service,
      topics: [world.topic],
      onAssigned: () => undefined,
      positions: async (assigned) => assigned.map((at) => ({ ...at, offset: 0 })),
      batch: async (batch) =>
        void records.push(...batch.records.map((record) => ({ ...record, partition: batch.partition }))),
      onError: () => undefined,
      onCycle: () => undefined,
    });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
    faulty = () => false;
  });
  afterAll(async () => {
    await consumer.close();
    await world.close();
  });

  it('does not record what it read before Postgres crashed: positions may be drawn again', async () => {
    const service = `crashed-${world.contract.service}`;
    const progress = new RelayProgress(world.pool, service);
    await progress.claim(1);
    const step = { from: 0, to: 9, run: 'before the crash' };
    const saved = progress.save(1, step, '2026-04-01T00:00:00.000000Z', new Map(), []);
    await expect(saved).rejects.toBeInstanceOf(Ousted);
    expect((await progress.claim(2)).position).toBe(0);
    await world.pool.query('DELETE FROM relay_progress WHERE name = $1', [service]);
  });

  it('publishes what is public, in order, as CloudEvents that name the previous public version', async () => {
    relay('one');
    await append('a', bought('a'), dusted('a'), turned('a', true));
    await append('a', turned('a', false));
    await eventually(() => versionsOf('a').length === 3);
    expect(versionsOf('a')).toEqual([1, 3, 4]);
    const published = records.filter(({ key }) => key === streamOf('a'));
    expect(published.map(({ headers }) => headers.ce_previousversion)).toEqual(['0', '1', '3']);
    expect(new Set(published.map(({ partition }) => partition)).size).toBe(1);
    const [first] = await eventsOf('a');
    expect(fromCloudEvent(published[0])).toEqual(first);
    expect(published[0].headers).toMatchObject({
      ce_specversion: '1.0',
      ce_id: first.id,
      ce_source: `/jinzai/${world.contract.service}`,
      ce_type: `jinzai.${world.contract.service}.Bought.v1`,
      ce_subject: streamOf('a'),
      ce_time: first.recordedAt,
      ce_municipality: CITY,
      ce_correlationid: 'c-1',
      traceparent: '00-1-2-01',
      'content-type': 'application/json',
    });
  });

  it('sends more than a broker takes in one batch of a partition', async () => {
    relay('one');
    const long = 'x'.repeat(4_000);
    const many = Array.from({ length: 600 }, () => turned(long, true)); // 2.4 MB in one stream
    await append('big', ...many);
    await eventually(() => versionsOf('big').length === many.length);
    expect(versionsOf('big')).toEqual(many.map((_, index) => index + 1));
  });

  it('sends again what a crash of Postgres took back of its place', async () => {
    relay('one');
    await append('crash', bought('crash'));
    await eventually(() => versionsOf('crash').length === 1);
    await world.pool.query('UPDATE relay_progress SET position = position - 1');
    await eventually(() => versionsOf('crash').length === 2);
    await append('crash', turned('crash', true));
    await eventually(() => versionsOf('crash').includes(2));
    expect(new Set(versionsOf('crash'))).toEqual(new Set([1, 2]));
  });

  it('says up to when and where the topic is complete', async () => {
    const events = new PublicEvents(world.pool, world.contract, publishes);
    relay('one');
    await append('w', bought('w'));
    const [{ recordedAt }] = await eventsOf('w');
    const watermark = await eventually(async () => {
      const mark = await events.watermark();
      return mark && mark.recordedUpTo >= recordedAt ? mark : undefined;
    });
    const ends = await world.kafka.endOffsets(world.topic);
    expect(watermark.offsets).toEqual(Object.fromEntries(ends));
  });

  it('holds a stream behind an event that cannot be published, while others flow, and releases it in order', async () => {
    faulty = (data) => data.lampId === 'h';
    const first = relay('one');
    await append('h', bought('h'), turned('h', true), bought('h'));
    await append('i', bought('i'));
    await eventually(() => versionsOf('i').length === 1);
    await append('h', turned('h', false));
    await eventually(() => first.status().held === 3);
    expect(versionsOf('h')).toEqual([1]);
    const { rows } = await world.pool.query('SELECT type, reason FROM relay_held ORDER BY position');
    expect(rows).toEqual([
      { type: 'LampSwitched', reason: 'Error: cannot be mapped' },
      { type: 'LampBought', reason: 'behind a held event' },
      { type: 'LampSwitched', reason: 'behind a held event' },
    ]);
    const [, held] = await world.pool
      .query<{ at: string }>('SELECT recorded_at::text AS at FROM relay_held ORDER BY position')
      .then((answer) => [0, answer.rows[0].at] as const);
    const { rows: marks } = await world.pool.query(
      'SELECT recorded_up_to < $1::timestamptz AS short FROM relay_progress',
      [held],
    );
    expect(marks).toEqual([{ short: true }]);
    await first.stop();
    faulty = () => false;
    const second = relay('two');
    await eventually(() => versionsOf('h').length === 4);
    expect(versionsOf('h')).toEqual([1, 2, 3, 4]);
    await eventually(() => second.status().held === 0);
  });

  it('loses nothing when it dies after sending and before saving: the same ids come again', async () => {
    const dying: KafkaPort = Object.create(world.kafka, {
      producer: {
        value: (): KafkaProducer => {
          const producer = world.kafka.producer();
          const send: KafkaProducer['send'] = async (...sent) => {
            await producer.send(...sent);
            throw new Error('died after sending');
          };
          return { send, close: () => producer.close() };
        },
      },
    });
    const first = relay('one', dying);
    await append('d', bought('d'), turned('d', true));
    await eventually(() => versionsOf('d').length >= 2);
    await eventually(() => first.status().error?.includes('died after sending'));
    await first.stop();
    const seen = versionsOf('d').length;
    relay('two');
    await eventually(() => versionsOf('d').length >= seen + 2);
    const ids = records.filter(({ key }) => key === streamOf('d')).map(({ headers }) => headers.ce_id);
    expect(new Set(ids).size).toBe(2);
    expect(versionsOf('d').slice(-2)).toEqual([1, 2]);
  });

  it('cannot save once another owner has taken over, and the other one goes on where it was', async () => {
    const first = relay('one');
    await eventually(() => first.status().owner);
    await world.pool.query(
      `UPDATE leases SET expires_at = clock_timestamp() - interval '1 second' WHERE name = 'relay'`,
    );
    const second = relay('two');
    await eventually(() => second.status().owner);
    await eventually(() => first.status().error?.includes('overtaken') || !first.status().owner);
    await append('f', bought('f'));
    await eventually(() => versionsOf('f').length >= 1);
    const { rows } = await world.pool.query(
      'SELECT p.epoch = l.epoch AS newest FROM relay_progress p, leases l WHERE l.name = $1',
      ['relay'],
    );
    expect(rows).toEqual([{ newest: true }]);
    expect(await first.stop()).toBeUndefined();
    await append('f', turned('f', true));
    await eventually(() => versionsOf('f').includes(2));
  });

  it('lets commands succeed and can be stopped while Kafka is away, and publishes later', async () => {
    const away = new KafkajsPort({ brokers: ['127.0.0.1:1'], clientId: 'away' });
    const first = relay('one', away);
    await append('k', bought('k'));
    await eventually(() => first.status().error);
    const stopping = performance.now();
    await first.stop();
    await away.close();
    expect(performance.now() - stopping).toBeLessThan(10_000);
    expect(versionsOf('k')).toEqual([]);
    relay('two');
    await eventually(() => versionsOf('k').length === 1);
  });

  it('refuses a map that names what the contract does not have, and data the contract does not allow', () => {
    expect(() => definePublishes(world.contract, { LampBought: { as: 'Sold', data: () => ({}) } })).toThrow(
      /publishes LampBought as Sold/,
    );
    const { LampBought } = definePublishes(world.contract, {
      LampBought: { as: 'Bought', data: () => ({ lampId: 1 }) },
    });
    expect(() => LampBought.data({} as never)).toThrow(/expected string/);
  });
});
