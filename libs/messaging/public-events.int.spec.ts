import type { Caller } from '#libs/platform/caller';
import { inTransaction } from '#libs/event-store/database';
import {
  CITY,
  lamp,
  openTestMessaging,
  recordOf,
  streamOf,
  switched,
  type TestMessaging,
} from './messaging.fixture.js';
import { ParkedController } from '#libs/platform/parked.controller';
import { ParkedStreams } from './parked-streams.js';
import { PublicEventsController } from '#libs/platform/public-events.controller';
import { PublicEvents } from './public-events.js';
import { definePublishes } from './publishes.js';
import { Unavailable } from './unavailable.js';

const callerOf = (municipality: string): Caller => ({
  municipality,
  subject: 'operator-1',
  roles: ['it'],
  metadata: { actor: 'operator-1', correlationId: 'c-1' },
  request: { id: 'r-1', fingerprint: 'f' },
});
const other = callerOf('142034');
const own = callerOf(CITY);

describe('messaging over HTTP', () => {
  let world: TestMessaging;
  let published: PublicEventsController;

  beforeAll(async () => {
    world = await openTestMessaging('public');
    const publishes = definePublishes(world.contract, { LampSwitched: { as: 'Switched', data: ({ data }) => data } });
    published = new PublicEventsController(new PublicEvents(world.pool, world.contract, publishes));
  });
  afterAll(() => world.close());

  it('gives the public events of a stream after a version, each with the one before it, to its own municipality only', async () => {
    const lampId = 'a';
    const on = { type: 'LampSwitched', data: { lampId, on: true } } as const;
    const dusted = { type: 'LampDusted', data: { lampId } } as const;
    const metadata = { actor: 'tester', correlationId: 'c-1' };
    await world.store.append(lamp, { municipality: CITY, id: lampId }, 'no-stream', [dusted, on, dusted, on], {
      metadata,
    });
    const versions = async (after: number, caller = own) =>
      (await published.of(caller, { stream: streamOf(lampId), after })).map(({ streamVersion, previousVersion }) => [
        streamVersion,
        previousVersion,
      ]);
    expect(await versions(0)).toEqual([
      [2, 0],
      [4, 2],
    ]);
    expect(await versions(2)).toEqual([[4, 2]]);
    expect(await versions(4)).toEqual([]);
    expect(await versions(0, other)).toEqual([]);
    expect((await published.of(own, { stream: streamOf(lampId), after: 2 }))[0]).toMatchObject({
      municipality: CITY,
      type: 'Switched',
      schemaVersion: 1,
      data: { lampId, on: true },
    });
  });

  it('has no watermark before the relay ran', () => expect(published.watermark()).rejects.toThrow(Unavailable));

  it('shows and changes parked streams of the own municipality only, under the name in the token', async () => {
    const parked = new ParkedStreams(world.pool);
    const controller = new ParkedController(parked, world.database);
    const at = {
      topic: world.topic,
      stream: streamOf('b'),
      municipality: CITY,
      record: recordOf(world.contract, switched('b', 2)),
    };
    await inTransaction(world.pool, (tx) =>
      parked.park(tx, 'lamps', at, { kind: 'error', reason: 'Error: burnt out', applied: 1 }),
    );
    expect(await controller.list(other, {})).toEqual({ items: [], nextCursor: null, total: 0 });
    const { items, total } = await controller.list(own, { kind: 'error', limit: 1 });
    expect(total).toBe(1);
    const [{ number }] = items;
    expect((await controller.list(own, { kind: 'gap' })).total).toBe(0);
    await expect(controller.show(other, number)).rejects.toThrow('parked-stream.not-found');
    await expect(controller.drop(other, number, { reason: 'mine' })).rejects.toThrow('parked-stream.not-found');
    await expect(controller.retry(own, number)).rejects.toThrow(Unavailable);
    expect(await controller.drop(own, number, { reason: 'thrown away' })).toEqual({ dropped: 1, left: 0 });
    const { rows } = await world.pool.query(`SELECT actor, reason FROM parked_audit WHERE action = 'dropped'`);
    expect(rows).toEqual([{ actor: 'operator-1', reason: 'thrown away' }]);
  });
});
