import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { PoolClient } from 'pg';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { execute, EventStore, type Metadata } from '#libs/event-store/event-store';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';
import { localDateOf } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { Courses } from '../courses.js';
import { Demands } from '../demands.js';
import { session } from '../domain/session.js';
import { trainingRecord } from '../domain/training-record.js';
import { Standing } from '../standing.js';

type Taken = Delivered<Extract<PlacementEvent, { type: 'PersonnelActionTaken' }>>;
type Voided = Delivered<Extract<PlacementEvent, { type: 'PersonnelActionVoided' }>>;

const ACTOR = { taken: 'process:on-personnel-action-taken', voided: 'process:on-personnel-action-voided' };

/** Kinds of actions by which a person comes, leaves, or is away. */
const ON_SERVICE: readonly Taken['data']['action']['kind'][] = [
  'appoint-on-probation',
  'rehire',
  'separate',
  'start-leave-of-absence',
  'return-from-leave',
];

const SESSIONS_AFTER = `
  SELECT p.session_id FROM participants p JOIN training_sessions s USING (municipality, session_id)
   WHERE p.municipality = $1 AND p.staff_id = $2 AND p.place IS NOT NULL AND s.status = 'planned' AND s.held_on > $3::date
   ORDER BY p.session_id`;

/**
 * What a personnel action asks of the person, before anybody has completed anything, and on which days the person is
 * excused. One that was voided asks nothing: what others ask as well, and had not to ask while it did, is asked then.
 */
@Controller()
@System('T2', 'T3', 'T5', 'T6', 'T8', 'T18', 'T19')
export class ReactsOnPersonnelActions {
  constructor(
    private readonly store: EventStore,
    private readonly directory: StaffDirectory,
    private readonly standing: Standing,
    private readonly courses: Courses,
    private readonly demands: Demands,
  ) {}

  @EventPattern<string>(cloudEventType(placementContract, 'PersonnelActionTaken'))
  async taken(@Payload() event: Taken, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { municipality, data } = event;
    const { staffId, action } = data;
    const knownOn = localDateOf(event.recordedAt);
    const counts = this.demands.counts(municipality, action, knownOn);
    const demands = counts ? this.demands.of(municipality, staffId, action, knownOn) : [];
    if (demands.length === 0 && !ON_SERVICE.includes(action.kind)) return;
    // Years of history are told when a city begins; of nearly all of it nothing follows here.
    if (!counts && !(await this.hasRecord(event, tx))) return;
    const { metadata, request } = caused(event, ACTOR.taken);
    for (const { course, assignedOn } of demands) {
      await this.courses.used(municipality, course.code, assignedOn, metadata, tx);
    }
    if (counts && action.kind === 'separate') await this.freeSeats(event, metadata, tx);
    const actions = await this.directory.actionsOf(municipality, staffId, tx);
    const valid = actions.flatMap((one) => (one.voided ? [] : [one.action]));
    const service = this.standing.serviceBy(municipality, valid);
    const command = { type: 'FollowAction', staffId, actionId: action.actionId, demands, service } as const;
    await execute(this.store, trainingRecord, { municipality, id: staffId }, command, { metadata, request, tx });
  }

  @EventPattern<string>(cloudEventType(placementContract, 'PersonnelActionVoided'))
  async voided(@Payload() event: Voided, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { municipality } = event;
    const { staffId, actionId } = event.data;
    const knownOn = localDateOf(event.recordedAt);
    const actions = await this.directory.actionsOf(municipality, staffId, tx);
    const valid = actions.flatMap(({ action, voided }) => (voided || action.actionId === actionId ? [] : [action]));
    const demands = valid
      .filter((action) => this.demands.counts(municipality, action, knownOn))
      .flatMap((action) => this.demands.of(municipality, staffId, action, knownOn));
    const service = this.standing.serviceBy(municipality, valid);
    const command = { type: 'UndoAction', staffId, actionId, demands, service } as const;
    const options = { ...caused(event, ACTOR.voided), tx };
    await execute(this.store, trainingRecord, { municipality, id: staffId }, command, options);
  }

  private async hasRecord({ municipality, data }: Taken, tx: PoolClient): Promise<boolean> {
    return (await this.store.read(trainingRecord, { municipality, id: data.staffId }, tx)).version > 0;
  }

  /** Who leaves has no seat any more, and waits for none, in sessions after the last day. */
  private async freeSeats(event: Taken, metadata: Metadata, tx: PoolClient): Promise<void> {
    const { municipality, data } = event;
    const { staffId, action } = data;
    const params = [municipality, staffId, action.effectiveOn];
    const { rows } = await tx.query<{ session_id: string }>(SESSIONS_AFTER, params);
    for (const { session_id: id } of rows) {
      const options = { ...caused(event, ACTOR.taken, `/${id}`), metadata, tx };
      await execute(this.store, session, { municipality, id }, { type: 'FreeSeat', staffId }, options);
    }
  }
}

const caused = ({ id: causationId, correlationId, traceparent }: Taken | Voided, actor: string, part = '') => ({
  metadata: { actor, correlationId, causationId, traceparent },
  request: { id: `${actor.replace('process:', '')}/${causationId}${part}`, fingerprint: causationId },
});
