import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { Database } from '#libs/event-store/database';
import { LISTED, PARKED_KINDS, ParkedStreams, type ParkedStream } from '#libs/messaging/parked-streams';
import { Allow, By, type Caller } from './caller.js';
import { ListQuery, page, pageOf, type Page } from './list-query.js';

export class ParkedStreamView {
  @ApiProperty({ description: 'Names it in retry and drop' }) readonly number: number;
  @ApiProperty() readonly consumer: string;
  @ApiProperty() readonly topic: string;
  @ApiProperty() readonly stream: string;
  @ApiProperty() readonly municipality: string;
  @ApiProperty({ enum: PARKED_KINDS }) readonly kind: string;
  @ApiProperty() readonly reason: string;
  @ApiProperty({ description: 'Number of events kept back' }) readonly events: number;
  @ApiProperty() readonly attempts: number;
  @ApiProperty() readonly parkedAt: string;
  @ApiProperty() readonly triedAt: string;
}

export class ParkedEventView {
  @ApiProperty() readonly number: number;
  @ApiProperty() readonly parkedAt: string;
  @ApiProperty({ type: Object, description: 'Key, value and headers as they came from the topic' })
  readonly record: object;
}

export class ParkedAuditView {
  @ApiProperty({ enum: ['parked', 'retried', 'dropped'] }) readonly action: string;
  @ApiProperty() readonly actor: string;
  @ApiProperty({ type: String, nullable: true }) readonly reason: string | null;
  @ApiProperty({ type: [String], description: 'Ids of the events concerned' }) readonly events: readonly string[];
  @ApiProperty() readonly at: string;
}

export class ParkedStreamDetails extends ParkedStreamView {
  @ApiProperty({ type: [ParkedEventView], description: 'The first 200 events kept back, in order' })
  readonly kept: ParkedEventView[];
  @ApiProperty({ type: [ParkedAuditView], description: 'Newest first' }) readonly audit: ParkedAuditView[];
}

export class ParkedListQuery extends ListQuery {
  @ApiPropertyOptional({ enum: PARKED_KINDS })
  @IsOptional()
  @IsIn(PARKED_KINDS)
  kind?: string;

  @ApiPropertyOptional({ description: 'Whole name, <category>-<municipality>/<id>' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  stream?: string;
}

export class RetryBody {
  @ApiPropertyOptional({ description: 'Id of the last event to be tried; all when missing' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  upTo?: string;
}

export class RetryAnswer {
  @ApiProperty({ description: 'Events that took effect' }) readonly applied: number;
  @ApiProperty({ description: 'Events still kept back; with 0 the stream flows again' }) readonly left: number;
  @ApiPropertyOptional({ description: 'Why it stopped' }) readonly reason?: string;
}

export class DropBody {
  @ApiProperty({ description: 'Kept in the audit' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  reason: string;

  @ApiPropertyOptional({ description: 'Id of the last event to be dropped; all when missing' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  upTo?: string;
}

export class DropAnswer {
  @ApiProperty() readonly dropped: number;
  @ApiProperty() readonly left: number;
}

/** What the consumer keeps back and why, for the operators of one municipality. */
@ApiTags('operation')
@Controller('parked-streams')
export class ParkedController {
  constructor(
    private readonly parked: ParkedStreams,
    private readonly database: Database,
  ) {}

  @Allow('it')
  @Get()
  @ApiOperation({ summary: '保留中のストリームの一覧' })
  @ApiOkResponse({ type: pageOf(ParkedStreamView) })
  list(@By() { municipality }: Caller, @Query() query: ParkedListQuery): Promise<Page<ParkedStreamView>> {
    return page<ParkedStream, ParkedListQuery>(this.database.pool, {
      select: LISTED,
      from: 'parked_streams p',
      where: 'p.municipality = $1',
      params: [municipality],
      filters: { kind: 'p.kind', stream: 'p.stream' },
      sort: { number: 'p.number', parkedAt: 'p.parked_at', triedAt: 'p.tried_at' },
      key: 'p.number',
      query,
    });
  }

  @Allow('it')
  @Get(':number')
  @ApiOperation({ summary: '保留中のイベントと操作の記録' })
  @ApiOkResponse({ type: ParkedStreamDetails })
  show(@By() { municipality }: Caller, @Param('number', ParseIntPipe) number: number): Promise<ParkedStreamDetails> {
    return this.parked.show({ number, municipality });
  }

  @Allow('it')
  @Post(':number/retry')
  @HttpCode(200)
  @ApiOperation({ summary: '保留中のイベントを順に再処理する' })
  @ApiOkResponse({ type: RetryAnswer })
  retry(
    @By() { municipality, subject }: Caller,
    @Param('number', ParseIntPipe) number: number,
    @Body() body?: RetryBody,
  ): Promise<RetryAnswer> {
    return this.parked.retry({ number, municipality }, subject, body?.upTo);
  }

  @Allow('it')
  @Post(':number/drop')
  @HttpCode(200)
  @ApiOperation({ summary: '保留中のイベントを理由を付けて破棄する' })
  @ApiOkResponse({ type: DropAnswer })
  drop(
    @By() { municipality, subject }: Caller,
    @Param('number', ParseIntPipe) number: number,
    @Body() { reason, upTo }: DropBody,
  ): Promise<DropAnswer> {
    return this.parked.drop({ number, municipality }, reason, subject, upTo);
  }
}
