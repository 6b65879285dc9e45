import type { PoolClient } from 'pg';
import type { StoredEvent } from './event-store.js';

/**
 * Something that follows the service's own store up to the decided ceiling: lists, process managers, the hash chain.
 * `handle` gets events in position order; what it does in `tx` commits together with the checkpoint, so its effect is
 * exactly once. Events are in today's shape and not opened: personal fields are absent.
 */
export abstract class Follower {
  /** Stable name of the checkpoint, unique in the service. */
  abstract readonly name: string;
  /** Event types it wants; all when undefined. */
  readonly types?: readonly string[];
  abstract handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void>;
}
