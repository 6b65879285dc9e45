import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { CommandAnswer } from '#libs/platform/command-answer';
import { NotFound } from '#libs/event-store/not-found';
import { ActionBody, draftOf, RevocationBody } from './action-body.js';
import { newIds, StaffOffice } from './staff-office.js';

/** 人事発令 of one person. The answer's `id` is the action's. */
@ApiTags('人事発令')
@System('P1', 'P16')
@Controller('staff/:staffId/personnel-actions')
export class PersonnelActionsController {
  constructor(
    private readonly office: StaffOffice,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Allow('hr')
  @ApiOperation({ summary: '人事発令を行う' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '過去の日付も将来の日付（内示）もよい。' })
  async take(@By() by: Caller, @Param('staffId') staffId: string, @Body() body: ActionBody): Promise<CommandAnswer> {
    const draft = draftOf(body, body.effectiveOn, newIds(by));
    const result = await this.office.run(by, staffId, ({ rulesOn }) => ({
      type: 'TakeActions',
      actions: [draft],
      rulesOn,
    }));
    return CommandAnswer.of(draft.actionId, result);
  }

  @Post(':actionId/correction')
  @Allow('hr')
  @ApiOperation({ summary: '発令を訂正する' })
  @ApiCreatedResponse({ type: CommandAnswer, description: '元の発令を無効にし、正しい発令を記録する。' })
  async correct(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('actionId') actionId: string,
    @Body() body: ActionBody,
  ): Promise<CommandAnswer> {
    const action = draftOf(body, body.effectiveOn, newIds(by));
    const result = await this.office.run(by, staffId, ({ rulesOn }) => ({
      type: 'CorrectAction',
      actionId,
      action,
      rulesOn,
    }));
    return CommandAnswer.of(action.actionId, result);
  }

  @Post(':actionId/revocation')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '発令を取り消す' })
  @ApiOkResponse({ type: CommandAnswer, description: '発令はなかったものになる。記録は残る。' })
  async revoke(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('actionId') actionId: string,
    @Body() { together = [] }: RevocationBody,
  ): Promise<CommandAnswer> {
    const result = await this.office.run(by, staffId, ({ rulesOn }) => ({
      type: 'RevokeActions',
      actionIds: [actionId, ...together],
      rulesOn,
    }));
    return CommandAnswer.of(actionId, result);
  }

  @Post(':actionId/withdrawal')
  @HttpCode(200)
  @Allow('hr', 'staff')
  @System('P16')
  @ApiOperation({ summary: '退職の申出を撤回する' })
  @ApiOkResponse({ type: CommandAnswer, description: '退職日まで、人事担当または本人。' })
  async withdraw(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('actionId') actionId: string,
  ): Promise<CommandAnswer> {
    if (!by.roles.includes('hr') && by.staffId !== staffId) throw new NotFound('staff');
    const result = await this.office.run(by, staffId, ({ rulesOn }) => ({
      type: 'WithdrawResignation',
      actionId,
      rulesOn,
      today: this.clock.today(),
    }));
    return CommandAnswer.of(actionId, result);
  }
}
