import { careerOf } from './careers.js';
import { compared } from './complaint.js';
import { leaveYearOf } from './leave.js';
import { commandsHold, type Command } from './rules-commands.js';
import { healthHolds } from './rules-health.js';
import { streamsHold, topicHolds } from './rules-streams.js';
import type { Event, Store } from './store.js';
import type { TopicRecord } from './topics.js';

const STREAM = 'staff-142140/s-1';

const event = (version: number, type: string, data: object = {}): Event => ({
  ...{
    position: version,
    municipality: '142140',
    stream: STREAM,
    version,
    id: `e-${version}`,
    type,
    data: { ...data },
  },
  ...{ metadata: {}, request_id: `key-${version}`, ordinal: 0 },
});

const storeOf = (...events: Event[]): Store =>
  ({
    service: 'placement',
    events,
    streams: new Map([[STREAM, events]]),
    requests: new Map(events.map((one) => [`142140 ${one.request_id}`, [one]])),
  }) as unknown as Store;

const record = (version: number, previous: number, changes: Partial<TopicRecord> = {}): TopicRecord => ({
  ...{ partition: 0, offset: version, key: STREAM, id: `e-${version}`, version, previous, fed: false, data: {} },
  ...{ type: 'jinzai.placement.PersonnelActionTaken.v1', municipality: '142140' },
  ...changes,
});

const saidOf = (complaints: readonly { what: string }[]) => complaints.map(({ what }) => what);

describe('streams', () => {
  const taken = (version: number) => event(version, 'PersonnelActionTaken');

  it('go 1, 2, 3', () => {
    expect(streamsHold(storeOf(taken(1), taken(2)), [STREAM])).toEqual([]);
    expect(saidOf(streamsHold(storeOf(taken(1), taken(3)), [STREAM]))).toEqual(['version 3 where 2 belongs']);
    const early = { ...taken(2), position: 0 };
    expect(saidOf(streamsHold(storeOf(taken(1), early), [STREAM]))).toEqual(['version 2 lies before its predecessor']);
  });

  it('are on the topic in order, whatever came again', () => {
    const store = storeOf(taken(1), event(2, 'StaffDetailsCorrected'), taken(3));
    const first = record(1, 0);
    const third = record(3, 1);
    const held = (...records: TopicRecord[]) => saidOf(topicHolds(store, records, [STREAM]));
    expect(held(first, third, first)).toEqual([]);
    expect(held(first, third, record(2, 1, { fed: true }))).toEqual([]);
    expect(held(first)).toEqual(['version 3 (PersonnelActionTaken) is not on the topic']);
    const says = (staffId: string) => ({ ...first, data: { staffId } });
    const named = storeOf(event(1, 'PersonnelActionTaken', { staffId: 's-1', reason: 'kept private' }));
    expect(saidOf(topicHolds(named, [says('s-1')], [STREAM]))).toEqual([]);
    expect(saidOf(topicHolds(named, [says('s-2')], [STREAM]))).toEqual(['version 1 says another staffId there']);
    expect(held(third, first)).toEqual(['version 1 comes after version 3']);
    expect(held(first, { ...third, previous: 2 })).toEqual(['version 3 names 2 before it, not 1']);
    expect(held(first, record(2, 1), third)).toContain('version 2 is of no public event');
    expect(held(first, { ...third, partition: 1 })).toEqual(['the key is on several partitions']);
  });
});

describe('commands', () => {
  const command = (changes: Partial<Command>): Command => ({
    ...{
      key: 'key-1',
      municipality: '142140',
      service: 'placement',
      path: '/staff',
      outcome: 'acknowledged',
      version: 1,
      position: 1,
    },
    ...changes,
  });
  const held = (changes: Partial<Command>) =>
    saidOf(commandsHold(storeOf(event(1, 'StaffRegistered')), [command(changes)]));

  it('that were acknowledged are there once, where the answer said', () => {
    expect(held({})).toEqual([]);
    expect(held({ key: 'gone' })).toEqual(['was acknowledged and has no event']);
    expect(held({ version: 2 })).toEqual(['was told version 2 at 1, it is 1 at 1']);
  });

  it('that were refused are not there; those without an answer may be', () => {
    expect(held({ outcome: 'refused', status: 409, code: 'x' })).toEqual(['was refused (409 x) and has an event']);
    expect(held({ outcome: 'refused', key: 'gone' })).toEqual([]);
    expect(held({ outcome: 'unknown' })).toEqual([]);
    expect(held({ outcome: 'unknown', key: 'gone' })).toEqual([]);
  });

  it('are never answered with a fault of the service', () => {
    expect(held({ faults: ['500 internal'] })).toEqual(['was answered 500 internal']);
  });
});

describe('a career', () => {
  const action = (actionId: string, kind: string, effectiveOn: string, more: object = {}) => ({
    staffId: 's-1',
    action: { actionId, employmentId: 'e', kind, effectiveOn, ...more },
  });
  const POST = { unitId: 'u-1', position: 'p' };
  const terms = { post: POST, grade: '1', jobCategory: 'general', weeklyMinutes: 2325, route: 'r' };
  const hired = event(1, 'PersonnelActionTaken', action('a', 'appoint-on-probation', '2026-04-01', terms));

  it('is what the actions that count say, by day and not by entry', () => {
    const left = event(2, 'PersonnelActionTaken', action('b', 'separate', '2026-12-31'));
    const moved = event(
      3,
      'PersonnelActionTaken',
      action('c', 'transfer', '2026-06-01', { post: { ...POST, unitId: 'u-2' } }),
    );
    const wrong = event(
      4,
      'PersonnelActionTaken',
      action('d', 'transfer', '2026-07-01', { post: { ...POST, unitId: 'u-3' } }),
    );
    const voided = event(5, 'PersonnelActionVoided', { staffId: 's-1', actionId: 'd' });
    const { mains, spells } = careerOf('s-1', [hired, left, moved, wrong, voided]);
    expect(mains.map(({ from, to, unitId, status }) => [from, to, unitId, status])).toEqual([
      ['2026-04-01', '2026-06-01', 'u-1', 'probation'],
      ['2026-06-01', '2027-01-01', 'u-2', 'probation'],
    ]);
    expect(spells).toEqual([{ employmentId: 'e', kind: 'appoint', route: 'r', from: '2026-04-01', to: '2027-01-01' }]);
  });

  it('is on leave from its start to the return', () => {
    const away = event(
      2,
      'PersonnelActionTaken',
      action('b', 'start-leave-of-absence', '2026-05-01', { leaveKind: 'care' }),
    );
    const back = event(3, 'PersonnelActionTaken', action('c', 'return-from-leave', '2026-06-01'));
    const { mains } = careerOf('s-1', [hired, away, back]);
    expect(mains.map(({ from, status, leaveKind }) => [from, status, leaveKind])).toEqual([
      ['2026-04-01', 'probation', null],
      ['2026-05-01', 'leave', 'care'],
      ['2026-06-01', 'probation', null],
    ]);
  });
});

describe('a leave year', () => {
  const granted = event(1, 'LeaveGranted', { lotId: 'lot', minutes: 900, origin: 'grant', staffId: 's-1' });
  const asked = (version: number, requestId: string, minutes: number) =>
    event(version, 'LeaveRequested', {
      ...{ staffId: 's-1', requestId, kind: 'annual', requestedOn: '2026-11-01' },
      entries: [{ entryId: `${requestId}-1`, on: '2026-11-02', minutes, uses: [{ lotId: 'lot', minutes }] }],
    });

  it('has left what neither stands nor has expired', () => {
    const withdrawn = event(3, 'LeaveWithdrawn', { requestId: 'r-1' });
    const { left, requests } = leaveYearOf([granted, asked(2, 'r-1', 600), withdrawn, asked(4, 'r-2', 500)]);
    expect(left.get('lot')).toBe(400);
    expect(requests.map(({ status }) => status)).toEqual(['withdrawn', 'pending']);
  });

  it('shows when more was given than there was', () => {
    expect(leaveYearOf([granted, asked(2, 'r-1', 600), asked(3, 'r-2', 500)]).left.get('lot')).toBe(-200);
  });

  it('gives back what an absence has cut, and takes it again when that is undone', () => {
    const approved = event(3, 'LeaveApproved', { requestId: 'r-1' });
    const cut = event(4, 'LeaveCut', { actionId: 'a', because: 'absence', entryIds: ['r-1-1'] });
    const undone = event(5, 'LeaveCutUndone', { actionId: 'a', entryIds: ['r-1-1'] });
    const events = [granted, asked(2, 'r-1', 600), approved, cut];
    expect(leaveYearOf(events)).toMatchObject({ left: new Map([['lot', 900]]), requests: [{ status: 'cut' }] });
    expect(leaveYearOf([...events, undone])).toMatchObject({
      left: new Map([['lot', 300]]),
      requests: [{ status: 'approved' }],
    });
  });
});

describe('lines that should be the same', () => {
  it('are told apart by what is missing, doubled and not from anywhere', () => {
    const complaints = compared('read-model', 'list', ['a', 'b'], ['b', 'b', 'c']);
    expect(complaints.map(({ harm, what }) => [harm, what])).toEqual([
      ['doubled', 'not from any event: b'],
      ['wrong', 'not from any event: c'],
      ['lost', 'missing: a'],
    ]);
  });
});

describe('health', () => {
  const away = { services: ['placement'], from: 10, to: 20, why: 'Postgres was away' };
  const poll = (asked: number, answered: number, ready = true) => ({ service: 'placement', asked, answered, ready });

  it('is a lie only when it was asked and answered while the service cannot have been ready', () => {
    expect(healthHolds([away, poll(5, 15), poll(15, 25), poll(11, 19, false)])).toEqual([]);
    expect(saidOf(healthHolds([away, poll(11, 19)]))).toEqual(['said that it was ready while Postgres was away']);
  });
});
