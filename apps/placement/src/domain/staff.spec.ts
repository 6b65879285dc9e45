import {
  appointed,
  appointment,
  correct,
  details,
  draft,
  formal,
  full,
  given,
  positions,
  probation,
  record,
  registered,
  registration,
  resignation,
  retirement,
  revoke,
  rulesOn,
  staffId,
  take,
  taken,
  today,
} from './staff.fixture.js';
import type { StaffEvent } from './staff-state.js';

describe('staff: registration', () => {
  const register = { type: 'RegisterStaff', staffId, details, numberKey: 'k-1', sex: '1', rulesOn, today } as const;

  it('registers with the fiscal birth cohort and appoints in one append', () =>
    given()
      .when({ ...register, applicationId: 'app-1', actions: [appointment] })
      .then(
        { type: 'StaffRegistered', data: { ...registration, applicationId: 'app-1' } },
        taken({ ...appointment, until: '2024-09-30' }, { probation, positions, retirement }),
      ));

  it('registers somebody whose staff number is given later', () => {
    const { staffNumber: _, ...unnumbered } = details;
    given()
      .when({ type: 'RegisterStaff', staffId, details: unnumbered, sex: '1', actions: [], rulesOn, today })
      .then({ type: 'StaffRegistered', data: { staffId, sex: '1', birthCohort: 2001, ...unnumbered } });
  });

  it('keeps the kana in full width', () =>
    given()
      .when({ ...register, details: { ...details, familyNameKana: 'ｼｹﾝ', givenNameKana: 'ｲﾁﾛｳﾞ' }, actions: [] })
      .then({
        type: 'StaffRegistered',
        data: { ...registration, familyNameKana: 'シケン', givenNameKana: 'イチロヴ' },
      }));

  it('refuses a birth in the future, without naming the day', () => {
    given()
      .when({ ...register, details: { ...details, birthDate: '2026-04-02' }, actions: [] })
      .rejects('staff.birth-date-in-future');
    given(registered)
      .when({ type: 'CorrectDetails', details: { birthDate: '2026-04-02' }, today })
      .rejects('staff.birth-date-in-future');
  });

  it('registers once', () =>
    given(registered)
      .when({ ...register, actions: [] })
      .rejects('staff.already-registered'));
  it('refuses a person it does not know', () => given().when(take(appointment)).rejects('staff.not-found'));
});

describe('staff: taking former staff back', () => {
  const back = draft('appoint-on-probation', '2026-04-01', { ...full, employmentId: 'e-2', route: 'other' });
  const takeBack = (over: object = {}) =>
    ({
      type: 'TakeBack',
      applicationId: 'app-9',
      details: { ...details, staffNumber: undefined, familyName: '再来', address: '平塚市架空1番' },
      appointment: back,
      rulesOn,
      today,
      ...over,
    }) as const;
  const left = given(registered, appointed, formal, taken(resignation));

  it('appoints anew under the old identity and number, and corrects what changed meanwhile', () => {
    const action = { ...back, employmentId: 'e-2', until: '2026-09-30' };
    const policy = { probation, positions, retirement };
    left
      .when(takeBack())
      .then(
        { type: 'StaffDetailsCorrected', data: { staffId, familyName: '再来', address: '平塚市架空1番' } },
        { type: 'PersonnelActionTaken', data: { staffId, action, policy, applicationId: 'app-9' } },
      );
  });

  it('refuses somebody born on another day', () =>
    left.when(takeBack({ details: { ...details, birthDate: '2001-04-03' } })).rejects('staff.not-the-same-person'));
  it('refuses somebody who is still there', () => {
    given(registered, appointed, formal).when(takeBack()).rejects('staff.still-employed');
    left.when(takeBack({ appointment: { ...back, effectiveOn: '2026-03-31' } })).rejects('staff.still-employed');
  });
  it('refuses somebody it does not know', () => given().when(takeBack()).rejects('staff.not-found'));
  it('refuses somebody whose data was erased', () =>
    given(registered, appointed, formal, taken(resignation), { type: 'PersonErased', data: { staffId } })
      .when(takeBack())
      .rejects('staff.erased'));
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
        { type: 'StaffAttributesCorrected', data: { staffId, sex: registration.sex, birthCohort: 1988 } },
      ));
  it('corrects the sex alone', () =>
    given(registered)
      .when({ type: 'CorrectDetails', details: {}, sex: '9', today })
      .then({
        type: 'StaffAttributesCorrected',
        data: { staffId, sex: '9', birthCohort: registration.birthCohort },
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
      correct(resignation.actionId, resignation),
      revoke(resignation.actionId),
      { type: 'WithdrawResignation', actionId: resignation.actionId, rulesOn, today } as const,
      { type: 'EraseStaff', today } as const,
    ])
      gone.when(command).rejects('staff.erased');
  });
  it('announces nothing any more', () =>
    given(registered, appointed, erased)
      .when({ type: 'AnnounceProbationEnd', employmentId: 'e-1', today: '2024-09-01' })
      .then());
});
