import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Counter } from 'prom-client';
import type { Delivered } from '#libs/contracts/public-event';
import { afterCommit } from '#libs/event-store/database';
import { Log } from '#libs/platform/logger';
import { Metrics } from '#libs/platform/metrics';

/**
 * Says what a newer release sent and this one does not include: figures may lack it until the projection is upgraded and
 * rebuilt. Types and versions only, nothing of whose events they are.
 */
@Injectable()
export class PassedOver {
  private readonly told = new Set<string>();
  private readonly counter: Counter<'type' | 'version'>;

  constructor(
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.counter = new Counter({
      name: 'jinzai_projection_passed_over_total',
      help: 'Events of a type or version that this release does not know, and so does not include',
      labelNames: ['type', 'version'],
      registers: [metrics.registry],
    });
  }

  /** Once the transaction that passes them over has committed. */
  tell(events: readonly Delivered[], tx: PoolClient): void {
    afterCommit(tx, () => events.forEach(({ type, schemaVersion }) => this.count(type, schemaVersion)));
  }

  private count(type: string, version: number): void {
    this.counter.inc({ type, version: String(version) });
    const name = `${type} ${version}`;
    if (this.told.has(name)) return;
    this.told.add(name);
    this.log.warn({ type, version }, 'events of a newer release are passed over: the figures lack them');
  }
}

/** Counts them where analysts see it. */
export const notePassedOver = async (tx: PoolClient, facts: string, events: readonly Delivered[]): Promise<void> => {
  const rows = events.map(({ type, schemaVersion, recordedAt }) => ({ type, version: schemaVersion, recordedAt }));
  await tx.query(
    `INSERT INTO ${facts}.passed_over AS p (type, version, events, first_recorded_at)
     SELECT type, version, count(*), min("recordedAt")
       FROM json_to_recordset($1) AS e (type text, version integer, "recordedAt" timestamptz) GROUP BY type, version ORDER BY type, version
     ON CONFLICT (type, version) DO UPDATE SET events = p.events + excluded.events,
        first_recorded_at = least(p.first_recorded_at, excluded.first_recorded_at)`,
    [JSON.stringify(rows)],
  );
};
