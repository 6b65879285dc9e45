import type { PoolClient } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';

/** Takes in events of the consumed topics set by set instead of one by one (projections); commits with the offsets. */
export abstract class BatchHandler {
  /** @param service from whose topic they come */
  abstract handle(events: readonly Delivered[], tx: PoolClient, service: string): Promise<void>;

  /** Told of events of a type or version this release does not know: they are not handled, and must not be silent. */
  abstract passedOver(events: readonly Delivered[], tx: PoolClient): Promise<void>;
}
