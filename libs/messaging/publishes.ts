import type { Contract } from '#libs/contracts/public-event';
import type { StoredEvent } from '#libs/event-store/event-store';

/** A stored type that is published: `as` which public type, and the data others get to see. */
export type Publication = Readonly<{ as: string; data: (event: StoredEvent) => object }>;

/** Stored type → public type. A stored type that is not named stays private. */
export type Publishes = Readonly<Record<string, Publication>>;

/**
 * Ties a service's map to its contract: names are checked at start, every datum by the contract's schema when it is
 * published. What the schema refuses is held by the relay, never sent.
 */
export const definePublishes = (contract: Contract, map: Publishes): Publishes =>
  Object.fromEntries(
    Object.entries(map).map(([storedType, { as, data }]) => {
      const publicType = contract.events[as];
      if (!publicType)
        throw new Error(`${contract.service} publishes ${storedType} as ${as}, which its contract does not name`);
      return [storedType, { as, data: (event) => publicType.schema.parse(data(event)) as object }];
    }),
  );
