import { checkGolden } from '#libs/event-store/golden';
import { course, type CourseEvent } from './course.js';
import { session, type SessionEvent } from './session.js';
import { trainingPlan, type TrainingPlanEvent } from './training-plan.js';
import { trainingRecord } from './training-record.js';
import type { TrainingRecordEvent } from './training-record-state.js';

const fiscalYear = 2027;
const lines = [{ course: 'digital-general', sessions: 4, minutes: 720 }];
const sessionId = 'session-1';
const staffId = 'staff-1';
const ids = { assignmentId: 'assignment-1', staffId };

const courses: CourseEvent[] = [
  {
    type: 'CourseDefined',
    data: {
      course: 'digital-general',
      title: 'デジタル基礎研修',
      kind: 'digital',
      minutes: 180,
      validMonths: 36,
      digitalClass: 'general',
    },
  },
];

const sessions: SessionEvent[] = [
  { type: 'SessionPlanned', data: { sessionId, course: 'digital-general', heldOn: '2027-06-10', capacity: 30 } },
  { type: 'CapacityChanged', data: { sessionId, capacity: 40 } },
  { type: 'SessionCancelled', data: { sessionId } },
  { type: 'StaffEnrolled', data: { sessionId, staffId, waiting: true } },
  { type: 'EnrolmentWithdrawn', data: { sessionId, staffId } },
  { type: 'SeatGiven', data: { sessionId, staffId } },
  {
    type: 'AttendanceRecorded',
    data: { sessionId, course: 'digital-general', staffId, heldOn: '2027-06-10', attended: true, minutes: 180 },
  },
  { type: 'SessionHeld', data: { sessionId } },
];

const plans: TrainingPlanEvent[] = [
  { type: 'PlanDrafted', data: { fiscalYear, lines, draftedBy: 'officer-1' } },
  { type: 'PlanSubmitted', data: { fiscalYear, submittedBy: 'officer-1' } },
  { type: 'PlanReturned', data: { fiscalYear, returnedBy: 'hr-1', because: '回数の確認' } },
  { type: 'PlanApproved', data: { fiscalYear, lines, approvedBy: 'hr-1' } },
];

const records: TrainingRecordEvent[] = [
  {
    type: 'AssignmentMade',
    data: {
      ...ids,
      course: 'digital-general',
      kind: 'digital',
      because: 'appointed',
      assignedOn: '2027-04-01',
      dueOn: '2028-03-31',
      rule: { id: 'digital-on-appointment', system: 'T18', version: '1970-04-01' },
      actionId: 'action-1',
    },
  },
  {
    type: 'AssignmentExcused',
    data: { ...ids, because: 'by-hand', from: '2027-05-01', reason: 'equivalent', actionId: 'action-2' },
  },
  {
    type: 'AssignmentReopened',
    data: { ...ids, from: '2027-08-01', dueOn: '2027-10-31', actionId: 'action-3' },
  },
  {
    type: 'CourseCompleted',
    data: {
      completionId: 'completion-1',
      ...ids,
      course: 'digital-general',
      completedOn: '2027-06-10',
      minutes: 180,
      validThrough: '2030-06-09',
      sessionId,
      renewOn: '2030-05-10',
    },
  },
  { type: 'CompletionVoided', data: { completionId: 'completion-1', ...ids } },
];

const beside = (name: string): URL => new URL(`./${name}.golden/`, import.meta.url);

describe('stored events stay readable', () => {
  it('of courses', () => expect(checkGolden(course, beside('course'), courses)).toEqual([]));
  it('of sessions', () => expect(checkGolden(session, beside('session'), sessions)).toEqual([]));
  it('of plans', () => expect(checkGolden(trainingPlan, beside('training-plan'), plans)).toEqual([]));
  it('of records', () => expect(checkGolden(trainingRecord, beside('training-record'), records)).toEqual([]));
});
