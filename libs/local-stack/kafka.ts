import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { Child } from './child.js';

export type KafkaOptions = Readonly<{ folder: string; port: number; controllerPort: number; log: string }>;

/** Where scripts/setup.mjs puts the jars: outside the data and outside node_modules. */
const JARS = '.cache/kafka/libs';

/** One real Apache Kafka (KRaft, broker and controller in one process). */
export class LocalKafka {
  private constructor(
    private readonly options: KafkaOptions,
    private child: Child,
  ) {}

  static async start(options: KafkaOptions): Promise<LocalKafka> {
    if (!existsSync(JARS)) throw new Error(`Kafka's jars are missing: run "node scripts/setup.mjs test"`);
    mkdirSync(join(options.folder, 'data'), { recursive: true });
    writeFileSync(join(options.folder, 'log4j2.yaml'), LOGGING);
    const settings = join(options.folder, 'server.properties');
    writeFileSync(settings, properties(options));
    if (!readdirSync(join(options.folder, 'data')).includes('meta.properties')) {
      // Never a leading "-": it would be taken for an option.
      const clusterId = `J${randomBytes(16).toString('base64url').slice(1)}`;
      const format = ['-cp', `${JARS}/*`, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settings];
      execFileSync('java', ['-Xshare:auto', '-XX:TieredStopAtLevel=1', ...format], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    }
    const kafka = new LocalKafka(options, await launch(options, settings));
    await kafka.child.until(() => kafka.answers());
    return kafka;
  }

  get brokers(): string {
    return `127.0.0.1:${this.options.port}`;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get ended(): Promise<string> {
    return this.child.ended;
  }

  async restart(): Promise<void> {
    this.child = await launch(this.options, join(this.options.folder, 'server.properties'));
    await this.child.until(() => this.answers());
  }

  stop(): Promise<void> {
    return this.child.stop();
  }

  kill(): Promise<void> {
    return this.child.kill();
  }

  private async answers(): Promise<boolean> {
    const client = new Kafka({
      brokers: [this.brokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
      connectionTimeout: 500,
    });
    const admin = client.admin();
    try {
      await admin.connect();
      return (await admin.describeCluster()).brokers.length > 0;
    } finally {
      await admin.disconnect();
    }
  }
}

const launch = ({ folder, log }: KafkaOptions, settings: string): Promise<Child> =>
  Child.start({
    name: 'kafka',
    command: 'java',
    args: [
      // The quick compiler only: the optimising one costs two seconds of every start and gains a small broker nothing.
      ...['-Xms128m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      `-Dlog4j2.configurationFile=${join(folder, 'log4j2.yaml')}`,
      ...['-cp', `${JARS}/*`, 'kafka.Kafka', settings],
    ],
    log,
    pidFile: `${log}.pid`,
  });

/** The session settings let a broker that was killed register again after six seconds instead of thirteen, and consumers ask for short sessions. */
const properties = ({ folder, port, controllerPort }: KafkaOptions): string => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=${join(folder, 'data')}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.retention.ms=-1
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
`;

const LOGGING = `Configuration:
  Appenders:
    Console:
      name: STDOUT
      PatternLayout: { pattern: "%d{ISO8601} %p %c{1} %m%n" }
  Loggers:
    Root: { level: warn, AppenderRef: { ref: STDOUT } }
`;
