import { Rejected, type Aggregate } from '#libs/event-store/decider';

/** Sessions of a course planned for the year, and how many minutes of training they give together. */
export type TrainingPlanLine = Readonly<{ course: string; sessions: number; minutes: number }>;

export type TrainingPlanEvent =
  | { type: 'PlanDrafted'; data: { fiscalYear: number; lines: readonly TrainingPlanLine[]; draftedBy: string } }
  | { type: 'PlanSubmitted'; data: { fiscalYear: number; submittedBy: string } }
  | { type: 'PlanReturned'; data: { fiscalYear: number; returnedBy: string; because: string } }
  | { type: 'PlanApproved'; data: { fiscalYear: number; lines: readonly TrainingPlanLine[]; approvedBy: string } };

export type TrainingPlanCommand = Readonly<{ fiscalYear: number; by: string }> &
  (
    | { type: 'DraftPlan'; lines: readonly TrainingPlanLine[]; submit: boolean; unknownCourses: readonly string[] }
    | { type: 'SubmitPlan' }
    | { type: 'ReturnPlan'; because: string }
    | { type: 'ApprovePlan' }
  );

type Draft = Readonly<{ lines: readonly TrainingPlanLine[]; authors: readonly string[]; submitted: boolean }>;

type State = Readonly<{
  /** The first plan or an amendment on its way to approval. */
  draft?: Draft;
  /** Lines in force; they stay so while an amendment is being prepared. */
  approved: readonly TrainingPlanLine[];
}>;

const decide = (command: TrainingPlanCommand, { draft }: State): TrainingPlanEvent[] => {
  const { fiscalYear, by } = command;
  switch (command.type) {
    case 'DraftPlan': {
      const { lines, unknownCourses } = command;
      if (draft?.submitted) throw new Rejected('plan.submitted', { fiscalYear });
      if (unknownCourses.length > 0) throw new Rejected('course.unknown', { course: unknownCourses[0] });
      checkLines(lines);
      const drafted: TrainingPlanEvent = { type: 'PlanDrafted', data: { fiscalYear, lines, draftedBy: by } };
      return command.submit ? [drafted, { type: 'PlanSubmitted', data: { fiscalYear, submittedBy: by } }] : [drafted];
    }
    case 'SubmitPlan':
      if (!draft) throw new Rejected('plan.no-draft', { fiscalYear });
      if (draft.submitted) throw new Rejected('plan.submitted', { fiscalYear });
      return [{ type: 'PlanSubmitted', data: { fiscalYear, submittedBy: by } }];
    case 'ReturnPlan':
      submitted(draft, fiscalYear);
      return [{ type: 'PlanReturned', data: { fiscalYear, returnedBy: by, because: command.because } }];
    case 'ApprovePlan': {
      const { lines, authors } = submitted(draft, fiscalYear);
      if (authors.includes(by)) throw new Rejected('plan.own-draft', { fiscalYear });
      return [{ type: 'PlanApproved', data: { fiscalYear, lines, approvedBy: by } }];
    }
  }
};

const submitted = (draft: Draft | undefined, fiscalYear: number): Draft => {
  if (!draft?.submitted) throw new Rejected('plan.not-submitted', { fiscalYear });
  return draft;
};

const checkLines = (lines: readonly TrainingPlanLine[]): void => {
  lines.forEach(({ course }, index) => {
    if (lines.findIndex((other) => other.course === course) < index) throw new Rejected('plan.line-twice', { course });
  });
};

const evolve = (state: State, { type, data }: TrainingPlanEvent): State => {
  const { draft } = state;
  switch (type) {
    case 'PlanDrafted':
      return { ...state, draft: { lines: data.lines, authors: [data.draftedBy], submitted: false } };
    case 'PlanSubmitted':
      return draft
        ? { ...state, draft: { ...draft, authors: [...draft.authors, data.submittedBy], submitted: true } }
        : state;
    case 'PlanReturned':
      return draft ? { ...state, draft: { ...draft, submitted: false } } : state;
    case 'PlanApproved':
      return { draft: undefined, approved: data.lines };
  }
};

/** The plan of one fiscal year (職員研修計画), stream `training-plan/<FY>`: which courses, how often, how long. */
export const trainingPlan: Aggregate<State, TrainingPlanCommand, TrainingPlanEvent> = {
  category: 'training-plan',
  initial: { approved: [] },
  decide,
  evolve,
  events: {
    PlanDrafted: { version: 1 },
    PlanSubmitted: { version: 1 },
    PlanReturned: { version: 1 },
    PlanApproved: { version: 1 },
  },
};
