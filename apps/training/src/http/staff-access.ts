import { Injectable } from '@nestjs/common';
import { NotFound } from '#libs/event-store/not-found';
import type { Caller } from '#libs/platform/caller';
import { ManagedStaff } from '#libs/platform/managed-staff';
import { Problem } from '#libs/platform/problem';

/** Whose training a caller may see: everybody's, or that of units and of a person. */
export type Seen = 'everybody' | Readonly<{ units: readonly string[]; staffId?: string }>;

/** Who runs training, and whose training somebody else may look at. */
@Injectable()
export class StaffAccess {
  constructor(private readonly managed: ManagedStaff) {}

  /** Training officers and HR see all of the city; a manager the units below; everybody themselves. */
  async seenBy(by: Caller): Promise<Seen> {
    if (seesEverybody(by)) return 'everybody';
    return { units: await this.managed.units(by), staffId: by.staffId };
  }

  /** @throws NotFound for somebody the caller may not look at, as for somebody who is not there */
  async requireSeen(by: Caller, staffId: string): Promise<void> {
    if (seesEverybody(by) || by.staffId === staffId || (await this.managed.includes(by, staffId))) return;
    throw new NotFound('staff');
  }

  /** Whom an enrolment is for: oneself, or whomever a training officer or HR names. */
  enrolled({ roles, staffId }: Caller, named: string | undefined): string {
    const runs = roles.includes('training-officer') || roles.includes('hr');
    const whom = named ?? staffId;
    if (whom === undefined || (!runs && whom !== staffId)) throw new Problem(403, 'role.not-allowed');
    return whom;
  }
}

const seesEverybody = ({ roles }: Caller): boolean =>
  roles.some((role) => role === 'hr' || role === 'training-officer' || role === 'auditor');
