import type { Pool, PoolClient } from 'pg';
import { REPEATABLE } from '#libs/event-store/database';
import { OwnError } from '#libs/event-store/own-error';
import type { Position } from './kafka-port.js';

/** Somebody else advanced the offset: this member's assignment is over, though it has not heard of it yet. */
export class Overtaken extends OwnError {}

/** The offsets of one consumer, kept where its effects are. */
export class ConsumerOffsets {
  constructor(
    private readonly pool: Pool,
    private readonly consumer: string,
  ) {}

  /** A consumer that has no offset at all for the topic starts it from the beginning; a single missing one is never guessed. */
  async begin(topic: string, partitions: Iterable<number>): Promise<void> {
    await this.pool.query(
      `INSERT INTO consumer_offsets (consumer, topic, partition, next_offset)
       SELECT $1, $2, unnest($3::int[]), 0
       WHERE NOT EXISTS (SELECT 1 FROM consumer_offsets WHERE consumer = $1 AND topic = $2)
       ON CONFLICT DO NOTHING`,
      [this.consumer, topic, [...partitions]],
    );
  }

  /** Stored offsets of a topic by partition. */
  async of(topic: string): Promise<ReadonlyMap<number, number>> {
    const { rows } = await this.pool.query<{ partition: number; next_offset: string }>(
      'SELECT partition, next_offset FROM consumer_offsets WHERE consumer = $1 AND topic = $2',
      [this.consumer, topic],
    );
    return new Map(rows.map(({ partition, next_offset }) => [partition, Number(next_offset)]));
  }

  /**
   * Compare and set, first thing in the transaction: it also keeps others off the partition.
   * @param repeatable the transaction writes nothing but read models
   * @throws Overtaken
   */
  async advance(
    tx: PoolClient,
    { topic, partition, offset }: Position,
    next: number,
    repeatable: boolean,
  ): Promise<void> {
    const { rowCount } = await tx.query({
      name: 'consumer-advance',
      text: `UPDATE consumer_offsets SET next_offset = $5, changed_at = clock_timestamp()
             FROM (SELECT CASE WHEN $6 THEN ${REPEATABLE} END) AS commit
             WHERE consumer = $1 AND topic = $2 AND partition = $3 AND next_offset = $4`,
      values: [this.consumer, topic, partition, offset, next, repeatable],
    });
    if (rowCount !== 1) throw new Overtaken(`${this.consumer}: ${topic}/${partition} is no longer at ${offset}`);
  }

  /** Newest version taken in of each stream that was seen before. */
  async heads(tx: PoolClient, topic: string, streams: readonly string[]): Promise<Map<string, number>> {
    const { rows } = await tx.query<{ stream: string; last_version: number }>({
      name: 'consumer-heads',
      text: 'SELECT stream, last_version FROM consumer_streams WHERE consumer = $1 AND topic = $2 AND stream = ANY($3)',
      values: [this.consumer, topic, streams],
    });
    return new Map(rows.map(({ stream, last_version }) => [stream, last_version]));
  }

  async saveHeads(tx: PoolClient, topic: string, heads: ReadonlyMap<string, number>): Promise<void> {
    if (heads.size === 0) return;
    await tx.query({
      name: 'consumer-save-heads',
      text: `INSERT INTO consumer_streams (consumer, topic, stream, last_version)
             SELECT $1, $2, * FROM unnest($3::text[], $4::int[])
             ON CONFLICT (consumer, topic, stream) DO UPDATE SET last_version = excluded.last_version`,
      values: [this.consumer, topic, [...heads.keys()], [...heads.values()]],
    });
  }
}
