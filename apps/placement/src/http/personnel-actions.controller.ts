import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { CommandAnswer } from '#libs/platform/command-answer';
import { NotFound } from '#libs/event-store/not-found';
import { ActionBody, draftOf } from './action-body.js';
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
  @ApiCreatedResponse({ type: CommandAnswer, description: '発令。過去の日付も将来の日付（内示）もよい。' })
  async take(@By() by: Caller, @Param('staffId') staffId: string, @Body() body: ActionBody): Promise<CommandAnswer> {
    const draft = draftOf(body, body.effectiveOn, newIds(by));
    const proposals = await this.office.proposals(by, [draft]);
    return CommandAnswer.of(draft.actionId, await this.office.run(by, staffId, { type: 'TakeActions', proposals }));
  }

  @Post(':actionId/correction')
  @Allow('hr')
  @ApiCreatedResponse({ type: CommandAnswer, description: '訂正。元の発令を無効にし、正しい発令を記録する。' })
  async correct(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('actionId') actionId: string,
    @Body() body: ActionBody,
  ): Promise<CommandAnswer> {
    const draft = draftOf(body, body.effectiveOn, newIds(by));
    const [proposal] = await this.office.proposals(by, [draft]);
    const result = await this.office.run(by, staffId, { type: 'CorrectAction', actionId, proposal });
    return CommandAnswer.of(draft.actionId, result);
  }

  @Post(':actionId/revocation')
  @HttpCode(200)
  @Allow('hr')
  @ApiOkResponse({ type: CommandAnswer, description: '取消し。' })
  async revoke(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('actionId') actionId: string,
  ): Promise<CommandAnswer> {
    return CommandAnswer.of(actionId, await this.office.run(by, staffId, { type: 'RevokeAction', actionId }));
  }

  @Post(':actionId/withdrawal')
  @HttpCode(200)
  @Allow('hr', 'staff')
  @System('P16')
  @ApiOkResponse({ type: CommandAnswer, description: '退職の撤回。退職日まで、HR または本人。' })
  async withdraw(
    @By() by: Caller,
    @Param('staffId') staffId: string,
    @Param('actionId') actionId: string,
  ): Promise<CommandAnswer> {
    if (!by.roles.includes('hr') && by.staffId !== staffId) throw new NotFound('staff');
    const command = { type: 'WithdrawResignation', actionId, today: this.clock.today() } as const;
    return CommandAnswer.of(actionId, await this.office.run(by, staffId, command));
  }
}
