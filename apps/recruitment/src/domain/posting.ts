import { Rejected, type Aggregate } from '#libs/event-store/decider';
import { requireKnown, type Codes, type Line } from './codes.js';
import type { Flow } from './selection-flow.js';

/** Legal age in full years, both bounds inclusive, reached on the day `on`. */
export type AgeLimit = Readonly<{ min?: number; max?: number; on: string }>;

type Posting = Line &
  Readonly<{
    postingId: string;
    /** Year of the plan its hires count in. */
    fiscalYear: number;
    title: string;
    /** First and last day (inclusive, Asia/Tokyo) on which an application is received. */
    opensOn: string;
    closesOn: string;
    ageLimit?: AgeLimit;
    /** Frozen from the policy pack in force when the posting was opened. */
    flow: Flow;
    /** Random key under which applicants are recognised within this posting; sealed, and useless for any other. */
    recognitionKey: string;
  }>;

export type PostingEvent =
  | { type: 'PostingOpened'; data: Posting }
  | { type: 'PostingClosed'; data: { postingId: string; closedOn: string } };

export type PostingCommand =
  | { type: 'OpenPosting'; posting: Posting; codes: Codes }
  | { type: 'ClosePosting'; postingId: string; today: string };

export type PostingState = { status: 'none' } | ({ status: 'open' } & Posting) | ({ status: 'closed' } & Posting);

const decide = (command: PostingCommand, state: PostingState): PostingEvent[] => {
  switch (command.type) {
    case 'OpenPosting': {
      const { posting, codes } = command;
      if (state.status !== 'none') throw new Rejected('posting.already-opened');
      requireKnown(posting, codes);
      if (posting.closesOn < posting.opensOn) throw new Rejected('posting.closes-before-opening');
      const { min, max } = posting.ageLimit ?? {};
      if (min !== undefined && max !== undefined && max < min)
        throw new Rejected('posting.age-limit-empty', { min, max });
      return [{ type: 'PostingOpened', data: posting }];
    }
    case 'ClosePosting':
      if (state.status === 'none') throw new Rejected('posting.not-found');
      if (state.status === 'closed') throw new Rejected('posting.closed');
      return [{ type: 'PostingClosed', data: { postingId: command.postingId, closedOn: command.today } }];
  }
};

const evolve = (state: PostingState, { type, data }: PostingEvent): PostingState => {
  switch (type) {
    case 'PostingOpened':
      return { ...data, status: 'open' };
    case 'PostingClosed':
      return state.status === 'none' ? state : { ...state, status: 'closed' };
  }
};

/** One round of recruitment (募集), stream `posting/<postingId>`; a continuous recruitment is a row of postings. */
export const posting: Aggregate<PostingState, PostingCommand, PostingEvent> = {
  category: 'posting',
  initial: { status: 'none' },
  decide,
  evolve,
  events: {
    PostingOpened: { version: 1, personal: ['recognitionKey'], person: ({ postingId }) => postingId },
    PostingClosed: { version: 1 },
  },
};
