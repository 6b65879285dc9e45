import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeStackPorts } from '#libs/local-stack/ports';
import { startReaper } from '#libs/local-stack/reaper';
import { LocalStack } from '#libs/local-stack/stack';

/** The six services as real processes with a Postgres, a Kafka and an OIDC provider of their own, on free ports. */
export const startCoreStack = async (): Promise<{ stack: LocalStack; folder: string; stop(): Promise<void> }> => {
  const folder = mkdtempSync(join(tmpdir(), 'jinzai-e2e-'));
  chmodSync(folder, 0o755); // the postgres user must be able to enter it
  const reaper = startReaper(folder, true);
  const ports = await freeStackPorts();
  try {
    const stack = await LocalStack.start({ folder, ports, durable: false, municipalities: ['142140', '142034'] });
    const stop = async () => {
      await stack.stop();
      await reaper.finish();
    };
    return { stack, folder, stop };
  } catch (error) {
    await reaper.finish();
    throw error;
  }
};
