import { placementContract } from '#libs/contracts/placement';
import type { StoredEvent } from '#libs/event-store/event-store';
import { definePublishes } from '#libs/messaging/publishes';

/** The contract's schema lets its own fields through and drops the rest: numbers, policy versions, reasons of voiding. */
const asContracted = ({ data }: StoredEvent): object => data;

/** Details, reservations and uploads stay private. */
export const publishes = definePublishes(placementContract, {
  StaffRegistered: { as: 'StaffRegistered', data: asContracted },
  StaffAttributesCorrected: { as: 'StaffAttributesCorrected', data: asContracted },
  PersonnelActionTaken: { as: 'PersonnelActionTaken', data: asContracted },
  PersonnelActionVoided: { as: 'PersonnelActionVoided', data: asContracted },
  UnitChanged: { as: 'UnitChanged', data: asContracted },
  ProbationEndAnnounced: { as: 'ProbationEndAnnounced', data: asContracted },
  PersonErased: { as: 'PersonErased', data: asContracted },
});
