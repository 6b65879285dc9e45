import { evaluationContract } from '#libs/contracts/evaluation';
import type { StoredEvent } from '#libs/event-store/event-store';
import { definePublishes } from '#libs/messaging/publishes';

/** The contract's schema lets its own fields through and drops the rest. */
const asContracted = ({ data }: StoredEvent): object => data;

const completed =
  (step: string) =>
  ({ data }: StoredEvent): object => ({ ...data, step });

/** Evaluators, goals, points, comments and results stay private. */
export const publishes = definePublishes(evaluationContract, {
  SheetOpened: { as: 'SheetOpened', data: asContracted },
  GoalsAgreed: { as: 'StepCompleted', data: completed('goals') },
  InterviewHeld: { as: 'InterviewHeld', data: asContracted },
  FirstEvaluated: { as: 'StepCompleted', data: completed('first') },
  SecondEvaluated: { as: 'StepCompleted', data: completed('second') },
  SheetDueMoved: { as: 'SheetDueMoved', data: asContracted },
  SheetOverdue: { as: 'SheetOverdue', data: asContracted },
  SheetConfirmed: { as: 'SheetConfirmed', data: asContracted },
  SheetDisclosed: { as: 'SheetDisclosed', data: asContracted },
  SheetClosed: { as: 'SheetClosed', data: asContracted },
  SheetReopened: { as: 'SheetReopened', data: asContracted },
});
