import type { TrainingEvent } from '#libs/contracts/training';
import type { EventType } from '#libs/event-store/decider';
import { maxDate, type LocalDate } from '#libs/law/local-date';

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
  /** `actionId`: the personnel action whose recording or voiding brought it about. It keeps the due day last said. */
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

/** What holds for an assignment from a day on, until the next stretch begins. */
export type Stretch = Readonly<{
  from: LocalDate;
  /** Last day (inclusive) in time. */
  dueOn: LocalDate;
  excused?: ExcuseCause;
}>;

export type Assignment = Readonly<{
  assignmentId: string;
  course: string;
  because: AssignmentCause;
  assignedOn: LocalDate;
  /** As it was asked, or asked again by hand: what the person's leaves and separation then make of it is in `days`. */
  asked: Readonly<{ from: LocalDate; dueOn: LocalDate }>;
  /** In order, at least one; also of days to come, as foreseen. */
  days: readonly Stretch[];
  actionId?: string;
  /** Completion that meets it. */
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

/** How an assignment stands on a day; before its first day as on that. */
export const stretchOn = ({ days }: Assignment, day: LocalDate): Stretch =>
  days.findLast(({ from }) => from <= day) ?? days[0];

/** The due day as it is foreseen, after all leaves that are known. */
export const dueDay = ({ days }: Assignment): LocalDate => days[days.length - 1].dueOn;

/** Still to be done on the day, or to be done after the leave that excuses it then. */
export const isAskedOn = (assignment: Assignment, day: LocalDate): boolean => {
  const { excused } = stretchOn(assignment, day);
  return !assignment.completionId && (!excused || excused === 'on-leave');
};

/** What is said of a day holds from then on, whatever was foreseen for later days. */
export const laid = (days: readonly Stretch[], next: Stretch): readonly Stretch[] => {
  const before = days.filter(({ from }) => from < next.from);
  const last = before.at(-1);
  return last && last.dueOn === next.dueOn && last.excused === next.excused ? before : [...before, next];
};

export const evolveTrainingRecord = (
  state: TrainingRecordState,
  { type, data }: TrainingRecordEvent,
): TrainingRecordState => {
  switch (type) {
    case 'AssignmentMade': {
      const { assignmentId, course, because, assignedOn, dueOn, actionId } = data;
      const asked = { from: assignedOn, dueOn };
      const made = { assignmentId, course, because, assignedOn, asked, days: [asked], ...(actionId && { actionId }) };
      return { ...state, assignments: [...state.assignments, made] };
    }
    case 'AssignmentExcused':
      return changed(state, data.assignmentId, (one) => ({
        days: laid(one.days, { from: maxDate(data.from, one.assignedOn), dueOn: dueDay(one), excused: data.because }),
      }));
    case 'AssignmentReopened':
      return changed(state, data.assignmentId, ({ days, asked, assignedOn }) => {
        const open = { from: maxDate(data.from, assignedOn), dueOn: data.dueOn };
        return { days: laid(days, open), asked: days[days.length - 1].excused === 'by-hand' ? open : asked };
      });
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
