import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { CheckConfig } from './check/complaint.js';
import type { Verdict } from './check/checker.js';

/** The checker, in a process that shares nothing with this one but files. */
export class Checking {
  private readonly process: ChildProcess;
  private readonly lines: Interface;

  constructor(config: CheckConfig) {
    const args = ['--max-old-space-size=2048', 'dist/faults/check/main.js', JSON.stringify(config)];
    this.process = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface(this.process.stdout!);
  }

  /** @throws an error when it cannot look */
  async look(full: boolean): Promise<Verdict> {
    const answer = new Promise<string>((resolve, reject) => {
      const ended = () => reject(new Error('the checker has ended'));
      this.process.once('exit', ended);
      this.lines.once('line', (line) => {
        this.process.off('exit', ended);
        resolve(line);
      });
    });
    this.process.stdin?.write(full ? 'full\n' : 'fresh\n');
    const verdict = JSON.parse(await answer) as Verdict & { broken?: string };
    if (verdict.broken !== undefined) throw new Error(`the checker cannot look: ${verdict.broken}`);
    return verdict;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.stdin?.end();
    await ended;
  }
}
