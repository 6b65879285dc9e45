import { Catch, Controller, Module, type ExceptionFilter } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import type { PoolClient } from 'pg';
import { throwError } from 'rxjs';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { StreamMoved } from '#libs/event-store/event-store';
import { eventually } from '#libs/testing/eventually';
import { ConsumerContext } from './consumer-context.js';
import { JinzaiConsumer, type ConsumerOptions } from './consumer-strategy.js';
import type { KafkaProducer, KafkaRecord } from './kafka-port.js';
import { openTestMessaging, recordOf, streamOf, switched, testKafka, type TestMessaging } from './messaging.fixture.js';
import { ParkedStreams } from './parked-streams.js';
import { Unavailable } from './unavailable.js';

describe('consumer', () => {
  let world: TestMessaging;
  let producer: KafkaProducer;
  let parked: ParkedStreams;
  let group = 0;
  let fail: (event: Delivered) => void = () => undefined;
  let missing: ConsumerOptions['fetchMissing'] = async () => [];
  const running: JinzaiConsumer[] = [];

  const apply = async (event: Delivered, tx: PoolClient) => {
    await tx.query('INSERT INTO effects (consumer, stream, version) VALUES ($1, $2, $3)', [
      group,
      event.stream,
      event.streamVersion,
    ]);
    fail(event);
  };
  const consume = (parts: Partial<ConsumerOptions> = {}): JinzaiConsumer => {
    const consumer = new JinzaiConsumer({
      group: `${world.contract.service}-${group}`,
      pool: world.pool,
      kafka: world.kafka,
      contracts: [world.contract],
      parked,
      fetchMissing: (...asked) => missing(...asked),
      unknownType: 'park',
      ...parts,
    });
    const handler = (event: Delivered, { tx }: ConsumerContext) => apply(event, tx);
    consumer.addHandler(
      cloudEventType(world.contract, 'Switched'),
      handler as Parameters<JinzaiConsumer['addHandler']>[1],
      true,
    );
    running.push(consumer);
    consumer.listen(() => undefined);
    return consumer;
  };
  const send = (...records: KafkaRecord[]) => producer.send(world.topic, records);
  const events = (...delivered: Delivered[]) => send(...delivered.map((event) => recordOf(world.contract, event)));
  const effects = async (id: string): Promise<number[]> => {
    const { rows } = await world.pool.query<{ version: number }>(
      'SELECT version FROM effects WHERE consumer = $1 AND stream = $2 ORDER BY number',
      [group, streamOf(id)],
    );
    return rows.map(({ version }) => version);
  };
  const taken = (id: string, ...versions: number[]) =>
    eventually(async () => {
      const found = await effects(id);
      if (found.length < versions.length) return undefined;
      expect(found).toEqual(versions);
      return true;
    });
  const parkedOf = async (id: string) =>
    (await parked.list()).find(({ stream, consumer }) => stream === streamOf(id) && consumer.endsWith(`-${group}`));

  beforeAll(async () => {
    world = await openTestMessaging('consumer');
    producer = world.kafka.producer();
    await world.pool.query(
      'CREATE TABLE effects (number bigint GENERATED ALWAYS AS IDENTITY, consumer int, stream text, version int)',
    );
  });
  beforeEach(() => {
    group++;
    parked = new ParkedStreams(world.pool);
    fail = () => undefined;
    missing = async () => [];
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((consumer) => consumer.close()));
    // Every test has the topic to itself: the next group starts where this one ended.
    await world.pool.query(
      `INSERT INTO consumer_offsets (consumer, topic, partition, next_offset)
       SELECT $1, $2, * FROM unnest($3::int[], $4::bigint[])`,
      [`${world.contract.service}-${group + 1}`, world.topic, ...(await ends())],
    );
  });
  afterAll(() => world.close());
  const ends = async () => {
    const offsets = await world.kafka.endOffsets(world.topic);
    return [[...offsets.keys()], [...offsets.values()]];
  };

  it('takes every event in once, in order, however often it comes', async () => {
    consume();
    await events(switched('a', 1), switched('a', 2), switched('a', 1), switched('a', 2), switched('a', 3));
    await events(switched('a', 2), switched('b', 1), switched('a', 3), switched('a', 4));
    await taken('a', 1, 2, 3, 4);
    await taken('b', 1);
  });

  it('goes on from the stored offset after a restart, and stops without waiting for its session to end', async () => {
    const first = consume();
    await events(switched('c', 1), switched('c', 2));
    await taken('c', 1, 2);
    const stopping = performance.now();
    await first.close();
    expect(performance.now() - stopping).toBeLessThan(10_000);
    await events(switched('c', 3));
    const second = consume();
    await taken('c', 1, 2, 3);
    expect(await eventually(async () => (await second.lag()).every(({ lag }) => lag === 0))).toBe(true);
    expect(second.health().lastCycleAt).toBeDefined();
  });

  it('keeps each event to one effect when two members share the topic and one leaves in the middle', async () => {
    const one = consume();
    await events(switched('d', 1));
    await taken('d', 1);
    const otherProcess = testKafka();
    const two = consume({ kafka: otherProcess });
    const lots = Array.from({ length: 60 }, (_, index) => index + 2);
    const sending = (async () => {
      for (const version of lots)
        await send(
          recordOf(world.contract, switched('d', version)),
          recordOf(world.contract, switched('e', version - 1), 1),
        );
    })();
    await eventually(async () => (await effects('d')).length > 15);
    await one.close();
    await sending;
    await eventually(async () => (await effects('d')).length >= 61 && (await effects('e')).length >= 60, 25_000);
    expect(await effects('d')).toEqual([1, ...lots]);
    expect(await effects('e')).toEqual(lots.map((version) => version - 1));
    await two.close();
    await otherProcess.close();
  });

  it('notices that another process is ahead, and follows it', async () => {
    const consumer = consume();
    await events(switched('f', 1));
    await taken('f', 1);
    const next = await events(switched('g', 1));
    await taken('g', 1);
    await world.pool.query(
      'UPDATE consumer_offsets SET next_offset = $3 WHERE consumer = $1 AND topic = $2 AND partition = 0',
      [`${world.contract.service}-${group}`, world.topic, (next.get(0) ?? 0) + 1],
    );
    await events(switched('f', 2), switched('f', 3, { previousVersion: 1 }));
    await taken('f', 1, 3);
    expect(consumer.health().error).toBeUndefined();
  });

  it('holds a stream whose events are missing, fetches them, and goes on; others flow meanwhile', async () => {
    let away = true;
    const asked: unknown[] = [];
    missing = async (...question) => {
      asked.push(question);
      if (away) throw new Unavailable('lamps are away');
      return [switched('i', 2), switched('i', 4, { previousVersion: 2 }), switched('i', 5, { previousVersion: 4 })];
    };
    const consumer = consume();
    await events(switched('i', 1), switched('i', 5, { previousVersion: 4 }), switched('j', 1), switched('i', 6));
    await taken('j', 1);
    await eventually(async () => (await parkedOf('i'))?.reason.includes('lamps are away'));
    expect(await parkedOf('i')).toMatchObject({ kind: 'gap', events: 2 });
    expect(await effects('i')).toEqual([1]);
    away = false;
    await consumer.close();
    consume();
    await taken('i', 1, 2, 4, 5, 6);
    await eventually(async () => !(await parkedOf('i')));
    expect(asked[0]).toEqual([world.contract.service, streamOf('i'), 1]);
    await events(switched('i', 7));
    await taken('i', 1, 2, 4, 5, 6, 7);
  });

  it('fetches a gap longer than one answer of the source, and the kept events behind it', async () => {
    const all = Array.from({ length: 1_250 }, (_, index) => switched('long', index + 1));
    missing = async (_service, _stream, after) =>
      all.filter(({ streamVersion }) => streamVersion > after).slice(0, 500);
    consume();
    await events(...all.slice(1_000));
    await taken('long', ...all.map(({ streamVersion }) => streamVersion));
    await eventually(async () => !(await parkedOf('long')));
  }, 60_000);

  it('lets only the stream wait when what it needs stays away, and takes it up again by itself', async () => {
    let away = true;
    fail = ({ id }) => {
      if (away && id.startsWith('away-')) throw new Unavailable('recruitment answered 500');
    };
    const consumer = consume();
    await events(switched('away', 1), switched('near', 1), switched('away', 2));
    await taken('near', 1);
    await eventually(async () => (await parkedOf('away'))?.events === 2);
    expect(await parkedOf('away')).toMatchObject({ kind: 'away', reason: 'Unavailable: recruitment answered 500' });
    expect(await effects('away')).toEqual([]);
    away = false;
    await consumer.close();
    consume();
    await taken('away', 1, 2);
    await eventually(async () => !(await parkedOf('away')));
  });

  it('waits for those who append first instead of parking the stream, and has one effect afterwards', async () => {
    let races = 5;
    fail = ({ id }) => {
      if (id === 'raced-1' && races-- > 0) throw new StreamMoved('session-142140/1');
    };
    consume();
    await events(switched('raced', 1), switched('raced', 2));
    await taken('raced', 1, 2);
    expect(races).toBeLessThan(0);
    expect(await parkedOf('raced')).toBeUndefined();
  });

  it('leaves it to an operator once what was away says no', async () => {
    let answer: Error = new Unavailable('recruitment is away');
    fail = ({ id }) => {
      if (id === 'refused-1') throw answer;
    };
    consume();
    await events(switched('refused', 1));
    const { number } = await eventually(() => parkedOf('refused'));
    answer = new Error('no such unit');
    await parked.retry({ number }, 'operator');
    expect(await parkedOf('refused')).toMatchObject({ kind: 'error', reason: 'Error: no such unit' });
    expect((await parked.counts()).get('error')).toBeGreaterThan(0);
  });

  it('parks a stream at the event that fails, keeps its later ones, lets others flow, and takes them after a retry', async () => {
    fail = ({ id }) => {
      if (id === 'k-2' || id === 'k-4') throw new Error('no such unit');
    };
    consume();
    await events(switched('k', 1), switched('k', 2), switched('l', 1), switched('k', 3), switched('l', 2));
    await taken('l', 1, 2);
    await events(switched('k', 4));
    await eventually(async () => (await parkedOf('k'))?.events === 3);
    const { number, ...rest } = await eventually(() => parkedOf('k'));
    expect(rest).toMatchObject({ kind: 'error', reason: 'Error: no such unit', municipality: '142140' });
    expect(await effects('k')).toEqual([1]);
    expect(await parked.retry({ number }, 'operator')).toEqual({ applied: 0, left: 3, reason: 'Error: no such unit' });
    fail = ({ id }) => {
      if (id === 'k-4') throw new Error('still no such unit');
    };
    expect(await parked.retry({ number }, 'operator', 'k-2')).toEqual({ applied: 1, left: 2 });
    expect(await parked.retry({ number }, 'operator')).toEqual({
      applied: 1,
      left: 1,
      reason: 'Error: still no such unit',
    });
    await expect(parked.retry({ number, municipality: '142034' }, 'operator')).rejects.toThrow(
      'parked-stream.not-found',
    );
    expect(await parked.drop({ number }, 'lamp was thrown away', 'operator')).toEqual({ dropped: 1, left: 0 });
    await events(switched('k', 5));
    await taken('k', 1, 2, 3, 5);
    const { rows } = await world.pool.query(
      'SELECT action, actor, reason, events FROM parked_audit WHERE stream = $1 ORDER BY number',
      [streamOf('k')],
    );
    expect(rows).toEqual([
      {
        action: 'parked',
        actor: `consumer:${world.contract.service}-${group}`,
        reason: 'Error: no such unit',
        events: ['k-2'],
      },
      { action: 'retried', actor: 'operator', reason: 'Error: no such unit', events: [] },
      { action: 'retried', actor: 'operator', reason: null, events: ['k-2'] },
      { action: 'retried', actor: 'operator', reason: 'Error: still no such unit', events: ['k-3'] },
      { action: 'dropped', actor: 'operator', reason: 'lamp was thrown away', events: ['k-4'] },
    ]);
  });

  it('waits for what is away instead of parking, and has one effect afterwards', async () => {
    let tries = 0;
    fail = ({ id }) => {
      if (id === 'm-2' && ++tries < 3) throw new Unavailable('recruitment is away');
    };
    consume();
    await events(switched('m', 1), switched('m', 2), switched('m', 3));
    await taken('m', 1, 2, 3);
    expect(tries).toBe(3);
    expect(await parkedOf('m')).toBeUndefined();
  });

  it('parks what a newer release sent until this one knows it, or passes it over', async () => {
    const newer = recordOf(world.contract, switched('n', 1));
    const unknown = {
      ...newer,
      headers: { ...newer.headers, ce_type: `jinzai.${world.contract.service}.Switched.v2` },
    };
    const consumer = consume();
    await send(unknown, recordOf(world.contract, switched('n', 2)), recordOf(world.contract, switched('o', 1)));
    await taken('o', 1);
    expect(await parkedOf('n')).toMatchObject({ kind: 'unknown-type', events: 2 });
    expect(await effects('n')).toEqual([]);
    await consumer.close();
    consume({ unknownType: 'pass' });
    await taken('n', 2);
    await eventually(async () => !(await parkedOf('n')));
  });

  it('keeps what it passes over from a projection, and tells of it, newer versions of known types too', async () => {
    const typed = (event: Delivered, type: string) => {
      const record = recordOf(world.contract, event);
      return { ...record, headers: { ...record.headers, ce_type: `jinzai.${world.contract.service}.${type}` } };
    };
    const passed: [string, number][] = [];
    consume({
      unknownType: 'pass',
      batch: async (delivered, tx) => {
        for (const event of delivered) await apply(event, tx);
      },
      passedOver: async (delivered) =>
        void passed.push(...delivered.map(({ type, schemaVersion }): [string, number] => [type, schemaVersion])),
    });
    await send(
      typed(switched('aa', 1), 'Switched.v2'),
      typed(switched('aa', 2), 'Stolen.v1'),
      recordOf(world.contract, switched('aa', 3)),
    );
    await taken('aa', 3);
    expect(passed).toEqual([
      ['Switched', 2],
      ['Stolen', 1],
    ]);
  });

  it('takes in again what a crash of Postgres took back of a read model, though nothing new comes', async () => {
    consume({
      unknownType: 'pass',
      batch: async (delivered, tx) => {
        for (const event of delivered) await apply(event, tx);
      },
    });
    await events(switched('crash', 1));
    await taken('crash', 1);
    await world.pool.query(
      `WITH effect AS (DELETE FROM effects WHERE stream = $1),
            head AS (DELETE FROM consumer_streams WHERE consumer = $2 AND stream = $1 RETURNING stream)
       UPDATE consumer_offsets SET next_offset = next_offset - 1
        WHERE consumer = $2 AND changed_at = (SELECT max(changed_at) FROM consumer_offsets WHERE consumer = $2)`,
      [streamOf('crash'), `${world.contract.service}-${group}`],
    );
    expect(await effects('crash')).toEqual([]);
    await world.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    );
    await taken('crash', 1);
  });

  it('parks a record that cannot be read and goes on', async () => {
    consume();
    const record = recordOf(world.contract, switched('p', 1));
    await send({ ...record, value: '{' }, recordOf(world.contract, switched('q', 1)));
    await taken('q', 1);
    expect(await parkedOf('p')).toMatchObject({ kind: 'malformed', events: 1 });
  });

  it('stands still, and says so, rather than guess an offset', async () => {
    const name = `${world.contract.service}-${group}`;
    await world.pool.query('DELETE FROM consumer_offsets WHERE consumer = $1 AND partition = 0', [name]);
    await world.pool.query('UPDATE consumer_offsets SET next_offset = 1000000 WHERE consumer = $1 AND partition = 1', [
      name,
    ]);
    const errors: string[] = [];
    consume({ onError: (error) => errors.push(String(error)) });
    await send(recordOf(world.contract, switched('r', 1)), recordOf(world.contract, switched('s', 1), 2));
    await taken('s', 1);
    await eventually(() => errors.some((error) => error.includes(`no offset is stored for ${world.topic}/0`)));
    await eventually(() => errors.some((error) => error.includes(`${world.topic}/1 ends at`)));
    expect(running[0].health().error).toContain(world.topic);
    expect(await effects('r')).toEqual([]);
  });

  it('gives a projection whole batches, and finds the one event that cannot be projected', async () => {
    const sizes: number[] = [];
    const batch = async (delivered: readonly Delivered[], tx: PoolClient) => {
      for (const event of delivered) await apply(event, tx);
      sizes.push(delivered.length);
    };
    await events(switched('t', 1), switched('t', 2), switched('t', 1), switched('u', 1));
    const consumer = consume({ batch, unknownType: 'pass' });
    await taken('u', 1);
    expect(sizes).toEqual([3]);
    fail = ({ id }) => {
      if (id === 't-3') throw new Error('divided by zero');
    };
    await consumer.close();
    await events(switched('t', 3), switched('u', 2), switched('t', 4), switched('u', 3));
    consume({ batch, unknownType: 'pass' });
    await taken('u', 1, 2, 3);
    expect(await parkedOf('t')).toMatchObject({ kind: 'error', events: 2 });
    expect(await effects('t')).toEqual([1, 2]);
  });

  it('runs the hook before the handler in the same transaction', async () => {
    const order: string[] = [];
    fail = ({ id }) => void order.push(`handler ${id}`);
    consume({ before: async (events) => void order.push(...events.map(({ id }) => `before ${id}`)) });
    await events(switched('v', 1), switched('v', 2));
    await taken('v', 1, 2);
    for (const id of ['v-1', 'v-2']) expect(order.indexOf(`before ${id}`)).toBeLessThan(order.indexOf(`handler ${id}`));
    expect(order).toHaveLength(4);
  });

  it("serves Nest's controllers", async () => {
    const pattern = cloudEventType(world.contract, 'Switched');

    @Controller()
    class Lamps {
      @EventPattern<string>(pattern)
      on(@Payload() event: Delivered, @Ctx() { tx }: ConsumerContext): Promise<void> {
        return apply(event, tx);
      }
    }
    @Catch()
    class Rethrow implements ExceptionFilter {
      catch(error: unknown) {
        return throwError(() => error);
      }
    }
    @Module({ controllers: [Lamps] })
    class LampModule {}

    fail = ({ id }) => {
      if (id === 'x-1') throw new Error('burnt out');
    };
    const module = await Test.createTestingModule({ imports: [LampModule] }).compile();
    const strategy = new JinzaiConsumer({
      group: `${world.contract.service}-${group}`,
      pool: world.pool,
      kafka: world.kafka,
      contracts: [world.contract],
      parked,
      fetchMissing: missing,
      unknownType: 'park',
    });
    const app = module.createNestMicroservice({ strategy, logger: false });
    app.useGlobalFilters(new Rethrow());
    await app.listen();
    await events(switched('w', 1), switched('x', 1));
    await taken('w', 1);
    await eventually(async () => (await parkedOf('x'))?.reason === 'Error: burnt out');
    await app.close();
  });
});
