import { readFileSync } from 'node:fs';
import { careerOf, type Career } from './careers.js';
import { compared, type CheckConfig, type Complaint } from './complaint.js';
import { Chain } from './rules-chain.js';
import { commandsHold, type Command } from './rules-commands.js';
import { effectsHold, erasuresHold, type Stores } from './rules-effects.js';
import { healthHolds, type Poll, type Window } from './rules-health.js';
import { leaveHolds, leaveListIsComplete } from './rules-leave.js';
import { childcareListsHold, recordsHold, recruitmentListsHold, sessionsHold, sheetListHolds } from './rules-lists.js';
import { Progress } from './rules-progress.js';
import { directoryHolds, factsHold, staffListHolds, unitsHold } from './rules-staff.js';
import { streamsHold, topicHolds } from './rules-streams.js';
import { Store } from './store.js';
import { Topics } from './topics.js';

export type Verdict = Readonly<{
  complaints: readonly Complaint[];
  /** What there is to be checked by now. */
  events: number;
}>;

const OWNERS = ['placement', 'recruitment', 'evaluation', 'training', 'wellbeing'] as const;

/** Looks at the whole system from outside: databases, topics, and what clients were told. */
export class Checker {
  private readonly stores: Stores;
  private readonly projection: Store;
  private readonly topics: Topics;
  private readonly chains: readonly Chain[];
  private readonly progress: readonly Progress[];
  private commandsRead = 0;
  private healthRead = 0;

  constructor(private readonly config: CheckConfig) {
    const open = (service: string) => new Store(service, config.databases[service]);
    this.stores = Object.fromEntries(OWNERS.map((service) => [service, open(service)])) as unknown as Stores;
    this.projection = open('projection');
    this.topics = new Topics(config.brokers, Object.values(config.topics));
    this.chains = this.owners.map((store) => new Chain(store));
    this.progress = [...this.owners, this.projection].map((store) => new Progress(store));
  }

  /**
   * @param full everything, not only what has changed since the last look
   */
  async check(full: boolean): Promise<Verdict> {
    await Promise.all([...this.owners, this.projection].map((store) => store.load()));
    await this.topics.load();
    const commands = this.newCommands(full);
    const people = this.people(full);
    const { placement, recruitment, training, wellbeing, evaluation } = this.stores;
    const touched = (store: Store, category = '') => streamsOf(store, full, category);
    const complaints = [
      ...this.owners.flatMap((store) => [
        ...streamsHold(store, touched(store)),
        ...topicHolds(store, this.recordsOf(store.service), touched(store)),
        ...commandsHold(
          store,
          commands.filter(({ service }) => service === store.service),
        ),
      ]),
      ...this.foreignKeys(),
      ...(await staffListHolds(placement, people)),
      ...(await factsHold(this.projection, people)),
      ...(await leaveHolds(wellbeing, touched(wellbeing, 'leave'))),
      ...(await sessionsHold(training, touched(training, 'session'))),
      ...(await recruitmentListsHold(recruitment, touched(recruitment, 'application'))),
      ...(await sheetListHolds(evaluation)),
      ...(await childcareListsHold(wellbeing)),
      ...(full ? await recordsHold(training) : []),
      ...(full ? await leaveListIsComplete(wellbeing) : []),
      ...effectsHold(this.stores, this.config.cutovers, localDay(new Date())),
      ...(await erasuresHold(this.stores)),
      ...this.health(),
    ];
    for (const service of this.owners) {
      complaints.push(...(await directoryHolds(service, people)));
      if (full) complaints.push(...(await unitsHold(service, placement)));
    }
    for (const chain of this.chains) complaints.push(...(await chain.holds(full)));
    const ends = await this.topics.ends();
    for (const progress of this.progress) complaints.push(...(await progress.holds(ends)));
    if (full) complaints.push(...(await this.nobodyElse(people)));
    return {
      complaints,
      events: this.owners.reduce((sum, { events }) => sum + events.length, 0),
    };
  }

  private get owners(): readonly Store[] {
    return OWNERS.map((service) => this.stores[service]);
  }

  private recordsOf(service: string) {
    return this.topics.records.get(this.config.topics[service]) ?? [];
  }

  /** Keys on a topic that are no streams of its service. */
  private foreignKeys(): Complaint[] {
    return this.owners.flatMap((store) =>
      this.recordsOf(store.service).flatMap(({ key, fed }): Complaint[] =>
        fed || store.streams.has(key)
          ? []
          : [{ rule: 'topic', harm: 'wrong', where: store.service, what: `${key} is no stream` }],
      ),
    );
  }

  /** Staff that placement's events speak of, by municipality. */
  private people(full: boolean): ReadonlyMap<string, ReadonlyMap<string, Career>> {
    const { placement } = this.stores;
    const people = new Map<string, Map<string, Career>>();
    for (const stream of streamsOf(placement, full, 'staff')) {
      const events = placement.streams.get(stream) ?? [];
      const [{ municipality }] = events;
      const staffId = stream.slice(stream.indexOf('/') + 1);
      const own = people.get(municipality) ?? new Map<string, Career>();
      people.set(municipality, own.set(staffId, careerOf(staffId, events)));
    }
    return people;
  }

  /** Rows about people whom no event speaks of. */
  private async nobodyElse(people: ReadonlyMap<string, ReadonlyMap<string, Career>>): Promise<Complaint[]> {
    const complaints: Complaint[] = [];
    const sql = `SELECT DISTINCT municipality, staff_id FROM directory_postings UNION SELECT municipality, staff_id FROM directory_actions`;
    for (const service of this.owners) {
      const rows = await service.rows<{ municipality: string; staff_id: string }>(sql);
      const strangers = rows.filter(({ municipality, staff_id }) => !people.get(municipality)?.has(staff_id));
      const found = strangers.map(({ municipality, staff_id }) => `${municipality} ${staff_id}`);
      complaints.push(...compared('read-model', `directory of ${service.service}`, [], found));
    }
    return complaints;
  }

  private newCommands(full: boolean): Command[] {
    const lines = linesOf<Command>(this.config.commandsFile);
    const from = full ? 0 : this.commandsRead;
    this.commandsRead = lines.length;
    return lines.slice(from);
  }

  private health(): Complaint[] {
    const lines = linesOf<Poll | Window>(this.config.healthFile);
    const fresh = lines.slice(this.healthRead);
    this.healthRead = lines.length;
    return healthHolds(fresh);
  }
}

const linesOf = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

const streamsOf = (store: Store, full: boolean, category: string): string[] => {
  const all = full ? [...store.streams.keys()] : [...new Set(store.fresh.map(({ stream }) => stream))];
  return category === '' ? all : all.filter((stream) => stream.slice(0, stream.indexOf('/') - 7) === category);
};

/** In Asia/Tokyo. */
const localDay = (now: Date): string => new Date(now.getTime() + 9 * 3_600_000).toISOString().slice(0, 10);
