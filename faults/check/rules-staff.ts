import { joined, type Career, type Main } from './careers.js';
import { compared, said, type Complaint } from './complaint.js';
import type { Event, Store } from './store.js';

/** Whatever the order of its fields. */
const plain = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `{${Object.entries(value)
        .filter(([, one]) => one !== null && one !== undefined)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, one]) => `${name}:${plain(one)}`)
        .join()}}`
    : String(value);

/** People by municipality; keys of the comparisons. */
export type People = ReadonlyMap<string, ReadonlyMap<string, Career>>;

/** The staff list of placement: who there is, and which events hold the details. */
export const staffListHolds = async (placement: Store, people: People): Promise<Complaint[]> => {
  const complaints: Complaint[] = [];
  for (const [municipality, careers] of people) {
    const expected: string[] = [];
    for (const staffId of careers.keys()) {
      const events = placement.streams.get(`staff-${municipality}/${staffId}`) ?? [];
      if (!events.some(({ type }) => type === 'StaffRegistered')) continue;
      const holding = events.filter(({ type }) => type === 'StaffRegistered' || type === 'StaffDetailsCorrected');
      const erased = events.some(({ type }) => type === 'PersonErased');
      expected.push(said(staffId, numberOf(holding), holding.map(({ id }) => id).join(), erased));
    }
    const rows = await placement.rows<{
      staff_id: string;
      number_key: string | null;
      detail_events: string[];
      erased: boolean;
    }>(
      `SELECT staff_id, number_key, detail_events::text[], erased FROM staff_list WHERE municipality = $1 AND staff_id = ANY($2)`,
      [municipality, [...careers.keys()]],
    );
    const found = rows.map((row) => said(row.staff_id, row.number_key, row.detail_events.join(), row.erased));
    complaints.push(...compared('read-model', `staff list, ${municipality}`, expected, found));
  }
  return complaints;
};

const numberOf = (events: readonly Event[]): unknown =>
  events.findLast(({ data }) => data.numberKey !== undefined)?.data.numberKey;

/** Units as a service has them: what placement said of each last for a day. */
export const unitsHold = async (service: Store, placement: Store): Promise<Complaint[]> => {
  const told = new Map<string, string>();
  for (const { municipality, data } of placement.ofType('UnitChanged')) {
    const unit = data.unit as Readonly<Record<string, unknown>>;
    const { unitId, name, level, parentId, sector, appointingAuthority, abolished } = unit;
    const line = said(name, level, parentId, sector, appointingAuthority, abolished);
    told.set(said(municipality, unitId, data.effectiveOn), line);
  }
  const rows = await service.rows<object>(
    `SELECT municipality, unit_id, effective_on, name, level, parent_id, sector, appointing_authority, abolished
       FROM directory_units`,
  );
  const found = rows.map((row) => said(...(Object.values(row) as unknown[])));
  const expected = [...told].map(([key, line]) => `${key} | ${line}`);
  return compared('read-model', `units of ${service.service}`, expected, found);
};

/** Postings as a service has them, against placement's events. */
export const directoryHolds = async (service: Store, people: People): Promise<Complaint[]> => {
  const complaints: Complaint[] = [];
  for (const [municipality, careers] of people) {
    const where = `directory of ${service.service}, ${municipality}`;
    const ids = [...careers.keys()];
    const actions = await service.rows<{ staff_id: string; action: object; voided: boolean }>(
      'SELECT staff_id, action, voided FROM directory_actions WHERE municipality = $1 AND staff_id = ANY($2)',
      [municipality, ids],
    );
    const told = [...careers.values()].flatMap(({ staffId, actions: own }) =>
      own.map(({ voided, ...action }) => said(staffId, plain(action), voided)),
    );
    const kept = actions.map(({ staff_id, action, voided }) => said(staff_id, plain(action), voided));
    complaints.push(...compared('read-model', where, told, kept));
    const posts = await service.rows<Posting>(
      `SELECT staff_id, valid_from AS "from", valid_to AS "to", unit_id AS "unitId", position, grade, job_category AS "jobCategory", status
         FROM directory_postings WHERE municipality = $1 AND staff_id = ANY($2) AND main ORDER BY staff_id, valid_from`,
      [municipality, ids],
    );
    complaints.push(...postsHold(where, careers, posts));
  }
  return complaints;
};

type Posting = Readonly<{ staff_id: string }> & Omit<Main, 'employmentId' | 'weeklyMinutes' | 'leaveKind'>;

const postsHold = (where: string, careers: ReadonlyMap<string, Career>, posts: readonly Posting[]): Complaint[] => {
  const complaints: Complaint[] = [];
  const found = new Map<string, Posting[]>();
  for (const post of posts) found.set(post.staff_id, [...(found.get(post.staff_id) ?? []), post]);
  for (const [staffId, { mains, spells }] of careers) {
    const own = found.get(staffId) ?? [];
    complaints.push(...unbroken(`${where}, ${staffId}`, own, spells));
    const lineOf = ({ from, to, unitId, position, grade, jobCategory, status }: Omit<Posting, 'staff_id'>) =>
      said(staffId, from, to, unitId, position, grade, jobCategory, status);
    const expected = joined(mains.map(({ employmentId: _e, weeklyMinutes: _w, leaveKind: _l, ...main }) => main)).map(
      lineOf,
    );
    complaints.push(...compared('read-model', where, expected, joined(own).map(lineOf)));
  }
  return complaints;
};

/** Main posts follow each other without gap or overlap from the first day of an employment to its last. */
const unbroken = (where: string, posts: readonly Posting[], spells: Career['spells']): Complaint[] => {
  const complaints: Complaint[] = [];
  posts.forEach((post, index) => {
    const next = posts[index + 1];
    if (!next) return;
    const overlap = post.to === null || post.to > next.from;
    const gap = !overlap && post.to !== next.from && !spells.some(({ from }) => from === next.from);
    if (overlap || gap)
      complaints.push({
        rule: 'main-posts',
        harm: 'wrong',
        where,
        what: `${overlap ? 'an overlap' : 'a gap'} of main posts at ${next.from}`,
      });
  });
  return complaints;
};

/** What analysts see of staff, as known now, against placement's events. */
export const factsHold = async (projection: Store, people: People): Promise<Complaint[]> => {
  const [{ schema }] = await projection.rows<{ schema: string }>(
    `SELECT table_schema AS schema FROM information_schema.view_table_usage
      WHERE view_schema = 'analytics' AND view_name = 'personnel_action' LIMIT 1`,
  );
  const complaints: Complaint[] = [];
  for (const [municipality, careers] of people) {
    const ids = [...careers.keys()];
    const facts = (table: string, columns: string) =>
      projection.rows<Record<string, unknown>>(
        `SELECT staff_id, ${columns} FROM ${schema}.${table} WHERE municipality = $1 AND staff_id = ANY($2) AND recorded_to = 'infinity'`,
        [municipality, ids],
      );
    const check = (table: string, expected: string[], rows: readonly Record<string, unknown>[]) => {
      const found = rows.map((row) => said(...Object.values(row)));
      complaints.push(...compared('read-model', `facts ${table}, ${municipality}`, expected, found));
    };
    const all = [...careers.values()];
    check('person', all.flatMap(personLine), await facts('person', 'sex, birth_cohort'));
    check('personnel_action', all.flatMap(actionLines), await facts('personnel_action', ACTION));
    check('employment_spell', all.flatMap(spellLines), await facts('employment_spell', SPELL));
    const segments = await facts('employment_segment', SEGMENT);
    complaints.push(...segmentsHold(municipality, careers, segments as unknown as Segment[]));
  }
  return complaints;
};

const ACTION = `action_id, employment_id, kind, effective_on, until, unit_id, position, grade, job_category, route, weekly_minutes, leave_kind, reason`;
const SPELL = `employment_id, kind, route, valid_from, nullif(valid_to, 'infinity')`;
const SEGMENT = `concurrent, valid_from AS "from", nullif(valid_to, 'infinity') AS "to", employment_id AS "employmentId", unit_id AS "unitId",
  position, grade, job_category AS "jobCategory", weekly_minutes AS "weeklyMinutes", status, leave_kind AS "leaveKind"`;
type Segment = Main & Readonly<{ staff_id: string; concurrent: boolean }>;

const personLine = ({ staffId, sex, birthCohort }: Career): string[] =>
  sex === undefined ? [] : [said(staffId, sex, birthCohort)];

const actionLines = ({ staffId, actions }: Career): string[] =>
  actions
    .filter(({ voided }) => !voided)
    .map((action) => {
      const post = action.post as { unitId?: string; position?: string } | undefined;
      const {
        actionId,
        employmentId,
        kind,
        effectiveOn,
        until,
        grade,
        jobCategory,
        route,
        weeklyMinutes,
        leaveKind,
        reason,
      } = action;
      return said(
        staffId,
        actionId,
        employmentId,
        kind,
        effectiveOn,
        until,
        post?.unitId,
        post?.position,
        grade,
        jobCategory,
        route,
        weeklyMinutes,
        leaveKind,
        reason,
      );
    });

const spellLines = ({ staffId, spells }: Career): string[] =>
  spells.map(({ employmentId, kind, route, from, to }) => said(staffId, employmentId, kind, route, from, to));

const segmentsHold = (
  municipality: string,
  careers: ReadonlyMap<string, Career>,
  rows: readonly Segment[],
): Complaint[] => {
  const where = `facts employment_segment, ${municipality}`;
  const own = new Map<string, Main[]>();
  for (const { staff_id, concurrent, ...main } of rows.toSorted((a, b) => (a.from < b.from ? -1 : 1)))
    if (!concurrent) own.set(staff_id, [...(own.get(staff_id) ?? []), main]);
  return [...careers].flatMap(([staffId, { mains }]) => {
    const lineOf = (main: Main) => said(staffId, plain({ ...main }));
    return compared('read-model', where, mains.map(lineOf), joined(own.get(staffId) ?? []).map(lineOf));
  });
};
