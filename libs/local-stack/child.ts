import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export type ChildOptions = Readonly<{
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  user?: { uid: number; gid: number };
  /** File that gets stdout and stderr; appended to. */
  log: string;
  /** File that remembers the process, so that the next start can end one whose parent was killed. */
  pidFile: string;
}>;

/** A process of the local stack. It is in a group of its own: Ctrl-C reaches only the one that stops it in order. */
export class Child {
  private constructor(
    readonly options: ChildOptions,
    private readonly process: ChildProcess,
    private readonly logFrom: number,
    /** Resolves when the process has ended, with its exit code or signal. */
    readonly ended: Promise<string>,
  ) {}

  static async start(options: ChildOptions): Promise<Child> {
    await endStale(options.pidFile);
    for (const file of [options.log, options.pidFile]) mkdirSync(dirname(file), { recursive: true });
    const output = openSync(options.log, 'a');
    const logFrom = statSync(options.log).size;
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', output, output],
      detached: true,
      ...options.user,
    });
    closeSync(output);
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
    });
    if (child.pid) writeFileSync(options.pidFile, JSON.stringify({ pid: child.pid, started: startedAt(child.pid) }));
    return new Child(options, child, logFrom, ended);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get running(): boolean {
    return this.process.pid !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Waits until `check` is true; fails at once, with the end of the log, when the process ends or time runs out. */
  async until(check: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    // Often at first, then seldom: asking takes time from what is starting.
    for (let wait = 20; ; wait = Math.min(wait * 2, 300)) {
      if (await check().catch(() => false)) return;
      const { name, log } = this.options;
      const rest = `see ${log}, which ends:\n`;
      if (!this.running) throw new Error(`${name} ended (${await this.ended}); ${rest}${this.tail()}`);
      if (performance.now() > deadline)
        throw new Error(`${name} is not ready after ${timeoutMs / 1000} s; ${rest}${this.tail()}`);
      await pause(wait);
    }
  }

  /** Asks it to end and, when it has not within `graceMs`, kills it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', graceMs = 10_000): Promise<void> {
    if (this.running) {
      this.process.kill(signal);
      if (!(await within(this.ended, graceMs))) this.process.kill('SIGKILL');
    }
    await this.ended;
    rmSync(this.options.pidFile, { force: true });
  }

  async kill(): Promise<void> {
    if (this.running) this.process.kill('SIGKILL');
    await this.ended;
  }

  /** The last lines written since this start. */
  tail(lines = 15): string {
    const text = readFileSync(this.options.log).subarray(this.logFrom).toString('utf8');
    return text.trimEnd().split('\n').slice(-lines).join('\n');
  }
}

const within = async (ended: Promise<unknown>, ms: number): Promise<boolean> => {
  const timer = new AbortController();
  const inTime = await Promise.race([
    ended.then(() => true),
    pause(ms, false, { signal: timer.signal }).catch(() => false),
  ]);
  timer.abort();
  return inTime;
};

/** When the kernel started the process: with the pid it names one process for ever, also after pids are used again. */
const startedAt = (pid: number): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19];
  } catch {
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || undefined;
  }
};

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The process that holds the file by `claim`, when it still runs. */
export const alreadyRunning = (pidFile: string): number | undefined => {
  if (!existsSync(pidFile)) return undefined;
  const { pid, started } = JSON.parse(readFileSync(pidFile, 'utf8')) as { pid: number; started?: string };
  return pid !== process.pid && alive(pid) && startedAt(pid) === started ? pid : undefined;
};

/** Remembers this process in the file. */
export const claim = (pidFile: string): void =>
  writeFileSync(pidFile, JSON.stringify({ pid: process.pid, started: startedAt(process.pid) }));

/** Ends the process an earlier start left behind, if it still is that process. */
export const endStale = async (pidFile: string, graceMs = 10_000, first: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
  if (!existsSync(pidFile)) return;
  const { pid, started } = JSON.parse(readFileSync(pidFile, 'utf8')) as { pid: number; started?: string };
  const same = () => alive(pid) && started !== undefined && startedAt(pid) === started;
  for (const signal of [first, 'SIGKILL'] as const) {
    if (!same()) break;
    process.kill(pid, signal);
    const deadline = performance.now() + graceMs;
    while (same() && performance.now() < deadline) await pause(50);
  }
  rmSync(pidFile, { force: true });
};

const listen = (port: number) =>
  new Promise<import('node:net').Server>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

/** @throws an error that names the first port somebody else has taken, and what it was for */
export const assertFree = async (ports: Readonly<Record<string, number>>): Promise<void> => {
  for (const [use, port] of Object.entries(ports)) {
    const server = await listen(port).catch(() => {
      throw new Error(`port ${port} (for ${use}) is taken; set JINZAI_PORT_BASE to another base port`);
    });
    await new Promise((closed) => server.close(closed));
  }
};

/** As many free ports as asked for, all different. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
};
