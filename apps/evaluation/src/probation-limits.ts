import { Injectable } from '@nestjs/common';
import { LONGEST_PROBATION } from '#libs/law/probation';
import { Policies } from '#libs/policy/pack';
import type { Sheet } from './domain/sheet-state.js';

/** Longest probations, by the pack of the day of appointment. */
@Injectable()
export class ProbationLimits {
  constructor(private readonly policies: Policies) {}

  /** Most months, extensions included, of the employment the sheet's route leads to; the law's where the pack knows no such route. */
  of(municipality: string, { appointedOn, from, route }: Pick<Sheet, 'appointedOn' | 'from' | 'route'>): number {
    const on = appointedOn ?? from;
    const { routes } = this.policies.inForce(municipality, 'recruitment-routes', on);
    const employment = routes.find(({ code }) => code === route)?.employment;
    const { employments } = this.policies.inForce(municipality, 'probation', on);
    return employments.find((row) => row.employment === employment)?.maxMonths ?? LONGEST_PROBATION;
  }
}
