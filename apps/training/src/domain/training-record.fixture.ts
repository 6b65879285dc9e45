import type { Asked } from './assignments.js';
import type { Leave, Service } from './employment.js';
import type { TrainingRecordCommand } from './training-record.js';
import type { TrainingRecordEvent } from './training-record-state.js';

export const nothing: TrainingRecordEvent[] = [];
export const staffId = 's-1';
export const today = '2027-05-10';

/** In service from long ago on, with these leaves. */
export const during = (...leaves: Leave[]): Service => ({
  employments: [{ from: '2020-04-01', to: null, leaves }],
  cutover: '2026-11-21',
});
/** In service up to the day before. */
export const until = (to: string): Service => ({
  employments: [{ from: '2020-04-01', to, leaves: [] }],
  cutover: '2026-11-21',
});

type Data<Type extends TrainingRecordEvent['type']> = Extract<TrainingRecordEvent, { type: Type }>['data'];

export const demand = {
  assignmentId: 'a-1',
  actionId: 'appointment',
  rule: { id: 'new-hire', system: 'T3', version: '1970-04-01' },
  course: { code: 'new-hire', title: '新採用職員研修', kind: 'new-hire', minutes: 2325 },
  because: 'appointed',
  assignedOn: '2027-04-01',
  dueOn: '2027-06-30',
} satisfies Asked;

export const made = (over: Partial<Data<'AssignmentMade'>> = {}): TrainingRecordEvent => ({
  type: 'AssignmentMade',
  data: {
    assignmentId: 'a-1',
    staffId,
    course: 'new-hire',
    kind: 'new-hire',
    because: 'appointed',
    assignedOn: '2027-04-01',
    dueOn: '2027-06-30',
    rule: demand.rule,
    actionId: 'appointment',
    ...over,
  },
});
export const excused = (over: Partial<Data<'AssignmentExcused'>> = {}): TrainingRecordEvent => ({
  type: 'AssignmentExcused',
  data: { assignmentId: 'a-1', staffId, because: 'on-leave', from: '2027-05-01', actionId: 'leave', ...over },
});
export const reopened = (over: Partial<Data<'AssignmentReopened'>> = {}): TrainingRecordEvent => ({
  type: 'AssignmentReopened',
  data: { assignmentId: 'a-1', staffId, from: '2027-08-01', dueOn: '2027-10-31', actionId: 'return', ...over },
});
export const completed = (over: Partial<Data<'CourseCompleted'>> = {}): TrainingRecordEvent => ({
  type: 'CourseCompleted',
  data: {
    completionId: 'c-1',
    assignmentId: 'a-1',
    staffId,
    course: 'new-hire',
    completedOn: '2027-05-09',
    minutes: 2325,
    ...over,
  },
});
export const voided = (over: Partial<Data<'CompletionVoided'>> = {}): TrainingRecordEvent => ({
  type: 'CompletionVoided',
  data: { completionId: 'c-1', assignmentId: 'a-1', staffId, ...over },
});
export const complete = (over: object = {}) =>
  ({
    type: 'CompleteCourse',
    staffId,
    completionId: 'c-1',
    course: 'new-hire',
    completedOn: '2027-05-09',
    minutes: 2325,
    today,
    ...over,
  }) as TrainingRecordCommand;
