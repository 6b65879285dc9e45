import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CSV, csvBody, ImportQuery, ImportReportView, type ImportReport } from '#libs/imports/imports';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Importer } from './importer.js';

@ApiTags('取込')
@System('T1', 'T2', 'T3')
@Controller('imports')
export class ImportsController {
  constructor(private readonly importer: Importer) {}

  @Post('courses')
  @HttpCode(200)
  @Allow('training-officer', 'hr')
  @ApiConsumes('text/csv')
  @ApiBody(CSV)
  @ApiOperation({ summary: '研修（courses.csv）を取り込む' })
  @ApiOkResponse({ type: ImportReportView, description: 'UTF-8 または Shift_JIS。全件または0件を取り込む。' })
  courses(@By() by: Caller, @Body() body: unknown, @Query() query: ImportQuery): Promise<ImportReport> {
    return this.importer.courses(by, csvBody(body), query.dryRun === 'true');
  }

  @Post('sessions')
  @HttpCode(200)
  @Allow('training-officer', 'hr')
  @ApiConsumes('text/csv')
  @ApiBody(CSV)
  @ApiOperation({ summary: '実施回（sessions.csv）を取り込む' })
  @ApiOkResponse({ type: ImportReportView, description: 'UTF-8 または Shift_JIS。全件または0件を取り込む。' })
  sessions(@By() by: Caller, @Body() body: unknown, @Query() query: ImportQuery): Promise<ImportReport> {
    return this.importer.sessions(by, csvBody(body), query.dryRun === 'true');
  }

  @Post('records')
  @HttpCode(200)
  @Allow('training-officer', 'hr')
  @ApiConsumes('text/csv')
  @ApiBody(CSV)
  @ApiOperation({ summary: '過去の受講記録（records.csv）を取り込む' })
  @ApiOkResponse({ type: ImportReportView, description: 'UTF-8 または Shift_JIS。全件または0件を取り込む。' })
  records(@By() by: Caller, @Body() body: unknown, @Query() query: ImportQuery): Promise<ImportReport> {
    return this.importer.pastRecords(by, csvBody(body), query.dryRun === 'true');
  }
}
