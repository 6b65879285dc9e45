import { trainingContract } from '#libs/contracts/training';
import type { StoredEvent } from '#libs/event-store/event-store';
import { publishes } from './publishes.js';

const published = (type: string, data: object): object => publishes[type].data({ type, data } as StoredEvent);
const ids = { assignmentId: 'a-1', staffId: 's-1' };

describe('what training publishes', () => {
  it('is the whole contract, and no enrolment', () =>
    expect(Object.keys(publishes).toSorted()).toEqual(Object.keys(trainingContract.events).toSorted()));

  it('says why an assignment was made, not by which rule or action', () => {
    const data = {
      course: 'new-hire',
      kind: 'new-hire',
      because: 'appointed',
      assignedOn: '2027-04-01',
      dueOn: '2027-06-30',
    };
    const rule = { id: 'new-hire', system: 'T3', version: '1970-04-01' };
    expect(published('AssignmentMade', { ...ids, ...data, rule, actionId: 'x-1' })).toEqual({ ...ids, ...data });
  });

  it('keeps the reason of an excuse to itself', () =>
    expect(published('AssignmentExcused', { ...ids, because: 'by-hand', from: '2027-05-01', reason: 'other' })).toEqual(
      {
        ...ids,
        because: 'by-hand',
        from: '2027-05-01',
      },
    ));

  it('tells how long a completion holds, not when it is asked for again', () => {
    const data = {
      completionId: 'c-1',
      staffId: 's-1',
      course: 'harassment',
      completedOn: '2027-04-20',
      minutes: 120,
      validThrough: '2028-04-19',
    };
    expect(published('CourseCompleted', { ...data, sessionId: 'x-1', renewOn: '2028-03-20' })).toEqual(data);
  });
});
