import type { PoolClient } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';

/** Takes in events of the consumed topics set by set instead of one by one (projections); commits with the offsets. */
export abstract class BatchHandler {
  abstract handle(events: readonly Delivered[], tx: PoolClient): Promise<void>;
}
