import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { EventStore, type StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import { sumOf } from '../domain/leave-balance.js';
import type { LeaveEvent } from '../domain/leave-events.js';
import { leave, statusOf } from '../domain/leave.js';

const TYPES = [
  'LeaveRequested',
  'LeaveApproved',
  'LeaveRefused',
  'LeaveWithdrawn',
  'LeaveTaken',
  'LeaveCancelled',
  'LeaveCut',
  'LeaveCutUndone',
] as const;

type Listed = StoredEvent<Extract<LeaveEvent, { type: (typeof TYPES)[number] }>>;

export const LEAVE_LISTS = 'leave-lists';

/** One row per request, as its stream says it stands now. Days that came from ledgers were never requested. */
@Injectable()
export class LeaveLists extends Follower {
  readonly name = LEAVE_LISTS;
  override readonly types = TYPES;

  constructor(private readonly store: EventStore) {
    super();
  }

  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    const touched = (events as readonly Listed[]).filter((event) =>
      event.type === 'LeaveTaken' ? event.data.requestId !== undefined : namesIn(event).length > 0,
    );
    for (const stream of new Set(touched.map((event) => event.stream))) {
      const own = touched.filter((event) => event.stream === stream);
      await this.refresh(own[0].municipality, stream.slice(stream.indexOf('/') + 1), new Set(own.flatMap(namesIn)), tx);
    }
  }

  private async refresh(municipality: string, id: string, names: ReadonlySet<string>, tx: PoolClient): Promise<void> {
    const { events } = await this.store.read(leave, { municipality, id }, tx);
    const state = events.reduce(leave.evolve, leave.initial);
    if (state.status === 'none') return;
    const { staffId, requests } = state;
    const rows = requests.flatMap((request) => {
      const { requestId, kind, requestedOn, entries } = request;
      const named = names.has(requestId) || entries.some(({ entryId }) => names.has(entryId));
      if (!named || requestedOn === undefined) return [];
      const days = entries.map(({ on }) => on).toSorted();
      return {
        municipality,
        staff_id: staffId,
        request_id: requestId,
        kind,
        requested_on: requestedOn,
        first_day: days[0],
        last_day: days[days.length - 1],
        minutes: sumOf(entries.map(({ minutes }) => minutes)),
        status: statusOf(request),
      };
    });
    await tx.query(
      `INSERT INTO leave_requests SELECT * FROM jsonb_populate_recordset(NULL::leave_requests, $1::jsonb)
       ON CONFLICT (municipality, request_id) DO UPDATE SET status = excluded.status`,
      [JSON.stringify(rows)],
    );
  }
}

/** Ids of the requests, or of their entries, that an event is about. */
const namesIn = ({ data }: Listed): string[] => [
  ...('requestId' in data && data.requestId !== undefined ? [data.requestId] : []),
  ...('entryIds' in data ? data.entryIds : []),
];
