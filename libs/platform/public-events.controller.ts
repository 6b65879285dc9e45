import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsString, Max, Min } from 'class-validator';
import { Allow, By, type Caller } from './caller.js';
import { PublicEvents } from '#libs/messaging/public-events';
import { Unavailable } from '#libs/messaging/unavailable';

export class PublicEventView {
  @ApiProperty() readonly id: string;
  @ApiProperty() readonly municipality: string;
  @ApiProperty() readonly stream: string;
  @ApiProperty() readonly streamVersion: number;
  @ApiProperty({ description: 'そのストリームの一つ前の公開イベントの版。最初は 0' })
  readonly previousVersion: number;
  @ApiProperty() readonly type: string;
  @ApiProperty() readonly schemaVersion: number;
  @ApiProperty() readonly recordedAt: string;
  @ApiPropertyOptional() readonly effectiveOn?: string;
  @ApiProperty() readonly correlationId: string;
  @ApiPropertyOptional() readonly traceparent?: string;
  @ApiProperty({ type: Object }) readonly data: unknown;
}

export class WatermarkView {
  @ApiProperty({ description: 'この時点までに記録されたものは、すべてトピックの offsets より前にある。' })
  readonly recordedUpTo: string;
  @ApiProperty() readonly position: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'パーティションから次のオフセットへ',
  })
  readonly offsets: Readonly<Record<string, number>>;
}

/** As the store counts them: an integer of four bytes. */
const LARGEST_VERSION = 2 ** 31 - 1;

export class PublicEventsQuery {
  @ApiProperty({ description: '完全な名前 <category>-<municipality>/<id>' })
  @IsString()
  @IsNotEmpty()
  stream: string;

  @ApiProperty({
    description: 'これより新しい版のイベントを返す（最大500件）',
    type: 'integer',
    minimum: 0,
    maximum: LARGEST_VERSION,
  })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(LARGEST_VERSION)
  after: number;
}

/** For other services: what they missed on the topic, and how far the topic has come. */
@ApiTags('公開イベント')
@Controller('public-events')
export class PublicEventsController {
  constructor(private readonly events: PublicEvents) {}

  @Allow('service')
  @Get()
  @ApiOperation({ summary: 'ストリームの公開イベントを読む' })
  @ApiOkResponse({ type: [PublicEventView], description: '版の順に最大500件' })
  of(@By() { municipality }: Caller, @Query() { stream, after }: PublicEventsQuery): Promise<PublicEventView[]> {
    return this.events.of(municipality, stream, after);
  }

  @Allow('service')
  @Get('watermark')
  @ApiOperation({ summary: 'トピックへの公開の進み具合を見る' })
  @ApiOkResponse({ type: WatermarkView, description: '公開し終えた時点と位置' })
  async watermark(): Promise<WatermarkView> {
    const watermark = await this.events.watermark();
    if (!watermark) throw new Unavailable('the relay has not run yet');
    return watermark;
  }
}
