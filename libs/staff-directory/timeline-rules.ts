import type { PersonnelAction } from '#libs/contracts/placement';
import { addDays, type LocalDate } from '#libs/law/local-date';

export type TimelineAction = PersonnelAction;
type Kind = TimelineAction['kind'];
export type Post = NonNullable<TimelineAction['post']>;

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

/** First day on which an action makes a difference: for a separation the day after the last day in service. */
export const effectDay = ({ kind, effectiveOn }: TimelineAction): LocalDate =>
  kind === 'separate' ? addDays(effectiveOn, 1) : effectiveOn;

/** The fold so far, with the open employment. */
export type State = Timeline & Readonly<{ now?: Readonly<Now> }>;

/** The open employment. */
export type Now = Omit<Segment, 'from' | 'to' | 'status'> & { formal: boolean; seconded: boolean };

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

export const inEffect = (a: TimelineAction, b: TimelineAction): number =>
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

/** Why the action at `index` cannot follow what came before it in the order of effect; undefined when it can. */
export const conflictAt = (ordered: readonly TimelineAction[], index: number, state: State): ConflictCode | undefined =>
  contradicts(ordered, index) ?? refused(state, ordered[index]);

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

export const heldWith = ({ concurrent }: State, { post, effectiveOn }: TimelineAction): ConcurrentPost | undefined =>
  concurrent.find((held) => post && samePost(held.post, post) && (held.to === null || effectiveOn < held.to));
