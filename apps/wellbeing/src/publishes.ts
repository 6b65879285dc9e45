import { wellbeingContract } from '#libs/contracts/wellbeing';
import type { StoredEvent } from '#libs/event-store/event-store';
import { definePublishes } from '#libs/messaging/publishes';
import type { LeaveData } from './domain/leave-events.js';

/** The contract's schema lets its own fields through and drops the rest: lots, policy versions, causes, wishes. */
const asContracted = ({ data }: StoredEvent): object => data;

/** A kind the city keeps confidential is `other` to everybody else. */
const publicGrant = ({ data }: StoredEvent): object => {
  const { publicKind, origin, ...grant } = data as LeaveData<'LeaveGranted'>;
  return { ...grant, kind: publicKind, carriedOver: origin === 'carry-over' };
};

const publicEntries = ({ data }: StoredEvent): object => {
  const { staffId, entries } = data as LeaveData<'LeaveTaken'>;
  return { staffId, entries: entries.map((entry) => ({ ...entry, kind: entry.publicKind })) };
};

/** Requests, their reasons, approvals and refusals stay private. */
export const publishes = definePublishes(wellbeingContract, {
  // leave
  LeaveGranted: { as: 'LeaveGranted', data: publicGrant },
  LeaveGrantRevoked: { as: 'LeaveGrantRevoked', data: asContracted },
  LeaveTaken: { as: 'LeaveTaken', data: publicEntries },
  LeaveCancelled: { as: 'LeaveCancelled', data: asContracted },
  LeaveExpired: { as: 'LeaveExpired', data: asContracted },

  // childcare leave
  BirthNotified: { as: 'BirthNotified', data: asContracted },
  BirthRecorded: { as: 'BirthNotified', data: asContracted },
  BirthNoticeVoided: { as: 'BirthNoticeVoided', data: asContracted },
  IntentInterviewHeld: { as: 'IntentInterviewHeld', data: asContracted },
  ChildcareLeaveApproved: { as: 'ChildcareLeaveApproved', data: asContracted },
  // To others it is approved for other days.
  ChildcareLeaveMoved: { as: 'ChildcareLeaveApproved', data: asContracted },
  ChildcareLeaveCancelled: { as: 'ChildcareLeaveCancelled', data: asContracted },
  ChildcareLeaveStarted: { as: 'ChildcareLeaveStarted', data: asContracted },
  // To others the last day moved, whichever way.
  ChildcareLeaveExtended: { as: 'ChildcareLeaveExtended', data: asContracted },
  ChildcareLeaveShortened: { as: 'ChildcareLeaveExtended', data: asContracted },
  ChildcareLeaveEnded: { as: 'ChildcareLeaveEnded', data: asContracted },
  PastChildcareLeaveRecorded: { as: 'PastChildcareLeaveRecorded', data: asContracted },
});
