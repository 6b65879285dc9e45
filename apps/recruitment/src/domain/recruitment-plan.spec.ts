import { deciderSpec } from '#libs/testing/decider-spec';
import { recruitmentPlan, type RecruitmentPlanEvent } from './recruitment-plan.js';

const { given } = deciderSpec(recruitmentPlan);
const nothing: RecruitmentPlanEvent[] = [];
const fiscalYear = 2027;
const codes = { jobCategories: ['general', 'civil-engineer'], routes: ['new-graduate', 'experienced'] };
const general = { jobCategory: 'general', route: 'new-graduate' };
const lines = [{ ...general, planned: 2 }];

const drafted = { type: 'PlanDrafted', data: { fiscalYear, lines, draftedBy: 'recruiter-1' } } as const;
const submitted = { type: 'PlanSubmitted', data: { fiscalYear, submittedBy: 'recruiter-2' } } as const;
const approved = { type: 'PlanApproved', data: { fiscalYear, lines, approvedBy: 'hr-1' } } as const;
const counted = (applicationId: string): RecruitmentPlanEvent => ({
  type: 'HireCounted',
  data: { fiscalYear, applicationId, ...general },
});
const exception = {
  type: 'ExceptionGranted',
  data: { fiscalYear, exceptionId: 'ex-1', ...general, hires: 1, because: '年度途中の欠員補充', grantedBy: 'hr-1' },
} as const;
const draft = (over: object = {}) =>
  ({ type: 'DraftPlan', fiscalYear, lines, submit: false, by: 'recruiter-1', codes, ...over }) as const;

describe('recruitment plan', () => {
  it('is drafted', () => given().when(draft()).then(drafted));

  it('can be drafted and submitted in one step', () =>
    given()
      .when(draft({ submit: true }))
      .then(drafted, { type: 'PlanSubmitted', data: { fiscalYear, submittedBy: 'recruiter-1' } }));

  it('refuses a job category the city does not have', () =>
    given()
      .when(draft({ lines: [{ jobCategory: 'pilot', route: 'new-graduate', planned: 1 }] }))
      .rejects('job-category.unknown'));

  it('refuses a route the city does not have', () =>
    given()
      .when(draft({ lines: [{ jobCategory: 'general', route: 'lottery', planned: 1 }] }))
      .rejects('route.unknown'));

  it('refuses the same line twice', () =>
    given()
      .when(draft({ lines: [...lines, ...lines] }))
      .rejects('plan.line-twice'));

  it('is submitted', () => given(drafted).when({ type: 'SubmitPlan', fiscalYear, by: 'recruiter-2' }).then(submitted));

  it('has nothing to submit without a draft', () =>
    given().when({ type: 'SubmitPlan', fiscalYear, by: 'recruiter-2' }).rejects('plan.no-draft'));

  it('is submitted once', () =>
    given(drafted, submitted).when({ type: 'SubmitPlan', fiscalYear, by: 'recruiter-2' }).rejects('plan.submitted'));

  it('is not redrafted under the eyes of the approver', () =>
    given(drafted, submitted).when(draft()).rejects('plan.submitted'));

  it('is approved by somebody else', () =>
    given(drafted, submitted).when({ type: 'ApprovePlan', fiscalYear, by: 'hr-1' }).then(approved));

  it.each(['recruiter-1', 'recruiter-2'])('is not approved by %s who drafted or submitted it', (by) =>
    given(drafted, submitted).when({ type: 'ApprovePlan', fiscalYear, by }).rejects('plan.own-draft'),
  );

  it('is not approved before it is submitted', () =>
    given(drafted).when({ type: 'ApprovePlan', fiscalYear, by: 'hr-1' }).rejects('plan.not-submitted'));

  const returned = { type: 'PlanReturned', data: { fiscalYear, returnedBy: 'hr-1', because: '欠員数を確認' } } as const;

  it('is returned to be drafted again', () => {
    given(drafted, submitted)
      .when({ type: 'ReturnPlan', fiscalYear, by: 'hr-1', because: '欠員数を確認' })
      .then(returned);
    given(drafted, submitted, returned).when(draft()).then(drafted);
  });

  it('is returned only when submitted', () =>
    given(drafted).when({ type: 'ReturnPlan', fiscalYear, by: 'hr-1', because: '' }).rejects('plan.not-submitted'));

  it('can be amended down to the hires made, not below', () => {
    const hired = [drafted, submitted, approved, counted('a-1')];
    const one = [{ ...general, planned: 1 }];
    given(...hired)
      .when(draft({ lines: one }))
      .then({ type: 'PlanDrafted', data: { fiscalYear, lines: one, draftedBy: 'recruiter-1' } });
    given(...hired)
      .when(draft({ lines: [] }))
      .rejects('plan.below-hired');
  });

  it('is not amended below hires made while the amendment waited for approval', () =>
    given(drafted, submitted, approved, { ...drafted, data: { ...drafted.data, lines: [] } }, submitted, counted('a-1'))
      .when({ type: 'ApprovePlan', fiscalYear, by: 'hr-1' })
      .rejects('plan.below-hired'));
});

describe('hires within the plan', () => {
  const count = (applicationId: string) => ({ type: 'CountHire', fiscalYear, applicationId, ...general }) as const;
  const plan = [drafted, submitted, approved];

  it('are counted', () =>
    given(...plan)
      .when(count('a-1'))
      .then(counted('a-1')));

  it('are counted once', () =>
    given(...plan, counted('a-1'))
      .when(count('a-1'))
      .then(...nothing));

  it('stop at the planned number', () =>
    given(...plan, counted('a-1'), counted('a-2'))
      .when(count('a-3'))
      .rejects('plan.exceeded'));

  it('stop at zero without an approved plan', () =>
    given(drafted, submitted).when(count('a-1')).rejects('plan.exceeded'));

  it('of another line take nothing away', () =>
    given(...plan, counted('a-1'), {
      type: 'HireCounted',
      data: { fiscalYear, applicationId: 'a-2', jobCategory: 'civil-engineer', route: 'new-graduate' },
    })
      .when(count('a-3'))
      .then(counted('a-3')));

  it('go on with the lines in force while an amendment waits', () =>
    given(...plan, { ...drafted, data: { ...drafted.data, lines: [] } })
      .when(count('a-1'))
      .then(counted('a-1')));

  it('may exceed the plan by a recorded exception', () => {
    const { exceptionId, because } = exception.data;
    given(...plan)
      .when({ type: 'GrantException', fiscalYear, exceptionId, ...general, hires: 1, because, by: 'hr-1', codes })
      .then(exception);
    given(...plan, counted('a-1'), counted('a-2'), exception)
      .when(count('a-3'))
      .then(counted('a-3'));
    given(...plan, counted('a-1'), counted('a-2'), exception, counted('a-3'))
      .when(count('a-4'))
      .rejects('plan.exceeded');
  });

  it('get no exception for a line that cannot be', () =>
    given()
      .when({
        type: 'GrantException',
        fiscalYear,
        exceptionId: 'ex-1',
        ...general,
        route: 'lottery',
        hires: 1,
        because: '-',
        by: 'hr-1',
        codes,
      })
      .rejects('route.unknown'));
});
