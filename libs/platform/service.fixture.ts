import { randomBytes } from 'node:crypto';
import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsNotEmpty, IsOptional, IsString, Length, Max, Min, ValidateNested } from 'class-validator';
import type { PoolClient } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { z } from 'zod';
import { cloudEventType, type Contract, type Delivered } from '#libs/contracts/public-event';
import { Rejected, type Aggregate } from '#libs/event-store/decider';
import { EventStore, execute, type StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { definePublishes } from '#libs/messaging/publishes';
import { Allow, By, System, type Caller } from './caller.js';
import { CommandAnswer } from './command-answer.js';
import { Database } from '#libs/event-store/database';
import { caughtUp, ListQuery, page, pageOf, type Page } from './list-query.js';
import { NotFound } from '#libs/event-store/not-found';
import { ServiceModule } from './service.module.js';

type NoteTaken = Readonly<{ type: 'NoteTaken'; data: Readonly<{ title: string; weight: number }> }>;
type TakeNote = Readonly<{ title: string; weight: number }>;

const LIMIT = 100;

/** A little aggregate: notes may weigh 100 together. */
export const notebook: Aggregate<number, TakeNote, NoteTaken> = {
  category: 'notebook',
  events: { NoteTaken: { version: 1 } },
  initial: 0,
  decide: ({ title, weight }, total) => {
    if (total + weight > LIMIT) throw new Rejected('notebook.full', { limit: LIMIT, weight: total + weight });
    return [{ type: 'NoteTaken', data: { title, weight } }];
  },
  evolve: (total, { data }) => total + data.weight,
};

export const notesContract = {
  service: `notes-${randomBytes(4).toString('hex')}`, // a topic of its own on a shared Kafka
  events: { NoteTaken: { version: 1, schema: z.object({ weight: z.number() }) } },
} satisfies Contract;

class Notes1700000099000 implements MigrationInterface {
  name = 'Notes1700000099000';

  up(runner: QueryRunner): Promise<unknown> {
    return runner.query(`CREATE TABLE weights (weight int NOT NULL);
      CREATE TABLE notes (
      id uuid PRIMARY KEY, municipality text NOT NULL, title text NOT NULL, weight int NOT NULL, recorded_at timestamptz NOT NULL)`);
  }

  down(runner: QueryRunner): Promise<unknown> {
    return runner.query('DROP TABLE notes, weights');
  }
}

class NotesList extends Follower {
  readonly name = 'notes';
  override readonly types = ['NoteTaken'];

  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    for (const { id, municipality, data, recordedAt } of events as readonly StoredEvent<NoteTaken>[]) {
      await tx.query('INSERT INTO notes VALUES ($1, $2, $3, $4, $5)', [
        id,
        municipality,
        data.title,
        data.weight,
        recordedAt,
      ]);
    }
  }
}

class PlaceBody {
  @ApiProperty() @IsString() @IsNotEmpty() shelf: string;
}

class TakeNoteBody {
  @ApiProperty() @IsString() @Length(1, 20) title: string;
  @ApiProperty({ type: 'integer' }) @IsInt() @Min(1) @Max(100) weight: number;
  @ApiPropertyOptional({ type: PlaceBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => PlaceBody)
  place?: PlaceBody;
  @ApiPropertyOptional({ type: [PlaceBody] })
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => PlaceBody)
  copies?: PlaceBody[];
}

class ApprovalBody {
  @ApiPropertyOptional() @IsOptional() @IsString() reason?: string;
}

class NoteRow {
  @ApiProperty() readonly title: string;
  @ApiProperty() readonly weight: number;
}

class NotesQuery extends ListQuery {
  @ApiPropertyOptional() @IsOptional() @IsString() title?: string;
}

@ApiTags('メモ')
@Controller('notebooks')
class NotesController {
  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly runner: FollowerRunner,
  ) {}

  @Allow('hr')
  @System('R1')
  @Post(':id/notes')
  @ApiOperation({ summary: 'メモを書く' })
  @ApiCreatedResponse({ type: CommandAnswer })
  async take(@By() by: Caller, @Param('id') id: string, @Body() body: TakeNoteBody): Promise<CommandAnswer> {
    return CommandAnswer.of(id, await execute(this.store, notebook, { municipality: by.municipality, id }, body, by));
  }

  @Allow('recruiter')
  @Get('recruiting')
  @ApiOperation({ summary: '採用担当だけが見る' })
  recruiting(): object {
    return {};
  }

  @Allow('hr')
  @System('X9')
  @Get('future')
  @ApiOperation({ summary: 'まだ始まっていない制度' })
  future(): object {
    return {};
  }

  @Allow('hr')
  @Get('missing')
  @ApiOperation({ summary: 'ないものを見る' })
  missing(): object {
    throw new NotFound('notebook');
  }

  @Allow('hr')
  @Get('broken')
  @ApiOperation({ summary: '壊れている' })
  broken(): object {
    throw new Error('the name of the person is 山田');
  }

  @Allow('hr')
  @Post('imports')
  @ApiOperation({ summary: '取り込む' })
  import(@Body() file: Buffer): object {
    return { bytes: file.length };
  }

  @Allow('hr')
  @Post('closing')
  @ApiOperation({ summary: '締め切る' })
  close(): object {
    return { closed: true };
  }

  @Allow('hr')
  @Post('approval')
  @ApiOperation({ summary: '承認する' })
  approve(@Body() body: ApprovalBody): object {
    return { reason: body.reason ?? 'none' };
  }

  @Allow('hr')
  @Get(':id')
  @ApiOperation({ summary: '手帳を見る' })
  async show(@By() { municipality }: Caller, @Param('id') id: string): Promise<object> {
    const { version } = await this.store.read(notebook, { municipality, id });
    if (version === 0) throw new NotFound('notebook');
    return { id, version };
  }

  @Allow('hr', 'auditor')
  @Get('notes')
  @ApiOperation({ summary: 'メモの一覧を見る' })
  @ApiOkResponse({ type: pageOf(NoteRow) })
  async list(@By() { municipality }: Caller, @Query() query: NotesQuery): Promise<Page<NoteRow>> {
    await caughtUp(this.runner, 'notes', query.after);
    return page<NoteRow, NotesQuery>(this.database.pool, {
      select: 'title, weight',
      from: 'notes',
      where: 'municipality = $1',
      params: [municipality],
      filters: { title: 'title' },
      sort: { recordedAt: 'recorded_at', weight: 'weight' },
      key: 'id',
      query,
    });
  }
}

type Weighed = Readonly<{ type: 'NoteTaken'; data: Readonly<{ weight: number }> }>;

export const UNLUCKY = 13;

/** Reads its own service's topic, as other services would. */
@Controller()
class ReactsOnNoteTaken {
  @EventPattern<string>(cloudEventType(notesContract, 'NoteTaken'))
  async weigh(@Payload() { data }: Delivered<Weighed>, @Ctx() { tx }: ConsumerContext): Promise<void> {
    if (data.weight === UNLUCKY) throw new TypeError('thirteen is not weighed');
    await tx.query('INSERT INTO weights VALUES ($1)', [data.weight]);
  }
}

@Module({
  imports: [
    ServiceModule.for({
      service: notesContract.service,
      title: 'メモ',
      migrations: [Notes1700000099000],
      contract: notesContract,
      aggregates: [notebook],
      publishes: definePublishes(notesContract, {
        NoteTaken: { as: 'NoteTaken', data: (event) => ({ weight: (event as StoredEvent<NoteTaken>).data.weight }) },
      }),
      consumes: [notesContract],
      controllers: [NotesController, ReactsOnNoteTaken],
      followers: [NotesList],
      problems: { 'notebook.full': { ja: '重さの合計は{limit}までです。', en: 'At most {limit} in all.' } },
      directory: 'none',
    }),
  ],
})
export class NotesModule {}

@Controller('leaks')
class LeakingController {
  @Get()
  @ApiOperation({ summary: '漏れる' })
  leak(): object {
    return {};
  }
}

/** The same with a route that declares nothing. */
@Module({
  imports: [
    ServiceModule.for({
      service: 'leaks',
      title: 'Leaks',
      migrations: [],
      controllers: [LeakingController],
      problems: {},
    }),
  ],
})
export class LeakingModule {}
