import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { execute, EventStore, type StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import { endOfDay } from '#libs/processes/clock';
import { TimerHandler, Timers, type Timer } from '#libs/processes/timers';
import { System } from '#libs/platform/caller';
import { application } from '../domain/application.js';
import type { ApplicationEvent } from '../domain/application-state.js';

const KIND = 'offer-lapses';
const TYPES = ['OfferMade', 'OfferAnswered', 'ApplicationWithdrawn'] as const;

type Watched = StoredEvent<Extract<ApplicationEvent, { type: (typeof TYPES)[number] }>>;

/** Sets the timer of every offer, and takes it back when the offer is answered or the applicant withdraws. */
@Injectable()
@System('R9')
export class OfferLapses extends Follower {
  readonly name = KIND;
  override readonly types = TYPES;

  constructor(private readonly timers: Timers) {
    super();
  }

  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    for (const event of events as readonly Watched[]) await this.follow(event, tx);
  }

  private follow({ municipality, type, data, metadata }: Watched, tx: PoolClient): Promise<void> {
    const timer = { municipality, kind: KIND, key: data.applicationId };
    if (type !== 'OfferMade') return this.timers.cancel(tx, timer);
    const payload = { deadline: data.deadline, correlationId: metadata.correlationId };
    return this.timers.schedule(tx, { ...timer, dueAt: endOfDay(data.deadline), payload });
  }
}

/** Lets the offer lapse when nobody answered it. An offer answered in the last moment, or renewed, is left alone. */
@Injectable()
@System('R9')
export class LapseOffer extends TimerHandler {
  readonly kind = KIND;

  constructor(private readonly store: EventStore) {
    super();
  }

  async fire({ municipality, key, payload }: Timer, tx: PoolClient): Promise<void> {
    const { deadline, correlationId } = payload as { deadline: string; correlationId: string };
    const metadata = { actor: `process:${KIND}`, correlationId };
    await execute(
      this.store,
      application,
      { municipality, id: key },
      { type: 'LapseOffer', deadline },
      { metadata, tx },
    );
  }
}
