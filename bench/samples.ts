import type { Aggregate } from '#libs/event-store/decider';
import type { Metadata } from '#libs/event-store/event-store';

export const CITY = '142140';

export const METADATA: Metadata = { actor: 'bench-hr-0001', correlationId: '0197a0c2-7d1e-7c11-9a35-5f0c8a5e2f6f' };

type Entered = {
  type: 'Entered';
  data: { personId: string; name: string; kana: string; address: string; unit: string; remark: string };
};

/** An event of about 350 bytes, so that an append costs what a middling one of the services costs. */
export const entered = (personId: string): Entered => ({
  type: 'Entered',
  data: {
    personId,
    name: 'Isehara Hanako',
    kana: 'ISEHARA HANAKO',
    address: 'Kanagawa-ken Isehara-shi Tanaka 348, room 201',
    unit: 'ka-14-general-affairs',
    remark: 'x'.repeat(160),
  },
});

/** The same event in the clear, and with three fields sealed under the person's key. */
export const plainEntries: Aggregate<null, never, Entered> = {
  category: 'entries',
  initial: null,
  decide: () => [],
  evolve: () => null,
  events: { Entered: { version: 1 } },
};

export const sealedEntries: Aggregate<null, never, Entered> = {
  ...plainEntries,
  category: 'sealed-entries',
  events: { Entered: { version: 1, personal: ['name', 'kana', 'address'], person: ({ personId }) => personId } },
};

/** Streams grow to this many events, then the next one begins. */
export const STREAM_LENGTH = 20;
