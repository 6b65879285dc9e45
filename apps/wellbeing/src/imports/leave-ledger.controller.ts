import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CSV, csvBody, ImportQuery, ImportReportView, type ImportReport } from '#libs/imports/imports';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { LeaveLedgers } from './leave-ledgers.js';

@ApiTags('取込')
@System('W1')
@Controller('imports')
export class LeaveLedgerController {
  constructor(private readonly ledgers: LeaveLedgers) {}

  @Post('leave-ledger')
  @HttpCode(200)
  @Allow('hr')
  @ApiOperation({ summary: '休暇簿の取込（leave-ledger.csv）。UTF-8 または Shift_JIS' })
  @ApiConsumes('text/csv')
  @ApiBody(CSV)
  @ApiOkResponse({ type: ImportReportView })
  ledger(@By() by: Caller, @Body() body: unknown, @Query() { dryRun }: ImportQuery): Promise<ImportReport> {
    return this.ledgers.run(by, csvBody(body), dryRun === 'true');
  }
}
