import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { v5 as uuidv5 } from 'uuid';
import { placementContract, type PersonnelAction, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { execute, EventStore } from '#libs/event-store/event-store';
import { addDays, lastDayOfPeriod, type LocalDate } from '#libs/law/local-date';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';
import { localDateOf } from '#libs/processes/clock';
import { CityRules } from '../city-rules.js';
import { Courses } from '../courses.js';
import type { AssignmentCommand } from '../domain/assignments.js';
import { assignmentsFor } from '../domain/rules.js';
import { trainingRecord } from '../domain/training-record.js';

type PersonnelActionTaken = Delivered<Extract<PlacementEvent, { type: 'PersonnelActionTaken' }>>;

/** What a personnel action asks of the person, or excuses: before anybody has completed anything. */
@Controller()
@System('T2', 'T3', 'T5', 'T6', 'T8', 'T18', 'T19')
export class ReactsOnPersonnelActionTaken {
  constructor(
    private readonly store: EventStore,
    private readonly rules: CityRules,
    private readonly courses: Courses,
  ) {}

  @EventPattern<string>(cloudEventType(placementContract, 'PersonnelActionTaken'))
  async follow(@Payload() event: PersonnelActionTaken, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { municipality, correlationId, id: causationId, traceparent, data } = event;
    const knownOn = localDateOf(event.recordedAt);
    if (data.action.effectiveOn < this.rules.cutover(municipality, knownOn)) return;
    const command = this.commandFor(event, knownOn);
    if (!command) return;
    const metadata = { actor: 'process:on-personnel-action-taken', correlationId, causationId, traceparent };
    if (command.type === 'MakeAssignments') {
      for (const { course, assignedOn } of command.demands) {
        await this.courses.used(municipality, course.code, assignedOn, metadata, tx);
      }
    }
    const request = { id: `on-personnel-action-taken/${event.id}`, fingerprint: event.id };
    await execute(this.store, trainingRecord, { municipality, id: data.staffId }, command, { metadata, request, tx });
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
    const demands = this.demands(event, action, knownOn);
    return demands.length > 0 ? { type: 'MakeAssignments', staffId, actionId, demands } : undefined;
  }

  private demands({ id, municipality }: PersonnelActionTaken, action: PersonnelAction, knownOn: LocalDate) {
    const rules = this.rules.training(municipality, action.effectiveOn);
    const inForce = this.rules.systemsOn(municipality, action.effectiveOn);
    return assignmentsFor(action, rules, inForce, knownOn).map((demand) => ({
      ...demand,
      assignmentId: uuidv5(`assignment/${demand.course.code}`, id),
    }));
  }
}
