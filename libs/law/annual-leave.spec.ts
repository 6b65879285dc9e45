import {
  daysAndMinutes,
  expiresAfter,
  grantDays,
  grantMinutes,
  leaveYearOf,
  openYear,
  uniformPartTimeDays,
  type AnnualLeaveParams,
} from './annual-leave.js';
import { ratio } from './percent.js';

const params: AnnualLeaveParams = {
  yearStart: '01-01',
  daysPerYear: 20,
  daysByMonths: [2, 3, 5, 7, 8, 10, 12, 13, 15, 17, 18, 20],
  carryOverMaxDays: 20,
  useOrder: 'carried-first',
  dayMinutes: 465,
};
const byFiscalYear = { ...params, yearStart: '04-01' };
const year2025 = leaveYearOf('2025-06-01', params);
const year2026 = leaveYearOf('2026-06-01', params);
const days = (count: number) => count * 465;

describe('leave year', () => {
  it('is the calendar year or begins on the city’s day', () => {
    expect(leaveYearOf('2026-01-01', params)).toEqual({ from: '2026-01-01', through: '2026-12-31' });
    expect(leaveYearOf('2026-03-31', byFiscalYear)).toEqual({ from: '2025-04-01', through: '2026-03-31' });
    expect(leaveYearOf('2026-04-01', byFiscalYear)).toEqual({ from: '2026-04-01', through: '2027-03-31' });
  });
});

describe('grant', () => {
  it('law.md 12 example 12: hired on the first of January to December', () => {
    const months = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'];
    const granted = months.map((month) => grantDays(`2026-${month}-01`, '2026-12-31', params));
    expect(granted).toEqual([20, 18, 17, 15, 13, 12, 10, 8, 7, 5, 3, 2]);
  });

  it('counts a part of a month as a month, and a term that ends within the year', () => {
    expect(grantDays('2026-04-15', '2026-12-31', params)).toBe(15);
    expect(grantDays('2026-12-31', '2026-12-31', params)).toBe(2);
    expect(grantDays('2026-01-02', '2026-12-31', params)).toBe(20);
    expect(grantDays('2026-04-01', '2026-09-30', params)).toBe(10);
    expect(grantDays('2026-04-01', '2026-10-01', params)).toBe(12);
  });

  it('is in minutes of 7:45', () => expect(grantMinutes('2026-01-01', '2026-12-31', params)).toBe(9300));

  it('refuses a span over two leave years or backwards', () => {
    expect(() => grantDays('2026-12-01', '2027-01-31', params)).toThrow(RangeError);
    expect(() => grantDays('2026-12-01', '2026-11-30', params)).toThrow(RangeError);
    expect(() => grantDays('2026-02-01', '2026-12-31', { ...params, daysByMonths: [2] })).toThrow(RangeError);
  });

  it('law.md 12 example 16: part-time on 3 and 4 equal days a week', () => {
    expect(uniformPartTimeDays(3, params)).toBe(12);
    expect(uniformPartTimeDays(4, params)).toBe(16);
  });
});

describe('days and hours', () => {
  it('law.md 12 example 11: 8 days and 12.5 hours', () => {
    const minutes = days(8) + 750;
    expect(minutes).toBe(4470);
    expect(daysAndMinutes(minutes, 465)).toEqual({ days: 9, minutes: 285 });
    expect(ratio(minutes, 465, 2)).toBe('9.61');
  });

  it('law.md 12 example 14: average days of those in post the whole year', () => {
    const used = [4470, days(14), days(20)];
    expect(
      ratio(
        used.reduce((sum, minutes) => sum + minutes),
        used.length * 465,
        1,
      ),
    ).toBe('14.5');
  });
});

describe('carry-over', () => {
  it('can be used through the end of the leave year after the grant', () =>
    expect(expiresAfter({ grantedIn: year2025 })).toBe('2026-12-31'));

  it('passes on the unused current-year grant once, up to 20 days', () => {
    const left = [
      { grantedIn: year2025, minutes: days(6) },
      { grantedIn: year2026, minutes: days(11) + 60 },
    ];
    const year2027 = leaveYearOf('2027-01-01', params);
    expect(openYear(year2027, days(20), left, params)).toEqual([
      { grantedIn: year2026, minutes: days(11) + 60 },
      { grantedIn: year2027, minutes: days(20) },
    ]);
  });

  it('is cut at the limit and leaves no empty lot', () => {
    const generous = [{ grantedIn: year2025, minutes: days(25) }];
    expect(openYear(year2026, days(20), generous, params)[0]?.minutes).toBe(days(20));
    expect(openYear(year2026, days(20), [{ grantedIn: year2025, minutes: 0 }], params)).toHaveLength(1);
    expect(openYear(year2026, days(20), [], params)).toHaveLength(1);
  });
});
