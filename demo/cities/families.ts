import { ageOn } from '#libs/law/age';
import { endOf, fiscalYearOf, startOf } from '#libs/law/fiscal-year';
import { addDays, daysBetween, minDate, type LocalDate } from '#libs/law/local-date';
import type { Career } from './career.js';
import { CLOSING } from './fiscal-years.js';
import type { Random } from './random.js';
import type { ServiceDays } from './service-days.js';

export type Member = Readonly<{ career: Career; days: ServiceDays }>;

/** First and last day, both inclusive. */
export type Period = Readonly<{ from: LocalDate; through: LocalDate }>;

/** A child of a member of staff and the childcare leave taken for it, if any. */
export type Birth = Readonly<{ number: string; mother: boolean; bornOn: LocalDate; leaves: readonly Period[] }>;

/** 産後休暇: so many days from the day of birth, which is the first; the childcare leave of a mother comes after. */
export const AFTER_BIRTH = 57;

/** Share of the fathers of a fiscal year's children who take childcare leave; the careers tell only of those. */
const FATHERS_TAKING: readonly (readonly [year: number, share: number])[] = [
  [2023, 0.46],
  [2024, 0.6],
  [2025, 0.75],
  [2026, 0.82],
];

/** Two children of one parent are further apart. */
const BETWEEN_BIRTHS = 300;

/** The births behind the childcare leave (育児休業) of the careers, and those for which a father took none. */
export const birthsOf = (members: readonly Member[], random: Random): readonly Birth[] => {
  const births = members.flatMap((member) => birthsBehindLeave(member, random));
  const men = members.filter(({ career }) => career.person.sex === '1');
  for (const [year, share] of FATHERS_TAKING) {
    const taking = births.filter(({ mother, bornOn }) => !mother && fiscalYearOf(bornOn) === year).length;
    const last = daysBetween(startOf(year), minDate(endOf(year), CLOSING));
    let missing = Math.round((taking * (1 - share)) / share);
    for (const { career, days } of random.shuffled(men)) {
      if (missing === 0) break;
      const bornOn = addDays(startOf(year), random.between(0, last));
      const age = ageOn(career.person.birthDate, bornOn);
      if (!days.isHere(bornOn) || age < 25 || age > 42 || isNear(births, career, bornOn)) continue;
      births.push({ number: career.number, mother: false, bornOn, leaves: [] });
      missing -= 1;
    }
  }
  return births;
};

const isNear = (births: readonly Birth[], { number }: Career, day: LocalDate): boolean =>
  births.some((birth) => birth.number === number && Math.abs(daysBetween(birth.bornOn, day)) < BETWEEN_BIRTHS);

const birthsBehindLeave = ({ career, days }: Member, random: Random): Birth[] => {
  const mother = career.person.sex === '2';
  const births: Birth[] = [];
  for (const { on, until = on } of career.rows.filter((row) => row.leave === '育児休業' && row.on <= CLOSING)) {
    const leave = { from: on, through: minDate(until, lastDayInService(days, on, until)) };
    const waited = mother ? AFTER_BIRTH + (random.chance(0.85) ? 0 : random.between(1, 60)) : fatherWaits(random);
    const bornOn = addDays(on, -waited);
    const last = births.at(-1);
    if (last && daysBetween(last.bornOn, bornOn) < BETWEEN_BIRTHS)
      births[births.length - 1] = { ...last, leaves: [...last.leaves, leave] };
    else births.push({ number: career.number, mother, bornOn, leaves: [leave] });
  }
  return births;
};

/** A leave ends with the employment at the latest; what comes after the closing day is not known. */
const lastDayInService = ({ stays }: ServiceDays, from: LocalDate, until: LocalDate): LocalDate => {
  const last = stays.findLast((stay) => stay.from <= until && stay.through >= from)?.through ?? until;
  return last === CLOSING ? until : last;
};

const fatherWaits = (random: Random): number => (random.chance(0.65) ? random.between(0, 21) : random.between(30, 150));
