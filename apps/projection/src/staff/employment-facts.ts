import type { PersonnelAction, PlacementEvent } from '#libs/contracts/placement';
import { addDays, type LocalDate } from '#libs/law/local-date';
import type { Fact, FactProjection } from '#libs/projections/projection';
import {
  History,
  isConflict,
  type ConcurrentPost,
  type Conflict,
  type Segment,
  type Spell,
} from '#libs/staff-directory/timeline';

/** What is known of one member of staff: pseudonym, coded attributes and the actions not voided. */
export type Career = Readonly<{
  staffId: string;
  /** ISO 5218. */
  sex?: string;
  /** Fiscal year (2 April to 1 April) of birth. */
  birthCohort?: number;
  actions: readonly PersonnelAction[];
  /** The newest actions that formed a history, while `actions` do not: between the two halves of a correction. */
  settled?: readonly PersonnelAction[];
}>;

/** Time in the city's service without a break: employments that follow each other from one day to the next are one stay. */
export type Stay = Readonly<{
  from: LocalDate;
  /** The day after the last day in service; null while open. */
  to: LocalDate | null;
  /** Recruitment route of the first employment. */
  route: string;
  entry: Spell['kind'];
  /** Reason of the separation that ended it. */
  reason?: Spell['reason'];
}>;

/** Joins employments: someone who retires on 31 March and is rehired on 1 April has not left. */
export const staysOf = (spells: readonly Spell[]): Stay[] =>
  spells.reduce<Stay[]>((stays, { from, to, route, kind, reason }) => {
    const before = stays.at(-1);
    const end = { to, ...(reason && { reason }) };
    if (before?.to !== from) return [...stays, { from, route, entry: kind, ...end }];
    const { reason: _continued, ...open } = before;
    return [...stays.slice(0, -1), { ...open, ...end }];
  }, []);

const FOREVER = 'infinity';

/** Facts on people: see the comments on the tables and columns in `tables.ts`. */
export const employmentFacts: FactProjection<Career, PlacementEvent> = {
  table: 'career',
  fields: ['staffId', 'sex', 'birthCohort', 'actions', 'settled'],
  factTables: {
    person: ['staff_id', 'sex', 'birth_cohort'],
    personnel_action: [
      ...['staff_id', 'action_id', 'employment_id', 'kind', 'effective_on', 'until', 'unit_id', 'position', 'grade'],
      ...['job_category', 'route', 'weekly_minutes', 'leave_kind', 'reason'],
    ],
    employment_spell: ['staff_id', 'employment_id', 'kind', 'route', 'valid_from', 'valid_to'],
    employment_segment: [
      ...['staff_id', 'employment_id', 'concurrent', 'status', 'unit_id', 'position', 'grade', 'job_category'],
      ...['weekly_minutes', 'leave_kind', 'valid_from', 'valid_to'],
    ],
    stay: ['staff_id', 'entry', 'route', 'reason', 'valid_from', 'valid_to'],
    separation: ['staff_id', 'employment_id', 'last_day', 'reason', 'continued'],
  },
  key: (event) => {
    switch (event.type) {
      case 'StaffRegistered':
      case 'StaffAttributesCorrected':
      case 'PersonnelActionTaken':
      case 'PersonnelActionVoided':
        return event.data.staffId;
      // An erased person: nothing personal is kept here, and published figures must stay reproducible.
      case 'PersonErased':
      case 'ProbationEndAnnounced':
      case 'UnitChanged':
      default:
        return undefined;
    }
  },
  project: (row, event) => {
    switch (event.type) {
      case 'StaffRegistered':
      case 'StaffAttributesCorrected': {
        const { staffId, sex, birthCohort } = event.data;
        return { actions: [], ...row, staffId, sex, birthCohort };
      }
      case 'PersonnelActionTaken': {
        const { staffId, action } = event.data;
        return withActions(row, staffId, withOneMore(row?.actions ?? [], action));
      }
      case 'PersonnelActionVoided': {
        const { staffId, actionId } = event.data;
        return withActions(row, staffId, row?.actions.filter((action) => action.actionId !== actionId) ?? []);
      }
      case 'PersonErased':
      case 'ProbationEndAnnounced':
      case 'UnitChanged':
      default:
        return row;
    }
  },
  facts: (row) => {
    const { staffId, actions, settled = actions } = row;
    return [
      ...personFacts(row),
      ...actions.map((action) => actionFact(action, staffId)),
      ...timelineFacts(staffId, historyOf(settled)),
    ];
  },
};

/** An action in between that makes no history (one half of a correction) leaves the last history standing. */
const withActions = (row: Career | undefined, staffId: string, actions: readonly PersonnelAction[]): Career => {
  const { settled = row?.actions ?? [], ...career } = row ?? { actions: [] };
  return { ...career, staffId, actions, ...(isConflict(historyOf(actions)) && { settled }) };
};

/** The result of a pure function, kept for as long as its first argument, which determines the others. */
const remembered = <From extends object, Rest extends readonly unknown[], Result>(
  make: (from: From, ...rest: Rest) => Result,
): ((from: From, ...rest: Rest) => Result) => {
  const results = new WeakMap<From, Result>();
  return (from, ...rest) => {
    let result = results.get(from);
    if (result === undefined) results.set(from, (result = make(from, ...rest)));
    return result;
  };
};

/** Of careers as they are now. */
const histories = new WeakMap<readonly PersonnelAction[], History | Conflict>();

const historyOf = (actions: readonly PersonnelAction[]): History | Conflict => {
  let history = histories.get(actions);
  if (!history) histories.set(actions, (history = History.of(actions)));
  return history;
};

/** The history goes on where it was, mostly, and what did not change of it is known to be the same facts. */
const withOneMore = (actions: readonly PersonnelAction[], action: PersonnelAction): readonly PersonnelAction[] => {
  const history = historyOf(actions);
  const all = [...actions, action];
  histories.delete(actions);
  histories.set(all, isConflict(history) ? History.of(all) : history.with(action));
  return all;
};

const personFacts = ({ staffId, sex, birthCohort }: Career): Fact[] =>
  sex === undefined || birthCohort === undefined
    ? []
    : [{ table: 'person', values: { staff_id: staffId, sex, birth_cohort: birthCohort } }];

const actionFact = remembered((action: PersonnelAction, staffId: string): Fact => ({
  table: 'personnel_action',
  values: {
    staff_id: staffId,
    action_id: action.actionId,
    employment_id: action.employmentId,
    kind: action.kind,
    effective_on: action.effectiveOn,
    until: action.until ?? null,
    unit_id: action.post?.unitId ?? null,
    position: action.post?.position ?? null,
    grade: action.grade ?? null,
    job_category: action.jobCategory ?? null,
    route: action.route ?? null,
    weekly_minutes: action.weeklyMinutes ?? null,
    leave_kind: action.leaveKind ?? null,
    reason: action.reason ?? null,
  },
}));

const timelineFacts = (staffId: string, known: History | Conflict): Fact[] =>
  isConflict(known)
    ? []
    : [
        ...known.spells.map((spell) => spellFact(spell, staffId)),
        ...known.segments.map((segment) => segmentFact(segment, staffId)),
        ...known.concurrent
          .filter(({ from, to }) => to === null || from < to)
          .map((post) => concurrentFact(post, staffId)),
        ...stayFacts(known.spells, staffId),
        ...separationFacts(known.spells, staffId),
      ];

const spellFact = remembered(({ employmentId, kind, route, from, to }: Spell, staffId: string): Fact => ({
  table: 'employment_spell',
  values: { staff_id: staffId, employment_id: employmentId, kind, route, valid_from: from, valid_to: to ?? FOREVER },
}));

const segmentFact = remembered((segment: Segment, staffId: string): Fact => ({
  table: 'employment_segment',
  values: {
    staff_id: staffId,
    employment_id: segment.employmentId,
    concurrent: false,
    status: segment.status,
    unit_id: segment.post.unitId,
    position: segment.post.position,
    grade: segment.grade,
    job_category: segment.jobCategory,
    weekly_minutes: segment.weeklyMinutes,
    leave_kind: segment.leaveKind ?? null,
    valid_from: segment.from,
    valid_to: segment.to ?? FOREVER,
  },
}));

const concurrentFact = remembered(({ employmentId, post, from, to }: ConcurrentPost, staffId: string): Fact => ({
  table: 'employment_segment',
  values: {
    staff_id: staffId,
    employment_id: employmentId,
    concurrent: true,
    unit_id: post.unitId,
    position: post.position,
    valid_from: from,
    valid_to: to ?? FOREVER,
  },
}));

const stayFacts = remembered((spells: readonly Spell[], staffId: string): Fact[] =>
  staysOf(spells).map(({ from, to, entry, route, reason }) => ({
    table: 'stay',
    values: {
      staff_id: staffId,
      entry,
      route,
      reason: reason ?? null,
      valid_from: from,
      valid_to: to ?? FOREVER,
    },
  })),
);

const separationFacts = remembered((spells: readonly Spell[], staffId: string): Fact[] =>
  spells.flatMap(({ employmentId, to, reason }) => {
    if (to === null) return [];
    const continued = spells.some(({ from }) => from === to);
    const values = { staff_id: staffId, employment_id: employmentId, last_day: addDays(to, -1), continued };
    return [{ table: 'separation', values: { ...values, reason: reason ?? null } }];
  }),
);
