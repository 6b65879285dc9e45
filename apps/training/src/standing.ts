import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { lastDayOfPeriod, type LocalDate } from '#libs/law/local-date';
import { Clock } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import type { TimelineAction } from '#libs/staff-directory/timeline';
import { CityRules } from './city-rules.js';
import { employmentsOf, type Service } from './domain/employment.js';

/** Whether a person is there to be asked, by the directory. */
@Injectable()
export class Standing {
  constructor(
    private readonly directory: StaffDirectory,
    private readonly rules: CityRules,
    private readonly clock: Clock,
  ) {}

  async inService(municipality: string, staffId: string, on: LocalDate): Promise<boolean> {
    return (await this.directory.positionAt(municipality, staffId, on)) !== undefined;
  }

  /** Whether placement has told of a person of this id whose appointment counts. */
  async isKnown(municipality: string, staffId: string): Promise<boolean> {
    return (await this.directory.historiesOf(municipality, [staffId])).has(staffId);
  }

  async service(municipality: string, staffId: string, tx?: PoolClient): Promise<Service | undefined> {
    return (await this.services(municipality, [staffId], tx)).get(staffId);
  }

  /** When each of them is there, in one statement; undefined for whose history does not hold together at the moment. */
  async services(
    municipality: string,
    staffIds: readonly string[],
    tx?: PoolClient,
  ): Promise<ReadonlyMap<string, Service | undefined>> {
    const histories = await this.directory.historiesOf(municipality, staffIds, tx);
    return new Map(
      staffIds.map((staffId) => [staffId, this.serviceBy(municipality, histories.get(staffId) ?? [])] as const),
    );
  }

  /** By these actions, which are all of a person that count. A leave excuses where the rules of its first day say so. */
  serviceBy(municipality: string, actions: readonly TimelineAction[]): Service | undefined {
    const employments = employmentsOf(actions, {
      excuses: (from) => this.rules.training(municipality, from).leaveExcuses,
      dueAfter: (back) => lastDayOfPeriod(back, this.rules.training(municipality, back).reopenedDueMonths),
    });
    return employments && { employments, cutover: this.rules.cutover(municipality, this.clock.today()) };
  }
}
