import type { PipeTransform } from '@nestjs/common';
import { INTERVIEWS } from '#libs/contracts/evaluation';
import { Malformed } from '#libs/platform/validation';
import type { Interview } from '../domain/form.js';

const oneOf = <T extends string>(field: string, known: readonly T[], value: string): T => {
  const found = known.find((one) => one === value);
  if (found) return found;
  throw new Malformed([{ field, rule: 'isIn', args: [known], message: `${field} must be one of ${known.join(', ')}` }]);
};

export class InterviewPipe implements PipeTransform<string, Interview> {
  transform(value: string): Interview {
    return oneOf('interview', INTERVIEWS, value);
  }
}

export class EvaluatedStepPipe implements PipeTransform<string, 'first' | 'second'> {
  transform(value: string): 'first' | 'second' {
    return oneOf('step', ['first', 'second'], value);
  }
}
