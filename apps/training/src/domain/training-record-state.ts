import type { TrainingEvent } from '#libs/contracts/training';
import type { EventType } from '#libs/event-store/decider';
import type { LocalDate } from '#libs/law/local-date';

type Public<Type extends TrainingEvent['type']> = Extract<TrainingEvent, { type: Type }>['data'];

export type CourseKind = Public<'AssignmentMade'>['kind'];
export type AssignmentCause = Public<'AssignmentMade'>['because'];
export type ExcuseCause = Public<'AssignmentExcused'>['because'];

/** Why somebody excused an assignment by hand; coded, so that nothing personal is written down. */
export const EXCUSE_REASONS = [
  'equivalent', // 他の機関等で同等の研修を修了
  'not-needed', // 職務上、受講の必要がない
  'on-duty', // 公務のため受講できない
  'seconded', // 派遣中
  'other',
] as const;
export type ExcuseReason = (typeof EXCUSE_REASONS)[number];

export type TrainingRecordEvent =
  | {
      type: 'AssignmentMade';
      data: Public<'AssignmentMade'> & {
        /** The rule and the version of the pack that has it; none when ordered or brought in. */
        rule?: { id: string; system: string; version: LocalDate };
        /** Personnel action it was made because of. */
        actionId?: string;
      };
    }
  | { type: 'AssignmentExcused'; data: Public<'AssignmentExcused'> & { actionId?: string; reason?: ExcuseReason } }
  | { type: 'AssignmentReopened'; data: Public<'AssignmentReopened'> & { actionId?: string } }
  | {
      type: 'CourseCompleted';
      data: Public<'CourseCompleted'> & {
        sessionId?: string;
        /** Day on which the renewal is assigned; none when it holds for ever, or ended before this system took over. */
        renewOn?: LocalDate;
      };
    }
  | { type: 'CompletionVoided'; data: Public<'CompletionVoided'> };

type Excuse = Readonly<{
  because: ExcuseCause;
  from: LocalDate;
  actionId?: string;
  /** The leave during which the person left: it holds again when the separation is voided. */
  leave?: Omit<Excuse, 'leave'>;
}>;

export type Assignment = Readonly<{
  assignmentId: string;
  course: string;
  because: AssignmentCause;
  assignedOn: LocalDate;
  dueOn: LocalDate;
  actionId?: string;
  excuse?: Excuse;
  /** The action that ended the excuse: when it is voided, the excuse holds again. */
  reopened?: Readonly<{ actionId: string; excuse: Excuse; dueOn: LocalDate }>;
  /** Completion that meets it; one that is met stays so whatever happens to the person. */
  completionId?: string;
}>;

export type Completion = Readonly<{
  completionId: string;
  course: string;
  assignmentId?: string;
  completedOn: LocalDate;
  minutes: number;
  validThrough?: LocalDate;
  sessionId?: string;
  voided: boolean;
}>;

export type TrainingRecordState = Readonly<{
  assignments: readonly Assignment[];
  completions: readonly Completion[];
}>;

export const isOpen = ({ excuse, completionId }: Assignment): boolean => !excuse && !completionId;

export const evolveTrainingRecord = (
  state: TrainingRecordState,
  { type, data }: TrainingRecordEvent,
): TrainingRecordState => {
  switch (type) {
    case 'AssignmentMade': {
      const { assignmentId, course, because, assignedOn, dueOn, actionId } = data;
      const made: Assignment = { assignmentId, course, because, assignedOn, dueOn, ...(actionId && { actionId }) };
      return { ...state, assignments: [...state.assignments, made] };
    }
    case 'AssignmentExcused': {
      const { because, from, actionId } = data;
      return changed(state, data.assignmentId, ({ excuse: leave, reopened, dueOn }) => ({
        excuse: { because, from, ...(actionId && { actionId }), ...(because === 'separated' && leave && { leave }) },
        // Opened again by a return that never was: what it had moved is as before.
        dueOn: actionId && reopened?.excuse.actionId === actionId ? reopened.dueOn : dueOn,
        reopened: undefined,
      }));
    }
    case 'AssignmentReopened':
      return changed(state, data.assignmentId, ({ excuse, dueOn }) => ({
        dueOn: data.dueOn,
        excuse: undefined,
        reopened: data.actionId && excuse ? { actionId: data.actionId, excuse, dueOn } : undefined,
      }));
    case 'CourseCompleted': {
      const { staffId: _, renewOn: __, ...completion } = data;
      const next = { ...state, completions: [...state.completions, { ...completion, voided: false }] };
      return changed(next, data.assignmentId, () => ({ completionId: data.completionId }));
    }
    case 'CompletionVoided': {
      const completions = state.completions.map((one) =>
        one.completionId === data.completionId ? { ...one, voided: true } : one,
      );
      return changed({ ...state, completions }, data.assignmentId, () => ({ completionId: undefined }));
    }
  }
};

const changed = (
  state: TrainingRecordState,
  assignmentId: string | undefined,
  change: (before: Assignment) => Partial<Assignment>,
): TrainingRecordState => ({
  ...state,
  assignments: state.assignments.map((one) => (one.assignmentId === assignmentId ? { ...one, ...change(one) } : one)),
});

type TrainingRecordEvents = {
  readonly [Type in TrainingRecordEvent['type']]: EventType<Extract<TrainingRecordEvent, { type: Type }>['data']>;
};

export const trainingRecordEvents: TrainingRecordEvents = {
  AssignmentMade: { version: 1, effectiveOn: ({ assignedOn }) => assignedOn },
  AssignmentExcused: { version: 1, effectiveOn: ({ from }) => from },
  AssignmentReopened: { version: 1, effectiveOn: ({ from }) => from },
  CourseCompleted: { version: 1, effectiveOn: ({ completedOn }) => completedOn },
  CompletionVoided: { version: 1 },
};
