import { checkGolden } from '#libs/event-store/golden';
import { applicationClaim, type ApplicationClaimEvent } from './application-claim.js';
import { application } from './application.js';
import type { ApplicationEvent } from './application-state.js';
import { posting, type PostingEvent } from './posting.js';
import { recruitmentPlan, type RecruitmentPlanEvent } from './recruitment-plan.js';

const line = { jobCategory: 'general', route: 'new-graduate' };
const ids = { applicationId: 'application-1', postingId: 'posting-1' };
const flow = {
  id: 'standard',
  version: 2,
  stages: [
    {
      id: 'interview',
      title: '面接',
      kind: 'interview',
      assessors: 1,
      sheet: [{ item: 'ethics', title: '自覚', max: 20 }],
    },
  ],
  offerDeadlineDays: 14,
};
const fiscalYear = 2027;

const plan: RecruitmentPlanEvent[] = [
  { type: 'PlanDrafted', data: { fiscalYear, lines: [{ ...line, planned: 3 }], draftedBy: 'recruiter-1' } },
  { type: 'PlanSubmitted', data: { fiscalYear, submittedBy: 'recruiter-1' } },
  { type: 'PlanReturned', data: { fiscalYear, returnedBy: 'hr-1', because: '人数の確認' } },
  { type: 'PlanApproved', data: { fiscalYear, lines: [{ ...line, planned: 3 }], approvedBy: 'hr-1' } },
  {
    type: 'ExceptionGranted',
    data: { fiscalYear, exceptionId: 'exception-1', ...line, hires: 1, because: '欠員補充', grantedBy: 'hr-1' },
  },
  { type: 'HireCounted', data: { fiscalYear, applicationId: 'application-1', ...line } },
];

const postings: PostingEvent[] = [
  {
    type: 'PostingOpened',
    data: {
      postingId: 'posting-1',
      fiscalYear,
      ...line,
      title: '一般事務（大学卒業程度）',
      opensOn: '2026-05-01',
      closesOn: '2026-05-31',
      ageLimit: { min: 22, max: 30, on: '2027-04-01' },
      flow,
      recognitionKey: 'a2V5',
    },
  },
  { type: 'PostingClosed', data: { postingId: 'posting-1', closedOn: '2026-05-20' } },
];

const claims: ApplicationClaimEvent[] = [{ type: 'ApplicationClaimed', data: ids }];

const applications: ApplicationEvent[] = [
  {
    type: 'ApplicationReceived',
    data: {
      ...ids,
      fiscalYear,
      ...line,
      flow,
      receivedOn: '2026-05-10',
      sex: '2',
      staffId: 'staff-9',
      familyName: '架空',
      givenName: '花子',
      familyNameKana: 'カクウ',
      givenNameKana: 'ハナコ',
      birthDate: '2001-04-02',
      address: '架空市1-1',
      email: 'hanako@example.jp',
      phone: '000-0000-0000',
    },
  },
  { type: 'AssessorsAssigned', data: { ...ids, stage: 'interview', assessors: ['staff-1'] } },
  { type: 'RelativeDeclared', data: { ...ids, assessor: 'staff-2' } },
  {
    type: 'SheetSent',
    data: {
      ...ids,
      stage: 'interview',
      assessor: 'staff-1',
      scores: [{ item: 'ethics', points: 15 }],
      comment: '誠実',
    },
  },
  { type: 'StageDecided', data: { ...ids, stage: 'interview', outcome: 'passed' } },
  { type: 'ApplicationWithdrawn', data: { ...ids, withdrawnOn: '2026-06-01' } },
  { type: 'OfferMade', data: { ...ids, madeOn: '2026-08-01', deadline: '2026-08-15' } },
  {
    type: 'OfferAnswered',
    data: { ...ids, answer: 'declined', declineReason: 'private-company', answeredOn: '2026-08-10' },
  },
  { type: 'OfferLapsed', data: ids },
  {
    type: 'HireConfirmed',
    data: {
      ...ids,
      ...line,
      joinsOn: '2027-04-01',
      grade: '1',
      post: { unitId: '1010', position: 'shuji' },
      weeklyMinutes: 2325,
    },
  },
  { type: 'ApplicantJoined', data: { ...ids, staffId: 'staff-10' } },
  { type: 'ApplicantErased', data: ids },
];

const beside = (name: string): URL => new URL(`./${name}.golden/`, import.meta.url);

describe('stored events stay readable', () => {
  it('of plans', () => expect(checkGolden(recruitmentPlan, beside('recruitment-plan'), plan)).toEqual([]));
  it('of postings', () => expect(checkGolden(posting, beside('posting'), postings)).toEqual([]));
  it('of claims', () => expect(checkGolden(applicationClaim, beside('application-claim'), claims)).toEqual([]));
  it('of applications', () => expect(checkGolden(application, beside('application'), applications)).toEqual([]));
});
