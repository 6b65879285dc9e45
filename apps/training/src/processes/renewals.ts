import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { v5 as uuidv5 } from 'uuid';
import { execute, EventStore, type StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { System } from '#libs/platform/caller';
import { Clock, endOfDay } from '#libs/processes/clock';
import { TimerHandler, Timers, type Timer } from '#libs/processes/timers';
import { Courses } from '../courses.js';
import { trainingRecord } from '../domain/training-record.js';
import type { TrainingRecordEvent } from '../domain/training-record-state.js';
import { Standing } from '../standing.js';

const KIND = 'completion-renewal';
const TYPES = ['CourseCompleted', 'CompletionVoided'] as const;
const NAMESPACE = '3f0a8f6e-0a5b-5a35-9b1d-8c6a4f0e2d11';

type Watched = StoredEvent<Extract<TrainingRecordEvent, { type: (typeof TYPES)[number] }>>;
type Payload = Readonly<{ staffId: string; course: string; renewOn: LocalDate; correlationId: string }>;

/** Sets the timer of every completion that ends, and takes it back when the completion is voided. */
@Injectable()
@System('T19')
export class Renewals extends Follower {
  readonly name = KIND;
  override readonly types = TYPES;

  constructor(private readonly timers: Timers) {
    super();
  }

  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    for (const event of events as readonly Watched[]) await this.follow(event, tx);
  }

  private async follow({ municipality, type, data, metadata }: Watched, tx: PoolClient): Promise<void> {
    const timer = { municipality, kind: KIND, key: data.completionId };
    if (type === 'CompletionVoided') return this.timers.cancel(tx, timer);
    const { staffId, course, renewOn } = data;
    if (!renewOn) return undefined;
    const payload: Payload = { staffId, course, renewOn, correlationId: metadata.correlationId };
    return this.timers.schedule(tx, { ...timer, dueAt: endOfDay(addDays(renewOn, -1)), payload });
  }
}

/** Asks for the course again before its completion ends, unless the person has left or done it anew. */
@Injectable()
@System('T19')
export class RenewAssignment extends TimerHandler {
  readonly kind = KIND;

  constructor(
    private readonly store: EventStore,
    private readonly courses: Courses,
    private readonly standing: Standing,
    private readonly clock: Clock,
  ) {
    super();
  }

  async fire({ municipality, key, payload }: Timer, tx: PoolClient): Promise<void> {
    const { staffId, course: code, renewOn, correlationId } = payload as Payload;
    const today = this.clock.today();
    const service = await this.standing.service(municipality, staffId, tx);
    const metadata = { actor: `process:${KIND}`, correlationId };
    const course = await this.courses.used(municipality, code, today, metadata, tx);
    const command = {
      type: 'RenewAssignment',
      staffId,
      assignmentId: uuidv5(`${municipality}/${key}`, NAMESPACE),
      completionId: key,
      course: code,
      kind: course.kind,
      assignedOn: renewOn,
      service,
    } as const;
    await execute(this.store, trainingRecord, { municipality, id: staffId }, command, { metadata, tx });
  }
}
