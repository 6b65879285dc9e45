import { recruitmentContract } from '#libs/contracts/recruitment';
import type { StoredEvent } from '#libs/event-store/event-store';
import { definePublishes } from '#libs/messaging/publishes';
import type { PostingEvent } from './domain/posting.js';
import type { SubstituteRequestEvent } from './domain/substitute-request.js';

/** The contract's schema lets its own fields through and drops the rest. */
const asContracted = ({ data }: StoredEvent): object => data;

const posting = ({ data }: StoredEvent): object => {
  const { flow, ...rest } = data as Extract<PostingEvent, { type: 'PostingOpened' }>['data'];
  return { ...rest, flowVersion: `${flow.id}/${flow.version}` };
};

const filling = ({ data }: StoredEvent): object => {
  const { substitute, ...rest } = data as Extract<SubstituteRequestEvent, { type: 'SubstituteRequestFilled' }>['data'];
  return { ...rest, ...substitute };
};

/** Sheets, assessors, relatives and claims stay private; so does the reason of a plan's return or exception. */
export const publishes = definePublishes(recruitmentContract, {
  PlanApproved: { as: 'PlanApproved', data: asContracted },
  PostingOpened: { as: 'PostingOpened', data: posting },
  ApplicationReceived: { as: 'ApplicationReceived', data: asContracted },
  StageDecided: { as: 'StageDecided', data: asContracted },
  ApplicationWithdrawn: { as: 'ApplicationWithdrawn', data: asContracted },
  OfferMade: { as: 'OfferMade', data: asContracted },
  OfferAnswered: { as: 'OfferAnswered', data: asContracted },
  OfferLapsed: { as: 'OfferLapsed', data: asContracted },
  HireConfirmed: { as: 'HireConfirmed', data: asContracted },
  ApplicantJoined: { as: 'ApplicantJoined', data: asContracted },
  SubstituteRequested: { as: 'SubstituteRequested', data: asContracted },
  SubstituteRequestFilled: { as: 'SubstituteRequestFilled', data: filling },
  SubstituteRequestClosed: { as: 'SubstituteRequestClosed', data: asContracted },
});
