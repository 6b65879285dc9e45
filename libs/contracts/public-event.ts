import type { z } from 'zod';

/** One type of public event: what others may rely on. `version` rises only with a breaking change of `schema`. */
export type PublicEventType = Readonly<{ version: number; schema: z.ZodType }>;

/** What a service publishes; declared once here and imported by producer and consumers alike. */
export type Contract = Readonly<{ service: string; events: Readonly<Record<string, PublicEventType>> }>;

/** A public event of a contract, as its consumers see its name and data. */
export type PublicEventOf<C extends Contract> = {
  [Type in keyof C['events'] & string]: Readonly<{ type: Type; data: z.infer<C['events'][Type]['schema']> }>;
}[keyof C['events'] & string];

export const topicOf = (service: string): string => `jinzai.${service}.events`;

/** CloudEvents type of a public event, e.g. `jinzai.placement.StaffRegistered.v1`. */
export const cloudEventType = ({ service, events }: Contract, type: string): string =>
  deliveredType(service, { type, schemaVersion: events[type].version });

/** The same of one that was delivered, whether or not this release knows it. */
export const deliveredType = (
  service: string,
  { type, schemaVersion }: Pick<Delivered, 'type' | 'schemaVersion'>,
): string => `jinzai.${service}.${type}.v${schemaVersion}`;

/** A public event as it comes out of a topic, without transport. */
export type Delivered<Event extends { type: string; data: unknown } = { type: string; data: unknown }> = Readonly<{
  /** Id of the stored event; the same on every delivery. */
  id: string;
  municipality: string;
  /** Stream of the producer, `<category>-<municipality>/<id>`; key of the record. */
  stream: string;
  streamVersion: number;
  /** Version of the stream's previous public event, 0 for the first. */
  previousVersion: number;
  /** Version of `data`'s shape. */
  schemaVersion: number;
  /** UTC instant of the append at the producer. */
  recordedAt: string;
  /** Local date, where the fact has one. */
  effectiveOn?: string;
  correlationId: string;
  traceparent?: string;
}> &
  Event;
