import { Injectable } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Caller } from '#libs/platform/caller';
import { Problem } from '#libs/platform/problem';
import { PLATFORM_PROBLEMS } from '#libs/platform/problem-texts';
import { filled } from '#libs/platform/problems';
import { ServiceDefinition } from '#libs/platform/service-definition';
import { Batches, type Batch } from './batches.js';
import type { CsvFault } from './csv.js';

/** What reading and judging a file gave: with any fault nothing is appended. */
export type Checked = Readonly<{ faults: readonly CsvFault[] }> & Omit<Batch, 'file'>;

export type ImportReport = Readonly<{
  /** Rows read, the header not counted. */
  rows: number;
  /** Rows that are in the store now: all or none. */
  accepted: number;
  errors: readonly Readonly<{ line: number; column: string; code: string; message: string }>[];
  dryRun: boolean;
  /** Pass as `after` to a list to find what was loaded. */
  position?: number;
  repeated: boolean;
}>;

/** Errors that one report lists; the problem's facts count them all. */
const MOST_ERRORS = 500;

/** Brings in files: everything in a file or nothing, and the same answer to a repeat of the request. */
@Injectable()
export class Imports {
  constructor(
    private readonly batches: Batches,
    private readonly definition: ServiceDefinition,
  ) {}

  /**
   * @param file what is brought in, recorded with the upload
   * @param check reads and judges the file; called anew when a race for one of its streams was lost
   */
  async run(by: Caller, file: string, dryRun: boolean, check: () => Promise<Checked>): Promise<ImportReport> {
    const sound = async (): Promise<Batch> => {
      const { faults, ...batch } = await check();
      if (faults.length > 0) throw this.refused(batch.rows, faults, dryRun);
      return { file, ...batch };
    };
    if (dryRun) return { rows: (await sound()).rows, accepted: 0, errors: [], dryRun, repeated: false };
    const done = await this.batches.run(by, sound);
    return { ...done, accepted: done.rows, errors: [], dryRun };
  }

  private refused(rows: number, faults: readonly CsvFault[], dryRun: boolean): Problem {
    const errors = faults
      .toSorted((a, b) => a.line - b.line)
      .slice(0, MOST_ERRORS)
      .map((fault) => this.explained(fault));
    return new Problem(409, 'import.has-errors', {
      members: { rows, accepted: 0, errors, dryRun },
      facts: { errors: faults.length },
    });
  }

  private explained({ line, column, code, value, facts }: CsvFault): ImportReport['errors'][number] {
    const known = this.definition.problems[code] ?? PLATFORM_PROBLEMS[code];
    const text = filled(known?.ja ?? code, { field: column, ...facts });
    return { line, column, code, message: `${text}${value === undefined ? '' : `（${value}）`}` };
  }
}

export class ImportQuery {
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'true では検査だけを行い、何も取り込まない。' })
  @IsOptional()
  @IsIn(['true', 'false'])
  dryRun?: string;
}

class ImportErrorView {
  @ApiProperty({ description: 'ファイルの行（見出しが1）' }) line: number;
  @ApiProperty({ description: '列の見出し。知らない見出しでは「3列目」、行全体の誤りでは空' }) column: string;
  @ApiProperty() code: string;
  @ApiProperty() message: string;
}

export class ImportReportView {
  @ApiProperty() rows: number;
  @ApiProperty({ description: '取り込んだ行数（全件または0件）' }) accepted: number;
  @ApiProperty({ type: [ImportErrorView] }) errors: ImportErrorView[];
  @ApiProperty() dryRun: boolean;
  @ApiPropertyOptional({ description: '一覧の `after` に指定する値' }) position?: number;
  @ApiProperty() repeated: boolean;
}

/** `@ApiBody(CSV)` of a route that takes a file. */
export const CSV = { schema: { type: 'string' as const, format: 'binary' } };

/** The body of such a route as it came. */
export const csvBody = (body: unknown): Uint8Array => {
  if (body instanceof Uint8Array) return body;
  throw new Problem(415, 'request.unsupported-media-type');
};
