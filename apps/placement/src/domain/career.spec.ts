import { staff } from './staff.js';
import {
  full,
  appointed,
  appointment,
  correct,
  desk,
  draft,
  formal,
  given,
  grades,
  positions,
  probation,
  record,
  registered,
  resignation,
  retirement,
  revoke,
  rulesOn,
  take,
  taken,
  voided,
} from './staff.fixture.js';

describe('staff: recording history', () => {
  it('holds the past to timeline and codes only', () => {
    const odd = draft('promote', '2024-06-01', { grade: '4' });
    given(registered)
      .when(record(odd, appointment, draft('appoint-formally', '2024-07-01')))
      .then(taken(odd), taken({ ...appointment, until: '2024-09-30' }), taken(draft('appoint-formally', '2024-07-01')));
  });
  it('refuses a gap', () =>
    given(registered)
      .when(record(draft('transfer', '2024-06-01', { post: desk })))
      .rejects('timeline.not-appointed'));
  it.each([
    ['2017-03-31', 'appointment.under-age'],
    ['1990-04-01', 'appointment.under-age'],
  ])('refuses an appointment on %s of somebody born on 2001-04-02 (労働基準法56条)', (effectiveOn, code) =>
    given(registered)
      .when(record({ ...appointment, effectiveOn }))
      .rejects(code),
  );
  it('refuses an unknown code', () =>
    given(registered)
      .when(record({ ...appointment, grade: '9' }))
      .rejects('grade.unknown'));
});

describe('staff: recording history and what is to come', () => {
  // today is 1 April 2026
  const odd = (day: string) => draft('promote', day, { grade: '1' });

  it('judges what lies in the future like a single command', () => {
    given(registered)
      .when(record(appointment, odd('2026-04-02')))
      .rejects('promotion.not-higher');
    const promotion = draft('promote', '2026-04-02', { grade: '2' });
    given(registered)
      .when(record(promotion, appointment))
      .then(taken({ ...appointment, until: '2024-09-30' }), taken(promotion, { grades, positions, retirement }));
  });

  it('takes what has happened until today as the city recorded it', () =>
    given(registered)
      .when(record(appointment, odd('2026-04-01')))
      .then(taken({ ...appointment, until: '2024-09-30' }), taken(odd('2026-04-01'))));
});

describe('staff: correction, revocation, withdrawal', () => {
  const transfer = draft('transfer', '2025-04-01', { post: { ...desk, unitId: 'roads' } });
  const moved = taken(transfer);

  it('corrects by voiding and taking anew in one append', () => {
    const right = { ...transfer, actionId: 'right', effectiveOn: '2025-05-01' };
    given(registered, appointed, formal, moved)
      .when(correct(transfer.actionId, right))
      .then(voided(transfer.actionId, 'correction'), taken(right, { positions, retirement }));
  });

  it('keeps the employment of a corrected appointment', () => {
    const right = { ...appointment, actionId: 'right', employmentId: 'e-new', grade: '2' };
    given(registered, appointed, formal)
      .when(correct(appointment.actionId, right))
      .then(
        voided(appointment.actionId, 'correction'),
        taken({ ...right, employmentId: 'e-1', until: '2024-09-30' }, { probation, positions, retirement }),
      );
  });

  it('refuses a correction that breaks the history', () =>
    given(registered, appointed, formal)
      .when(correct(appointment.actionId, { ...appointment, actionId: 'x', effectiveOn: '2025-01-01' }))
      .rejects('timeline.not-appointed'));

  it('revokes', () =>
    given(registered, appointed, formal, moved)
      .when(revoke(transfer.actionId))
      .then(voided(transfer.actionId, 'revocation')));

  it('revokes a separation, but not when a rehire follows it', () => {
    given(registered, appointed, formal, taken(resignation))
      .when(revoke(resignation.actionId))
      .then(voided(resignation.actionId, 'revocation'));
    const rehired = taken({ ...draft('rehire', '2026-05-01', { ...full, route: 'other' }), employmentId: 'e-2' });
    given(registered, appointed, formal, taken(resignation), rehired)
      .when(revoke(resignation.actionId))
      .rejects('timeline.overlap');
  });

  it('corrects a correction and revokes it again', () => {
    const second = { ...transfer, actionId: 'second', effectiveOn: '2025-05-01' };
    const third = { ...transfer, actionId: 'third', effectiveOn: '2025-03-01' };
    const corrected = [moved, voided(transfer.actionId, 'correction'), taken(second)] as const;
    given(registered, appointed, formal, ...corrected)
      .when(correct('second', third))
      .then(voided('second', 'correction'), taken(third, { positions, retirement }));
    given(registered, appointed, formal, ...corrected)
      .when(revoke('second'))
      .then(voided('second', 'revocation'));
  });

  it('revokes nothing that later actions rest on', () =>
    given(registered, appointed, formal).when(revoke(appointment.actionId)).rejects('timeline.not-appointed'));

  it('tells an unknown action from a voided one', () => {
    given(registered, appointed).when(revoke('x')).rejects('action.unknown');
    given(registered, appointed, formal, moved, voided(transfer.actionId, 'revocation'))
      .when(revoke(transfer.actionId))
      .rejects('action.voided');
  });

  const withdraw = (today: string) =>
    ({ type: 'WithdrawResignation', actionId: resignation.actionId, rulesOn, today }) as const;

  it('takes a resignation back through the last day', () =>
    given(registered, appointed, formal, taken(resignation))
      .when(withdraw('2026-03-31'))
      .then(voided(resignation.actionId, 'withdrawal')));
  it('not once it is effective', () =>
    given(registered, appointed, formal, taken(resignation))
      .when(withdraw('2026-04-01'))
      .rejects('separation.already-effective'));
  it('not a dismissal', () =>
    given(registered, appointed, formal, taken({ ...resignation, reason: 'disciplinary-dismissal' }))
      .when(withdraw('2026-03-01'))
      .rejects('separation.not-withdrawable'));
});

describe('staff: what rests on an action', () => {
  const promotion = draft('promote', '2025-04-01', { grade: '4' });
  const sameDay = draft('transfer', '2025-04-01', { post: { unitId: 'roads', position: 'shusa' } });
  const later = draft('transfer', '2025-10-01', { post: { unitId: 'citizens', position: 'shusa' } });
  const promoted = [registered, appointed, formal, taken(promotion), taken(sameDay)] as const;

  it('keeps it from being revoked, on the same day and later', () => {
    given(...promoted)
      .when(revoke(promotion.actionId))
      .rejects('action.others-depend');
    const { post } = sameDay;
    given(registered, appointed, formal, taken({ ...promotion, post }), taken(later))
      .when(revoke(promotion.actionId))
      .rejects('action.others-depend');
  });

  it('names the action that has to go first', () => {
    const state = promoted.reduce(staff.evolve, staff.initial);
    const { actionId, effectiveOn } = sameDay;
    expect(() => staff.decide(revoke(promotion.actionId), state)).toThrow(
      expect.objectContaining({
        facts: { actionId, kind: 'transfer', effectiveOn, because: 'transfer.changes-rank' },
      }),
    );
  });

  it('can be revoked first', () => {
    const { post } = sameDay;
    const both = [registered, appointed, formal, taken({ ...promotion, post }), taken(later)] as const;
    given(...both)
      .when(revoke(later.actionId))
      .then(voided(later.actionId, 'revocation'));
    given(...both, voided(later.actionId, 'revocation'))
      .when(revoke(promotion.actionId))
      .then(voided(promotion.actionId, 'revocation'));
  });

  it('is revoked together with it where neither can stand alone', () => {
    given(...promoted)
      .when(revoke(sameDay.actionId))
      .rejects('action.others-depend');
    given(...promoted)
      .when(revoke(promotion.actionId, sameDay.actionId, promotion.actionId))
      .then(voided(promotion.actionId, 'revocation'), voided(sameDay.actionId, 'revocation'));
  });

  it('keeps it from being corrected to what does not carry it', () => {
    const right = { ...promotion, actionId: 'right' };
    given(...promoted)
      .when(correct(promotion.actionId, { ...right, effectiveOn: '2025-05-01' }))
      .rejects('action.others-depend');
    given(...promoted)
      .when(correct(promotion.actionId, { ...right, grade: '2' }))
      .then(
        voided(promotion.actionId, 'correction'),
        taken({ ...right, grade: '2' }, { grades, positions, retirement }),
      );
  });

  it('is not undermined by an action entered for an earlier day', () => {
    const second = draft('promote', '2026-04-01', { grade: '2' });
    given(registered, appointed, formal, taken(second))
      .when(take(draft('promote', '2025-04-01', { grade: '2' })))
      .rejects('action.others-depend');
  });

  it('does not count where the records broke a rule all along', () => {
    const unlawful = draft('transfer', '2025-04-01', { post: { unitId: 'roads', position: 'kacho' } });
    const hours = draft('change-hours', '2025-01-01', { weeklyMinutes: 1860 });
    given(registered, appointed, formal, taken(hours), taken(unlawful))
      .when(revoke(hours.actionId))
      .then(voided(hours.actionId, 'revocation'));
  });
});

describe('staff: a unit that ends', () => {
  // the rivers section is abolished on 1 April 2026
  const rivers = { ...desk, unitId: 'rivers' };
  const there = draft('transfer', '2025-10-01', { post: rivers });
  const away = draft('transfer', '2026-04-01', { post: desk });
  const versions = { positions, retirement };
  const posted = [registered, appointed, formal, taken(there)] as const;

  it('takes nobody who would stay beyond its end', () => {
    given(registered, appointed, formal).when(take(there)).rejects('unit.ends-before-posting');
    given(registered, appointed, formal).when(take(there, away)).then(taken(there, versions), taken(away, versions));
  });

  it('takes a concurrent post until its last day', () => {
    const give = draft('give-concurrent-post', '2025-10-01', { post: rivers, until: '2026-03-31' });
    given(registered, appointed, formal).when(take(give)).then(taken(give, versions));
    given(registered, appointed, formal)
      .when(take({ ...give, until: '2026-04-01' }))
      .rejects('unit.ends-before-posting');
  });

  it('gets nobody back by a revocation or withdrawal', () => {
    given(...posted, taken(away))
      .when(revoke(away.actionId))
      .rejects('unit.ends-before-posting');
    given(...posted, taken(resignation))
      .when({ type: 'WithdrawResignation', actionId: resignation.actionId, rulesOn, today: '2026-03-01' })
      .rejects('unit.ends-before-posting');
  });

  it('does not keep those whom the records left there from anything else', () => {
    const hours = draft('change-hours', '2026-05-01', { weeklyMinutes: 1860 });
    given(...posted)
      .when(take(hours))
      .then(taken(hours));
  });
});
