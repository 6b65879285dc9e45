import type { PoolClient } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';
import { fromCloudEvent, type CloudEventRecord } from './cloud-event.js';
import { passesByItself, reasonOf, Unavailable } from './unavailable.js';

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
      const missingAfter = (reached: number) => applier.missing(topic, stream, reached);
      for await (const missing of gapBefore(event, version, missingAfter)) await applier.apply(topic, missing, tx);
      await applier.apply(topic, event, tx);
    }
    await tx.query('RELEASE SAVEPOINT parked_event');
    return Math.max(version, event.streamVersion);
  } catch (error) {
    await tx.query('ROLLBACK TO SAVEPOINT parked_event');
    if (passesByItself(error)) throw new Unavailable(reasonOf(error), { cause: error });
    throw error;
  }
};

/**
 * What is missing of a stream after a version and before an event, page by page from its source.
 * @throws Error when the source lacks some of it as well
 */
export async function* gapBefore(
  event: Delivered,
  version: number,
  missingAfter: (version: number) => Promise<readonly Delivered[]>,
): AsyncGenerator<Delivered> {
  let reached = version;
  for (let moved = true; moved && event.previousVersion > reached;) {
    moved = false;
    for (const missing of await missingAfter(reached)) {
      const next = missing.streamVersion > reached && missing.previousVersion <= reached;
      if (!next || missing.streamVersion >= event.streamVersion) continue;
      yield missing;
      reached = missing.streamVersion;
      moved = true;
    }
  }
  if (event.previousVersion > reached)
    throw new Error(`version ${event.previousVersion} of ${event.stream} is missing at the source`);
}
