import { Policies } from '#libs/policy/pack';
import { CityRules } from './city-rules.js';
import type { Course } from './domain/course.js';

const CITY = '142140';
const rules = new CityRules(Policies.load('policies'));
const course = (validMonths?: number): Course => ({
  course: 'harassment',
  title: 'ハラスメント防止研修',
  kind: 'recurring',
  minutes: 120,
  ...(validMonths && { validMonths }),
});

describe('how long a completion holds', () => {
  it('is as many months as the course says', () =>
    expect(rules.validity(CITY, course(12), '2027-04-20')).toMatchObject({ months: 12 }));
  it('is for ever where the course says none', () =>
    expect(rules.validity(CITY, course(), '2027-04-20')).toBeUndefined());
  it('is for ever where it would end after every day that can be named', () => {
    expect(rules.validity(CITY, course(1), '2199-11-30')).toMatchObject({ months: 1 });
    expect(rules.validity(CITY, course(1), '2199-12-01')).toBeUndefined();
    expect(rules.validity(CITY, course(99_999), '2027-04-20')).toBeUndefined();
    expect(rules.validity(CITY, course(99_999), '2199-12-31')).toBeUndefined();
  });
  it('is not known before the city’s first rules', () =>
    expect(() => rules.validity(CITY, course(12), '1900-07-01')).toThrow(
      expect.objectContaining({ code: 'policy.not-in-force', facts: { on: '1900-07-01' } }),
    ));
});
