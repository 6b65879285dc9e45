import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Database } from '#libs/event-store/database';
import { Rejected } from '#libs/event-store/decider';
import { StreamMoved } from '#libs/event-store/event-store';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { readCheckpoint } from '#libs/event-store/lease';
import { StaffDirectory } from '#libs/staff-directory/directory';
import type { Batch } from '#libs/imports/batches';
import type { OrganisationCommand, OrganisationState, UnitChange } from './domain/organisation.js';
import { turnToAbolish } from './posting-turn.js';

const PATIENCE_MS = 2_000;
const DIRECTORY = 'staff-directory';

const POSTED_SINCE = `
  SELECT stream FROM events
  WHERE municipality = $1 AND position > $2 AND (type = 'PersonnelActionVoided'
     OR type = 'PersonnelActionTaken' AND data->'action'->'post'->>'unitId' = ANY($3)) LIMIT 1`;

/** A command, and what the transaction that appends its events has to do first. */
export type Prepared = Readonly<{ command: OrganisationCommand; hold: NonNullable<Batch['hold']> }>;

/** Looks up who is posted in units that are to be abolished, and sees to it that nobody is until they are. */
@Injectable()
export class UnitChanges {
  constructor(
    private readonly directory: StaffDirectory,
    private readonly followers: FollowerRunner,
    private readonly database: Database,
  ) {}

  /** @throws Rejected `directory.behind` while the directory has not read all that was decided before */
  async prepare(municipality: string, changes: readonly UnitChange[], state: OrganisationState): Promise<Prepared> {
    // In a unit that is new to the organisation nobody can be posted yet.
    const ending = changes.filter(({ unit }) => unit.abolished && state.has(unit.unitId));
    if (ending.length === 0) {
      return { command: { type: 'ChangeUnits', changes, occupied: [] }, hold: () => Promise.resolve() };
    }
    const head = await this.head();
    if (!(await this.followers.waitFor(DIRECTORY, head, PATIENCE_MS))) throw new Rejected('directory.behind');
    const unitIds = ending.map(({ unit }) => unit.unitId);
    const occupied = await this.directory.postingsIn(municipality, unitIds);
    return {
      command: { type: 'ChangeUnits', changes, occupied },
      hold: (tx) => this.hold(tx, municipality, unitIds, head),
    };
  }

  /** @throws StreamMoved when somebody may have been posted there after the directory was asked: it has to be asked again */
  private async hold(tx: PoolClient, municipality: string, unitIds: readonly string[], head: number): Promise<void> {
    await turnToAbolish(tx);
    const { rows } = await tx.query<{ stream: string }>(POSTED_SINCE, [municipality, head, unitIds]);
    if (rows.length > 0) throw new StreamMoved(rows[0].stream);
    // A crash between the two questions above may have taken the directory back.
    if ((await readCheckpoint(tx, DIRECTORY)) < head) throw new StreamMoved(DIRECTORY);
  }

  private async head(): Promise<number> {
    const { rows } = await this.database.pool.query<{ head: string | null }>(
      'SELECT max(position) AS head FROM events',
    );
    return Number(rows[0].head ?? 0);
  }
}
