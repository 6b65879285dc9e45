import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { v5 as uuidv5 } from 'uuid';
import { placementContract, type PlacementEvent } from '#libs/contracts/placement';
import { topicOf, type Delivered } from '#libs/contracts/public-event';
import { sliceOf } from '#libs/event-store/stored-row';
import { fromCloudEvent, toCloudEvent } from '#libs/messaging/cloud-event';
import { KafkaPort, type KafkaProducer } from '#libs/messaging/kafka-port';
import { start } from '#libs/platform/boot';
import { Clock } from '#libs/processes/clock';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { eventually } from '#libs/testing/eventually';
import { tokenFor } from '#libs/testing/tokens';
import { appointed, delivered, done, TrainingUsers, unitChanged } from './training.fixture.js';
import { TrainingModule } from './training.module.js';

class FixedClock extends Clock {
  now(): Date {
    return new Date('2027-04-20T03:00:00Z');
  }
}

const PARTITIONS = 6;
let database: TestDatabase;
let app: NestFastifyApplication;
let kafka: KafkaPort;
let producer: KafkaProducer;
let address: string;
/** The topic is shared with other suites, so every id is this suite's own. */
let own: (name: string) => string;
const users = new TrainingUsers(() => address, tokenFor);

beforeAll(async () => {
  database = await createDatabase('training');
  const env = {
    SERVICE_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS,
    KAFKA_PARTITIONS: String(PARTITIONS),
    OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
    OIDC_CLIENT_ID: 'service.training',
    OIDC_CLIENT_SECRET: 'test',
    MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'silent',
  };
  app = await start(TrainingModule, 'training', { env, clock: new FixedClock() });
  address = await app.getUrl();
  own = (name) => `${database.url.slice(-10)}-${name}`;
  kafka = app.get(KafkaPort);
  producer = kafka.producer();
  await eventually(async () => (await kafka.partitionsOf([topicOf('placement')])).size);
});

afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const publish = async (stream: string, event: PlacementEvent, streamVersion = 1): Promise<void> => {
  const whole: Delivered<PlacementEvent> = {
    ...delivered(event, '2027-03-01T00:00:00.000Z'),
    id: uuidv5(`${stream}/${streamVersion}`, uuidv5.URL),
    stream,
    streamVersion,
    previousVersion: streamVersion - 1,
  };
  const { key, value, headers } = toCloudEvent(placementContract, whole);
  await producer.send(topicOf('placement'), [{ key, value, headers, partition: sliceOf(stream) % PARTITIONS }]);
};

/** All training has told of a person, once something of `type` is among it. */
const toldOf = (staffId: string, type: string): Promise<Delivered[]> =>
  new Promise((resolve, reject) => {
    const told: Delivered[] = [];
    const consumer = kafka.consumer({
      group: `spec-${staffId}`,
      topics: [topicOf('training')],
      onAssigned: () => undefined,
      positions: (assigned) => Promise.resolve(assigned.map((at) => ({ ...at, offset: 0 }))),
      batch: async (batch) => {
        told.push(...batch.records.filter(({ key }) => key.includes(staffId)).map(fromCloudEvent));
        batch.done(batch.endOffset);
        if (told.some((event) => event.type === type)) {
          setImmediate(() => void consumer.close().then(() => resolve(told), reject));
        }
      },
      onError: reject,
      onCycle: () => undefined,
    });
  });

it('goes from the appointment on the topic to the completion on the topic', async () => {
  const [staffId, unitId] = [own('staff'), own('unit')];
  await publish(`unit-142140/${unitId}`, unitChanged(unitId, null));
  await publish(`staff-142140/${staffId}`, appointed(staffId, '2027-04-01', unitId));
  const officer = await users.as('training-officer');
  const open = await eventually(async () => {
    const { body } = await officer.get(`assignments?staffId=${staffId}&state=open`);
    const items = body.items as Record<string, unknown>[];
    return items.length === 3 ? items : undefined;
  });
  expect(open.map(({ course, dueOn, unitId: unit }) => [course, dueOn, unit])).toEqual([
    ['new-hire', '2027-06-30', unitId],
    ['harassment', '2027-09-30', unitId],
    ['digital-general', '2028-03-31', unitId],
  ]);

  const { id } = await done(officer.post('sessions', { course: 'harassment', heldOn: '2027-04-20', capacity: 20 }));
  await done((await users.as('staff', staffId)).post(`sessions/${id}/enrolments`));
  await done(officer.post(`sessions/${id}/attendance`, { entries: [{ staffId, attended: true }] }));
  await done(officer.post(`sessions/${id}/holding`));

  const told = await toldOf(staffId, 'CourseCompleted');
  expect(told.map(({ type }) => type)).toEqual([
    'AssignmentMade',
    'AssignmentMade',
    'AssignmentMade',
    'CourseCompleted',
  ]);
  expect(told.at(-1)?.data).toEqual({
    completionId: expect.any(String),
    assignmentId: open[1].assignmentId,
    staffId,
    course: 'harassment',
    completedOn: '2027-04-20',
    minutes: 120,
    validThrough: '2028-04-19',
  });
});

it.each(['health/live', 'health/ready', 'openapi.json', 'docs', 'metrics'])('serves %s', async (path) =>
  expect((await fetch(`${address}/training/${path}`)).status).toBe(200),
);
