import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CSV, csvBody, ImportQuery, ImportReportView, type ImportReport } from '#libs/imports/imports';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Importer } from './importer.js';

@ApiTags('取込')
@System('P1')
@Controller('imports')
export class ImportsController {
  constructor(private readonly importer: Importer) {}

  @Post('units')
  @HttpCode(200)
  @Allow('hr')
  @ApiConsumes('text/csv')
  @ApiBody(CSV)
  @ApiOperation({ summary: '組織（units.csv）を取り込む' })
  @ApiOkResponse({ type: ImportReportView, description: 'UTF-8 または Shift_JIS。全件または0件を取り込む。' })
  units(@By() by: Caller, @Body() body: unknown, @Query() query: ImportQuery): Promise<ImportReport> {
    return this.importer.units(by, csvBody(body), query.dryRun === 'true');
  }

  @Post('staff')
  @HttpCode(200)
  @Allow('hr')
  @ApiConsumes('text/csv')
  @ApiBody(CSV)
  @ApiOperation({ summary: '職員（staff.csv）を取り込む' })
  @ApiOkResponse({ type: ImportReportView, description: 'UTF-8 または Shift_JIS。全件または0件を取り込む。' })
  staff(@By() by: Caller, @Body() body: unknown, @Query() query: ImportQuery): Promise<ImportReport> {
    return this.importer.staff(by, csvBody(body), query.dryRun === 'true');
  }

  @Post('personnel-actions')
  @HttpCode(200)
  @Allow('hr')
  @ApiConsumes('text/csv')
  @ApiBody(CSV)
  @ApiOperation({ summary: '発令履歴（personnel-actions.csv）を取り込む' })
  @ApiOkResponse({ type: ImportReportView, description: 'UTF-8 または Shift_JIS。全件または0件を取り込む。' })
  actions(@By() by: Caller, @Body() body: unknown, @Query() query: ImportQuery): Promise<ImportReport> {
    return this.importer.actions(by, csvBody(body), query.dryRun === 'true');
  }
}
