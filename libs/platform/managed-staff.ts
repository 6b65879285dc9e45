import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import type { Caller } from './caller.js';

/** Whom a manager may look at: those who work today in the units he heads and below. Nobody for any other caller. */
@Injectable()
export class ManagedStaff {
  constructor(
    private readonly directory: StaffDirectory,
    private readonly clock: Clock,
  ) {}

  /** Ids of the units the caller heads today and of all below them. */
  async units({ municipality, staffId, roles }: Caller): Promise<string[]> {
    if (!roles.includes('manager') || staffId === undefined) return [];
    return this.directory.managedUnits(municipality, staffId, this.clock.today());
  }

  async includes(by: Caller, staffId: string): Promise<boolean> {
    const units = await this.units(by);
    if (units.length === 0) return false;
    const posting = await this.directory.positionAt(by.municipality, staffId, this.clock.today());
    return posting !== undefined && units.includes(posting.unitId);
  }
}

/**
 * The same in SQL, for a list whose rows have `municipality` and `staff_id`.
 * @param rows alias of the list's table
 * @param units placeholder of the units
 * @param today placeholder of the day
 */
export const worksIn = (rows: string, units: string, today: string): string =>
  `EXISTS (SELECT FROM directory_postings m WHERE m.municipality = ${rows}.municipality AND m.staff_id = ${rows}.staff_id
     AND m.main AND m.valid_from <= ${today}::date AND (m.valid_to IS NULL OR m.valid_to > ${today}::date)
     AND m.unit_id = ANY(${units}))`;
