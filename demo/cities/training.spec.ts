import { City, PLANS } from './city.js';
import { CLOSING, simulate } from './fiscal-years.js';
import { Random } from './random.js';
import { ServiceDays } from './service-days.js';
import { trainingOf, type TrainingRecord } from './training.js';

describe.each(PLANS)('the training of $name', (plan) => {
  const city = new City(plan, 'policies');
  const members = simulate(city, new Random(plan.seed)).map((career) => ({ career, days: new ServiceDays(career) }));
  const { courses, sessions, records } = trainingOf(city, members);
  const daysOf = new Map(members.map(({ career, days }) => [career.number, days]));
  const of = (course: string, year?: string) =>
    records.filter((record) => record.course === course && (!year || record.assignedOn?.startsWith(year)));
  const done = (part: readonly TrainingRecord[]) => part.filter(({ completedOn }) => completedOn).length / part.length;

  it('knows every course and session of its records, each once', () => {
    const codes = new Set(courses.map(({ code }) => code));
    const known = new Map(sessions.map((session) => [session.code, session]));
    expect(known.size).toBe(sessions.length);
    const unknown = records.filter(
      ({ course, session, completedOn }) =>
        !codes.has(course) ||
        (session !== undefined && known.get(session)?.course !== course) ||
        (session !== undefined && completedOn !== undefined && known.get(session)?.heldOn !== completedOn),
    );
    expect(unknown).toEqual([]);
  });

  it('seats nobody beyond the capacity', () => {
    for (const { code, capacity } of sessions) {
      const present = records.filter(({ session, attended }) => session === code && attended).length;
      expect(present).toBeLessThanOrEqual(capacity);
    }
  });

  it('has completions of those in service only, after they were asked, and none in the future', () => {
    const wrong = records.filter(
      ({ number, assignedOn, completedOn }) =>
        completedOn !== undefined &&
        (completedOn > CLOSING ||
          completedOn < (assignedOn ?? completedOn) ||
          !daysOf.get(number)?.isHere(completedOn)),
    );
    expect(wrong).toEqual([]);
    expect(records.filter(({ number, assignedOn }) => assignedOn && !daysOf.get(number)?.on(assignedOn))).toEqual([]);
  });

  it('asks new staff, those promoted, and everybody once a year', () => {
    const hired = members.filter(({ career: { hired: on, route } }) => on === '2024-04-01' && route === 'new-graduate');
    const asked = new Set(of('new-hire', '2024').map(({ number }) => number));
    expect(hired.filter(({ career }) => !asked.has(career.number))).toEqual([]);
    expect(of('manager').length).toBeGreaterThan(10);
    for (const year of ['2023', '2024', '2025', '2026'])
      expect(of('harassment', year).length).toBeGreaterThan(plan.headcount * 0.9);
  });

  it('is completed by about nine of ten, better every year, and not always when it was asked for', () => {
    expect(done(of('harassment', '2023'))).toBeLessThan(0.9);
    expect(done(of('harassment', '2025'))).toBeGreaterThan(done(of('harassment', '2023')));
    expect(done(of('harassment', '2026'))).toBeLessThan(0.85);
    expect(records.filter(({ assignedOn, completedOn }) => !assignedOn && completedOn).length).toBeGreaterThan(50);
    expect(records.filter(({ attended }) => attended === false).length).toBeGreaterThan(10);
  });
});
