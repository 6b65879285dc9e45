import { Injectable } from '@nestjs/common';
import type { LocalDate } from '#libs/law/local-date';
import { Policies, type InForce } from '#libs/policy/pack';
import type { Validity } from './domain/completions.js';
import type { Course } from './domain/course.js';

/** What a command is told of the city's policy pack on a day. */
@Injectable()
export class CityRules {
  constructor(private readonly policies: Policies) {}

  training(municipality: string, on: LocalDate): InForce<'training'> {
    return this.policies.inForce(municipality, 'training', on);
  }

  /** First day from which personnel actions ask for courses here; what was before comes in files. */
  cutover(municipality: string, on: LocalDate): LocalDate {
    return this.policies.inForce(municipality, 'cutover', on).training;
  }

  systemsOn(municipality: string, on: LocalDate): (system: string) => boolean {
    return (system) => this.policies.systemInForce(municipality, system, on);
  }

  /** How long a completion of that day holds; undefined: for ever. */
  validity(municipality: string, { validMonths }: Course, completedOn: LocalDate): Validity | undefined {
    if (validMonths === undefined) return undefined;
    const { renewalDays } = this.training(municipality, completedOn);
    return { months: validMonths, renewalDays, renewedFrom: this.cutover(municipality, completedOn) };
  }
}
