import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { execute, EventStore } from '#libs/event-store/event-store';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';
import { application } from '../domain/application.js';

type StaffRegistered = Delivered<Extract<PlacementEvent, { type: 'StaffRegistered' }>>;

/** Placement registered a person we hired: the way from application to post is complete. */
@Controller()
@System('R1')
export class ReactsOnStaffRegistered {
  constructor(private readonly store: EventStore) {}

  @EventPattern<string>(cloudEventType(placementContract, 'StaffRegistered'))
  async markJoined(@Payload() event: StaffRegistered, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { municipality, correlationId, id: causationId, traceparent, data } = event;
    if (data.applicationId === undefined) return;
    const metadata = { actor: 'process:on-staff-registered', correlationId, causationId, traceparent };
    const command = { type: 'MarkJoined', staffId: data.staffId } as const;
    await execute(this.store, application, { municipality, id: data.applicationId }, command, { metadata, tx });
  }
}
