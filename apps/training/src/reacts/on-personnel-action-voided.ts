import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { execute, EventStore } from '#libs/event-store/event-store';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';
import { localDateOf } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { Demands } from '../demands.js';
import { trainingRecord } from '../domain/training-record.js';

type PersonnelActionVoided = Delivered<Extract<PlacementEvent, { type: 'PersonnelActionVoided' }>>;

/**
 * What the voided action had asked, excused or opened again is undone; what was completed stays. What another action asks
 * as well, and had not to ask while this one did, is asked now.
 */
@Controller()
@System('T2', 'T3', 'T5', 'T6', 'T8', 'T18', 'T19')
export class ReactsOnPersonnelActionVoided {
  constructor(
    private readonly store: EventStore,
    private readonly directory: StaffDirectory,
    private readonly demands: Demands,
  ) {}

  @EventPattern<string>(cloudEventType(placementContract, 'PersonnelActionVoided'))
  async undo(@Payload() event: PersonnelActionVoided, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { municipality, correlationId, id: causationId, traceparent } = event;
    const { staffId, actionId } = event.data;
    const metadata = { actor: 'process:on-personnel-action-voided', correlationId, causationId, traceparent };
    const request = { id: `on-personnel-action-voided/${event.id}`, fingerprint: event.id };
    const knownOn = localDateOf(event.recordedAt);
    const actions = (await this.directory.actionsOf(municipality, staffId, tx)).filter(({ action }) =>
      this.demands.counts(municipality, action, knownOn),
    );
    if (!actions.some(({ action }) => action.actionId === actionId)) return;
    const demands = actions
      .filter(({ action, voided }) => !voided && action.actionId !== actionId)
      .flatMap(({ action }) => this.demands.of(municipality, staffId, action, knownOn));
    const command = { type: 'UndoAction', staffId, actionId, demands } as const;
    await execute(this.store, trainingRecord, { municipality, id: staffId }, command, { metadata, request, tx });
  }
}
