import { Injectable } from '@nestjs/common';
import { EventStore, execute } from '#libs/event-store/event-store';
import { absentIsNotFound, NotFound } from '#libs/event-store/not-found';
import type { LocalDate } from '#libs/law/local-date';
import type { Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { ManagedStaff } from '#libs/platform/managed-staff';
import { Policies } from '#libs/policy/pack';
import { Clock } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { childcare, type ChildcareCommand, type ChildcareRules } from '../domain/childcare.js';
import type { ChildcareState } from '../domain/childcare-state.js';

/** What the routes of childcare leave have in common: running a command, and who may act for whom. */
@Injectable()
export class ChildcareOffice {
  constructor(
    private readonly store: EventStore,
    private readonly directory: StaffDirectory,
    private readonly managed: ManagedStaff,
    private readonly policies: Policies,
    private readonly clock: Clock,
  ) {}

  /** @param id of what the command creates or changes */
  async run(by: Caller, staffId: string, id: string, command: ChildcareCommand): Promise<CommandAnswer> {
    const stream = { municipality: by.municipality, id: staffId };
    return CommandAnswer.of(id, await execute(this.store, childcare, stream, command, by).catch(absentIsNotFound));
  }

  async stateOf(municipality: string, staffId: string): Promise<{ state: ChildcareState; version: number }> {
    const { events, version } = await this.store.read(childcare, { municipality, id: staffId });
    return { state: events.reduce(childcare.evolve, childcare.initial), version };
  }

  today(): LocalDate {
    return this.clock.today();
  }

  rules(municipality: string): ChildcareRules {
    return this.policies.inForce(municipality, 'childcare-leave', this.clock.today());
  }

  /** Whether the directory has the person in service on each of the days. */
  async inService(municipality: string, staffId: string, ...days: readonly LocalDate[]): Promise<boolean> {
    const postings = await Promise.all(days.map((day) => this.directory.positionAt(municipality, staffId, day)));
    return postings.every((posting) => posting !== undefined);
  }

  /** HR for everybody, staff for themselves; to others the person is as if not there. */
  requireOwnOrHr({ roles, staffId }: Caller, person: string): void {
    if (!roles.includes('hr') && staffId !== person) throw new NotFound('staff');
  }

  /** HR for everybody, managers for staff of their units and below. */
  async requireManagerOrHr(by: Caller, person: string): Promise<void> {
    if (!by.roles.includes('hr') && !(await this.managed.includes(by, person))) throw new NotFound('staff');
  }
}
