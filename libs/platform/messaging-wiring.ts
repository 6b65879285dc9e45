import type { Pool } from 'pg';
import type { Delivered } from '#libs/contracts/public-event';
import { shapesOf } from '#libs/event-store/upcasting';
import { municipalityOf } from '#libs/messaging/cloud-event';
import { JinzaiConsumer } from '#libs/messaging/consumer-strategy';
import type { KafkaPort } from '#libs/messaging/kafka-port';
import type { ParkedStreams } from '#libs/messaging/parked-streams';
import { Relay, type RelayOptions } from '#libs/messaging/relay';
import type { StaffDirectory } from '#libs/staff-directory/directory';
import type { BatchHandler } from './batch-handler.js';
import type { ServiceClient } from './service-client.js';
import type { ServiceDefinition } from './service-definition.js';

/** The relay of a service that publishes. */
export const relayOf = (
  { contract, publishes, aggregates = [] }: ServiceDefinition,
  parts: Omit<RelayOptions, 'contract' | 'publishes' | 'shapes'>,
): Relay | undefined =>
  contract && publishes ? new Relay({ ...parts, contract, publishes, shapes: shapesOf(aggregates) }) : undefined;

export type ConsumerParts = Readonly<{
  pool: Pool;
  kafka: KafkaPort;
  parked: ParkedStreams;
  staff: StaffDirectory;
  client: ServiceClient;
  handler?: BatchHandler;
  onError: (error: unknown) => void;
}>;

/** Name of a service's consumer group, under which its offsets are kept. */
export const groupOf = (service: string): string => `jinzai.${service}`;

/** The consumer of a service that reads topics; it keeps the staff directory before any handler sees the event. */
export const consumerOf = (
  { service, consumes, directory, unknownType = 'park' }: ServiceDefinition,
  { pool, kafka, parked, staff, client, handler, onError }: ConsumerParts,
): JinzaiConsumer | undefined => {
  if (!consumes || consumes.length === 0) return undefined;
  return new JinzaiConsumer({
    group: groupOf(service),
    pool,
    kafka,
    parked,
    contracts: [...consumes],
    unknownType,
    onError,
    fetchMissing: (from, stream, after) => missing(client, from, stream, after),
    ...(directory === 'topic' && { before: (events, tx) => staff.apply(events, tx) }),
    ...(handler && {
      batch: (events, tx, from) => handler.handle(events, tx, from),
      passedOver: (events, tx) => handler.passedOver(events, tx),
    }),
  });
};

/** Asked with a token for the stream's own municipality: only that one may read it. */
export const missing = (client: ServiceClient, service: string, stream: string, after: number): Promise<Delivered[]> =>
  client.get(
    service,
    `/${service}/public-events?${String(new URLSearchParams({ stream, after: String(after) }))}`,
    municipalityOf(stream) ?? '',
  );
