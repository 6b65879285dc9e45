import {
  appointed,
  appointment,
  born,
  draft,
  formal,
  full,
  given,
  positions,
  probation,
  registered,
  resignation,
  retirement,
  take,
  taken,
} from './staff.fixture.js';

const versions = { probation, positions, retirement };

describe('probation of 会計年度任用職員 (22条の2第7項)', () => {
  const fiscalYear = { ...appointment, route: 'fiscal-year' };
  const begun = taken({ ...fiscalYear, until: '2024-04-30' });

  it('lasts a month', () =>
    given(registered)
      .when(take(fiscalYear))
      .then(taken({ ...fiscalYear, until: '2024-04-30' }, versions)));

  it('is followed by the formal appointment', () => {
    const formally = draft('appoint-formally', '2024-05-01');
    given(registered, begun).when(take(formally)).then(taken(formally));
    given(registered, begun)
      .when(take(draft('appoint-formally', '2024-04-30')))
      .rejects('probation.not-over');
  });

  it('may be extended to a year from the appointment and no further', () => {
    const extended = draft('extend-probation', '2024-04-20', { until: '2025-03-31' });
    given(registered, begun).when(take(extended)).then(taken(extended, { probation }));
    given(registered, begun)
      .when(take({ ...extended, until: '2025-04-01' }))
      .rejects('probation.outside-limits');
  });
});

describe('re-employment (再任用)', () => {
  // born on 2 April 1964: 60 is reached on 1 April 2024, and she leaves on 31 March 2026
  const senior = [born('1964-04-02'), appointed, formal, taken(resignation)];
  const rehire = draft('rehire', '2026-04-01', { ...full, employmentId: 'e-2', route: 're-employed' });

  it('has no probation (22条の4第6項, 附則4条5項)', () => {
    given(...senior)
      .when(take(rehire))
      .then(taken(rehire, versions));
    given(...senior)
      .when(take({ ...rehire, kind: 'appoint-on-probation' }))
      .rejects('probation.not-for-employment');
  });

  it('is renewed after its term', () => {
    const ended = draft('separate', '2027-03-31', { reason: 'term-expired', employmentId: 'e-2' });
    const renewed = { ...rehire, actionId: 'renewed', effectiveOn: '2027-04-01', employmentId: 'e-3' };
    given(...senior, taken(rehire), taken(ended))
      .when(take(renewed))
      .then(taken(renewed, versions));
  });

  it('is for those who left the city at 60 or later', () => {
    given(born('1964-04-02')).when(take(rehire)).rejects('rehire.no-former-employment');
    given(born('1966-04-02'), ...senior.slice(1))
      .when(take(rehire))
      .rejects('rehire.left-before-age');
    given(born('1966-04-01'), ...senior.slice(1))
      .when(take(rehire))
      .then(taken(rehire, versions)); // 60 on 31 March 2026, the last day
  });
});

describe('coming back (カムバック)', () => {
  const left = [registered, appointed, formal, taken(resignation)];
  const back = { ...full, employmentId: 'e-2', route: 'other' };

  it('is an appointment like any other, on probation', () => {
    const again = draft('appoint-on-probation', '2026-07-01', back);
    given(...left)
      .when(take(again))
      .then(taken({ ...again, until: '2026-12-31' }, versions));
  });

  it('does not skip the probation as a rehire', () =>
    given(...left)
      .when(take(draft('rehire', '2026-07-01', back)))
      .rejects('rehire.wants-probation'));
});
