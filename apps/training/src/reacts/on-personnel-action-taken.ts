import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { PoolClient } from 'pg';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { execute, EventStore, type Metadata } from '#libs/event-store/event-store';
import { addDays, lastDayOfPeriod, type LocalDate } from '#libs/law/local-date';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';
import { localDateOf } from '#libs/processes/clock';
import { CityRules } from '../city-rules.js';
import { Courses } from '../courses.js';
import { Demands } from '../demands.js';
import type { AssignmentCommand } from '../domain/assignments.js';
import { session } from '../domain/session.js';
import { trainingRecord } from '../domain/training-record.js';

type PersonnelActionTaken = Delivered<Extract<PlacementEvent, { type: 'PersonnelActionTaken' }>>;

const SESSIONS_AFTER = `
  SELECT p.session_id FROM participants p JOIN training_sessions s USING (municipality, session_id)
   WHERE p.municipality = $1 AND p.staff_id = $2 AND p.place IS NOT NULL AND s.status = 'planned' AND s.held_on > $3::date
   ORDER BY p.session_id`;

/** What a personnel action asks of the person, or excuses: before anybody has completed anything. */
@Controller()
@System('T2', 'T3', 'T5', 'T6', 'T8', 'T18', 'T19')
export class ReactsOnPersonnelActionTaken {
  constructor(
    private readonly store: EventStore,
    private readonly rules: CityRules,
    private readonly courses: Courses,
    private readonly demands: Demands,
  ) {}

  @EventPattern<string>(cloudEventType(placementContract, 'PersonnelActionTaken'))
  async follow(@Payload() event: PersonnelActionTaken, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { municipality, correlationId, id: causationId, traceparent, data } = event;
    const knownOn = localDateOf(event.recordedAt);
    if (!this.demands.counts(municipality, data.action, knownOn)) return;
    const command = this.commandFor(event, knownOn);
    if (!command) return;
    const metadata = { actor: 'process:on-personnel-action-taken', correlationId, causationId, traceparent };
    if (command.type === 'MakeAssignments') {
      for (const { course, assignedOn } of command.demands) {
        await this.courses.used(municipality, course.code, assignedOn, metadata, tx);
      }
    }
    if (data.action.kind === 'separate') await this.freeSeats(event, metadata, tx);
    await execute(this.store, trainingRecord, { municipality, id: data.staffId }, command, {
      metadata,
      request: requestOf(event),
      tx,
    });
  }

  /** Who leaves has no seat any more, and waits for none, in sessions after the last day. */
  private async freeSeats(event: PersonnelActionTaken, metadata: Metadata, tx: PoolClient): Promise<void> {
    const { municipality, data } = event;
    const { staffId, action } = data;
    const params = [municipality, staffId, action.effectiveOn];
    const { rows } = await tx.query<{ session_id: string }>(SESSIONS_AFTER, params);
    for (const { session_id: id } of rows) {
      const options = { metadata, request: requestOf(event, `/${id}`), tx };
      await execute(this.store, session, { municipality, id }, { type: 'FreeSeat', staffId }, options);
    }
  }

  private commandFor(event: PersonnelActionTaken, knownOn: LocalDate): AssignmentCommand | undefined {
    const { municipality } = event;
    const { staffId, action } = event.data;
    const { actionId, effectiveOn } = action;
    const rules = this.rules.training(municipality, effectiveOn);
    if (action.kind === 'start-leave-of-absence') {
      const excuse = { type: 'ExcuseAway', staffId, actionId, because: 'on-leave', from: effectiveOn } as const;
      return rules.leaveExcuses ? excuse : undefined;
    }
    if (action.kind === 'return-from-leave') {
      const dueOn = lastDayOfPeriod(effectiveOn, rules.reopenedDueMonths);
      return { type: 'EndLeave', staffId, actionId, from: effectiveOn, dueOn };
    }
    if (action.kind === 'separate') {
      return { type: 'ExcuseAway', staffId, actionId, because: 'separated', from: addDays(effectiveOn, 1) };
    }
    const demands = this.demands.of(municipality, staffId, action, knownOn);
    return demands.length > 0 ? { type: 'MakeAssignments', staffId, demands } : undefined;
  }
}

const requestOf = ({ id }: PersonnelActionTaken, part = '') => ({
  id: `on-personnel-action-taken/${id}${part}`,
  fingerprint: id,
});
