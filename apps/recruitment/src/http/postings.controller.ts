import { randomBytes } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { CommandAnswer } from '#libs/platform/command-answer';
import { Database } from '#libs/event-store/database';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { posting } from '../domain/posting.js';
import { Commands, idFrom } from '#libs/platform/commands';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { Pack } from './pack.js';

class AgeLimitBody {
  @ApiPropertyOptional({ type: 'integer' }) @IsOptional() @IsInt() @Min(15) @Max(99) min?: number;
  @ApiPropertyOptional({ type: 'integer' }) @IsOptional() @IsInt() @Min(15) @Max(99) max?: number;
  @ApiProperty({ description: '年齢を数える基準日（年齢計算ニ関スル法律）' }) @IsLocalDate() on: string;
}

class OpenPostingBody {
  @ApiProperty({ type: 'integer', description: '採用者を数える計画の年度' })
  @IsInt()
  @Min(2000)
  @Max(2999)
  fiscalYear: number;
  @ApiProperty({ example: 'general' }) @IsString() @MaxLength(50) jobCategory: string;
  @ApiProperty({ example: 'new-graduate' }) @IsString() @MaxLength(50) route: string;
  @ApiProperty({ example: '一般事務（大学卒業程度）' }) @IsString() @IsNotEmpty() @MaxLength(200) title: string;
  @ApiProperty({ description: '受付の初日' }) @IsLocalDate() opensOn: string;
  @ApiProperty({ description: '受付の最終日' }) @IsLocalDate() closesOn: string;

  @ApiPropertyOptional({ type: AgeLimitBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => AgeLimitBody)
  ageLimit?: AgeLimitBody;

  @ApiPropertyOptional({ description: '採用区分に選考の流れが複数ある場合に選ぶもの' })
  @IsOptional()
  @IsString()
  @MaxLength(50)
  flow?: string;
}

class PostingsQuery extends ListQuery {
  @ApiPropertyOptional({ type: 'integer' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(2000)
  @Max(2999)
  fiscalYear?: number;
  @ApiPropertyOptional() @IsOptional() @IsString() jobCategory?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() route?: string;
  @ApiPropertyOptional({ enum: ['open', 'closed'] }) @IsOptional() @IsIn(['open', 'closed']) status?: 'open' | 'closed';
}

class PostingRow {
  @ApiProperty() postingId: string;
  @ApiProperty({ type: 'integer' }) fiscalYear: number;
  @ApiProperty() jobCategory: string;
  @ApiProperty() route: string;
  @ApiProperty() title: string;
  @ApiProperty() opensOn: string;
  @ApiProperty() closesOn: string;
  @ApiProperty({ type: String, nullable: true }) closedOn: string | null;
  @ApiProperty({ description: '選考の流れとその版（例 standard/2）' }) flowVersion: string;
}

@ApiTags('募集')
@System('R5', 'R6', 'R8')
@Controller('postings')
export class PostingsController {
  constructor(
    private readonly commands: Commands,
    private readonly pack: Pack,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
  ) {}

  @Post()
  @Allow('recruiter')
  @ApiOperation({ summary: '募集を始める' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '選考の流れは `opensOn` に有効なもので固定する。' })
  async open(@By() by: Caller, @Body() { flow: flowId, ...body }: OpenPostingBody): Promise<CommandAnswer> {
    const postingId = idFrom(by, 'posting');
    const codes = this.pack.codes(by.municipality, body.opensOn);
    const flow = this.pack.flow(by.municipality, body.opensOn, body.route, flowId);
    const recognitionKey = randomBytes(32).toString('base64');
    const command = { type: 'OpenPosting', posting: { postingId, ...body, flow, recognitionKey }, codes } as const;
    return CommandAnswer.of(postingId, await this.commands.run(posting, postingId, command, by));
  }

  @Post(':postingId/closing')
  @HttpCode(200)
  @Allow('recruiter')
  @ApiOperation({ summary: '募集を早期に締め切る' })
  @ApiOkResponse({ type: CommandAnswer, description: '受付の最終日より前に終える。' })
  async close(@By() by: Caller, @Param('postingId') postingId: string): Promise<CommandAnswer> {
    const command = { type: 'ClosePosting', postingId, today: this.clock.today() } as const;
    return CommandAnswer.of(postingId, await this.commands.run(posting, postingId, command, by));
  }

  @Get()
  @Allow('recruiter', 'hr', 'assessor', 'auditor')
  @ApiOperation({ summary: '募集の一覧を見る' })
  @ApiOkResponse({ type: pageOf(PostingRow), description: '年度・職種・採用区分・状態で絞り込める。' })
  async list(@By() { municipality }: Caller, @Query() query: PostingsQuery): Promise<Page<PostingRow>> {
    await caughtUp(this.followers, 'recruitment-lists', query.after);
    return page<PostingRow, PostingsQuery>(this.database.pool, {
      select: `posting_id AS "postingId", fiscal_year AS "fiscalYear", job_category AS "jobCategory", route, title,
               opens_on::text AS "opensOn", closes_on::text AS "closesOn", closed_on::text AS "closedOn",
               flow_version AS "flowVersion"`,
      from: 'postings',
      where: 'municipality = $1',
      params: [municipality],
      filters: {
        fiscalYear: 'fiscal_year',
        jobCategory: 'job_category',
        route: 'route',
        status: `CASE WHEN closed_on IS NULL THEN 'open' ELSE 'closed' END`,
      },
      sort: { opensOn: 'opens_on', closesOn: 'closes_on' },
      key: 'posting_id',
      query,
    });
  }
}
