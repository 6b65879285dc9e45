import { Rejected } from '#libs/event-store/decider';
import { addDays } from '#libs/law/local-date';
import type { Application, ApplicationEvent, DeclineReason, HireTerms } from './application-state.js';

export type OfferCommand =
  | { type: 'MakeOffer'; today: string; by?: string }
  | { type: 'AnswerOffer'; answer: 'accepted' | 'declined'; declineReason?: DeclineReason; today: string }
  | { type: 'LapseOffer'; deadline: string }
  | { type: 'ConfirmHire'; terms: HireTerms; allowed: AllowedTerms; by?: string }
  | { type: 'MarkJoined'; staffId: string };

/** What the policy pack and the organisation in force on `joinsOn` allow for the post of the terms. */
export type AllowedTerms = Readonly<{
  unitExists: boolean;
  /** Grades of the position, none for posts outside the grade table; undefined when the pack has no such position. */
  grades?: readonly string[];
  fullTimeMinutes: number;
  /** Of `formerStaffId`: whether anybody of that id was ever in service, and whether still on the first day. */
  former?: Readonly<{ known: boolean; inService: boolean }>;
}>;

/** From the offer to the first day (R9). */
export const decideOffer = (command: OfferCommand, state: Application): ApplicationEvent[] => {
  const { applicationId, postingId, status } = state;
  switch (command.type) {
    case 'MakeOffer': {
      if (status === 'offered') throw new Rejected('offer.already-made');
      // A lapsed offer may be renewed; a declined one was answered.
      if (status !== 'passed' && status !== 'lapsed') throw new Rejected('offer.not-passed', { status });
      const deadline = addDays(command.today, state.flow.offerDeadlineDays);
      return [{ type: 'OfferMade', data: { applicationId, postingId, madeOn: command.today, deadline } }];
    }
    case 'AnswerOffer':
      return answer(command, state);
    case 'LapseOffer':
      // The timer of an offer that was answered, withdrawn or renewed in the meantime has nothing left to do.
      if (status !== 'offered' || state.deadline !== command.deadline) return [];
      return [{ type: 'OfferLapsed', data: { applicationId, postingId } }];
    case 'ConfirmHire': {
      if (status === 'hired' || status === 'joined') throw new Rejected('hire.already-confirmed');
      if (status !== 'accepted') throw new Rejected('hire.offer-not-accepted', { status });
      checkTerms(command.terms, command.allowed);
      const { jobCategory, route } = state;
      return [{ type: 'HireConfirmed', data: { applicationId, postingId, jobCategory, route, ...command.terms } }];
    }
    case 'MarkJoined':
      if (status === 'joined' && state.joinedAs === command.staffId) return [];
      if (status !== 'hired') throw new Rejected('application.not-hired', { status });
      return [{ type: 'ApplicantJoined', data: { applicationId, postingId, staffId: command.staffId } }];
  }
};

type Answer = Extract<OfferCommand, { type: 'AnswerOffer' }>;

const answer = ({ answer, declineReason, today }: Answer, state: Application): ApplicationEvent[] => {
  const { applicationId, postingId, status, deadline = '' } = state;
  if (status !== 'offered') throw new Rejected('offer.none-open', { status });
  if (today > deadline) throw new Rejected('offer.past-deadline', { deadline });
  if (answer === 'declined' && !declineReason) throw new Rejected('offer.decline-reason-missing');
  return [
    {
      type: 'OfferAnswered',
      data: { applicationId, postingId, answer, answeredOn: today, ...(answer === 'declined' && { declineReason }) },
    },
  ];
};

const checkTerms = ({ grade, post, weeklyMinutes, formerStaffId }: HireTerms, allowed: AllowedTerms): void => {
  if (!allowed.unitExists) throw new Rejected('hire.unit-unknown', { unitId: post.unitId });
  if (!allowed.grades) throw new Rejected('hire.position-unknown', { position: post.position });
  if (allowed.grades.length > 0 && !allowed.grades.includes(grade))
    throw new Rejected('hire.grade-not-of-position', { grade, grades: allowed.grades });
  if (weeklyMinutes > allowed.fullTimeMinutes)
    throw new Rejected('hire.over-full-time', { fullTime: allowed.fullTimeMinutes });
  if (formerStaffId === undefined) return;
  if (!allowed.former?.known) throw new Rejected('hire.former-staff-unknown', { formerStaffId });
  if (allowed.former.inService) throw new Rejected('hire.former-staff-in-service', { formerStaffId });
};
