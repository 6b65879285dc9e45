import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '#libs/event-store/database';
import { Unavailable } from '#libs/messaging/unavailable';

/**
 * Others wait behind a lock that is waited for at most this long, and it behind them: less than Postgres takes to look for
 * deadlocks, so that nobody else is ended for one.
 */
export const LOCK_WAIT_MS = 200;
const BETWEEN_MS = 300;
const PATIENCE_MS = 60_000;

/**
 * A transaction that takes locks others hold: it steps back when they do not come at once, and tries again.
 * @throws Unavailable when they are held for longer than a minute
 */
export const insistently = async <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> => {
  for (const deadline = Date.now() + PATIENCE_MS; ; await pause(BETWEEN_MS)) {
    try {
      return await inTransaction(pool, async (tx) => {
        await tx.query(`SET LOCAL lock_timeout = ${LOCK_WAIT_MS}`);
        return work(tx);
      });
    } catch (error) {
      if (!isOccupied(error)) throw error;
      if (Date.now() > deadline) throw new Unavailable('others hold on to what is needed: try again', { cause: error });
    }
  }
};

/** A lock that did not come in time, a deadlock, or a catalogue row that somebody else changed at the same moment. */
const isOccupied = (error: unknown): boolean =>
  ['55P03', '40P01', 'XX000'].includes(String((error as { code?: unknown } | undefined)?.code));
