import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { PersonKeys } from '#libs/event-store/person-keys';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';

type PersonErased = Delivered<Extract<PlacementEvent, { type: 'PersonErased' }>>;

/** Placement erased a person: what was written about them here is erased with them. The proof is placement's event. */
@Controller()
@System('E9', 'E1')
export class ReactsOnPersonErased {
  constructor(private readonly keys: PersonKeys) {}

  @EventPattern<string>(cloudEventType(placementContract, 'PersonErased'))
  async erase(@Payload() { municipality, data }: PersonErased, @Ctx() { tx }: ConsumerContext): Promise<void> {
    await this.keys.erase(municipality, data.staffId, tx);
  }
}
