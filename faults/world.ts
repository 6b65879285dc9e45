import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { endStale } from '#libs/local-stack/child';
import { freeStackPorts, SERVICES, type Service } from '#libs/local-stack/ports';
import { wipePostgres } from '#libs/local-stack/postgres';
import { startReaper } from '#libs/local-stack/reaper';
import { LocalStack } from '#libs/local-stack/stack';
import { PLANS } from '#demo/cities/city';
import type { Order } from './orders.js';

export const FOLDER = join('var', 'faults');
const STACK = join(FOLDER, 'stack');
const ORDERS = resolve(FOLDER, 'orders');
/** Enough for the topics of some thousand rounds. */
const DISK_KB = 2_000_000;

export type Disk = Readonly<{ fill: () => void; free: () => void }>;

export type World = Readonly<{
  stack: LocalStack;
  /** The disk of the topic log, when one of its own could be made (that takes root). */
  disk?: Disk;
  /** Tells the watcher in a service to die somewhere, or to live in another hour. */
  order(service: Service, order: Order): void;
  /** The same for a process that is still to start. */
  arm(name: string, order: Order): void;
  /** Whether the service died at the place it was told to, since it was told. */
  hit(service: Service): boolean;
  stop(): Promise<void>;
}>;

/** A fresh stack on free ports: real Postgres with fsync on, Kafka, OIDC provider, the six services. */
export const startWorld = async (long: boolean, say: (line: string) => void): Promise<World> => {
  await wipe();
  mkdirSync(STACK, { recursive: true });
  mkdirSync(ORDERS, { recursive: true });
  for (const folder of ['var', FOLDER, STACK]) chmodSync(folder, 0o755); // the postgres user must be able to enter it
  const reaper = startReaper(STACK, false);
  const disk = mountDisk();
  const stack = await LocalStack.start(
    {
      folder: STACK,
      ports: await freeStackPorts(),
      durable: true,
      municipalities: PLANS.map(({ code }) => code),
      logLevel: 'warn',
      serviceEnv: {
        NODE_OPTIONS: `--import ${pathToFileURL(resolve('dist/faults/points.js')).href}`,
        FAULTS_FOLDER: ORDERS,
        ...(!long && { KAFKA_SESSION_TIMEOUT_MS: '3000', LEASE_MS: '2500' }),
      },
    },
    say,
  );
  const fileOf = (name: string, ending: string) => join(ORDERS, `${name}.${ending}`);
  const arm = (name: string, order: Order) => {
    rmSync(fileOf(name, 'hit'), { force: true });
    writeFileSync(fileOf(name, 'json'), JSON.stringify(order));
  };
  return {
    stack,
    ...(disk && { disk }),
    arm,
    order: (service, order) => {
      arm(service, order);
      const { pid } = stack.services[service];
      try {
        if (pid !== undefined) process.kill(pid, 'SIGUSR2');
      } catch {
        // it is gone: a new process begins without orders
      }
    },
    hit: (service) => existsSync(fileOf(service, 'hit')),
    stop: async () => {
      await stack.stop();
      await reaper.finish();
      if (disk) spawnSync('umount', ['-l', DISK]);
    },
  };
};

const DISK = join(STACK, 'kafka', 'data');

const mount = (options: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', DISK], { stdio: 'ignore' }).status === 0;

/** A small tmpfs: it is full when it shrinks to what lies on it. */
const mountDisk = (): Disk | undefined => {
  mkdirSync(DISK, { recursive: true });
  if (!mount(`size=${DISK_KB}k`)) return undefined;
  return {
    fill: () => {
      const { blocks, bfree, bsize } = statfsSync(DISK);
      mount(`remount,size=${((blocks - bfree) * bsize) / 1024}k`);
    },
    free: () => void mount(`remount,size=${DISK_KB}k`),
  };
};

const wipe = async (): Promise<void> => {
  const log = join(STACK, 'log');
  for (const name of [...SERVICES, ...SERVICES.map((service) => `${service}-twin`), 'oidc', 'kafka'])
    await endStale(join(log, `${name}.log.pid`));
  await endStale(join(log, 'postgres.log.pid'), 10_000, 'SIGINT');
  spawnSync('umount', ['-l', DISK], { stdio: 'ignore' });
  if (existsSync(STACK)) wipePostgres(join(STACK, 'postgres'));
  rmSync(STACK, { recursive: true, force: true });
  rmSync(ORDERS, { recursive: true, force: true });
};
