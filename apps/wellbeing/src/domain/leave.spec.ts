import { deciderSpec } from '#libs/testing/decider-spec';
import {
  after,
  approve,
  carried,
  DAY,
  days,
  granted,
  left,
  openedYear,
  request,
  rulesOf,
  service,
  staffId,
  stateOf,
  TODAY,
} from './leave.fixture.js';
import { leave, statusOf } from './leave.js';

const { given } = deciderSpec(leave);
const account = [openedYear, granted()];

const wholeDay = (requestId: string, on: string, uses = [{ lotId: 'lot-2026', minutes: DAY }]) => ({
  entryId: `${requestId}/${on}`,
  on,
  from: 510,
  to: 1035,
  minutes: DAY,
  dayMinutes: DAY,
  uses,
});

describe('a request', () => {
  it('freezes the working minutes of each working day and takes them from the lots', () =>
    given(...account)
      .when(request('r1', { from: '2026-11-20', through: '2026-11-24', reason: '私用' }))
      .then({
        type: 'LeaveRequested',
        data: {
          staffId,
          requestId: 'r1',
          kind: 'annual',
          publicKind: 'annual',
          requestedOn: TODAY,
          // Saturday, Sunday and the holiday on Monday cost nothing
          entries: [wholeDay('r1', '2026-11-20'), wholeDay('r1', '2026-11-24')],
          policy: { leave: '1970-04-01' },
          reason: '私用',
        },
      }));

  it('of half a day takes the minutes of that half', () => {
    const half = (part: 'morning' | 'afternoon') =>
      after(account, request('r1', { unit: 'half-day', half: part })).at(-1)?.data;
    expect(half('morning')).toMatchObject({ entries: [{ from: 510, to: 720, minutes: 210 }] });
    expect(half('afternoon')).toMatchObject({ entries: [{ from: 780, to: 1035, minutes: 255 }] });
  });

  it('of hours counts no break', () =>
    expect(after(account, request('r1', { unit: 'hour', start: '11:00', end: '14:00' })).at(-1)?.data).toMatchObject({
      entries: [{ from: 660, to: 840, minutes: 120 }],
    }));

  it('of a part-timer costs the own day', () => {
    const part = [{ ...service[0], dayMinutes: 279 }];
    expect(after(account, request('r1', {}, { service: part })).at(-1)?.data).toMatchObject({
      entries: [{ from: 510, to: 849, minutes: 279, dayMinutes: 279 }],
    });
  });

  it.each<[string, Parameters<typeof request>[1], string]>([
    ['over a holiday only', { from: '2026-11-21', through: '2026-11-23' }, 'leave.no-working-time'],
    ['of the break', { unit: 'hour', start: '12:00', end: '13:00' }, 'leave.no-working-time'],
    ['of the half that is off', { from: '2026-12-28', unit: 'half-day', half: 'afternoon' }, 'leave.half-day-off'],
    ['backwards', { from: '2026-11-30', through: '2026-11-27' }, 'leave.ends-before-it-begins'],
    ['over the end of the leave year', { from: '2026-12-28', through: '2027-01-04' }, 'leave.crosses-year'],
    ['of half a day without saying which', { unit: 'half-day' }, 'leave.half-missing'],
    ['of hours without times', { unit: 'hour', start: '09:00' }, 'leave.hours-missing'],
    ['of hours backwards', { unit: 'hour', start: '11:00', end: '10:00' }, 'leave.hours-backwards'],
    ['of a day and a half of it', { half: 'morning' }, 'leave.parts-contradict-unit'],
    ['of a day and hours of it', { start: '09:00', end: '10:00' }, 'leave.parts-contradict-unit'],
    [
      'of half a day and hours',
      { unit: 'half-day', half: 'morning', start: '09:00', end: '10:00' },
      'leave.parts-contradict-unit',
    ],
    [
      'of hours and a half',
      { unit: 'hour', half: 'morning', start: '09:00', end: '10:00' },
      'leave.parts-contradict-unit',
    ],
    ['of broken hours', { unit: 'hour', start: '08:30', end: '10:00' }, 'leave.not-in-steps'],
    [
      'of half a day over several',
      { from: '2026-11-30', through: '2026-12-01', unit: 'half-day', half: 'morning' },
      'leave.not-one-day',
    ],
    [
      'in a unit the kind does not have',
      { kind: 'marriage', unit: 'hour', start: '09:00', end: '10:00' },
      'leave.unit-not-allowed',
    ],
    ['without the occasion it needs', { kind: 'marriage' }, 'leave.occasion-missing'],
    ['out of season', { kind: 'summer' }, 'leave.out-of-season'],
  ])('%s is refused', (_, ask, code) =>
    given(...account)
      .when(request('r1', ask))
      .rejects(code),
  );

  it('for longer ago than the city allows is refused', () =>
    given(...account)
      .when(request('r1', { from: '2026-10-20' }, { rules: rulesOf('annual', { earliest: '2026-10-21' }) }))
      .rejects('leave.too-late'));

  it('of a kind for the other sex is refused; where the sex is not known it is not', () => {
    const ask = { kind: 'spouse-childbirth', occasionOn: '2026-11-28' };
    given(...account)
      .when(request('r1', ask, { sex: '2' }))
      .rejects('leave.not-entitled');
    expect(after(account, request('r1', ask, { sex: '1' }))).toHaveLength(3);
    expect(after(account, request('r1', ask))).toHaveLength(3);
  });

  it('before the year was opened, before the grant, and before the appointment is refused', () => {
    given().when(request('r1')).rejects('leave.before-grant');
    given(openedYear, granted({ grantedOn: '2026-12-01' }))
      .when(request('r1'))
      .rejects('leave.before-grant');
    given(...account)
      .when(request('r1', {}, { service: [{ ...service[0], from: '2026-12-01' }] }))
      .rejects('leave.before-grant');
  });

  it('within an approved childcare leave is refused, whatever the kind, and so is its approval', () => {
    const childcareDays = [{ from: '2026-11-30', through: '2026-12-04' }];
    for (const on of ['2026-11-30', '2026-12-04'])
      for (const kind of ['annual', 'sick'])
        given(...account)
          .when(request('r1', { kind, from: on }, { childcareDays }))
          .rejects('leave.during-childcare-leave');
    for (const on of ['2026-11-27', '2026-12-07'])
      expect(after(account, request('r1', { from: on }, { childcareDays }))).toHaveLength(3);
    given(...after(account, request('r1')))
      .when(approve('r1', { childcareDays }))
      .rejects('leave.during-childcare-leave');
  });

  it('on a leave of absence is refused', () =>
    given(...account)
      .when(request('r1', {}, { service: [{ ...service[0], status: 'leave' }] }))
      .rejects('leave.on-leave-of-absence'));

  it('after the separation is refused, also when only the stream knows of it', () => {
    given(...account)
      .when(request('r1', {}, { service: [{ ...service[0], through: '2026-11-27' }] }))
      .rejects('leave.after-separation');
    const cut = { type: 'CutLeave', actionId: 'a1', because: 'separation', from: '2026-11-28' } as const;
    given(...after(account, cut))
      .when(request('r1'))
      .rejects('leave.after-separation');
  });
});

describe('the balance', () => {
  it('is used up to the last minute and not one further', () => {
    const small = [openedYear, granted({ minutes: days(1) })];
    expect(left(after(small, request('r1')))).toBe(0);
    given(openedYear, granted({ minutes: days(1) - 1 }))
      .when(request('r1'))
      .rejects('leave.beyond-balance');
  });

  it('takes what was carried over first, or the current grant where the city says so', () => {
    const both = [openedYear, carried(days(1)), granted()];
    const ask = { from: '2026-11-25', through: '2026-11-26' };
    expect(left(after(both, request('r1', ask)), 'lot-carried')).toBe(0);
    expect(left(after(both, request('r1', ask)))).toBe(days(19));
    const current = { rules: rulesOf('annual', { useOrder: 'current-first' }) };
    expect(left(after(both, request('r1', ask, current)), 'lot-carried')).toBe(days(1));
  });

  it('takes one day from two lots', () => {
    const both = [openedYear, carried(100), granted()];
    expect(after(both, request('r1')).at(-1)?.data).toMatchObject({
      entries: [
        {
          uses: [
            { lotId: 'lot-carried', minutes: 100 },
            { lotId: 'lot-2026', minutes: DAY - 100 },
          ],
        },
      ],
    });
  });

  it('knows days a year of kinds without lots', () => {
    const ask = { kind: 'nursing', from: '2026-11-24', through: '2026-11-30' };
    const five = after(account, request('r1', ask));
    expect(five).toHaveLength(3);
    given(...five)
      .when(request('r2', { kind: 'nursing', from: '2026-12-01', unit: 'half-day', half: 'morning' }))
      .rejects('leave.beyond-balance');
  });

  it('knows days per occasion, also over the turn of the year', () => {
    const ask = { kind: 'spouse-childbirth', occasionOn: '2026-11-20' };
    given(...after(account, request('r1', { ...ask, from: '2026-11-24', through: '2026-11-25' })))
      .when(request('r2', ask))
      .rejects('leave.beyond-balance');
    expect(after(account, request('r2', { ...ask, occasionOn: '2026-11-29' }))).toHaveLength(3);
    for (const on of ['2025-12-26', '2027-01-04'])
      given(...account)
        .when(request('r1', ask, { otherYears: [{ on, minutes: days(2), occasionOn: '2026-11-20' }] }))
        .rejects('leave.beyond-balance');
  });

  it('knows calendar days of one illness, joined where fewer than 20 working days lie between', () => {
    const ill = (from: string, through: string) => request(from, { kind: 'sick', from, through });
    const first = after(account, ill('2026-02-02', '2026-04-24'));
    given(...first)
      .when(ill('2026-04-27', '2026-05-29'))
      .rejects('leave.too-long');
    expect(after(first, ill('2026-06-01', '2026-06-05'))).toHaveLength(4);
    const otherYears = [{ on: '2025-12-26', minutes: DAY }];
    given(...account)
      .when(request('r1', { kind: 'sick', from: '2026-01-05', through: '2026-03-27' }, { otherYears }))
      .rejects('leave.too-long');
  });
});

describe('a decision', () => {
  const requested = after(account, request('r1'));

  it('approves', () =>
    given(...requested)
      .when(approve('r1'))
      .then({ type: 'LeaveApproved', data: { staffId, requestId: 'r1', approvedOn: TODAY, approver: 'head-1' } }));

  it('approves what lies in the past and takes it at once', () =>
    given(...requested)
      .when(approve('r1', { today: '2026-12-01' }))
      .then(
        { type: 'LeaveApproved', data: { staffId, requestId: 'r1', approvedOn: '2026-12-01', approver: 'head-1' } },
        {
          type: 'LeaveTaken',
          data: {
            staffId,
            requestId: 'r1',
            entries: [{ ...wholeDay('r1', '2026-11-30'), kind: 'annual', publicKind: 'annual' }],
          },
        },
      ));

  it('refuses and gives the minutes back', () => {
    const refused = {
      type: 'RefuseLeave',
      requestId: 'r1',
      because: '繁忙期',
      approver: 'head-1',
      entitled: true,
      today: TODAY,
    } as const;
    given(...requested)
      .when(refused)
      .then({ type: 'LeaveRefused', data: { staffId, requestId: 'r1', refusedOn: TODAY, because: '繁忙期' } });
    expect(left(after(requested, refused))).toBe(days(20));
    expect(statusOf(stateOf(after(requested, refused)).requests[0])).toBe('refused');
  });

  it('is not for whoever is no superior that day, nor on what is not there', () => {
    given(...requested)
      .when(approve('r1', { entitled: false }))
      .rejects('leave.not-approver');
    given(...requested)
      .when(approve('r2'))
      .rejects('leave-request.not-found');
    given().when(approve('r1')).rejects('leave-request.not-found');
  });
});

describe('leave that will not be taken', () => {
  const approved = after(account, request('r1', { from: '2026-11-30', through: '2026-12-01' }), approve('r1'));
  const withdraw = (today: string, by: 'applicant' | 'hr' = 'applicant') =>
    ({ type: 'WithdrawLeave', requestId: 'r1', by, today }) as const;

  it('is withdrawn by the applicant until it begins, then by HR until it was taken', () => {
    expect(left(after(approved, withdraw('2026-11-29')))).toBe(days(20));
    given(...approved)
      .when(withdraw('2026-11-30'))
      .rejects('leave.already-begun');
    expect(left(after(approved, withdraw('2026-12-01', 'hr')))).toBe(days(20));
    const taken = after(approved, { type: 'TakeLeave', requestId: 'r1', today: '2026-12-02' });
    given(...taken)
      .when(withdraw('2026-12-02', 'hr'))
      .rejects('leave.already-taken');
    given(...after(approved, withdraw('2026-11-29')))
      .when(withdraw('2026-11-29'))
      .rejects('leave.not-standing');
  });

  it('is cancelled once it was taken, once, by a compensating entry', () => {
    const cancel = { type: 'CancelLeave', requestId: 'r1', because: '災害対応で出勤' } as const;
    given(...approved)
      .when(cancel)
      .rejects('leave.not-taken');
    const taken = after(approved, { type: 'TakeLeave', requestId: 'r1', today: '2026-12-02' });
    const entryIds = ['r1/2026-11-30', 'r1/2026-12-01'];
    given(...taken)
      .when(cancel)
      .then({ type: 'LeaveCancelled', data: { staffId, requestId: 'r1', entryIds, because: cancel.because } });
    const cancelled = after(taken, cancel);
    expect(left(cancelled)).toBe(days(20));
    expect(statusOf(stateOf(cancelled).requests[0])).toBe('cancelled');
    given(...cancelled)
      .when(cancel)
      .rejects('leave.not-taken');
  });
});

describe('taking', () => {
  const approved = after(account, request('r1', { from: '2026-11-30', through: '2026-12-01' }), approve('r1'));
  const take = (today: string) => ({ type: 'TakeLeave', requestId: 'r1', today }) as const;

  it('waits until the last day has ended, and happens once', () => {
    given(...approved)
      .when(take('2026-12-01'))
      .then();
    const taken = after(approved, take('2026-12-02'));
    expect(taken.at(-1)).toMatchObject({ type: 'LeaveTaken', data: { entries: [{}, {}] } });
    given(...taken)
      .when(take('2026-12-02'))
      .then();
  });

  it('leaves alone what was not approved', () => {
    given(...after(account, request('r1')))
      .when(take('2026-12-31'))
      .then();
    given().when(take('2026-12-31')).then();
  });
});

describe('edge cases of peers.md', () => {
  it('peers 2: pending requests count against the balance', () => {
    const one = [openedYear, granted({ minutes: days(1) })];
    given(...after(one, request('r1')))
      .when(request('r2', { from: '2026-12-01' }))
      .rejects('leave.beyond-balance');
  });

  it('peers 3: approving twice is refused and deducts once', () => {
    const approved = after(account, request('r1'), approve('r1'));
    given(...approved)
      .when(approve('r1'))
      .rejects('leave.not-pending');
    expect(left(approved)).toBe(days(19));
  });

  it('peers 4: a half day on the day of a whole one overlaps it, whatever today is', () => {
    given(...after(account, request('r1')))
      .when(request('r2', { unit: 'half-day', half: 'morning' }))
      .rejects('leave.overlaps');
    given(...after(account, request('r1', { unit: 'half-day', half: 'morning' })))
      .when(request('r2'))
      .rejects('leave.overlaps');
  });

  it('peers 5: two different halves of a day go together, the same one twice does not', () => {
    const morning = after(account, request('r1', { unit: 'half-day', half: 'morning' }));
    expect(left(after(morning, request('r2', { unit: 'half-day', half: 'afternoon' })))).toBe(days(19));
    given(...morning)
      .when(request('r2', { unit: 'half-day', half: 'morning' }))
      .rejects('leave.overlaps');
  });

  it('peers 5: on a half-day holiday the whole day costs the other half', () =>
    expect(after(account, request('r1', { from: '2026-12-28' })).at(-1)?.data).toMatchObject({
      entries: [{ minutes: 210, dayMinutes: DAY }],
    }));

  it('peers: overlapping by one minute is refused, meeting is not', () => {
    const hours = (id: string, start: string, end: string) => request(id, { unit: 'hour', start, end });
    const any = { rules: rulesOf('annual', { hourStep: 1 }) };
    const first = after(account, { ...hours('r1', '09:00', '10:00'), ...any });
    given(...first)
      .when({ ...hours('r2', '09:59', '11:00'), ...any })
      .rejects('leave.overlaps');
    expect(after(first, { ...hours('r2', '10:00', '11:00'), ...any })).toHaveLength(4);
  });

  it('peers 7: a back-dated request cannot spend what is asked for later', () => {
    const later = after([openedYear, granted({ minutes: days(1) })], request('r1'));
    given(...later)
      .when(request('r2', { from: '2026-11-02' }))
      .rejects('leave.beyond-balance');
  });

  it('peers 8: a calendar changed after the request changes nothing of it', () => {
    const { calendar } = rulesOf('annual');
    const changed = { ...calendar, holidays: [...calendar.holidays, { date: '2026-11-30', title: '臨時の休日' }] };
    const requested = after(account, request('r1'));
    expect(left(after(requested, approve('r1')))).toBe(days(19));
    given(...account)
      .when(request('r2', {}, { rules: rulesOf('annual', { calendar: changed }) }))
      .rejects('leave.no-working-time');
  });

  it('peers 13: nobody approves or refuses their own leave', () => {
    const requested = after(account, request('r1'));
    given(...requested)
      .when(approve('r1', { approver: staffId }))
      .rejects('leave.own-request');
    given(...requested)
      .when({ type: 'RefuseLeave', requestId: 'r1', because: 'x', approver: staffId, entitled: true, today: TODAY })
      .rejects('leave.own-request');
  });

  it('peers 16: leave that has begun is not given up by the applicant alone', () =>
    given(...after(account, request('r1', { from: TODAY }), approve('r1')))
      .when({ type: 'WithdrawLeave', requestId: 'r1', by: 'applicant', today: TODAY })
      .rejects('leave.already-begun'));
});
