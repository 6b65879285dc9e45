import type { Complaint } from './complaint.js';
import { PUBLISHED } from './published.js';
import type { Event, Store } from './store.js';
import type { TopicRecord } from './topics.js';

/** Versions of a stream go 1, 2, 3 …, and their positions rise with them. */
export const streamsHold = (store: Store, streams: Iterable<string>): Complaint[] => {
  const complaints: Complaint[] = [];
  for (const stream of streams) {
    const events = (store.streams.get(stream) ?? []).toSorted((a, b) => a.version - b.version);
    const where = `${store.service} ${stream}`;
    events.forEach((event, index) => {
      if (event.version !== index + 1)
        complaints.push({
          rule: 'versions',
          harm: 'lost',
          where,
          what: `version ${event.version} where ${index + 1} belongs`,
        });
      if (index > 0 && event.position < events[index - 1].position)
        complaints.push({
          rule: 'versions',
          harm: 'order',
          where,
          what: `version ${event.version} lies before its predecessor`,
        });
    });
  }
  return complaints;
};

const isPublic =
  (service: string) =>
  ({ type }: Event): boolean =>
    PUBLISHED[service]?.[type] !== undefined;

/**
 * Whether a published value says nothing that the stored one does not; it may say less. A kind of leave is published by
 * another name where the city keeps it confidential.
 */
const within = (published: unknown, stored: unknown): boolean => {
  if (typeof published !== 'object' || published === null) return published === stored;
  if (typeof stored !== 'object' || stored === null) return false;
  if (Array.isArray(published) && published.length !== (stored as unknown[]).length) return false;
  const { publicKind, ...told } = stored as Record<string, unknown>;
  if (publicKind !== undefined) told.kind = publicKind;
  return Object.entries(published).every(([name, value]) => within(value, told[name]));
};

/**
 * Each key's events on the topic: all that are public, none that are not, each first met in order, behind the version
 * that it names as the one before, and saying what the stored event says. A record may be there twice: delivery is at least once.
 */
export const topicHolds = (store: Store, records: readonly TopicRecord[], streams: Iterable<string>): Complaint[] => {
  const { service } = store;
  const met = new Map<string, TopicRecord[]>();
  for (const record of records) {
    if (record.fed) continue;
    const known = met.get(record.key);
    if (!known) met.set(record.key, [record]);
    else known.push(record);
  }
  const complaints: Complaint[] = [];
  for (const stream of streams) {
    const where = `topic of ${service}, ${stream}`;
    const expected = (store.streams.get(stream) ?? []).filter(isPublic(service));
    const own = met.get(stream) ?? [];
    const seen = new Set<string>();
    const firsts = own.filter(({ id }) => !seen.has(id) && seen.add(id));
    const complain = (harm: Complaint['harm'], what: string) => complaints.push({ rule: 'topic', harm, where, what });
    if (new Set(own.map(({ partition }) => partition)).size > 1) complain('order', 'the key is on several partitions');
    for (const { id, version, type } of expected)
      if (!seen.has(id)) complain('lost', `version ${version} (${type}) is not on the topic`);
    const ids = new Set(expected.map(({ id }) => id));
    for (const { id, version } of firsts)
      if (!ids.has(id)) complain('wrong', `version ${version} is of no public event`);
    firsts.forEach((record, index) => {
      const event = expected[index];
      if (index > 0 && record.version <= firsts[index - 1].version)
        complain('order', `version ${record.version} comes after version ${firsts[index - 1].version}`);
      if (!event || event.id !== record.id) return;
      const before = expected[index - 1]?.version ?? 0;
      if (record.previous !== before)
        complain('order', `version ${record.version} names ${record.previous} before it, not ${before}`);
      const type = `jinzai.${service}.${PUBLISHED[service][event.type]}.v1`;
      if (record.type !== type || record.version !== event.version)
        complain('wrong', `version ${event.version} is ${record.type} ${record.version} there`);
      if (record.municipality !== event.municipality) complain('wrong', `version ${event.version} names another city`);
      const other = Object.entries(record.data).find(
        ([name, value]) => name in event.data && !within({ [name]: value }, event.data),
      );
      if (other) complain('wrong', `version ${event.version} says another ${other[0]} there`);
    });
  }
  return complaints;
};
