import { Rejected, type Aggregate } from '#libs/event-store/decider';
import { ageOn } from '#libs/law/age';
import {
  applicationEvents,
  evolveApplication,
  type Applicant,
  type Application,
  type ApplicationEvent,
  type ApplicationState,
  type Sex,
} from './application-state.js';
import { decideOffer, type OfferCommand } from './offer.js';
import type { AgeLimit, PostingState } from './posting.js';
import { decideSelection, type SelectionCommand } from './selection.js';

type ReceiveApplication = {
  type: 'ReceiveApplication';
  applicationId: string;
  /** The posting as read when the command came in. */
  posting: PostingState;
  applicant: Applicant;
  sex: Sex;
  staffId?: string;
  today: string;
};

type WithdrawApplication = { type: 'WithdrawApplication'; today: string };
/** The applicant's key is destroyed in the same transaction. */
type EraseApplicant = { type: 'EraseApplicant' };

export type ApplicationCommand =
  | ReceiveApplication
  | WithdrawApplication
  | EraseApplicant
  | SelectionCommand
  | OfferCommand;

const decide = (command: ApplicationCommand, state: ApplicationState): ApplicationEvent[] => {
  if (command.type === 'ReceiveApplication') return receive(command, state);
  if (state.status === 'none') throw new Rejected('application.not-found');
  if (state.erased && command.type !== 'MarkJoined') throw new Rejected('application.erased');
  if ('by' in command) requireImpartial(command.by, state);
  switch (command.type) {
    case 'AssignAssessors':
    case 'DeclareRelative':
    case 'SendSheet':
    case 'DecideStage':
      return decideSelection(command, state);
    case 'MakeOffer':
    case 'AnswerOffer':
    case 'LapseOffer':
    case 'ConfirmHire':
    case 'MarkJoined':
      return decideOffer(command, state);
    case 'WithdrawApplication':
      return withdraw(command, state);
    case 'EraseApplicant':
      return erase(state);
  }
};

const receive = (command: ReceiveApplication, state: ApplicationState): ApplicationEvent[] => {
  const { applicationId, posting, applicant, sex, staffId, today } = command;
  if (state.status !== 'none') throw new Rejected('application.already-received');
  if (posting.status === 'none') throw new Rejected('posting.not-found');
  const { postingId, fiscalYear, jobCategory, route, flow, opensOn, closesOn, ageLimit } = posting;
  if (posting.status === 'closed') throw new Rejected('posting.closed');
  if (today < opensOn || today > closesOn) throw new Rejected('posting.outside-period', { opensOn, closesOn });
  checkAge(applicant.birthDate, today, ageLimit);
  return [
    {
      type: 'ApplicationReceived',
      data: {
        applicationId,
        postingId,
        fiscalYear,
        jobCategory,
        route,
        flow,
        receivedOn: today,
        sex,
        ...(staffId && { staffId }),
        ...applicant,
      },
    },
  ];
};

/** The age itself is personal: the rejection names only the day it was counted on. */
const checkAge = (birthDate: string, today: string, limit?: AgeLimit): void => {
  if (birthDate >= today) throw new Rejected('application.birth-date-not-past');
  if (!limit) return;
  const { min = 0, max = Infinity, on } = limit;
  const age = birthDate > on ? -1 : ageOn(birthDate, on);
  if (age < min || age > max) throw new Rejected('application.age-outside-limit', { on });
};

const OPEN: readonly Application['status'][] = ['in-selection', 'passed', 'offered', 'accepted', 'lapsed'];

/** 辞退 by the applicant, until the hire is confirmed; an accepted offer is given back the same way. */
const withdraw = ({ today }: WithdrawApplication, state: Application): ApplicationEvent[] => {
  if (!OPEN.includes(state.status)) throw new Rejected('application.closed', { status: state.status });
  const { applicationId, postingId } = state;
  return [{ type: 'ApplicationWithdrawn', data: { applicationId, postingId, withdrawnOn: today } }];
};

/** Nobody decides about themselves or about a declared relative; accounts that are not of staff have no `by`. */
const requireImpartial = (by: string | undefined, { staffId, relatives }: Application): void => {
  if (by !== undefined && (by === staffId || relatives.includes(by))) throw new Rejected('application.not-impartial');
};

const CLOSED: readonly Application['status'][] = ['failed', 'absent', 'withdrawn', 'declined', 'joined'];

/** Nothing can come of the application any more, and placement has what it needed of it. */
const erase = ({ status, applicationId, postingId }: Application): ApplicationEvent[] => {
  if (!CLOSED.includes(status)) throw new Rejected('application.not-closed', { status });
  return [{ type: 'ApplicantErased', data: { applicationId, postingId } }];
};

/** One person's way through one posting, stream `application/<applicationId>`. */
export const application: Aggregate<ApplicationState, ApplicationCommand, ApplicationEvent> = {
  category: 'application',
  initial: { status: 'none' },
  decide,
  evolve: evolveApplication,
  events: applicationEvents,
};
