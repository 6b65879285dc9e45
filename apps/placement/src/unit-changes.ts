import { Injectable } from '@nestjs/common';
import { Rejected } from '#libs/event-store/decider';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { Database } from '#libs/event-store/database';
import { StaffDirectory } from '#libs/staff-directory/directory';
import type { OrganisationCommand, OrganisationState, UnitChange } from './domain/organisation.js';

const PATIENCE_MS = 2_000;

/** Looks up who is posted in units that are to be abolished, for the command to carry into the decider. */
@Injectable()
export class UnitChanges {
  constructor(
    private readonly directory: StaffDirectory,
    private readonly followers: FollowerRunner,
    private readonly database: Database,
  ) {}

  /** @throws Rejected `directory.behind` while the directory has not read all that was decided before */
  async command(
    municipality: string,
    changes: readonly UnitChange[],
    state: OrganisationState,
  ): Promise<OrganisationCommand> {
    // In a unit that is new to the organisation nobody can be posted yet.
    const ending = changes.filter(({ unit }) => unit.abolished && state.has(unit.unitId));
    if (ending.length === 0) return { type: 'ChangeUnits', changes, occupied: [] };
    if (!(await this.followers.waitFor('staff-directory', await this.head(), PATIENCE_MS)))
      throw new Rejected('directory.behind');
    const unitIds = ending.map(({ unit }) => unit.unitId);
    return { type: 'ChangeUnits', changes, occupied: await this.directory.postingsIn(municipality, unitIds) };
  }

  private async head(): Promise<number> {
    const { rows } = await this.database.pool.query<{ head: string | null }>(
      'SELECT max(position) AS head FROM events',
    );
    return Number(rows[0].head ?? 0);
  }
}
