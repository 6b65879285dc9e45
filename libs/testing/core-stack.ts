import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalDate } from '#libs/law/local-date';
import { freeStackPorts } from '#libs/local-stack/ports';
import { startReaper } from '#libs/local-stack/reaper';
import { LocalStack } from '#libs/local-stack/stack';

export type CoreStack = Readonly<{
  stack: LocalStack;
  folder: string;
  /** Starts all services again, at nine in the morning of the local day: timers due by then fire. */
  moveClock(to: LocalDate): Promise<void>;
  stop(): Promise<void>;
}>;

export type CoreOptions = Readonly<{
  /** Local day on which the services begin, at nine in the morning; without it theirs is the real one. */
  today?: LocalDate;
  /** Makes the folder of the policy packs, below the folder of the stack; without it they are the real ones. */
  policies?: (folder: string) => string;
}>;

/** The six services as real processes with a Postgres, a Kafka and an OIDC provider of their own, on free ports. */
export const startCoreStack = async ({ today, policies }: CoreOptions = {}): Promise<CoreStack> => {
  const folder = mkdtempSync(join(tmpdir(), 'jinzai-e2e-'));
  chmodSync(folder, 0o755); // the postgres user must be able to enter it
  const reaper = startReaper(folder, true);
  const ports = await freeStackPorts();
  try {
    const stack = await LocalStack.start({
      folder,
      ports,
      durable: false,
      municipalities: ['142140', '142034'],
      ...(today && { clockOffsetMs: offsetTo(today) }),
      ...(policies && { policies: policies(folder) }),
    });
    const moveClock = async (to: LocalDate) => {
      const services = Object.values(stack.services);
      await Promise.all(services.map((service) => service.stop()));
      const offset = String(offsetTo(to));
      await Promise.all(services.map((service) => service.restart({ CLOCK_OFFSET_MS: offset })));
    };
    const stop = async () => {
      await stack.stop();
      await reaper.finish();
    };
    return { stack, folder, moveClock, stop };
  } catch (error) {
    await reaper.finish();
    throw error;
  }
};

/** Midnight UTC is nine in the morning in Asia/Tokyo. */
const offsetTo = (day: LocalDate): number => Date.parse(`${day}T00:00:00Z`) - Date.now();
