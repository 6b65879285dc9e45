import type { PoolClient } from 'pg';
import type { Ceiling, DecidedLog, DecidedRows } from './decided-log.js';
import type { StoredEvent } from './event-store.js';

/**
 * Something that follows the service's own store up to the decided ceiling, reading of each event the columns it needs.
 * `handle` gets them in position order; what it does in `tx` commits together with the checkpoint, so its effect is
 * exactly once.
 */
export abstract class RowFollower<Row> {
  /** Stable name of the checkpoint, unique in the service. */
  abstract readonly name: string;
  /** One page, as `DecidedLog.rowsUpTo` reads it. */
  abstract read(log: DecidedLog, ceiling: Ceiling, after: number, limit: number): Promise<DecidedRows<Row>>;
  abstract handle(rows: readonly Row[], tx: PoolClient): Promise<void>;
}

/**
 * One that follows whole events: lists and process managers. They are in today's shape and not opened: personal fields
 * are absent.
 */
export abstract class Follower extends RowFollower<StoredEvent> {
  /** Event types it wants; all when undefined. */
  readonly types?: readonly string[];

  async read(log: DecidedLog, ceiling: Ceiling, after: number, limit: number): Promise<DecidedRows<StoredEvent>> {
    const { events, ...page } = await log.readUpTo(ceiling, after, limit, this.types);
    return { ...page, rows: events };
  }
}
