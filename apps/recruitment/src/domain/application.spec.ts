import { deciderSpec } from '#libs/testing/decider-spec';
import { application } from './application.js';
import { applicationClaim } from './application-claim.js';
import type { ApplicationEvent } from './application-state.js';

const { given } = deciderSpec(application);
const nothing: ApplicationEvent[] = [];
const ids = { applicationId: 'a-1', postingId: 'p-1' };
const line = { jobCategory: 'general', route: 'new-graduate' };
const interview = {
  id: 'interview',
  title: '面接',
  kind: 'interview',
  assessors: 1,
  sheet: [{ item: 'attitude', title: '姿勢', max: 5 }],
};
const flow = { id: 'standard', version: 1, stages: [interview], offerDeadlineDays: 14 };
const applicant = {
  familyName: '架空',
  givenName: '花子',
  familyNameKana: 'カクウ',
  givenNameKana: 'ハナコ',
  birthDate: '2001-04-02',
  address: '架空市1-1',
};
const posting = {
  status: 'open',
  postingId: 'p-1',
  fiscalYear: 2027,
  ...line,
  title: '一般事務',
  opensOn: '2026-05-01',
  closesOn: '2026-05-31',
  flow,
  recognitionKey: 'a2V5',
} as const;
const received: ApplicationEvent = {
  type: 'ApplicationReceived',
  data: { ...ids, ...line, fiscalYear: 2027, flow, receivedOn: '2026-05-31', sex: '2', ...applicant },
};
const decided = (outcome: 'passed' | 'failed' | 'absent'): ApplicationEvent => ({
  type: 'StageDecided',
  data: { ...ids, stage: 'interview', outcome },
});
const offered: ApplicationEvent = { type: 'OfferMade', data: { ...ids, madeOn: '2026-08-01', deadline: '2026-08-15' } };
const accepted: ApplicationEvent = {
  type: 'OfferAnswered',
  data: { ...ids, answer: 'accepted', answeredOn: '2026-08-15' },
};
const declined: ApplicationEvent = {
  type: 'OfferAnswered',
  data: { ...ids, answer: 'declined', declineReason: 'private-company', answeredOn: '2026-08-10' },
};
const lapsed: ApplicationEvent = { type: 'OfferLapsed', data: ids };
const withdrawn: ApplicationEvent = { type: 'ApplicationWithdrawn', data: { ...ids, withdrawnOn: '2026-07-01' } };
const terms = { joinsOn: '2027-04-01', grade: '1', post: { unitId: 'u-1', position: 'shuji' }, weeklyMinutes: 2325 };
const allowed = { unitExists: true, grades: ['1', '2'], fullTimeMinutes: 2325 };
const hired: ApplicationEvent = { type: 'HireConfirmed', data: { ...ids, ...line, ...terms } };
const joined: ApplicationEvent = { type: 'ApplicantJoined', data: { ...ids, staffId: 's-1' } };

describe('receiving an application', () => {
  const receive = (over: object = {}) =>
    ({
      type: 'ReceiveApplication',
      applicationId: 'a-1',
      posting,
      applicant,
      sex: '2',
      today: '2026-05-31',
      ...over,
    }) as const;
  const limited = (limit: object) => receive({ posting: { ...posting, ageLimit: { on: '2027-04-01', ...limit } } });

  it('takes over line and flow of the posting', () => given().when(receive()).then(received));
  it('happens once', () => given(received).when(receive()).rejects('application.already-received'));
  it('needs a posting', () =>
    given()
      .when(receive({ posting: { status: 'none' } }))
      .rejects('posting.not-found'));
  it('needs an open posting', () =>
    given()
      .when(receive({ posting: { ...posting, status: 'closed' } }))
      .rejects('posting.closed'));
  it.each(['2026-04-30', '2026-06-01'])('is refused on %s outside the period', (today) =>
    given().when(receive({ today })).rejects('posting.outside-period'),
  );
  it('keeps the staff id of an internal applicant', () =>
    given()
      .when(receive({ staffId: 's-9' }))
      .then({ ...received, data: { ...received.data, staffId: 's-9' } } as ApplicationEvent));

  // Born on 2 April 2001: 26 is legally reached on 1 April 2027.
  it('counts age by law on the day the posting names', () => {
    given()
      .when(limited({ min: 26, max: 26 }))
      .then(received);
    given()
      .when(limited({ min: 27 }))
      .rejects('application.age-outside-limit');
    given()
      .when(limited({ max: 25 }))
      .rejects('application.age-outside-limit');
    given()
      .when(limited({ max: 25, on: '2027-03-31' }))
      .then(received);
  });
  it('refuses somebody born after the day the age is counted on', () =>
    given()
      .when(limited({ max: 30, on: '2000-01-01' }))
      .rejects('application.age-outside-limit'));
  it('refuses a birth date to come', () =>
    given()
      .when(receive({ applicant: { ...applicant, birthDate: '2026-05-31' } }))
      .rejects('application.birth-date-not-past'));
});

describe('claim on a posting', () => {
  const claim = deciderSpec(applicationClaim);
  const claimed = { type: 'ApplicationClaimed', data: ids } as const;

  it('is taken', () =>
    claim
      .given()
      .when({ type: 'ClaimApplication', ...ids })
      .then(claimed));
  it('is taken again by a repeat', () =>
    claim
      .given(claimed)
      .when({ type: 'ClaimApplication', ...ids })
      .then(...[]));
  it('bars a second application', () =>
    claim
      .given(claimed)
      .when({ type: 'ClaimApplication', postingId: 'p-1', applicationId: 'a-2' })
      .rejects('application.twice'));
});

describe('withdrawing', () => {
  const withdraw = { type: 'WithdrawApplication', today: '2026-07-01' } as const;

  it.each([
    ['in selection', [received]],
    ['offered', [received, decided('passed'), offered]],
    ['accepted', [received, decided('passed'), offered, accepted]],
  ])('is possible while %s', (_, history) =>
    given(...history)
      .when(withdraw)
      .then(withdrawn),
  );
  it.each([
    ['failed', [received, decided('failed')]],
    ['withdrawn', [received, withdrawn]],
    ['hired', [received, decided('passed'), offered, accepted, hired]],
  ])('is too late once %s', (_, history) =>
    given(...history)
      .when(withdraw)
      .rejects('application.closed'),
  );
  it('needs an application', () => given().when(withdraw).rejects('application.not-found'));
});

describe('offer', () => {
  const offer = { type: 'MakeOffer', today: '2026-08-01' } as const;
  const answer = (over: object) => ({ type: 'AnswerOffer', answer: 'accepted', today: '2026-08-15', ...over }) as const;
  const open = [received, decided('passed'), offered];

  it('follows the last stage, with the deadline of the flow', () =>
    given(received, decided('passed')).when(offer).then(offered));
  it.each([
    ['before all stages are passed', [received]],
    ['after a failed stage', [received, decided('failed')]],
    ['to an absentee', [received, decided('absent')]],
    ['after a declined one', [...open, declined]],
    ['after a withdrawal', [received, withdrawn]],
  ])('is not made %s', (_, history) =>
    given(...history)
      .when(offer)
      .rejects('offer.not-passed'),
  );
  it('is made once at a time', () =>
    given(...open)
      .when(offer)
      .rejects('offer.already-made'));
  it('may be renewed when it lapsed', () =>
    given(...open, lapsed)
      .when({ type: 'MakeOffer', today: '2026-08-20' })
      .then({ type: 'OfferMade', data: { ...ids, madeOn: '2026-08-20', deadline: '2026-09-03' } }));

  it('is accepted up to the last day', () =>
    given(...open)
      .when(answer({}))
      .then(accepted));
  it('is not answered after the last day, even before the timer ran', () =>
    given(...open)
      .when(answer({ today: '2026-08-16' }))
      .rejects('offer.past-deadline'));
  it('is declined with a reason', () =>
    given(...open)
      .when(answer({ answer: 'declined', declineReason: 'private-company', today: '2026-08-10' }))
      .then(declined));
  it('is not declined without a reason', () =>
    given(...open)
      .when(answer({ answer: 'declined' }))
      .rejects('offer.decline-reason-missing'));
  it('is answered once', () =>
    given(...open, accepted)
      .when(answer({}))
      .rejects('offer.none-open'));

  it('lapses', () =>
    given(...open)
      .when({ type: 'LapseOffer', deadline: '2026-08-15' })
      .then(lapsed));
  it('does not lapse twice, nor answered, nor renewed', () => {
    const renewed = { type: 'OfferMade', data: { ...ids, madeOn: '2026-08-20', deadline: '2026-09-03' } } as const;
    for (const history of [
      [...open, lapsed],
      [...open, accepted],
      [...open, lapsed, renewed],
    ]) {
      given(...history)
        .when({ type: 'LapseOffer', deadline: '2026-08-15' })
        .then(...nothing);
    }
  });
});

describe('hire', () => {
  const way = [received, decided('passed'), offered, accepted];
  const confirm = (over: object = {}, facts: object = {}) =>
    ({ type: 'ConfirmHire', terms: { ...terms, ...over }, allowed: { ...allowed, ...facts } }) as const;

  it('is confirmed on agreed terms', () =>
    given(...way)
      .when(confirm())
      .then(hired));
  it('needs an accepted offer', () =>
    given(...way.slice(0, 3))
      .when(confirm())
      .rejects('hire.offer-not-accepted'));
  it('is confirmed once', () =>
    given(...way, hired)
      .when(confirm())
      .rejects('hire.already-confirmed'));
  it('needs a unit that exists on the first day', () =>
    given(...way)
      .when(confirm({}, { unitExists: false }))
      .rejects('hire.unit-unknown'));
  it('needs a position of the city', () =>
    given(...way)
      .when(confirm({}, { grades: undefined }))
      .rejects('hire.position-unknown'));
  it('needs a grade of the position', () =>
    given(...way)
      .when(confirm({ grade: '7' }))
      .rejects('hire.grade-not-of-position'));
  it('is full time at most', () =>
    given(...way)
      .when(confirm({ weeklyMinutes: 2326 }))
      .rejects('hire.over-full-time'));

  it('names the former member of staff whom HR recognised', () => {
    const former = { known: true, inService: false };
    given(...way)
      .when(confirm({ formerStaffId: 's-7' }, { former }))
      .then({ type: 'HireConfirmed', data: { ...ids, ...line, ...terms, formerStaffId: 's-7' } });
    given(...way)
      .when(confirm({ formerStaffId: 's-7' }, { former: { ...former, known: false } }))
      .rejects('hire.former-staff-unknown');
    given(...way)
      .when(confirm({ formerStaffId: 's-7' }, { former: { ...former, inService: true } }))
      .rejects('hire.former-staff-in-service');
  });

  it('ends with the appointment seen', () =>
    given(...way, hired)
      .when({ type: 'MarkJoined', staffId: 's-1' })
      .then(joined));
  it('sees the appointment once', () =>
    given(...way, hired, joined)
      .when({ type: 'MarkJoined', staffId: 's-1' })
      .then(...nothing));
  it('is not taken up by a second member of staff', () =>
    given(...way, hired, joined)
      .when({ type: 'MarkJoined', staffId: 's-2' })
      .rejects('application.not-hired'));
  it('comes before joining', () =>
    given(...way)
      .when({ type: 'MarkJoined', staffId: 's-1' })
      .rejects('application.not-hired'));
});

describe('erasing an applicant', () => {
  const erase = { type: 'EraseApplicant' } as const;
  const erased: ApplicationEvent = { type: 'ApplicantErased', data: ids };
  const offer = [received, decided('passed'), offered];

  it.each<[string, ApplicationEvent[]]>([
    ['failed', [received, decided('failed')]],
    ['absent', [received, decided('absent')]],
    ['withdrawn', [received, withdrawn]],
    ['declined', [...offer, declined]],
    ['joined', [...offer, accepted, hired, joined]],
  ])('leaves a proof once the application is %s', (_, history) =>
    given(...history)
      .when(erase)
      .then(erased),
  );
  it.each<[string, ApplicationEvent[]]>([
    ['in selection', [received]],
    ['offered', offer],
    ['lapsed', [...offer, lapsed]],
    ['accepted', [...offer, accepted]],
    ['hired and not yet joined', [...offer, accepted, hired]],
  ])('is refused while it is %s', (_, history) =>
    given(...history)
      .when(erase)
      .rejects('application.not-closed'),
  );
  it('ends everything else but the note of the joining', () => {
    const gone = given(...offer, accepted, hired, joined, erased);
    gone.when(erase).rejects('application.erased');
    gone.when({ type: 'DeclareRelative', assessor: 's-2' }).rejects('application.erased');
    gone.when({ type: 'MarkJoined', staffId: 's-1' }).then(...nothing);
  });
});
