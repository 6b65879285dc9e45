import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { PoolClient } from 'pg';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { execute, EventStore, type Metadata } from '#libs/event-store/event-store';
import { addYears, type LocalDate } from '#libs/law/local-date';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { effectDay } from '#libs/staff-directory/timeline';
import { leave, leaveStream, type LeaveCommand } from '../domain/leave.js';
import { LeaveAccounts } from '../leave-accounts.js';
import { LeaveRules } from '../leave-rules.js';
import { turnOf } from '../leave-turn.js';
import { ChildcareAtSeparation } from './childcare-at-separation.js';

type On<Type extends PlacementEvent['type']> = Delivered<Extract<PlacementEvent, { type: Type }>>;

/**
 * What a personnel action means for somebody's leave: an appointment opens an account with the grant of that month, a
 * separation or an absence cuts what lies behind its first day, and all of it is taken back when the action is voided.
 * Actions from before the city's cutover have come as files.
 */
@Controller()
@System('W1')
export class ReactsOnPersonnelAction {
  constructor(
    private readonly store: EventStore,
    private readonly accounts: LeaveAccounts,
    private readonly rules: LeaveRules,
    private readonly clock: Clock,
    private readonly childcare: ChildcareAtSeparation,
  ) {}

  @EventPattern<string>(cloudEventType(placementContract, 'PersonnelActionTaken'))
  async taken(@Payload() event: On<'PersonnelActionTaken'>, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { id, municipality, data } = event;
    const { staffId, action } = data;
    const { kind, actionId, effectiveOn, until } = action;
    if (effectiveOn < this.rules.cutover(municipality, effectiveOn)) return;
    await this.childcare.taken(event, tx);
    const metadata = metadataOf(event);
    if (kind === 'appoint-on-probation' || kind === 'rehire') {
      const request = { id: `on-personnel-action/${id}`, fingerprint: id };
      await this.accounts.open({ municipality, staffId, day: effectiveOn, actionId, metadata, request }, tx);
    }
    if (kind === 'separate') {
      const cut = { type: 'CutLeave', actionId, because: 'separation', from: effectDay(action) } as const;
      await this.onYears(event, staffId, effectiveOn, [cut], tx);
    }
    if (kind === 'start-leave-of-absence') {
      const cut = { type: 'CutLeave', actionId, because: 'absence', from: effectiveOn } as const;
      await this.onYears(event, staffId, effectiveOn, [{ ...cut, ...(until && { through: until }) }], tx);
    }
  }

  @EventPattern<string>(cloudEventType(placementContract, 'PersonnelActionVoided'))
  async voided(@Payload() event: On<'PersonnelActionVoided'>, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { actionId, staffId } = event.data;
    const commands = [{ type: 'UndoCut', actionId } as const, { type: 'RevokeOpening', actionId } as const];
    await this.childcare.voided(event, tx);
    await this.onYears(event, staffId, addYears(this.clock.today(), -1), commands, tx);
  }

  /** Books are open for the year of the first day, the running and the coming one; what is not there is left alone. */
  private async onYears(
    event: On<'PersonnelActionTaken' | 'PersonnelActionVoided'>,
    staffId: string,
    first: LocalDate,
    commands: readonly LeaveCommand[],
    tx: PoolClient,
  ): Promise<void> {
    const { municipality, id } = event;
    await turnOf(municipality, staffId, tx);
    const today = this.clock.today();
    const days = [first, today, addYears(today, 1)];
    for (const year of new Set(days.map((day) => this.rules.year(municipality, day).from))) {
      const stream = { municipality, id: leaveStream(staffId, year) };
      for (const command of commands) {
        const request = { id: `on-personnel-action/${id}/${year}/${command.type}`, fingerprint: id };
        await execute(this.store, leave, stream, command, { metadata: metadataOf(event), request, tx });
      }
    }
  }
}

const metadataOf = ({ id, correlationId, traceparent }: Delivered): Metadata => ({
  actor: 'process:on-personnel-action',
  correlationId,
  causationId: id,
  traceparent,
});
