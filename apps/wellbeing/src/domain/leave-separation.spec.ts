import { Rejected } from '#libs/event-store/decider';
import { deciderSpec } from '#libs/testing/decider-spec';
import {
  after,
  approve,
  days,
  granted,
  left,
  openedYear,
  request,
  service,
  staffId,
  stateOf,
} from './leave.fixture.js';
import { leave, statusOf } from './leave.js';

const { given } = deciderSpec(leave);
const account = [openedYear, granted()];

describe('peers 23: a separation', () => {
  const two = after(
    account,
    request('r1', { from: '2026-11-26', through: '2026-11-30' }),
    approve('r1'),
    request('r2', { from: '2026-12-07' }),
  );
  const separate = { type: 'CutLeave', actionId: 'a1', because: 'separation', from: '2026-11-28' } as const;

  it('cuts leave at its date, cancels later leave and keeps what lies before', () => {
    given(...two)
      .when(separate)
      .then({
        type: 'LeaveCut',
        data: {
          staffId,
          actionId: 'a1',
          because: 'separation',
          from: '2026-11-28',
          entryIds: ['r1/2026-11-30', 'r2/2026-12-07'],
        },
      });
    const state = stateOf(after(two, separate));
    expect(state.requests.map(statusOf)).toEqual(['approved', 'cut']);
    expect(left(after(two, separate))).toBe(days(18));
  });

  it('cancels what had been taken behind its date', () => {
    const taken = after(two, { type: 'TakeLeave', requestId: 'r1', today: '2026-12-01' });
    expect(after(taken, separate).slice(-1)).toEqual([
      {
        type: 'LeaveCancelled',
        data: { staffId, requestId: 'r1', entryIds: ['r1/2026-11-30'], actionId: 'a1' },
      },
    ]);
  });

  it('is cut once, and stands again when the separation is voided', () => {
    const cut = after(two, separate);
    given(...cut)
      .when(separate)
      .then();
    const undone = after(cut, { type: 'UndoCut', actionId: 'a1' });
    expect(undone.at(-1)).toEqual({
      type: 'LeaveCutUndone',
      data: { staffId, actionId: 'a1', entryIds: ['r1/2026-11-30', 'r2/2026-12-07'] },
    });
    expect(stateOf(undone).requests.map(statusOf)).toEqual(['approved', 'pending']);
    expect(left(undone)).toBe(left(two));
    expect(after(undone, request('r3', { from: '2026-12-08' }))).toHaveLength(undone.length + 1);
    given(...undone)
      .when({ type: 'UndoCut', actionId: 'a1' })
      .then();
    given(...two)
      .when({ type: 'UndoCut', actionId: 'a2' })
      .then();
  });

  it('does not give back minutes that were used otherwise meanwhile', () => {
    const one = after([openedYear, granted({ minutes: days(1) })], request('r1', { from: '2026-12-07' }));
    const cut = after(
      one,
      separate,
      request('r2', { from: '2026-11-26' }, { service: [{ ...service[0], through: '2026-11-27' }] }),
    );
    expect(after(cut, { type: 'UndoCut', actionId: 'a1' }).at(-1)?.data).toMatchObject({ entryIds: [] });
  });

  it('does not give back days that were asked for anew meanwhile', () => {
    const absence = { type: 'CutLeave', actionId: 'a1', because: 'absence', from: '2026-11-25' } as const;
    const back = after(two, absence, request('r3', { from: '2026-11-30' }));
    expect(after(back, { type: 'UndoCut', actionId: 'a1' }).at(-1)?.data).toMatchObject({
      entryIds: ['r1/2026-11-26', 'r1/2026-11-27', 'r2/2026-12-07'],
    });
  });

  it('is taken again by its timer when what had been taken stands again', () => {
    const taken = after(two, { type: 'TakeLeave', requestId: 'r1', today: '2026-12-01' }, separate);
    const undone = after(taken, { type: 'UndoCut', actionId: 'a1' });
    expect(after(undone, { type: 'TakeLeave', requestId: 'r1', today: '2026-12-01' }).at(-1)).toMatchObject({
      type: 'LeaveTaken',
      data: { entries: [{ entryId: 'r1/2026-11-30' }] },
    });
  });

  it('of an absence cuts what lies within it and nothing else', () => {
    const absence = {
      type: 'CutLeave',
      actionId: 'a1',
      because: 'absence',
      from: '2026-11-30',
      through: '2026-12-01',
    } as const;
    expect(after(two, absence).at(-1)?.data).toMatchObject({ entryIds: ['r1/2026-11-30'] });
    given(...account)
      .when(absence)
      .then();
    expect(() => after(after(two, absence), request('r3', { from: '2026-12-08' }))).not.toThrow(Rejected);
  });
});
