import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { ConsumerStatus } from '#libs/messaging/consumer-strategy';
import type { RelayStatus } from '#libs/messaging/relay';
import { Background } from './background.js';
import { Public } from './caller.js';
import { DIRECTORY_TOPIC } from './directory-progress.js';
import type { HttpReply } from './http-request.js';
import { ServiceDefinition } from './service-definition.js';

/** Work that has not been looked at for so long, though there may be none, is stalled. */
const STALLED_MS = 30_000;
const STARTED_AT = Date.now() - process.uptime() * 1_000;
const DATABASE_MS = 2_000;

/**
 * Ready means that requests can be answered, so only the database decides it: with Kafka away commands still succeed,
 * and a list that lags says so itself. What lags is shown here and counted in the metrics, by head against checkpoint
 * and by when it was last looked at, so that a runner that stands still is seen even when nothing arrives. Open to
 * everybody: what an error says stays in the log.
 */
@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(
    private readonly background: Background,
    private readonly definition: ServiceDefinition,
  ) {}

  @Public()
  @Get('live')
  live() {
    return { status: 'up' };
  }

  @Public()
  @Get('ready')
  async ready(@Res() reply: HttpReply): Promise<void> {
    const { database, followers, relay, timers, consumer } = this.background.parts;
    // Aside: when all other connections are at work the database is not away.
    const up = await within(database.aside.query('SELECT 1'), DATABASE_MS);
    reply.status(up ? 200 : 503).send({
      status: up ? 'ready' : 'not-ready',
      database: up ? 'up' : 'away',
      followers: followers.status().map((follower) => ({ ...follower, stalled: silent(follower.lastCycleAt) })),
      relay: relay && relayShown(relay.status()),
      timers: timers.status(),
      consumer: consumer && consumerShown(consumer.health()),
      directory: this.definition.directory === 'topic' && consumer ? directoryShown(consumer.health()) : undefined,
    });
  }
}

const relayShown = ({ error, ...status }: RelayStatus) => ({
  ...status,
  failing: error !== undefined,
  stalled: status.owner && silent(status.lastCycleAt),
});

/** A consumer fetches all the time, also when there is nothing to read. */
const consumerShown = ({ error, ...status }: ConsumerStatus) => ({
  ...status,
  failing: error !== undefined,
  stalled: silent(status.lastCycleAt),
});

/** How far the staff directory has read; of the partitions this process reads. */
const directoryShown = ({ partitions }: ConsumerStatus) => {
  const own = partitions.filter(({ topic }) => topic === DIRECTORY_TOPIC);
  return {
    read: Object.fromEntries(own.map(({ partition, offset }) => [partition, offset])),
    unread: own.reduce((sum, { lag }) => sum + lag, 0),
  };
};

/** Also what has never gone round since the process started. */
const silent = (lastCycleAt: string | undefined): boolean =>
  Date.now() - (lastCycleAt ? Date.parse(lastCycleAt) : STARTED_AT) > STALLED_MS;

const within = (work: Promise<unknown>, ms: number): Promise<boolean> => {
  // Where this process itself stood still that long, an answer that is there by now is in time.
  const late = new Promise<boolean>((resolve) => setTimeout(() => setImmediate(resolve, false), ms).unref());
  return Promise.race([work.then(() => true), late]).catch(() => false);
};
