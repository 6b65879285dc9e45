import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsBoolean,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { PoolClient } from 'pg';
import { v5 as uuidv5 } from 'uuid';
import { Rejected } from '#libs/event-store/decider';
import { NotFound } from '#libs/event-store/not-found';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { Commands } from '#libs/platform/commands';
import { Clock } from '#libs/processes/clock';
import { CityRules } from '../city-rules.js';
import { Courses } from '../courses.js';
import { MOST_MINUTES } from '../domain/course.js';
import { isEmployed, type Service } from '../domain/employment.js';
import { session, type SessionState } from '../domain/session.js';
import { trainingRecord } from '../domain/training-record.js';
import { Standing } from '../standing.js';
import { StaffAccess } from './staff-access.js';

type Services = ReadonlyMap<string, Service | undefined>;

const COMPLETIONS = '6c0f2a67-4b35-5d0e-8d8c-9f7c1b5a3e21';

class EnrolBody {
  @ApiPropertyOptional({ description: '省略すると本人' }) @IsOptional() @IsString() @MaxLength(100) staffId?: string;
}

class AttendanceEntry {
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) staffId: string;
  @ApiProperty({ description: '出席したか' }) @IsBoolean() attended: boolean;
  @ApiPropertyOptional({ type: 'integer', description: '受講した時間（分）。省略すると研修の時間、欠席は0' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MOST_MINUTES)
  minutes?: number;
}

class AttendanceBody {
  @ApiProperty({ type: [AttendanceEntry], maxItems: 1000 })
  @ArrayNotEmpty()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => AttendanceEntry)
  entries: AttendanceEntry[];
}

@ApiTags('研修の実施')
@System('T1', 'T2', 'T3')
@Controller('sessions/:sessionId')
export class ParticipationController {
  constructor(
    private readonly commands: Commands,
    private readonly courses: Courses,
    private readonly rules: CityRules,
    private readonly standing: Standing,
    private readonly access: StaffAccess,
    private readonly clock: Clock,
  ) {}

  @Post('enrolments')
  @Allow('staff', 'training-officer', 'hr')
  @ApiOperation({ summary: '受講を申し込む' })
  @ApiCreatedResponse({
    type: CommandAnswer,
    description:
      '満席のときはキャンセル待ちになる。実施日に在職していない staffId は、職員でない ID も含めて 409 staff.not-in-service とする。',
  })
  async enrol(
    @By() by: Caller,
    @Param('sessionId') id: string,
    @Body() { staffId: named }: EnrolBody,
  ): Promise<CommandAnswer> {
    const staffId = this.access.enrolled(by, named);
    await this.inService(by, await this.known(by, id), [staffId]);
    const command = { type: 'Enrol', staffId, today: this.clock.today() } as const;
    return CommandAnswer.of(id, await this.commands.run(session, id, command, by));
  }

  @Post('withdrawals')
  @Allow('staff', 'training-officer', 'hr')
  @ApiOperation({ summary: '受講の申込みを取り下げる' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '空いた席には、キャンセル待ちの順に繰り上がる。' })
  async withdraw(
    @By() by: Caller,
    @Param('sessionId') id: string,
    @Body() { staffId: named }: EnrolBody,
  ): Promise<CommandAnswer> {
    const staffId = this.access.enrolled(by, named);
    const command = { type: 'WithdrawEnrolment', staffId, today: this.clock.today() } as const;
    return CommandAnswer.of(id, await this.commands.run(session, id, command, by));
  }

  @Post('attendance')
  @HttpCode(200)
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '出欠を記録する' })
  @ApiOkResponse({
    type: CommandAnswer,
    description:
      '後の記録が前の記録に代わり、終了後は修了も改まる。申込みのない出席も記録する。実施日に在職していない staffId は、職員でない ID も含めて 409 staff.not-in-service とする。',
  })
  async attend(
    @By() by: Caller,
    @Param('sessionId') id: string,
    @Body() { entries }: AttendanceBody,
  ): Promise<CommandAnswer> {
    const held = await this.known(by, id);
    const given = entries.map(({ staffId }) => staffId);
    const services = await this.inService(by, held, given);
    const found = await this.courses.find(by.municipality, held.course, held.heldOn);
    const whole = found?.course.minutes ?? 0;
    const command = {
      type: 'RecordAttendance',
      entries: entries.map(({ minutes, ...entry }) => ({ ...entry, minutes: minutes ?? (entry.attended ? whole : 0) })),
      today: this.clock.today(),
    } as const;
    const result = await this.commands.together(by, async (tx) => {
      const recorded = await this.commands.run(session, id, command, by, tx);
      if (!recorded.repeated) await this.followAttendance(by, id, services, tx, given);
      return recorded;
    });
    return CommandAnswer.of(id, result);
  }

  @Post('holding')
  @HttpCode(200)
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '実施を終了し、出席者を修了とする' })
  @ApiOkResponse({ type: CommandAnswer, description: '席があり出欠の記録がない人は欠席。割当のない人の修了も残る。' })
  async hold(@By() by: Caller, @Param('sessionId') id: string): Promise<CommandAnswer> {
    const today = this.clock.today();
    const { seats, attendance } = await this.known(by, id);
    const services = await this.standing.services(by.municipality, [...new Set([...seats, ...attendance.keys()])]);
    const result = await this.commands.together(by, async (tx) => {
      const held = await this.commands.run(session, id, { type: 'HoldSession', today }, by, tx);
      if (!held.repeated) await this.followAttendance(by, id, services, tx);
      return held;
    });
    return CommandAnswer.of(id, result);
  }

  /** Of a session that was held: completions of those named, else of everybody, are as the attendance says. */
  private async followAttendance(
    by: Caller,
    id: string,
    services: Services,
    tx: PoolClient,
    named?: readonly string[],
  ): Promise<void> {
    const { municipality, metadata } = by;
    const { state, version } = await this.commands.stateOf(session, municipality, id, tx);
    if (state.status !== 'held') return;
    const { course: code, heldOn, attendance } = state;
    const course = await this.courses.used(municipality, code, heldOn, metadata, tx);
    const validity = this.rules.validity(municipality, course, heldOn);
    const followed = [...attendance.values()].filter(({ staffId }) => named?.includes(staffId) ?? true);
    // In one order in every transaction, so that two sessions of the same people cannot wait for each other.
    for (const { staffId, minutes } of followed.toSorted((a, b) => (a.staffId < b.staffId ? -1 : 1))) {
      const command = {
        type: 'FollowAttendance',
        staffId,
        completionId: uuidv5(`${municipality}/${id}/${version}/${staffId}`, COMPLETIONS),
        course: code,
        completedOn: heldOn,
        minutes,
        sessionId: id,
        validity,
        service: services.get(staffId),
      } as const;
      await this.commands.run(trainingRecord, staffId, command, { municipality, metadata }, tx);
    }
  }

  private async known({ municipality }: Caller, id: string) {
    const { state } = await this.commands.stateOf(session, municipality, id);
    if (state.status === 'none') throw new NotFound('session');
    return state;
  }

  /** @throws Rejected `staff.not-in-service` when one of them is not there on the day of the session */
  private async inService(
    { municipality }: Caller,
    { heldOn }: Exclude<SessionState, { status: 'none' }>,
    staffIds: readonly string[],
  ): Promise<Services> {
    const services = await this.standing.services(municipality, staffIds);
    const absent = [...services.values()].some((service) => service && !isEmployed(service, heldOn));
    if (absent) throw new Rejected('staff.not-in-service', { on: heldOn });
    return services;
  }
}
