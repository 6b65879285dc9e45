import { lastPossibleDay, latestRequestDay, mayTake, withinFirstDays, type LeavePeriod } from './childcare-leave.js';

/** 地方公務員育児休業法2条・3条, 人事院規則19-0 (law.md 6). */
const params = {
  untilAge: 3,
  times: 2,
  firstDays: 57,
  timesInFirstDays: 2,
  noticeMonths: 1,
  noticeDaysInFirstDays: 14,
  extensions: 1,
};
/** Born on 1 April: 27 May is the 57th day. */
const father = { bornOn: '2026-04-01', gaveBirth: false };
const mother = { bornOn: '2026-04-01', gaveBirth: true };
const period = (from: string, through: string): LeavePeriod => ({ from, through });

describe('the last possible day', () => {
  it.each([
    ['2026-04-01', '2029-03-31'],
    ['2026-04-02', '2029-04-01'],
    ['2024-02-29', '2027-02-28'],
  ])('for a child born on %s is %s, the day before the third birthday', (bornOn, last) =>
    expect(lastPossibleDay(bornOn, params)).toBe(last),
  );

  it('is still leave, the day after is not', () => {
    expect(mayTake([], period('2029-01-01', '2029-03-31'), father, params)).toBeUndefined();
    expect(mayTake([], period('2029-01-01', '2029-04-01'), father, params)).toBe('childcare.beyond-age');
  });
});

describe('the first 57 days', () => {
  it.each([
    ['2026-04-01', '2026-05-27', true],
    ['2026-05-27', '2026-05-27', true],
    ['2026-05-20', '2026-05-28', false],
    ['2026-03-31', '2026-04-10', false],
  ])('hold %s–%s: %s', (from, through, within) =>
    expect(withinFirstDays('2026-04-01', from, through, params)).toBe(within),
  );

  it('are maternity leave for who gave birth', () => {
    expect(mayTake([], period('2026-05-27', '2027-03-31'), mother, params)).toBe('childcare.during-maternity-leave');
    expect(mayTake([], period('2026-05-28', '2027-03-31'), mother, params)).toBeUndefined();
  });
});

describe('the day by which it is asked for', () => {
  it.each([
    ['2026-07-01', '2026-09-30', '2026-06-01'],
    ['2026-07-31', '2026-09-30', '2026-06-30'],
    ['2026-05-20', '2026-05-28', '2026-04-20'],
    ['2026-04-20', '2026-05-03', '2026-04-06'],
  ])('for %s–%s is %s: a month before, two weeks within the first days', (from, through, latest) =>
    expect(latestRequestDay(period(from, through), '2026-04-01', params)).toBe(latest),
  );
});

describe('how often', () => {
  const [first, second] = [period('2026-04-05', '2026-04-11'), period('2026-05-01', '2026-05-14')];
  const [third, fourth] = [period('2026-08-01', '2026-08-31'), period('2027-02-01', '2027-02-28')];

  it('is twice, besides twice in the first days', () => {
    expect(mayTake([first, second, third], fourth, father, params)).toBeUndefined();
    expect(mayTake([third], fourth, father, params)).toBeUndefined();
  });

  it('is not a third time', () => {
    const fifth = period('2027-06-01', '2027-06-30');
    expect(mayTake([third, fourth], fifth, father, params)).toBe('childcare.times-exceeded');
    expect(mayTake([first, second, third, fourth], fifth, father, params)).toBe('childcare.times-exceeded');
  });

  it('counts a third leave in the first days among the ordinary ones', () => {
    const another = period('2026-05-20', '2026-05-25');
    expect(mayTake([first, second, third], another, father, params)).toBeUndefined();
    expect(mayTake([first, second, third, fourth], another, father, params)).toBe('childcare.times-exceeded');
  });
});

describe('no leave', () => {
  it('begins before birth', () =>
    expect(mayTake([], period('2026-03-31', '2026-04-10'), father, params)).toBe('childcare.before-birth'));

  it('begins before the adoption', () => {
    const adopted = { ...father, adoptedOn: '2026-10-01' };
    expect(mayTake([], period('2026-09-30', '2026-12-31'), adopted, params)).toBe('childcare.before-birth');
    expect(mayTake([], period('2026-10-01', '2026-12-31'), adopted, params)).toBeUndefined();
  });

  it('ends before it begins', () =>
    expect(mayTake([], period('2026-08-02', '2026-08-01'), father, params)).toBe('childcare.ends-before-it-begins'));
});
