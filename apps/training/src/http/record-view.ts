import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { addDays, type LocalDate } from '#libs/law/local-date';
import {
  dueDay,
  type Assignment,
  type ExcuseCause,
  type Stretch,
  type TrainingRecordState,
} from '../domain/training-record-state.js';

/** Days before the due day from which an assignment is listed as due soon. */
export const SOON_DAYS = 30;

export const STATES = ['on-track', 'due-within-30', 'overdue', 'excused', 'done'] as const;
export type State = (typeof STATES)[number];

export class AssignmentView {
  @ApiProperty() assignmentId: string;
  @ApiProperty() course: string;
  @ApiProperty({ description: '割当の理由（appointed, rehired, promoted, renewed, ordered, imported）' })
  because: string;
  @ApiProperty() assignedOn: string;
  @ApiProperty({ description: '期限（この日を含む）。予定されている復職による期限を含む' }) dueOn: string;
  @ApiProperty({ enum: STATES }) state: State;
  @ApiPropertyOptional({
    description: '免除の理由（separated 退職、on-leave 休業、action-voided 発令取消、by-hand 個別）',
  })
  excused?: string;
  @ApiPropertyOptional() completionId?: string;
}

export class CompletionView {
  @ApiProperty() completionId: string;
  @ApiProperty() course: string;
  @ApiPropertyOptional({ description: 'なければ、割当のない修了' }) assignmentId?: string;
  @ApiProperty() completedOn: string;
  @ApiProperty({ type: 'integer' }) minutes: number;
  @ApiPropertyOptional({ description: '修了が有効な最後の日' }) validThrough?: string;
  @ApiPropertyOptional() sessionId?: string;
  @ApiProperty({ description: '取り消された修了' }) voided: boolean;
}

export class RecordView {
  @ApiProperty() staffId: string;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty({ type: [AssignmentView] }) assignments: AssignmentView[];
  @ApiProperty({ type: [CompletionView] }) completions: CompletionView[];
}

/** The day that is looked at, and whether the person is in service on it. */
type Asked = Readonly<{ today: LocalDate; inService: boolean }>;

type Excuse = Readonly<{ because: ExcuseCause; from: LocalDate; to?: LocalDate }>;

/** The excuse that was said last, of days past or to come, up to the day from which it is asked again. */
const lastExcuse = ({ days }: Assignment): Excuse | undefined => {
  const index = days.findLastIndex(({ excused }) => excused);
  const { excused: because, from }: Partial<Stretch> = days[index] ?? {};
  return because && from ? { because, from, to: days[index + 1]?.from } : undefined;
};

/**
 * Who has left is asked nothing, also where no event excused it, as with assignments that came in files. `STATE_SQL` says
 * the same of a row of the list.
 */
const stateOf = (assignment: Assignment, { today, inService }: Asked): State => {
  if (assignment.completionId) return 'done';
  const excuse = lastExcuse(assignment);
  const isAway = excuse && excuse.from <= today && (!excuse.to || today < excuse.to);
  // One of an action that was voided was never asked, also where its first day lies ahead.
  if (isAway || excuse?.because === 'action-voided') return 'excused';
  if (!inService && assignment.assignedOn <= today) return 'excused';
  const dueOn = dueDay(assignment);
  if (dueOn < today) return 'overdue';
  return dueOn <= addDays(today, SOON_DAYS) ? 'due-within-30' : 'on-track';
};

/** State of an assignment `a` on the day `$2`; `p` the main post of the person on it, if any. */
export const STATE_SQL = `CASE WHEN a.completed_on IS NOT NULL THEN 'done'
  WHEN a.excused = 'action-voided' OR (a.excused_from <= $2::date AND (a.excused_to IS NULL OR a.excused_to > $2::date))
    OR (p.staff_id IS NULL AND a.assigned_on <= $2::date) THEN 'excused'
  WHEN a.due_on < $2::date THEN 'overdue' WHEN a.due_on <= $2::date + ${SOON_DAYS} THEN 'due-within-30' ELSE 'on-track' END`;

export const recordView = (
  staffId: string,
  { assignments, completions }: TrainingRecordState,
  version: number,
  asked: Asked,
): RecordView => ({
  staffId,
  version,
  assignments: assignments.map((assignment) => {
    const { assignmentId, course, because, assignedOn, completionId } = assignment;
    const state = stateOf(assignment, asked);
    const excuse = lastExcuse(assignment);
    return {
      assignmentId,
      course,
      because,
      assignedOn,
      dueOn: dueDay(assignment),
      state,
      ...(excuse && (!excuse.to || state === 'excused') && { excused: excuse.because }),
      ...(completionId && { completionId }),
    };
  }),
  completions: [...completions],
});
