import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { ChildcareOffice } from './childcare-office.js';

class RefusalBody {
  @ApiProperty({ maxLength: 1000 }) @IsString() @IsNotEmpty() @MaxLength(1000) because: string;
}

class LastDayBody {
  @ApiProperty({ description: '育児休業の末日（その日を含む）' }) @IsLocalDate() through: string;
}

/** What HR, for the appointing authority (任命権者), decides on a leave: never on one's own. */
@ApiTags('育児休業')
@System('W2')
@Controller('childcare/:staffId/leaves/:periodId')
export class ChildcareDecisionsController {
  constructor(private readonly office: ChildcareOffice) {}

  @Post('approval')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '育児休業を承認する' })
  @ApiOkResponse({ type: CommandAnswer, description: '初日に始まり、末日の翌日に職務に復帰する。' })
  approve(@By() by: Caller, @Param('staffId') staffId: string, @Param('periodId') periodId: string) {
    const rules = this.office.rules(by.municipality);
    return this.office.run(by, staffId, periodId, { type: 'ApproveLeave', periodId, decidedBy: by.staffId, rules });
  }

  @Post('refusal')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '育児休業を承認しない' })
  @ApiOkResponse({ type: CommandAnswer })
  refuse(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('periodId') periodId: string,
    @Body() { because }: RefusalBody,
  ) {
    return this.office.run(by, staffId, periodId, { type: 'RefuseLeave', periodId, because, decidedBy: by.staffId });
  }

  @Post('cancellation')
  @HttpCode(200)
  @Allow('hr', 'staff')
  @ApiOperation({ summary: '始まる前の育児休業を取り下げる' })
  @ApiOkResponse({ type: CommandAnswer, description: '承認前は本人または HR、承認後は HR。' })
  cancel(@By() by: Caller, @Param('staffId') staffId: string, @Param('periodId') periodId: string) {
    this.office.requireOwnOrHr(by, staffId);
    const byColleague = by.roles.includes('hr') && by.staffId !== staffId;
    return this.office.run(by, staffId, periodId, { type: 'CancelLeave', periodId, byColleague });
  }

  @Post('extension')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '育児休業を延長する' })
  @ApiOkResponse({ type: CommandAnswer })
  async extend(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('periodId') periodId: string,
    @Body() { through }: LastDayBody,
  ) {
    return this.office.run(by, staffId, periodId, {
      type: 'ExtendLeave',
      periodId,
      through,
      decidedBy: by.staffId,
      inService: await this.office.inService(by.municipality, staffId, through),
      rules: this.office.rules(by.municipality),
    });
  }

  @Post('return')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '職務への復帰を早める' })
  @ApiOkResponse({ type: CommandAnswer, description: '`through` が育児休業の末日となる。' })
  bringForward(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('periodId') periodId: string,
    @Body() { through }: LastDayBody,
  ) {
    const command = { type: 'BringReturnForward', periodId, through, decidedBy: by.staffId } as const;
    return this.office.run(by, staffId, periodId, command);
  }
}
