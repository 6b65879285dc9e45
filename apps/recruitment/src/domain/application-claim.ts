import { Rejected, type Aggregate } from '#libs/event-store/decider';

export type ApplicationClaimEvent = {
  type: 'ApplicationClaimed';
  data: { postingId: string; applicationId: string };
};

export type ApplicationClaimCommand = { type: 'ClaimApplication'; postingId: string; applicationId: string };

type State = { applicationId?: string };

/**
 * Holds that a person applies once to a posting, stream `application-claim/<postingId>.<HMAC>`. Taken in the
 * transaction that receives the application and kept after a withdrawal: 辞退 does not open a second try.
 */
export const applicationClaim: Aggregate<State, ApplicationClaimCommand, ApplicationClaimEvent> = {
  category: 'application-claim',
  initial: {},
  decide: ({ postingId, applicationId }, state) => {
    if (state.applicationId === applicationId) return [];
    if (state.applicationId) throw new Rejected('application.twice', { postingId });
    return [{ type: 'ApplicationClaimed', data: { postingId, applicationId } }];
  },
  evolve: (_, { data }) => ({ applicationId: data.applicationId }),
  events: { ApplicationClaimed: { version: 1 } },
};
