import { fork, type ChildProcess } from 'node:child_process';

type Answer = Readonly<{ value: unknown } | { error: string }>;

/** What a process of the benchmarks can be asked to do, by name. */
export type Tasks = Readonly<Record<string, (argument: never) => Promise<unknown>>>;

/** In the child: does what it is asked, one thing after the other. */
export const serveTasks = (tasks: Tasks): void => {
  process.on('message', ({ task, argument }: { task: string; argument: unknown }) => {
    tasks[task](argument as never).then(
      (value) => process.send?.({ value }),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
};

/** A process of its own for whoever is measured: nobody shares a heap or an event loop with somebody else. */
export class Helper {
  private readonly child: ChildProcess;

  /** @param file path from the root of the repository */
  constructor(file: string) {
    this.child = fork(file, [], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC', NODE_NO_WARNINGS: '1' },
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  ask<T>(task: string, argument: object = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      const gone = (code: number | null) => reject(new Error(`the process for ${task} ended (${code})`));
      this.child.once('exit', gone);
      this.child.once('message', (answer: Answer) => {
        this.child.removeListener('exit', gone);
        if ('error' in answer) reject(new Error(answer.error));
        else resolve(answer.value as T);
      });
      this.child.send({ task, argument });
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.disconnect();
    await ended;
  }
}

/** Runs `work` with helpers that are gone afterwards, however it ends. */
export const withHelpers = async <T>(work: (start: (file: string) => Helper) => Promise<T>): Promise<T> => {
  const helpers: Helper[] = [];
  try {
    return await work((file) => {
      const helper = new Helper(file);
      helpers.push(helper);
      return helper;
    });
  } finally {
    await Promise.all(helpers.map((helper) => helper.stop()));
  }
};

export const EMMETT = 'bench/references/emmett.mjs';
