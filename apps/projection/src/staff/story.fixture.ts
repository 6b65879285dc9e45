import type { Pool } from 'pg';
import { ACTION_KINDS, SEPARATION_REASONS, type PersonnelAction, type PlacementEvent } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import { addDays, addMonths, type LocalDate } from '#libs/law/local-date';
import { messagingMigrations } from '#libs/messaging/migrations';
import { Database, inTransaction } from '#libs/event-store/database';
import { Policies } from '#libs/policy/pack';
import { createDatabase } from '#libs/testing/databases';
import { DEFINITIONS } from '../definitions.js';
import { FactsBatch } from '../facts-batch.js';
import type { Frontier } from '../frontier.js';
import { projectionMigrations } from '../migrations.js';
import type { PassedOver } from '../passed-over.js';
import { ReferenceData } from '../reference-data.js';

export const ISEHARA = '142140';
export const HIRATSUKA = '142034';

type Kind = (typeof ACTION_KINDS)[number];
type Reason = (typeof SEPARATION_REASONS)[number];

/** Makes placement's events as they come from its topic, a second apart. */
export class Story {
  readonly events: Delivered<PlacementEvent>[] = [];
  private readonly versions = new Map<string, number>();
  private readonly people = new Map<string, Person>();
  private second = 0;

  constructor(
    readonly municipality = ISEHARA,
    private readonly begins = '2026-04-01T00:00:00Z',
  ) {}

  /** Instant of the newest event. */
  get now(): string {
    return new Date(Date.parse(this.begins) + this.second * 1000).toISOString().replace('Z', '000Z');
  }

  add(stream: string, event: PlacementEvent): void {
    const version = (this.versions.get(stream) ?? 0) + 1;
    this.versions.set(stream, version);
    this.second += 1;
    this.events.push({
      ...event,
      id: `${this.municipality}-${this.events.length + 1}`,
      municipality: this.municipality,
      stream: `${stream}`,
      streamVersion: version,
      previousVersion: version - 1,
      schemaVersion: 1,
      recordedAt: this.now,
      correlationId: 'story',
    });
  }

  unit(
    unitId: string,
    level: 'city' | 'authority' | 'department' | 'section',
    parentId: string | null,
    effectiveOn = '2000-04-01',
    abolished = false,
  ): void {
    const unit = {
      unitId,
      name: unitId,
      level,
      parentId,
      sector: null,
      appointingAuthority: 'mayor',
      abolished,
    } as const;
    this.add(`organisation-${this.municipality}/main`, { type: 'UnitChanged', data: { effectiveOn, unit } });
  }

  abolish(unitId: string, effectiveOn: LocalDate): void {
    this.unit(unitId, 'section', null, effectiveOn, true);
  }

  person(staffId: string, sex: '1' | '2', birthCohort: number): Person {
    const known = this.people.get(staffId);
    if (known) return known;
    this.add(streamOf(this.municipality, staffId), { type: 'StaffRegistered', data: { staffId, sex, birthCohort } });
    const person = new Person(this, staffId);
    this.people.set(staffId, person);
    return person;
  }
}

const streamOf = (municipality: string, staffId: string) => `staff-${municipality}/${staffId}`;

export class Person {
  private employment = 0;
  private actions = 0;

  constructor(
    private readonly story: Story,
    readonly staffId: string,
  ) {}

  hired(on: LocalDate, unitId: string, parts: Partial<PersonnelAction> = {}): this {
    this.employment += 1;
    const kind: Kind = this.employment === 1 ? 'appoint-on-probation' : 'rehire';
    const attributes = {
      post: { unitId, position: 'shuji' },
      grade: '1',
      jobCategory: 'general',
      route: 'new-graduate',
      weeklyMinutes: 2325,
    };
    this.take(kind, on, { ...attributes, ...parts });
    return this;
  }

  take(kind: Kind, effectiveOn: LocalDate, parts: Partial<PersonnelAction> = {}): string {
    const actionId = `${this.staffId}-a${++this.actions}`;
    const action = { actionId, employmentId: `${this.staffId}-e${this.employment}`, kind, effectiveOn, ...parts };
    this.story.add(streamOf(this.story.municipality, this.staffId), {
      type: 'PersonnelActionTaken',
      data: { staffId: this.staffId, action },
    });
    return actionId;
  }

  left(lastDay: LocalDate, reason: Reason = 'resignation'): string {
    return this.take('separate', lastDay, { reason });
  }

  voided(actionId: string): void {
    this.story.add(streamOf(this.story.municipality, this.staffId), {
      type: 'PersonnelActionVoided',
      data: { staffId: this.staffId, actionId },
    });
  }
}

const UNITS = { bu1: ['ka11', 'ka12'], bu2: ['ka21', 'ka22'], bu3: ['ka31'] } as const;
const SECTIONS = Object.values(UNITS).flat();

/** A city of some hundred people with ten years of history of every kind, from a fixed seed. */
export const city = (municipality: string, people: number, seed: number): Story => {
  const story = new Story(municipality);
  const next = generator(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)];
  story.unit('city', 'city', null);
  story.unit('mayor', 'authority', 'city');
  for (const [department, sections] of Object.entries(UNITS)) {
    story.unit(department, 'department', 'mayor');
    for (const section of sections) story.unit(section, 'section', department);
  }
  story.unit('fire', 'section', 'mayor');
  // A section moves to another department on 1 April 2024.
  story.unit('ka12', 'section', 'bu2', '2024-04-01');
  for (let i = 0; i < people; i++) career(story, `s${i}`, next, pick);
  return story;
};

type Pick = <T>(items: readonly T[]) => T;

const career = (story: Story, staffId: string, next: () => number, pick: Pick): void => {
  const cohort = 1962 + Math.floor(next() * 42);
  const person = story.person(staffId, pick(['1', '1', '2'] as const), cohort);
  const year = Math.min(2025, Math.max(2012, cohort + 18) + Math.floor(next() * 10));
  const hiredOn = pick([`${year}-04-01`, `${year}-04-01`, `${year}-10-01`, `${year}-07-16`]);
  const jobCategory = pick(['general', 'general', 'childcare', 'fire'] as const);
  const route = pick(['new-graduate', 'new-graduate', 'experienced', 'fixed-term'] as const);
  person.hired(hiredOn, jobCategory === 'fire' ? 'fire' : pick(SECTIONS), { jobCategory, route });
  const lastDay = served(person, hiredOn, next, pick);
  if (!lastDay || next() > 0.4) return;
  // Some come back: on the next day (再任用) or after a break.
  const back = next() < 0.5 ? addDays(lastDay, 1) : addMonths(lastDay, 7);
  person.hired(back, pick(SECTIONS), { route: pick(['comeback', 'other'] as const), grade: '3' });
};

const END = '2026-06-30';

/** What happens from the day on; the last day in service when the person leaves. */
const served = (person: Person, from: LocalDate, next: () => number, pick: Pick): LocalDate | undefined => {
  for (let day = from; ;) {
    day = addDays(day, 1 + Math.floor(next() * 900));
    if (day > END) return undefined;
    const chance = next();
    if (chance < 0.3) {
      const march = `${day.slice(0, 4)}-03-31`;
      const lastDay = march > day ? march : day;
      person.left(lastDay, pick(SEPARATION_REASONS));
      return lastDay;
    }
    day = changed(person, day, chance, pick);
  }
};

/** Something else happens; the last day it concerns. */
const changed = (person: Person, day: LocalDate, chance: number, pick: Pick): LocalDate => {
  const moved = (on: LocalDate) => person.take('transfer', on, { post: { unitId: pick(SECTIONS), position: 'shuji' } });
  if (chance < 0.6) moved(day);
  else if (chance < 0.75) person.take('promote', day, { grade: pick(['2', '3', '4']) });
  else if (chance < 0.9) {
    person.take('start-leave-of-absence', day, { leaveKind: 'childcare' });
    person.take('return-from-leave', addDays(day, 20), {});
    return addDays(day, 20);
  } else {
    // Entered wrongly, then corrected.
    person.voided(moved(day));
    moved(addDays(day, 1));
    return addDays(day, 1);
  }
  return day;
};

/** Linear congruential generator: the same numbers in every run. */
const generator = (seed: number) => {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
};

export type TestProjection = Readonly<{
  url: string;
  pool: Pool;
  load: (events: readonly Delivered[], batch?: number) => Promise<void>;
  close: () => Promise<void>;
}>;

/** A migrated database with reference data; `load` takes events in as the consumer does. */
export const openProjection = async (prefix: string): Promise<TestProjection> => {
  const created = await createDatabase(prefix);
  const database = await Database.open(created.url, [...messagingMigrations, ...projectionMigrations]);
  await database.migrate();
  await new ReferenceData(database, Policies.load('policies'), DEFINITIONS).onApplicationBootstrap();
  return {
    url: created.url,
    pool: database.pool,
    load: (events, batch) => loadInto(database.pool, events, batch),
    close: async () => {
      await database.close();
      await created.drop();
    },
  };
};

/** Takes events in as the consumer does, without Kafka. */
export const loadInto = async (pool: Pool, events: readonly Delivered[], batch = 50): Promise<void> => {
  const handler = new FactsBatch({ expect: () => undefined } as unknown as Frontier, {} as PassedOver, DEFINITIONS);
  for (let start = 0; start < events.length; start += batch) {
    await inTransaction(pool, (tx) => handler.handle(events.slice(start, start + batch), tx, 'placement'));
  }
};
