import { randomUUID } from 'node:crypto';
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import type { Contract } from '#libs/contracts/public-event';
import { DecidedLog } from '#libs/event-store/decided-log';
import { EventStore } from '#libs/event-store/event-store';
import type { Follower } from '#libs/event-store/follower';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { HashChain } from '#libs/event-store/hash-chain';
import { Lease } from '#libs/event-store/lease';
import { eventStoreMigrations } from '#libs/event-store/migrations';
import { parseMasterKeys, PersonKeys } from '#libs/event-store/person-keys';
import { PostgresEventStore } from '#libs/event-store/postgres-event-store';
import { shapesOf } from '#libs/event-store/upcasting';
import { ConsumerOffsets } from '#libs/messaging/consumer-offsets';
import { KafkaPort } from '#libs/messaging/kafka-port';
import { KafkajsPort } from '#libs/messaging/kafkajs-port';
import { messagingMigrations } from '#libs/messaging/migrations';
import { ParkedController } from './parked.controller.js';
import { ParkedStreams } from '#libs/messaging/parked-streams';
import { PublicEventsController } from './public-events.controller.js';
import { PublicEvents } from '#libs/messaging/public-events';
import { Policies } from '#libs/policy/pack';
import { processesMigrations } from '#libs/processes/migrations';
import { TimerRunner, Timers, type TimerHandler } from '#libs/processes/timers';
import { StaffDirectory, type PositionsOn } from '#libs/staff-directory/directory';
import { directoryMigrations } from '#libs/staff-directory/migrations';
import { Background } from './background.js';
import { BatchHandler } from './batch-handler.js';
import { Clock } from '#libs/processes/clock';
import { Config } from './config.js';
import { Database } from '#libs/event-store/database';
import { DirectoryProgress, TopicDirectory } from './directory-progress.js';
import { HealthController } from './health.controller.js';
import { ManagedStaff } from './managed-staff.js';
import { Log, reportTo } from './logger.js';
import { consumerOf, groupOf, relayOf } from './messaging-wiring.js';
import { Metrics, MetricsController } from './metrics.js';
import { OwnStoreDirectory } from './own-store-directory.js';
import { PersonalDataReads, personalDataReadsMigrations } from './personal-data-reads.js';
import { ProblemFilter } from './problems.js';
import { BodyGuard } from './body-guard.js';
import { RouteGuard } from './route-guard.js';
import { ServiceClient } from './service-client.js';
import { ServiceDefinition } from './service-definition.js';
import { SignIn } from './sign-in.js';
import { validationPipe } from './validation.js';

/**
 * One service, complete: database and migrations, event store, relay, consumer, timers, directory, policies, and the
 * edge. Everything it provides is injected by class and known in every module of the application.
 */
export class ServiceModule {
  static for(definition: ServiceDefinition): DynamicModule {
    const {
      controllers = [],
      providers = [],
      followers = [],
      timerHandlers = [],
      batch,
      contract,
      consumes,
    } = definition;
    const provided: Provider[] = [
      { provide: ServiceDefinition, useValue: definition },
      ...edge(definition),
      ...store(definition),
      ...knowledge(definition),
      ...background(definition),
      ...providers,
    ];
    return {
      module: ServiceModule,
      global: true,
      controllers: [
        HealthController,
        MetricsController,
        ...(consumes ? [ParkedController] : []),
        ...(contract ? [PublicEventsController] : []),
        ...controllers,
      ],
      providers: [
        ...everywhere(definition),
        ...provided,
        ...followers,
        ...timerHandlers,
        ...(batch ? [{ provide: BatchHandler, useClass: batch }] : []),
      ],
      exports: provided.map(tokenOf),
    };
  }
}

const tokenOf = (provider: Provider) => (typeof provider === 'function' ? provider : provider.provide);

/** Who may call, what a body must be, what an error looks like: for every controller of the application. */
const everywhere = ({ problems }: ServiceDefinition): Provider[] => [
  {
    provide: APP_GUARD,
    inject: [SignIn, Policies, Clock],
    useFactory: (...parts: ConstructorParameters<typeof RouteGuard>) => new RouteGuard(...parts),
  },
  { provide: APP_GUARD, useFactory: () => new BodyGuard() },
  { provide: APP_PIPE, useFactory: validationPipe },
  { provide: APP_FILTER, inject: [Log], useFactory: (log: Log) => new ProblemFilter(problems, log) },
];

const edge = ({ service }: ServiceDefinition): Provider[] => [
  { provide: Metrics, useFactory: () => new Metrics(service) },
  {
    provide: SignIn,
    inject: [Config],
    useFactory: ({ env }: Config) => new SignIn(env.OIDC_ISSUER, env.OIDC_AUDIENCE),
  },
];

/** The database with its tables, and the events in it. */
const store = ({ migrations, aggregates = [] }: ServiceDefinition): Provider[] => [
  {
    provide: Database,
    inject: [Config],
    useFactory: async ({ env }: Config) => {
      const libraries = [
        eventStoreMigrations,
        messagingMigrations,
        processesMigrations,
        directoryMigrations,
        personalDataReadsMigrations,
      ];
      const database = await Database.open(env.DATABASE_URL, [...libraries.flat(), ...migrations]);
      if (env.MIGRATE_ON_START === 'true') await database.migrate();
      return database;
    },
  },
  {
    provide: PersonKeys,
    inject: [Database, Config],
    useFactory: ({ pool }: Database, { env }: Config) => new PersonKeys(pool, parseMasterKeys(env.MASTER_KEYS)),
  },
  {
    provide: EventStore,
    inject: [Database, PersonKeys],
    useFactory: ({ pool }: Database, keys: PersonKeys) => new PostgresEventStore(pool, keys),
  },
  {
    provide: DecidedLog,
    inject: [Database],
    useFactory: ({ pool }: Database) => new DecidedLog(pool, shapesOf(aggregates)),
  },
  { provide: Timers, inject: [Database], useFactory: ({ pool }: Database) => new Timers(pool) },
  { provide: ParkedStreams, inject: [Database], useFactory: ({ pool }: Database) => new ParkedStreams(pool) },
  PersonalDataReads,
];

/** What a rule may look up: policies, the organisation, other services. */
const knowledge = ({ service, directory, contract, publishes, aggregates = [] }: ServiceDefinition): Provider[] => [
  { provide: Policies, inject: [Config], useFactory: ({ env }: Config) => Policies.load(env.POLICIES_DIR) },
  {
    provide: StaffDirectory,
    inject: [Database, Policies, KafkaPort],
    useFactory: ({ pool, aside }: Database, policies: Policies, kafka: KafkaPort) => {
      const positions: PositionsOn = (municipality, on) => policies.inForce(municipality, 'positions', on).positions;
      if (directory !== 'topic') return new StaffDirectory(pool, positions);
      const progress = new DirectoryProgress(kafka, new ConsumerOffsets(aside, groupOf(service)));
      return new TopicDirectory(progress, pool, positions);
    },
  },
  ManagedStaff,
  { provide: ServiceClient, inject: [Config], useFactory: (config: Config) => new ServiceClient(config) },
  ...(contract
    ? [
        {
          provide: PublicEvents,
          inject: [Database],
          useFactory: ({ pool }: Database) => new PublicEvents(pool, contract, publishes ?? {}, shapesOf(aggregates)),
        },
      ]
    : []),
];

/** What runs beside HTTP. Every process of a service is a candidate for what only one may do. */
const background = (definition: ServiceDefinition): Provider[] => {
  const {
    service,
    contract,
    publishes,
    consumes = [],
    followers = [],
    timerHandlers = [],
    directory,
    batch,
  } = definition;
  const owner = randomUUID();
  const topics = new Set([...(contract ? [contract] : []), ...consumes].map((of: Contract) => of.service));
  return [
    {
      provide: KafkaPort,
      inject: [Config, Log],
      useFactory: ({ env }: Config, log: Log) =>
        new KafkajsPort({
          brokers: env.KAFKA_BROKERS,
          clientId: service,
          sessionTimeoutMs: env.KAFKA_SESSION_TIMEOUT_MS,
          // It goes on by itself; what it cannot do is told by the relay and the consumer.
          onLog: (_level, message) => log.debug({ context: 'kafka' }, message),
        }),
    },
    {
      provide: FollowerRunner,
      inject: [Config, Database, DecidedLog, StaffDirectory, Log, ...followers],
      useFactory: (
        { env }: Config,
        { pool }: Database,
        decided: DecidedLog,
        staff: StaffDirectory,
        log: Log,
        ...own: Follower[]
      ) =>
        new FollowerRunner({
          pool,
          log: decided,
          lease: new Lease(pool, 'followers', owner, env.LEASE_MS),
          followers: [
            new HashChain(),
            ...(directory === 'own-store' ? [new OwnStoreDirectory(staff, publishes ?? {})] : []),
            ...own,
          ],
          onError: reportTo(log, 'a follower failed'),
        }),
    },
    {
      provide: TimerRunner,
      inject: [Database, Clock, Log, ...timerHandlers],
      useFactory: ({ pool }: Database, clock: Clock, log: Log, ...handlers: TimerHandler[]) =>
        new TimerRunner({ pool, clock, handlers, onError: reportTo(log, 'a timer failed') }),
    },
    {
      provide: Background,
      inject: [
        Config,
        Log,
        Database,
        KafkaPort,
        FollowerRunner,
        TimerRunner,
        DecidedLog,
        ParkedStreams,
        StaffDirectory,
        ServiceClient,
        ...(batch ? [BatchHandler as Type] : []),
      ],
      useFactory: (
        { env }: Config,
        logger: Log,
        database: Database,
        kafka: KafkaPort,
        runner: FollowerRunner,
        timers: TimerRunner,
        log: DecidedLog,
        parked: ParkedStreams,
        staff: StaffDirectory,
        client: ServiceClient,
        handler?: BatchHandler,
      ) =>
        new Background({
          logger,
          database,
          kafka,
          followers: runner,
          timers,
          topics: [...topics],
          partitions: env.KAFKA_PARTITIONS,
          replication: env.KAFKA_REPLICATION,
          relay: relayOf(definition, {
            pool: database.pool,
            log,
            lease: new Lease(database.pool, 'relay', owner, env.LEASE_MS),
            kafka,
            partitions: env.KAFKA_PARTITIONS,
            onError: reportTo(logger, 'the relay failed'),
          }),
          consumer: consumerOf(definition, {
            pool: database.pool,
            kafka,
            parked,
            staff,
            client,
            handler,
            onError: reportTo(logger, 'the consumer failed'),
          }),
        }),
    },
  ];
};
