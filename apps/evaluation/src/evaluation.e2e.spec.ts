import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { topicOf, type Delivered } from '#libs/contracts/public-event';
import { sliceOf } from '#libs/event-store/stored-row';
import { toCloudEvent } from '#libs/messaging/cloud-event';
import { KafkaPort } from '#libs/messaging/kafka-port';
import { start } from '#libs/platform/boot';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { EvaluationModule } from './evaluation.module.js';

const PARTITIONS = 6;
let database: TestDatabase;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await createDatabase('evaluation');
  const env = {
    SERVICE_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS,
    KAFKA_PARTITIONS: String(PARTITIONS),
    OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
    OIDC_CLIENT_ID: 'service.evaluation',
    OIDC_CLIENT_SECRET: 'test',
    MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'silent',
  };
  app = await start(EvaluationModule, 'evaluation', { env });
});

afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const publish = async (event: Delivered<PlacementEvent>): Promise<void> => {
  const { key, value, headers } = toCloudEvent(placementContract, event);
  const record = { key, value, headers, partition: sliceOf(event.stream) % PARTITIONS };
  await app.get(KafkaPort).producer().send(topicOf('placement'), [record]);
};

it('knows the organisation from what placement publishes', async () => {
  const unitId = `u-${database.url.slice(-10)}`; // the topic is shared with other suites
  await eventually(async () => (await app.get(KafkaPort).partitionsOf([topicOf('placement')])).size);
  await publish({
    id: '018f0000-0000-7000-8000-000000000001',
    municipality: '142140',
    stream: `unit-142140/${unitId}`,
    streamVersion: 1,
    previousVersion: 0,
    schemaVersion: 1,
    recordedAt: '2026-04-01T00:00:00.000Z',
    effectiveOn: '2026-04-01',
    correlationId: 'c-1',
    type: 'UnitChanged',
    data: {
      effectiveOn: '2026-04-01',
      unit: {
        unitId,
        name: '職員課',
        level: 'section',
        parentId: null,
        sector: 'administration',
        appointingAuthority: 'mayor',
        abolished: false,
      },
    },
  });
  const unit = await eventually(() => app.get(StaffDirectory).unit('142140', unitId, '2026-04-02'));
  expect(unit).toMatchObject({ unitId, name: '職員課', sector: 'administration' });
  const health = (await (await fetch(`${await app.getUrl()}/evaluation/health/ready`)).json()) as { directory: object };
  expect(health.directory).toMatchObject({ read: expect.any(Object), unread: expect.any(Number) });
});

it.each(['health/live', 'health/ready', 'openapi.json', 'docs', 'metrics'])('serves %s', async (path) =>
  expect((await fetch(`${await app.getUrl()}/evaluation/${path}`)).status).toBe(200),
);
