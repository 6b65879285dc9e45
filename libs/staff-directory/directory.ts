import type { Pool, PoolClient } from 'pg';
import type { PlacementEvent } from '#libs/contracts/placement';
import type { LocalDate } from '#libs/law/local-date';
import { isConflict, timeline, on as validOn, type Timeline, type TimelineAction } from './timeline.js';

/** A placement event, whether delivered from the topic or read from placement's own store. */
export type DirectoryEvent = Readonly<{ municipality: string; type: string; data: unknown }>;

/** What the directory needs to know of a city's positions; `rank` is higher for the higher post. */
export type DirectoryPosition = Readonly<{ code: string; rank: number; heads: boolean }>;
export type PositionsOn = (municipality: string, on: LocalDate) => readonly DirectoryPosition[];

type UnitData = Extract<PlacementEvent, { type: 'UnitChanged' }>['data']['unit'];
export type DirectoryUnit = Omit<UnitData, 'abolished'>;

export type Posting = Readonly<{
  unitId: string;
  position: string;
  status: 'probation' | 'regular' | 'leave' | 'seconded';
  grade: string;
  jobCategory: string;
}>;

type Actions = Readonly<{ municipality: string; staff_id: string; actions: TimelineAction[] }>;

const KNOWN: readonly string[] = [
  'UnitChanged',
  'PersonnelActionTaken',
  'PersonnelActionVoided',
] satisfies PlacementEvent['type'][];

/** Event types the directory reads, for a follower of placement's own store. */
export const directoryEvents = KNOWN;

/** Units and postings of staff as this service has read them, by day: who heads what, who is whose superior. */
export class StaffDirectory {
  constructor(
    private readonly pool: Pool,
    private readonly positions: PositionsOn,
  ) {}

  /**
   * Takes in events in their order, with a few statements however many they are. Applying one twice changes nothing;
   * types it does not know pass.
   */
  async apply(events: readonly DirectoryEvent[], tx: PoolClient): Promise<void> {
    const known = events.filter(({ type }) => KNOWN.includes(type)) as unknown as (PlacementEvent & {
      municipality: string;
    })[];
    await storeUnits(known, tx);
    const touched = await storeActions(known, tx);
    if (touched.length > 0) await refold(touched, tx);
  }

  /** Units in force on the day. */
  async units(municipality: string, on: LocalDate): Promise<DirectoryUnit[]> {
    const { rows } = await this.pool.query<DirectoryUnit>(
      `SELECT unit_id "unitId", name, level, parent_id "parentId", sector, appointing_authority "appointingAuthority"
         FROM (SELECT DISTINCT ON (unit_id) * FROM directory_units
                WHERE municipality = $1 AND effective_on <= $2::date ORDER BY unit_id, effective_on DESC) latest
        WHERE NOT abolished ORDER BY unit_id`,
      [municipality, on],
    );
    return rows;
  }

  async unit(municipality: string, unitId: string, on: LocalDate): Promise<DirectoryUnit | undefined> {
    return (await this.units(municipality, on)).find((unit) => unit.unitId === unitId);
  }

  /** The main post of a member of staff on the day; undefined before appointment and after separation. */
  async positionAt(municipality: string, staffId: string, on: LocalDate): Promise<Posting | undefined> {
    const { rows } = await this.pool.query<Posting>(
      `SELECT unit_id "unitId", position, status, grade, job_category "jobCategory" FROM directory_postings
        WHERE municipality = $1 AND staff_id = $2 AND main
          AND valid_from <= $3::date AND (valid_to IS NULL OR valid_to > $3::date)`,
      [municipality, staffId, on],
    );
    return rows[0];
  }

  /** Whether anybody of this id was, is or will be in service. */
  async knows(municipality: string, staffId: string): Promise<boolean> {
    const { rows } = await this.pool.query(
      'SELECT FROM directory_postings WHERE municipality = $1 AND staff_id = $2 LIMIT 1',
      [municipality, staffId],
    );
    return rows.length > 0;
  }

  /** Every main and concurrent post anybody has, had or will have in these units; half-open. */
  async postingsIn(
    municipality: string,
    unitIds: readonly string[],
  ): Promise<{ unitId: string; from: LocalDate; to: LocalDate | null }[]> {
    const { rows } = await this.pool.query<{ unitId: string; from: LocalDate; to: LocalDate | null }>(
      `SELECT unit_id "unitId", valid_from::text "from", valid_to::text "to" FROM directory_postings
        WHERE municipality = $1 AND unit_id = ANY($2)`,
      [municipality, unitIds],
    );
    return rows;
  }

  /** Everybody with a main post on the day, whatever their status. */
  async everybody(municipality: string, on: LocalDate): Promise<(Posting & { staffId: string })[]> {
    const { rows } = await this.pool.query<Posting & { staffId: string }>(
      `SELECT staff_id "staffId", unit_id "unitId", position, status, grade, job_category "jobCategory"
         FROM directory_postings
        WHERE municipality = $1 AND main AND valid_from <= $2::date AND (valid_to IS NULL OR valid_to > $2::date)
        ORDER BY staff_id`,
      [municipality, on],
    );
    return rows;
  }

  /** Every action of a person that was told of; within `tx` of a reaction the event it reacts to is among them. */
  async actionsOf(
    municipality: string,
    staffId: string,
    tx: Pool | PoolClient = this.pool,
  ): Promise<{ action: TimelineAction; voided: boolean }[]> {
    const { rows } = await tx.query<{ action: TimelineAction; voided: boolean }>(
      `SELECT action, voided FROM directory_actions WHERE municipality = $1 AND staff_id = $2 ORDER BY action_id`,
      [municipality, staffId],
    );
    return rows;
  }

  /** The actions of these members of staff that count, as far as they were read; `tx` sees what it has just taken in. */
  async historiesOf(
    municipality: string,
    staffIds: readonly string[],
    tx: Pool | PoolClient = this.pool,
  ): Promise<ReadonlyMap<string, readonly TimelineAction[]>> {
    const { rows } = await tx.query<Actions>(
      `SELECT staff_id, jsonb_agg(action) AS actions FROM directory_actions
        WHERE municipality = $1 AND staff_id = ANY($2) AND NOT voided GROUP BY staff_id`,
      [municipality, staffIds],
    );
    return new Map(rows.map(({ staff_id, actions }) => [staff_id, actions]));
  }

  /** In service and neither on leave nor seconded away. */
  async inPost(municipality: string, staffId: string, on: LocalDate): Promise<boolean> {
    const posting = await this.positionAt(municipality, staffId, on);
    return posting?.status === 'regular' || posting?.status === 'probation';
  }

  /**
   * Staff id of who heads the unit on the day, by main or concurrent post: the highest position that heads, a main post
   * before a concurrent one. Nobody while the head is on leave or seconded away.
   */
  async headOf(municipality: string, unitId: string, on: LocalDate): Promise<string | undefined> {
    return (await this.heads(municipality, on)).get(unitId);
  }

  /** The head of one's unit, or of the nearest unit above when oneself heads it or nobody does. Never oneself. */
  async superiorOf(municipality: string, staffId: string, on: LocalDate): Promise<string | undefined> {
    const posting = await this.positionAt(municipality, staffId, on);
    if (!posting) return undefined;
    const [heads, units] = await Promise.all([this.heads(municipality, on), this.units(municipality, on)]);
    const parents = new Map(units.map(({ unitId, parentId }) => [unitId, parentId]));
    const seen = new Set<string>();
    for (
      let unitId: string | null | undefined = posting.unitId;
      unitId && !seen.has(unitId);
      unitId = parents.get(unitId)
    ) {
      seen.add(unitId);
      const head = heads.get(unitId);
      if (head && head !== staffId) return head;
    }
    return undefined;
  }

  /** Ids of the units the person heads on the day and of all units below them. */
  async managedUnits(municipality: string, staffId: string, on: LocalDate): Promise<string[]> {
    const [heads, units] = await Promise.all([this.heads(municipality, on), this.units(municipality, on)]);
    const managed = new Set([...heads].filter(([, head]) => head === staffId).map(([unitId]) => unitId));
    for (let before = -1; before < managed.size;) {
      before = managed.size;
      for (const { unitId, parentId } of units) if (parentId && managed.has(parentId)) managed.add(unitId);
    }
    return [...managed].sort();
  }

  private async heads(municipality: string, on: LocalDate): Promise<Map<string, string>> {
    const ranks = new Map(
      this.positions(municipality, on).flatMap(({ code, rank, heads }) => (heads ? [[code, rank]] : [])),
    );
    const { rows } = await this.pool.query<{ staff_id: string; unit_id: string; position: string; main: boolean }>(
      `SELECT held.staff_id, held.unit_id, held.position, held.main FROM directory_postings held
         JOIN directory_postings own ON own.municipality = held.municipality AND own.staff_id = held.staff_id AND own.main
              AND own.valid_from <= $2::date AND (own.valid_to IS NULL OR own.valid_to > $2::date)
        WHERE held.municipality = $1 AND held.position = ANY($3) AND own.status IN ('regular', 'probation')
          AND held.valid_from <= $2::date AND (held.valid_to IS NULL OR held.valid_to > $2::date)
        ORDER BY held.main DESC, held.staff_id`,
      [municipality, on, [...ranks.keys()]],
    );
    const best = rows.toSorted((a, b) => (ranks.get(b.position) ?? 0) - (ranks.get(a.position) ?? 0));
    const heads = new Map<string, string>();
    for (const { unit_id, staff_id } of best) if (!heads.has(unit_id)) heads.set(unit_id, staff_id);
    return heads;
  }
}

type InCity<Type extends PlacementEvent['type']> = Extract<PlacementEvent, { type: Type }> & { municipality: string };

const storeUnits = async (
  events: readonly (PlacementEvent & { municipality: string })[],
  tx: PoolClient,
): Promise<void> => {
  const units = new Map<string, object>();
  for (const event of events) {
    if (event.type !== 'UnitChanged') continue;
    const { municipality, data } = event as InCity<'UnitChanged'>;
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
  events: readonly (PlacementEvent & { municipality: string })[],
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
