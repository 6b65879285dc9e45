import type { PoolClient } from 'pg';
import type { StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import type { Publishes } from '#libs/messaging/publishes';
import type { StaffDirectory } from '#libs/staff-directory/directory';
import { directoryEvents } from '#libs/staff-directory/intake';

/** Placement's own directory: fed from its store, in the shape in which the other services get the same events. */
export class OwnStoreDirectory extends Follower {
  readonly name = 'staff-directory';
  override readonly types: readonly string[];

  constructor(
    private readonly directory: StaffDirectory,
    private readonly publishes: Publishes,
  ) {
    super();
    this.types = Object.keys(publishes).filter((type) => directoryEvents.includes(publishes[type].as));
  }

  handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    const asPublished = events.map((event) => {
      const { as, data } = this.publishes[event.type];
      return { municipality: event.municipality, type: as, data: data(event) };
    });
    return this.directory.apply(asPublished, tx);
  }
}
