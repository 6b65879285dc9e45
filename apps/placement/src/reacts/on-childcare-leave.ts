import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { v5 as uuidv5 } from 'uuid';
import type { PersonnelAction } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { wellbeingContract, type WellbeingEvent } from '#libs/contracts/wellbeing';
import { execute, EventStore } from '#libs/event-store/event-store';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';
import { isConflict, on, timeline } from '#libs/staff-directory/timeline';
import type { DraftAction } from '../domain/career.js';
import type { RulesOn } from '../domain/rules-of-day.js';
import { staff, type StaffCommand } from '../domain/staff.js';
import { turnToPost } from '../posting-turn.js';
import { Rulebook } from '../rulebook.js';

type On<Type extends WellbeingEvent['type']> = Delivered<Extract<WellbeingEvent, { type: Type }>>;
type OfLeave = On<'ChildcareLeaveStarted' | 'ChildcareLeaveExtended' | 'ChildcareLeaveEnded'>;
/** What there is to do, by the actions that count; nothing when HR has done it already. */
type Answer = (actions: readonly PersonnelAction[], rulesOn: RulesOn) => StaffCommand | undefined;

/** Childcare leave (育児休業) becomes leave of absence in the career, and its end the return to work. */
@Controller()
@System('P1')
export class ReactsOnChildcareLeave {
  constructor(
    private readonly store: EventStore,
    private readonly rulebook: Rulebook,
  ) {}

  @EventPattern<string>(cloudEventType(wellbeingContract, 'ChildcareLeaveStarted'))
  async started(@Payload() event: On<'ChildcareLeaveStarted'>, @Ctx() context: ConsumerContext): Promise<void> {
    const { from: effectiveOn, through: until } = event.data;
    await this.answer(event, context, (actions, rulesOn) => {
      if (onChildcareLeave(actions, effectiveOn)) return undefined;
      const start = { kind: 'start-leave-of-absence', effectiveOn, until, leaveKind: 'childcare' } as const;
      return { type: 'TakeActions', actions: [{ ...start, actionId: derived(event.id) }], rulesOn };
    });
  }

  /** Before the first day there is no action to correct: the start will name the last day of then. */
  @EventPattern<string>(cloudEventType(wellbeingContract, 'ChildcareLeaveExtended'))
  async extended(@Payload() event: On<'ChildcareLeaveExtended'>, @Ctx() context: ConsumerContext): Promise<void> {
    const { through: until } = event.data;
    await this.answer(event, context, (actions, rulesOn) => {
      const start = openStart(actions, until);
      if (!start || start.until === until) return undefined;
      const action: DraftAction = { ...start, actionId: derived(event.id), until };
      return { type: 'CorrectAction', actionId: start.actionId, action, rulesOn };
    });
  }

  @EventPattern<string>(cloudEventType(wellbeingContract, 'ChildcareLeaveEnded'))
  async ended(@Payload() event: On<'ChildcareLeaveEnded'>, @Ctx() context: ConsumerContext): Promise<void> {
    const effectiveOn = addDays(event.data.through, 1);
    await this.answer(event, context, (actions, rulesOn) => {
      if (!onChildcareLeave(actions, effectiveOn)) return undefined; // has returned, or left the service
      const back = { kind: 'return-from-leave', effectiveOn, actionId: derived(event.id) } as const;
      return { type: 'TakeActions', actions: [back], rulesOn };
    });
  }

  private async answer(event: OfLeave, { tx }: ConsumerContext, answer: Answer): Promise<void> {
    const { id, municipality, correlationId, traceparent, data } = event;
    await turnToPost(tx);
    const stream = { municipality, id: data.staffId };
    const { events } = await this.store.read(staff, stream, tx);
    const state = events.reduce(staff.evolve, staff.initial);
    if (state.status === 'none') throw new Error(`staff ${data.staffId} is on leave but not registered`);
    const command = answer(state.actions, await this.rulebook.of(municipality, tx));
    if (!command) return;
    const metadata = { actor: 'process:on-childcare-leave', correlationId, causationId: id, traceparent };
    const request = { id: `on-childcare-leave/${id}`, fingerprint: id };
    await execute(this.store, staff, stream, command, { metadata, request, tx });
  }
}

const onChildcareLeave = (actions: readonly PersonnelAction[], day: LocalDate): boolean => {
  const history = timeline(actions);
  return !isConflict(history) && on(history.segments, day)?.leaveKind === 'childcare';
};

/** The start of the childcare leave of that time, while nobody has recorded the return from it. */
const openStart = (actions: readonly PersonnelAction[], through: LocalDate): PersonnelAction | undefined => {
  const [latest] = actions
    .filter(({ kind, leaveKind, effectiveOn }) => {
      return kind === 'start-leave-of-absence' && leaveKind === 'childcare' && effectiveOn <= through;
    })
    .toSorted((a, b) => (a.effectiveOn < b.effectiveOn ? 1 : -1));
  const returned = actions.some(
    ({ kind, effectiveOn }) => kind === 'return-from-leave' && effectiveOn > (latest?.effectiveOn ?? through),
  );
  return returned ? undefined : latest;
};

/** UUIDv5 of the causing event's id: done twice, it is the same action. */
const derived = (eventId: string): string => uuidv5('on-childcare-leave', eventId);
