import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import { System } from '#libs/platform/caller';
import { Clock, endOfDay } from '#libs/processes/clock';
import { TimerHandler, Timers, type Timer } from '#libs/processes/timers';
import { leaveStream } from '../domain/leave.js';
import type { LeaveEvent } from '../domain/leave-events.js';
import { LeaveAccounts } from '../leave-accounts.js';

const KIND = 'leave-year-ends';
const TYPES = ['LeaveYearOpened', 'LeaveYearClosed'] as const;

type Watched = StoredEvent<Extract<LeaveEvent, { type: (typeof TYPES)[number] }>>;

/** Sets the timer of every leave year that is open: at its end the next one opens. */
@Injectable()
@System('W1')
export class LeaveYears extends Follower {
  readonly name = KIND;
  override readonly types = TYPES;

  constructor(private readonly timers: Timers) {
    super();
  }

  /** Years of the past come opened and closed in one append: they need no timer. */
  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    const watched = events as readonly Watched[];
    const closed = new Set(watched.filter(({ type }) => type === 'LeaveYearClosed').map(({ stream }) => stream));
    for (const { municipality, stream, type, data, metadata } of watched) {
      if (type !== 'LeaveYearOpened' || closed.has(stream)) continue;
      const { staffId, from, through } = data;
      const timer = { municipality, kind: KIND, key: leaveStream(staffId, from) };
      const payload = { staffId, from, correlationId: metadata.correlationId };
      await this.timers.schedule(tx, { ...timer, dueAt: endOfDay(through), payload });
    }
  }
}

/** Closes the year, and opens the next one for whoever is in service on its first day. */
@Injectable()
@System('W1')
export class TurnLeaveYear extends TimerHandler {
  readonly kind = KIND;

  constructor(
    private readonly accounts: LeaveAccounts,
    private readonly clock: Clock,
  ) {
    super();
  }

  async fire({ municipality, payload }: Timer, tx: PoolClient): Promise<void> {
    const { staffId, from, correlationId } = payload as { staffId: string; from: string; correlationId: string };
    const metadata = { actor: `process:${KIND}`, correlationId };
    await this.accounts.turn(municipality, staffId, from, this.clock.today(), metadata, tx);
  }
}
