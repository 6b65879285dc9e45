import { Rejected, type Aggregate } from '#libs/event-store/decider';
import { addDays, type LocalDate } from '#libs/law/local-date';
import type { Form } from './form.js';
import { decideResult, type ResultCommand } from './result.js';
import { evolveSheet, sheetEvents, type Period, type Sheet, type SheetEvent, type SheetState } from './sheet-state.js';
import { decideStep, opening, type Route, type StepCommand } from './steps.js';

/** A probation as the person's history says it now; of an appointment that was revoked only that it is. */
export type Followed = Readonly<{ employmentId: string }> &
  (
    | Readonly<{ revoked: true }>
    | (Period &
        Readonly<{
          revoked: false;
          appointedOn: LocalDate;
          route: string;
          /** The formal appointment has been made. */
          formal: boolean;
          /** Last day in service, when the person leaves. */
          lastDay?: LocalDate;
        }>)
  );

type FollowProbation = {
  type: 'FollowProbation';
  sheetId: string;
  staffId: string;
  probation: Followed;
  /** First last day of a probation that is judged here. */
  cutover: LocalDate;
  /** The form of the day the period begins; needed only to open a sheet. */
  form?: Form;
  today: LocalDate;
};

type OpenYearly = { type: 'OpenYearly'; sheetId: string; staffId: string; form: Form; today: LocalDate } & Period & {
    dueOn: LocalDate;
  };

export type SheetCommand =
  | FollowProbation
  /** `serves`: whether the person is in service on the last day of the year, as far as is known now. */
  | { type: 'FollowService'; serves: boolean }
  | OpenYearly
  /** The period begins: the first evaluator is found by post. */
  | { type: 'OpenGoals'; route: Route; today: LocalDate }
  | { type: 'MarkOverdue'; dueOn: LocalDate; today: LocalDate }
  | StepCommand
  | ResultCommand;

const decide = (command: SheetCommand, state: SheetState): SheetEvent[] => {
  if (command.type === 'FollowProbation') return follow(command, state);
  if (command.type === 'OpenYearly') return openYearly(command, state);
  if (command.type === 'FollowService') return followService(command.serves, state);
  if (state.status === 'none') throw new Rejected('sheet.not-found');
  switch (command.type) {
    case 'OpenGoals':
      // A timer may fire late or twice, or after the appointment was moved away.
      if (state.status !== 'open' || state.steps.goals || command.today < state.from) return [];
      return opening(state, [], command);
    case 'MarkOverdue':
      return overdue(command, state);
    case 'SetGoals':
    case 'AgreeGoals':
    case 'RecordInterview':
    case 'ConfirmInterview':
    case 'Evaluate':
    case 'ReplaceEvaluator':
      return decideStep(command, state);
    case 'ConfirmSheet':
    case 'DiscloseSheet':
      return decideResult(command, state);
  }
};

/** Keeps the sheet of a probation to what the personnel actions say; what has a result is not touched any more. */
const follow = (command: FollowProbation, state: SheetState): SheetEvent[] => {
  const { sheetId, staffId, probation } = command;
  if (state.status === 'confirmed' || state.status === 'disclosed') return [];
  const because = endOf(probation);
  if (state.status === 'none') return because ? [] : open(command);
  if (because) return state.status === 'open' ? [{ type: 'SheetClosed', data: { sheetId, staffId, because } }] : [];
  if (probation.revoked) return [];
  const { from, until, appointedOn } = probation;
  const dueOn = addDays(until, -state.form.dueDaysBefore);
  const data = { sheetId, staffId, from, until, appointedOn, dueOn };
  if (state.status === 'closed') return [{ type: 'SheetReopened', data }];
  const stays = state.from === from && state.until === until && state.appointedOn === appointedOn;
  return stays ? [] : [{ type: 'SheetDueMoved', data }];
};

/** A yearly sheet ends without a result when the person leaves before the year is over. */
const followService = (serves: boolean, state: SheetState): SheetEvent[] => {
  if (state.status === 'none') return [];
  const { sheetId, staffId, from, until, dueOn } = state;
  if (state.status === 'open' && !serves)
    return [{ type: 'SheetClosed', data: { sheetId, staffId, because: 'separated' } }];
  if (state.status === 'closed' && serves)
    return [{ type: 'SheetReopened', data: { sheetId, staffId, from, until, dueOn } }];
  return [];
};

/** Nobody is judged whose appointment was revoked, or who leaves before the period is over. */
const endOf = (probation: Followed): 'action-voided' | 'separated' | undefined => {
  if (probation.revoked) return 'action-voided';
  return probation.lastDay && probation.lastDay < probation.until ? 'separated' : undefined;
};

const open = ({ sheetId, staffId, probation, cutover, form, today }: FollowProbation): SheetEvent[] => {
  if (!form || probation.revoked || probation.formal || probation.until < cutover) return [];
  const { employmentId, appointedOn, route, from, until } = probation;
  return [
    {
      type: 'SheetOpened',
      data: {
        sheetId,
        staffId,
        kind: 'probation',
        employmentId,
        appointedOn,
        route,
        from,
        until,
        openedOn: today,
        dueOn: addDays(until, -form.dueDaysBefore),
        items: form.version,
        form,
      },
    },
  ];
};

const openYearly = (command: OpenYearly, state: SheetState): SheetEvent[] => {
  if (state.status !== 'none') throw new Rejected('sheet.already-opened');
  const { sheetId, staffId, form, from, until, dueOn, today } = command;
  return [
    {
      type: 'SheetOpened',
      data: { sheetId, staffId, kind: 'yearly', from, until, openedOn: today, dueOn, items: form.version, form },
    },
  ];
};

/** Once per due date, and never for a sheet that has moved on meanwhile. */
const overdue = (
  { dueOn, today }: Readonly<{ dueOn: LocalDate; today: LocalDate }>,
  { status, sheetId, staffId, ...state }: Sheet,
): SheetEvent[] => {
  if (status !== 'open' || state.dueOn !== dueOn || state.overdueOf === dueOn || today <= dueOn) return [];
  return [{ type: 'SheetOverdue', data: { sheetId, staffId, dueOn } }];
};

/** One person judged for one period, stream `sheet/<staffId>:<cycle>:<kind>`. */
export const sheet: Aggregate<SheetState, SheetCommand, SheetEvent> = {
  category: 'sheet',
  initial: { status: 'none' },
  decide,
  evolve: evolveSheet,
  events: sheetEvents,
};
