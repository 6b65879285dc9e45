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
import { IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { CommandAnswer } from '#libs/platform/command-answer';
import { NotFound } from '#libs/event-store/not-found';
import { application, type ApplicationCommand } from '../domain/application.js';
import { DECLINE_REASONS, type DeclineReason, type HireTerms } from '../domain/application-state.js';
import { recruitmentPlan } from '../domain/recruitment-plan.js';
import { Commands } from '#libs/platform/commands';
import { IsLocalDate } from '#libs/platform/local-date.validator';
import { Pack } from './pack.js';

class AnswerBody {
  @ApiProperty({ enum: ['accepted', 'declined'] }) @IsIn(['accepted', 'declined']) answer: 'accepted' | 'declined';

  @ApiPropertyOptional({ enum: DECLINE_REASONS, description: '辞退の理由' })
  @IsOptional()
  @IsIn(DECLINE_REASONS)
  reason?: DeclineReason;
}

class PostBody {
  @ApiProperty() @IsString() @IsNotEmpty() @MaxLength(100) unitId: string;
  @ApiProperty({ example: 'shuji' }) @IsString() @IsNotEmpty() @MaxLength(50) position: string;
}

class HireBody {
  @ApiProperty({ description: '採用日' }) @IsLocalDate() joinsOn: string;
  @ApiProperty({ example: '1' }) @IsString() @IsNotEmpty() @MaxLength(20) grade: string;
  @ApiProperty({ type: PostBody }) @IsNotEmpty() @ValidateNested() @Type(() => PostBody) post: PostBody;
  @ApiProperty({ type: 'integer', example: 2325 }) @IsInt() @Min(1) @Max(10_080) weeklyMinutes: number;
  @ApiPropertyOptional({
    description: '元職員の場合、その職員の ID（人事担当が本人と確認したもの）。職員番号を引き継ぐ。',
  })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  formerStaffId?: string;
}

@ApiTags('内定')
@System('R9')
@Controller('applications/:applicationId')
export class OffersController {
  constructor(
    private readonly commands: Commands,
    private readonly pack: Pack,
    private readonly clock: Clock,
  ) {}

  @Post('offer')
  @Allow('recruiter')
  @ApiOperation({ summary: '内定を出す' })
  @ApiCreatedResponse({
    type: CommandAnswer,
    description: '最後の選考段階に合格した後。回答期限が過ぎると失効する。',
  })
  offer(@By() by: Caller, @Param('applicationId') id: string) {
    return this.run(by, id, { type: 'MakeOffer', today: this.clock.today(), by: by.staffId });
  }

  @Post('answer')
  @HttpCode(200)
  @Allow('recruiter')
  @ApiOperation({ summary: '内定への回答を記録する' })
  @ApiOkResponse({ type: CommandAnswer, description: '承諾、または理由を付けた辞退。' })
  answer(@By() by: Caller, @Param('applicationId') id: string, @Body() { answer, reason }: AnswerBody) {
    return this.run(by, id, { type: 'AnswerOffer', answer, declineReason: reason, today: this.clock.today() });
  }

  @Post('hire')
  @HttpCode(200)
  @System('R1')
  @Allow('hr')
  @ApiOperation({ summary: '採用を確定する' })
  @ApiOkResponse({ type: CommandAnswer, description: '計画または記録された特例の範囲内。発令は配置が行う。' })
  async hire(@By() by: Caller, @Param('applicationId') id: string, @Body() terms: HireBody): Promise<CommandAnswer> {
    const { state } = await this.commands.stateOf(application, by.municipality, id);
    if (state.status === 'none') throw new NotFound('application');
    const { applicationId, fiscalYear, jobCategory, route } = state;
    const confirm = {
      type: 'ConfirmHire',
      terms: plain(terms),
      allowed: await this.pack.allowedTerms(by.municipality, terms),
      by: by.staffId,
    } as const;
    const count = { type: 'CountHire', fiscalYear, applicationId, jobCategory, route } as const;
    const result = await this.commands.together(by, async (tx) => {
      const confirmed = await this.commands.run(application, id, confirm, by, tx);
      const own = { municipality: by.municipality, metadata: by.metadata };
      await this.commands.run(recruitmentPlan, String(fiscalYear), count, own, tx);
      return confirmed;
    });
    return CommandAnswer.of(id, result);
  }

  private async run(by: Caller, id: string, command: ApplicationCommand): Promise<CommandAnswer> {
    return CommandAnswer.of(id, await this.commands.run(application, id, command, by));
  }
}

const plain = ({ joinsOn, grade, post: { unitId, position }, weeklyMinutes, formerStaffId }: HireBody): HireTerms => ({
  joinsOn,
  grade,
  post: { unitId, position },
  weeklyMinutes,
  ...(formerStaffId && { formerStaffId }),
});
