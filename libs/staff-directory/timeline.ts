import type { PersonnelAction } from '#libs/contracts/placement';
import { addDays, type LocalDate } from '#libs/law/local-date';

export type TimelineAction = PersonnelAction;
type Kind = TimelineAction['kind'];
type Post = NonNullable<TimelineAction['post']>;

/** What is true of the main post from `from` up to, not including, `to`; `null` is open. */
export type Segment = Readonly<{
  from: LocalDate;
  to: LocalDate | null;
  employmentId: string;
  status: 'probation' | 'regular' | 'leave' | 'seconded';
  post: Post;
  grade: string;
  jobCategory: string;
  weeklyMinutes: number;
  leaveKind?: NonNullable<TimelineAction['leaveKind']>;
}>;

/** One employment, from appointment up to, not including, the day after the last day in service. */
export type Spell = Readonly<{
  employmentId: string;
  from: LocalDate;
  to: LocalDate | null;
  route: string;
  kind: 'appoint' | 'rehire';
  reason?: NonNullable<TimelineAction['reason']>;
  /** Last day of the probation as last set; absent when there was none. */
  probationUntil?: LocalDate;
  /** The day of the formal appointment, once there is one. */
  formalFrom?: LocalDate;
}>;

/** A concurrent post (兼務): a fact of its own beside the main post. */
export type ConcurrentPost = Readonly<{ employmentId: string; post: Post; from: LocalDate; to: LocalDate | null }>;

export type Timeline = Readonly<{
  segments: readonly Segment[];
  spells: readonly Spell[];
  concurrent: readonly ConcurrentPost[];
}>;

export type ConflictCode =
  | 'timeline.not-appointed'
  | 'timeline.incomplete-appointment'
  | 'timeline.gap'
  | 'timeline.overlap'
  | 'timeline.after-separation'
  | 'timeline.employment-reused'
  | 'timeline.not-on-probation'
  | 'timeline.already-on-leave'
  | 'timeline.return-without-leave'
  | 'timeline.already-seconded'
  | 'timeline.return-without-secondment'
  | 'timeline.concurrent-post-twice'
  | 'timeline.concurrent-post-missing';

/** Why the actions do not form a history, and the first action (in effective order) that does not fit. */
export type Conflict = Readonly<{ code: ConflictCode; actionId: string; effectiveOn: LocalDate }>;

export const isConflict = (result: Timeline | Conflict): result is Conflict => 'code' in result;

/**
 * Folds the actions that count (not voided) into the history by day. The order of entry does not matter: actions are
 * taken by the day they take effect and, within a day, endings before beginnings. A leave or secondment lasts until
 * the action that ends it, whatever end was foreseen; a concurrent post also ends with its `until`.
 */
export const timeline = (actions: readonly TimelineAction[]): Timeline | Conflict => {
  const ordered = actions.toSorted(inEffect);
  let state: State = { spells: [], segments: [], concurrent: [] };
  for (const [index, action] of ordered.entries()) {
    const code = contradicts(ordered, index) ?? refused(state, action);
    if (code) return { code, actionId: action.actionId, effectiveOn: action.effectiveOn };
    state = applied(state, action);
  }
  return { segments: state.segments, spells: state.spells, concurrent: state.concurrent };
};

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

/** First day on which an action makes a difference: for a separation the day after the last day in service. */
export const effectDay = ({ kind, effectiveOn }: TimelineAction): LocalDate =>
  kind === 'separate' ? addDays(effectiveOn, 1) : effectiveOn;

type State = Timeline & Readonly<{ now?: Readonly<Now> }>;

/** The open employment. */
type Now = Omit<Segment, 'from' | 'to' | 'status'> & { formal: boolean; seconded: boolean };

/** Within one day: what ends comes before what begins, an employment before what happens in it. */
const RANK: Readonly<Record<Kind, number>> = {
  separate: 0,
  'appoint-on-probation': 1,
  rehire: 1,
  'extend-probation': 2,
  'appoint-formally': 3,
  'return-from-leave': 4,
  'return-from-secondment': 5,
  'retire-from-role': 6,
  demote: 7,
  promote: 8,
  transfer: 9,
  'change-hours': 10,
  'end-concurrent-post': 11,
  'give-concurrent-post': 12,
  second: 13,
  'start-leave-of-absence': 14,
};

const inEffect = (a: TimelineAction, b: TimelineAction): number =>
  compare(effectDay(a), effectDay(b)) || RANK[a.kind] - RANK[b.kind] || compare(a.actionId, b.actionId);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const OPENS = ['appoint-on-probation', 'rehire'] as const satisfies readonly Kind[];
const CONCURRENT: readonly Kind[] = ['give-concurrent-post', 'end-concurrent-post'];
/** Kinds that may restate what the main post is, besides the appointments. */
const RESTATES: readonly Kind[] = [
  'appoint-formally',
  'transfer',
  'promote',
  'demote',
  'retire-from-role',
  'second',
  'return-from-secondment',
  'start-leave-of-absence',
  'return-from-leave',
  'change-hours',
];
const ATTRIBUTES = ['grade', 'jobCategory', 'weeklyMinutes'] as const;

const opens = (action: TimelineAction): boolean => OPENS.some((kind) => kind === action.kind);
const restates = (action: TimelineAction): boolean => opens(action) || RESTATES.includes(action.kind);

/** Two actions of one day must not say different things of the main post, nor the same thing twice. */
const contradicts = (ordered: readonly TimelineAction[], index: number): ConflictCode | undefined => {
  const action = ordered[index];
  for (let i = index - 1; i >= 0 && effectDay(ordered[i]) === effectDay(action); i--) {
    const other = ordered[i];
    if (other.employmentId !== action.employmentId || CONCURRENT.includes(action.kind)) continue;
    if (other.kind === action.kind || disagree(other, action)) return 'timeline.overlap';
  }
  return undefined;
};

const disagree = (a: TimelineAction, b: TimelineAction): boolean =>
  restates(a) &&
  restates(b) &&
  ((a.post !== undefined && b.post !== undefined && !samePost(a.post, b.post)) ||
    ATTRIBUTES.some((field) => a[field] !== undefined && b[field] !== undefined && a[field] !== b[field]));

const samePost = (a: Post, b: Post): boolean => a.unitId === b.unitId && a.position === b.position;

const refused = (state: State, action: TimelineAction): ConflictCode | undefined =>
  opens(action) ? openingRefused(state, action) : (outsideEmployment(state, action) ?? changeRefused(state, action));

const openingRefused = ({ now, spells }: State, action: TimelineAction): ConflictCode | undefined => {
  if (spells.some(({ employmentId }) => employmentId === action.employmentId)) {
    return now ? 'timeline.overlap' : 'timeline.employment-reused';
  }
  if (now) return 'timeline.overlap';
  if (spells.length > 0 && action.kind !== 'rehire') return 'timeline.after-separation';
  if (!action.post) return 'timeline.gap';
  return ATTRIBUTES.some((field) => action[field] === undefined) ? 'timeline.incomplete-appointment' : undefined;
};

const outsideEmployment = ({ now, spells }: State, action: TimelineAction): ConflictCode | undefined => {
  if (now?.employmentId === action.employmentId) return undefined;
  const ended = spells.some(({ employmentId }) => employmentId === action.employmentId);
  return ended || (spells.length > 0 && !now) ? 'timeline.after-separation' : 'timeline.not-appointed';
};

const changeRefused = (state: State, action: TimelineAction): ConflictCode | undefined => {
  const { now } = state;
  switch (action.kind) {
    case 'appoint-formally':
    case 'extend-probation':
      return now?.formal ? 'timeline.not-on-probation' : undefined;
    case 'start-leave-of-absence':
      return now?.leaveKind ? 'timeline.already-on-leave' : undefined;
    case 'return-from-leave':
      return now?.leaveKind ? undefined : 'timeline.return-without-leave';
    case 'second':
      return now?.seconded ? 'timeline.already-seconded' : undefined;
    case 'return-from-secondment':
      return now?.seconded ? undefined : 'timeline.return-without-secondment';
    case 'give-concurrent-post':
      if (!action.post) return 'timeline.gap';
      return heldWith(state, action) ? 'timeline.concurrent-post-twice' : undefined;
    case 'end-concurrent-post':
      return heldWith(state, action) ? undefined : 'timeline.concurrent-post-missing';
    case 'transfer':
      return action.post ? undefined : 'timeline.gap';
    case 'promote':
    case 'demote':
    case 'retire-from-role':
    case 'change-hours':
    case 'separate':
    case 'appoint-on-probation':
    case 'rehire':
      return undefined;
  }
};

const heldWith = ({ concurrent }: State, { post, effectiveOn }: TimelineAction): ConcurrentPost | undefined =>
  concurrent.find((held) => post && samePost(held.post, post) && (held.to === null || effectiveOn < held.to));

const applied = (state: State, action: TimelineAction): State => {
  if (opens(action)) return opened(state, action);
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
    default:
      return changed(state, action);
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
const comparable = (instant: string): string => instant.replace(/Z$/, '').replace(/(\.\d*?)0*$/, '$1').replace(/\.$/, '');
