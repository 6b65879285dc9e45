import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Background } from './background.js';
import { Public } from './caller.js';
import type { HttpReply } from './http-request.js';

/** Work that has not been looked at for so long, although there is some, is stalled. */
const STALLED_MS = 30_000;
const DATABASE_MS = 2_000;

/**
 * Ready means that requests can be answered, so only the database decides it: with Kafka away commands still succeed,
 * and a list that lags says so itself. What lags is shown here and counted in the metrics, by head against checkpoint
 * and by when it was last looked at, so that a runner that stands still is seen even when nothing arrives.
 */
@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(private readonly background: Background) {}

  @Public()
  @Get('live')
  live() {
    return { status: 'up' };
  }

  @Public()
  @Get('ready')
  async ready(@Res() reply: HttpReply): Promise<void> {
    const { database, followers, relay, timers, consumer } = this.background.parts;
    const up = await within(database.pool.query('SELECT 1'), DATABASE_MS);
    reply.status(up ? 200 : 503).send({
      status: up ? 'ready' : 'not-ready',
      database: up ? 'up' : 'away',
      followers: followers.status().map((follower) => ({ ...follower, stalled: stalled(follower) })),
      relay: relay?.status(),
      timers: timers.status(),
      consumer: consumer?.health(),
    });
  }
}

type Progress = Readonly<{ position: number; ceiling: number; lastCycleAt?: string }>;

const stalled = ({ position, ceiling, lastCycleAt }: Progress): boolean =>
  !!lastCycleAt && position < ceiling && Date.now() - Date.parse(lastCycleAt) > STALLED_MS;

const within = (work: Promise<unknown>, ms: number): Promise<boolean> => {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, ms, false).unref());
  return Promise.race([work.then(() => true), late]).catch(() => false);
};
