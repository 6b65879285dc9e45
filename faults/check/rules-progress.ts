import type { Complaint } from './complaint.js';
import type { Store } from './store.js';

type Checkpoint = Readonly<{ name: string; position: number; epoch: number; lease: number | null }>;

const CHECKPOINTS = `
  SELECT c.name, c.position, c.epoch, l.epoch AS lease FROM follower_checkpoints c LEFT JOIN leases l ON l.name = 'followers'
  UNION ALL
  SELECT 'relay', p.position, p.epoch, l.epoch FROM relay_progress p LEFT JOIN leases l ON l.name = 'relay'`;
const LEFT = `
  SELECT 'a parked stream: ' || stream || ': ' || reason AS what FROM parked_streams
  UNION ALL SELECT 'held by the relay: ' || stream || ': ' || reason FROM relay_held
  UNION ALL SELECT 'a timer that is due: ' || kind || ' ' || key || coalesce(': ' || last_error, '') FROM timers
             WHERE state = 'waiting' AND due_at < clock_timestamp() - interval '1 minute'`;

/**
 * When all is quiet nothing is left to be done, and whoever saved last was the owner: no checkpoint carries another epoch
 * than its lease, and none has gone back since it was last looked at.
 */
export class Progress {
  private readonly before = new Map<string, Checkpoint>();

  constructor(private readonly store: Store) {}

  async holds(ends: ReadonlyMap<string, number>): Promise<Complaint[]> {
    const { service } = this.store;
    const complaints: Complaint[] = [];
    const newest = this.store.events.at(-1)?.position ?? 0;
    for (const at of await this.store.rows<Checkpoint>(CHECKPOINTS)) {
      const where = `${service}, ${at.name}`;
      const last = this.before.get(at.name);
      this.before.set(at.name, at);
      if (at.position < newest)
        complaints.push({ rule: 'progress', harm: 'lost', where, what: `stands at ${at.position} of ${newest}` });
      if (at.lease !== null && at.epoch !== at.lease)
        complaints.push({
          rule: 'fencing',
          harm: 'doubled',
          where,
          what: `saved under epoch ${at.epoch}, the lease is at ${at.lease}`,
        });
      if (last && (at.position < last.position || at.epoch < last.epoch))
        complaints.push({
          rule: 'fencing',
          harm: 'doubled',
          where,
          what: `went back from ${last.position} to ${at.position}`,
        });
    }
    const offsets = await this.store.rows<{ topic: string; partition: number; next_offset: number }>(
      'SELECT topic, partition, next_offset FROM consumer_offsets',
    );
    for (const { topic, partition, next_offset } of offsets) {
      const end = ends.get(`${topic}/${partition}`);
      if (end !== undefined && next_offset !== end)
        complaints.push({
          rule: 'progress',
          harm: 'lost',
          where: service,
          what: `read ${topic}/${partition} up to ${next_offset} of ${end}`,
        });
    }
    for (const { what } of await this.store.rows<{ what: string }>(LEFT))
      complaints.push({ rule: 'progress', harm: 'lost', where: service, what });
    return complaints;
  }
}
