import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '#libs/local-stack/child';
import { OWNERS, type Service } from '#libs/local-stack/ports';
import { NodeProcess } from '#libs/local-stack/processes';
import type { Injection, Scene } from './injections.js';

const TAKEN_OVER_MS = 25_000;
/** Until Kafka, too, has given its partitions to the other: a little longer than a session. */
const SESSION_OVER_MS = { short: 3_500, long: 16_000 };

/**
 * A second process of a service takes the leases of one that is stopped; then that one goes on beside it, believing that
 * it owns what it owned.
 */
export const zombie = ({ world, stores, client, random, long }: Scene): Injection => {
  const service = random.pick(OWNERS);
  const [before, together] = [random.between(50, 800), random.between(200, 1_200)];
  const survives = random.chance(0.5);
  let twin: NodeProcess | undefined;
  const first = world.stack.services[service];
  return {
    what: `${service}, ${survives ? 'which then stays' : 'which is then killed'}`,
    strike: async () => {
      const started = await startTwin(first, service);
      twin = started.process;
      await pause(before);
      const { pid } = first;
      if (pid === undefined) throw new Error(`${service} does not run`);
      const owners = await ownersOf(stores, service);
      process.kill(pid, 'SIGSTOP');
      try {
        client.moved.set(service, started.url);
        const sessionOver = pause(long ? SESSION_OVER_MS.long : SESSION_OVER_MS.short);
        await takenOver(stores, service, owners);
        await sessionOver;
        await pause(together);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await pause(together);
      if (!survives) await first.kill();
    },
    finish: async () => {
      client.moved.delete(service);
      await twin?.stop();
      return true;
    },
  };
};

const startTwin = async (first: NodeProcess, service: Service) => {
  const [port] = await freePorts(1);
  const origin = `http://127.0.0.1:${port}`;
  const process = new NodeProcess({
    ...first.options,
    name: `${service}-twin`,
    env: { ...first.options.env, SERVICE_PORT: String(port) },
    liveUrl: `${origin}/${service}/health/live`,
  });
  await process.start();
  return { process, url: `${origin}/${service}` };
};

type Owned = { name: string; owner: string };

const ownersOf = async (stores: Scene['stores'], service: Service): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (await stores.rows<Owned>(service, 'SELECT name, owner FROM leases')).map(({ name, owner }) => [name, owner]),
  );

const takenOver = async (
  stores: Scene['stores'],
  service: Service,
  before: ReadonlyMap<string, string>,
): Promise<void> => {
  for (const deadline = performance.now() + TAKEN_OVER_MS; ; await pause(50)) {
    const now = await ownersOf(stores, service);
    if ([...before].every(([name, owner]) => now.get(name) !== owner)) return;
    if (performance.now() > deadline) throw new Error(`nobody took over from the stopped ${service}`);
  }
};
