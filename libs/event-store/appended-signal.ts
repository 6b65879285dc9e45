import { Client, type ClientConfig, type Pool } from 'pg';
import { REPEATABLE } from './database.js';

const CHANNEL = 'jinzai_appended';
const FIRST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 5_000;

/** Like NOTIFY, but a signal that may be lost need not wait for the disk, as every commit of a NOTIFY does. */
const SIGNAL = `SELECT ${REPEATABLE}, pg_notify('${CHANNEL}', '')`;

/** Appends within this time of a signal share the next one. */
const REST_MS = 5;

/**
 * Tells every process on the database that something was appended: after the acknowledged commit, on another
 * connection (a NOTIFY in the append's transaction would serialise all commits), many appends as one. It may be lost:
 * every reader polls as well.
 */
export class AppendedSender {
  private resting = false;
  private again = false;

  constructor(private readonly pool: Pool) {}

  send(): void {
    if (this.resting) {
      this.again = true;
      return;
    }
    this.resting = true;
    this.pool
      .query({ name: 'appended', text: SIGNAL })
      .catch(() => undefined)
      .finally(() => setTimeout(() => this.rested(), REST_MS))
      .catch(() => undefined);
  }

  private rested(): void {
    this.resting = false;
    if (!this.again) return;
    this.again = false;
    this.send();
  }
}

/** Listens on a connection of its own and connects again when it is lost. */
export class AppendedListener {
  private client: Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private backOffMs = FIRST_BACK_OFF_MS;
  private stopped = true;

  /** `onConnected`: whatever was sent while nobody listened is to be looked for. */
  constructor(
    private readonly pool: Pool,
    private readonly on: Readonly<{ onAppended: () => void; onConnected: () => void }>,
  ) {}

  start(): void {
    this.stopped = false;
    void this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    const { client } = this;
    this.client = undefined;
    client?.removeAllListeners('end');
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new Client(this.pool.options as ClientConfig);
    this.client = client;
    client.on('error', () => undefined); // 'end' follows
    client.on('notification', () => this.on.onAppended());
    client.once('end', () => this.connectLater());
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.backOffMs = FIRST_BACK_OFF_MS;
      this.on.onConnected();
    } catch {
      client.removeAllListeners('end');
      await client.end().catch(() => undefined);
      this.connectLater();
    }
  }

  private connectLater(): void {
    if (this.stopped) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.connect(), this.backOffMs);
    this.backOffMs = Math.min(this.backOffMs * 2, LONGEST_BACK_OFF_MS);
  }
}
