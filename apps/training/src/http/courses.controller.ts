import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { COURSE_KINDS, DIGITAL_CLASSES } from '#libs/contracts/training';
import { Database } from '#libs/event-store/database';
import { FollowerRunner } from '#libs/event-store/follower-runner';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { Commands } from '#libs/platform/commands';
import { caughtUp, ListQuery, page, pageOf, type Page } from '#libs/platform/list-query';
import { CODE, course, MOST_MINUTES, MOST_VALID_MONTHS, type Course } from '../domain/course.js';

class CourseBody {
  @ApiProperty({ example: 'harassment', description: '研修コード' }) @Matches(CODE) course: string;
  @ApiProperty({ example: 'ハラスメント防止研修' }) @IsString() @IsNotEmpty() @MaxLength(200) title: string;
  @ApiProperty({ enum: COURSE_KINDS }) @IsIn(COURSE_KINDS) kind: Course['kind'];
  @ApiProperty({ type: 'integer', description: '時間（分）' }) @IsInt() @Min(1) @Max(MOST_MINUTES) minutes: number;

  @ApiPropertyOptional({ type: 'integer', description: '修了の有効月数。なければ失効しない。' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_VALID_MONTHS)
  validMonths?: number;

  @ApiPropertyOptional({ enum: DIGITAL_CLASSES, description: 'デジタル人材の区分' })
  @IsOptional()
  @IsIn(DIGITAL_CLASSES)
  digitalClass?: Course['digitalClass'];
}

class CoursesQuery extends ListQuery {
  @ApiPropertyOptional({ enum: COURSE_KINDS }) @IsOptional() @IsIn(COURSE_KINDS) kind?: Course['kind'];
  @ApiPropertyOptional({ enum: DIGITAL_CLASSES }) @IsOptional() @IsIn(DIGITAL_CLASSES) digitalClass?: string;
}

class CourseRow {
  @ApiProperty() course: string;
  @ApiProperty() title: string;
  @ApiProperty({ enum: COURSE_KINDS }) kind: string;
  @ApiProperty({ type: 'integer' }) minutes: number;
  @ApiProperty({ type: 'integer', nullable: true }) validMonths: number | null;
  @ApiProperty({ enum: DIGITAL_CLASSES, nullable: true }) digitalClass: string | null;
}

@ApiTags('研修')
@System('T1', 'T2', 'T3')
@Controller('courses')
export class CoursesController {
  constructor(
    private readonly commands: Commands,
    private readonly database: Database,
    private readonly followers: FollowerRunner,
  ) {}

  @Post()
  @Allow('training-officer', 'hr')
  @ApiOperation({ summary: '研修を定める・変更する' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '変更は、これからの割当と修了に効く。' })
  async define(@By() by: Caller, @Body() body: CourseBody): Promise<CommandAnswer> {
    const command = { type: 'DefineCourse', course: body } as const;
    return CommandAnswer.of(body.course, await this.commands.run(course, body.course, command, by));
  }

  @Get()
  @Allow('training-officer', 'hr', 'manager', 'staff', 'auditor')
  @ApiOperation({ summary: '研修の一覧' })
  @ApiOkResponse({ type: pageOf(CourseRow), description: '制度データにある研修は、初めて使われたときから載る。' })
  async list(@By() { municipality }: Caller, @Query() query: CoursesQuery): Promise<Page<CourseRow>> {
    await caughtUp(this.followers, 'training-lists', query.after);
    return page<CourseRow, CoursesQuery>(this.database.pool, {
      select: `course, title, kind, minutes, valid_months AS "validMonths", digital_class AS "digitalClass"`,
      from: 'courses',
      where: 'municipality = $1',
      params: [municipality],
      filters: { kind: 'kind', digitalClass: 'digital_class' },
      sort: { course: 'course', title: 'title', kind: 'kind' },
      key: 'course',
      query,
    });
  }
}
