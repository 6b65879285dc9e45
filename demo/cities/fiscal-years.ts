import { ageOn } from '#libs/law/age';
import { addDays, addMonths, dateOf, dayOfWeek, maxDate, type LocalDate } from '#libs/law/local-date';
import { retirementDate, roleRetirementWindow } from '#libs/law/retirement';
import { Numbers, staffBefore, womenShare } from './before.js';
import { Career, FULL_TIME } from './career.js';
import { mixOf, placeFor, type City, type Unit } from './city.js';
import { inventPerson } from './invented-people.js';
import type { Random } from './random.js';

/** The files end here: nothing later has happened yet. */
export const CLOSING = '2026-11-20';
const YEARS = [2023, 2024, 2025, 2026];
const REHIRED_HOURS = 1860;
const SHORT_HOURS = 1860;

/** Everybody who served at any time since the opening, with all that happened to them. */
export const simulate = (city: City, random: Random): Career[] => {
  const numbers = new Numbers();
  const staff = staffBefore(city, random, numbers);
  for (const year of YEARS) new FiscalYear(city, random, numbers, staff, year).run();
  return staff;
};

/** One fiscal year: the big day on 1 April, what happens in between, and the leavers of 31 March. */
class FiscalYear {
  private readonly first: LocalDate;
  private readonly last: LocalDate;

  constructor(
    private readonly city: City,
    private readonly random: Random,
    private readonly numbers: Numbers,
    private readonly staff: Career[],
    private readonly year: number,
  ) {
    this.first = dateOf(year, 4, 1);
    this.last = dateOf(year + 1, 3, 31);
  }

  run(): void {
    for (const career of this.present()) this.endingsOfAbsence(career);
    this.roleRetirements();
    this.moveFromAbolished();
    this.newcomers(this.first, this.vacancies());
    this.heads();
    for (const career of this.untouched()) this.aprilOf(career);
    this.newcomers(dateOf(this.year, 7, 1), this.random.between(1, this.size(0.004)));
    this.newcomers(dateOf(this.year, 10, 1), this.random.between(1, this.size(0.004)));
    for (const career of this.present()) this.withinYear(career);
    if (this.last <= CLOSING) for (const career of this.present()) this.yearEnd(career);
  }

  private size(share: number): number {
    return Math.max(1, Math.round(this.city.plan.headcount * share));
  }

  private present(): Career[] {
    return this.staff.filter(({ gone }) => !gone);
  }

  private untouched(): Career[] {
    return this.present().filter((career) => career.here && !career.toldFrom(this.first));
  }

  private endingsOfAbsence(career: Career): void {
    const { away, formalOn } = career;
    if (away && away.backOn <= this.last && away.backOn <= CLOSING) {
      const { word, backOn } = away;
      career.comeBack();
      if (word === '復職' && career.person.sex === '2' && this.random.chance(0.4))
        career.changeHours(backOn, SHORT_HOURS);
    } else if (career.weekly === SHORT_HOURS && !career.termEnds && career.here && this.random.chance(0.4)) {
      career.changeHours(this.first, FULL_TIME);
    }
    if (formalOn && formalOn <= this.last && formalOn <= CLOSING && formalOn === this.first) career.confirm(formalOn);
  }

  /** 役職定年: within its window, on the 1 April that ends it. */
  private roleRetirements(): void {
    const top = this.city.ladder[this.city.ladder.length - 1];
    for (const career of this.untouched()) {
      if (!career.position.managing) continue;
      const { from, through } = roleRetirementWindow(career.person.birthDate, this.city.retirement);
      if (from > this.first || through < this.first) continue;
      career.move(this.first, '役職定年', this.place(career).code, top);
    }
  }

  /** A unit that ends on this day sends its people elsewhere, their heads to where heads are missing or to the ranks. */
  private moveFromAbolished(): void {
    const units = new Set(this.city.unitsOn(this.first).map(({ code }) => code));
    for (const career of this.present()) {
      if (units.has(career.unit) || career.toldFrom(this.first)) continue;
      career.move(this.first, '異動', this.place(career).code, career.position);
    }
  }

  private vacancies(): number {
    return Math.max(this.size(0.02), this.city.plan.headcount - this.present().length - this.random.between(0, 4));
  }

  private newcomers(on: LocalDate, count: number): void {
    if (on > CLOSING) return;
    const leaves = this.city.leavesOn(on);
    for (let i = 0; i < count; i++) this.staff.push(this.hire(on, this.random.pick(leaves)));
  }

  private hire(on: LocalDate, unit: Unit): Career {
    const { random, year, city } = this;
    const category = random.weighted(mixOf(unit));
    const fresh = on === this.first;
    const route = random.weighted(
      fresh ? { 'new-graduate': 78, experienced: 16, 'fixed-term': 4, comeback: 2 } : { experienced: 9, comeback: 1 },
    );
    const age =
      route === 'new-graduate'
        ? Number(random.weighted({ 18: 15, 20: 10, 22: 55, 24: 15, 26: 5 }))
        : random.between(27, 42);
    const person = inventPerson(
      random,
      city.plan.name,
      year - age - 1,
      random.chance(womenShare(category)) ? '2' : '1',
    );
    const career = new Career(this.numbers.next(year), person, category, route);
    const position = city.positionAfter(route === 'new-graduate' ? 0 : 5, category);
    career.appoint(on, unit.code, position, addMonths(on, 6));
    if (route === 'fixed-term') career.termEnds = dateOf(year + 3, 3, 31);
    return career;
  }

  /** Fills every post of a head, from the top down: whoever moves up leaves a gap that is filled next. */
  private heads(): void {
    const { city, first } = this;
    const able = this.untouched().filter((career) => this.mayLead(career));
    for (const unit of city.headedOn(first)) {
      const position = city.headOf(unit.level);
      const led = this.present().some((career) => career.unit === unit.code && career.position === position);
      if (led) continue;
      const next = able
        .filter((career) => career.position.rank < position.rank && !career.toldFrom(first))
        .toSorted((a, b) => b.position.rank - a.position.rank || (a.hired < b.hired ? -1 : 1));
      next[this.random.between(0, Math.min(3, next.length - 1))]?.move(first, '昇任', unit.code, position);
    }
  }

  private mayLead({ person, category, termEnds }: Career): boolean {
    return ageOn(person.birthDate, this.first) <= 57 && category !== 'skilled' && !termEnds;
  }

  private aprilOf(career: Career): void {
    const { random, first, city } = this;
    const years = this.year - Number(career.hired.slice(0, 4)) + (career.route === 'new-graduate' ? 0 : 5);
    const due = city.positionAfter(years, career.category);
    if (career.position.heads || career.termEnds) return;
    if (due.rank > career.position.rank) {
      const unit = random.chance(0.4) ? this.place(career).code : career.unit;
      career.move(first, '昇任', unit, due);
    } else if (random.chance(0.17)) {
      career.move(first, '異動', this.place(career).code, career.position);
    } else if (random.chance(0.008)) {
      const until = dateOf(this.year + random.between(1, 2), 3, 31);
      career.second(first, addDays(until, 1), until);
    } else if (random.chance(0.01)) {
      const other = this.place(career).code;
      career.concurrent(first, '兼務', other, career.position);
      if (this.last <= CLOSING) career.concurrent(this.last, '兼務解除', other, career.position);
    }
  }

  private place(career: Career): Unit {
    return placeFor(this.random, this.city.leavesOn(this.first), career.category, career.unit);
  }

  /** At most one story a person and year, so that the stories never cross. */
  private withinYear(career: Career): void {
    const { random } = this;
    if (career.formalOn && career.formalOn <= this.last) return this.probation(career, career.formalOn);
    if (!career.here || career.position.heads || career.termEnds || career.toldFrom(addDays(this.first, 1))) return;
    const age = ageOn(career.person.birthDate, this.first);
    const woman = career.person.sex === '2';
    if (age >= 25 && age <= 39 && random.chance(woman ? 0.07 : 0.05))
      return this.absence(career, '育児休業', woman ? random.between(8, 20) : random.between(1, 3));
    if (random.chance(0.011)) return this.absence(career, '病気休職', random.between(2, 9));
    if (random.chance(0.002))
      return this.absence(career, random.pick(['介護休暇', '自己啓発等休業', '配偶者同行休業']), random.between(3, 11));
    if (random.chance(0.009 * (age < 35 ? 1.6 : 0.6))) return this.resignation(career);
    if (random.chance(0.0008)) career.separate(this.day(5, 11), '死亡');
    else if (random.chance(0.0003)) career.separate(this.day(5, 11), random.pick(['懲戒免職', '分限免職', '失職']));
  }

  private probation(career: Career, formalOn: LocalDate): void {
    if (this.random.chance(0.015))
      return career.separate(addDays(formalOn, -1 - this.random.between(20, 100)), '普通退職');
    if (this.random.chance(0.008) && addMonths(formalOn, 3) <= CLOSING) {
      const on = addDays(formalOn, -1);
      career.extendProbation(on, addDays(addMonths(formalOn, 3), -1), addMonths(formalOn, 3));
      if (addMonths(formalOn, 3) > this.last) return;
    }
    const due = career.formalOn ?? formalOn;
    if (due <= CLOSING) career.confirm(due);
  }

  private absence(career: Career, leave: string, months: number): void {
    const on = this.day(4, 10);
    if (on > CLOSING) return;
    const until = addDays(addMonths(on, months), -1);
    career.leave(on, leave, addDays(until, 1), until);
    if (addDays(until, 1) <= this.last && addDays(until, 1) <= CLOSING) career.comeBack();
  }

  private resignation(career: Career): void {
    const on = this.day(5, 11);
    if (on <= CLOSING) career.separate(on, this.random.chance(0.04) ? '帰任' : '普通退職');
  }

  /** A working day some months into the fiscal year, clear of 1 April and of 31 March. */
  private day(least: number, most: number): LocalDate {
    const day = addDays(addMonths(this.first, this.random.between(least - 4, most - 4)), this.random.between(1, 26));
    const weekday = dayOfWeek(day);
    return maxDate(addDays(this.first, 1), weekday === 0 ? addDays(day, 1) : weekday === 6 ? addDays(day, -1) : day);
  }

  private yearEnd(career: Career): void {
    const { random, last } = this;
    const age = ageOn(career.person.birthDate, last);
    if (career.termEnds === last) return this.termEnds(career);
    if (career.termEnds || career.toldFrom(last)) return;
    if (retirementDate(career.person.birthDate, this.city.retirement) === last) return this.retirement(career);
    if (random.chance(age < 30 ? 0.032 : age < 40 ? 0.022 : 0.008)) career.separate(last, '普通退職');
    else if (age >= 50 && random.chance(0.015)) career.separate(last, '早期退職');
  }

  private retirement(career: Career): void {
    career.separate(this.last, '定年退職');
    if (this.random.chance(0.6)) this.rehire(career);
  }

  private termEnds(career: Career): void {
    const rehired = career.weekly === REHIRED_HOURS;
    career.separate(this.last, '任期満了');
    if (rehired && this.random.chance(0.75)) this.rehire(career);
  }

  private rehire(career: Career): void {
    const on = addDays(this.last, 1);
    const top = this.city.positionAfter(30, career.category);
    career.rehire(
      on,
      placeFor(this.random, this.city.leavesOn(on), career.category).code,
      top,
      REHIRED_HOURS,
      addMonths(addDays(on, -1), 12),
    );
  }
}
