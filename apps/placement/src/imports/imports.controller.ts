import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { Problem } from '#libs/platform/problem';
import { Importer, type ImportReport } from './importer.js';

class ImportQuery {
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'Checks everything and loads nothing.' })
  @IsOptional()
  @IsIn(['true', 'false'])
  dryRun?: string;
}

class ImportErrorView {
  @ApiProperty({ description: 'Line of the file, the header is 1.' }) line: number;
  @ApiProperty({ description: 'Heading of the column; empty for the whole line.' }) column: string;
  @ApiProperty() code: string;
  @ApiProperty() message: string;
}

class ImportReportView {
  @ApiProperty() rows: number;
  @ApiProperty({ description: 'Rows loaded: all or none.' }) accepted: number;
  @ApiProperty({ type: [ImportErrorView] }) errors: ImportErrorView[];
  @ApiProperty() dryRun: boolean;
  @ApiPropertyOptional({ description: 'Pass as `after` to a list.' }) position?: number;
  @ApiProperty() repeated: boolean;
}

const CSV = { schema: { type: 'string' as const, format: 'binary' } };

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
  @ApiOkResponse({ type: ImportReportView, description: '組織（units.csv）。UTF-8 または Shift_JIS。' })
  units(@By() by: Caller, @Body() body: unknown, @Query() query: ImportQuery): Promise<ImportReport> {
    return this.importer.units(by, csv(body), query.dryRun === 'true');
  }

  @Post('staff')
  @HttpCode(200)
  @Allow('hr')
  @ApiConsumes('text/csv')
  @ApiBody(CSV)
  @ApiOkResponse({ type: ImportReportView, description: '職員（staff.csv）。' })
  staff(@By() by: Caller, @Body() body: unknown, @Query() query: ImportQuery): Promise<ImportReport> {
    return this.importer.staff(by, csv(body), query.dryRun === 'true');
  }

  @Post('personnel-actions')
  @HttpCode(200)
  @Allow('hr')
  @ApiConsumes('text/csv')
  @ApiBody(CSV)
  @ApiOkResponse({ type: ImportReportView, description: '発令履歴（personnel-actions.csv）。' })
  actions(@By() by: Caller, @Body() body: unknown, @Query() query: ImportQuery): Promise<ImportReport> {
    return this.importer.actions(by, csv(body), query.dryRun === 'true');
  }
}

const csv = (body: unknown): Uint8Array => {
  if (body instanceof Uint8Array) return body;
  throw new Problem(415, 'request.unsupported-media-type');
};
