import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { EventStore, execute, type StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import { addDays } from '#libs/law/local-date';
import { System } from '#libs/platform/caller';
import { Clock, endOfDay } from '#libs/processes/clock';
import { TimerHandler, Timers, type Timer } from '#libs/processes/timers';
import { isBorn } from '../domain/childcare-births.js';
import { childcare, type ChildcareCommand } from '../domain/childcare.js';
import type { ChildcareEvent, ChildcareLeave, ChildcareState } from '../domain/childcare-state.js';

const STARTS = 'childcare-starts';
const ENDS = 'childcare-ends';
const SEPARATION = 'childcare-separation';

/** Every event that sets a day, moves one or makes one pointless. */
const TYPES = [
  'BirthRecorded',
  'ChildcareLeaveApproved',
  'ChildcareLeaveMoved',
  'ChildcareLeaveCancelled',
  'ChildcareLeaveStarted',
  'ChildcareLeaveExtended',
  'ChildcareLeaveShortened',
  'ChildcareLeaveEnded',
  'PastChildcareLeaveRecorded',
  'ParentLeaving',
  'ParentStaying',
  'ParentLeft',
] as const;

type Watched = StoredEvent<Extract<ChildcareEvent, { type: (typeof TYPES)[number] }>>;

/** Keeps the timers of each parent: first day, day after the last, and the end of the day of separation. */
@Injectable()
@System('W2')
export class ChildcareTimers extends Follower {
  readonly name = 'childcare-timers';
  override readonly types = TYPES;

  constructor(
    private readonly timers: Timers,
    private readonly store: EventStore,
  ) {
    super();
  }

  /** What the stream says now is what counts, so each parent of the batch is looked at once. */
  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    const dated = (events as readonly Watched[]).filter(
      ({ type, data }) => type !== 'PastChildcareLeaveRecorded' || data.running,
    );
    const latest = new Map(dated.map((event) => [`${event.municipality}/${event.data.staffId}`, event]));
    for (const { municipality, data, metadata } of latest.values()) {
      const { events: history } = await this.store.read(childcare, { municipality, id: data.staffId }, tx);
      const state = history.reduce(childcare.evolve, childcare.initial);
      const of = { municipality, payload: { staffId: data.staffId, correlationId: metadata.correlationId } };
      for (const leave of state.leaves) await this.keep(leave, isBorn(state, leave), of, tx);
      if (state.leaving) await this.keepSeparation(state.leaving, of, tx);
    }
  }

  private async keep(
    { periodId: key, from, through, status }: ChildcareLeave,
    born: boolean,
    of: Pick<Timer, 'municipality' | 'payload'>,
    tx: PoolClient,
  ): Promise<void> {
    const [starts, ends] = [
      { ...of, kind: STARTS, key },
      { ...of, kind: ENDS, key },
    ];
    // A timer that has fired stays fired: the first day of a leave is waited for once the child is there.
    if (status === 'approved' && born)
      await this.timers.schedule(tx, { ...starts, dueAt: endOfDay(addDays(from, -1)) });
    else await this.timers.cancel(tx, starts);
    if (status === 'running') await this.timers.schedule(tx, { ...ends, dueAt: endOfDay(through) });
    else await this.timers.cancel(tx, ends);
  }

  /** One timer per action: one taken back, or taken anew for the same day, finds in the stream what there is to do. */
  private keepSeparation(
    { actionId, lastDay }: NonNullable<ChildcareState['leaving']>,
    of: Pick<Timer, 'municipality' | 'payload'>,
    tx: PoolClient,
  ): Promise<void> {
    return this.timers.schedule(tx, { ...of, kind: SEPARATION, key: actionId, dueAt: endOfDay(lastDay) });
  }
}

/** What the three timers have in common: the stream decides whether there is still something to do. */
@Injectable()
abstract class ChildcareTimer extends TimerHandler {
  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  protected abstract command(key: string, today: string): ChildcareCommand;

  async fire({ municipality, key, payload }: Timer, tx: PoolClient): Promise<void> {
    const { staffId, correlationId } = payload as { staffId: string; correlationId: string };
    const metadata = { actor: `process:${this.kind}`, correlationId };
    const command = this.command(key, this.clock.today());
    await execute(this.store, childcare, { municipality, id: staffId }, command, { metadata, tx });
  }
}

@Injectable()
@System('W2')
export class StartChildcareLeave extends ChildcareTimer {
  readonly kind = STARTS;

  protected command(periodId: string, today: string): ChildcareCommand {
    return { type: 'StartLeave', periodId, today };
  }
}

@Injectable()
@System('W2')
export class EndChildcareLeave extends ChildcareTimer {
  readonly kind = ENDS;

  protected command(periodId: string, today: string): ChildcareCommand {
    return { type: 'EndLeave', periodId, today };
  }
}

@Injectable()
@System('W2')
export class CloseChildcareAtSeparation extends ChildcareTimer {
  readonly kind = SEPARATION;

  protected command(_actionId: string, today: string): ChildcareCommand {
    return { type: 'CloseAtSeparation', today };
  }
}
