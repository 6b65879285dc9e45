import type { PoolClient } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';
import { fromCloudEvent, type CloudEventRecord } from './cloud-event.js';
import { isUnavailable, reasonOf, Unavailable } from './unavailable.js';

/** How a consumer lets an event take effect, and where it gets what is missing. */
export type Applier = Readonly<{
  apply(topic: string, event: Delivered, tx: PoolClient): Promise<void>;
  missing(topic: string, stream: string, after: number): Promise<readonly Delivered[]>;
}>;

type Stream = Readonly<{ topic: string; stream: string }>;

/** One event that was kept back, with what is missing before it; all or nothing. Answers the version reached. */
export const attempt = async (
  tx: PoolClient,
  applier: Applier,
  { topic, stream }: Stream,
  record: CloudEventRecord,
  version: number,
): Promise<number> => {
  await tx.query('SAVEPOINT parked_event');
  try {
    const event = fromCloudEvent(record);
    if (event.streamVersion > version) {
      const reached = await fillGap(tx, applier, { topic, stream }, event, version);
      if (event.previousVersion > reached) throw new Error(`version ${event.previousVersion} is missing at the source`);
      await applier.apply(topic, event, tx);
    }
    await tx.query('RELEASE SAVEPOINT parked_event');
    return Math.max(version, event.streamVersion);
  } catch (error) {
    await tx.query('ROLLBACK TO SAVEPOINT parked_event');
    if (isUnavailable(error)) throw new Unavailable(reasonOf(error), { cause: error });
    throw error;
  }
};

/** Applies what is missing before the event, page by page from its source; answers the version reached. */
const fillGap = async (
  tx: PoolClient,
  applier: Applier,
  { topic, stream }: Stream,
  event: Delivered,
  version: number,
): Promise<number> => {
  let reached = version;
  for (let moved = true; moved && event.previousVersion > reached;) {
    moved = false;
    for (const missing of await applier.missing(topic, stream, reached)) {
      const next = missing.streamVersion > reached && missing.previousVersion <= reached;
      if (!next || missing.streamVersion >= event.streamVersion) continue;
      await applier.apply(topic, missing, tx);
      reached = missing.streamVersion;
      moved = true;
    }
  }
  return reached;
};
