import { fiscalYearOf } from '#libs/law/fiscal-year';
import { addDays, addYears } from '#libs/law/local-date';
import { City, PLANS } from './city.js';
import { AFTER_BIRTH, birthsOf } from './families.js';
import { CLOSING, simulate } from './fiscal-years.js';
import { Random } from './random.js';
import { ServiceDays } from './service-days.js';

describe.each(PLANS)('the families of $name', (plan) => {
  const members = simulate(new City(plan, 'policies'), new Random(plan.seed)).map((career) => ({
    career,
    days: new ServiceDays(career),
  }));
  const births = birthsOf(members, new Random(plan.seed + 2));
  const daysOf = new Map(members.map(({ career, days }) => [career.number, days]));

  it('have a child behind every childcare leave of the careers, and no other leave', () => {
    const told = members.flatMap(({ career }) =>
      career.rows.flatMap(({ leave, on, number }) =>
        leave === '育児休業' && on <= CLOSING ? [`${number} ${on}`] : [],
      ),
    );
    const taken = births.flatMap(({ number, leaves }) => leaves.map(({ from }) => `${number} ${from}`));
    expect(taken.toSorted()).toEqual(told.toSorted());
  });

  it('take leave between birth and the third birthday, mothers after the leave that follows the birth', () => {
    for (const { mother, bornOn, leaves } of births)
      for (const { from, through } of leaves) {
        expect(from >= addDays(bornOn, mother ? AFTER_BIRTH : 0)).toBe(true);
        expect(through >= from && through < addYears(bornOn, 3)).toBe(true);
      }
  });

  it('have parents in service when the child is born, each child once', () => {
    expect(births.filter(({ number, bornOn }) => bornOn <= CLOSING && !daysOf.get(number)?.on(bornOn))).toEqual([]);
    expect(births.filter(({ bornOn }) => bornOn > CLOSING)).toEqual([]);
    expect(new Set(births.map(({ number, bornOn }) => `${number} ${bornOn}`)).size).toBe(births.length);
  });

  it('have more and more fathers on leave', () => {
    const share = (year: number) => {
      const born = births.filter(({ mother, bornOn }) => !mother && fiscalYearOf(bornOn) === year);
      return born.filter(({ leaves }) => leaves.length > 0).length / born.length;
    };
    expect(share(2023)).toBeLessThan(0.5);
    expect(share(2025)).toBeGreaterThan(0.6);
    expect(share(2025)).toBeGreaterThan(share(2024));
    expect(share(2025)).toBeLessThan(0.9);
  });
});
