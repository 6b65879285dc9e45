import type { PersonnelAction } from '#libs/contracts/placement';
import { deciderSpec } from '#libs/testing/decider-spec';
import type { RulesOfDay } from './action-rules.js';
import { staff, type DraftAction, type Proposal } from './staff.js';
import type { StaffEvent } from './staff-state.js';

const { given } = deciderSpec(staff);

const rules: RulesOfDay = {
  units: new Set(['citizens', 'roads']),
  positions: new Map([
    ['shuji', { rank: 2, managing: false, grades: ['1', '2'] }],
    ['shusa', { rank: 4, managing: false, grades: ['2', '4'] }],
    ['kacho', { rank: 6, managing: true, grades: ['6'] }],
    ['bucho', { rank: 7, managing: true, grades: ['6', '7'] }],
  ]),
  grades: new Map(['1', '2', '3', '4', '5', '6', '7'].map((grade) => [grade, Number(grade)])),
  jobCategories: new Set(['general', 'medical']),
  routes: new Set(['new-graduate', 'fixed-term', 'other']),
  fixedTermRoutes: new Set(['fixed-term']),
  probation: { months: 6, maxMonths: 12 },
  retirement: {
    ages: [
      { throughFiscalYear: 2024, age: 61 },
      { throughFiscalYear: 2026, age: 62 },
      { throughFiscalYear: 2028, age: 63 },
      { throughFiscalYear: 2030, age: 64 },
      { throughFiscalYear: null, age: 65 },
    ],
    doctorAges: [
      { throughFiscalYear: 2026, age: 67 },
      { throughFiscalYear: null, age: 70 },
    ],
    leavingDays: ['03-31'],
    roleAge: 60,
    informationAge: 60,
  },
  fullTime: 2325,
  versions: { probation: '2024-04-01', grades: '2024-04-02', positions: '2024-04-03', retirement: '2024-04-04' },
};
const { probation, grades, positions, retirement } = rules.versions;

const today = '2026-04-01';
const staffId = 's-1';
const details = {
  staffNumber: '100001',
  familyName: '試験',
  givenName: '一郎',
  familyNameKana: 'シケン',
  givenNameKana: 'イチロウ',
  birthDate: '2001-04-02',
  address: '伊勢原市田中0番地',
};
const registration = { staffId, numberKey: 'k-1', sex: '1', birthCohort: 2001, ...details } as const;
const registered: StaffEvent = { type: 'StaffRegistered', data: registration };
const born = (birthDate: string): StaffEvent => ({ type: 'StaffRegistered', data: { ...registration, birthDate } });

const draft = (kind: DraftAction['kind'], effectiveOn: string, more: Partial<DraftAction> = {}): DraftAction => ({
  actionId: `${kind}-${effectiveOn}`,
  kind,
  effectiveOn,
  ...more,
});
const taken = (action: DraftAction, policy?: object): StaffEvent => ({
  type: 'PersonnelActionTaken',
  data: { staffId, action: { employmentId: 'e-1', ...action } as PersonnelAction, ...(policy && { policy }) },
});
const voided = (actionId: string, because: 'correction' | 'revocation' | 'withdrawal'): StaffEvent => ({
  type: 'PersonnelActionVoided',
  data: { staffId, actionId, because },
});
const proposal = (action: DraftAction): Proposal => ({ action, rules });
const take = (...actions: DraftAction[]) => ({ type: 'TakeActions', proposals: actions.map(proposal) }) as const;
const record = (...actions: DraftAction[]) => ({ type: 'RecordHistory', proposals: actions.map(proposal) }) as const;

const desk = { unitId: 'citizens', position: 'shuji' };
const full = { post: desk, grade: '1', jobCategory: 'general', weeklyMinutes: 2325 };
const appointment = draft('appoint-on-probation', '2024-04-01', {
  ...full,
  employmentId: 'e-1',
  route: 'new-graduate',
});
const appointed = taken({ ...appointment, until: '2024-09-30' });
const formal = taken(draft('appoint-formally', '2024-10-01'));
const chief = { unitId: 'roads', position: 'kacho' };
const chiefAppointed = taken({ ...appointment, post: chief, grade: '6', until: '2024-09-30' });
const resignation = draft('separate', '2026-03-31', { reason: 'resignation' });

describe('staff: registration', () => {
  const register = { type: 'RegisterStaff', staffId, details, numberKey: 'k-1', sex: '1', today } as const;

  it('registers with the fiscal birth cohort and appoints in one append', () =>
    given()
      .when({ ...register, applicationId: 'app-1', proposals: [proposal(appointment)] })
      .then(
        { type: 'StaffRegistered', data: { ...registration, applicationId: 'app-1' } },
        taken({ ...appointment, until: '2024-09-30' }, { probation, positions, retirement }),
      ));

  it('registers somebody whose staff number is given later', () => {
    const { staffNumber: _, ...unnumbered } = details;
    given()
      .when({ type: 'RegisterStaff', staffId, details: unnumbered, sex: '1', proposals: [], today })
      .then({ type: 'StaffRegistered', data: { staffId, sex: '1', birthCohort: 2001, ...unnumbered } });
  });

  it('keeps the kana in full width', () =>
    given()
      .when({ ...register, details: { ...details, familyNameKana: 'ｼｹﾝ', givenNameKana: 'ｲﾁﾛｳﾞ' }, proposals: [] })
      .then({
        type: 'StaffRegistered',
        data: { ...registration, familyNameKana: 'シケン', givenNameKana: 'イチロヴ' },
      }));

  it('refuses a birth in the future, without naming the day', () => {
    given()
      .when({ ...register, details: { ...details, birthDate: '2026-04-02' }, proposals: [] })
      .rejects('staff.birth-date-in-future');
    given(registered)
      .when({ type: 'CorrectDetails', details: { birthDate: '2026-04-02' }, today })
      .rejects('staff.birth-date-in-future');
  });

  it('registers once', () =>
    given(registered)
      .when({ ...register, proposals: [] })
      .rejects('staff.already-registered'));
  it('refuses a person it does not know', () => given().when(take(appointment)).rejects('staff.not-found'));
});

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
    const rehire = draft('rehire', '2026-04-01', { ...full, employmentId: 'e-2', route: 'other' });
    given(registered, appointed, formal, taken(resignation))
      .when(take(rehire, draft('change-hours', '2026-05-01', { weeklyMinutes: 1860 })))
      .then(
        taken(rehire, { positions, retirement }),
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
      .when({
        type: 'CorrectAction',
        actionId: appointment.actionId,
        proposal: proposal({ ...appointment, actionId: 'later', effectiveOn: '2024-05-01' }),
      })
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
    const rehire = draft('rehire', '2026-04-01', {
      ...full,
      ...{ post: chief, grade: '6', employmentId: 'e-2', route: 'fixed-term' },
    });
    given(senior, appointed, formal, taken(resignation))
      .when(take(rehire))
      .then(taken(rehire, { positions, retirement }));
  });
  it('retires by age on the day it is due', () => {
    const action = draft('separate', '2027-03-31', { reason: 'retirement-age' });
    given(senior, appointed, formal).when(take(action)).then(taken(action, { retirement }));
  });
  it('not beyond three years of extension', () =>
    given(senior, appointed, formal)
      .when(take(draft('separate', '2030-04-01', { reason: 'retirement-age' })))
      .rejects('separation.beyond-extension'));
});

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

describe('staff: correction, revocation, withdrawal', () => {
  const transfer = draft('transfer', '2025-04-01', { post: { ...desk, unitId: 'roads' } });
  const moved = taken(transfer);

  it('corrects by voiding and taking anew in one append', () => {
    const right = { ...transfer, actionId: 'right', effectiveOn: '2025-05-01' };
    given(registered, appointed, formal, moved)
      .when({ type: 'CorrectAction', actionId: transfer.actionId, proposal: proposal(right) })
      .then(voided(transfer.actionId, 'correction'), taken(right, { positions, retirement }));
  });

  it('keeps the employment of a corrected appointment', () => {
    const right = { ...appointment, actionId: 'right', employmentId: 'e-new', grade: '2' };
    given(registered, appointed, formal)
      .when({ type: 'CorrectAction', actionId: appointment.actionId, proposal: proposal(right) })
      .then(
        voided(appointment.actionId, 'correction'),
        taken({ ...right, employmentId: 'e-1', until: '2024-09-30' }, { probation, positions, retirement }),
      );
  });

  it('refuses a correction that breaks the history', () =>
    given(registered, appointed, formal)
      .when({
        type: 'CorrectAction',
        actionId: appointment.actionId,
        proposal: proposal({ ...appointment, actionId: 'x', effectiveOn: '2025-01-01' }),
      })
      .rejects('timeline.not-appointed'));

  it('revokes', () =>
    given(registered, appointed, formal, moved)
      .when({ type: 'RevokeAction', actionId: transfer.actionId })
      .then(voided(transfer.actionId, 'revocation')));

  it('revokes a separation, but not when a rehire follows it', () => {
    given(registered, appointed, formal, taken(resignation))
      .when({ type: 'RevokeAction', actionId: resignation.actionId })
      .then(voided(resignation.actionId, 'revocation'));
    const rehired = taken({ ...draft('rehire', '2026-05-01', { ...full, route: 'other' }), employmentId: 'e-2' });
    given(registered, appointed, formal, taken(resignation), rehired)
      .when({ type: 'RevokeAction', actionId: resignation.actionId })
      .rejects('timeline.overlap');
  });

  it('corrects a correction and revokes it again', () => {
    const second = { ...transfer, actionId: 'second', effectiveOn: '2025-05-01' };
    const third = { ...transfer, actionId: 'third', effectiveOn: '2025-03-01' };
    const corrected = [moved, voided(transfer.actionId, 'correction'), taken(second)] as const;
    given(registered, appointed, formal, ...corrected)
      .when({ type: 'CorrectAction', actionId: 'second', proposal: proposal(third) })
      .then(voided('second', 'correction'), taken(third, { positions, retirement }));
    given(registered, appointed, formal, ...corrected)
      .when({ type: 'RevokeAction', actionId: 'second' })
      .then(voided('second', 'revocation'));
  });

  it('revokes nothing that later actions rest on', () =>
    given(registered, appointed, formal)
      .when({ type: 'RevokeAction', actionId: appointment.actionId })
      .rejects('timeline.not-appointed'));

  it('tells an unknown action from a voided one', () => {
    given(registered, appointed).when({ type: 'RevokeAction', actionId: 'x' }).rejects('action.unknown');
    given(registered, appointed, formal, moved, voided(transfer.actionId, 'revocation'))
      .when({ type: 'RevokeAction', actionId: transfer.actionId })
      .rejects('action.voided');
  });

  const withdraw = (today: string) => ({ type: 'WithdrawResignation', actionId: resignation.actionId, today }) as const;

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

describe('staff: details', () => {
  it('corrects what changed', () =>
    given(registered)
      .when({ type: 'CorrectDetails', details: { address: '平塚市架空1番', familyName: '試験' }, today })
      .then({ type: 'StaffDetailsCorrected', data: { staffId, address: '平塚市架空1番' } }));
  it('gives another number with its key', () =>
    given(registered)
      .when({ type: 'CorrectDetails', details: { staffNumber: '100002' }, numberKey: 'k-2', today })
      .then({ type: 'StaffDetailsCorrected', data: { staffId, numberKey: 'k-2', staffNumber: '100002' } }));
  it('publishes the birth cohort when a corrected birth date changes it', () =>
    given(registered)
      .when({ type: 'CorrectDetails', details: { birthDate: '1989-04-01' }, today })
      .then(
        { type: 'StaffDetailsCorrected', data: { staffId, birthDate: '1989-04-01' } },
        { type: 'StaffAttributesCorrected', data: { staffId, sex: registered.data.sex, birthCohort: 1988 } },
      ));
  it('corrects the sex alone', () =>
    given(registered)
      .when({ type: 'CorrectDetails', details: {}, sex: '9', today })
      .then({
        type: 'StaffAttributesCorrected',
        data: { staffId, sex: '9', birthCohort: registered.data.birthCohort },
      }));
  it('does nothing when nothing changed', () =>
    given(registered, { type: 'StaffDetailsCorrected', data: { staffId, address: '平塚市架空1番' } })
      .when({ type: 'CorrectDetails', details: { address: '平塚市架空1番' }, today })
      .then());
});

describe('staff: the end of probation', () => {
  const announce = (today: string) => ({ type: 'AnnounceProbationEnd', employmentId: 'e-1', today }) as const;
  const announced: StaffEvent = {
    type: 'ProbationEndAnnounced',
    data: { staffId, employmentId: 'e-1', endsOn: '2024-09-30' },
  };

  it('is announced 30 days before', () => given(registered, appointed).when(announce('2024-08-31')).then(announced));
  it('not earlier', () => given(registered, appointed).when(announce('2024-08-30')).then());
  it('once', () => given(registered, appointed, announced).when(announce('2024-09-01')).then());
  it('not after the formal appointment', () =>
    given(registered, appointed, formal).when(announce('2024-09-01')).then());
  it('not when it was extended', () =>
    given(registered, appointed, taken(draft('extend-probation', '2024-08-01', { until: '2025-03-31' })))
      .when(announce('2024-08-31'))
      .then());
  it('not for a leaver', () =>
    given(registered, appointed, taken({ ...resignation, effectiveOn: '2024-08-31' }))
      .when(announce('2024-08-31'))
      .then());
  it('not for an employment it does not know', () => given(registered).when(announce('2024-08-31')).then());
});

describe('staff: erasure', () => {
  const erased: StaffEvent = { type: 'PersonErased', data: { staffId } };
  const erase = { type: 'EraseStaff', today: '2026-04-01' } as const;

  it('leaves a proof', () => given(registered, appointed, formal, taken(resignation)).when(erase).then(erased));
  it('is refused in service', () => given(registered, appointed, formal).when(erase).rejects('staff.in-service'));
  it('is refused before a rehire', () =>
    given(
      registered,
      appointed,
      formal,
      taken(resignation),
      taken({ ...draft('rehire', '2026-05-01', full), employmentId: 'e-2' }),
    )
      .when(erase)
      .rejects('staff.in-service'));
  it('ends everything else', () => {
    const gone = given(registered, appointed, formal, taken(resignation), erased);
    const rehire = draft('rehire', '2027-04-01', { ...full, employmentId: 'e-2', route: 'other' });
    for (const command of [
      { type: 'CorrectDetails', details: { address: 'x' }, today } as const,
      take(rehire),
      record(rehire),
      { type: 'CorrectAction', actionId: resignation.actionId, proposal: proposal(resignation) } as const,
      { type: 'RevokeAction', actionId: resignation.actionId } as const,
      { type: 'WithdrawResignation', actionId: resignation.actionId, today } as const,
      { type: 'EraseStaff', today } as const,
    ])
      gone.when(command).rejects('staff.erased');
  });
  it('announces nothing any more', () =>
    given(registered, appointed, erased)
      .when({ type: 'AnnounceProbationEnd', employmentId: 'e-1', today: '2024-09-01' })
      .then());
});
