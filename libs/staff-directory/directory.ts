import type { Pool, PoolClient } from 'pg';
import type { PlacementEvent } from '#libs/contracts/placement';
import type { LocalDate } from '#libs/law/local-date';
import { takeIn, type DirectoryEvent } from './intake.js';
import type { TimelineAction } from './timeline.js';

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
  apply(events: readonly DirectoryEvent[], tx: PoolClient): Promise<void> {
    return takeIn(events, tx);
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
    const { rows } = await tx.query<{ staff_id: string; actions: TimelineAction[] }>(
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
