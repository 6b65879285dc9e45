import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { EventStore, execute, type StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import { System } from '#libs/platform/caller';
import { Clock, endOfDay } from '#libs/processes/clock';
import { TimerHandler, Timers, type Timer } from '#libs/processes/timers';
import { leave } from '../domain/leave.js';
import type { LeaveEvent } from '../domain/leave-events.js';

const KIND = 'leave-taken';
const TYPES = ['LeaveApproved', 'LeaveCut', 'LeaveCutUndone'] as const;

type Watched = StoredEvent<Extract<LeaveEvent, { type: (typeof TYPES)[number] }>>;

/**
 * Sets a timer at the end of the last day of leave that stands: on its approval, and anew when it was cut or stands
 * again. One that has been overtaken finds nothing to do.
 */
@Injectable()
@System('W1')
export class LeaveTakes extends Follower {
  readonly name = KIND;
  override readonly types = TYPES;

  constructor(
    private readonly timers: Timers,
    private readonly store: EventStore,
  ) {
    super();
  }

  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    for (const event of events as readonly Watched[]) await this.follow(event, tx);
  }

  private async follow(event: Watched, tx: PoolClient): Promise<void> {
    const { municipality, id, metadata } = event;
    if (event.type !== 'LeaveApproved' && event.data.entryIds.length === 0) return;
    const stream = event.stream.slice(event.stream.indexOf('/') + 1);
    const { events } = await this.store.read(leave, { municipality, id: stream }, tx);
    const state = events.reduce(leave.evolve, leave.initial);
    if (state.status === 'none') return;
    const touched = state.requests.filter(({ requestId, entries }) =>
      event.type === 'LeaveApproved'
        ? requestId === event.data.requestId
        : entries.some(({ entryId }) => event.data.entryIds.includes(entryId)),
    );
    for (const { requestId, entries } of touched) {
      const days = entries.filter(({ status }) => status === 'approved').map(({ on }) => on);
      const last = days.toSorted().at(-1);
      if (last === undefined) continue;
      const payload = { stream, requestId, correlationId: metadata.correlationId };
      const key = `${id}/${requestId}`;
      await this.timers.schedule(tx, { municipality, kind: KIND, key, dueAt: endOfDay(last), payload });
    }
  }
}

/** Leave that was approved is taken once its last day has ended. */
@Injectable()
@System('W1')
export class TakeLeave extends TimerHandler {
  readonly kind = KIND;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async fire({ municipality, payload }: Timer, tx: PoolClient): Promise<void> {
    const { stream, requestId, correlationId } = payload as Record<'stream' | 'requestId' | 'correlationId', string>;
    const command = { type: 'TakeLeave', requestId, today: this.clock.today() } as const;
    const metadata = { actor: `process:${KIND}`, correlationId };
    await execute(this.store, leave, { municipality, id: stream }, command, { metadata, tx });
  }
}
