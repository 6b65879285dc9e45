import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { DecidedLog } from '#libs/event-store/decided-log';
import { Lease } from '#libs/event-store/lease';
import { LocalKafka } from '#libs/local-stack/kafka';
import { freePorts } from '#libs/local-stack/child';
import { eventually } from '#libs/testing/eventually';
import type { ConsumerContext } from './consumer-context.js';
import { JinzaiConsumer } from './consumer-strategy.js';
import { KafkajsPort } from './kafkajs-port.js';
import { CITY, lamp, openTestMessaging, PARTITIONS, type TestMessaging } from './messaging.fixture.js';
import { ParkedStreams } from './parked-streams.js';
import { definePublishes } from './publishes.js';
import { Relay } from './relay.js';

const LAMPS = ['a', 'b', 'c', 'd', 'e'];

describe('a broker killed twice while events flow', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jinzai-broker-'));
  let broker: LocalKafka;
  let world: TestMessaging;

  beforeAll(async () => {
    const [port, controllerPort] = await freePorts(2);
    broker = await LocalKafka.start({ folder, port, controllerPort, log: join(folder, 'kafka.log') });
    world = await openTestMessaging(
      'broker_killed',
      new KafkajsPort({ brokers: [broker.brokers], clientId: 'jinzai-test' }),
    );
    await world.pool.query(
      'CREATE TABLE effects (number bigint GENERATED ALWAYS AS IDENTITY, stream text, version int)',
    );
  }, 60_000);
  afterAll(async () => {
    await world?.close();
    await broker?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('loses nothing, doubles nothing and keeps the order of every stream', async () => {
    const { pool, kafka, contract } = world;
    const publishes = definePublishes(contract, { LampSwitched: { as: 'Switched', data: ({ data }) => data } });
    const relay = new Relay({
      pool,
      log: new DecidedLog(pool),
      lease: new Lease(pool, 'relay', 'one'),
      kafka,
      contract,
      publishes,
      partitions: PARTITIONS,
    });
    const consumer = new JinzaiConsumer({
      group: contract.service,
      pool,
      kafka,
      contracts: [contract],
      parked: new ParkedStreams(pool),
      fetchMissing: async () => [],
      unknownType: 'park',
    });
    const handler = async ({ stream, streamVersion }: Delivered, { tx }: ConsumerContext) =>
      tx.query('INSERT INTO effects (stream, version) VALUES ($1, $2)', [stream, streamVersion]);
    consumer.addHandler(
      cloudEventType(contract, 'Switched'),
      handler as Parameters<JinzaiConsumer['addHandler']>[1],
      true,
    );
    relay.start();
    consumer.listen(() => undefined);

    const count = async () =>
      Number((await pool.query<{ count: string }>('SELECT count(*) FROM effects')).rows[0].count);
    let appended = 0;
    const append = async () => {
      const events = LAMPS.map((id) =>
        world.store.append(
          lamp,
          { municipality: CITY, id },
          'any',
          [{ type: 'LampSwitched', data: { lampId: id, on: true } }],
          { metadata: { actor: 'tester', correlationId: 'c-1' } },
        ),
      );
      await Promise.all(events);
      appended += LAMPS.length;
    };
    const appendUntil = async (enough: () => Promise<boolean>) => {
      while (!(await enough())) await append();
    };

    for (let round = 1; round <= 2; round++) {
      const before = await count();
      await appendUntil(async () => (await count()) > before + 50);
      await broker.kill();
      const away = appended;
      await appendUntil(async () => appended > away + 100);
      await broker.restart();
    }
    await eventually(async () => (await count()) >= appended, 60_000);
    const { rows } = await pool.query<{ versions: number[] }>(
      'SELECT array_agg(version ORDER BY number) AS versions FROM effects GROUP BY stream',
    );
    const inOrder = Array.from({ length: appended / LAMPS.length }, (_, index) => index + 1);
    expect(rows.map(({ versions }) => versions)).toEqual(LAMPS.map(() => inOrder));
    await relay.stop();
    await consumer.close();
  }, 120_000);
});
