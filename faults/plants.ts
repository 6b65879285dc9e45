import { readFileSync } from 'node:fs';
import type { Message } from 'kafkajs';
import type { Command } from './check/rules-commands.js';

/** A record in the copy of a topic. */
export type PlantedRecord = Pick<Message, 'key' | 'value' | 'headers' | 'partition'>;

type Expected = Readonly<{ fault: string; rule: string; complaint: RegExp }>;

/** A fault that the checker must see. */
export type Plant = Expected &
  /** `{facts}` is the schema of the facts that are in use. */
  (
    | Readonly<{ in: 'database'; service: string; sql: string }>
    | Readonly<{
        in: 'topic';
        service: string;
        change: (records: readonly PlantedRecord[]) => readonly PlantedRecord[];
      }>
    | Readonly<{ in: 'ledger'; file: 'commands' | 'health'; change: (file: string) => string }>
  );

const linesOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');

const versionOf = ({ headers }: PlantedRecord): number => Number(String(headers?.ce_streamversion));

/** Places of the second and third record of the first key that has as many, fed ones aside. */
const ofOneKey = (records: readonly PlantedRecord[]): readonly [number, number] => {
  const places = new Map<string, number[]>();
  for (const [index, record] of records.entries()) {
    if (record.headers?.fault !== undefined) continue;
    const own = places.get(String(record.key)) ?? [];
    if (own.length > 0 && versionOf(records[own[own.length - 1]]) >= versionOf(record)) continue;
    places.set(String(record.key), [...own, index]);
    if (own.length === 2) return [own[1], index];
  }
  throw new Error('no key has three records');
};

const without = (records: readonly PlantedRecord[], [, place]: readonly [number, number]) =>
  records.filter(({ headers }) => String(headers?.ce_id) !== String(records[place].headers?.ce_id));

const swapped = (records: readonly PlantedRecord[], [a, b]: readonly [number, number]) => {
  const changed = [...records];
  [changed[a], changed[b]] = [changed[b], changed[a]];
  return changed;
};

const onTopics: readonly Plant[] = [
  {
    ...{ fault: 'an event skipped on its topic', rule: 'topic', complaint: /is not on the topic/ },
    ...{ in: 'topic', service: 'placement', change: (records) => without(records, ofOneKey(records)) },
  },
  {
    ...{
      fault: 'two events of one key in the wrong order on the topic',
      rule: 'topic',
      complaint: /comes after version/,
    },
    ...{ in: 'topic', service: 'placement', change: (records) => swapped(records, ofOneKey(records)) },
  },
  {
    ...{ fault: 'a record of no event', rule: 'topic', complaint: /is of no public event/ },
    in: 'topic',
    service: 'wellbeing',
    change: (records) => {
      const [{ headers, ...first }] = records;
      return [...records, { ...first, headers: { ...headers, ce_id: 'planted', ce_streamversion: '9999' } }];
    },
  },
  {
    ...{ fault: 'a key on two partitions', rule: 'topic', complaint: /the key is on several partitions/ },
    in: 'topic',
    service: 'training',
    change: (records) => {
      const [, last] = ofOneKey(records);
      return records.with(last, { ...records[last], partition: ((records[last].partition ?? 0) + 1) % 6 });
    },
  },
  {
    ...{ fault: 'a record that says what was never stored', rule: 'topic', complaint: /says another staffId there/ },
    in: 'topic',
    service: 'evaluation',
    change: (records) => {
      const last = records.findLastIndex(({ headers }) => headers?.fault === undefined);
      const data = JSON.parse(String(records[last].value)) as object;
      return records.with(last, { ...records[last], value: JSON.stringify({ ...data, staffId: 'planted' }) });
    },
  },
];

const inStores: readonly Plant[] = [
  {
    ...{ fault: 'an event gone from its stream', rule: 'versions', complaint: /^version 3 where 2 belongs/ },
    ...{ in: 'database', service: 'placement' },
    sql: `DELETE FROM events WHERE position = (SELECT e.position FROM events e JOIN events n USING (municipality, stream)
            WHERE e.version = 2 AND n.version = 3 ORDER BY e.position DESC LIMIT 1)`,
  },
  {
    ...{ fault: 'an event changed after the fact', rule: 'chain', complaint: /^breaks at position/ },
    ...{ in: 'database', service: 'evaluation' },
    sql: `UPDATE events SET metadata = jsonb_set(metadata::jsonb, '{actor}', '"somebody"')::json
            WHERE position = (SELECT min(position) + 3 FROM events)`,
  },
  {
    ...{ fault: 'an event that the chain has missed', rule: 'chain', complaint: /is not in it/ },
    ...{ in: 'database', service: 'training' },
    sql: `DELETE FROM event_chain WHERE position = (SELECT max(position) FROM event_chain)`,
  },
  {
    ...{
      fault: 'an effect done twice: a second sheet of one probation',
      rule: 'effects',
      complaint: /is there 2 times/,
    },
    ...{ in: 'database', service: 'evaluation' },
    sql: again('SheetOpened'),
  },
  {
    ...{ fault: 'an effect done twice: a second substitute request', rule: 'effects', complaint: /is there 2 times/ },
    ...{ in: 'database', service: 'recruitment' },
    sql: again('SubstituteRequested'),
  },
  {
    ...{
      fault: 'an effect lost: a hire that nobody appointed',
      rule: 'effects',
      complaint: /an appointment of the hire is missing/,
    },
    ...{ in: 'database', service: 'placement' },
    sql: `UPDATE events SET metadata = (metadata::jsonb - 'causationId')::json WHERE metadata->>'actor' = 'process:on-hire-confirmed'`,
  },
  {
    ...{
      fault: 'an effect lost: a confirmed probation without a formal appointment',
      rule: 'effects',
      complaint: /a formal appointment is missing/,
    },
    ...{ in: 'database', service: 'placement' },
    sql: `UPDATE events SET metadata = (metadata::jsonb - 'causationId')::json WHERE metadata->>'actor' = 'process:on-sheet-confirmed'`,
  },
  {
    ...{
      fault: 'an effect lost: the end of a probation that nobody announced',
      rule: 'effects',
      complaint: /the announcement of its end is missing/,
    },
    ...{ in: 'database', service: 'placement' },
    sql: `UPDATE events SET data = jsonb_set(data::jsonb, '{endsOn}', '"1999-01-01"')::json WHERE type = 'ProbationEndAnnounced'`,
  },
  {
    ...{
      fault: 'an effect lost: an appointment without a leave year',
      rule: 'effects',
      complaint: /a leave year is missing/,
    },
    ...{ in: 'database', service: 'wellbeing' },
    sql: `UPDATE events SET data = jsonb_set(data::jsonb, '{actionId}', '"planted"')::json WHERE type = 'LeaveYearOpened'`,
  },
  {
    ...{
      fault: 'leave left standing behind a separation',
      rule: 'effects',
      complaint: /the cut of leave on .* is missing/,
    },
    ...{ in: 'database', service: 'wellbeing' },
    sql: `UPDATE events SET data = jsonb_set(data::jsonb, '{entryIds}', '[]')::json WHERE type = 'LeaveCut'`,
  },
  {
    ...{
      fault: 'a cut of leave that was not undone with its separation',
      rule: 'effects',
      complaint: /the undoing of a cut is missing/,
    },
    ...{ in: 'database', service: 'wellbeing' },
    sql: `UPDATE events SET data = jsonb_set(data::jsonb, '{actionId}', '"planted"')::json WHERE type = 'LeaveCutUndone'`,
  },
  {
    ...{
      fault: 'a key that outlived the erasure of its person',
      rule: 'effects',
      complaint: /the end of the key of a person who was erased is missing/,
    },
    ...{ in: 'database', service: 'placement' },
    sql: `UPDATE person_keys SET wrapped = 'planted', master_key_id = 'k1', erased_at = NULL WHERE wrapped IS NULL`,
  },
  {
    ...{ fault: 'leave granted from nothing: a balance below zero', rule: 'balance', complaint: /minutes are left of/ },
    ...{ in: 'database', service: 'wellbeing' },
    sql: `UPDATE events e SET data = jsonb_set(data::jsonb, '{minutes}', '1')::json WHERE type = 'LeaveGranted' AND data->>'lotId' IN (
            SELECT jsonb_path_query(r.data::jsonb, '$.entries[*].uses[*].lotId') #>> '{}' FROM events r
             WHERE r.type = 'LeaveRequested' AND EXISTS (SELECT 1 FROM leave_requests l
               WHERE l.request_id = r.data->>'requestId' AND l.status IN ('approved', 'pending')))`,
  },
  {
    ...{ fault: 'more seats given than there are', rule: 'balance', complaint: /seats of 1 are given/ },
    ...{ in: 'database', service: 'training' },
    sql: `UPDATE events SET data = jsonb_set(data::jsonb, '{capacity}', '1')::json WHERE type IN ('SessionPlanned', 'CapacityChanged')`,
  },
];

/** The last event of a type a second time, in a stream of its own. */
function again(type: string): string {
  return `INSERT INTO events (municipality, stream, version, id, type, schema_version, data, metadata, ordinal, slice)
    SELECT municipality, stream || '-again', 1, gen_random_uuid(), type, schema_version, data, metadata, 0, slice
      FROM events WHERE type = '${type}' ORDER BY position DESC LIMIT 1`;
}

/** Something that is missing from its list. */
function listed(service: string, what: string, table: string): Plant[] {
  return [
    {
      ...{ fault: `${what} missing from its list`, rule: 'read-model', complaint: /^missing: / },
      ...{ in: 'database', service },
      sql: `DELETE FROM ${table} WHERE ctid = (SELECT ctid FROM ${table} LIMIT 1)`,
    },
  ];
}

const inReadModels: readonly Plant[] = [
  {
    ...{ fault: 'a member of staff missing from the staff list', rule: 'read-model', complaint: /^missing: / },
    ...{
      in: 'database',
      service: 'placement',
      sql: `DELETE FROM staff_list WHERE staff_id = (SELECT max(staff_id) FROM staff_list)`,
    },
  },
  {
    ...{ fault: 'two main posts at once', rule: 'main-posts', complaint: /^an overlap of main posts/ },
    ...{ in: 'database', service: 'placement' },
    sql: `UPDATE directory_postings SET valid_to = valid_to + 5 WHERE ctid = (SELECT p.ctid FROM directory_postings p
            JOIN directory_postings n ON n.staff_id = p.staff_id AND n.main AND n.valid_from = p.valid_to WHERE p.main LIMIT 1)`,
  },
  {
    ...{ fault: 'a gap between two main posts', rule: 'main-posts', complaint: /^a gap of main posts/ },
    ...{ in: 'database', service: 'wellbeing' },
    sql: `UPDATE directory_postings SET valid_to = valid_to - 5 WHERE ctid = (SELECT p.ctid FROM directory_postings p
            JOIN directory_postings n ON n.staff_id = p.staff_id AND n.main AND n.valid_from = p.valid_to WHERE p.main LIMIT 1)`,
  },
  {
    ...{ fault: 'a personnel action another service has not taken in', rule: 'read-model', complaint: /^missing: / },
    ...{ in: 'database', service: 'training' },
    sql: `DELETE FROM directory_actions WHERE ctid = (SELECT ctid FROM directory_actions LIMIT 1)`,
  },
  {
    ...{ fault: 'a leave request that is listed with another status', rule: 'read-model', complaint: /^missing: / },
    ...{ in: 'database', service: 'wellbeing' },
    sql: `UPDATE leave_requests SET status = 'taken' WHERE ctid = (SELECT ctid FROM leave_requests WHERE status <> 'taken' LIMIT 1)`,
  },
  {
    ...{ fault: 'a unit that a service knows by another name', rule: 'read-model', complaint: /^not from any event/ },
    ...{ in: 'database', service: 'evaluation' },
    sql: `UPDATE directory_units SET name = name || 'x' WHERE ctid = (SELECT ctid FROM directory_units LIMIT 1)`,
  },
  ...listed('recruitment', 'an application', 'applications'),
  ...listed('evaluation', 'a sheet', 'sheets'),
  ...listed('training', 'a session', 'training_sessions'),
  ...listed('training', 'a participant', 'participants'),
  ...listed('training', 'an assignment', 'assignments'),
  ...listed('training', 'a completion', 'completions'),
  ...listed('wellbeing', 'a birth', 'childcare_births'),
  ...listed('wellbeing', 'a childcare leave', 'childcare_leaves'),
  {
    ...{ fault: 'a segment of a career missing from the facts', rule: 'read-model', complaint: /^missing: / },
    ...{ in: 'database', service: 'projection' },
    sql: `DELETE FROM {facts}.employment_segment WHERE recorded_to = 'infinity' AND NOT concurrent`,
  },
  {
    ...{ fault: 'a fact of analysts that no event says', rule: 'read-model', complaint: /^not from any event/ },
    ...{ in: 'database', service: 'projection' },
    sql: `UPDATE {facts}.person SET birth_cohort = birth_cohort + 1`,
  },
];

const ofOwners: readonly Plant[] = [
  {
    ...{
      fault: 'a zombie that saved unfenced, under the epoch it had lost',
      rule: 'fencing',
      complaint: /saved under epoch/,
    },
    ...{ in: 'database', service: 'wellbeing' },
    sql: `UPDATE follower_checkpoints SET epoch = epoch - 1, position = position - 5 WHERE name = 'hash-chain'`,
  },
  {
    ...{ fault: 'a checkpoint that stands still', rule: 'progress', complaint: /^stands at/ },
    ...{ in: 'database', service: 'recruitment', sql: `UPDATE relay_progress SET position = position - 5` },
  },
  {
    ...{ fault: 'an offset before the end of a topic', rule: 'progress', complaint: /^read jinzai/ },
    ...{ in: 'database', service: 'projection' },
    sql: `UPDATE consumer_offsets SET next_offset = next_offset - 1 WHERE next_offset > 0`,
  },
  {
    ...{ fault: 'a stream that stayed parked', rule: 'progress', complaint: /^a parked stream/ },
    ...{ in: 'database', service: 'training' },
    sql: `INSERT INTO parked_streams (consumer, topic, stream, municipality, applied_version, kind, reason)
          VALUES ('jinzai.training', 'jinzai.placement.events', 'staff-142140/planted', '142140', 1, 'error', 'planted')`,
  },
  {
    ...{ fault: 'an event that the relay kept back', rule: 'progress', complaint: /^held by the relay/ },
    ...{ in: 'database', service: 'recruitment' },
    sql: `INSERT INTO relay_held (name, position, stream, event_id, type, reason, recorded_at)
          SELECT 'planted', position, stream, id, type, 'planted', recorded_at FROM events LIMIT 1`,
  },
  {
    ...{ fault: 'a timer that was due and did not fire', rule: 'progress', complaint: /^a timer that is due/ },
    ...{ in: 'database', service: 'evaluation' },
    sql: `UPDATE timers SET state = 'waiting', due_at = now() - interval '1 hour'
           WHERE ctid = (SELECT ctid FROM timers LIMIT 1)`,
  },
];

const ofClients: readonly Plant[] = [
  {
    ...{
      fault: 'a command that was acknowledged and never stored',
      rule: 'commands',
      complaint: /was acknowledged and has no event/,
    },
    in: 'ledger',
    file: 'commands',
    change: (file) => {
      const lines = linesOf(file);
      const last = JSON.parse(lines.findLast((line) => line.includes('"acknowledged"')) ?? '{}') as Command;
      return [...lines, JSON.stringify({ ...last, key: 'planted' }), ''].join('\n');
    },
  },
  {
    ...{
      fault: 'a command that was refused and stored all the same',
      rule: 'commands',
      complaint: /was refused .* and has an event/,
    },
    in: 'ledger',
    file: 'commands',
    change: (file) =>
      linesOf(file)
        .map((line) => line.replace('"outcome":"acknowledged"', '"outcome":"refused"'))
        .join('\n'),
  },
  {
    ...{
      fault: 'a service that said it was ready without its database',
      rule: 'health',
      complaint: /said that it was ready while/,
    },
    in: 'ledger',
    file: 'health',
    change: (file) =>
      [
        ...linesOf(file),
        JSON.stringify({ services: ['placement'], from: 1, to: 9, why: 'Postgres was away' }),
        JSON.stringify({ service: 'placement', asked: 3, answered: 4, ready: true }),
        '',
      ].join('\n'),
  },
];

export const PLANTS: readonly Plant[] = [...onTopics, ...inStores, ...inReadModels, ...ofOwners, ...ofClients];

/** What the checker looks at, by the name of the rule. */
export const RULES: readonly (readonly [rule: string, text: string])[] = [
  [
    'commands',
    'every acknowledged command has its events exactly once, where the answer said; a refused one has none; no client gets a 500',
  ],
  ['versions', 'the versions of every stream go 1, 2, 3 …, and their positions rise with them'],
  [
    'topic',
    'every public event is on the topic, each key in order, on one partition, naming the version before it and saying what is stored; nothing else is there',
  ],
  [
    'read-model',
    'staff list, the directories of five services, leave requests, births and childcare leaves, sessions, assignments, completions, applications, substitute requests, sheets, and the staff facts of `projection` equal a plain recomputation from the stores',
  ],
  ['main-posts', 'nobody has two main posts on a day, or none between two'],
  ['balance', 'no leave is taken beyond its grant, no session has more seats than it has'],
  [
    'effects',
    'each hire is appointed and marked as joined, each probation has its sheet and announcement, each appointment its leave year and training, each childcare leave its substitute request, each confirmed probation its formal appointment: once; no leave stands behind a separation, a cut is undone with it, and who was erased has no key in any service',
  ],
  ['chain', 'the hash chain of every city, recomputed, is whole'],
  ['fencing', 'no checkpoint was saved under an epoch that another owner had taken over, and none went back'],
  ['progress', 'at rest nothing is behind: followers, relays, consumers, timers, parked and held streams'],
  ['health', 'no service said it was ready while its database was away'],
  ['quiet', 'everything comes to rest'],
];
