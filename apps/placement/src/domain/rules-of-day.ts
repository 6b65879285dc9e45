import type { PersonnelAction } from '#libs/contracts/placement';
import type { LocalDate } from '#libs/law/local-date';
import type { Employment, ProbationMonths } from '#libs/law/probation';
import type { RetirementParams } from '#libs/law/retirement';
import type { Timeline } from '#libs/staff-directory/timeline';
import type { PolicyVersions } from './staff-state.js';

/** What the city's organisation and pack say on the day of an action. */
export type RulesOfDay = Readonly<{
  /** Units in force, each with the first day on which it is abolished; null while no end is known. */
  units: ReadonlyMap<string, LocalDate | null>;
  /** By position code; `grades` is empty for staff outside the grade table. */
  positions: ReadonlyMap<string, Readonly<{ rank: number; managing: boolean; grades: readonly string[] }>>;
  /** Rank by grade code, 1 the lowest. */
  grades: ReadonlyMap<string, number>;
  jobCategories: ReadonlySet<string>;
  /** What each recruitment route leads to. */
  routes: ReadonlyMap<string, Employment>;
  probation: ReadonlyMap<Employment, ProbationMonths>;
  retirement: RetirementParams;
  /** Weekly minutes of full time. */
  fullTime: number;
  versions: Required<PolicyVersions>;
}>;

/** The rules by day, as a command carries them. */
export type RulesOn = (day: LocalDate) => RulesOfDay;

/** All actions that would count and their history. */
export type Career = Readonly<{ actions: readonly PersonnelAction[]; history: Timeline; birthDate: LocalDate }>;
/** One action of a career, to be judged by the rules of its day. */
export type Case = Career & Readonly<{ action: PersonnelAction; rules: RulesOfDay }>;
