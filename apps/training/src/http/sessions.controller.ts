import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Database } from '#libs/event-store/database';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { NotFound } from '#libs/event-store/not-found';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { Commands, idFrom } from '#libs/platform/commands';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { Clock } from '#libs/processes/clock';
import { Courses } from '../courses.js';
import { MOST_SEATS, session } from '../domain/session.js';

const STATUSES = ['planned', 'held', 'cancelled'] as const;
type Status = (typeof STATUSES)[number];

class CapacityBody {
  @ApiProperty({ type: 'integer', description: '定員' }) @IsInt() @Min(1) @Max(MOST_SEATS) capacity: number;
}

class PlanSessionBody extends CapacityBody {
  @ApiProperty({ example: 'harassment' }) @IsString() @MaxLength(40) course: string;
  @ApiProperty({ description: '実施日（数日にわたるときは最終日）' }) @IsLocalDate() heldOn: string;
}

class SessionsQuery extends ListQuery {
  @ApiPropertyOptional() @IsOptional() @IsString() course?: string;
  @ApiPropertyOptional({ enum: STATUSES }) @IsOptional() @IsIn(STATUSES) status?: Status;
}

class SessionRow {
  @ApiProperty() sessionId: string;
  @ApiProperty() course: string;
  @ApiProperty() heldOn: string;
  @ApiProperty({ type: 'integer' }) capacity: number;
  @ApiProperty({ enum: STATUSES }) status: Status;
  @ApiProperty({ type: 'integer', description: '席のある受講者の数' }) seats: number;
  @ApiProperty({ type: 'integer', description: 'キャンセル待ちの数' }) waiting: number;
  @ApiProperty({ type: 'integer', description: '出席者の数' }) present: number;
}

class ParticipantView {
  @ApiProperty() staffId: string;
  @ApiProperty({ enum: ['seat', 'waiting', 'walk-in'] }) place: 'seat' | 'waiting' | 'walk-in';
  @ApiPropertyOptional({ description: '出欠を記録した後に限る。' }) attended?: boolean;
  @ApiPropertyOptional({ type: 'integer' }) minutes?: number;
}

class SessionView {
  @ApiProperty() sessionId: string;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty() course: string;
  @ApiProperty() heldOn: string;
  @ApiProperty({ type: 'integer' }) capacity: number;
  @ApiProperty({ enum: STATUSES }) status: Status;
  @ApiProperty({ type: [ParticipantView], description: '席は申込順、キャンセル待ちは待つ順' })
  participants: ParticipantView[];
}

@ApiTags('研修の実施')
@System('T1', 'T2', 'T3')
@Controller('sessions')
export class SessionsController {
  constructor(
    private readonly commands: Commands,
    private readonly courses: Courses,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
  ) {}

  @Post()
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '研修の実施回を予定する' })
  @ApiCreatedResponse({ type: CommandAnswer })
  async plan(@By() by: Caller, @Body() { course, heldOn, capacity }: PlanSessionBody): Promise<CommandAnswer> {
    const sessionId = idFrom(by, 'session');
    const today = this.clock.today();
    const result = await this.commands.together(by, async (tx) => {
      await this.courses.used(by.municipality, course, heldOn, by.metadata, tx);
      const command = { type: 'PlanSession', session: { sessionId, course, heldOn, capacity }, today } as const;
      return this.commands.run(session, sessionId, command, by, tx);
    });
    return CommandAnswer.of(sessionId, result);
  }

  @Post(':sessionId/capacity')
  @HttpCode(200)
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '定員を変更する' })
  @ApiOkResponse({ type: CommandAnswer, description: '増えた席には、キャンセル待ちの順に繰り上がる。' })
  async changeCapacity(
    @By() by: Caller,
    @Param('sessionId') id: string,
    @Body() { capacity }: CapacityBody,
  ): Promise<CommandAnswer> {
    return CommandAnswer.of(id, await this.commands.run(session, id, { type: 'ChangeCapacity', capacity }, by));
  }

  @Post(':sessionId/cancellation')
  @HttpCode(200)
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '実施を中止する' })
  @ApiOkResponse({ type: CommandAnswer, description: '割当はそのまま残る。' })
  async cancel(@By() by: Caller, @Param('sessionId') id: string): Promise<CommandAnswer> {
    return CommandAnswer.of(id, await this.commands.run(session, id, { type: 'CancelSession' }, by));
  }

  @Get(':sessionId')
  @Allow('training-officer', 'hr', 'auditor')
  @ApiOperation({ summary: '実施回と受講者' })
  @ApiOkResponse({ type: SessionView })
  async show(@By() { municipality }: Caller, @Param('sessionId') id: string): Promise<SessionView> {
    const { state, version } = await this.commands.stateOf(session, municipality, id);
    if (state.status === 'none') throw new NotFound('session');
    const { sessionId, course, heldOn, capacity, status, seats, waiting, attendance } = state;
    const walkIns = [...attendance.keys()].filter((staffId) => ![...seats, ...waiting].includes(staffId));
    const placed = (place: ParticipantView['place']) => (staffId: string) => ({
      place,
      ...attendance.get(staffId),
      staffId,
    });
    const participants = [
      ...seats.map(placed('seat')),
      ...walkIns.map(placed('walk-in')),
      ...waiting.map(placed('waiting')),
    ];
    return { sessionId, version, course, heldOn, capacity, status, participants };
  }

  @Get()
  @Allow('training-officer', 'hr', 'manager', 'staff', 'auditor')
  @ApiOperation({ summary: '実施回の一覧' })
  @ApiOkResponse({ type: pageOf(SessionRow) })
  async list(@By() { municipality }: Caller, @Query() query: SessionsQuery): Promise<Page<SessionRow>> {
    await caughtUp(this.followers, 'training-lists', query.after);
    return page<SessionRow, SessionsQuery>(this.database.pool, {
      select: `s.session_id AS "sessionId", s.course, s.held_on::text AS "heldOn", s.capacity, s.status,
               own.seats, own.waiting, own.present`,
      from: `training_sessions s CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE p.place = 'seat')::int AS seats,
                      count(*) FILTER (WHERE p.place = 'waiting')::int AS waiting,
                      count(*) FILTER (WHERE p.attended)::int AS present
               FROM participants p WHERE p.municipality = s.municipality AND p.session_id = s.session_id) own`,
      where: 's.municipality = $1',
      params: [municipality],
      filters: { course: 's.course', status: 's.status' },
      sort: { heldOn: 's.held_on', course: 's.course' },
      key: 's.session_id',
      query,
    });
  }
}
