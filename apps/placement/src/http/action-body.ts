import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { ABSENCE_KINDS, ACTION_KINDS, SEPARATION_REASONS, type PersonnelAction } from '#libs/contracts/placement';
import type { LocalDate } from '#libs/law/local-date';
import type { DraftAction } from '../domain/career.js';
import { IsLocalDate } from '#libs/platform/local-date.validator';

export class PostBody {
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(40) unitId: string;
  @ApiProperty({ description: '職（コード）' }) @IsString() @IsNotEmpty() @MaxLength(40) position: string;
}

/** What an action says besides its day; which fields a kind needs is a rule (409), not a matter of form. */
export class UndatedActionBody {
  @ApiProperty({ enum: ACTION_KINDS }) @IsIn(ACTION_KINDS) kind: PersonnelAction['kind'];
  @ApiPropertyOptional({ description: '終了日（その日を含む）' }) @IsOptional() @IsLocalDate() until?: string;
  @ApiPropertyOptional({ type: PostBody }) @IsOptional() @ValidateNested() @Type(() => PostBody) post?: PostBody;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(40) grade?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(40) jobCategory?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(40) route?: string;
  @ApiPropertyOptional() @IsOptional() @IsInt() @Min(1) @Max(10_080) weeklyMinutes?: number;
  @ApiPropertyOptional({ enum: ABSENCE_KINDS })
  @IsOptional()
  @IsIn(ABSENCE_KINDS)
  leaveKind?: PersonnelAction['leaveKind'];
  @ApiPropertyOptional({ enum: SEPARATION_REASONS })
  @IsOptional()
  @IsIn(SEPARATION_REASONS)
  reason?: PersonnelAction['reason'];
}

export class ActionBody extends UndatedActionBody {
  @ApiProperty({ description: '発令日。退職は在職の最終日。' }) @IsLocalDate() effectiveOn: string;
}

export class RevocationBody {
  @ApiPropertyOptional({ type: [String], maxItems: 20, description: '同時に取り消す発令（互いに前提とし合う発令）' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  together?: string[];
}

/** The body as an action; on appointments `employmentId` begins a new employment. */
export const draftOf = (
  body: UndatedActionBody,
  effectiveOn: LocalDate,
  ids: Readonly<{ actionId: string; employmentId: string }>,
): DraftAction => {
  const { kind, until, post, grade, jobCategory, route, weeklyMinutes, leaveKind, reason } = body;
  const opens = kind === 'appoint-on-probation' || kind === 'rehire';
  const optional = {
    until,
    post: post && { unitId: post.unitId, position: post.position },
    grade,
    jobCategory,
    route,
    weeklyMinutes,
    leaveKind,
    reason,
    employmentId: opens ? ids.employmentId : undefined,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { actionId: ids.actionId, kind, effectiveOn, ...given };
};
