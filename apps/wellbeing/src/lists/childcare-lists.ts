import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import type { ChildcareEvent, ChildcareLeave } from '../domain/childcare-state.js';

type Listed = StoredEvent<ChildcareEvent>;
/** A statement and the parameters after `$1`, the municipality. */
type Change = readonly [sql: string, ...params: unknown[]];

type Data<Type extends Listed['type']> = Extract<Listed, { type: Type }>['data'];
type Changes = { readonly [Type in Listed['type']]?: (data: Data<Type>) => Change };

type Period = Data<'ChildcareLeaveApproved'>;

const entered = ({ periodId, caseId, staffId, from, through }: Period, status: ChildcareLeave['status']): Change => [
  `INSERT INTO childcare_leaves (municipality, period_id, case_id, staff_id, from_day, through_day, status)
   VALUES ($1, $2, $3, $4, $5, $6, $7)`,
  periodId,
  caseId,
  staffId,
  from,
  through,
  status,
];

const inLeave = (
  { periodId }: Pick<Period, 'periodId'>,
  change: Readonly<{ status?: ChildcareLeave['status']; from?: string; through?: string }>,
): Change => [
  `UPDATE childcare_leaves SET status = coalesce($3, status), through_day = coalesce($4::date, through_day),
          from_day = coalesce($5::date, from_day)
   WHERE municipality = $1 AND period_id = $2`,
  periodId,
  change.status ?? null,
  change.through ?? null,
  change.from ?? null,
];

const CHANGES: Changes = {
  BirthNotified: ({ caseId, staffId, parenthood, eligibleFiscalYear }) => [
    `INSERT INTO childcare_births (municipality, case_id, staff_id, parenthood, eligible_fiscal_year)
     VALUES ($1, $2, $3, $4, $5)`,
    caseId,
    staffId,
    parenthood,
    eligibleFiscalYear,
  ],
  BirthRecorded: ({ caseId, eligibleFiscalYear }) => [
    `UPDATE childcare_births SET eligible_fiscal_year = $3 WHERE municipality = $1 AND case_id = $2`,
    caseId,
    eligibleFiscalYear,
  ],
  BirthNoticeVoided: ({ caseId }) => [`DELETE FROM childcare_births WHERE municipality = $1 AND case_id = $2`, caseId],
  IntentInterviewHeld: ({ caseId, heldOn }) => [
    `UPDATE childcare_births SET interviewed_on = $3 WHERE municipality = $1 AND case_id = $2`,
    caseId,
    heldOn,
  ],
  ChildcareLeaveRequested: (data) => entered(data, 'requested'),
  PastChildcareLeaveRecorded: (data) => entered(data, data.running ? 'running' : 'ended'),
  ChildcareLeaveWithdrawn: (data) => inLeave(data, { status: 'withdrawn' }),
  ChildcareLeaveApproved: (data) => inLeave(data, { status: 'approved' }),
  ChildcareLeaveMoved: (data) => inLeave(data, { from: data.from, through: data.through }),
  ChildcareLeaveRefused: (data) => inLeave(data, { status: 'refused' }),
  ChildcareLeaveCancelled: (data) => inLeave(data, { status: 'cancelled' }),
  ChildcareLeaveStarted: (data) => inLeave(data, { status: 'running' }),
  ChildcareLeaveExtended: (data) => inLeave(data, { through: data.through }),
  ChildcareLeaveShortened: (data) => inLeave(data, { through: data.through }),
  ChildcareLeaveEnded: (data) => inLeave(data, { status: 'ended', through: data.through }),
};

/** Births and leaves as HR, managers and staff list them; no date of a child is copied. */
@Injectable()
export class ChildcareLists extends Follower {
  readonly name = 'childcare-lists';
  override readonly types = Object.keys(CHANGES);

  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    for (const { type, data, municipality } of events as readonly Listed[]) {
      const changeOf = CHANGES[type] as (data: object) => Change;
      const [sql, ...params] = changeOf(data);
      await tx.query(sql, [municipality, ...params]);
    }
  }
}
