import { Injectable } from '@nestjs/common';
import { Rejected } from '#libs/event-store/decider';
import { addMonths, type LocalDate } from '#libs/law/local-date';
import { LATEST } from '#libs/platform/local-date.validator';
import { NotInForce, Policies } from '#libs/policy/pack';
import type { InForce } from '#libs/policy/pack-file';
import type { Validity } from './domain/completions.js';
import type { Course } from './domain/course.js';

/** More months than there are days to name: from any of them on, they lead beyond `LATEST`. */
const BEYOND = 12 * 400;

/** What a command is told of the city's policy pack on a day. */
@Injectable()
export class CityRules {
  constructor(private readonly policies: Policies) {}

  /** @throws Rejected `policy.not-in-force` before the city's first rules */
  training(municipality: string, on: LocalDate): InForce<'training'> {
    try {
      return this.policies.inForce(municipality, 'training', on);
    } catch (error) {
      if (error instanceof NotInForce) throw new Rejected('policy.not-in-force', { on });
      throw error;
    }
  }

  /** First day from which personnel actions ask for courses here; what was before comes in files. */
  cutover(municipality: string, on: LocalDate): LocalDate {
    return this.policies.inForce(municipality, 'cutover', on).training;
  }

  systemsOn(municipality: string, on: LocalDate): (system: string) => boolean {
    return (system) => this.policies.systemInForce(municipality, system, on);
  }

  /** How long a completion of that day holds; undefined: for ever, or beyond every day that can be named. */
  validity(municipality: string, { validMonths }: Course, completedOn: LocalDate): Validity | undefined {
    if (validMonths === undefined) return undefined;
    if (addMonths(completedOn, Math.min(validMonths, BEYOND)) > LATEST) return undefined;
    const { renewalDays } = this.training(municipality, completedOn);
    return { months: validMonths, renewalDays, renewedFrom: this.cutover(municipality, completedOn) };
  }
}
