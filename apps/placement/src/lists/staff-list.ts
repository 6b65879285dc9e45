import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import type { StaffEvent } from '../domain/staff-state.js';

const TYPES = ['StaffRegistered', 'StaffDetailsCorrected', 'PersonErased'] as const;

type Listed = StoredEvent<Extract<StaffEvent, { type: (typeof TYPES)[number] }>>;

/** Where each person's sealed details are; what they do and since when is in the directory's postings. */
@Injectable()
export class StaffList extends Follower {
  readonly name = 'staff-list';
  override readonly types = TYPES;

  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    const listed = events as readonly Listed[];
    await register(listed, tx);
    for (const event of listed) if (event.type !== 'StaffRegistered') await change(event, tx);
  }
}

const register = async (events: readonly Listed[], tx: PoolClient): Promise<void> => {
  const rows = events.flatMap(({ type, municipality, id, data }) =>
    type === 'StaffRegistered'
      ? [{ municipality, staff_id: data.staffId, number_key: data.numberKey ?? null, event: id }]
      : [],
  );
  await tx.query(
    `INSERT INTO staff_list (municipality, staff_id, number_key, detail_events)
     SELECT municipality, staff_id, number_key, ARRAY[event] FROM jsonb_to_recordset($1::jsonb)
            AS r(municipality text, staff_id text, number_key text, event uuid)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
};

const change = async ({ type, municipality, id, data }: Listed, tx: PoolClient): Promise<void> => {
  if (type === 'PersonErased') {
    await tx.query(`UPDATE staff_list SET erased = true WHERE municipality = $1 AND staff_id = $2`, [
      municipality,
      data.staffId,
    ]);
    return;
  }
  await tx.query(
    `UPDATE staff_list SET number_key = coalesce($3, number_key), detail_events = detail_events || $4::uuid
      WHERE municipality = $1 AND staff_id = $2 AND NOT detail_events @> ARRAY[$4::uuid]`,
    [municipality, data.staffId, data.numberKey ?? null, id],
  );
};
