import { join, resolve } from 'node:path';
import { Child } from './child.js';

export type ProcessOptions = Readonly<{
  name: string;
  /** Compiled entry file, from the root of the repository. */
  entry: string;
  /** Compiled module to load before `entry`, see `preloading`. */
  preload?: string;
  args?: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Asked until it answers 200. */
  liveUrl: string;
  logFolder: string;
}>;

/** A Node process of the local stack: a service, or the OIDC provider. */
export class NodeProcess {
  private child?: Child;
  private changes: Readonly<Record<string, string>> = {};

  constructor(readonly options: ProcessOptions) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get ended(): Promise<string> {
    return this.child?.ended ?? Promise.resolve('not started');
  }

  async start(): Promise<void> {
    const { name, entry, preload, args = [], env, liveUrl, logFolder } = this.options;
    const log = join(logFolder, `${name}.log`);
    this.child = await Child.start({
      name,
      command: process.execPath,
      args: ['--max-old-space-size=512', ...preloading(preload), entry, ...args],
      env: { ...inherited(), ...env, ...this.changes },
      log,
      pidFile: `${log}.pid`,
    });
    await this.child.until(async () => (await fetch(liveUrl, { signal: AbortSignal.timeout(1000) })).ok);
  }

  /** @param changes settings that are others from this start on */
  restart(changes: Readonly<Record<string, string>> = {}): Promise<void> {
    this.changes = { ...this.changes, ...changes };
    return this.start();
  }

  async stop(): Promise<void> {
    await this.child?.stop();
  }

  async kill(): Promise<void> {
    await this.child?.kill();
  }
}

/** Only what a Node process needs of ours: a stray DATABASE_URL or TZ must not reach a service. */
const inherited = (): NodeJS.ProcessEnv => {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, TZ: 'UTC', NODE_NO_WARNINGS: '1' };
};

/**
 * Required, a module and the two thousand behind it are loaded at once instead of one promise after the other, which
 * saves a fifth of what the start of a service costs. Where Node cannot require such modules they are merely imported.
 */
const preloading = (module?: string): string[] =>
  module && process.features.require_module ? ['--require', resolve(module)] : [];
