import type { DraftAction } from './career.js';
import {
  full,
  appointed,
  appointment,
  born,
  chief,
  chiefAppointed,
  correct,
  desk,
  draft,
  formal,
  given,
  grades,
  positions,
  probation,
  registered,
  resignation,
  retirement,
  take,
  taken,
} from './staff.fixture.js';

describe('staff: taking actions', () => {
  it('sets the end of probation by the pack and names its version', () =>
    given(registered)
      .when(take(appointment))
      .then(taken({ ...appointment, until: '2024-09-30' }, { probation, positions, retirement })));

  it('takes actions of past and future, several at once, into the employment of their day', () =>
    given(registered, appointed)
      .when(
        take(
          draft('appoint-formally', '2024-10-01'),
          draft('transfer', '2027-04-01', { post: { ...desk, unitId: 'roads' } }),
        ),
      )
      .then(
        formal,
        taken(draft('transfer', '2027-04-01', { post: { ...desk, unitId: 'roads' } }), { positions, retirement }),
      ));

  it('puts an action after a rehire into the new employment', () => {
    const rehire = draft('rehire', '2026-04-01', { ...full, employmentId: 'e-2', route: 're-employed' });
    given(born('1964-04-02'), appointed, formal, taken(resignation))
      .when(take(rehire, draft('change-hours', '2026-05-01', { weeklyMinutes: 1860 })))
      .then(
        taken(rehire, { probation, positions, retirement }),
        taken(draft('change-hours', '2026-05-01', { weeklyMinutes: 1860, employmentId: 'e-2' })),
      );
  });

  it('promotes to a higher position or grade', () =>
    given(registered, appointed, formal)
      .when(take(draft('promote', '2026-04-01', { post: { ...desk, position: 'shusa' }, grade: '4' })))
      .then(
        taken(draft('promote', '2026-04-01', { post: { ...desk, position: 'shusa' }, grade: '4' }), {
          grades,
          positions,
          retirement,
        }),
      ));

  it('demotes to a lower one', () =>
    given(registered, chiefAppointed, formal)
      .when(take(draft('demote', '2026-04-01', { post: { ...desk, position: 'shusa' }, grade: '4' })))
      .then(
        taken(draft('demote', '2026-04-01', { post: { ...desk, position: 'shusa' }, grade: '4' }), {
          grades,
          positions,
        }),
      ));

  it('moves and promotes on one day', () => {
    const promote = draft('promote', '2026-04-01', { grade: '4' });
    const transfer = draft('transfer', '2026-04-01', { post: { unitId: 'roads', position: 'shusa' } });
    given(registered, appointed, formal)
      .when(take(promote, transfer))
      .then(taken(promote, { grades, positions, retirement }), taken(transfer, { positions, retirement }));
  });

  it('extends probation up to the limit of the pack', () =>
    given(registered, appointed)
      .when(take(draft('extend-probation', '2024-09-30', { until: '2025-03-31' })))
      .then(taken(draft('extend-probation', '2024-09-30', { until: '2025-03-31' }), { probation })));

  it.each([
    draft('second', '2025-04-01', { until: '2027-03-31' }),
    draft('start-leave-of-absence', '2025-04-01', { leaveKind: 'childcare', until: '2026-03-31' }),
    draft('change-hours', '2025-04-01', { weeklyMinutes: 1860 }),
    resignation,
  ])('takes $kind', (action) => given(registered, appointed, formal).when(take(action)).then(taken(action)));

  it('gives a concurrent post', () => {
    const give = draft('give-concurrent-post', '2025-04-01', { post: { ...desk, unitId: 'roads' } });
    given(registered, appointed, formal).when(take(give)).then(taken(give, { positions, retirement }));
  });

  it('transfers somebody on leave, who returns to the new post', () => {
    const leave = draft('start-leave-of-absence', '2025-04-01', { leaveKind: 'childcare' });
    const move = draft('transfer', '2025-10-01', { post: { ...desk, unitId: 'roads' } });
    const back = draft('return-from-leave', '2026-04-01');
    given(registered, appointed, formal, taken(leave))
      .when(take(move, back))
      .then(taken(move, { positions, retirement }), taken(back));
  });

  it.each([
    [
      draft('give-concurrent-post', '2025-04-01', { post: { ...desk, unitId: 'roads' } }),
      draft('end-concurrent-post', '2026-04-01', { post: { ...desk, unitId: 'roads' } }),
    ],
    [draft('second', '2025-04-01'), draft('return-from-secondment', '2026-04-01')],
    [
      draft('start-leave-of-absence', '2025-04-01', { leaveKind: 'sickness' }),
      draft('return-from-leave', '2026-04-01'),
    ],
  ])('takes $1.kind after $0.kind', (begun, ended) =>
    given(registered, appointed, formal, taken(begun)).when(take(ended)).then(taken(ended)),
  );

  it.each<[string, DraftAction]>([
    ['action.incomplete', draft('transfer', '2025-04-01')],
    ['action.ends-before-it-begins', draft('second', '2025-04-01', { until: '2025-03-31' })],
    ['action.already-taken', { ...draft('transfer', '2025-04-01', { post: desk }), actionId: appointment.actionId }],
    ['unit.not-in-force', draft('transfer', '2025-04-01', { post: { ...desk, unitId: 'gone' } })],
    ['position.unknown', draft('transfer', '2025-04-01', { post: { ...desk, position: 'king' } })],
    ['grade.unknown', draft('promote', '2025-04-01', { grade: '9' })],
    ['grade.not-of-position', draft('promote', '2025-04-01', { grade: '4' })],
    ['job-category.unknown', draft('transfer', '2025-04-01', { post: desk, jobCategory: 'wizard' })],
    ['route.unknown', draft('rehire', '2025-04-01', { ...full, route: 'by-lot' })],
    ['hours.over-full-time', draft('change-hours', '2025-04-01', { weeklyMinutes: 2400 })],
    ['promotion.not-higher', draft('promote', '2025-04-01', { post: { ...desk, unitId: 'roads' } })],
    ['demotion.not-lower', draft('demote', '2025-04-01', { grade: '2' })],
    ['transfer.changes-rank', draft('transfer', '2025-04-01', { post: { ...desk, position: 'shusa' } })],
    ['concurrent-post.same-as-main', draft('give-concurrent-post', '2025-04-01', { post: desk })],
    ['role-retirement.not-from-managing', draft('retire-from-role', '2025-04-01', { post: desk })],
    ['separation.before-retirement-age', draft('separate', '2026-03-31', { reason: 'retirement-age' })],
    ['timeline.return-without-leave', draft('return-from-leave', '2025-04-01')],
  ])('refuses with %s', (code, action) => given(registered, appointed, formal).when(take(action)).rejects(code));

  it.each<[string, DraftAction]>([
    ['probation.not-over', draft('appoint-formally', '2024-09-30')],
    ['probation.outside-limits', draft('extend-probation', '2024-09-30', { until: '2025-04-01' })],
    ['probation.not-extended', draft('extend-probation', '2024-09-15', { until: '2024-09-30' })],
    ['probation.already-over', draft('extend-probation', '2024-10-01', { until: '2024-12-31' })],
  ])('refuses during probation with %s', (code, action) =>
    given(registered, appointed).when(take(action)).rejects(code),
  );

  it('refuses an extension beyond a formal appointment that is there already', () =>
    given(registered, appointed, formal)
      .when(take(draft('extend-probation', '2024-09-15', { until: '2024-12-31' })))
      .rejects('probation.not-over'));

  it('refuses to move an appointment so that the formal one falls into the probation', () =>
    given(registered, appointed, formal)
      .when(correct(appointment.actionId, { ...appointment, actionId: 'later', effectiveOn: '2024-05-01' }))
      .rejects('probation.not-over'));

  it('refuses a probation outside the limits', () =>
    given(registered)
      .when(take({ ...appointment, until: '2024-08-31' }))
      .rejects('probation.outside-limits'));
});

describe('staff: retirement', () => {
  // born 1964-04-02: 60 in FY2024 (window 2024-04-02 to 2025-04-01), 62 reached in FY2026: leaves 2027-03-31
  const senior = born('1964-04-02');
  const toDesk = { post: { ...desk, position: 'shusa' }, grade: '4' };

  it('retires from a managing role within the window', () => {
    const action = draft('retire-from-role', '2025-04-01', toDesk);
    given(senior, chiefAppointed, formal).when(take(action)).then(taken(action, { positions, retirement }));
  });
  it('not after it', () =>
    given(senior, chiefAppointed, formal)
      .when(take(draft('retire-from-role', '2025-04-02', toDesk)))
      .rejects('role-retirement.outside-window'));
  it('gives no managing post after the window', () =>
    given(senior, chiefAppointed, formal)
      .when(take(draft('promote', '2025-05-01', { post: { ...chief, position: 'bucho' }, grade: '7' })))
      .rejects('role-retirement.managing-post-barred'));
  it('nor a concurrent one', () =>
    given(senior, appointed, formal)
      .when(take(draft('give-concurrent-post', '2025-05-01', { post: chief })))
      .rejects('role-retirement.managing-post-barred'));
  it('but gives one in an employment for a term (28条の4)', () => {
    const again = draft('appoint-on-probation', '2026-04-01', {
      ...full,
      ...{ post: chief, grade: '6', employmentId: 'e-2', route: 'fixed-term' },
    });
    given(senior, appointed, formal, taken(resignation))
      .when(take(again))
      .then(taken({ ...again, until: '2026-09-30' }, { probation, positions, retirement }));
  });
  it('retires by age on the day it is due', () => {
    const action = draft('separate', '2027-03-31', { reason: 'retirement-age' });
    given(senior, appointed, formal).when(take(action)).then(taken(action, { retirement }));
  });
  it('not beyond three years of extension', () =>
    given(senior, appointed, formal)
      .when(take(draft('separate', '2030-04-01', { reason: 'retirement-age' })))
      .rejects('separation.beyond-extension'));

  describe('of doctors (医師等の特例)', () => {
    // 67 is reached in FY2031, when the table says 70: leaves at the end of FY2034, extended three years at the longest
    const doctor = taken({ ...appointment, jobCategory: 'doctor', until: '2024-09-30' });
    const retire = (day: string) => draft('separate', day, { reason: 'retirement-age' });

    it.each(['2035-03-31', '2038-03-31'])('is by the table of the job category (%s)', (day) =>
      given(senior, doctor, formal)
        .when(take(retire(day)))
        .then(taken(retire(day), { retirement })),
    );
    it.each([
      ['2027-03-31', 'separation.before-retirement-age'],
      ['2038-04-01', 'separation.beyond-extension'],
    ])('is refused on %s with %s', (day, code) =>
      given(senior, doctor, formal)
        .when(take(retire(day)))
        .rejects(code),
    );
  });
});
