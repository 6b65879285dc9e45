import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';
import { BatchHandler } from '#libs/platform/batch-handler';
import { project } from '#libs/projections/runner';
import { employmentFacts } from './employment-facts.js';
import { FACTS } from './migrations.js';
import { unitFacts } from './unit-facts.js';

/** Turns a batch of public events into facts, in the transaction of the consumer's offsets. */
@Injectable()
export class FactsBatch extends BatchHandler {
  async handle(events: readonly Delivered[], tx: PoolClient): Promise<void> {
    await project(tx, FACTS, employmentFacts, events);
    await project(tx, FACTS, unitFacts, events);
    await tx.query(
      `INSERT INTO ${FACTS}.progress AS p (municipality, event_id, recorded_at)
       SELECT DISTINCT ON (municipality) municipality, id, recorded_at
         FROM json_to_recordset($1) AS e (municipality text, id text, recorded_at timestamptz)
        ORDER BY municipality, recorded_at DESC, id
       ON CONFLICT (municipality) DO UPDATE SET event_id = excluded.event_id, recorded_at = excluded.recorded_at
        WHERE p.recorded_at < excluded.recorded_at`,
      [
        JSON.stringify(
          events.map(({ municipality, id, recordedAt }) => ({ municipality, id, recorded_at: recordedAt })),
        ),
      ],
    );
  }
}
