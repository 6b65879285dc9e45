import { CATEGORY, ROUTE, type Office } from './city.js';
import type { Walk } from './walk.js';

/** What people do in a round; every step that is refused by a rule ends nothing but itself. */
export type Journey = (walk: Walk) => Promise<void>;

const NAMES = ['架空沢', '例示川', '見本山', '仮名井'];

const person = (walk: Walk) => ({
  familyName: walk.random.pick(NAMES),
  givenName: `試${walk.random.between(1, 9999)}`,
  familyNameKana: 'カクウ',
  givenNameKana: 'タメシ',
  birthDate: `19${walk.random.between(85, 99)}-0${walk.random.between(1, 9)}-1${walk.random.between(0, 9)}`,
  sex: walk.random.chance(0.5) ? '1' : '2',
  address: '神奈川県架空市架空町1',
});

const appointment = ({ town }: Walk, { unitId }: Office, effectiveOn: string) => ({
  ...{ kind: 'appoint-on-probation', effectiveOn, post: { unitId, position: town.position }, grade: town.grade },
  ...{ jobCategory: CATEGORY, route: ROUTE, weeklyMinutes: 2325 },
});

const registered = async (
  walk: Walk,
  effectiveOn: string,
): Promise<{ staffId: string; office: Office } | undefined> => {
  const office = walk.random.pick(walk.town.offices);
  const body = { ...person(walk), appointment: appointment(walk, office, effectiveOn) };
  const answer = await walk.post('hr', 'placement', '/staff', body);
  return answer && { staffId: answer.id, office };
};

/**
 * Somebody new, with the few days of leave of a late start: more is asked for at once than there is, while some of it is
 * approved, some taken back and, at times, the person's resignation cuts it.
 */
const newcomer: Journey = async (walk) => {
  const hired = await registered(walk, walk.day(0));
  if (!hired) return;
  const { staffId, office } = hired;
  const head = walk.account('head', ['manager'], office.head);
  const path = `/leave/${staffId}/requests`;
  const ask = (day: number) =>
    walk.post('hr', 'wellbeing', path, { kind: 'annual', from: walk.weekday(day), unit: 'day', reason: '私用' });
  const opened = await walk.seen('hr', 'wellbeing', `/leave/${staffId}`, (body: { lots?: readonly object[] }) => body);
  if (!opened) return;
  const first = walk.random.between(1, 8);
  const asked = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((day) => ask(first + day)));
  const ids = asked.flatMap((answer) => answer?.id ?? []);
  const resigns = walk.random.chance(0.4);
  await Promise.all([
    ...ids.map((id) => walk.post(head, 'wellbeing', `${path}/${id}/approval`)),
    ...ids.slice(0, 2).map((id) => walk.post('hr', 'wellbeing', `${path}/${id}/withdrawal`)),
    resigns ? resign(walk, staffId, first + 2) : ask(first + 9),
    ask(first + 10),
  ]);
  if (!resigns && walk.random.chance(0.5)) await judged(walk, staffId);
};

const resign = async (walk: Walk, staffId: string, day: number): Promise<void> => {
  const path = `/staff/${staffId}/personnel-actions`;
  const action = { kind: 'separate', effectiveOn: walk.day(day), reason: 'resignation' };
  const answer = await walk.post('hr', 'placement', path, action);
  if (answer && walk.random.chance(0.5)) await walk.post('hr', 'placement', `${path}/${answer.id}/withdrawal`);
};

/** Somebody who left yesterday is erased: twice at once. */
const forgotten: Journey = async (walk) => {
  const hired = await registered(walk, walk.day(-40));
  if (!hired) return;
  const path = `/staff/${hired.staffId}`;
  const left = { kind: 'separate', effectiveOn: walk.day(-1), reason: 'resignation' };
  if (!(await walk.post('hr', 'placement', `${path}/personnel-actions`, left))) return;
  const erase = () => walk.post('hr', 'placement', `${path}/erasure`);
  await Promise.all([erase(), erase()]);
};

type Sheet = Readonly<{
  form: readonly Readonly<{ code: string; max: number }>[];
  steps: readonly Readonly<{ step: string; evaluator?: string }>[];
}>;

/** The evaluation of a probation, from the goals to the formal appointment that placement makes in answer. */
const judged: (walk: Walk, staffId: string) => Promise<void> = async (walk, staffId) => {
  const self = walk.account('self', ['staff'], staffId);
  const own = '/own-sheets?kind=probation';
  const sheetId = await walk.seen(
    self,
    'evaluation',
    own,
    (body: { items: { sheetId: string }[] }) => body.items[0]?.sheetId,
  );
  if (sheetId === undefined) return;
  const act = (role: string, path: string, body: object = {}) =>
    walk.post(role, 'evaluation', `/sheets/${sheetId}/${path}`, body);
  const evaluator = async (name: string, step: string) => {
    const staff = await walk.seen('hr', 'evaluation', `/sheets/${sheetId}`, ({ steps }: Sheet) => {
      const found = steps.find((one) => one.step === step);
      return found && (found.evaluator ?? 'nobody');
    });
    return walk.account(name, ['manager', 'evaluator'], staff ?? 'nobody');
  };
  const heldOn = walk.day(0);
  const goals = await evaluator('goals', 'goals');
  if (!(await act(self, 'goals', { goals: ['担当業務の手順を覚える'] }))) return;
  await act(goals, 'goals/agreement');
  await act(goals, 'interviews/start', { heldOn });
  await act(self, 'interviews/start/confirmation');
  const form = await walk.seen('hr', 'evaluation', `/sheets/${sheetId}`, (sheet: Sheet) => sheet.form);
  const scores = (form ?? []).map(({ code, max }) => ({ item: code, points: max - 1 }));
  const first = await evaluator('first', 'first');
  await act(first, 'evaluations/first', { scores });
  await act(first, 'interviews/end', { heldOn });
  await act(self, 'interviews/end/confirmation');
  await act(await evaluator('second', 'second'), 'evaluations/second', { scores });
  await act('hr', 'confirmation', { outcome: 'passed' });
};

/** Somebody whose probation ends within the month: a timer is due at once. Then a child, and a leave with a substitute. */
const parent: Journey = async (walk) => {
  const hired = await registered(walk, walk.day(-165));
  if (!hired) return;
  const { staffId } = hired;
  const births = `/childcare/${staffId}/births`;
  const notice = { parenthood: 'partner-gave-birth', bornOn: walk.day(-1) };
  const birth = await walk.post('hr', 'wellbeing', births, notice);
  if (!birth) return;
  const leaves = `${births}/${birth.id}/leaves`;
  const [, asked] = await Promise.all([
    walk.post('hr', 'wellbeing', `${births}/${birth.id}/interview`, { heldOn: walk.day(0), wish: '取得したい' }),
    walk.post('hr', 'wellbeing', leaves, { from: walk.day(30), through: walk.day(60) }),
  ]);
  if (!asked) return;
  const decide = (what: string) => walk.post('hr', 'wellbeing', `/childcare/${staffId}/leaves/${asked.id}/${what}`);
  await Promise.all([decide('approval'), decide('approval')]);
  if (walk.random.chance(0.3)) await decide('cancellation');
};

/** Personnel actions of one person that race for the same day, and are corrected and revoked. */
const transfers: Journey = async (walk) => {
  const { staffId, position } = walk.random.pick(walk.town.people);
  const path = `/staff/${staffId}/personnel-actions`;
  const day = 10 + ((walk.round * 7) % 300);
  const move = (unit: Office, on: number) =>
    walk.post('hr', 'placement', path, {
      kind: 'transfer',
      effectiveOn: walk.day(on),
      post: { unitId: unit.unitId, position },
    });
  const offices = walk.random.shuffled(walk.town.offices);
  const moved = await Promise.all([move(offices[0], day), move(offices[1], day), move(offices[2], day + 1)]);
  const done = moved.flatMap((answer) => answer?.id ?? []);
  await Promise.all(
    done.map((id, index) =>
      index % 2 === 0
        ? walk.post('hr', 'placement', `${path}/${id}/correction`, {
            kind: 'transfer',
            effectiveOn: walk.day(day + 2 + index),
            post: { unitId: offices[0].unitId, position },
          })
        : walk.post('hr', 'placement', `${path}/${id}/revocation`),
    ),
  );
};

const corrections: Journey = async (walk) => {
  const [one, two, three] = walk.random.shuffled(walk.town.people).map(({ staffId }) => staffId);
  const correct = (staffId: string, house: number) =>
    walk.post('hr', 'placement', `/staff/${staffId}/details`, { address: `架空市架空町${walk.round}-${house}` });
  await Promise.all([correct(one, 1), correct(one, 2), correct(one, 3), correct(two, 4), correct(three, 5)]);
};

/** More want a seat than there are; some go, more seats come, and one session is held. */
const training: Journey = async (walk) => {
  const { course } = walk.town;
  const officer = 'training-officer';
  const plan = (heldOn: string) => walk.post(officer, 'training', '/sessions', { course, heldOn, capacity: 2 });
  const [later, now] = await Promise.all([plan(walk.day(3)), plan(walk.day(0))]);
  const people = walk.random
    .shuffled(walk.town.people)
    .slice(0, 6)
    .map(({ staffId }) => staffId);
  if (later) {
    const path = `/sessions/${later.id}`;
    await Promise.all(people.map((staffId) => walk.post(officer, 'training', `${path}/enrolments`, { staffId })));
    await Promise.all([
      walk.post(officer, 'training', `${path}/withdrawals`, { staffId: people[0] }),
      walk.post(officer, 'training', `${path}/capacity`, { capacity: 3 }),
      walk.post(officer, 'training', `${path}/withdrawals`, { staffId: people[4] }),
    ]);
  }
  if (!now) return;
  const entries = people.slice(0, 3).map((staffId, index) => ({ staffId, attended: index < 2 }));
  await walk.post(officer, 'training', `/sessions/${now.id}/attendance`, { entries });
  await walk.post(officer, 'training', `/sessions/${now.id}/holding`);
};

/** A grant by hand, and leave asked for and cancelled by two at once, on an account that came in a file. */
const grants: Journey = async (walk) => {
  const { staffId } = walk.random.pick(walk.town.people);
  await walk.post('hr', 'wellbeing', `/leave/${staffId}/grants`, { minutes: 465, reason: '繰越の訂正' });
  const path = `/leave/${staffId}/requests`;
  const from = walk.weekday(walk.random.between(1, 20));
  const asked = await walk.post('hr', 'wellbeing', path, { kind: 'annual', from, unit: 'day', reason: '私用' });
  if (!asked) return;
  const back = () => walk.post('hr', 'wellbeing', `${path}/${asked.id}/withdrawal`);
  await Promise.all([back(), back()]);
};

type Stage = Readonly<{ stage: string; items: readonly Readonly<{ item: string; max: number }>[] }>;
type Application = Readonly<{ stage: string | null; stages: readonly Stage[] }>;

/** From the application to the hire; placement appoints in answer and recruitment marks who has joined. */
const hire: Journey = async (walk) => {
  const { town } = walk;
  const applied = await walk.post('recruiter', 'recruitment', '/applications', {
    postingId: town.postingId,
    applicant: { ...person(walk), givenName: `応${walk.round}`, address: `架空市${walk.round}` },
  });
  if (!applied) return;
  const path = `/applications/${applied.id}`;
  const view = await walk.seen('recruiter', 'recruitment', path, (body: Application) => body);
  for (const { stage, items } of view?.stages ?? []) {
    const at = `${path}/stages/${stage}`;
    await walk.post('recruiter', 'recruitment', `${at}/assessors`, { assessors: town.assessors });
    const scores = items.map(({ item, max }) => ({ item, points: max - 1 }));
    await Promise.all(
      town.assessors.map((_, index) => walk.post(`assessor-${index}`, 'recruitment', `${at}/sheets`, { scores })),
    );
    await walk.post('recruiter', 'recruitment', `${at}/decision`, { outcome: 'passed' });
  }
  await walk.post('recruiter', 'recruitment', `${path}/offer`);
  await walk.post('recruiter', 'recruitment', `${path}/answer`, { answer: 'accepted' });
  const { unitId } = walk.random.pick(town.offices);
  const terms = {
    joinsOn: walk.day(0),
    grade: town.grade,
    post: { unitId, position: town.position },
    weeklyMinutes: 2325,
  };
  await Promise.all([
    walk.post('hr', 'recruitment', `${path}/hire`, terms),
    walk.post('hr', 'recruitment', `${path}/hire`, terms),
  ]);
};

/** A file of new people. */
const imports: Journey = async (walk) => {
  const rows = [1, 2, 3].map((line) => {
    const number = `8${String(walk.round).padStart(5, '0')}${line}`;
    return `${number},架空本,例${line},カクウモト,レイ,1990-05-06,男,架空台${walk.round}`;
  });
  const file = ['職員番号,氏,名,氏カナ,名カナ,生年月日,性別,住所', ...rows].join('\r\n');
  await walk.post('hr', 'placement', '/imports/staff', Buffer.from(file));
};

export const JOURNEYS: Readonly<Record<string, Journey>> = {
  newcomer,
  parent,
  transfers,
  corrections,
  training,
  grants,
  hire,
  imports,
  forgotten,
};
