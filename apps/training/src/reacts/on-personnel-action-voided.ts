import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { execute, EventStore } from '#libs/event-store/event-store';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';
import { trainingRecord } from '../domain/training-record.js';

type PersonnelActionVoided = Delivered<Extract<PlacementEvent, { type: 'PersonnelActionVoided' }>>;

/** What the voided action had asked, excused or opened again is undone; what was completed stays. */
@Controller()
@System('T2', 'T3', 'T5', 'T6', 'T8', 'T18', 'T19')
export class ReactsOnPersonnelActionVoided {
  constructor(private readonly store: EventStore) {}

  @EventPattern<string>(cloudEventType(placementContract, 'PersonnelActionVoided'))
  async undo(@Payload() event: PersonnelActionVoided, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { municipality, correlationId, id: causationId, traceparent } = event;
    const { staffId, actionId } = event.data;
    const metadata = { actor: 'process:on-personnel-action-voided', correlationId, causationId, traceparent };
    const request = { id: `on-personnel-action-voided/${event.id}`, fingerprint: event.id };
    const command = { type: 'UndoAction', staffId, actionId } as const;
    await execute(this.store, trainingRecord, { municipality, id: staffId }, command, { metadata, request, tx });
  }
}
