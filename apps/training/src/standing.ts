import { Injectable } from '@nestjs/common';
import type { LocalDate } from '#libs/law/local-date';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { CityRules } from './city-rules.js';
import type { Away } from './domain/assignments.js';

/** Whether a person is there to be asked, by the directory. */
@Injectable()
export class Standing {
  constructor(
    private readonly directory: StaffDirectory,
    private readonly rules: CityRules,
  ) {}

  async inService(municipality: string, staffId: string, on: LocalDate): Promise<boolean> {
    return (await this.directory.positionAt(municipality, staffId, on)) !== undefined;
  }

  /** Why the person cannot be asked on the day; a leave counts where the city's rules say so. */
  async awayOn(municipality: string, staffId: string, on: LocalDate): Promise<Away | undefined> {
    const posting = await this.directory.positionAt(municipality, staffId, on);
    if (!posting) return { because: 'separated', from: on };
    const excused = posting.status === 'leave' && this.rules.training(municipality, on).leaveExcuses;
    return excused ? { because: 'on-leave', from: on } : undefined;
  }
}
