import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
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
import { LONGEST_PROBATION } from '#libs/law/probation';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { OUTCOMES, type Outcome } from '../domain/sheet-state.js';

export class GoalsBody {
  @ApiProperty({ type: [String], description: '前に記入したものに置き換わる。' })
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @IsNotEmpty({ each: true })
  @MaxLength(1000, { each: true })
  goals: string[];
}

export class InterviewBody {
  @ApiProperty({ description: '面談日' }) @IsLocalDate() heldOn: string;
}

export class ScoreBody {
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(50) item: string;
  @ApiProperty({ type: 'integer' }) @IsInt() points: number;
}

export class EvaluationBody {
  @ApiProperty({ type: [ScoreBody], description: 'すべての項目を一回ずつ' })
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ScoreBody)
  scores: ScoreBody[];

  @ApiPropertyOptional({ maxLength: 4000 }) @IsOptional() @IsString() @MaxLength(4000) comment?: string;

  @ApiPropertyOptional({ maxLength: 4000, description: '二次評価が一次評価と異なる理由' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(4000)
  reason?: string;
}

export class EvaluatorBody {
  @ApiPropertyOptional({ description: '職員のID。省略すると今日の職によって決め直す。' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  evaluator?: string;

  @ApiProperty({ maxLength: 1000 }) @IsString() @IsNotEmpty() @MaxLength(1000) reason: string;
}

export class ConfirmationBody {
  @ApiPropertyOptional({ enum: OUTCOMES, description: '条件付採用期間の評価で指定する。' })
  @IsOptional()
  @IsIn(OUTCOMES)
  outcome?: Outcome;

  @ApiPropertyOptional({ type: 'integer', description: '延長の月数。省略すると団体の定めによる。' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(LONGEST_PROBATION)
  months?: number;

  @ApiPropertyOptional({ maxLength: 4000, description: '点数と異なる結果にする理由' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(4000)
  reason?: string;
}

export class CycleBody {
  @ApiProperty({ description: '年度内の基準日。この日に職にある全員の評価シートを作る。' }) @IsLocalDate() on: string;
  @ApiProperty({ description: '期限' }) @IsLocalDate() dueOn: string;
}
