import type { Pool } from 'pg';
import type { Contract, Delivered } from '#libs/contracts/public-event';
import type { StoredEvent } from '#libs/event-store/event-store';
import { EVENT_JSON, toTodaysEvent, type EventJson } from '#libs/event-store/stored-row';
import type { EventShapes } from '#libs/event-store/upcasting';
import type { Publishes } from './publishes.js';
import { RelayProgress, type Watermark } from './relay-progress.js';

/** What a service publishes, read from its own store: the source of its topic, and what consumers fetch when they miss something. */
export class PublicEvents {
  readonly storedTypes: readonly string[];

  constructor(
    private readonly pool: Pool,
    readonly contract: Contract,
    private readonly publishes: Publishes,
    private readonly shapes: EventShapes = {},
  ) {
    this.storedTypes = Object.keys(publishes);
  }

  /** The stored event as others see it. @throws whatever the service's map or the contract's schema has against it */
  publish(event: StoredEvent, previousVersion: number): Delivered {
    const { as, data } = this.publishes[event.type];
    return {
      id: event.id,
      municipality: event.municipality,
      stream: event.stream,
      streamVersion: event.version,
      previousVersion,
      type: as,
      schemaVersion: this.contract.events[as].version,
      recordedAt: event.recordedAt,
      correlationId: event.metadata.correlationId,
      ...(event.effectiveOn === undefined ? {} : { effectiveOn: event.effectiveOn }),
      ...(event.metadata.traceparent === undefined ? {} : { traceparent: event.metadata.traceparent }),
      data: data(event),
    };
  }

  /** Public events of one stream with versions above `after`, oldest first. */
  async of(municipality: string, stream: string, after: number, limit = 500): Promise<Delivered[]> {
    const { rows } = await this.pool.query<{ event: EventJson; previous: number }>(
      `SELECT event, previous FROM (
         SELECT version, ${EVENT_JSON} AS event, coalesce(lag(version) OVER (ORDER BY version), 0) AS previous
         FROM events e WHERE municipality = $1 AND stream = $2 AND type = ANY($3)
       ) public WHERE version > $4 ORDER BY version LIMIT $5`,
      [municipality, stream, this.storedTypes, after, limit],
    );
    return rows.map(({ event, previous }) => this.publish(toTodaysEvent(event, this.shapes), previous));
  }

  /** The stored events at these positions, in order. */
  async at(positions: readonly number[]): Promise<StoredEvent[]> {
    const { rows } = await this.pool.query<{ event: EventJson }>(
      `SELECT ${EVENT_JSON} AS event FROM events e WHERE e.position = ANY($1) ORDER BY e.position`,
      [positions],
    );
    return rows.map(({ event }) => toTodaysEvent(event, this.shapes));
  }

  /**
   * For each event, given in position order, the version of its stream's previous public event. Only the first of a
   * stream has to be looked up.
   */
  async previousVersions(events: readonly StoredEvent[]): Promise<number[]> {
    const seen = new Set<string>();
    const first = events.filter(({ stream, version }) => !seen.has(stream) && seen.add(stream) && version > 1);
    const newest = new Map(await this.newestBefore(first));
    return events.map(({ stream, version }) => {
      const previous = newest.get(stream) ?? 0;
      newest.set(stream, version);
      return previous;
    });
  }

  /** How far the relay has brought the topic; undefined before it ran for the first time. */
  watermark(): Promise<Watermark | undefined> {
    return new RelayProgress(this.pool, this.contract.service).watermark();
  }

  private async newestBefore(events: readonly StoredEvent[]): Promise<[string, number][]> {
    if (events.length === 0) return [];
    const { rows } = await this.pool.query<{ stream: string; newest: number }>({
      name: 'newest-public-before',
      text: `SELECT asked.stream, coalesce((
               SELECT e.version FROM events e
               WHERE e.municipality = asked.municipality AND e.stream = asked.stream AND e.version < asked.version
                 AND e.type = ANY($4) ORDER BY e.version DESC LIMIT 1
             ), 0) AS newest
             FROM unnest($1::text[], $2::text[], $3::int[]) AS asked (municipality, stream, version)`,
      values: [
        events.map((event) => event.municipality),
        events.map((event) => event.stream),
        events.map((event) => event.version),
        this.storedTypes,
      ],
    });
    return rows.map(({ stream, newest }) => [stream, newest]);
  }
}
