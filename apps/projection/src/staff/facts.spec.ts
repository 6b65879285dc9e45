import fc from 'fast-check';
import type { PersonnelAction, PlacementEvent } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import { fold, type Folded } from '#libs/projections/fold';
import type { Fact } from '#libs/projections/projection';
import { employmentFacts, staysOf, type Career } from './employment-facts.js';
import { unitFacts, type UnitHistory } from './unit-facts.js';

const POST = { unitId: 'ka1', position: 'shuji' };
const instantOf = (second: number) => `2026-04-01T00:00:${String(second).padStart(2, '0')}.000000Z`;

const delivered = (event: PlacementEvent, second: number): Delivered<PlacementEvent> => ({
  ...event,
  id: `e${second}`,
  municipality: '142140',
  stream: 'staff-142140/s1',
  streamVersion: second + 1,
  previousVersion: second,
  schemaVersion: 1,
  recordedAt: instantOf(second),
  correlationId: 'spec',
});

const taken = (
  action: Partial<PersonnelAction> & Pick<PersonnelAction, 'actionId' | 'kind' | 'effectiveOn'>,
): PlacementEvent => ({
  type: 'PersonnelActionTaken',
  data: { staffId: 's1', action: { employmentId: 'm1', ...action } },
});
const voided = (actionId: string): PlacementEvent => ({
  type: 'PersonnelActionVoided',
  data: { staffId: 's1', actionId },
});
const registered: PlacementEvent = { type: 'StaffRegistered', data: { staffId: 's1', sex: '2', birthCohort: 1999 } };
const hired = (effectiveOn: string, actionId = 'a1', employmentId = 'm1') =>
  taken({
    actionId,
    employmentId,
    kind: employmentId === 'm1' ? 'appoint-on-probation' : 'rehire',
    effectiveOn,
    post: POST,
    grade: '1',
    jobCategory: 'general',
    route: 'new-graduate',
    weeklyMinutes: 2325,
  });
const left = (effectiveOn: string, actionId = 'a9') =>
  taken({ actionId, kind: 'separate', effectiveOn, reason: 'resignation' });

const none: Folded<Career> = { row: undefined };
const history = (...events: PlacementEvent[]) => events.map((event, second) => delivered(event, second));
const of = (facts: readonly Fact[], table: string) =>
  facts.filter((fact) => fact.table === table).map(({ values }) => values);

describe('employment facts', () => {
  it('are opened when they become known, and closed when they are corrected', () => {
    const { opened, closed } = fold(
      employmentFacts,
      none,
      history(registered, hired('2024-04-01'), left('2025-03-31')),
    );
    expect(closed).toEqual([]);
    const stays = opened.filter(({ table }) => table === 'stay');
    expect(stays.map(({ values, recordedFrom, recordedTo }) => [values.valid_to, recordedFrom, recordedTo])).toEqual([
      ['infinity', instantOf(1), instantOf(2)],
      ['2025-04-01', instantOf(2), undefined],
    ]);
    expect(of(opened, 'separation')).toEqual([
      { staff_id: 's1', employment_id: 'm1', last_day: '2025-03-31', reason: 'resignation', continued: false },
    ]);
    expect(of(opened, 'person')).toEqual([{ staff_id: 's1', sex: '2', birth_cohort: 1999 }]);
  });

  it('of an earlier batch are closed at the instant of the correction, the unchanged ones stay', () => {
    const [first, second, third] = history(registered, hired('2024-04-01'), left('2025-03-31'));
    const before = fold(employmentFacts, none, [first, second]);
    const after = fold(employmentFacts, before, [third]);
    expect(after.closed.map(({ table, recordedTo }) => `${table} ${recordedTo}`).toSorted()).toEqual([
      `employment_segment ${instantOf(2)}`,
      `employment_spell ${instantOf(2)}`,
      `stay ${instantOf(2)}`,
    ]);
  });

  it('stand as they were between the two halves of a correction', () => {
    const parts = history(registered, hired('2024-04-01'), left('2025-03-31'), voided('a1'), hired('2024-05-01', 'a2'));
    const { opened } = fold(employmentFacts, none, parts);
    const spells = opened.filter(({ table }) => table === 'employment_spell');
    expect(spells.map(({ values, recordedFrom, recordedTo }) => [values.valid_from, recordedFrom, recordedTo])).toEqual(
      [
        ['2024-04-01', instantOf(1), instantOf(2)],
        ['2024-04-01', instantOf(2), instantOf(4)],
        ['2024-05-01', instantOf(4), undefined],
      ],
    );
  });

  it('recorded at one instant become known together', () => {
    const [first, second, third] = history(registered, hired('2024-04-01'), left('2025-03-31'));
    const { opened } = fold(employmentFacts, none, [first, second, { ...third, recordedAt: second.recordedAt }]);
    expect(of(opened, 'stay')).toHaveLength(1);
  });

  it('never go back in time when the clock of the database does', () => {
    const [first, second, third] = history(registered, hired('2024-04-01'), left('2025-03-31'));
    const { opened } = fold(employmentFacts, none, [
      first,
      second,
      { ...third, recordedAt: '2020-01-01T00:00:00.000Z' },
    ]);
    expect(opened.find(({ table }) => table === 'separation')?.recordedFrom).toBe(instantOf(1));
  });

  it('pass over what they do not know, erasure and other events', () => {
    expect(employmentFacts.key({ type: 'PersonErased', data: { staffId: 's1' } })).toBeUndefined();
    expect(employmentFacts.key({ type: 'FromTheFuture', data: {} } as unknown as PlacementEvent)).toBeUndefined();
    const row: Career = { staffId: 's1', actions: [] };
    expect(employmentFacts.project(row, { type: 'PersonErased', data: { staffId: 's1' } })).toBe(row);
  });

  it('say where a person serves beside the main post', () => {
    const concurrent = taken({
      actionId: 'a2',
      kind: 'give-concurrent-post',
      effectiveOn: '2024-06-01',
      post: { ...POST, unitId: 'ka2' },
    });
    const { opened } = fold(employmentFacts, none, history(registered, hired('2024-04-01'), concurrent));
    expect(of(opened, 'employment_segment').map(({ concurrent: beside, unit_id }) => [beside, unit_id])).toEqual([
      [false, 'ka1'],
      [true, 'ka2'],
    ]);
  });

  it('join employments that follow each other', () => {
    const spell = { employmentId: 'm', route: 'new-graduate', kind: 'appoint' } as const;
    const stays = staysOf([
      { ...spell, from: '2000-04-01', to: '2025-04-01', reason: 'retirement-age' },
      { ...spell, kind: 'rehire', route: 'other', from: '2025-04-01', to: null },
    ]);
    expect(stays).toEqual([{ from: '2000-04-01', to: null, route: 'new-graduate', entry: 'appoint' }]);
  });

  /** Any order of appointing, leaving, moving and voiding, sensible or not. */
  const event = fc.oneof(
    fc.constantFrom('2024-04-01', '2024-07-01').map((on) => hired(on)),
    fc.constantFrom('2025-04-01', '2025-09-01').map((on) => hired(on, 'a5', 'm2')),
    fc.constantFrom('2025-03-31', '2025-06-30').map((on) => left(on)),
    fc
      .constantFrom('2024-08-01', '2024-12-01')
      .map((on) => taken({ actionId: `t${on}`, kind: 'transfer', effectiveOn: on, post: { ...POST, unitId: 'ka2' } })),
    fc.constantFrom('a1', 'a5', 'a9', 't2024-08-01').map(voided),
    fc.constant(registered),
  );
  const story = fc.array(fc.tuple(event, fc.integer({ min: 0, max: 2 })), { maxLength: 12 }).map((steps) => {
    let second = 0;
    return steps.map(([what, pause], i) => ({ ...delivered(what, (second += pause)), id: `e${i}` }));
  });

  it('known at an instant are those of the events recorded until then, however these were cut into batches', () =>
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 5 }), (events, batch) => {
        const table = new Map<string, { text: string; from: string; to: string }>();
        let state = none;
        for (let start = 0; start < events.length; start += batch) {
          const folded = fold(employmentFacts, state, events.slice(start, start + batch));
          for (const { factId, recordedTo } of folded.closed) {
            const open = [...table].find(([id, row]) => id.startsWith(factId) && row.to === 'never');
            if (!open) throw new Error('nothing to close');
            if (open[1].from === recordedTo) table.delete(open[0]);
            else table.set(open[0], { ...open[1], to: recordedTo });
          }
          for (const { factId, recordedFrom, recordedTo, table: name, values } of folded.opened) {
            const id = `${factId} ${recordedFrom}`;
            expect(table.has(id)).toBe(false);
            table.set(id, { text: JSON.stringify([name, values]), from: recordedFrom, to: recordedTo ?? 'never' });
          }
          state = folded;
        }
        for (let second = 0; second <= 30; second++) {
          const known = instantOf(second);
          const row = events
            .filter(({ recordedAt }) => recordedAt <= known)
            .reduce<Career | undefined>((sofar, e) => employmentFacts.project(sofar, e), undefined);
          const expected = row
            ? employmentFacts.facts(row).map(({ table: name, values }) => JSON.stringify([name, values]))
            : [];
          const rows = [...table.values()]
            .filter(({ from, to }) => from <= known && known < to)
            .map(({ text }) => text);
          expect(rows.toSorted()).toEqual([...new Set(expected)].toSorted());
        }
      }),
      { numRuns: 300, seed: 1 },
    ));
});

describe('unit facts', () => {
  const changed = (effectiveOn: string, name: string, abolished = false): PlacementEvent => ({
    type: 'UnitChanged',
    data: {
      effectiveOn,
      unit: {
        unitId: 'u1',
        name,
        level: 'section',
        parentId: null,
        sector: 'counter',
        appointingAuthority: 'mayor',
        abolished,
      },
    },
  });
  const nothing: Folded<UnitHistory> = { row: undefined };
  const spans = (...events: PlacementEvent[]) =>
    fold(unitFacts, nothing, history(...events))
      .opened.filter(({ recordedTo }) => !recordedTo)
      .map(({ values }) => `${values.name} ${values.valid_from} ${values.valid_to}`)
      .toSorted();

  it('follow each other by day, whatever the order of recording, until the abolition', () =>
    expect(
      spans(changed('2025-04-01', '市民課'), changed('2020-04-01', '戸籍課'), changed('2027-04-01', '市民課', true)),
    ).toEqual(['市民課 2025-04-01 2027-04-01', '戸籍課 2020-04-01 2025-04-01']));

  it('recorded again for the same day replace the earlier', () =>
    expect(spans(changed('2025-04-01', '市民課'), changed('2025-04-01', '市民窓口課'))).toEqual([
      '市民窓口課 2025-04-01 infinity',
    ]));

  it('pass over other events', () =>
    expect(unitFacts.key({ type: 'PersonErased', data: { staffId: 's1' } })).toBeUndefined());
});
