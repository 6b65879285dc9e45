import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { execute, EventStore } from '#libs/event-store/event-store';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';
import { application } from '../domain/application.js';

type Placed = Delivered<Extract<PlacementEvent, { type: 'StaffRegistered' | 'PersonnelActionTaken' }>>;

/** Placement registered a person we hired, or took former staff back: the way from application to post is complete. */
@Controller()
@System('R1')
export class ReactsOnPlaced {
  constructor(private readonly store: EventStore) {}

  @EventPattern<string[]>([
    cloudEventType(placementContract, 'StaffRegistered'),
    cloudEventType(placementContract, 'PersonnelActionTaken'),
  ])
  async markJoined(@Payload() event: Placed, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { municipality, correlationId, id: causationId, traceparent, data } = event;
    if (data.applicationId === undefined) return;
    const metadata = { actor: 'process:on-placed', correlationId, causationId, traceparent };
    const command = { type: 'MarkJoined', staffId: data.staffId } as const;
    await execute(this.store, application, { municipality, id: data.applicationId }, command, { metadata, tx });
    await tx.query(`INSERT INTO joined_as VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, [
      municipality,
      data.staffId,
      data.applicationId,
    ]);
  }
}
