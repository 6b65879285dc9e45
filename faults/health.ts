import { setTimeout as pause } from 'node:timers/promises';
import { SERVICES } from '#libs/local-stack/ports';
import type { LocalStack } from '#libs/local-stack/stack';
import type { Ledger } from './ledger.js';

const EVERY_MS = 250;

/** Asks every service all the time whether it is ready, and writes down what it says. */
export class HealthWatch {
  private watching = true;
  private readonly done: Promise<unknown>;

  constructor(
    private readonly stack: LocalStack,
    private readonly ledger: Ledger,
  ) {
    this.done = Promise.all(SERVICES.map((service) => this.watch(service)));
  }

  async stop(): Promise<void> {
    this.watching = false;
    await this.done;
  }

  private async watch(service: (typeof SERVICES)[number]): Promise<void> {
    while (this.watching) {
      const asked = performance.now();
      const reply = await fetch(`${this.stack.url(service)}/health/ready`, {
        signal: AbortSignal.timeout(3_000),
      }).catch(() => undefined);
      await reply?.body?.cancel();
      const answered = performance.now();
      this.ledger.noteHealth({ service, asked, answered, ready: reply?.status === 200, ...(!reply && { away: true }) });
      await pause(EVERY_MS);
    }
  }
}
