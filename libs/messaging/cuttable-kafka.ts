import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Kafka, logLevel, type ISocketFactory, type KafkaConfig, type logCreator } from 'kafkajs';

export type KafkajsOptions = Readonly<{
  brokers: readonly string[];
  clientId: string;
  /** Silence after which a consumer loses its partitions. */
  sessionTimeoutMs?: number;
  /** What the client complains of; it goes on by itself. */
  onLog?: (level: 'warn' | 'error', message: string, details: object) => void;
}>;

/** With fewer retries kafkajs gives up in the middle, restarts itself and reads from the start again. */
const FOR_EVER = { retries: Number.MAX_SAFE_INTEGER, initialRetryTime: 100, maxRetryTime: 1_000 };
export const BRIEFLY = { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 };

/**
 * A client that can be ended while the brokers are away: with unlimited retries kafkajs would otherwise try for ever.
 * A cut client gives out neither broker addresses (which kafkajs does not retry) nor sockets.
 */
export class CuttableKafka {
  readonly kafka: Kafka;
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  constructor({ brokers, clientId, onLog }: KafkajsOptions, retry: KafkaConfig['retry'] = FOR_EVER) {
    this.kafka = new Kafka({
      clientId,
      brokers: () => (this.isCut ? [] : [...brokers]),
      retry,
      connectionTimeout: 3_000,
      requestTimeout: 30_000,
      logLevel: logLevel.WARN,
      logCreator: this.log(onLog),
      socketFactory: this.socket,
    });
  }

  cut(): void {
    this.isCut = true;
    // Only an error makes kafkajs give up its requests and timers.
    for (const socket of this.sockets) socket.destroy(new Error('closed'));
  }

  private readonly socket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.isCut) throw new Error('closed');
    const socket = ssl ? connectTls({ host, port, ...ssl }, onConnect) : connect({ host, port }, onConnect);
    socket.setKeepAlive(true, 60_000);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    return socket;
  };

  private readonly log =
    (onLog: KafkajsOptions['onLog']): logCreator =>
    () =>
    ({ level, log: { message, ...details } }) => {
      if (!this.isCut) onLog?.(level === logLevel.WARN ? 'warn' : 'error', message, details);
    };
}
