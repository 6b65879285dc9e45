import 'reflect-metadata';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DecidedLog } from '#libs/event-store/decided-log';
import { ParkedStreams } from '#libs/messaging/parked-streams';
import { Timers } from '#libs/processes/timers';
import { Background } from './background.js';
import { Clock, SystemClock } from '#libs/processes/clock';
import { Config } from './config.js';
import { serveDocument } from './docs-page.js';
import { BODY_LIMIT, prepareEdge } from './edge.js';
import { createLogger, errorFields, Log, NestLog } from './logger.js';
import { Metrics } from './metrics.js';
import { describe, routesOfApp } from './openapi.js';
import { measureProgress } from './progress.js';
import { answerBadConnection, answerBadUrl } from './refused-early.js';
import { refuseUndeclared } from './route-check.js';
import { ServiceDefinition } from './service-definition.js';
import { SignIn } from './sign-in.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a test or a drill may put in place of the real thing. */
export type StartOptions = Readonly<{ env?: Environment; clock?: Clock }>;

/** Configuration, clock and log, made before Nest so that a wrong setting is one clear line. */
class Ground {
  static of(config: Config, clock: Clock, log: Log): DynamicModule {
    const provided = [
      { provide: Config, useValue: config },
      { provide: Clock, useValue: clock },
      { provide: Log, useValue: log },
    ];
    return { module: Ground, global: true, providers: provided, exports: provided.map(({ provide }) => provide) };
  }
}

/** Starts a service whose module imports `ServiceModule.for(…)`; it listens when the promise is kept. */
export const start = async (
  module: Type,
  service: string,
  options: StartOptions = {},
): Promise<NestFastifyApplication> => {
  const config = Config.fromEnv(service, options.env ?? process.env);
  const log = createLogger(service, config.env.LOG_LEVEL);
  const clock = options.clock ?? new SystemClock(config.env.CLOCK_OFFSET_MS);
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: class Root {}, imports: [Ground.of(config, clock, log), module] },
    new FastifyAdapter({
      bodyLimit: BODY_LIMIT,
      forceCloseConnections: 'idle',
      routerOptions: { maxParamLength: 300 },
      http: { requireHostHeader: false }, // it would be answered by Node itself; see edge.ts
      frameworkErrors: answerBadUrl(log),
      clientErrorHandler: answerBadConnection(log),
    }),
    { logger: new NestLog(log), bodyParser: false, abortOnError: false },
  );
  try {
    refuseUndeclared(routesOfApp(app));
    app.setGlobalPrefix(service);
    const busyAfterMs = config.env.BUSY_AFTER_MS;
    prepareEdge(app, { signIn: app.get(SignIn), logger: log, metrics: app.get(Metrics), busyAfterMs });
    const title = `jinzai ${app.get(ServiceDefinition).title}`;
    serveDocument(app, service, title, () => describe(app, title));
    const background = app.get(Background);
    const { parts } = background;
    measureProgress(app.get(Metrics), {
      ...parts,
      log: app.get(DecidedLog),
      parked: app.get(ParkedStreams),
      pending: app.get(Timers),
    });
    if (parts.consumer) app.connectMicroservice({ strategy: parts.consumer }, { inheritAppConfig: true });
    await app.listen(config.env.SERVICE_PORT, config.env.HOST);
    // In the background: requests are answered whether or not Kafka is there.
    background
      .topicsDeclared()
      .then((declared) => (declared ? app.startAllMicroservices() : undefined))
      .catch((error: unknown) => log.error(errorFields(error), 'the consumer cannot start'));
    return app;
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
};

const LONGEST_STOP_MS = 10_000;

/** The main function of a service: starts it, says so in one line, and stops it cleanly on SIGTERM or SIGINT. */
export const boot = async (module: Type, service: string): Promise<void> => {
  try {
    const app = await start(module, service);
    const log = app.get(Log);
    stopOnSignal(app, log);
    stopOnSurprise(log);
    log.info({ url: await app.getUrl() }, 'started');
  } catch (error) {
    process.stderr.write(`${service} cannot start: ${reasonOf(error)}\n`);
    process.exit(1);
  }
};

const stopOnSignal = (app: NestFastifyApplication, log: Log): void => {
  const stop = (signal: string) => {
    setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
    log.info({ signal }, 'stopping');
    app.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
};

/** Node would print the whole error, and a database error quotes the row. */
const stopOnSurprise = (log: Log): void => {
  process.on('uncaughtException', (error) => {
    log.error(errorFields(error), 'an error nobody handled');
    process.exit(1);
  });
};

/** A refused connection to a name with two addresses has no message of its own. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
};
