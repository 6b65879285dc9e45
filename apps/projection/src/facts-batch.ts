import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';
import { afterCommit, answersOf, prepared } from '#libs/event-store/database';
import { isUnavailable, reasonOf } from '#libs/messaging/unavailable';
import { BatchHandler } from '#libs/platform/batch-handler';
import { later } from '#libs/projections/fold';
import { instant } from '#libs/projections/instant';
import { project, write } from '#libs/projections/runner';
import { Definitions, UnknownDefinition, type Definition } from './definitions.js';
import { Frontier } from './frontier.js';
import { notePassedOver, PassedOver } from './passed-over.js';
import { versionsToFill, type Version } from './versions.js';

/**
 * Turns a batch of public events into facts, in the transaction of the consumer's offsets: in the live version and in one
 * that follows it. For one that is still being filled the events are kept.
 */
@Injectable()
export class FactsBatch extends BatchHandler {
  constructor(
    private readonly frontier: Frontier,
    private readonly passed: PassedOver,
    private readonly definitions: Definitions,
  ) {
    super();
  }

  async handle(events: readonly Delivered[], tx: PoolClient, service: string): Promise<void> {
    await this.fill(tx, events, true, (version) =>
      takeIn(tx, version.name, this.definitions.of(version.definition), events),
    );
    const newest = events.map(({ recordedAt }) => instant(recordedAt)).reduce(later);
    afterCommit(tx, () => this.frontier.expect(service, newest));
  }

  async passedOver(events: readonly Delivered[], tx: PoolClient): Promise<void> {
    await this.fill(tx, events, false, ({ name }) => notePassedOver(tx, name, events));
    this.passed.tell(events, tx);
  }

  private async fill(
    tx: PoolClient,
    events: readonly Delivered[],
    known: boolean,
    work: (version: Version) => Promise<void>,
  ): Promise<void> {
    for (const version of await versionsToFill(tx)) {
      if (version.state === 'live') await work(version);
      else if (version.state === 'following') await beside(tx, version, () => work(version));
      else await keep(tx, version.name, known, events);
    }
  }
}

/** Folds events into the tables of a version. */
export const takeIn = async (
  tx: PoolClient,
  facts: string,
  { sources }: Definition,
  events: readonly Delivered[],
): Promise<void> => {
  const newest = new Newest();
  for (const event of events) newest.take(event);
  const projections = sources.flatMap((source) => source.projections);
  const projected = await project(tx, facts, projections, events);
  // Last, for batches of other partitions wait for it until this transaction ends.
  await answersOf([write(tx, facts, projected), newest.save(tx, facts)]);
};

/** A version that nobody reads yet must not hold up the live one: what it cannot take ends it. */
const beside = async (tx: PoolClient, { name }: Version, work: () => Promise<void>): Promise<void> => {
  await tx.query('SAVEPOINT beside');
  try {
    await work();
    await tx.query('RELEASE SAVEPOINT beside');
  } catch (error) {
    if (isUnavailable(error) && !(error instanceof UnknownDefinition)) throw error;
    await tx.query('ROLLBACK TO SAVEPOINT beside');
    await tx.query('INSERT INTO facts_fault (version, reason) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      name,
      reasonOf(error),
    ]);
  }
};

const keep = (tx: PoolClient, version: string, known: boolean, events: readonly Delivered[]) =>
  tx.query('INSERT INTO facts_backlog (version, known, events) VALUES ($1, $2, $3)', [
    version,
    known,
    JSON.stringify(events),
  ]);

/** The newest event of each municipality. */
export class Newest {
  private readonly events = new Map<string, { municipality: string; event_id: string; recorded_at: string }>();

  take({ municipality, id, recordedAt }: Delivered): void {
    const before = this.events.get(municipality);
    const recorded_at = instant(recordedAt);
    if (!before || before.recorded_at < recorded_at)
      this.events.set(municipality, { municipality, event_id: id, recorded_at });
  }

  async save(tx: PoolClient, facts: string): Promise<void> {
    await tx.query(
      prepared(
        `INSERT INTO ${facts}.progress AS p
         SELECT * FROM json_populate_recordset(NULL::${facts}.progress, $1) ORDER BY municipality
         ON CONFLICT (municipality) DO UPDATE SET event_id = excluded.event_id, recorded_at = excluded.recorded_at
          WHERE p.recorded_at < excluded.recorded_at`,
        [JSON.stringify([...this.events.values()])],
      ),
    );
  }
}
