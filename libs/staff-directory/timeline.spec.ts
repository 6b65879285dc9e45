import fc from 'fast-check';
import { History, isConflict, knownAt, on, timeline, type Timeline, type TimelineAction } from './timeline.js';

const front = { unitId: 'citizens', position: 'shuji' };
const roads = { unitId: 'roads', position: 'shuji' };
const chief = { unitId: 'roads', position: 'kakaricho' };

let serial = 0;
const action = (
  kind: TimelineAction['kind'],
  effectiveOn: string,
  more: Partial<TimelineAction> = {},
): TimelineAction => ({
  actionId: `a-${++serial}`,
  employmentId: 'e-1',
  kind,
  effectiveOn,
  ...more,
});

const full = { post: front, grade: '1', jobCategory: 'general', weeklyMinutes: 2325 };
const appointed = action('appoint-on-probation', '2024-04-01', { ...full, route: 'new-graduate', until: '2024-09-30' });
const formal = action('appoint-formally', '2024-10-01');
const transferred = action('transfer', '2025-04-01', { post: roads });
const promoted = action('promote', '2026-04-01', { post: chief, grade: '5' });
const onLeave = action('start-leave-of-absence', '2025-06-01', { leaveKind: 'childcare', until: '2026-01-31' });
const back = action('return-from-leave', '2026-02-01');
const resigned = action('separate', '2026-03-31', { reason: 'resignation' });
const rehired = action('rehire', '2026-04-01', { ...full, employmentId: 'e-2', grade: '2', route: 'comeback' });

const folded = (...actions: TimelineAction[]): Timeline => {
  const result = timeline(actions);
  if (isConflict(result)) throw new Error(`${result.code} at ${result.actionId}`);
  return result;
};
const conflict = (...actions: TimelineAction[]) => {
  const result = timeline(actions);
  return isConflict(result) ? result.code : 'no conflict';
};

describe('timeline', () => {
  it('keeps one main post from the appointment on', () => {
    const { segments, spells } = folded(appointed, formal, transferred, promoted);
    expect(segments).toEqual([
      { ...full, employmentId: 'e-1', from: '2024-04-01', to: '2024-10-01', status: 'probation' },
      { ...full, employmentId: 'e-1', from: '2024-10-01', to: '2025-04-01', status: 'regular' },
      { ...full, employmentId: 'e-1', from: '2025-04-01', to: '2026-04-01', status: 'regular', post: roads },
      { ...full, employmentId: 'e-1', from: '2026-04-01', to: null, status: 'regular', post: chief, grade: '5' },
    ]);
    expect(spells).toEqual([
      {
        employmentId: 'e-1',
        from: '2024-04-01',
        to: null,
        route: 'new-graduate',
        kind: 'appoint',
        probationUntil: '2024-09-30',
        formalFrom: '2024-10-01',
      },
    ]);
  });

  it('makes one segment of several actions of one day', () => {
    const { segments } = folded(
      appointed,
      formal,
      action('promote', '2025-04-01', { grade: '2' }),
      action('transfer', '2025-04-01', { post: roads }),
      action('change-hours', '2025-04-01', { weeklyMinutes: 1860 }),
    );
    expect(segments.at(-1)).toMatchObject({ from: '2025-04-01', post: roads, grade: '2', weeklyMinutes: 1860 });
    expect(segments).toHaveLength(3);
  });

  it('ends a leave with the return and keeps the post meanwhile', () => {
    const { segments } = folded(appointed, formal, onLeave, back);
    expect(segments.slice(2)).toEqual([
      expect.objectContaining({
        from: '2025-06-01',
        to: '2026-02-01',
        status: 'leave',
        leaveKind: 'childcare',
        post: front,
      }),
      expect.objectContaining({ from: '2026-02-01', to: null, status: 'regular', post: front }),
    ]);
    expect(segments[3]).not.toHaveProperty('leaveKind');
  });

  it('returns to probation from a leave taken during probation', () => {
    const { segments } = folded(
      appointed,
      action('start-leave-of-absence', '2024-06-01', { leaveKind: 'sickness' }),
      action('return-from-leave', '2024-08-01'),
      action('extend-probation', '2024-09-30', { until: '2024-12-31' }),
    );
    expect(segments.map(({ status }) => status)).toEqual(['probation', 'leave', 'probation']);
  });

  it('counts the day of separation as the last in service', () => {
    const { segments, spells } = folded(appointed, formal, resigned);
    expect(spells[0]).toMatchObject({ to: '2026-04-01', reason: 'resignation' });
    expect(on(segments, '2026-03-31')).toBeDefined();
    expect(on(segments, '2026-04-01')).toBeUndefined();
  });

  it('never lets a leaver of 31 March meet a rehire of 1 April', () => {
    const { segments, spells } = folded(appointed, formal, resigned, rehired);
    expect(spells).toHaveLength(2);
    expect(on(segments, '2026-03-31')?.employmentId).toBe('e-1');
    expect(on(segments, '2026-04-01')).toMatchObject({ employmentId: 'e-2', status: 'regular', grade: '2' });
  });

  it('takes somebody who comes back on probation again, as the law has it for everybody but 再任用', () => {
    const back = { ...rehired, kind: 'appoint-on-probation', until: '2026-09-30' } as const;
    const { spells, segments } = folded(appointed, formal, resigned, back);
    expect(spells.at(-1)).toMatchObject({ employmentId: 'e-2', kind: 'appoint', probationUntil: '2026-09-30' });
    expect(segments.at(-1)).toMatchObject({ status: 'probation', from: rehired.effectiveOn, to: null });
  });

  it('keeps concurrent posts as facts of their own', () => {
    const given = action('give-concurrent-post', '2025-01-01', { post: roads });
    const bounded = action('give-concurrent-post', '2025-01-01', { post: chief, until: '2025-03-31' });
    const ended = action('end-concurrent-post', '2025-07-01', { post: roads });
    const { segments, concurrent } = folded(appointed, formal, given, bounded, ended);
    expect(segments).toHaveLength(2);
    expect(concurrent).toEqual([
      { employmentId: 'e-1', post: roads, from: '2025-01-01', to: '2025-07-01' },
      { employmentId: 'e-1', post: chief, from: '2025-01-01', to: '2025-04-01' },
    ]);
    const open = action('give-concurrent-post', '2025-09-01', { post: roads });
    expect(folded(appointed, formal, given, ended, open, resigned).concurrent[1].to).toBe('2026-04-01');
  });

  it('shows a secondment and the return from it', () => {
    const { segments } = folded(
      appointed,
      formal,
      action('second', '2025-04-01', { until: '2027-03-31' }),
      action('return-from-secondment', '2026-04-01', { post: roads }),
    );
    expect(segments.map(({ status }) => status)).toEqual(['probation', 'regular', 'seconded', 'regular']);
    expect(segments[3].post).toEqual(roads);
  });

  it('is empty without actions', () => expect(folded()).toEqual({ segments: [], spells: [], concurrent: [] }));

  it.each<[string, string, TimelineAction[]]>([
    ['an action before any appointment', 'timeline.not-appointed', [formal]],
    [
      'an action before the appointment takes effect',
      'timeline.not-appointed',
      [appointed, action('transfer', '2024-03-01', { post: roads })],
    ],
    [
      'an action of an employment that never was',
      'timeline.not-appointed',
      [appointed, { ...formal, employmentId: 'e-9' }],
    ],
    ['an appointment without a post', 'timeline.gap', [{ ...appointed, post: undefined }]],
    ['a transfer to nowhere', 'timeline.gap', [appointed, action('transfer', '2024-05-01')]],
    ['a concurrent post that names none', 'timeline.gap', [appointed, action('give-concurrent-post', '2024-05-01')]],
    ['an appointment without a grade', 'timeline.incomplete-appointment', [{ ...appointed, grade: undefined }]],
    [
      'a second appointment while in service',
      'timeline.overlap',
      [appointed, { ...appointed, actionId: 'x', employmentId: 'e-2', effectiveOn: '2025-01-01' }],
    ],
    ['the same appointment twice', 'timeline.overlap', [appointed, { ...appointed, actionId: 'x' }]],
    [
      'two main posts from one day',
      'timeline.overlap',
      [appointed, formal, transferred, { ...transferred, actionId: 'x', post: chief }],
    ],
    [
      'a promotion and a transfer that disagree',
      'timeline.overlap',
      [appointed, formal, promoted, { ...transferred, effectiveOn: '2026-04-01' }],
    ],
    [
      'a transfer after the last day',
      'timeline.after-separation',
      [appointed, formal, resigned, { ...transferred, effectiveOn: '2026-04-01' }],
    ],
    [
      'a second separation',
      'timeline.after-separation',
      [appointed, formal, resigned, { ...resigned, actionId: 'x', effectiveOn: '2026-04-30' }],
    ],
    [
      'a late action of an employment that ended before the rehire',
      'timeline.after-separation',
      [appointed, formal, resigned, rehired, { ...transferred, effectiveOn: '2026-05-01' }],
    ],
    [
      'a rehire under the old employment',
      'timeline.employment-reused',
      [appointed, formal, resigned, { ...rehired, employmentId: 'e-1' }],
    ],
    ['a rehire while in service', 'timeline.overlap', [appointed, formal, { ...rehired, effectiveOn: '2025-04-01' }]],
    [
      'a formal appointment without probation',
      'timeline.not-on-probation',
      [rehired, { ...formal, effectiveOn: '2026-10-01', employmentId: 'e-2' }],
    ],
    [
      'an extension after the formal appointment',
      'timeline.not-on-probation',
      [appointed, formal, action('extend-probation', '2024-11-01', { until: '2025-03-31' })],
    ],
    [
      'a leave within a leave',
      'timeline.already-on-leave',
      [appointed, formal, onLeave, action('start-leave-of-absence', '2025-07-01')],
    ],
    ['a return without a leave', 'timeline.return-without-leave', [appointed, formal, back]],
    [
      'a secondment within a secondment',
      'timeline.already-seconded',
      [appointed, formal, action('second', '2025-04-01'), action('second', '2025-05-01')],
    ],
    [
      'a return without a secondment',
      'timeline.return-without-secondment',
      [appointed, formal, action('return-from-secondment', '2025-05-01')],
    ],
    [
      'a concurrent post held already',
      'timeline.concurrent-post-twice',
      [
        appointed,
        action('give-concurrent-post', '2025-01-01', { post: roads }),
        action('give-concurrent-post', '2025-02-01', { post: roads }),
      ],
    ],
    [
      'the end of a concurrent post never given',
      'timeline.concurrent-post-missing',
      [appointed, action('end-concurrent-post', '2025-02-01', { post: roads })],
    ],
  ])('refuses %s: %s', (_, code, actions) => expect(conflict(...actions)).toBe(code));

  it('names the action that does not fit', () =>
    expect(timeline([appointed, formal, back])).toEqual({
      code: 'timeline.return-without-leave',
      actionId: back.actionId,
      effectiveOn: '2026-02-01',
    }));
});

describe('known at', () => {
  const recorded = [
    { action: appointed, recordedAt: '2024-03-01T00:00:00.000Z' },
    { action: formal, recordedAt: '2024-09-15T00:00:00.123456Z', voidedAt: '2025-01-10T09:00:00.5Z' },
    { action: transferred, recordedAt: '2025-03-20T00:00:00Z' },
  ];

  it.each([
    ['2024-02-29T23:59:59Z', []],
    ['2024-03-01T00:00:00Z', [appointed]],
    ['2024-09-15T00:00:00.123Z', [appointed]],
    ['2024-09-15T00:00:00.1234560Z', [appointed, formal]],
    ['2025-01-10T09:00:00.4999Z', [appointed, formal]],
    ['2025-01-10T09:00:00.500Z', [appointed]],
    ['2025-03-20T00:00:00.000000Z', [appointed, transferred]],
  ])('%s: leaves out what was recorded or voided later', (instant, expected) =>
    expect(knownAt(recorded, instant)).toEqual(expected),
  );
});

describe('timeline, any set of actions', () => {
  const day = fc
    .integer({ min: 0, max: 58 })
    .map((n) => `2025-${n < 31 ? '01' : '02'}-${String((n % 31) + 1).padStart(2, '0')}`);
  const anyAction: fc.Arbitrary<Omit<TimelineAction, 'actionId'>> = fc.record(
    {
      employmentId: fc.constantFrom('e-1', 'e-1', 'e-1', 'e-2'),
      kind: fc.constantFrom(
        ...(['transfer', 'promote', 'separate', 'rehire', 'give-concurrent-post', 'end-concurrent-post'] as const),
        ...([
          'start-leave-of-absence',
          'return-from-leave',
          'second',
          'return-from-secondment',
          'change-hours',
        ] as const),
      ),
      effectiveOn: day,
      post: fc.constantFrom(front, roads, chief),
      grade: fc.constantFrom('1', '2'),
      weeklyMinutes: fc.constantFrom(2325, 1860),
      jobCategory: fc.constant('general'),
    },
    { requiredKeys: ['employmentId', 'kind', 'effectiveOn', 'post'] },
  );
  const start = { ...appointed, effectiveOn: '2024-12-01' };
  const histories = fc
    .array(anyAction, { maxLength: 8 })
    .map((list) => [start, ...list.map((one, i) => ({ ...one, actionId: `b-${i}` }))]);
  const shuffled = histories.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );

  it('gives the same history whatever the order of entry', () =>
    fc.assert(
      fc.property(shuffled, ([list, other]) => expect(timeline(other)).toEqual(timeline(list))),
      { numRuns: 500, seed: 20261121 },
    ));

  it('grows by one action at a time into the same history', () =>
    fc.assert(
      fc.property(shuffled, ([, list]) => {
        let grown = History.of([]);
        for (const [index, action] of list.entries()) {
          grown = isConflict(grown) ? History.of(list.slice(0, index + 1)) : grown.with(action);
          const whole = timeline(list.slice(0, index + 1));
          if (isConflict(whole) || isConflict(grown)) expect(grown).toEqual(whole);
          else
            expect([grown.segments, grown.spells, grown.concurrent]).toEqual([
              whole.segments,
              whole.spells,
              whole.concurrent,
            ]);
        }
      }),
      { numRuns: 500, seed: 20261121 },
    ));

  it('covers every day of an employment with exactly one main post', () =>
    fc.assert(
      fc.property(histories, (list) => {
        const result = timeline(list);
        if (isConflict(result)) return;
        for (const spell of result.spells) {
          const own = result.segments.filter(({ employmentId }) => employmentId === spell.employmentId);
          expect(own[0].from).toBe(spell.from);
          expect(own.at(-1)?.to).toBe(spell.to);
          own.slice(1).forEach((segment, index) => expect(segment.from).toBe(own[index].to));
        }
        expect(result.segments.every(({ from, to }) => to === null || from < to)).toBe(true);
      }),
      { numRuns: 500, seed: 20261121 },
    ));
});
