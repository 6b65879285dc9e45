import { Rejected } from '#libs/event-store/decider';
import { deciderSpec } from '#libs/testing/decider-spec';
import { posting } from './posting.js';
import { flowFor } from './selection-flow.js';

const { given } = deciderSpec(posting);
const codes = { jobCategories: ['general'], routes: ['new-graduate'] };
const flow = { id: 'standard', version: 1, stages: [], offerDeadlineDays: 14 };
const data = {
  postingId: 'p-1',
  fiscalYear: 2027,
  jobCategory: 'general',
  route: 'new-graduate',
  title: '一般事務（大卒程度）',
  opensOn: '2026-05-01',
  closesOn: '2026-05-31',
  ageLimit: { min: 22, max: 30, on: '2027-04-01' },
  flow,
  recognitionKey: 'a2V5',
};
const opened = { type: 'PostingOpened', data } as const;
const closed = { type: 'PostingClosed', data: { postingId: 'p-1', closedOn: '2026-05-20' } } as const;
const open = (over: object = {}) => ({ type: 'OpenPosting', posting: { ...data, ...over }, codes }) as const;

describe('posting', () => {
  it('opens with the flow frozen', () => given().when(open()).then(opened));
  it('opens once', () => given(opened).when(open()).rejects('posting.already-opened'));
  it('needs a known job category', () =>
    given()
      .when(open({ jobCategory: 'pilot' }))
      .rejects('job-category.unknown'));
  it('closes no earlier than it opens', () =>
    given()
      .when(open({ closesOn: '2026-04-30' }))
      .rejects('posting.closes-before-opening'));
  it('refuses an age limit nobody can meet', () =>
    given()
      .when(open({ ageLimit: { min: 31, max: 30, on: '2027-04-01' } }))
      .rejects('posting.age-limit-empty'));
  it('closes', () => given(opened).when({ type: 'ClosePosting', postingId: 'p-1', today: '2026-05-20' }).then(closed));
  it('closes once', () =>
    given(opened, closed)
      .when({ type: 'ClosePosting', postingId: 'p-1', today: '2026-05-21' })
      .rejects('posting.closed'));
  it('cannot close unopened', () =>
    given().when({ type: 'ClosePosting', postingId: 'p-1', today: '2026-05-20' }).rejects('posting.not-found'));
});

describe('flow of a posting', () => {
  const flows = [
    { ...flow, routes: ['new-graduate', 'experienced'] },
    { ...flow, id: 'comeback', routes: ['comeback', 'experienced'] },
  ];
  it('is that of its route', () => expect(flowFor(flows, 'new-graduate')).toEqual(flow));
  it('can be chosen when the route has several', () =>
    expect(flowFor(flows, 'experienced', 'comeback')).toEqual({ ...flow, id: 'comeback' }));
  it('must be one of its route', () => expect(() => flowFor(flows, 'new-graduate', 'comeback')).toThrow(Rejected));
});
