import type { StoredEvent } from '#libs/event-store/event-store';
import { publishes } from './publishes.js';

const published = (type: string, data: object): object => publishes[type].data({ type, data } as StoredEvent);
const ids = { applicationId: 'a-1', postingId: 'p-1' };

describe('what recruitment publishes', () => {
  it('names the flow of a posting, not its content nor its recognition key', () =>
    expect(
      published('PostingOpened', {
        postingId: 'p-1',
        fiscalYear: 2027,
        jobCategory: 'general',
        route: 'new-graduate',
        title: '一般事務',
        opensOn: '2026-05-01',
        closesOn: '2026-05-31',
        flow: { id: 'standard', version: 2, stages: [], offerDeadlineDays: 14 },
        recognitionKey: 'a2V5',
      }),
    ).toEqual({
      postingId: 'p-1',
      fiscalYear: 2027,
      jobCategory: 'general',
      route: 'new-graduate',
      flowVersion: 'standard/2',
      opensOn: '2026-05-01',
      closesOn: '2026-05-31',
    }));

  it('tells nothing personal of an applicant, even where it is not sealed', () =>
    expect(
      published('ApplicationReceived', {
        ...ids,
        sex: '2',
        receivedOn: '2026-05-10',
        familyName: '架空',
        staffId: 's-9',
      }),
    ).toEqual({ ...ids, sex: '2', receivedOn: '2026-05-10' }));

  it('keeps who approved a plan to itself', () =>
    expect(published('PlanApproved', { fiscalYear: 2027, lines: [], approvedBy: 'hr-1' })).toEqual({
      fiscalYear: 2027,
      lines: [],
    }));

  it('asks for a substitute without saying for whom, and tells who stands in', () => {
    const period = { requestId: 'period-1', from: '2027-01-01', through: '2027-06-30' };
    expect(published('SubstituteRequested', { ...period, unitId: '1010', absentStaffId: 's-1' })).toEqual({
      ...period,
      unitId: '1010',
    });
    expect(published('SubstituteRequestFilled', { ...period, substitute: { applicationId: 'a-1' } })).toEqual({
      ...period,
      applicationId: 'a-1',
    });
  });

  it('tells of a withdrawal', () => {
    const data = { ...ids, withdrawnOn: '2026-06-01' };
    expect(published('ApplicationWithdrawn', data)).toEqual(data);
  });

  it('leaves the former identity of a hire to those who may ask for it', () => {
    const data = {
      ...ids,
      joinsOn: '2027-04-01',
      jobCategory: 'general',
      route: 'comeback',
      grade: '1',
      post: { unitId: '1010', position: 'shuji' },
      weeklyMinutes: 2325,
    };
    expect(published('HireConfirmed', { ...data, formerStaffId: 's-7' })).toEqual(data);
  });

  it('names exactly these types', () =>
    expect(Object.keys(publishes)).toEqual([
      'PlanApproved',
      'PostingOpened',
      'ApplicationReceived',
      'StageDecided',
      'ApplicationWithdrawn',
      'OfferMade',
      'OfferAnswered',
      'OfferLapsed',
      'HireConfirmed',
      'ApplicantJoined',
      'SubstituteRequested',
      'SubstituteRequestFilled',
      'SubstituteRequestClosed',
    ]));
});
