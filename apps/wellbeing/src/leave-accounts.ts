import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { execute, EventStore, type AppendResult, type Metadata, type Request } from '#libs/event-store/event-store';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { effectDay } from '#libs/staff-directory/timeline';
import { leave, leaveStream } from './domain/leave.js';
import { LeaveRules } from './leave-rules.js';
import { ServiceRecords } from './service-records.js';

type Opening = Readonly<{
  municipality: string;
  staffId: string;
  /** A day of the year to open: its first, the day of appointment, or any for HR. */
  day: LocalDate;
  carriedOver?: number;
  actionId?: string;
  metadata: Metadata;
  request?: Request;
}>;

/** Opens leave years, whoever asks for it: an appointment, the turn of the year, or HR. */
@Injectable()
export class LeaveAccounts {
  constructor(
    private readonly store: EventStore,
    private readonly rules: LeaveRules,
    private readonly records: ServiceRecords,
  ) {}

  /** Undefined when the person is not in service in that year. A separation that is known already cuts the year at once. */
  async open(
    { municipality, staffId, day, carriedOver = 0, actionId, metadata, request }: Opening,
    tx: PoolClient,
  ): Promise<AppendResult | undefined> {
    const record = await this.records.of(municipality, staffId, tx);
    const year = this.rules.year(municipality, day);
    const servedFrom = actionId === undefined ? record.firstDay(year.from, year.through) : day;
    const own = servedFrom && record.on(servedFrom);
    if (!own) return undefined;
    const stream = { municipality, id: leaveStream(staffId, year.from) };
    const termEnds = record.termEnds(servedFrom);
    const command = {
      type: 'OpenLeaveYear',
      staffId,
      year,
      servedFrom,
      ...(termEnds && { termEnds }),
      dayMinutes: own.dayMinutes,
      kind: this.rules.fromLots(municipality, servedFrom),
      rules: this.rules.annual(municipality, servedFrom),
      carriedOver,
      ...(actionId && { actionId }),
    } as const;
    const opened = await execute(this.store, leave, stream, command, { metadata, request, tx });
    const separation = record.separation(servedFrom);
    if (separation && separation.effectiveOn <= year.through) {
      const cut = { type: 'CutLeave', actionId: separation.actionId, because: 'separation' } as const;
      await execute(this.store, leave, stream, { ...cut, from: effectDay(separation) }, { metadata, tx });
    }
    return opened;
  }

  /**
   * Ends a year that is over and opens the next with what passes on, both in `tx` or neither; nothing when it was done.
   */
  async turn(
    municipality: string,
    staffId: string,
    from: LocalDate,
    today: LocalDate,
    metadata: Metadata,
    tx: PoolClient,
  ) {
    const { through } = this.rules.year(municipality, from);
    const next = addDays(through, 1);
    const stays = (await this.records.of(municipality, staffId, tx)).on(next) !== undefined;
    const stream = { municipality, id: leaveStream(staffId, from) };
    const close = { type: 'CloseLeaveYear', stays, rules: this.rules.annual(municipality, from), today } as const;
    const { events } = await execute(this.store, leave, stream, close, { metadata, tx });
    for (const { type, data } of events) {
      if (type !== 'LeaveYearClosed' || !stays) continue;
      await this.open({ municipality, staffId, day: next, carriedOver: data.carriedOver, metadata }, tx);
    }
  }
}
