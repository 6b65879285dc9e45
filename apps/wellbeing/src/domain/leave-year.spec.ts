import { deciderSpec } from '#libs/testing/decider-spec';
import { balances } from './leave-balance.js';
import type { LeaveEvent } from './leave-events.js';
import {
  after,
  annual,
  approve,
  carried,
  DAY,
  days,
  granted,
  open,
  openedYear,
  request,
  staffId,
  stateOf,
  TODAY,
  year2026,
  year2027,
} from './leave.fixture.js';
import type { LeaveYearCommand } from './leave-year.js';
import { leave } from './leave.js';

const { given } = deciderSpec(leave);
const account = [openedYear, granted()];
const NEW_YEAR = '2027-01-01';

const lots = (events: readonly LeaveEvent[]) => {
  return balances(stateOf(events)).map(({ origin, minutes, left }) => ({ origin, minutes, left }));
};

const close = (over: Partial<Extract<LeaveYearCommand, { type: 'CloseLeaveYear' }>> = {}) =>
  ({ type: 'CloseLeaveYear', stays: true, rules: annual, today: NEW_YEAR, ...over }) as const;

describe('a leave year', () => {
  it('opens with the grant of the year and what was carried over, with the version of the rules', () =>
    given()
      .when(open({ year: year2027, servedFrom: NEW_YEAR, carriedOver: 600 }))
      .then(
        {
          type: 'LeaveYearOpened',
          data: {
            staffId,
            from: NEW_YEAR,
            through: '2027-12-31',
            servedFrom: NEW_YEAR,
            dayMinutes: DAY,
            policy: { annualLeave: '1970-04-01' },
          },
        },
        granted({
          lotId: 'staff-1:2027-01-01:grant',
          leaveYear: NEW_YEAR,
          grantedOn: NEW_YEAR,
          usableThrough: '2028-12-31',
          policy: { annualLeave: '1970-04-01' },
        }),
        granted({
          lotId: 'staff-1:2027-01-01:carry-over',
          leaveYear: NEW_YEAR,
          grantedOn: NEW_YEAR,
          usableThrough: '2027-12-31',
          minutes: 600,
          origin: 'carry-over',
          policy: { annualLeave: '1970-04-01' },
        }),
      ));

  it.each([
    ['2026-01-01', 20],
    ['2026-04-01', 15],
    ['2026-04-15', 15],
    ['2026-10-01', 5],
    ['2026-12-31', 2],
  ])('law.md 12 example 12: appointed on %s it grants %i days', (servedFrom, granting) =>
    expect(lots(after([], open({ servedFrom, actionId: 'a1' })))).toMatchObject([{ minutes: days(granting) }]),
  );

  it('peers 12: grants a term that is known to end within the year its months', () =>
    expect(lots(after([], open({ termEnds: '2026-03-31' })))).toMatchObject([{ minutes: days(5) }]));

  it('grants part-timers days of their own hours', () =>
    expect(lots(after([], open({ dayMinutes: 279 })))).toMatchObject([{ minutes: 20 * 279 }]));

  it('peers 11: opened twice stays as it is, with its carry-over once', () => {
    const opened = after([], open({ carriedOver: 600 }));
    given(...opened)
      .when(open({ carriedOver: 600 }))
      .then();
    const appointed = after([], open({ servedFrom: '2026-04-01', actionId: 'a1' }));
    given(...appointed)
      .when(open({ servedFrom: '2026-04-01', actionId: 'a1' }))
      .then();
    expect(lots(after(appointed, open({ carriedOver: 600 })))).toHaveLength(2);
    given(...after(opened, close()))
      .when(open({ carriedOver: 600 }))
      .then();
  });

  it('goes on for somebody rehired the day after, and begins anew after a gap', () => {
    const left = after(account, { type: 'CutLeave', actionId: 's1', because: 'separation', from: '2026-04-01' });
    const rehired = after(left, open({ servedFrom: '2026-04-01', actionId: 'a2', dayMinutes: 279 }));
    expect(rehired.slice(left.length)).toMatchObject([{ type: 'LeaveYearOpened', data: { dayMinutes: 279 } }]);
    expect(lots(rehired)).toMatchObject([{ left: days(20) }]);
    const later = after(left, open({ servedFrom: '2026-07-01', actionId: 'a2' }));
    expect(later.slice(left.length)).toMatchObject([
      { type: 'LeaveExpired', data: { minutes: days(20), expiredOn: '2026-03-31' } },
      { type: 'LeaveYearOpened' },
      { type: 'LeaveGranted', data: { minutes: days(10) } },
    ]);
  });

  it('takes the grant back when the appointment is voided, and grants that of the corrected one', () => {
    const appointed = after([], open({ servedFrom: '2026-10-01', actionId: 'a1' }));
    const voided = after(appointed, { type: 'RevokeOpening', actionId: 'a1' });
    expect(voided.at(-1)).toEqual({
      type: 'LeaveGrantRevoked',
      data: { staffId, lotId: 'staff-1:2026-01-01:a1', actionId: 'a1' },
    });
    expect(lots(after(voided, open({ servedFrom: '2026-11-01', actionId: 'a2' })))).toMatchObject([
      { minutes: days(3) },
    ]);
    given(...appointed)
      .when({ type: 'RevokeOpening', actionId: 'a9' })
      .then();
    given().when({ type: 'RevokeOpening', actionId: 'a1' }).then();
  });

  it('what was used of a grant that was taken back is used of the one in its place', () => {
    const used = after(
      [],
      open({ servedFrom: '2026-10-01', actionId: 'a1' }),
      request('r1', { from: '2026-11-26', through: '2026-11-27' }),
    );
    const corrected = after(
      used,
      { type: 'RevokeOpening', actionId: 'a1' },
      open({ servedFrom: '2026-09-01', actionId: 'a2' }),
    );
    expect(lots(corrected)).toEqual([{ origin: 'grant', minutes: days(7), left: days(5) }]);
  });
});

describe('a grant by hand', () => {
  const grant = {
    type: 'GrantLeave',
    lotId: 'hand-1',
    minutes: 930,
    reason: '災害対応',
    kind: { kind: 'annual', publicKind: 'annual' },
    today: TODAY,
  } as const;

  it('is usable to the end of the year, or to the day it names', () => {
    given(...account)
      .when(grant)
      .then({
        type: 'LeaveGranted',
        data: {
          ...granted().data,
          lotId: 'hand-1',
          grantedOn: TODAY,
          usableThrough: '2026-12-31',
          minutes: 930,
          origin: 'hand',
          reason: '災害対応',
        },
      });
    given(...account)
      .when({ ...grant, usableThrough: '2027-01-01' })
      .rejects('grant.outside-year');
    given(...account)
      .when({ ...grant, usableThrough: '2026-11-19' })
      .rejects('grant.outside-year');
  });

  it('needs an account that is open', () => {
    given().when(grant).rejects('leave-account.not-found');
    given(...after(account, close()))
      .when(grant)
      .rejects('leave.period-closed');
  });

  it('peers 6: is never carried over, whatever was carried before', () => {
    const closed = after([...account, carried(100)], grant, close());
    expect(closed.slice(-3)).toMatchObject([
      { type: 'LeaveExpired', data: { lotId: 'lot-carried', minutes: 100, expiredOn: '2026-12-31' } },
      { type: 'LeaveExpired', data: { lotId: 'hand-1', minutes: 930, expiredOn: '2026-12-31' } },
      { type: 'LeaveYearClosed', data: { carriedOver: days(20) } },
    ]);
  });
});

describe('the end of a leave year', () => {
  it('peers 10: passes on what is left of its own grant up to the limit, and nothing that was carried already', () => {
    const used = after([...account, carried(days(2))], request('r1', { from: '2026-11-24', through: '2026-11-26' }));
    expect(after(used, close()).slice(used.length)).toEqual([
      {
        type: 'LeaveYearClosed',
        data: { staffId, through: '2026-12-31', carriedOver: days(19), policy: { annualLeave: '1970-04-01' } },
      },
    ]);
    const most = after([openedYear, granted({ minutes: days(23) })], close());
    expect(most.slice(-2)).toMatchObject([
      { type: 'LeaveExpired', data: { minutes: days(3), expiredOn: '2026-12-31' } },
      { type: 'LeaveYearClosed', data: { carriedOver: days(20) } },
    ]);
  });

  it('lets everything expire for whoever has left', () => {
    const gone = after(account, { type: 'CutLeave', actionId: 's1', because: 'separation', from: '2026-12-01' });
    expect(after(gone, close({ stays: false })).slice(gone.length)).toMatchObject([
      { type: 'LeaveExpired', data: { minutes: days(20), expiredOn: '2026-11-30' } },
      { type: 'LeaveYearClosed', data: { carriedOver: 0 } },
    ]);
  });

  it('peers 9, 11: comes after the last local day, and once', () => {
    given(...account)
      .when(close({ today: '2026-12-31' }))
      .then();
    given(...after(account, close()))
      .when(close({ today: '2027-01-02' }))
      .then();
    given().when(close()).then();
  });

  it('keeps the minutes of what waits for a decision, which can still be taken', () => {
    const pending = after(account, request('r1', { from: '2026-12-25' }), close());
    expect(pending.at(-1)?.data).toMatchObject({ carriedOver: days(19) });
    expect(after(pending, approve('r1', { today: '2027-01-05' })).slice(-2)).toMatchObject([
      { type: 'LeaveApproved' },
      { type: 'LeaveTaken' },
    ]);
  });

  it('gives minutes that came free afterwards to the year that followed, within the limit', () => {
    const next = after([], open({ year: year2027, servedFrom: NEW_YEAR, carriedOver: days(19) }));
    const back = (minutes: number) =>
      ({
        type: 'ReturnToYear',
        lotId: 'r1/returned',
        minutes,
        kind: { kind: 'annual', publicKind: 'annual' },
        rules: annual,
      }) as const;
    expect(lots(after(next, back(DAY))).at(-1)).toEqual({ origin: 'carry-over', minutes: DAY, left: DAY });
    expect(lots(after(next, back(days(3)))).at(-1)).toMatchObject({ minutes: DAY });
    given(...after(next, back(DAY)))
      .when(back(DAY))
      .then();
    given().when(back(DAY)).then();
  });

  it('closes the books: no annual leave, no cancellation; an illness may still be told', () => {
    const taken = after(account, request('r1'), approve('r1', { today: '2026-12-01' }), close());
    given(...taken)
      .when({ type: 'CancelLeave', requestId: 'r1', because: 'x' })
      .rejects('leave.period-closed');
    given(...taken)
      .when(request('r2', { from: '2026-12-25' }))
      .rejects('leave.period-closed');
    expect(after(taken, request('r2', { kind: 'sick', from: '2026-12-25' }))).toHaveLength(taken.length + 1);
    const cut = { type: 'CutLeave', actionId: 's1', because: 'separation', from: '2026-12-01' } as const;
    given(...taken)
      .when(cut)
      .then();
    given(...taken)
      .when({ type: 'UndoCut', actionId: 's1' })
      .then();
  });
});

describe('a ledger of a former year', () => {
  const entry = (on: string, over: object = {}) => ({
    entryId: `e/${on}`,
    on,
    from: 510,
    to: 1035,
    minutes: DAY,
    dayMinutes: DAY,
    kind: 'annual',
    publicKind: 'annual' as const,
    ...over,
  });
  const record = (over: Partial<Extract<LeaveYearCommand, { type: 'RecordLeaveYear' }>> = {}) =>
    ({
      type: 'RecordLeaveYear',
      staffId,
      year: year2026,
      servedFrom: '2026-01-01',
      dayMinutes: DAY,
      kind: { kind: 'annual', publicKind: 'annual' },
      lots: [
        { lotId: 'g', grantedOn: '2026-01-01', usableThrough: '2027-12-31', minutes: days(20), origin: 'grant' },
        { lotId: 'c', grantedOn: '2026-01-01', usableThrough: '2026-12-31', minutes: days(3), origin: 'carry-over' },
      ],
      entries: [entry('2026-05-11'), entry('2026-05-12'), entry('2026-06-01', { kind: 'sick', publicKind: 'sick' })],
      rules: annual,
      ...over,
    }) as const;

  it('is one append: opened, granted, taken, expired, closed', () => {
    const events = leave.decide(record({ closes: { stays: true } }), leave.initial);
    expect(events.map(({ type }) => type)).toEqual([
      'LeaveYearOpened',
      'LeaveGranted',
      'LeaveGranted',
      'LeaveTaken',
      'LeaveExpired',
      'LeaveYearClosed',
    ]);
    expect(events.slice(3)).toMatchObject([
      { data: { entries: [{ uses: [{ lotId: 'c' }] }, { uses: [{ lotId: 'c' }] }, { uses: [] }] } },
      { data: { lotId: 'c', minutes: DAY, expiredOn: '2026-12-31' } },
      { data: { carriedOver: days(20) } },
    ]);
  });

  it('of the running year stays open, and its days can be cancelled one by one', () => {
    const events = after([], record());
    expect(events.at(-1)?.type).toBe('LeaveTaken');
    const cancelled = after(events, { type: 'CancelLeave', requestId: 'e/2026-05-11', because: '誤入力' });
    expect(cancelled.at(-1)?.data).toMatchObject({ entryIds: ['e/2026-05-11'] });
    expect(lots(cancelled).find(({ origin }) => origin === 'carry-over')?.left).toBe(days(2));
  });

  it('ends with the employment', () => {
    const separation = { actionId: 's1', from: '2026-07-01' };
    expect(after([], record({ separation, closes: { stays: false } })).slice(-4)).toMatchObject([
      { type: 'LeaveCut' },
      { type: 'LeaveExpired', data: { lotId: 'g', minutes: days(20), expiredOn: '2026-06-30' } },
      { type: 'LeaveExpired', data: { lotId: 'c', minutes: DAY, expiredOn: '2026-06-30' } },
      { type: 'LeaveYearClosed', data: { carriedOver: 0 } },
    ]);
  });

  it('peers 15: is held to balance and overlap as a request is', () => {
    given()
      .when(record({ lots: [] }))
      .rejects('leave.beyond-balance');
    given()
      .when(
        record({
          entries: [entry('2026-05-11'), entry('2026-05-11', { entryId: 'x', from: 1034, to: 1040, minutes: 5 })],
        }),
      )
      .rejects('leave.overlaps');
    given(...after([], record()))
      .when(record())
      .rejects('leave.year-recorded');
  });
});
