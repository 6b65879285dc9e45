import type { PoolClient } from 'pg';
import type { PlacementEvent } from '#libs/contracts/placement';
import type { LocalDate } from '#libs/law/local-date';
import { isConflict, timeline, on as validOn, type Timeline, type TimelineAction } from './timeline.js';

/** A placement event, whether delivered from the topic or read from placement's own store. */
export type DirectoryEvent = Readonly<{ municipality: string; type: string; data: unknown }>;

type Known = PlacementEvent & Readonly<{ municipality: string }>;
type Actions = Readonly<{ municipality: string; staff_id: string; actions: TimelineAction[] }>;

/** Event types the directory reads, for a follower of placement's own store. */
export const directoryEvents: readonly string[] = [
  'UnitChanged',
  'PersonnelActionTaken',
  'PersonnelActionVoided',
] satisfies PlacementEvent['type'][];

/** Stores what events say of units and people, and folds anew the postings of those they touch. */
export const takeIn = async (events: readonly DirectoryEvent[], tx: PoolClient): Promise<void> => {
  const known = events.filter(({ type }) => directoryEvents.includes(type)) as unknown as Known[];
  await storeUnits(known, tx);
  const touched = await storeActions(known, tx);
  if (touched.length > 0) await refold(touched, tx);
};

const storeUnits = async (events: readonly Known[], tx: PoolClient): Promise<void> => {
  const units = new Map<string, object>();
  for (const event of events) {
    if (event.type !== 'UnitChanged') continue;
    const { municipality, data } = event;
    const { unitId, parentId, appointingAuthority, ...rest } = data.unit;
    const key = `${municipality}/${unitId}/${data.effectiveOn}`;
    units.set(key, {
      ...rest,
      municipality,
      unit_id: unitId,
      effective_on: data.effectiveOn,
      parent_id: parentId,
      appointing_authority: appointingAuthority,
    });
  }
  if (units.size === 0) return;
  await tx.query(
    `INSERT INTO directory_units SELECT * FROM jsonb_populate_recordset(NULL::directory_units, $1::jsonb)
     ON CONFLICT (municipality, unit_id, effective_on) DO UPDATE SET
       name = excluded.name, level = excluded.level, parent_id = excluded.parent_id, sector = excluded.sector,
       appointing_authority = excluded.appointing_authority, abolished = excluded.abolished`,
    [JSON.stringify([...units.values()])],
  );
};

/** Stores actions and their voiding; answers whose histories are touched. */
const storeActions = async (
  events: readonly Known[],
  tx: PoolClient,
): Promise<{ municipality: string; staff_id: string }[]> => {
  const touched = new Map<string, { municipality: string; staff_id: string }>();
  const taken: object[] = [];
  const voided: object[] = [];
  for (const { municipality, type, data } of events) {
    if (type !== 'PersonnelActionTaken' && type !== 'PersonnelActionVoided') continue;
    const staff = { municipality, staff_id: data.staffId };
    touched.set(`${municipality}/${data.staffId}`, staff);
    if (type === 'PersonnelActionTaken') taken.push({ ...staff, action_id: data.action.actionId, action: data.action });
    else voided.push({ ...staff, action_id: data.actionId });
  }
  if (taken.length > 0)
    await tx.query(
      `INSERT INTO directory_actions (municipality, staff_id, action_id, action)
     SELECT municipality, staff_id, action_id, action FROM jsonb_to_recordset($1::jsonb)
            AS taken(municipality text, staff_id text, action_id text, action jsonb)
     ON CONFLICT DO NOTHING`,
      [JSON.stringify(taken)],
    );
  if (voided.length > 0)
    await tx.query(
      `UPDATE directory_actions SET voided = true FROM jsonb_to_recordset($1::jsonb)
            AS gone(municipality text, staff_id text, action_id text)
      WHERE (directory_actions.municipality, directory_actions.staff_id, directory_actions.action_id)
          = (gone.municipality, gone.staff_id, gone.action_id)`,
      [JSON.stringify(voided)],
    );
  return [...touched.values()];
};

/**
 * The statements reach each person through the primary key (LATERAL): with plans made once for any parameters a join
 * would read the whole table, for every batch.
 *
 * Between the two events of one correction a history may not hold together: it then stays as it was until the second.
 */
const refold = async (
  touched: readonly { municipality: string; staff_id: string }[],
  tx: PoolClient,
): Promise<void> => {
  const { rows } = await tx.query<Actions>(
    `SELECT t.municipality, t.staff_id, known.actions
       FROM jsonb_to_recordset($1::jsonb) AS t(municipality text, staff_id text)
      CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(a.action) FILTER (WHERE NOT a.voided), '[]') actions FROM directory_actions a
         WHERE a.municipality = t.municipality AND a.staff_id = t.staff_id) known`,
    [JSON.stringify(touched)],
  );
  const folded = rows.flatMap(({ actions, ...staff }) => {
    const result = timeline(actions);
    return isConflict(result) ? [] : [{ staff, postings: postingsOf(result) }];
  });
  await tx.query(
    `DELETE FROM directory_postings WHERE ctid = ANY (ARRAY(
       SELECT p.ctid FROM jsonb_to_recordset($1::jsonb) AS gone(municipality text, staff_id text)
       CROSS JOIN LATERAL (
         SELECT ctid FROM directory_postings WHERE municipality = gone.municipality AND staff_id = gone.staff_id
         OFFSET 0) p))`,
    [JSON.stringify(folded.map(({ staff }) => staff))],
  );
  await tx.query(
    `INSERT INTO directory_postings SELECT * FROM jsonb_populate_recordset(NULL::directory_postings, $1::jsonb)`,
    [JSON.stringify(folded.flatMap(({ staff, postings }) => postings.map((posting) => ({ ...staff, ...posting }))))],
  );
};

const postingsOf = ({ segments, concurrent }: Timeline): object[] => [
  ...segments.map((segment) => row(segment, segment, true)),
  ...concurrent.flatMap((held) => {
    const own = validOn(segments, held.from);
    return own ? [row(held, { ...own, post: held.post }, false)] : [];
  }),
];

const row = (
  { from, to }: Readonly<{ from: LocalDate; to: LocalDate | null }>,
  { post, status, grade, jobCategory }: Timeline['segments'][number],
  main: boolean,
): object => ({
  main,
  valid_from: from,
  valid_to: to,
  unit_id: post.unitId,
  position: post.position,
  status,
  grade,
  job_category: jobCategory,
});
