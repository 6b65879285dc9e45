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
  @ApiProperty({ description: '使える最初の日' }) grantedOn: string;
  @ApiProperty({ description: '使用期限（その日を含む）' }) usableThrough: string;
  @ApiProperty({ type: 'integer', description: '付与された分数' }) minutes: number;
  @ApiProperty({ type: 'integer', description: '使われずに失効した分数' }) expired: number;
  @ApiProperty({ type: 'integer', description: '残りの分数。承認待ちの分を除く' }) left: number;
}

class UsedView {
  @ApiProperty() kind: string;
  @ApiProperty() title: string;
  @ApiProperty({ type: 'integer', description: 'この休暇年の取得済み・承認済み・承認待ちの分数' }) used: number;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: '休暇年あたりの上限の分数。上限のない種別では null',
  })
  limit: number | null;
}

export class EntryView {
  @ApiProperty() entryId: string;
  @ApiProperty() on: string;
  @ApiProperty({ example: '08:30' }) from: string;
  @ApiProperty({ example: '17:15' }) to: string;
  @ApiProperty({ type: 'integer' }) minutes: number;
  @ApiProperty({ type: 'integer', description: '申請時に確定したその日の勤務分数' }) dayMinutes: number;
  @ApiProperty({ enum: ['pending', 'approved', 'taken', 'gone'] }) status: string;
}

class LedgerEntryView extends EntryView {
  @ApiProperty() requestId: string;
  @ApiProperty() kind: string;
}

export class LeaveAccountView {
  @ApiProperty() staffId: string;
  @ApiProperty({ description: '休暇年の初日' }) from: string;
  @ApiProperty({ description: '休暇年の末日（その日を含む）' }) through: string;
  @ApiProperty({ enum: ['open', 'closed'] }) status: string;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty({ description: '基準日' }) on: string;
  @ApiProperty({ type: 'integer', description: '基準日に使える年次有給休暇の分数' })
  available: number;
  @ApiProperty({ type: 'integer', description: 'この職員の1日の勤務分数' }) dayMinutes: number;
  @ApiProperty({ type: [LotView] }) lots: LotView[];
  @ApiProperty({ type: [UsedView] }) kinds: UsedView[];
  @ApiProperty({ type: [LedgerEntryView] }) entries: LedgerEntryView[];
}

export class LeaveRequestView {
  @ApiProperty() requestId: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ type: 'integer', description: '休暇年の版（ETag と同じ）' }) version: number;
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
