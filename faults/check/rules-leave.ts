import { compared, type Complaint } from './complaint.js';
import { leaveYearOf } from './leave.js';
import type { Store } from './store.js';

/** Requests for leave as they are listed, and no grant from which more was taken than there was. */
export const leaveHolds = async (wellbeing: Store, streams: Iterable<string>): Promise<Complaint[]> => {
  const complaints: Complaint[] = [];
  const expected = new Map<string, string[]>();
  const listed: string[] = [];
  for (const stream of streams) {
    const [municipality] = /\d{6}(?=\/)/.exec(stream) ?? [''];
    const { staffId, requests, left } = leaveYearOf(wellbeing.streams.get(stream) ?? []);
    for (const [lotId, minutes] of left)
      if (minutes < 0)
        complaints.push({
          rule: 'balance',
          harm: 'wrong',
          where: stream,
          what: `${minutes} minutes are left of ${lotId}`,
        });
    for (const { requestId, kind, requestedOn, days, minutes, status } of requests) {
      if (requestedOn === undefined) continue;
      listed.push(requestId);
      const line = [staffId, requestId, kind, requestedOn, days[0], days.at(-1), minutes, status].join(' | ');
      expected.set(municipality, [...(expected.get(municipality) ?? []), line]);
    }
  }
  for (const [municipality, lines] of expected) {
    const rows = await wellbeing.rows<object>(
      `SELECT staff_id, request_id, kind, requested_on, first_day, last_day, minutes, status FROM leave_requests
        WHERE municipality = $1 AND request_id = ANY($2)`,
      [municipality, listed],
    );
    const found = rows.map((row) => Object.values(row).join(' | '));
    complaints.push(...compared('read-model', `leave requests, ${municipality}`, lines, found));
  }
  return complaints;
};

/** Rows that no event speaks of. */
export const leaveListIsComplete = async (wellbeing: Store): Promise<Complaint[]> => {
  const told = wellbeing
    .ofType('LeaveRequested')
    .map(({ municipality, data }) => `${municipality} ${String(data.requestId)}`);
  const rows = await wellbeing.rows<{ line: string }>(
    `SELECT municipality || ' ' || request_id AS line FROM leave_requests`,
  );
  return compared(
    'read-model',
    'leave requests',
    told,
    rows.map(({ line }) => line),
  );
};
