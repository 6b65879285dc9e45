import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { EventStore, execute, type StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import { addDays } from '#libs/law/local-date';
import { Clock, endOfDay } from '#libs/processes/clock';
import { System } from '#libs/platform/caller';
import { TimerHandler, Timers, type Timer } from '#libs/processes/timers';
import { isConflict, timeline, type Spell } from '#libs/staff-directory/timeline';
import { ANNOUNCED_BEFORE, staff } from './domain/staff.js';
import type { StaffEvent } from './domain/staff-state.js';

const KIND = 'probation-ends';
const TYPES = ['PersonnelActionTaken', 'PersonnelActionVoided'] as const;

type Watched = StoredEvent<Extract<StaffEvent, { type: (typeof TYPES)[number] }>>;

/**
 * Keeps one timer per probation, 30 days before it ends: set on the appointment, moved by an extension or correction,
 * taken back by the formal appointment or a separation.
 */
@Injectable()
@System('P1')
export class ProbationEnds extends Follower {
  readonly name = KIND;
  override readonly types = TYPES;

  constructor(
    private readonly timers: Timers,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** What the stream says now is what counts, so each person of the batch is looked at once. */
  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    const latest = new Map(
      (events as readonly Watched[]).map((event) => [`${event.municipality}/${event.data.staffId}`, event]),
    );
    for (const { municipality, data, metadata } of latest.values()) {
      const { events: career } = await this.store.read(staff, { municipality, id: data.staffId }, tx);
      const state = career.reduce(staff.evolve, staff.initial);
      const history = timeline(state.status === 'none' ? [] : state.actions);
      if (isConflict(history)) continue;
      for (const spell of history.spells)
        await this.keep(municipality, data.staffId, spell, metadata.correlationId, tx);
      for (const key of revoked(career, history.spells))
        await this.timers.cancel(tx, { municipality, kind: KIND, key });
    }
  }

  private async keep(
    municipality: string,
    staffId: string,
    { employmentId, probationUntil, formalFrom, to }: Spell,
    correlationId: string,
    tx: PoolClient,
  ): Promise<void> {
    if (!probationUntil || probationUntil < this.clock.today()) return;
    const timer = { municipality, kind: KIND, key: employmentId };
    if (formalFrom || (to && to <= probationUntil)) return this.timers.cancel(tx, timer);
    const payload = { staffId, correlationId };
    await this.timers.schedule(tx, {
      ...timer,
      dueAt: endOfDay(addDays(probationUntil, -ANNOUNCED_BEFORE - 1)),
      payload,
    });
  }
}

/** Employments that were begun once and are not any more. */
const revoked = (career: readonly StaffEvent[], spells: readonly Spell[]): string[] =>
  career.flatMap((event) => {
    if (event.type !== 'PersonnelActionTaken' || event.data.action.kind !== 'appoint-on-probation') return [];
    const { employmentId } = event.data.action;
    return spells.some((spell) => spell.employmentId === employmentId) ? [] : [employmentId];
  });

/** Announces the end of a probation, unless it has moved or ended meanwhile. */
@Injectable()
@System('P1')
export class AnnounceProbationEnd extends TimerHandler {
  readonly kind = KIND;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async fire({ municipality, key, payload }: Timer, tx: PoolClient): Promise<void> {
    const { staffId, correlationId } = payload as { staffId: string; correlationId: string };
    const command = { type: 'AnnounceProbationEnd', employmentId: key, today: this.clock.today() } as const;
    const metadata = { actor: `process:${KIND}`, correlationId };
    await execute(this.store, staff, { municipality, id: staffId }, command, { metadata, tx });
  }
}
