import { fiscalYearOf } from '#libs/law/fiscal-year';
import { dateOf, lastDayOfPeriod, type LocalDate } from '#libs/law/local-date';
import type { Policy } from '#libs/policy/kinds';
import { OPENING } from './before.js';
import type { Row } from './career.js';
import type { City } from './city.js';
import type { Member } from './families.js';
import { CLOSING } from './fiscal-years.js';
import { Random } from './random.js';
import { TrainingYears } from './training-years.js';

export type Course = Policy<'training'>['courses'][number];
type Rule = Policy<'training'>['rules'][number];

export type Session = Readonly<{ code: string; course: string; heldOn: LocalDate; capacity: number }>;

/** One row of records.csv. */
export type TrainingRecord = Readonly<{
  number: string;
  course: string;
  assignedOn?: LocalDate;
  dueOn?: LocalDate;
  completedOn?: LocalDate;
  minutes?: number;
  session?: string;
  attended?: boolean;
}>;

export type Training = Readonly<{
  courses: readonly Course[];
  sessions: readonly Session[];
  records: readonly TrainingRecord[];
}>;

/** Courses of the city besides those its rules ask for: whoever takes them does so of his own accord. */
const OWN_COURSES: readonly Course[] = [
  { code: 'dx-leader', title: 'DX推進リーダー研修', kind: 'digital', minutes: 930, digitalClass: 'leader' },
  { code: 'contract-practice', title: '契約実務研修', kind: 'other', minutes: 180 },
];

const YEARS = [2023, 2024, 2025, 2026];
/** The year in which everybody was asked to learn the basics of digital work. */
const DIGITAL_YEAR = 2024;

/** Somebody who has to complete a course. */
export type Demand = Readonly<{ member: Member; course: Course; assignedOn: LocalDate; dueOn: LocalDate }>;

/** What people were asked to complete, did and came to, from the opening to the closing day. */
export const trainingOf = (city: City, members: readonly Member[]): Training => {
  const courses = [...city.pack('training').courses, ...OWN_COURSES];
  const years = new TrainingYears(city, new Random(city.plan.seed + 3));
  for (const group of groupsOf(demandsOf(city, members, courses))) years.ask(group);
  const [leaders, contracts] = OWN_COURSES;
  for (const year of YEARS) {
    years.offerOnline(leaders, year, members, 0.02);
    years.offerSessions(contracts, dateOf(year, 9, 10), members, 0.04);
  }
  const byNumber = (a: TrainingRecord, b: TrainingRecord) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0);
  return { courses, sessions: years.sessions, records: years.records.toSorted(byNumber) };
};

const demandsOf = (city: City, members: readonly Member[], courses: readonly Course[]): Demand[] => {
  const { rules } = city.pack('training');
  const find = (code: string) => courses.find((course) => course.code === code);
  const byRule = members.flatMap((member) =>
    member.career.rows
      .filter(({ on }) => on >= OPENING && on <= CLOSING)
      .flatMap((row) => rules.flatMap((rule) => asked(member, row, rule, find(rule.course)))),
  );
  const [yearly, digital] = [find('harassment'), find('digital-general')];
  const forAll = YEARS.flatMap((year) =>
    members
      .filter(({ career, days }) => days.isHere(dateOf(year, 6, 1)) && !joinedIn(career.rows, year))
      .flatMap((member): Demand[] => [
        ...(yearly ? [{ member, course: yearly, assignedOn: dateOf(year, 6, 1), dueOn: dateOf(year, 12, 28) }] : []),
        // Those who joined the year before have been asked already.
        ...(digital && year === DIGITAL_YEAR && !joinedIn(member.career.rows, year - 1)
          ? [{ member, course: digital, assignedOn: dateOf(year, 6, 1), dueOn: dateOf(year + 1, 2, 28) }]
          : []),
      ]),
  );
  return [...byRule, ...forAll];
};

const joinedIn = (rows: readonly Row[], year: number): boolean =>
  rows.some(({ word, on }) => (word === '条件付採用' || word === '再採用') && fiscalYearOf(on) === year);

const asked = (member: Member, row: Row, rule: Rule, course: Course | undefined): Demand[] => {
  const appointed = row.on.endsWith('-04-01') ? 'appointed' : 'appointed-mid-year';
  const occasion = { 条件付採用: appointed, 再採用: 'rehired', 昇任: 'promoted' }[String(row.word)];
  const speaks =
    rule.on === occasion &&
    (!rule.grades || rule.grades.includes(String(row.grade))) &&
    (!rule.routes || rule.routes.includes(String(row.route)));
  if (!course || !speaks) return [];
  return [{ member, course, assignedOn: row.on, dueOn: lastDayOfPeriod(row.on, rule.dueMonths) }];
};

/** Those who are asked for one course on one day. */
const groupsOf = (demands: readonly Demand[]): readonly (readonly Demand[])[] => {
  const groups = new Map<string, Demand[]>();
  for (const demand of demands) {
    const key = `${demand.course.code} ${demand.assignedOn}`;
    const group = groups.get(key);
    if (group) group.push(demand);
    else groups.set(key, [demand]);
  }
  return [...groups.values()];
};
