import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { PoolClient } from 'pg';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { PersonKeys } from '#libs/event-store/person-keys';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';

type On<Type extends PlacementEvent['type']> = Delivered<Extract<PlacementEvent, { type: Type }>>;
type Coded = Pick<On<'StaffRegistered'>['data'], 'staffId' | 'sex'>;

/** Keeps the sex of staff, on which the entitlement to some kinds of leave rests, and forgets whom placement forgot. */
@Controller()
@System('W1')
export class ReactsOnStaffRegistered {
  constructor(private readonly keys: PersonKeys) {}

  @EventPattern<string>(cloudEventType(placementContract, 'StaffRegistered'))
  async registered(@Payload() { municipality, data }: On<'StaffRegistered'>, @Ctx() { tx }: ConsumerContext) {
    await keep(municipality, data, tx);
  }

  @EventPattern<string>(cloudEventType(placementContract, 'StaffAttributesCorrected'))
  async corrected(@Payload() { municipality, data }: On<'StaffAttributesCorrected'>, @Ctx() { tx }: ConsumerContext) {
    await keep(municipality, data, tx);
  }

  @EventPattern<string>(cloudEventType(placementContract, 'PersonErased'))
  async erased(@Payload() { municipality, data }: On<'PersonErased'>, @Ctx() { tx }: ConsumerContext): Promise<void> {
    await this.keys.erase(municipality, data.staffId, tx);
  }
}

const keep = async (municipality: string, { staffId, sex }: Coded, tx: PoolClient): Promise<void> => {
  await tx.query(
    `INSERT INTO staff_sex (municipality, staff_id, sex) VALUES ($1, $2, $3)
     ON CONFLICT (municipality, staff_id) DO UPDATE SET sex = excluded.sex`,
    [municipality, staffId, sex],
  );
};
