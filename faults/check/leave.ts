import type { Event } from './store.js';

type Entry = Readonly<{
  entryId: string;
  on: string;
  minutes: number;
  uses: readonly Readonly<{ lotId: string; minutes: number }>[];
}>;
type Status = 'pending' | 'approved' | 'taken' | 'gone';
type Kept = Entry & { status: Status; cut?: { by: string; was: Status } };
type Asked = { requestId: string; kind: string; requestedOn?: string; entries: Kept[]; ended: string };

/** A leave year of one person, as wellbeing's events tell: requests and what is left of each grant. */
export type LeaveYear = Readonly<{
  staffId: string;
  requests: readonly Readonly<{
    requestId: string;
    kind: string;
    requestedOn?: string;
    days: readonly string[];
    minutes: number;
    status: string;
  }>[];
  /** Days of leave that stand: asked for, approved or taken. */
  standing: readonly string[];
  /** Minutes left of each lot that was not revoked. */
  left: ReadonlyMap<string, number>;
}>;

export const leaveYearOf = (events: readonly Event[]): LeaveYear => {
  const lots = new Map<string, number>();
  const moved = new Map<string, string>();
  const asked: Asked[] = [];
  let revoked: string[] = [];
  let staffId = '';
  const entries = () => asked.flatMap((request) => request.entries.map((entry) => ({ entry, request })));
  const among = (ids: unknown) => entries().filter(({ entry }) => (ids as string[]).includes(entry.entryId));
  const settle = (requestId: unknown, from: readonly Status[], to: Status, ended?: string) => {
    for (const request of asked.filter((one) => one.requestId === requestId))
      for (const entry of request.entries)
        if (from.includes(entry.status)) {
          entry.status = to;
          if (ended) request.ended = ended;
        }
  };
  for (const { type, data } of events) {
    if (typeof data.staffId === 'string') ({ staffId } = data);
    const { requestId } = data;
    const actionId = data.actionId as string | undefined;
    switch (type) {
      case 'LeaveGranted':
        lots.set(String(data.lotId), Number(data.minutes));
        if (data.origin === 'grant') {
          for (const old of revoked) moved.set(old, String(data.lotId));
          revoked = [];
        }
        break;
      case 'LeaveGrantRevoked':
        lots.delete(String(data.lotId));
        revoked.push(String(data.lotId));
        break;
      case 'LeaveExpired':
        lots.set(String(data.lotId), (lots.get(String(data.lotId)) ?? 0) - Number(data.minutes));
        break;
      case 'LeaveRequested':
        asked.push({
          ...requestOf(data),
          entries: (data.entries as Entry[]).map((entry) => ({ ...entry, status: 'pending' })),
        });
        break;
      case 'LeaveApproved':
        settle(requestId, ['pending'], 'approved');
        break;
      case 'LeaveRefused':
        settle(requestId, ['pending'], 'gone', 'refused');
        break;
      case 'LeaveWithdrawn':
        settle(requestId, ['pending', 'approved'], 'gone', 'withdrawn');
        break;
      case 'LeaveTaken':
        if (requestId === undefined)
          for (const entry of data.entries as (Entry & { kind: string })[])
            asked.push({
              requestId: entry.entryId,
              kind: entry.kind,
              entries: [{ ...entry, status: 'taken' }],
              ended: 'cancelled',
            });
        else
          for (const { entry } of among((data.entries as Entry[]).map(({ entryId }) => entryId)))
            entry.status = 'taken';
        break;
      case 'LeaveCancelled':
      case 'LeaveCut':
        for (const { entry, request } of among(data.entryIds)) {
          if (actionId !== undefined) entry.cut = { by: actionId, was: entry.status };
          entry.status = 'gone';
          request.ended = type === 'LeaveCut' ? 'cut' : 'cancelled';
        }
        break;
      case 'LeaveCutUndone':
        for (const { entry } of entries()) {
          const { cut } = entry;
          if (cut === undefined || cut.by !== actionId) continue;
          if ((data.entryIds as string[]).includes(entry.entryId))
            entry.status = cut.was === 'pending' ? 'pending' : 'approved';
          delete entry.cut;
        }
        break;
      default:
    }
  }
  const standing = entries().filter(({ entry }) => entry.status !== 'gone');
  for (const { entry } of standing) {
    for (const { lotId, minutes } of entry.uses) {
      const lot = lastOf(moved, lotId);
      if (lots.has(lot)) lots.set(lot, (lots.get(lot) ?? 0) - minutes);
    }
  }
  return { staffId, requests: asked.map(shown), standing: standing.map(({ entry }) => entry.on), left: lots };
};

const requestOf = (data: Event['data']): Omit<Asked, 'entries'> => ({
  requestId: String(data.requestId),
  kind: String(data.kind),
  requestedOn: String(data.requestedOn),
  ended: 'cut',
});

const lastOf = (moved: ReadonlyMap<string, string>, lotId: string): string => {
  const next = moved.get(lotId);
  return next === undefined ? lotId : lastOf(moved, next);
};

const shown = ({ requestId, kind, requestedOn, entries, ended }: Asked): LeaveYear['requests'][number] => {
  const has = (status: Status) => entries.some((entry) => entry.status === status);
  const status = has('pending') ? 'pending' : has('approved') ? 'approved' : has('taken') ? 'taken' : ended;
  const days = entries.map(({ on }) => on).toSorted();
  return {
    requestId,
    kind,
    requestedOn,
    days,
    minutes: entries.reduce((sum, { minutes }) => sum + minutes, 0),
    status,
  };
};
