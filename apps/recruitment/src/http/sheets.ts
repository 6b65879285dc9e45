import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';

export class ScoreBody {
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(50) item: string;
  @ApiProperty({ type: 'integer' }) @IsInt() points: number;
}

/** Sheet of one assessor for one stage. */
export class SendSheetBody {
  @ApiProperty({ type: [ScoreBody], description: 'すべての評定項目を一回ずつ' })
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ScoreBody)
  scores: ScoreBody[];

  @ApiPropertyOptional({ maxLength: 4000 }) @IsOptional() @IsString() @MaxLength(4000) comment?: string;
}

export class SheetItemBody {
  @ApiProperty() item: string;
  @ApiProperty() title: string;
  @ApiProperty({ type: 'integer' }) max: number;
}

export class SheetView {
  @ApiProperty({ description: '職員のID' }) assessor: string;
  @ApiProperty({ type: [ScoreBody] }) scores: readonly ScoreBody[];
  @ApiPropertyOptional() comment?: string;
}
