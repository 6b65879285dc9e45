import { OwnError } from './own-error.js';

/** A stored fact: a name in the past tense and its data. */
export type DomainEvent = Readonly<{ type: string; data: object }>;

/** The pure heart of an aggregate. Time, ids, policy and looked-up facts come in with the command. */
export type Decider<State, Command, Event> = Readonly<{
  initial: State;
  decide: (command: Command, state: State) => readonly Event[];
  evolve: (state: State, event: Event) => State;
}>;

/** How one type of event is stored. */
export type EventType<Data> = Readonly<{
  /** Schema version written today; 1 until a second shape exists. */
  version: number;
  /** Top-level fields of `data` that are personal: sealed under the key of `person`, never stored in the clear. */
  personal?: readonly (keyof Data & string)[];
  /** Whose key seals the personal fields; required with `personal`. */
  person?: (data: Data) => string;
  /** Local date (`YYYY-MM-DD`, Asia/Tokyo) from which the fact is true, where the event has one. */
  effectiveOn?: (data: Data) => string;
  /** One step per old version: `upcasts[0]` turns version 1 into version 2, and so on. */
  upcasts?: readonly ((old: Record<string, unknown>) => Record<string, unknown>)[];
}>;

/** A decider with a name for its streams and the shape of its events: all the store has to know of it. */
export type Aggregate<State, Command, Event extends DomainEvent> = Decider<State, Command, Event> &
  Readonly<{
    /** First part of the stream name: `<category>-<municipality>/<id>`. */
    category: string;
    events: { readonly [Type in Event['type']]: EventType<Extract<Event, { type: Type }>['data']> };
  }>;

/** What a personal field reads as once the person's key has been destroyed. */
export const ERASED = 'erased';

/** A business rule said no. `code` (`noun.reason`) is stable and documented; `facts` explain it without personal data. */
export class Rejected extends OwnError {
  constructor(
    readonly code: string,
    readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>> = {},
  ) {
    super(code);
  }
}
