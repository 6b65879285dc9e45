import { setTimeout as pause } from 'node:timers/promises';
import { OWNERS, SERVICES, type Service } from '#libs/local-stack/ports';
import type { Random } from '#demo/cities/random';
import type { Town } from './city.js';
import type { Client } from './client.js';
import { feed } from './fed-topic.js';
import type { Keeper } from './keeper.js';
import type { Kind } from './kinds.js';
import type { Ledger } from './ledger.js';
import type { Point } from './orders.js';
import type { Stores } from './stores.js';
import type { World } from './world.js';
import { killedRebuild } from './rebuild.js';
import { zombie } from './zombie.js';

/** All a fault has to work with. */
export type Scene = Readonly<{
  world: World;
  keeper: Keeper;
  stores: Stores;
  client: Client;
  ledger: Ledger;
  towns: readonly Town[];
  random: Random;
  round: number;
  long: boolean;
}>;

/** What was injected: made ready before the load begins, done during it, and finished after it. */
export type Injection = Readonly<{
  what: string;
  /** Runs beside the load. */
  strike: () => Promise<void>;
  /** After the load: takes back what is not over; false when the fault did not come about. */
  finish?: () => Promise<boolean>;
}>;

const killed = (service: Service, { world, random }: Scene): Injection => {
  const times = random.chance(0.25) ? 2 : 1;
  const waits = Array.from({ length: times }, () => random.between(30, 900));
  return {
    what: `${service} after ${waits.join(' and ')} ms`,
    strike: async () => {
      for (const wait of waits) {
        await pause(wait);
        await world.stack.services[service].kill();
      }
    },
  };
};

/** Where each place is reached in a round's load, and how often at least. */
const PLACES: readonly (readonly [Point, readonly Service[], number])[] = [
  ['append.before', OWNERS, 6],
  ['append.after', OWNERS, 6],
  ['relay.before-produce', OWNERS, 4],
  ['relay.after-produce', OWNERS, 4],
  ['relay.after-checkpoint', OWNERS, 4],
  ['effect.before-commit', ['placement', 'evaluation', 'training', 'wellbeing', 'recruitment', 'projection'], 3],
  ['effect.after-commit', ['placement', 'evaluation', 'training', 'wellbeing', 'recruitment', 'projection'], 3],
  ['follower.before-commit', OWNERS, 8],
  ['timer.firing', ['placement'], 1],
  ['timer.before-commit', ['placement'], 1],
  ['timer.after-commit', ['placement'], 1],
];

const atPoint = ({ world, random }: Scene): Injection => {
  const [point, services, most] = random.pick(PLACES);
  const service = random.pick(services);
  const nth = random.between(1, most);
  world.order(service, { point, nth });
  return {
    what: `${service} at ${point}, time ${nth}`,
    strike: async () => undefined,
    finish: async () => {
      const hit = world.hit(service);
      if (!hit) world.order(service, {});
      return hit;
    },
  };
};

const outage = (part: 'kafka' | 'postgres', how: 'kill' | 'stop', scene: Scene): Injection => {
  const { keeper, ledger, random, long } = scene;
  const wait = random.between(30, 700);
  const away = how === 'kill' ? 0 : long ? 30_000 : random.between(500, 2_500);
  return {
    what: `${part} after ${wait} ms, away for ${away} ms`,
    strike: async () => {
      await pause(wait);
      await keeper.without(part, how, async () => {
        const from = performance.now();
        await pause(Math.max(away, 300));
        const to = performance.now();
        if (part === 'postgres') ledger.noteHealth({ services: SERVICES, from, to, why: 'Postgres was away' });
      });
    },
  };
};

const backends = ({ stores, random }: Scene): Injection => {
  const waits = Array.from({ length: random.between(1, 4) }, () => random.between(30, 500));
  const picks = waits.map(() => random.next());
  let ended = 0;
  return {
    what: `after ${waits.join(', ')} ms`,
    strike: async () => {
      for (const [index, wait] of waits.entries()) {
        await pause(wait);
        const found = await stores.rows<{ pid: number }>(
          'placement',
          `SELECT pid FROM pg_stat_activity WHERE datname = ANY($1) AND usename = datname ORDER BY (state = 'idle'), backend_start`,
          [SERVICES],
        );
        // Those at work come first: a squared pick prefers them.
        const pid = found[Math.floor(picks[index] ** 2 * found.length)]?.pid;
        if (pid === undefined) continue;
        const [{ done }] = await stores.rows<{ done: boolean }>(
          'placement',
          'SELECT pg_terminate_backend($1) AS done',
          [pid],
        );
        if (done) ended++;
      }
    },
    finish: async () => ended > 0,
  };
};

/** Somebody else's open append: nothing behind it is decided until it ends, no reader goes past it, and commands go on. */
const held = ({ stores, random, round, long }: Scene): Injection => {
  const service = random.pick(OWNERS);
  const holdMs = long ? 30_000 : random.between(800, 3_000);
  const commits = random.chance(0.5);
  const stream = `held-142140/${round}`;
  return {
    what: `${service} for ${holdMs} ms, then ${commits ? 'commit' : 'rollback'}`,
    strike: async () => {
      const tx = await stores.pool(service).connect();
      try {
        await tx.query('BEGIN');
        const { rows } = await tx.query<{ position: string }>(HELD, [stream]);
        for (const end = performance.now() + holdMs; performance.now() < end; await pause(100)) {
          const past = await stores.rows<{ name: string }>(service, READERS_PAST, [rows[0].position]);
          if (past.length > 0) throw new Error(`${past[0].name} of ${service} went past an append that was open`);
        }
        await tx.query(commits ? 'COMMIT' : 'ROLLBACK');
      } finally {
        tx.release(true);
      }
    },
  };
};

const HELD = `
  INSERT INTO events (municipality, stream, version, id, type, schema_version, data, metadata, ordinal, slice)
  VALUES ('142140', $1, 1, gen_random_uuid(), 'FaultsHeldOpen', 1, '{}', '{"actor":"faults","correlationId":"faults"}', 0, 0)
  RETURNING position`;
const READERS_PAST = `
  SELECT name FROM (SELECT name, position FROM follower_checkpoints UNION ALL SELECT 'relay', position FROM relay_progress) reader
   WHERE position >= $1 LIMIT 1`;

const movedClock = ({ world, random }: Scene): Injection => {
  const service = random.pick(SERVICES);
  const hours = random.chance(0.5) ? 1 : -1;
  const wait = random.between(10, 300);
  return {
    what: `${service} by ${hours > 0 ? '+' : '-'}1 h after ${wait} ms`,
    strike: async () => {
      await pause(wait);
      world.order(service, { clockMs: hours * 3_600_000 });
    },
    finish: async () => {
      world.order(service, { clockMs: 0 });
      return true;
    },
  };
};

const fullDisk = ({ world, keeper, random }: Scene): Injection => {
  const wait = random.between(30, 500);
  let full = false;
  return {
    what: `after ${wait} ms`,
    strike: async () => {
      await pause(wait);
      const { disk } = world;
      if (disk) full = await keeper.outlast('kafka', disk.fill, disk.free, BROKER_GIVES_UP_MS);
    },
    finish: async () => full,
  };
};
const BROKER_GIVES_UP_MS = 15_000;

/** Makes a fault of the kind ready; whatever it chooses, it chooses now. */
export const prepare = (kind: Kind, scene: Scene): Injection => {
  switch (kind) {
    case 'kill-service':
      return killed(scene.random.pick(OWNERS), scene);
    case 'kill-projection':
      return killed('projection', scene);
    case 'kill-at-point':
      return atPoint(scene);
    case 'kill-kafka':
      return outage('kafka', 'kill', scene);
    case 'kill-postgres':
      return outage('postgres', 'kill', scene);
    case 'stop-kafka':
      return outage('kafka', 'stop', scene);
    case 'stop-postgres':
      return outage('postgres', 'stop', scene);
    case 'kill-backend':
      return backends(scene);
    case 'zombie':
      return zombie(scene);
    case 'held-transaction':
      return held(scene);
    case 'moved-clock':
      return movedClock(scene);
    case 'fed-topic':
      return feed(scene);
    case 'kill-rebuild':
      return killedRebuild(scene);
    case 'full-disk':
      return fullDisk(scene);
  }
};
