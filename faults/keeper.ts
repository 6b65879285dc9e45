import { setTimeout as pause } from 'node:timers/promises';
import type { LocalStack } from '#libs/local-stack/stack';

type Part = LocalStack['parts'][string];

/** Starts again what ends by itself, except what a fault wants to stay away for a while. */
export class Keeper {
  private readonly away = new Set<string>();
  private readonly reviving = new Map<string, Promise<void>>();
  private stopping = false;

  constructor(
    private readonly stack: LocalStack,
    private readonly say: (line: string) => void,
  ) {
    for (const [name, part] of Object.entries(stack.parts)) this.watch(name, part);
  }

  /** Ends the part and keeps it away while `work` is done, then starts it again. */
  async without(name: string, how: 'kill' | 'stop', work: () => Promise<void>): Promise<void> {
    const part = this.stack.parts[name];
    this.away.add(name);
    try {
      await part[how]();
      await work();
    } finally {
      this.away.delete(name);
      await this.revive(name, part);
    }
  }

  /** Lets a fault end the part by itself and mends what it did, then starts the part again; false when it has not ended. */
  async outlast(name: string, strike: () => void, mend: () => void, patienceMs: number): Promise<boolean> {
    const part = this.stack.parts[name];
    this.away.add(name);
    const timer = new AbortController();
    try {
      strike();
      const late = pause(patienceMs, undefined, { signal: timer.signal }).catch(() => undefined);
      const how = await Promise.race([part.ended, late]);
      if (how === undefined) return false;
    } finally {
      timer.abort();
      mend();
      this.away.delete(name);
    }
    await this.revive(name, part);
    return true;
  }

  /** Resolves when everything that ended is back. */
  async settled(): Promise<void> {
    while (this.reviving.size > 0) await Promise.all(this.reviving.values());
  }

  /** From now on what ends stays so. */
  retire(): void {
    this.stopping = true;
  }

  private watch(name: string, part: Part): void {
    void part.ended.then(async () => {
      if (this.stopping || this.away.has(name)) return;
      await this.revive(name, part);
    });
  }

  private revive(name: string, part: Part): Promise<void> {
    const back = this.started(name, part).finally(() => this.reviving.delete(name));
    this.reviving.set(name, back);
    return back;
  }

  /** Something may kill it again while it starts. */
  private async started(name: string, part: Part): Promise<void> {
    for (let attempt = 1; !this.stopping; attempt++) {
      try {
        await part.restart();
        this.watch(name, part);
        return;
      } catch (error) {
        this.say(`  ${name} did not start (${attempt}): ${String(error).split('\n')[0]}`);
        if (attempt === 10) throw error;
      }
    }
  }
}
