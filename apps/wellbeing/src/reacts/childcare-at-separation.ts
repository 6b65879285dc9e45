import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { PlacementEvent } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import { EventStore, execute } from '#libs/event-store/event-store';
import { childcare, type ChildcareCommand } from '../domain/childcare.js';

type Taken = Delivered<Extract<PlacementEvent, { type: 'PersonnelActionTaken' }>>;
type Voided = Delivered<Extract<PlacementEvent, { type: 'PersonnelActionVoided' }>>;

/**
 * Notes for parents when they will leave the service, and forgets it when the separation is taken back; what is open then
 * ends by timer after the last day. A correction is both.
 */
@Injectable()
export class ChildcareAtSeparation {
  constructor(private readonly store: EventStore) {}

  async taken(event: Taken, tx: PoolClient): Promise<void> {
    const { staffId, action } = event.data;
    const { actionId, kind, effectiveOn: lastDay } = action;
    if (kind !== 'separate') return;
    await this.run(event, { type: 'NoteSeparation', staffId, actionId, lastDay }, tx);
  }

  /** Which kind of action was voided is known to the stream alone. */
  async voided(event: Voided, tx: PoolClient): Promise<void> {
    await this.run(event, { type: 'ForgetSeparation', actionId: event.data.actionId }, tx);
  }

  private async run(event: Taken | Voided, command: ChildcareCommand, tx: PoolClient): Promise<void> {
    const { id, municipality, correlationId, traceparent, data } = event;
    const metadata = { actor: 'process:childcare-at-separation', correlationId, causationId: id, traceparent };
    const request = { id: `childcare-at-separation/${id}`, fingerprint: id };
    await execute(this.store, childcare, { municipality, id: data.staffId }, command, { metadata, request, tx });
  }
}
