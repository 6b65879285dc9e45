import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { Database } from '#libs/event-store/database';
import { LISTED, PARKED_KINDS, ParkedStreams, type ParkedStream } from '#libs/messaging/parked-streams';
import { Allow, By, type Caller } from './caller.js';
import { ListQuery, page, pageOf, type Page } from './list-query.js';

export class ParkedStreamView {
  @ApiProperty({ description: '再処理と破棄で指定する番号' }) readonly number: number;
  @ApiProperty() readonly consumer: string;
  @ApiProperty() readonly topic: string;
  @ApiProperty() readonly stream: string;
  @ApiProperty() readonly municipality: string;
  @ApiProperty({ enum: PARKED_KINDS }) readonly kind: string;
  @ApiProperty() readonly reason: string;
  @ApiProperty({ description: '止めているイベントの件数' }) readonly events: number;
  @ApiProperty() readonly attempts: number;
  @ApiProperty() readonly parkedAt: string;
  @ApiProperty() readonly triedAt: string;
}

export class ParkedEventView {
  @ApiProperty() readonly number: number;
  @ApiProperty() readonly parkedAt: string;
  @ApiProperty({ type: Object, description: 'トピックから届いたままのキー・値・ヘッダー' })
  readonly record: object;
}

export class ParkedAuditView {
  @ApiProperty({ enum: ['parked', 'retried', 'dropped'] }) readonly action: string;
  @ApiProperty() readonly actor: string;
  @ApiProperty({ type: String, nullable: true }) readonly reason: string | null;
  @ApiProperty({ type: [String], description: '対象のイベントのID' }) readonly events: readonly string[];
  @ApiProperty() readonly at: string;
}

export class ParkedStreamDetails extends ParkedStreamView {
  @ApiProperty({ type: [ParkedEventView], description: '止めているイベントの先頭200件（届いた順）' })
  readonly kept: ParkedEventView[];
  @ApiProperty({ type: [ParkedAuditView], description: '新しい順' }) readonly audit: ParkedAuditView[];
}

export class ParkedListQuery extends ListQuery {
  @ApiPropertyOptional({ enum: PARKED_KINDS })
  @IsOptional()
  @IsIn(PARKED_KINDS)
  kind?: string;

  @ApiPropertyOptional({ description: '完全な名前 <category>-<municipality>/<id>' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  stream?: string;
}

export class RetryBody {
  @ApiPropertyOptional({ description: 'ここまでを再処理するイベントのID。省略するとすべて' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  upTo?: string;
}

export class RetryAnswer {
  @ApiProperty({ description: '処理できた件数' }) readonly applied: number;
  @ApiProperty({ description: '残りの件数。0 になるとストリームは再び流れる。' }) readonly left: number;
  @ApiPropertyOptional({ description: '止まった理由' }) readonly reason?: string;
}

export class DropBody {
  @ApiProperty({ description: '操作の記録に残る理由' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  reason: string;

  @ApiPropertyOptional({ description: 'ここまでを破棄するイベントのID。省略するとすべて' })
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
@ApiTags('運用')
@Controller('parked-streams')
export class ParkedController {
  constructor(
    private readonly parked: ParkedStreams,
    private readonly database: Database,
  ) {}

  @Allow('it')
  @Get()
  @ApiOperation({ summary: '保留中のストリームの一覧を見る' })
  @ApiOkResponse({ type: pageOf(ParkedStreamView), description: '処理できずに止めているもの' })
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
  @ApiOperation({ summary: '保留中のイベントと操作の記録を見る' })
  @ApiOkResponse({ type: ParkedStreamDetails, description: '先頭の200件と、新しい順に200件までの操作の記録' })
  show(@By() { municipality }: Caller, @Param('number', ParseIntPipe) number: number): Promise<ParkedStreamDetails> {
    return this.parked.show({ number, municipality });
  }

  @Allow('it')
  @Post(':number/retry')
  @HttpCode(200)
  @ApiOperation({ summary: '保留中のイベントを順に再処理する' })
  @ApiOkResponse({ type: RetryAnswer, description: '処理できた件数と残りの件数' })
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
  @ApiOkResponse({ type: DropAnswer, description: '破棄した件数と残りの件数' })
  drop(
    @By() { municipality, subject }: Caller,
    @Param('number', ParseIntPipe) number: number,
    @Body() { reason, upTo }: DropBody,
  ): Promise<DropAnswer> {
    return this.parked.drop({ number, municipality }, reason, subject, upTo);
  }
}
