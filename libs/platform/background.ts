import { setTimeout as pause } from 'node:timers/promises';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { FollowerRunner } from '#libs/event-store/follower-runner';
import type { JinzaiConsumer } from '#libs/messaging/consumer-strategy';
import type { KafkaPort } from '#libs/messaging/kafka-port';
import type { Relay } from '#libs/messaging/relay';
import { declareTopics } from '#libs/messaging/topics';
import type { TimerRunner } from '#libs/processes/timers';
import type { Database } from '#libs/event-store/database';
import { errorFields, type Log } from './logger.js';

export type BackgroundParts = Readonly<{
  logger: Log;
  database: Database;
  kafka: KafkaPort;
  followers: FollowerRunner;
  timers: TimerRunner;
  relay?: Relay;
  /** Nest starts and stops it as a microservice of the application. */
  consumer?: JinzaiConsumer;
  /** Services whose topics must exist: its own and those it reads. */
  topics: readonly string[];
  partitions: number;
  replication: number;
}>;

const RETRY_MS = 1_000;

/**
 * What runs beside HTTP, started and stopped with the application. Kafka may be away at any time, also at the start:
 * commands succeed meanwhile and are published later.
 */
export class Background implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private declaring = Promise.resolve(false);

  constructor(readonly parts: BackgroundParts) {}

  onApplicationBootstrap(): void {
    this.parts.followers.start();
    this.parts.timers.start();
    this.declaring = this.declareAndRelay();
  }

  /** True once the topics are there, so that the consumer can join; false when the application stops before. */
  topicsDeclared(): Promise<boolean> {
    return this.declaring;
  }

  /** Before the server closes: nothing new is begun while the last requests are answered. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.declaring;
    await Promise.all([this.parts.relay?.stop(), this.parts.timers.stop()]);
  }

  /** After the last request and the last batch. */
  async onApplicationShutdown(): Promise<void> {
    await this.parts.followers.stop();
    await this.parts.kafka.close();
    await this.parts.database.close();
  }

  private async declareAndRelay(): Promise<boolean> {
    const { kafka, topics, partitions, replication, relay, logger } = this.parts;
    if (topics.length === 0) return true;
    const { signal } = this.stopping;
    for (let complained = false; !signal.aborted; complained = true) {
      try {
        await declareTopics(kafka, topics, partitions, replication);
        relay?.start();
        return true;
      } catch (error) {
        if (!complained) logger.warn(errorFields(error), 'topics are not there yet');
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    return false;
  }
}
