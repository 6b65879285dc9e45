import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Rejected } from '#libs/event-store/decider';
import { EventStore, execute, type AppendResult, type StoredEvent } from '#libs/event-store/event-store';
import { PersonKeys } from '#libs/event-store/person-keys';
import type { Caller } from '#libs/platform/caller';
import { ManagedStaff } from '#libs/platform/managed-staff';
import { Clock } from '#libs/processes/clock';
import { absentIsNotFound, NotFound } from '#libs/event-store/not-found';
import type { RulesOn } from '../domain/rules-of-day.js';
import { staff, type StaffCommand } from '../domain/staff.js';
import { staffNumber } from '../domain/staff-number.js';
import type { RegisteredStaff, StaffEvent } from '../domain/staff-state.js';
import { idFrom } from '#libs/platform/commands';
import { turnToPost } from '../posting-turn.js';
import { Rulebook } from '../rulebook.js';
import { StaffNumbers } from '../staff-numbers.js';

export type Career = Readonly<{ state: RegisteredStaff; events: readonly StoredEvent<StaffEvent>[]; version: number }>;

/** What is looked up for a command: the rules by day, and the reservation of the number that comes with it. */
export type LookedUp = Readonly<{ rulesOn: RulesOn; numberKey?: string }>;

/** What the routes of the staff master have in common: running a command, and who may look at whom. */
@Injectable()
export class StaffOffice {
  constructor(
    private readonly store: EventStore,
    private readonly keys: PersonKeys,
    private readonly managed: ManagedStaff,
    private readonly rulebook: Rulebook,
    private readonly numbers: StaffNumbers,
    private readonly clock: Clock,
  ) {}

  /**
   * One command on one person, by the rules as they are until it is written. A staff number that comes with it is reserved
   * for the person in the same transaction.
   */
  async run(
    by: Caller,
    staffId: string,
    commandBy: (looked: LookedUp) => StaffCommand,
    number?: string,
  ): Promise<AppendResult> {
    const { municipality, metadata, request, expected } = by;
    const numberKey = number === undefined ? undefined : await this.numbers.key(municipality, number);
    const work = async (tx: PoolClient) => {
      await turnToPost(tx);
      const command = commandBy({ rulesOn: await this.rulebook.of(municipality, tx), numberKey });
      if (command.type !== 'WithdrawResignation') requireSomebodyElse(by, staffId);
      if (numberKey !== undefined) {
        const reserve = { type: 'ReserveStaffNumber', staffId } as const;
        await execute(this.store, staffNumber, { municipality, id: numberKey }, reserve, { metadata, tx });
      }
      const options = { metadata, request, expected, tx };
      return execute(this.store, staff, { municipality, id: staffId }, command, options);
    };
    return this.store.together(work, expected).catch(absentIsNotFound);
  }

  /** Destroys the person's key and leaves the proof, both or neither. */
  async erase(by: Caller, staffId: string): Promise<AppendResult> {
    requireSomebodyElse(by, staffId);
    const { municipality, metadata, request, expected } = by;
    const work = async (tx: PoolClient) => {
      const command = { type: 'EraseStaff', today: this.clock.today() } as const;
      const result = await execute(this.store, staff, { municipality, id: staffId }, command, {
        metadata,
        request,
        expected,
        tx,
      });
      await this.keys.erase(municipality, staffId, tx);
      return result;
    };
    return this.store.together(work, expected).catch(absentIsNotFound);
  }

  /** The person's stream, when the caller may look at it; otherwise it is as if it were not there. */
  async career(by: Caller, staffId: string): Promise<Career> {
    if (!(await this.mayRead(by, staffId))) throw new NotFound('staff');
    const { events, version } = await this.store.read(staff, { municipality: by.municipality, id: staffId });
    const state = events.reduce(staff.evolve, staff.initial);
    if (state.status === 'none') throw new NotFound('staff');
    return { state, events, version };
  }

  /** HR, auditors and other services read everybody, managers their units and below, staff themselves. */
  async mayRead(by: Caller, staffId: string): Promise<boolean> {
    return readsAll(by) || by.staffId === staffId || this.managed.includes(by, staffId);
  }
}

/** Roles that read the whole staff list. */
export const readsAll = ({ roles }: Caller): boolean =>
  roles.some((role) => ['hr', 'auditor', 'service'].includes(role));

/** Ids of what a request creates: a repeat names the same. */
export const newIds = (by: Caller, row = 0) => ({
  actionId: idFrom(by, `action/${row}`),
  employmentId: idFrom(by, `employment/${row}`),
});

/** @throws Rejected when HR staff would act on their own record: that takes a colleague */
export const requireSomebodyElse = ({ staffId }: Caller, person: string): void => {
  if (staffId === person) throw new Rejected('staff.own-record');
};
