import { addDays, type LocalDate } from '#libs/law/local-date';
import {
  conflictAt,
  effectDay,
  heldWith,
  inEffect,
  type ConcurrentPost,
  type Conflict,
  type Now,
  type Post,
  type Segment,
  type Spell,
  type State,
  type Timeline,
  type TimelineAction,
} from './timeline-rules.js';

export type {
  ConcurrentPost,
  Conflict,
  ConflictCode,
  Segment,
  Spell,
  Timeline,
  TimelineAction,
} from './timeline-rules.js';
export { effectDay } from './timeline-rules.js';

export const isConflict = (result: Timeline | Conflict): result is Conflict => 'code' in result;

/**
 * Folds the actions that count (not voided) into the history by day. The order of entry does not matter: actions are
 * taken by the day they take effect and, within a day, endings before beginnings. A leave or secondment lasts until
 * the action that ends it, whatever end was foreseen; a concurrent post also ends with its `until`.
 */
export const timeline = (actions: readonly TimelineAction[]): Timeline | Conflict => {
  const folded = History.of(actions);
  if (isConflict(folded)) return folded;
  const { segments, spells, concurrent } = folded;
  return { segments, spells, concurrent };
};

/** A history to which an action can be added without folding all of them again. */
export class History implements Timeline {
  private constructor(
    private readonly ordered: readonly TimelineAction[],
    private readonly state: State,
  ) {}

  static of(actions: readonly TimelineAction[]): History | Conflict {
    return History.folded(actions.toSorted(inEffect), new History([], { spells: [], segments: [], concurrent: [] }));
  }

  /** The same as the history of all its actions and this one. What the action leaves as it was stays the same object. */
  with(action: TimelineAction): History | Conflict {
    const last = this.ordered.at(-1);
    const follows = last === undefined || inEffect(last, action) <= 0;
    return follows ? History.folded([...this.ordered, action], this) : History.of([...this.ordered, action]);
  }

  get segments(): readonly Segment[] {
    return this.state.segments;
  }

  get spells(): readonly Spell[] {
    return this.state.spells;
  }

  get concurrent(): readonly ConcurrentPost[] {
    return this.state.concurrent;
  }

  /** From the first action after those of `begun`, which are the first of `ordered`. */
  private static folded(ordered: readonly TimelineAction[], begun: History): History | Conflict {
    let { state } = begun;
    for (let index = begun.ordered.length; index < ordered.length; index++) {
      const action = ordered[index];
      const code = conflictAt(ordered, index, state);
      if (code) return { code, actionId: action.actionId, effectiveOn: action.effectiveOn };
      state = applied(state, action);
    }
    return new History(ordered, state);
  }
}

/** The part of the history that holds on a day: half-open, so a leaver of 31 March is gone on 1 April. */
export const on = <T extends Readonly<{ from: LocalDate; to: LocalDate | null }>>(
  parts: readonly T[],
  day: LocalDate,
): T | undefined => parts.find(({ from, to }) => from <= day && (to === null || day < to));

/** An action with the instants (UTC) at which it was recorded and, if so, voided. */
export type RecordedAction = Readonly<{ action: TimelineAction; recordedAt: string; voidedAt?: string }>;

/** The actions that counted at `instant`, by what had been recorded until then, that instant included. */
export const knownAt = (recorded: readonly RecordedAction[], instant: string): TimelineAction[] =>
  recorded
    .filter(({ recordedAt, voidedAt }) => !later(recordedAt, instant) && (!voidedAt || later(voidedAt, instant)))
    .map(({ action }) => action);

const applied = (state: State, action: TimelineAction): State => {
  switch (action.kind) {
    case 'separate':
      return closed(state, action);
    case 'give-concurrent-post':
      return { ...state, concurrent: [...state.concurrent, given(action)] };
    case 'end-concurrent-post':
      return { ...state, concurrent: endConcurrent(state, action.effectiveOn, heldWith(state, action)) };
    case 'extend-probation':
      return { ...state, spells: withLast(state.spells, { probationUntil: action.until }) };
    case 'appoint-formally':
      return changed({ ...state, spells: withLast(state.spells, { formalFrom: action.effectiveOn }) }, action);
    case 'transfer':
    case 'promote':
    case 'demote':
    case 'retire-from-role':
    case 'change-hours':
    case 'second':
    case 'return-from-secondment':
    case 'start-leave-of-absence':
    case 'return-from-leave':
      return changed(state, action);
    case 'appoint-on-probation':
    case 'rehire':
      return opened(state, action);
  }
};

const opened = (state: State, action: TimelineAction): State => {
  const { employmentId, effectiveOn, post, grade, jobCategory, weeklyMinutes, route = 'other' } = action;
  if (!post || grade === undefined || jobCategory === undefined || weeklyMinutes === undefined) return state;
  const probation = action.kind === 'appoint-on-probation';
  const spell: Spell = {
    employmentId,
    from: effectiveOn,
    to: null,
    route,
    kind: probation ? 'appoint' : 'rehire',
    ...(probation && action.until ? { probationUntil: action.until } : {}),
  };
  const now: Now = { employmentId, post, grade, jobCategory, weeklyMinutes, formal: !probation, seconded: false };
  return {
    ...state,
    spells: [...state.spells, spell],
    segments: [...state.segments, segment(effectiveOn, now)],
    now,
  };
};

const changed = (state: State, action: TimelineAction): State => {
  if (!state.now) return state;
  const { leaveKind, ...rest } = state.now;
  const onLeave = action.kind === 'start-leave-of-absence' ? (action.leaveKind ?? 'other') : leaveKind;
  const now: Now = {
    ...rest,
    post: action.post ?? rest.post,
    grade: action.grade ?? rest.grade,
    jobCategory: action.jobCategory ?? rest.jobCategory,
    weeklyMinutes: action.weeklyMinutes ?? rest.weeklyMinutes,
    formal: rest.formal || action.kind === 'appoint-formally',
    seconded: action.kind === 'second' || (rest.seconded && action.kind !== 'return-from-secondment'),
    ...(onLeave && action.kind !== 'return-from-leave' ? { leaveKind: onLeave } : {}),
  };
  return { ...state, now, segments: continued(state.segments, segment(action.effectiveOn, now)) };
};

/** Closes the open segment where `next` begins; several changes of one day make one segment. */
const continued = (segments: readonly Segment[], next: Segment): Segment[] => {
  const last = segments[segments.length - 1];
  const before = segments.slice(0, -1);
  return last.from === next.from ? [...before, next] : [...before, { ...last, to: next.from }, next];
};

const segment = (from: LocalDate, { formal, seconded, ...now }: Now): Segment => ({
  ...now,
  from,
  to: null,
  status: now.leaveKind ? 'leave' : seconded ? 'seconded' : formal ? 'regular' : 'probation',
});

const closed = (state: State, action: TimelineAction): State => {
  const to = effectDay(action);
  return {
    spells: withLast(state.spells, { to, ...(action.reason ? { reason: action.reason } : {}) }),
    segments: [...state.segments.slice(0, -1), { ...state.segments[state.segments.length - 1], to }],
    concurrent: endConcurrent(state, to),
  };
};

const given = ({ employmentId, post, effectiveOn, until }: TimelineAction): ConcurrentPost => ({
  employmentId,
  post: post as Post,
  from: effectiveOn,
  to: until ? addDays(until, 1) : null,
});

/** Ends one concurrent post, or all that reach beyond `to`. */
const endConcurrent = ({ concurrent }: State, to: LocalDate, only?: ConcurrentPost): ConcurrentPost[] =>
  concurrent.map((held) =>
    (only ? held === only : held.to === null || held.to > to) && held.from <= to ? { ...held, to } : held,
  );

const withLast = (spells: readonly Spell[], change: Partial<Spell>): Spell[] =>
  spells.map((spell, index) => (index === spells.length - 1 ? { ...spell, ...change } : spell));

/** Compares instants whose fractions may differ in length (`…00Z`, `…00.123Z`, `…00.123456Z`). */
const later = (a: string, b: string): boolean => comparable(a) > comparable(b);
const comparable = (instant: string): string =>
  instant
    .replace(/Z$/, '')
    .replace(/(\.\d*?)0*$/, '$1')
    .replace(/\.$/, '');
