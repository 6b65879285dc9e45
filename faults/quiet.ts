import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { OWNERS, SERVICES } from '#libs/local-stack/ports';
import type { Stores } from './stores.js';

/** The ends of the topics, by `topic/partition`. */
export class TopicEnds {
  private admin?: Promise<Admin>;

  constructor(private readonly brokers: string) {}

  async now(): Promise<ReadonlyMap<string, number>> {
    this.admin ??= this.connected();
    try {
      const admin = await this.admin;
      const ends = new Map<string, number>();
      for (const service of OWNERS) {
        const topic = `jinzai.${service}.events`;
        for (const { partition, high } of await admin.fetchTopicOffsets(topic))
          ends.set(`${topic}/${partition}`, Number(high));
      }
      return ends;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    await admin?.then((opened) => opened.disconnect()).catch(() => undefined);
  }

  private async connected(): Promise<Admin> {
    const kafka = new Kafka({
      clientId: 'faults-ends',
      brokers: [this.brokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 1 },
    });
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  }
}

const POSITIONS = `
  SELECT coalesce((SELECT max(position) FROM events), 0)::bigint AS newest,
         coalesce((SELECT min(position) FROM follower_checkpoints), 0)::bigint AS followed,
         coalesce((SELECT position FROM relay_progress), 0)::bigint AS relayed,
         (SELECT count(*)::int FROM timers WHERE state = 'waiting' AND due_at < clock_timestamp()) AS due,
         (SELECT count(*)::int FROM parked_streams WHERE kind IN ('gap', 'away')) AS waiting`;
const OFFSETS = 'SELECT topic, partition, next_offset FROM consumer_offsets';

type Positions = Readonly<Record<'newest' | 'followed' | 'relayed', string>> &
  Readonly<{ due: number; waiting: number }>;

/** Why work is still under way somewhere; a list of the newest positions when none is. */
const look = async (stores: Stores, ends: TopicEnds): Promise<{ busy: string } | { newest: string }> => {
  const newest: string[] = [];
  for (const service of SERVICES) {
    if (service === 'projection') continue;
    const [at] = await stores.rows<Positions>(service, POSITIONS);
    const behind = (position: string) => Number(position) < Number(at.newest);
    if (behind(at.followed)) return { busy: `${service}: a follower is at ${at.followed} of ${at.newest}` };
    if (behind(at.relayed)) return { busy: `${service}: the relay is at ${at.relayed} of ${at.newest}` };
    if (at.due > 0) return { busy: `${service}: ${at.due} timers are due` };
    if (at.waiting > 0) return { busy: `${service}: ${at.waiting} streams wait` };
    newest.push(at.newest);
  }
  const topics = await ends.now();
  for (const service of SERVICES) {
    for (const { topic, partition, next_offset } of await stores.rows<{
      topic: string;
      partition: number;
      next_offset: string;
    }>(service, OFFSETS)) {
      const end = topics.get(`${topic}/${partition}`) ?? 0;
      if (Number(next_offset) < end)
        return { busy: `${service}: ${topic}/${partition} is read up to ${next_offset} of ${end}` };
    }
  }
  return { newest: newest.join() };
};

/** Waits until two looks, one after the other, see nothing under way and nothing new. Answers why not, when it never is. */
export const becomeQuiet = async (stores: Stores, ends: TopicEnds, patienceMs: number): Promise<string | undefined> => {
  let before = '';
  let busy = '';
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await pause(40)) {
    const seen = await look(stores, ends).catch((error: unknown) => ({ busy: String(error) }));
    if ('busy' in seen) {
      busy = seen.busy;
      before = '';
      continue;
    }
    if (seen.newest === before) return undefined;
    before = seen.newest;
  }
  return busy;
};
