import type { Aggregate } from '#libs/event-store/decider';
import { decideAssignment, type AssignmentCommand } from './assignments.js';
import { decideCompletion, type CompletionCommand } from './completions.js';
import {
  evolveTrainingRecord,
  trainingRecordEvents,
  type TrainingRecordEvent,
  type TrainingRecordState,
} from './training-record-state.js';

export type TrainingRecordCommand = AssignmentCommand | CompletionCommand;

const decide = (command: TrainingRecordCommand, state: TrainingRecordState): TrainingRecordEvent[] => {
  switch (command.type) {
    case 'CompleteCourse':
    case 'FollowAttendance':
    case 'VoidCompletion':
    case 'RecordPast':
      return decideCompletion(command, state);
    case 'FollowAction':
    case 'UndoAction':
    case 'OrderAssignment':
    case 'RenewAssignment':
    case 'ExcuseByHand':
    case 'ReopenByHand':
      return decideAssignment(command, state);
  }
};

/**
 * What one person was asked to complete and has completed (受講記録), stream `training-record/<staffId>`. All courses of a
 * person are in one stream: a leave excuses whatever is open, and a completion meets what is open, in one append.
 */
export const trainingRecord: Aggregate<TrainingRecordState, TrainingRecordCommand, TrainingRecordEvent> = {
  category: 'training-record',
  initial: { assignments: [], completions: [] },
  decide,
  evolve: evolveTrainingRecord,
  events: trainingRecordEvents,
};
