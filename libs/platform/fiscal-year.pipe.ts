import type { PipeTransform } from '@nestjs/common';
import { Malformed } from './validation.js';

/** A fiscal year in the path, 2000 to 2999. */
export class FiscalYearPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    if (/^2\d{3}$/.test(value)) return Number(value);
    throw new Malformed([
      { field: 'fiscalYear', rule: 'isFiscalYear', args: [], message: 'fiscalYear must be a year from 2000 to 2999' },
    ]);
  }
}
