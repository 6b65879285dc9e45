import { deciderSpec } from '#libs/testing/decider-spec';
import { trainingPlan, type TrainingPlanCommand } from './training-plan.js';

const { given } = deciderSpec(trainingPlan);
const fiscalYear = 2027;
const lines = [{ course: 'harassment', sessions: 4, minutes: 480 }];
const drafted = { type: 'PlanDrafted', data: { fiscalYear, lines, draftedBy: 'officer-1' } } as const;
const submitted = { type: 'PlanSubmitted', data: { fiscalYear, submittedBy: 'officer-2' } } as const;
const returned = { type: 'PlanReturned', data: { fiscalYear, returnedBy: 'hr-1', because: '回数の確認' } } as const;
const approved = { type: 'PlanApproved', data: { fiscalYear, lines, approvedBy: 'hr-1' } } as const;
const draft = (over: object = {}) =>
  ({
    type: 'DraftPlan',
    fiscalYear,
    lines,
    submit: false,
    unknownCourses: [],
    by: 'officer-1',
    ...over,
  }) as TrainingPlanCommand;
const submit = { type: 'SubmitPlan', fiscalYear, by: 'officer-2' } as const;
const approve = (by: string) => ({ type: 'ApprovePlan', fiscalYear, by }) as const;

describe('the training plan of a year', () => {
  it('is drafted', () => given().when(draft()).then(drafted));
  it('can be drafted and submitted in one step', () =>
    given()
      .when(draft({ submit: true }))
      .then(drafted, { type: 'PlanSubmitted', data: { fiscalYear, submittedBy: 'officer-1' } }));
  it('names courses the city has, each once', () => {
    given()
      .when(draft({ unknownCourses: ['sailing'] }))
      .rejects('course.unknown');
    given()
      .when(draft({ lines: [...lines, ...lines] }))
      .rejects('plan.line-twice');
  });
  it('is submitted', () => given(drafted).when(submit).then(submitted));
  it('is submitted once, and only with a draft', () => {
    given(drafted, submitted).when(submit).rejects('plan.submitted');
    given().when(submit).rejects('plan.no-draft');
  });
  it('is not redrafted under the eyes of the approver', () =>
    given(drafted, submitted).when(draft()).rejects('plan.submitted'));
  it('is given back with a reason, and drafted anew', () => {
    given(drafted, submitted)
      .when({ type: 'ReturnPlan', fiscalYear, by: 'hr-1', because: '回数の確認' })
      .then(returned);
    given(drafted, submitted, returned).when(draft()).then(drafted);
  });
  it('is approved by somebody else', () => given(drafted, submitted).when(approve('hr-1')).then(approved));
  it.each(['officer-1', 'officer-2'])('is never approved by who drafted or submitted it (%s)', (by) =>
    given(drafted, submitted).when(approve(by)).rejects('plan.own-draft'),
  );
  it('is approved after it was submitted', () => {
    given(drafted).when(approve('hr-1')).rejects('plan.not-submitted');
    given(drafted, submitted, approved).when(approve('hr-1')).rejects('plan.not-submitted');
  });
  it('can be amended', () => given(drafted, submitted, approved).when(draft()).then(drafted));
});
