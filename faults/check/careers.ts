import type { Data, Event } from './store.js';

type Action = Data &
  Readonly<{ actionId: string; kind: string; effectiveOn: string; employmentId: string }> &
  Readonly<{ grade?: string; jobCategory?: string; route?: string; leaveKind?: string; weeklyMinutes?: number }>;

/** What is true of somebody's main post between two days, half open; `to` is null while open. */
export type Main = Readonly<{
  from: string;
  to: string | null;
  employmentId: string;
  unitId: string;
  position: string;
  grade: string;
  jobCategory: string;
  weeklyMinutes: number;
  status: string;
  leaveKind: string | null;
}>;

export type Spell = Readonly<{ employmentId: string; kind: string; route: string; from: string; to: string | null }>;

/** A person as placement's events tell, computed plainly, day by day. */
export type Career = Readonly<{
  staffId: string;
  sex?: string;
  birthCohort?: number;
  actions: readonly (Action & { voided: boolean })[];
  mains: readonly Main[];
  spells: readonly Spell[];
}>;

const nextDay = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** First day on which it makes a difference: somebody is in service on the last day. */
const dayOf = ({ kind, effectiveOn }: Action): string => (kind === 'separate' ? nextDay(effectiveOn) : effectiveOn);

export const careerOf = (staffId: string, events: readonly Event[]): Career => {
  const actions: (Action & { voided: boolean })[] = [];
  let sex: string | undefined;
  let birthCohort: number | undefined;
  for (const { type, data } of events) {
    if (type === 'StaffRegistered' || type === 'StaffAttributesCorrected') {
      sex = String(data.sex);
      birthCohort = Number(data.birthCohort);
    }
    if (type === 'PersonnelActionTaken') actions.push({ ...(data.action as Action), voided: false });
    if (type === 'PersonnelActionVoided') {
      const found = actions.find(({ actionId }) => actionId === data.actionId);
      if (found) found.voided = true;
    }
  }
  return { staffId, sex, birthCohort, actions, ...historyOf(actions.filter(({ voided }) => !voided)) };
};

const APPOINTS = ['appoint-on-probation', 'rehire'];

const historyOf = (actions: readonly Action[]): Pick<Career, 'mains' | 'spells'> => {
  const days = [...new Set(actions.map(dayOf))].toSorted();
  const mains: Main[] = [];
  const spells: Spell[] = [];
  let now: Omit<Main, 'from' | 'to'> | undefined;
  let flags = { formal: false, seconded: false };
  for (const day of days) {
    const today = actions.filter((action) => dayOf(action) === day);
    const has = (...kinds: string[]) => today.find(({ kind }) => kinds.includes(kind));
    if (has('separate') && now) {
      close(mains, day);
      close(spells, day);
      now = undefined;
    }
    const begun = has(...APPOINTS);
    if (begun) {
      flags = { formal: begun.kind === 'rehire', seconded: false };
      const kind = begun.kind === 'rehire' ? 'rehire' : 'appoint';
      spells.push({
        employmentId: begun.employmentId,
        kind,
        route: begun.route ?? 'other',
        from: day,
        to: null,
      });
      now = { ...EMPTY, employmentId: begun.employmentId };
    }
    if (!now) continue;
    let leaveKind = has('return-from-leave') ? null : now.leaveKind;
    const away = has('start-leave-of-absence');
    if (away) leaveKind = away.leaveKind ?? 'other';
    if (has('appoint-formally')) flags.formal = true;
    if (has('return-from-secondment')) flags.seconded = false;
    if (has('second')) flags.seconded = true;
    const status = leaveKind ? 'leave' : flags.seconded ? 'seconded' : flags.formal ? 'regular' : 'probation';
    now = { ...today.filter(concernsMain).reduce(restated, now), leaveKind, status };
    close(mains, day);
    mains.push({ ...now, from: day, to: null });
  }
  return { mains: joined(mains), spells };
};

const EMPTY: Omit<Main, 'from' | 'to'> = {
  ...{
    employmentId: '',
    unitId: '',
    position: '',
    grade: '',
    jobCategory: '',
    weeklyMinutes: 0,
    status: '',
    leaveKind: null,
  },
};

const concernsMain = ({ kind }: Action): boolean =>
  !['separate', 'give-concurrent-post', 'end-concurrent-post', 'extend-probation'].includes(kind);

const restated = (now: Omit<Main, 'from' | 'to'>, action: Action): Omit<Main, 'from' | 'to'> => {
  const post = action.post as { unitId: string; position: string } | undefined;
  return {
    ...now,
    ...post,
    grade: action.grade ?? now.grade,
    jobCategory: action.jobCategory ?? now.jobCategory,
    weeklyMinutes: action.weeklyMinutes ?? now.weeklyMinutes,
  };
};

const close = (list: { from: string; to: string | null }[], day: string): void => {
  const last = list.at(-1);
  if (last?.to === null) list[list.length - 1] = { ...last, to: day };
};

/** Neighbours that say the same are one. */
export const joined = <T extends Readonly<{ from: string; to: string | null }>>(parts: readonly T[]): T[] => {
  const result: T[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last && last.to === part.from && said(last) === said(part))
      result[result.length - 1] = { ...last, to: part.to };
    else result.push(part);
  }
  return result;
};

const said = ({ from: _from, to: _to, ...rest }: Readonly<{ from: string; to: string | null }>): string =>
  JSON.stringify(rest, Object.keys(rest).toSorted());
