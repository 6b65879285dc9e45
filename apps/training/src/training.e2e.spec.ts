import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { start } from '#libs/platform/boot';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { TrainingModule } from './training.module.js';

let database: TestDatabase;
let app: NestFastifyApplication;

/** Kafka is away: what needs no event is served all the same. */
beforeAll(async () => {
  database = await createDatabase('training');
  const env = {
    SERVICE_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: '127.0.0.1:9',
    OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
    OIDC_CLIENT_ID: 'service.training',
    OIDC_CLIENT_SECRET: 'test',
    MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'silent',
  };
  app = await start(TrainingModule, 'training', { env });
});

afterAll(async () => {
  await app?.close();
  await database?.drop();
});

it.each(['health/live', 'health/ready', 'openapi.json', 'docs', 'metrics'])('serves %s', async (path) =>
  expect((await fetch(`${await app.getUrl()}/training/${path}`)).status).toBe(200),
);
