import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { LocalDate } from '#libs/law/local-date';
import { balances, countingEntries, sumOf, usableOn } from '../domain/leave-balance.js';
import type { LeaveKind } from '../domain/leave-days.js';
import type { LeaveAccount, LeaveRequest, LedgerEntry } from '../domain/leave-state.js';
import { statusOf } from '../domain/leave.js';

export class LotView {
  @ApiProperty() lotId: string;
  @ApiProperty({ example: 'annual' }) kind: string;
  @ApiProperty({ enum: ['grant', 'carry-over', 'hand'], description: '付与・繰越・個別付与' }) origin: string;
  @ApiProperty({ description: 'First day on which it can be used.' }) grantedOn: string;
  @ApiProperty({ description: 'Last day on which it can be used.' }) usableThrough: string;
  @ApiProperty({ type: 'integer', description: 'Granted minutes.' }) minutes: number;
  @ApiProperty({ type: 'integer', description: 'Minutes that ended unused.' }) expired: number;
  @ApiProperty({ type: 'integer', description: 'Minutes left; what waits for approval is not.' }) left: number;
}

class UsedView {
  @ApiProperty() kind: string;
  @ApiProperty() title: string;
  @ApiProperty({ type: 'integer', description: 'Minutes taken, approved or waiting in this leave year.' }) used: number;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Most minutes in a leave year, where the kind has such a limit.',
  })
  limit: number | null;
}

export class EntryView {
  @ApiProperty() entryId: string;
  @ApiProperty() on: string;
  @ApiProperty({ example: '08:30' }) from: string;
  @ApiProperty({ example: '17:15' }) to: string;
  @ApiProperty({ type: 'integer' }) minutes: number;
  @ApiProperty({ type: 'integer', description: 'Working minutes of that day, frozen.' }) dayMinutes: number;
  @ApiProperty({ enum: ['pending', 'approved', 'taken', 'gone'] }) status: string;
}

class LedgerEntryView extends EntryView {
  @ApiProperty() requestId: string;
  @ApiProperty() kind: string;
}

export class LeaveAccountView {
  @ApiProperty() staffId: string;
  @ApiProperty({ description: 'First day of the leave year.' }) from: string;
  @ApiProperty({ description: 'Its last day.' }) through: string;
  @ApiProperty({ enum: ['open', 'closed'] }) status: string;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty({ description: 'The day asked for.' }) on: string;
  @ApiProperty({ type: 'integer', description: 'Minutes of annual leave that can be used on the day.' })
  available: number;
  @ApiProperty({ type: 'integer', description: 'Working minutes of a day of this person.' }) dayMinutes: number;
  @ApiProperty({ type: [LotView] }) lots: LotView[];
  @ApiProperty({ type: [UsedView] }) kinds: UsedView[];
  @ApiProperty({ type: [LedgerEntryView] }) entries: LedgerEntryView[];
}

export class LeaveRequestView {
  @ApiProperty() requestId: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ type: 'integer', description: 'Of the leave year, as in ETag.' }) version: number;
  @ApiProperty() kind: string;
  @ApiProperty({ enum: ['pending', 'approved', 'refused', 'withdrawn', 'taken', 'cancelled', 'cut'] }) status: string;
  @ApiPropertyOptional() requestedOn?: string;
  @ApiPropertyOptional() occasionOn?: string;
  @ApiPropertyOptional() reason?: string;
  @ApiProperty({ type: [EntryView] }) entries: EntryView[];
}

const timeOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

export const entryView = ({ entryId, on, from, to, minutes, dayMinutes, status }: LedgerEntry): EntryView => ({
  entryId,
  on,
  from: timeOf(from),
  to: timeOf(to),
  minutes,
  dayMinutes,
  status,
});

export const requestView = (staffId: string, request: LeaveRequest, version: number): LeaveRequestView => {
  const { requestId, kind, requestedOn, occasionOn, reason, entries } = request;
  const told = { ...(requestedOn && { requestedOn }), ...(occasionOn && { occasionOn }), ...(reason && { reason }) };
  return { requestId, staffId, version, kind, status: statusOf(request), ...told, entries: entries.map(entryView) };
};

export const accountView = (
  account: LeaveAccount,
  version: number,
  kinds: readonly LeaveKind[],
  on: LocalDate,
): LeaveAccountView => {
  const { staffId, year, status, dayMinutes, requests } = account;
  const lots = balances(account);
  const used = countingEntries(account);
  return {
    staffId,
    ...year,
    status,
    version,
    on,
    available:
      status === 'open' ? sumOf(lots.filter((lot) => usableOn(lot, on)).map(({ left }) => Math.max(left, 0))) : 0,
    dayMinutes,
    lots: lots.map(({ lotId, kind, origin, grantedOn, usableThrough, minutes, expired, left }) => {
      return { lotId, kind, origin, grantedOn, usableThrough, minutes, expired, left };
    }),
    kinds: kinds.map(({ code, title, limit }) => ({
      kind: code,
      title,
      used: sumOf(used.filter(({ kind }) => kind === code).map(({ minutes }) => minutes)),
      limit: limit.per === 'leave-year' ? limit.days * dayMinutes : null,
    })),
    entries: requests
      .flatMap(({ requestId, kind, entries }) =>
        entries
          .filter(({ status: now }) => now !== 'gone')
          .map((entry) => Object.assign(entryView(entry), { requestId, kind })),
      )
      .toSorted((a, b) => (a.on < b.on ? -1 : 1)),
  };
};
