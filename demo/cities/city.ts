import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalDate } from '#libs/law/local-date';
import type { Kind, Policy } from '#libs/policy/kinds';
import type { Random } from './random.js';

export type Unit = Policy<'organisation'>['units'][number];
export type Position = Policy<'positions'>['positions'][number];

/** How big a city is to be, and what is peculiar to its files. */
export type Plan = Readonly<{
  code: string;
  name: string;
  seed: number;
  headcount: number;
  /** Share of staff with ten years of service or less at the start. */
  shortTenure: number;
  encoding: 'cp932' | 'utf8';
  /** `2023/4/1` instead of `2023-04-01`. */
  slashes: boolean;
}>;

/** 伊勢原: about 35 % aged 35 or less, 40 % with ten years or less, as its policy says; 平塚's policy gives no figures. */
export const PLANS: readonly Plan[] = [
  {
    code: '142140',
    name: '伊勢原市',
    seed: 142_140,
    headcount: 650,
    shortTenure: 0.53,
    encoding: 'cp932',
    slashes: true,
  },
  {
    code: '142034',
    name: '平塚市',
    seed: 142_034,
    headcount: 1_900,
    shortTenure: 0.42,
    encoding: 'utf8',
    slashes: false,
  },
];

/** Position of skilled workers, in cities whose pack has one. */
const SKILLED = 'gino';

const LEVELS = ['department', 'section', 'subsection'] as const;
export type Level = (typeof LEVELS)[number];

/** What the generator knows of a city: its packs, read as they are, and who may work where. */
export class City {
  readonly units: readonly Unit[];
  readonly positions: readonly Position[];
  readonly retirement: Policy<'retirement'>;
  private readonly packs = new Map<Kind, unknown>();
  private readonly byDay = new Map<LocalDate, readonly Unit[]>();
  private readonly titles: Readonly<Record<'job-categories' | 'recruitment-routes', ReadonlyMap<string, string>>>;

  constructor(
    readonly plan: Plan,
    private readonly policies: string,
  ) {
    this.units = this.pack('organisation').units;
    this.positions = this.pack('positions').positions.toSorted((a, b) => a.rank - b.rank);
    this.retirement = this.pack('retirement');
    this.titles = {
      'job-categories': titles(this.pack('job-categories').categories),
      'recruitment-routes': titles(this.pack('recruitment-routes').routes),
    };
  }

  /** The newest pack of a kind. */
  pack<K extends Kind>(kind: K): Policy<K> {
    const known = this.packs.get(kind);
    if (known) return known as Policy<K>;
    const folder = join(this.policies, this.plan.code, kind);
    const file = readdirSync(folder).toSorted().at(-1);
    const pack = JSON.parse(readFileSync(join(folder, String(file)), 'utf8')) as Policy<K>;
    this.packs.set(kind, pack);
    return pack;
  }

  /** Units as they are on a day, abolished ones left out. */
  unitsOn(day: LocalDate): readonly Unit[] {
    const known = this.byDay.get(day) ?? this.inForce(day);
    this.byDay.set(day, known);
    return known;
  }

  private inForce(day: LocalDate): readonly Unit[] {
    const newest = new Map<string, Unit>();
    for (const unit of this.units.toSorted((a, b) => (a.from < b.from ? -1 : 1)))
      if (unit.from <= day) newest.set(unit.code, unit);
    return [...newest.values()].filter(({ abolished }) => !abolished);
  }

  /** Units that have nobody below them: where people without a head's post work. */
  leavesOn(day: LocalDate): readonly Unit[] {
    const units = this.unitsOn(day);
    const parents = new Set(units.map(({ parent }) => parent));
    return units.filter(({ code, level }) => !parents.has(code) && LEVELS.some((one) => one === level));
  }

  /** Units with a head, the highest level first. */
  headedOn(day: LocalDate): readonly Unit[] {
    const units = this.unitsOn(day);
    return LEVELS.flatMap((level) => units.filter((unit) => unit.level === level));
  }

  /** The head's position of a level: the lowest heading rank leads the lowest level. */
  headOf(level: string): Position {
    const heads = this.positions.filter(({ heads: leads }) => leads);
    return heads[Math.max(0, heads.length - 1 - LEVELS.findIndex((one) => one === level))];
  }

  /** The ladder of those who head nothing, lowest first. */
  get ladder(): readonly Position[] {
    const least = this.headOf('subsection').rank;
    return this.positions.filter(
      ({ code, heads, grades, rank }) => !heads && code !== SKILLED && grades.length > 0 && rank < least,
    );
  }

  /** Position of somebody with so many years of service: a step about every five years. */
  positionAfter(years: number, category: string): Position {
    const skilled = this.positions.find(({ code }) => code === SKILLED);
    if (category === 'skilled' && skilled) return skilled;
    const steps = [4, 9, 15, 22].filter((step) => years >= step).length;
    return this.ladder[Math.min(steps, this.ladder.length - 1)];
  }

  title(kind: 'job-categories' | 'recruitment-routes', code: string): string {
    return this.titles[kind].get(code) ?? code;
  }
}

const titles = (coded: readonly { code: string; title: string }[]): ReadonlyMap<string, string> =>
  new Map(coded.map(({ code, title }) => [code, title]));

type Mix = Readonly<Record<string, number>>;

/** What kinds of work a unit has; the first match decides, for the authority and then for the name. */
const MIXES: readonly [RegExp, Mix][] = [
  [/^fire /, { fire: 9, general: 1 }],
  [/^hospital .*(経営|企画|総務|人事|医事|連携|診療情報)/, { general: 1 }],
  [/^hospital /, { medical: 9, general: 1 }],
  [/保育/, { childcare: 7, general: 3 }],
  [/健康|保健係|保健担当|予防接種/, { 'public-health-nurse': 4, general: 6 }],
  [/建築|営繕|住宅|設備|施設整備|学校整備/, { architect: 5, general: 5 }],
  [/土木|道路|橋りょう|下水|整備|維持|河川|公園|緑地|水辺|都市計画|開発|拠点/, { 'civil-engineer': 5, general: 5 }],
  [/収集担当|清掃係|焼却|処分場|調理場|給食/, { skilled: 5, general: 5 }],
];

const known = new WeakMap<Unit, Mix>();

export const mixOf = (unit: Unit): Mix => {
  const mix = known.get(unit) ??
    MIXES.find(([pattern]) => pattern.test(`${unit.authority} ${unit.name}`))?.[1] ?? { general: 1 };
  known.set(unit, mix);
  return mix;
};

/** A unit for somebody of a job category, other than `not` where there is another. */
export const placeFor = (random: Random, leaves: readonly Unit[], category: string, not?: string): Unit => {
  const fitting = leaves.filter((unit) => mixOf(unit)[category] && unit.code !== not);
  return random.pick(fitting.length > 0 ? fitting : leaves);
};
