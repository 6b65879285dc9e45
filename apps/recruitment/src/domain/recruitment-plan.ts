import { Rejected, type Aggregate } from '#libs/event-store/decider';
import { requireKnown, sameLine, type Codes, type Line } from './codes.js';

/** Persons to be hired (採用予定人数) on one line of the plan. */
export type PlanLine = Line & Readonly<{ planned: number }>;

export type RecruitmentPlanEvent =
  | { type: 'PlanDrafted'; data: { fiscalYear: number; lines: readonly PlanLine[]; draftedBy: string } }
  | { type: 'PlanSubmitted'; data: { fiscalYear: number; submittedBy: string } }
  | { type: 'PlanReturned'; data: { fiscalYear: number; returnedBy: string; because: string } }
  | { type: 'PlanApproved'; data: { fiscalYear: number; lines: readonly PlanLine[]; approvedBy: string } }
  | {
      type: 'ExceptionGranted';
      data: Line & { fiscalYear: number; exceptionId: string; hires: number; because: string; grantedBy: string };
    }
  | { type: 'HireCounted'; data: Line & { fiscalYear: number; applicationId: string } };

export type RecruitmentPlanCommand =
  | {
      type: 'DraftPlan';
      fiscalYear: number;
      lines: readonly PlanLine[];
      /** Sent to the approver in the same step. */
      submit: boolean;
      by: string;
      codes: Codes;
    }
  | { type: 'SubmitPlan'; fiscalYear: number; by: string }
  | { type: 'ReturnPlan'; fiscalYear: number; by: string; because: string }
  | { type: 'ApprovePlan'; fiscalYear: number; by: string }
  | (Line & {
      type: 'GrantException';
      fiscalYear: number;
      exceptionId: string;
      hires: number;
      because: string;
      by: string;
      codes: Codes;
    })
  | (Line & { type: 'CountHire'; fiscalYear: number; applicationId: string });

type Draft = Readonly<{ lines: readonly PlanLine[]; authors: readonly string[]; submitted: boolean }>;

type State = Readonly<{
  /** The first plan or an amendment on its way to approval. */
  draft?: Draft;
  /** Lines in force; they stay so while an amendment is being prepared. */
  approved: readonly PlanLine[];
  exceptions: readonly (Line & { hires: number })[];
  hires: readonly (Line & { applicationId: string })[];
}>;

const decide = (command: RecruitmentPlanCommand, state: State): RecruitmentPlanEvent[] => {
  const { fiscalYear } = command;
  switch (command.type) {
    case 'DraftPlan': {
      const { lines, by } = command;
      if (state.draft?.submitted) throw new Rejected('plan.submitted', { fiscalYear });
      checkLines(lines, command.codes);
      checkCovers(lines, state);
      const drafted: RecruitmentPlanEvent = { type: 'PlanDrafted', data: { fiscalYear, lines, draftedBy: by } };
      return command.submit ? [drafted, { type: 'PlanSubmitted', data: { fiscalYear, submittedBy: by } }] : [drafted];
    }
    case 'SubmitPlan':
      if (!state.draft) throw new Rejected('plan.no-draft', { fiscalYear });
      if (state.draft.submitted) throw new Rejected('plan.submitted', { fiscalYear });
      return [{ type: 'PlanSubmitted', data: { fiscalYear, submittedBy: command.by } }];
    case 'ReturnPlan':
      submitted(state, fiscalYear);
      return [{ type: 'PlanReturned', data: { fiscalYear, returnedBy: command.by, because: command.because } }];
    case 'ApprovePlan': {
      const { lines, authors } = submitted(state, fiscalYear);
      if (authors.includes(command.by)) throw new Rejected('plan.own-draft', { fiscalYear });
      checkCovers(lines, state);
      return [{ type: 'PlanApproved', data: { fiscalYear, lines, approvedBy: command.by } }];
    }
    case 'GrantException': {
      const { exceptionId, jobCategory, route, hires, because, by } = command;
      requireKnown(command, command.codes);
      return [
        {
          type: 'ExceptionGranted',
          data: { fiscalYear, exceptionId, jobCategory, route, hires, because, grantedBy: by },
        },
      ];
    }
    case 'CountHire': {
      const { applicationId, jobCategory, route } = command;
      if (state.hires.some((hire) => hire.applicationId === applicationId)) return [];
      const allowed = planned(state.approved, command) + excepted(state, command);
      if (hired(state, command) >= allowed) {
        throw new Rejected('plan.exceeded', { fiscalYear, jobCategory, route, allowed });
      }
      return [{ type: 'HireCounted', data: { fiscalYear, applicationId, jobCategory, route } }];
    }
  }
};

const submitted = ({ draft }: State, fiscalYear: number): Draft => {
  if (!draft?.submitted) throw new Rejected('plan.not-submitted', { fiscalYear });
  return draft;
};

const checkLines = (lines: readonly PlanLine[], codes: Codes): void => {
  lines.forEach((line, index) => {
    requireKnown(line, codes);
    if (lines.findIndex((other) => sameLine(other, line)) < index) {
      throw new Rejected('plan.line-twice', { jobCategory: line.jobCategory, route: line.route });
    }
  });
};

/** An amendment cannot undo hires that were made: what the line and its exceptions allow covers them. */
const checkCovers = (lines: readonly PlanLine[], state: State): void => {
  for (const hire of state.hires) {
    if (planned(lines, hire) + excepted(state, hire) < hired(state, hire)) {
      throw new Rejected('plan.below-hired', { jobCategory: hire.jobCategory, route: hire.route });
    }
  }
};

const planned = (lines: readonly PlanLine[], line: Line): number =>
  lines.find((one) => sameLine(one, line))?.planned ?? 0;

const excepted = ({ exceptions }: State, line: Line): number =>
  exceptions.filter((one) => sameLine(one, line)).reduce((sum, { hires }) => sum + hires, 0);

const hired = ({ hires }: State, line: Line): number => hires.filter((one) => sameLine(one, line)).length;

const evolve = (state: State, { type, data }: RecruitmentPlanEvent): State => {
  switch (type) {
    case 'PlanDrafted':
      return { ...state, draft: { lines: data.lines, authors: [data.draftedBy], submitted: false } };
    case 'PlanSubmitted':
      return state.draft
        ? { ...state, draft: { ...state.draft, authors: [...state.draft.authors, data.submittedBy], submitted: true } }
        : state;
    case 'PlanReturned':
      return state.draft ? { ...state, draft: { ...state.draft, submitted: false } } : state;
    case 'PlanApproved':
      return { ...state, draft: undefined, approved: data.lines };
    case 'ExceptionGranted':
      return { ...state, exceptions: [...state.exceptions, data] };
    case 'HireCounted':
      return { ...state, hires: [...state.hires, data] };
  }
};

/**
 * The plan of one fiscal year (採用計画), stream `recruitment-plan/<FY>`. Every hire is counted here in the transaction
 * that confirms it: two hires at once meet at the version of this stream, so a line can never be overdrawn.
 */
export const recruitmentPlan: Aggregate<State, RecruitmentPlanCommand, RecruitmentPlanEvent> = {
  category: 'recruitment-plan',
  initial: { approved: [], exceptions: [], hires: [] },
  decide,
  evolve,
  events: {
    PlanDrafted: { version: 1 },
    PlanSubmitted: { version: 1 },
    PlanReturned: { version: 1 },
    PlanApproved: { version: 1 },
    ExceptionGranted: { version: 1 },
    HireCounted: { version: 1 },
  },
};
