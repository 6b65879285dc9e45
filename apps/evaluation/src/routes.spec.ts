import { StaffDirectory } from '#libs/staff-directory/directory';
import { Clock } from '#libs/processes/clock';
import { Routes } from './routes.js';

class Noon extends Clock {
  now(): Date {
    return new Date('2026-12-10T03:00:00Z');
  }
}

/** Who is above whom, as the posts of the day say. */
class Posts extends StaffDirectory {
  constructor(private readonly superiors: Readonly<Record<string, string | undefined>>) {
    super(undefined as never, () => []);
  }

  override superiorOf(_: string, staffId: string): Promise<string | undefined> {
    return Promise.resolve(this.superiors[staffId]);
  }

  override positionAt(_: string, staffId: string) {
    const posting = { unitId: 'u', position: 'p', status: 'regular', grade: '1', jobCategory: 'general' } as const;
    return Promise.resolve(staffId in this.superiors ? posting : undefined);
  }
}

type Superiors = Readonly<Record<string, string | undefined>>;
type Judged = Parameters<Routes['of']>[1];

const routeFor = (superiors: Superiors, judged: Omit<Judged, 'staffId'>) =>
  new Routes(new Posts(superiors), new Noon()).of('142140', { staffId: 's-1', ...judged });
const routeOf = (superiors: Superiors, firstBy?: string) =>
  routeFor(superiors, { steps: {}, ...(firstBy && { first: { evaluator: firstBy, scores: [] } }) });

describe('the route by post', () => {
  it('is the superior and the superior’s superior', async () =>
    expect(await routeOf({ 's-1': 'm-1', 'm-1': 'd-1', 'd-1': undefined })).toEqual({ first: 'm-1', second: 'd-1' }));

  it('leads from whoever gave the first evaluation, also when the person has moved since', async () =>
    expect(await routeOf({ 's-1': 'm-2', 'm-2': 'd-2', 'm-1': 'd-1', 'd-1': undefined }, 'm-1')).toEqual({
      first: 'm-2',
      second: 'd-1',
    }));

  it('leads from today’s superior when the first evaluator has left', async () =>
    expect(await routeOf({ 's-1': 'm-2', 'm-2': 'd-2', 'd-2': undefined }, 'm-1')).toEqual({
      first: 'm-2',
      second: 'd-2',
    }));

  it('passes over the person whom a transfer has put above the first evaluator (peers.md 13)', async () =>
    expect(await routeOf({ 's-1': 'd-1', 'm-1': 's-1', 'd-1': undefined }, 'm-1')).toEqual({
      first: 'd-1',
      second: 'd-1',
    }));

  it('leads from whoever the first step was opened for, before he has judged', async () => {
    const steps = { first: { evaluator: 'm-1', openedOn: '2026-12-01', done: false } };
    const promoted = { 's-1': 'm-2', 'm-2': 'm-1', 'm-1': 'd-1', 'd-1': undefined };
    expect(await routeFor(promoted, { steps })).toEqual({ first: 'm-2', second: 'd-1' });
  });

  it('never comes back to the first evaluator', async () =>
    expect(await routeOf({ 's-1': 'm-1', 'm-1': 's-1' }, 'm-1')).toEqual({ first: 'm-1', second: undefined }));

  it('has no second where nobody is above the first', async () =>
    expect(await routeOf({ 's-1': 'd-1', 'd-1': undefined })).toEqual({ first: 'd-1', second: undefined }));

  it('is empty where nobody is above', async () => expect(await routeOf({ 's-1': undefined })).toEqual({}));
});
