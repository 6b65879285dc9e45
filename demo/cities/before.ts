import { addMonths, dateOf, type LocalDate } from '#libs/law/local-date';
import { retirementDate } from '#libs/law/retirement';
import { Career } from './career.js';
import { mixOf, placeFor, type City, type Unit } from './city.js';
import { inventPerson } from './invented-people.js';
import type { Random } from './random.js';

/** First day of the years that are told in full. */
export const OPENING = '2023-04-01';
const OPENING_YEAR = 2023;

/** Numbers staff as they come: the fiscal year of hiring and a serial. */
export class Numbers {
  private readonly last = new Map<number, number>();

  next(year: number): string {
    const serial = (this.last.get(year) ?? 0) + 1;
    this.last.set(year, serial);
    return `${String(year % 100).padStart(2, '0')}${String(serial).padStart(4, '0')}`;
  }
}

type Seed = Readonly<{ tenure: number; ageAtHire: number; unit: Unit; category: string }>;

/** Those in service on the opening day, with the appointments, promotions and moves that brought them where they are. */
export const staffBefore = (city: City, random: Random, numbers: Numbers): Career[] => {
  const { headcount } = city.plan;
  const leaves = city.leavesOn(OPENING);
  const seeds = Array.from({ length: headcount }, (_, index) => seed(city, random, leaves[index % leaves.length]));
  const headed = city.headedOn(OPENING);
  // The longest-serving who are not yet near retirement lead, the higher the unit the longer.
  const leaders = seeds
    .filter(({ tenure, ageAtHire, category }) => tenure >= 12 && tenure + ageAtHire <= 58 && category !== 'skilled')
    .map((of) => ({ of, weight: of.tenure + random.between(0, 5) }))
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ of }) => of);
  const led = new Map<Seed, Unit>(
    headed.map((unit, index) => [leaders[index], unit] as const).filter(([leader]) => leader),
  );
  return seeds.map((of) => careerOf(city, random, numbers, of, led.get(of))).filter((career) => career !== undefined);
};

const seed = (city: City, random: Random, unit: Unit): Seed => {
  const tenure = random.chance(city.plan.shortTenure)
    ? random.between(0, 9)
    : 10 + Math.floor(29 * random.next() ** 1.3);
  const young = { 18: 6, 20: 5, 22: 30, 23: 11, 24: 9, 26: 9, 29: 9, 33: 9, 38: 8, 44: 4 };
  const ageAtHire = Number(random.weighted(tenure > 25 ? { 18: 20, 20: 15, 22: 60, 23: 5 } : young));
  return { tenure, ageAtHire, unit, category: random.weighted(mixOf(unit)) };
};

const careerOf = (city: City, random: Random, numbers: Numbers, of: Seed, leads?: Unit): Career | undefined => {
  const hiredYear = OPENING_YEAR - 1 - of.tenure;
  const person = inventPerson(
    random,
    city.plan.name,
    hiredYear - of.ageAtHire - 1,
    random.chance(womenShare(of.category)) ? '2' : '1',
  );
  if (retirementDate(person.birthDate, city.retirement) < OPENING) return undefined;
  const career = new Career(
    numbers.next(hiredYear),
    person,
    of.category,
    of.ageAtHire > 28 ? 'experienced' : 'new-graduate',
  );
  const hired = random.chance(0.92) ? dateOf(hiredYear, 4, 1) : dateOf(hiredYear, 10, 1);
  const leaves = city.leavesOn(hired);
  const mature = career.route === 'experienced' ? 5 : 0;
  career.appoint(
    hired,
    placeFor(random, leaves, of.category).code,
    city.positionAfter(mature, of.category),
    addMonths(hired, 6),
  );
  // Those hired half a year before the opening are confirmed within the years that follow.
  if (addMonths(hired, 6) >= OPENING) return career;
  career.confirm(addMonths(hired, 6));
  for (const day of aprils(hiredYear + 1)) step(city, random, career, day, mature);
  const last = aprils(Math.max(hiredYear + 1, OPENING_YEAR - random.between(1, 4))).find(
    (day) => !career.toldFrom(day),
  );
  if (last && leads) career.move(last, '昇任', leads.code, city.headOf(leads.level));
  else if (last && of.tenure > 1) career.move(last, '異動', of.unit.code, career.position);
  return career;
};

const aprils = (from: number): LocalDate[] =>
  Array.from({ length: Math.max(0, OPENING_YEAR - from) }, (_, index) => dateOf(from + index, 4, 1));

/** One 1 April of the earlier years: a promotion when it is due, now and then another unit. */
const step = (city: City, random: Random, career: Career, day: LocalDate, mature: number): void => {
  const years = Number(day.slice(0, 4)) - Number(career.hired.slice(0, 4)) + mature;
  const due = city.positionAfter(years, career.category);
  if (due.rank > career.position.rank) career.move(day, '昇任', career.unit, due);
  else if (day >= '2013' && random.chance(0.2)) {
    career.move(day, '異動', placeFor(random, city.leavesOn(day), career.category, career.unit).code, career.position);
  }
};

export const womenShare = (category: string): number =>
  (
    {
      childcare: 0.93,
      'public-health-nurse': 0.95,
      medical: 0.75,
      fire: 0.05,
      'civil-engineer': 0.15,
      architect: 0.25,
      skilled: 0.1,
    } as Readonly<Record<string, number>>
  )[category] ?? 0.42;
