import { isWorkingDay } from '#libs/law/working-day';
import { City, PLANS } from './city.js';
import { birthsOf } from './families.js';
import { CLOSING, simulate } from './fiscal-years.js';
import { ledgersOf, type LedgerRow } from './leave-ledger.js';
import { Random } from './random.js';
import { ServiceDays } from './service-days.js';

const DAY = 465;

describe.each(PLANS)('the ledgers of $name', ({ headcount, ...plan }) => {
  const city = new City({ ...plan, headcount: Math.round(headcount / 4) }, 'policies');
  const members = simulate(city, new Random(plan.seed)).map((career) => ({ career, days: new ServiceDays(career) }));
  const service = new Map(members.map(({ career, days }) => [career.number, days]));
  const rows = ledgersOf(city, members, birthsOf(members, new Random(plan.seed + 2)));
  const taken = rows.filter(({ entry }) => entry === '取得');
  const years = grouped(
    rows.filter(({ kind }) => kind === '年次有給休暇'),
    ({ number, on }) => `${number} ${on.slice(0, 4)}`,
  );

  it('have leave on working days only, on which the person would have worked', () => {
    expect(taken.length).toBeGreaterThan(headcount * 10);
    expect(taken.filter(({ on }) => !isWorkingDay(on, city.pack('calendar')) || on > CLOSING)).toEqual([]);
    const away = taken.filter(({ number, on, minutes }) => {
      const stay = service.get(number)?.on(on);
      return !stay?.here || minutes > stay.dayMinutes;
    });
    expect(away).toEqual([]);
  });

  it('have one entry a day, with times where it is not a whole day', () => {
    expect(new Set(taken.map(({ number, on }) => `${number} ${on}`)).size).toBe(taken.length);
    expect(taken.filter(({ from, minutes }) => !from && minutes !== DAY && minutes !== 372)).toEqual([]);
    expect(taken.some(({ from, to, minutes }) => from === '08:30' && to === '12:00' && minutes === 210)).toBe(true);
  });

  it('never use more than has been granted up to that day', () => {
    const overdrawn = [...years].filter(([, own]) => {
      let left = 0;
      // On one day what is granted comes first.
      const inOrder = own.toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : order(a) - order(b)));
      return inOrder.some(({ entry, minutes }) => (left += entry === '取得' ? -minutes : minutes) < 0);
    });
    expect(overdrawn).toEqual([]);
  });

  it('carry over what is left of the own grants, at most 20 days, and nothing that was carried over before', () => {
    let compared = 0;
    for (const [key, own] of years) {
      const [number, year] = key.split(' ');
      const next = years.get(`${number} ${Number(year) + 1}`);
      if (!next) continue;
      const [granted, carried, used] = (['付与', '繰越', '取得'] as const).map((entry) => sum(own, entry));
      const dayMinutes = service.get(number)?.on(own[0].on)?.dayMinutes ?? DAY;
      const left = granted - Math.max(0, used - carried);
      expect(sum(next, '繰越')).toBe(Math.min(left, 20 * dayMinutes));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(headcount / 2);
  });

  it('grant by the months that are left: 15 days for an appointment on 1 April', () => {
    for (const { career } of members.filter(({ career: { hired } }) => hired === '2025-04-01')) {
      const own = years.get(`${career.number} 2025`) ?? [];
      expect(own.find(({ entry }) => entry === '付与')).toMatchObject({ on: '2025-04-01', minutes: 15 * DAY });
    }
  });

  it('use about 12 of 20 days a year', () => {
    const whole = [...years].filter(([key, own]) => key.endsWith('2025') && sum(own, '付与') === 20 * DAY);
    const used = whole.reduce((total, [, own]) => total + sum(own, '取得'), 0);
    expect(used / whole.length / DAY).toBeGreaterThan(11);
    expect(used / whole.length / DAY).toBeLessThan(14);
  });
});

const order = ({ entry }: LedgerRow): number => (entry === '取得' ? 1 : 0);

const sum = (rows: readonly LedgerRow[], of: LedgerRow['entry']): number =>
  rows.reduce((total, { entry, minutes }) => total + (entry === of ? minutes : 0), 0);

function grouped(rows: readonly LedgerRow[], by: (row: LedgerRow) => string): ReadonlyMap<string, LedgerRow[]> {
  const groups = new Map<string, LedgerRow[]>();
  for (const row of rows) groups.set(by(row), [...(groups.get(by(row)) ?? []), row]);
  return groups;
}
