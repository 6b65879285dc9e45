import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { execute, EventStore } from '#libs/event-store/event-store';
import { PersonKeys } from '#libs/event-store/person-keys';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { Commands } from '#libs/platform/commands';
import { System } from '#libs/platform/caller';
import { application } from '../domain/application.js';

type PersonErased = Delivered<Extract<PlacementEvent, { type: 'PersonErased' }>>;

/** Placement erased a member of staff: the applications by which the person came are erased too, each with its proof. */
@Controller()
@System('R1')
export class ReactsOnPersonErased {
  constructor(
    private readonly store: EventStore,
    private readonly commands: Commands,
    private readonly keys: PersonKeys,
  ) {}

  @EventPattern<string>(cloudEventType(placementContract, 'PersonErased'))
  async erase(@Payload() event: PersonErased, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { municipality, correlationId, id: causationId, traceparent, data } = event;
    const metadata = { actor: 'process:on-person-erased', correlationId, causationId, traceparent };
    const { rows } = await tx.query<{ id: string }>(
      'SELECT application_id AS id FROM joined_as WHERE municipality = $1 AND staff_id = $2',
      [municipality, data.staffId],
    );
    for (const { id } of rows) {
      const { state } = await this.commands.stateOf(application, municipality, id, tx);
      if (state.status === 'none' || state.erased) continue;
      await execute(this.store, application, { municipality, id }, { type: 'EraseApplicant' }, { metadata, tx });
      await this.keys.erase(municipality, id, tx);
    }
  }
}
