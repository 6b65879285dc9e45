import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { afterCommit } from '#libs/event-store/database';
import { EventStore, streamName, StreamMoved } from '#libs/event-store/event-store';
import type { LocalDate } from '#libs/law/local-date';
import { Clock } from '#libs/processes/clock';
import { NotInForce, Policies } from '#libs/policy/pack';
import type { InForce } from '#libs/policy/pack-file';
import type { Kind } from '#libs/policy/kinds';
import { endOfUnit, organisation, TREE, unitsOn, type OrganisationState } from './domain/organisation.js';
import type { RulesOfDay, RulesOn } from './domain/rules-of-day.js';
import type { Titles } from './imports/action-rows.js';
import { turnToPost } from './posting-turn.js';

/** The organisation and the version of its stream. */
export type Tree = Readonly<{ state: OrganisationState; version: number }>;

/** Gathers what organisation and policy pack say on a day, for the command to carry into the decider. */
@Injectable()
export class Rulebook {
  /** The organisation of each city as it was last read: hundreds of events that every command needs and few change. */
  private readonly trees = new Map<string, Tree>();

  constructor(
    private readonly store: EventStore,
    private readonly policies: Policies,
    private readonly clock: Clock,
  ) {}

  /** The rules by day; the organisation is read once. */
  async of(municipality: string, tx?: PoolClient): Promise<RulesOn> {
    return this.by(municipality, (await this.organisation(municipality, tx)).state);
  }

  /** The rules by day, with the organisation as it was read. */
  by(municipality: string, tree: OrganisationState): RulesOn {
    const days = new Map<LocalDate, RulesOfDay>();
    return (day) => {
      const rules = days.get(day) ?? this.rules(municipality, day, tree);
      days.set(day, rules);
      return rules;
    };
  }

  async organisation(municipality: string, tx?: PoolClient): Promise<Tree> {
    const known = this.trees.get(municipality) ?? { state: organisation.initial, version: 0 };
    const { events, version } = await this.store.read(organisation, { municipality, id: TREE }, tx, known.version);
    if (events.length === 0) return known;
    const tree = { state: events.reduce(organisation.evolve, known.state), version };
    const remember = () => {
      if (version > (this.trees.get(municipality)?.version ?? 0)) this.trees.set(municipality, tree);
    };
    // What a transaction reads of its own may never have been.
    if (tx) afterCommit(tx, remember);
    else remember();
    return tree;
  }

  /**
   * Keeps the organisation as it was read until the transaction ends, as far as units in which somebody is posted go.
   * @throws StreamMoved when it has changed since
   */
  async keep(municipality: string, { version }: Tree, tx: PoolClient): Promise<void> {
    await turnToPost(tx);
    const { version: now } = await this.organisation(municipality, tx);
    if (now !== version) throw new StreamMoved(streamName({ municipality, category: organisation.category, id: TREE }));
  }

  private rules(municipality: string, day: LocalDate, tree: OrganisationState): RulesOfDay {
    const [positions, grades, probation, retirement] = [
      this.policy(municipality, 'positions', day),
      this.policy(municipality, 'grades', day),
      this.policy(municipality, 'probation', day),
      this.policy(municipality, 'retirement', day),
    ];
    const { routes } = this.policy(municipality, 'recruitment-routes', day);
    return {
      units: new Map([...unitsOn(tree, day).keys()].map((unitId) => [unitId, endOfUnit(tree, unitId, day)])),
      positions: new Map(positions.positions.map(({ code, ...position }) => [code, position])),
      grades: new Map(grades.grades.map(({ code, rank }) => [code, rank])),
      jobCategories: new Set(this.policy(municipality, 'job-categories', day).categories.map(({ code }) => code)),
      routes: new Map(routes.map(({ code, employment }) => [code, employment])),
      fullTime: this.policy(municipality, 'working-time', day).weeklyMinutes,
      probation: new Map(probation.employments.map(({ employment, ...months }) => [employment, months])),
      retirement,
      versions: {
        positions: positions.version,
        grades: grades.version,
        probation: probation.version,
        retirement: retirement.version,
      },
    };
  }

  /** Codes by title and by code, as people write them in files. */
  titles(municipality: string, day: LocalDate): Titles {
    return {
      positions: byTitle(this.policy(municipality, 'positions', day).positions),
      grades: byTitle(this.policy(municipality, 'grades', day).grades),
      jobCategories: byTitle(this.policy(municipality, 'job-categories', day).categories),
      routes: byTitle(this.policy(municipality, 'recruitment-routes', day).routes),
    };
  }

  /** Days before the pack begins belong to brought-in history: they are read by the codes of today. */
  private policy<K extends Kind>(municipality: string, kind: K, day: LocalDate): InForce<K> {
    try {
      return this.policies.inForce(municipality, kind, day);
    } catch (error) {
      if (!(error instanceof NotInForce)) throw error;
      return this.policies.inForce(municipality, kind, this.clock.today());
    }
  }
}

const byTitle = (coded: readonly Readonly<{ code: string; title: string }>[]): ReadonlyMap<string, string> =>
  new Map(coded.flatMap(({ code, title }) => [[code, code] as const, [title.normalize('NFKC'), code] as const]));
