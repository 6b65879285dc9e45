import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { wellbeingContract, type WellbeingEvent } from '#libs/contracts/wellbeing';
import { execute, EventStore } from '#libs/event-store/event-store';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { Unavailable } from '#libs/messaging/unavailable';
import { System } from '#libs/platform/caller';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { substituteRequest, type SubstituteRequestCommand } from '../domain/substitute-request.js';

type On<Type extends WellbeingEvent['type']> = Delivered<Extract<WellbeingEvent, { type: Type }>>;
type OfLeave = On<
  'ChildcareLeaveApproved' | 'ChildcareLeaveExtended' | 'ChildcareLeaveCancelled' | 'ChildcareLeaveEnded'
>;

/** A long leave asks for a substitute in the unit of its first day; what becomes of the leave becomes of the request. */
@Controller()
@System('R11')
export class ReactsOnChildcareLeave {
  constructor(
    private readonly store: EventStore,
    private readonly directory: StaffDirectory,
  ) {}

  @EventPattern<string>(cloudEventType(wellbeingContract, 'ChildcareLeaveApproved'))
  async approved(@Payload() event: On<'ChildcareLeaveApproved'>, @Ctx() context: ConsumerContext): Promise<void> {
    const { periodId: requestId, staffId: absentStaffId, from, through } = event.data;
    const posting = await this.directory.positionAt(event.municipality, absentStaffId, from);
    if (!posting) return this.requireKnown(event, context);
    const { unitId } = posting;
    await this.run(event, context, { type: 'RequestSubstitute', requestId, absentStaffId, unitId, from, through });
  }

  @EventPattern<string>(cloudEventType(wellbeingContract, 'ChildcareLeaveExtended'))
  async moved(@Payload() event: On<'ChildcareLeaveExtended'>, @Ctx() context: ConsumerContext): Promise<void> {
    await this.run(event, context, { type: 'MoveSubstituteRequest', through: event.data.through });
  }

  @EventPattern<string>(cloudEventType(wellbeingContract, 'ChildcareLeaveCancelled'))
  async cancelled(@Payload() event: On<'ChildcareLeaveCancelled'>, @Ctx() context: ConsumerContext): Promise<void> {
    await this.run(event, context, { type: 'CloseSubstituteRequest', because: 'leave-cancelled' });
  }

  @EventPattern<string>(cloudEventType(wellbeingContract, 'ChildcareLeaveEnded'))
  async ended(@Payload() event: On<'ChildcareLeaveEnded'>, @Ctx() context: ConsumerContext): Promise<void> {
    await this.run(event, context, { type: 'CloseSubstituteRequest', because: 'leave-ended' });
  }

  /** Who will have left by then leaves a vacancy, no leave to stand in for; who is not known yet is on placement's topic. */
  private async requireKnown(
    { municipality, data: { staffId } }: On<'ChildcareLeaveApproved'>,
    { tx }: ConsumerContext,
  ): Promise<void> {
    const actions = await this.directory.actionsOf(municipality, staffId, tx);
    if (actions.length === 0) throw new Unavailable(`staff ${staffId} has not come from placement yet`);
  }

  private async run(event: OfLeave, { tx }: ConsumerContext, command: SubstituteRequestCommand): Promise<void> {
    const { id, municipality, correlationId, traceparent, data } = event;
    const metadata = { actor: 'process:on-childcare-leave', correlationId, causationId: id, traceparent };
    const request = { id: `on-childcare-leave/${id}`, fingerprint: id };
    const stream = { municipality, id: data.periodId };
    await execute(this.store, substituteRequest, stream, command, { metadata, request, tx });
  }
}
