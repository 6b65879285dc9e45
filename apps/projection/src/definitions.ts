import { Unavailable } from '#libs/messaging/unavailable';
import type { FactSource, Subject } from './subject.js';
import { SOURCES, SUBJECTS } from './subjects.js';

/**
 * What a version of the facts is made of. The number rises with every change of a table, of what a fold says, or of a view;
 * a release brings the new definition and still has the one that is live, until a rebuild has taken its place
 * (docs/adr/0018).
 */
export type Definition = Readonly<{ number: number; sources: readonly FactSource[]; subjects: readonly Subject[] }>;

/** The release that runs does not have the definition: the consumer waits for one that has. */
export class UnknownDefinition extends Unavailable {}

/** The definitions a release knows. */
export class Definitions {
  constructor(private readonly known: readonly [Definition, ...Definition[]]) {}

  /** That of new versions. */
  get newest(): Definition {
    return this.known.reduce((a, b) => (a.number > b.number ? a : b));
  }

  knows(number: number): boolean {
    return this.known.some((definition) => definition.number === number);
  }

  /** @throws UnknownDefinition since to fill its tables by another one would be to spoil them */
  of(number: number): Definition {
    const found = this.known.find((definition) => definition.number === number);
    if (!found) throw new UnknownDefinition(`definition ${number} of the facts is not known to this release`);
    return found;
  }
}

export const DEFINITIONS = new Definitions([{ number: 1, sources: SOURCES, subjects: SUBJECTS }]);
