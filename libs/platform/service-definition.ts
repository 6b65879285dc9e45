import type { Provider, Type } from '@nestjs/common';
import type { Contract } from '#libs/contracts/public-event';
import type { StoredAggregate } from '#libs/event-store/event-store';
import type { Follower } from '#libs/event-store/follower';
import type { Publishes } from '#libs/messaging/publishes';
import type { TimerHandler } from '#libs/processes/timers';
import type { BatchHandler } from './batch-handler.js';
import type { Migration } from '#libs/event-store/database';
import type { ProblemTexts } from './problem.js';

/** All that makes one service different from the others. */
export abstract class ServiceDefinition {
  /** Prefix of its paths, name of its topic, database and consumer group. */
  readonly service: string;
  /** Title of its OpenAPI page after `jinzai`, Japanese. */
  readonly title: string;
  /** Its own tables; those of the libraries come before them. */
  readonly migrations: readonly Migration[];
  /** What it publishes, and from which stored events; without both there is no relay. */
  readonly contract?: Contract;
  readonly publishes?: Publishes;
  /** All whose events it stores: followers and `publishes` then get events of older versions in today's shape. */
  readonly aggregates?: readonly StoredAggregate[];
  /** Contracts of the services whose topics it reads. */
  readonly consumes?: readonly Contract[];
  /** What becomes of an event type newer than this build: projections pass it over, process managers park the stream. */
  readonly unknownType?: 'pass' | 'park';
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Provider[];
  readonly followers?: readonly Type<Follower>[];
  readonly timerHandlers?: readonly Type<TimerHandler>[];
  /** Japanese and English of every code its rules answer. */
  readonly problems: ProblemTexts;
  /** Where the staff directory comes from: placement's topic, the service's own store (placement itself), or there is none. */
  readonly directory?: 'topic' | 'own-store' | 'none';
  readonly batch?: Type<BatchHandler>;
}
