import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';
import { BatchHandler } from '#libs/platform/batch-handler';
import { instant } from '#libs/projections/instant';
import { Frontier } from './frontier.js';
import { FACTS } from './migrations.js';
import { PassedOver } from './passed-over.js';
import { SOURCES } from './subjects.js';

/** Turns a batch of public events into facts, in the transaction of the consumer's offsets. */
@Injectable()
export class FactsBatch extends BatchHandler {
  constructor(
    private readonly frontier: Frontier,
    private readonly passed: PassedOver,
  ) {
    super();
  }

  async handle(events: readonly Delivered[], tx: PoolClient): Promise<void> {
    for (const { takes } of SOURCES) for (const take of takes) await take(tx, FACTS, events);
    await noteProgress(tx, events);
    this.frontier.wake();
  }

  async passedOver(events: readonly Delivered[], tx: PoolClient): Promise<void> {
    await this.passed.note(events, tx);
  }
}

const noteProgress = async (tx: PoolClient, events: readonly Delivered[]): Promise<void> => {
  const newest = new Map<string, { municipality: string; event_id: string; recorded_at: string }>();
  for (const { municipality, id, recordedAt } of events) {
    const before = newest.get(municipality);
    const recorded_at = instant(recordedAt);
    if (!before || before.recorded_at < recorded_at)
      newest.set(municipality, { municipality, event_id: id, recorded_at });
  }
  await tx.query(
    `INSERT INTO ${FACTS}.progress AS p
     SELECT * FROM json_populate_recordset(NULL::${FACTS}.progress, $1)
     ON CONFLICT (municipality) DO UPDATE SET event_id = excluded.event_id, recorded_at = excluded.recorded_at
      WHERE p.recorded_at < excluded.recorded_at`,
    [JSON.stringify([...newest.values()])],
  );
};
