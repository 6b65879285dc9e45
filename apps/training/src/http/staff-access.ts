import { Injectable } from '@nestjs/common';
import { NotFound } from '#libs/event-store/not-found';
import type { Caller } from '#libs/platform/caller';
import { Problem } from '#libs/platform/problem';
import { Clock } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';

/** Whose training a caller may see: everybody's, or that of units and of a person. */
export type Seen = 'everybody' | Readonly<{ units: readonly string[]; staffId?: string }>;

/** Who runs training, and whose training somebody else may look at. */
@Injectable()
export class StaffAccess {
  constructor(
    private readonly directory: StaffDirectory,
    private readonly clock: Clock,
  ) {}

  /** Training officers and HR see all of the city; a manager the units below; everybody themselves. */
  async seenBy({ municipality, roles, staffId }: Caller): Promise<Seen> {
    if (roles.some((role) => role === 'hr' || role === 'training-officer' || role === 'auditor')) return 'everybody';
    const manages = roles.includes('manager') && staffId !== undefined;
    const units = manages ? await this.directory.managedUnits(municipality, staffId, this.clock.today()) : [];
    return { units, staffId };
  }

  /** @throws NotFound for somebody the caller may not look at, as for somebody who is not there */
  async requireSeen(by: Caller, staffId: string): Promise<void> {
    const seen = await this.seenBy(by);
    if (seen === 'everybody' || seen.staffId === staffId) return;
    const posting = await this.directory.positionAt(by.municipality, staffId, this.clock.today());
    if (!posting || !seen.units.includes(posting.unitId)) throw new NotFound('staff');
  }

  /** Whom an enrolment is for: oneself, or whomever a training officer or HR names. */
  enrolled({ roles, staffId }: Caller, named: string | undefined): string {
    const runs = roles.includes('training-officer') || roles.includes('hr');
    const whom = named ?? staffId;
    if (whom === undefined || (!runs && whom !== staffId)) throw new Problem(403, 'role.not-allowed');
    return whom;
  }
}
