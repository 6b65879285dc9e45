import { Rejected } from '#libs/event-store/decider';
import { addDays, lastDayOfPeriod, type LocalDate } from '#libs/law/local-date';
import { probationEnd } from '#libs/law/probation';
import { sumOf } from './form.js';
import { phaseOf, type Outcome, type Result, type Sheet, type SheetEvent } from './sheet-state.js';

export type ResultCommand =
  | {
      type: 'ConfirmSheet';
      /** For probations, and only for them. */
      outcome?: Outcome;
      /** Of an extension; without it those of the form. */
      months?: number;
      reason?: string;
      /** Most months of the probation with all extensions. */
      maxMonths: number;
      by?: string;
      today: LocalDate;
    }
  | { type: 'DiscloseSheet'; by?: string; today: LocalDate };

/** What HR does at the end of the way: the result stands, and the person may read it. */
export const decideResult = (command: ResultCommand, state: Sheet): SheetEvent[] => {
  const { sheetId, staffId, kind, employmentId } = state;
  const { by, today } = command;
  if (by === staffId) throw new Rejected('sheet.own-evaluation');
  if (command.type === 'DiscloseSheet') {
    if (state.status !== 'confirmed') throw new Rejected('sheet.not-confirmed', { status: state.status });
    return [{ type: 'SheetDisclosed', data: { sheetId, staffId, disclosedOn: today } }];
  }
  const phase = phaseOf(state);
  if (phase !== 'confirmation') throw new Rejected('sheet.not-the-turn', { phase });
  const data = {
    sheetId,
    staffId,
    kind,
    ...(employmentId && { employmentId }),
    confirmedOn: today,
    ...(by && { confirmedBy: by }),
    ...resultOf(command, state),
  };
  return [{ type: 'SheetConfirmed', data }];
};

type Confirm = Extract<ResultCommand, { type: 'ConfirmSheet' }>;

const resultOf = (command: Confirm, state: Sheet): Result => {
  const { outcome, months, reason } = command;
  if ((outcome === undefined) !== (state.kind === 'yearly'))
    throw new Rejected(outcome === undefined ? 'result.outcome-missing' : 'result.not-for-kind');
  if (months !== undefined && outcome !== 'extended') throw new Rejected('result.months-without-extension');
  const enough = sumOf(state.second?.scores ?? []) >= state.form.passPoints;
  if (outcome && (outcome === 'passed') !== enough && !reason) throw new Rejected('result.unexplained');
  return {
    ...(outcome && { outcome }),
    ...(outcome === 'extended' && { extendedThrough: extension(command, state) }),
    ...(reason && { reason }),
  };
};

/** 地方公務員法22条: an extension goes on from the last day, to a year from the appointment at the most. */
const extension = ({ months, maxMonths, today }: Confirm, { until, appointedOn, from, form }: Sheet): LocalDate => {
  if (until < today) throw new Rejected('result.probation-over', { until });
  const through = lastDayOfPeriod(addDays(until, 1), months ?? form.extensionMonths);
  const latest = probationEnd(appointedOn ?? from, maxMonths);
  if (through > latest) throw new Rejected('result.extension-beyond-limit', { latest });
  return through;
};
