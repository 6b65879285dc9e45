import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ACTION_KINDS } from '#libs/contracts/placement';
import type { StoredEvent } from '#libs/event-store/event-store';
import type { LocalDate } from '#libs/law/local-date';
import type { Caller } from '#libs/platform/caller';
import { knownAt, on, type RecordedAction, type Segment, type Timeline } from '#libs/staff-directory/timeline';
import { historyOf } from '../domain/action-rules.js';
import type { StaffEvent } from '../domain/staff-state.js';
import type { Career } from './staff-office.js';
import { PostBody } from './action-body.js';

const STATUSES = ['probation', 'regular', 'leave', 'seconded'] as const;

export class PostingView {
  @ApiProperty() employmentId: string;
  @ApiProperty({ enum: STATUSES }) status: Segment['status'];
  @ApiProperty({ type: PostBody }) post: PostBody;
  @ApiProperty() grade: string;
  @ApiProperty() jobCategory: string;
  @ApiProperty() weeklyMinutes: number;
  @ApiPropertyOptional() leaveKind?: string;
  @ApiProperty() from: string;
  @ApiProperty({ type: String, nullable: true, description: 'この配置でなくなる日（その日を含まない）' }) to:
    | string
    | null;
}

export class StaffView {
  @ApiProperty() staffId: string;
  @ApiPropertyOptional() staffNumber?: string;
  @ApiProperty() familyName: string;
  @ApiProperty() givenName: string;
  @ApiProperty() familyNameKana: string;
  @ApiProperty() givenNameKana: string;
  @ApiPropertyOptional({ description: '人事担当と本人だけに示す。' }) birthDate?: string;
  @ApiPropertyOptional({ description: '人事担当と本人だけに示す。' }) address?: string;
  @ApiProperty({ enum: ['1', '2', '0', '9'], description: 'ISO 5218' }) sex: string;
  @ApiProperty() erased: boolean;
  @ApiProperty({ type: PostingView, nullable: true, description: '今日の本務' }) posting: PostingView | null;
  @ApiProperty({ description: '版（ETag と同じ）' }) version: number;
}

/** What the caller gets to see of a person: managers and auditors neither birth date nor address. */
export const staffView = ({ state, version }: Career, by: Caller, today: LocalDate): StaffView => {
  const { birthDate, address, ...open } = state.details;
  const whole = by.roles.includes('hr') || by.staffId === state.staffId;
  const { segments } = historyOf(state.actions);
  return {
    staffId: state.staffId,
    ...open,
    ...(whole && { birthDate, address }),
    sex: state.attributes.sex,
    erased: state.status === 'erased',
    posting: on(segments, today) ?? null,
    version,
  };
};

class SpellView {
  @ApiProperty() employmentId: string;
  @ApiProperty() from: string;
  @ApiProperty({ type: String, nullable: true }) to: string | null;
  @ApiProperty({ enum: ['appoint', 'rehire'] }) kind: string;
  @ApiProperty() route: string;
  @ApiPropertyOptional() reason?: string;
  @ApiPropertyOptional() probationUntil?: string;
  @ApiPropertyOptional() formalFrom?: string;
}

class ConcurrentView {
  @ApiProperty() employmentId: string;
  @ApiProperty({ type: PostBody }) post: PostBody;
  @ApiProperty() from: string;
  @ApiProperty({ type: String, nullable: true }) to: string | null;
}

class ActionView {
  @ApiProperty() actionId: string;
  @ApiProperty({ enum: ACTION_KINDS }) kind: string;
  @ApiProperty() effectiveOn: string;
  @ApiProperty() recordedAt: string;
  @ApiPropertyOptional() until?: string;
  @ApiPropertyOptional({ type: PostBody }) post?: PostBody;
  @ApiPropertyOptional() grade?: string;
  @ApiPropertyOptional() jobCategory?: string;
  @ApiPropertyOptional() route?: string;
  @ApiPropertyOptional() weeklyMinutes?: number;
  @ApiPropertyOptional() leaveKind?: string;
  @ApiPropertyOptional() reason?: string;
  @ApiProperty() employmentId: string;
}

export class HistoryView {
  @ApiProperty() staffId: string;
  @ApiProperty() asOf: string;
  @ApiProperty({ type: String, nullable: true, description: 'null では、分かっているすべて' }) knownAt: string | null;
  @ApiProperty({ type: PostingView, nullable: true, description: '基準日の本務' }) posting: PostingView | null;
  @ApiProperty({ type: [ConcurrentView], description: '基準日の兼務' })
  concurrentPosts: readonly ConcurrentView[];
  @ApiProperty({ type: [SpellView] }) spells: readonly SpellView[];
  @ApiProperty({ type: [PostingView] }) segments: readonly PostingView[];
  @ApiProperty({ type: [ConcurrentView] }) concurrent: readonly ConcurrentView[];
  @ApiProperty({ type: [ActionView], description: '有効な発令（発令日の順）' }) actions: readonly ActionView[];
}

/** The history as of a day and as known at an instant; the same pair gives the same answer for ever. */
export const historyView = ({ state, events }: Career, asOf: LocalDate, instant: string | null): HistoryView => {
  const recorded = recordedActions(events);
  const known = instant === null ? state.actions : knownAt(recorded, instant);
  const { spells, segments, concurrent }: Timeline = historyOf(known);
  const ids = new Set(known.map(({ actionId }) => actionId));
  return {
    staffId: state.staffId,
    asOf,
    knownAt: instant,
    posting: on(segments, asOf) ?? null,
    concurrentPosts: concurrent.filter((held) => on([held], asOf)),
    spells,
    segments,
    concurrent,
    actions: recorded
      .filter(({ action }) => ids.has(action.actionId))
      .map(({ action, recordedAt }) => ({ ...action, recordedAt }))
      .toSorted((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : a.effectiveOn > b.effectiveOn ? 1 : 0)),
  };
};

/** Both events of a correction become known together, when the last of the append was written. */
const recordedActions = (events: readonly StoredEvent<StaffEvent>[]): RecordedAction[] => {
  const writtenAt = (event: StoredEvent): string =>
    events.findLast(({ request }) => request && request.id === event.request?.id)?.recordedAt ?? event.recordedAt;
  const voidedAt = new Map(
    events.flatMap((event) =>
      event.type === 'PersonnelActionVoided' ? [[event.data.actionId, writtenAt(event)]] : [],
    ),
  );
  return events.flatMap((event) => {
    if (event.type !== 'PersonnelActionTaken') return [];
    const { action } = event.data;
    const voided = voidedAt.get(action.actionId);
    return [{ action, recordedAt: writtenAt(event), ...(voided && { voidedAt: voided }) }];
  });
};
