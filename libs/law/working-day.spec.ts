import { halfOf, halfOff, isWorkingDay, lengthOf, stretchesOf, within, type Calendar } from './working-day.js';

const calendar: Calendar = {
  weeklyDaysOff: [0, 6],
  yearEnd: { from: '12-29', through: '01-03' },
  holidays: [{ date: '2026-11-23' }],
  halfDays: [
    { date: '2026-12-28', off: 'afternoon' },
    { date: '2027-01-04', off: 'morning' },
  ],
};
const time = {
  stretches: [
    { from: '08:30', to: '12:00' },
    { from: '13:00', to: '17:15' },
  ],
};
const FULL = 465;
const stretches = (date: string, dayMinutes = FULL) => stretchesOf(date, calendar, time, dayMinutes);

describe('working day', () => {
  it.each([
    ['2026-11-21', 'Saturday'],
    ['2026-11-22', 'Sunday'],
    ['2026-11-23', 'a holiday'],
    ['2026-12-29', 'the first day of the year-end holidays'],
    ['2027-01-01', 'New Year'],
    ['2027-01-03', 'their last day'],
  ])('%s is off: %s', (date) => {
    expect(isWorkingDay(date, calendar)).toBe(false);
    expect(stretches(date)).toEqual([]);
  });

  it.each(['2026-11-20', '2026-11-24', '2026-12-28', '2027-01-04'])('%s is worked', (date) =>
    expect(isWorkingDay(date, calendar)).toBe(true),
  );

  it('has 465 minutes for a full-timer, without the break', () => {
    expect(stretches('2026-11-24')).toEqual([
      { from: 510, to: 720 },
      { from: 780, to: 1035 },
    ]);
    expect(lengthOf(stretches('2026-11-24'))).toBe(FULL);
  });

  it('of part-timers begins with the usual day', () => {
    expect(stretches('2026-11-24', 279)).toEqual([
      { from: 510, to: 720 },
      { from: 780, to: 849 },
    ]);
    expect(stretches('2026-11-24', 180)).toEqual([{ from: 510, to: 690 }]);
  });

  it('loses a half that is off for everybody', () => {
    expect(halfOff('2026-12-28', calendar)).toBe('afternoon');
    expect(stretches('2026-12-28')).toEqual([{ from: 510, to: 720 }]);
    expect(stretches('2027-01-04')).toEqual([{ from: 780, to: 1035 }]);
    expect(stretches('2027-01-04', 180)).toEqual([]);
  });

  it('falls in two halves at noon', () => {
    expect(lengthOf(halfOf(stretches('2026-11-24'), 'morning'))).toBe(210);
    expect(lengthOf(halfOf(stretches('2026-11-24'), 'afternoon'))).toBe(255);
  });

  it('counts minutes between two times without the break', () => {
    const minutes = (from: number, to: number, dayMinutes = FULL) =>
      lengthOf(within(stretches('2026-11-24', dayMinutes), { from, to }));
    expect(minutes(660, 840)).toBe(120);
    expect(minutes(720, 780)).toBe(0);
    expect(minutes(0, 1440)).toBe(FULL);
    expect(minutes(840, 1035, 279)).toBe(9);
  });
});
