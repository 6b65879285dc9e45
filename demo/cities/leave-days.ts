import type { LeaveYear } from '#libs/law/annual-leave';
import { ageOn } from '#libs/law/age';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { AFTER_BIRTH, type Birth, type Member } from './families.js';
import type { Random } from './random.js';
import type { Piece, WorkingDays } from './working-days.js';

/** What was taken on one day; `code` is the pack's kind of leave. */
export type Entry = Piece & Readonly<{ code: string; on: LocalDate }>;

type Granted = readonly Readonly<{ on: LocalDate; minutes: number }>[];

const FULL_YEAR = 243;
/** How much of the annual leave falls on the months, January first: most in August, little in April. */
const MONTHS = [0.9, 0.8, 0.9, 0.6, 1.1, 0.8, 1, 1.5, 1, 0.9, 1, 1.2];
const BUSIEST = Math.max(...MONTHS);
/** Longest sick leave before a leave of absence for the same illness. */
const SICK_DAYS = 85;

/** The leave of one person, one entry a day at most, on working days on which the person would have worked. */
export class LeaveDays {
  private readonly entries = new Map<LocalDate, Entry>();
  /** Days of annual leave that are usual for this person. */
  private readonly usual: number;
  private readonly nursing: boolean;
  private readonly caring: boolean;

  constructor(
    private readonly working: WorkingDays,
    private readonly member: Member,
    births: readonly Birth[],
    private readonly random: Random,
  ) {
    const spread = random.next() + random.next() + random.next() - 1.5;
    this.usual = 12 + 8 * spread - (member.career.position.managing ? 3 : 0);
    this.nursing = births.length > 0 || random.chance(0.25);
    this.caring = random.chance(0.06);
    for (const birth of births) this.aroundBirth(birth);
    for (const { on, leave } of member.career.rows)
      if (leave === '病気休職') this.each('sick', this.working.between(addDays(on, -SICK_DAYS), addDays(on, -1)));
  }

  /** All of a leave year in the order of its days; annual leave within what had been granted up to each day. */
  ofYear(year: LeaveYear, granted: Granted): readonly Entry[] {
    const days = this.working.between(year.from, year.through).filter((day) => this.member.days.isHere(day));
    if (days.length > 0) this.specialLeave(year, days);
    this.annualLeave(Number(year.from.slice(0, 4)), days);
    const entries = [...this.entries.values()]
      .filter(({ on }) => year.from <= on && on <= year.through)
      .toSorted((a, b) => (a.on < b.on ? -1 : 1));
    let used = 0;
    return entries.filter(({ code, on, minutes }) => {
      if (code !== 'annual') return true;
      const there = granted.reduce((sum, lot) => sum + (lot.on <= on ? lot.minutes : 0), 0);
      if (used + minutes > there) return false;
      used += minutes;
      return true;
    });
  }

  private aroundBirth({ mother, bornOn }: Birth): void {
    const { random } = this;
    if (mother) {
      this.each('maternity-before', this.working.between(addDays(bornOn, -56), bornOn));
      this.each('maternity-after', this.working.between(addDays(bornOn, 1), addDays(bornOn, AFTER_BIRTH - 1)));
      return;
    }
    if (random.chance(0.7)) this.some('spouse-childbirth', addDays(bornOn, -2), addDays(bornOn, 13), 2);
    if (random.chance(0.5))
      this.some('childcare-participation', addDays(bornOn, -20), addDays(bornOn, 200), random.between(1, 5));
  }

  private specialLeave({ from, through }: LeaveYear, days: readonly LocalDate[]): void {
    const { random } = this;
    const year = from.slice(0, 4);
    const any = () => random.pick(days);
    const age = ageOn(this.member.career.person.birthDate, from);
    const summer = Number(random.weighted({ 0: 20, 1: 10, 2: 20, 3: 50 }));
    this.some('summer', `${year}-07-01`, `${year}-09-30`, summer);
    if (random.chance(0.16)) this.each('sick', this.working.from(any(), random.between(1, 4)));
    if (random.chance(0.008)) this.each('sick', this.working.from(any(), random.between(25, 55)));
    if (random.chance(0.02)) this.each('bereavement', this.working.from(any(), random.between(1, 5)));
    if (age >= 25 && age <= 36 && random.chance(0.03)) this.each('marriage', this.working.from(any(), 5));
    if (this.nursing && age >= 26 && age <= 48) this.some('child-nursing', from, through, random.between(0, 3), 0.3);
    if (this.caring && age >= 42) this.some('short-care', from, through, random.between(1, 4), 0.3);
  }

  private annualLeave(year: number, days: readonly LocalDate[]): void {
    const { random } = this;
    const wish = this.usual + 0.5 * (year - 2023) + random.between(-2, 2);
    let open = Math.round((Math.max(0.5, wish) * days.length) / FULL_YEAR);
    for (let tries = days.length; tries > 0 && open > 0; tries--) {
      const day = random.pick(days);
      const dayMinutes = this.member.days.on(day)?.dayMinutes ?? 0;
      if (this.entries.has(day) || !random.chance(MONTHS[Number(day.slice(5, 7)) - 1] / BUSIEST)) continue;
      const piece = this.wholeOrPart(day, dayMinutes, 0.08);
      this.entries.set(day, { code: 'annual', on: day, ...piece });
      open -= piece.minutes / dayMinutes;
    }
  }

  /** Whole days on all of these days that are free. */
  private each(code: string, days: readonly LocalDate[]): void {
    for (const day of days) this.take(code, day);
  }

  /** Some days out of a stretch of time; a share of them in part. */
  private some(code: string, from: LocalDate, through: LocalDate, count: number, parts = 0): void {
    const days = this.working.between(from, through);
    for (const day of this.random.shuffled(days).slice(0, count)) this.take(code, day, parts);
  }

  private take(code: string, day: LocalDate, parts = 0): void {
    const stay = this.member.days.on(day);
    if (!stay?.here || this.entries.has(day)) return;
    this.entries.set(day, { code, on: day, ...this.wholeOrPart(day, stay.dayMinutes, parts) });
  }

  private wholeOrPart(day: LocalDate, dayMinutes: number, parts: number): Piece {
    const { random, working } = this;
    if (!random.chance(parts)) return working.wholeDay(day, dayMinutes);
    if (random.chance(0.35)) return working.lastHours(day, dayMinutes, random);
    return working.halfDay(day, dayMinutes, random.chance(0.5) ? 'morning' : 'afternoon');
  }
}
